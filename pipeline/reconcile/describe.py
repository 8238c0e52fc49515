"""Writes ``docs/rules.md`` from the rules: ``python -m pipeline.reconcile.describe``."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.reconcile import across
from pipeline.reconcile.engine import EVALUATORS, TOGETHER
from pipeline.reconcile.labels import label
from pipeline.reconcile.rows import evaluate_declared
from pipeline.reconcile.rules import FAMILIES, Rule, load_rules

TARGET = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
_HEAD = """# Rules

Made from `schemas/rules/*.toml` by `python -m pipeline.reconcile.describe`; a rule is added or changed there.

Every rule is evaluated for every disclosure and gives `checks`; each figure of both sides stands in `check_operands`.

- **Sides.** A figure is found by table, row, column, fund and year, never by its position. A blank cell is no figure:
  a check of which a side, or a figure that it cannot do without, is missing is not made; it does not pass.
- **Tolerance.** An amount printed to the unit *u* stands for *u*/2 more or less; a sum may be off by the sum of the
  halves. *u* is the finest that the table (for prose: the document, in that unit) prints; cents are exact. A
  difference that only the figures' own digits could explain fails with severity `info` and `rounding_only`. A ratio
  passes where the interval of its digits meets that of the figures it is computed from.
- **Severity.** `error`: figures that exclude one another. `warning`: one of them is wrong or badly named. `info`: worth
  knowing, or perhaps rounding.
- **Status.** `pass`, `fail`, or `not_applicable` where a form declares the rule and the table gives nothing to apply it to.
"""
_FAMILIES = {
    "inside_table": ("Inside a table", "表内"),
    "between_tables": ("Between tables", "表间"),
    "prose_itself": ("Prose against itself", "文字之间"),
    "prose_tables": ("Prose against tables", "文字与表"),
    "structure": ("Structure", "结构"),
    "codes": ("Codes", "科目编码"),
    "across_documents": ("Across documents", "文件之间"),
}
_KINDS = {"total": "the total row", "detail": "details", "subtotal": "subtotals", "memo": "rows beside the total"}


def describe(rules: tuple[Rule, ...]) -> str:
    """The page: what each rule compares, where it holds, and how severe a failure is."""
    out = [_HEAD]
    for family in FAMILIES:
        en, zh = _FAMILIES[family]
        out.append(f"## {en} · {zh}\n")
        for rule in rules:
            if rule.family == family:
                out.append("\n".join(_rule(rule)) + "\n")
    return "\n".join(out)


def _rule(rule: Rule) -> list[str]:
    lines = [f"### `{rule.id}`", "", f"{rule.title_en}. {rule.title_zh}。", ""]
    if rule.option("left") and rule.option("right"):
        sides = [" + ".join(_term(term) for term in rule.option(side)) for side in ("left", "right")]
        sign = "is not above" if rule.option("compare") == "at_most" else "equals"
        lines.append(f"- compares: {sides[0]} — {sign} — {sides[1]}")
        if by := rule.option("by"):
            lines.append(f"- for each {', '.join(name.replace('_', ' ') for name in by)}")
    else:
        lines.append(f"- how: {_how(rule)}")
    if where := rule.option("where"):
        lines.append(f"- in: {_term(where)}")
    for name, words in (("columns", "where the table has the columns"), ("without", "and has not")):
        if columns := rule.option(name):
            lines.append(f"- {words}: {'; '.join(_term(column) for column in columns)}")
    for name, words in (("when", "only where there is"), ("unless", "not where there is")):
        for term in rule.option(name, ()):
            lines.append(f"- {words}: {_term(term)}")
    applies = [*([f"{label('stage', rule.stage)[1]} only"] if rule.stage else []), *rule.forms]
    lines.append(f"- severity: {rule.severity}" + (f" · {', '.join(applies)}" if applies else ""))
    return lines


def _how(rule: Rule) -> str:
    evaluate = {**EVALUATORS, **TOGETHER, **across.EVALUATORS, "declared": evaluate_declared}[rule.evaluate]
    text = inspect.getdoc(evaluate) or ""
    return " ".join(text.split("\n\n")[0].split())


def _list(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, Sequence) and not isinstance(value, str) else [value])]


def _term(term: str | Mapping[str, Any]) -> str:
    """A selection in words."""
    if isinstance(term, str):
        return label("measure", term)[1]
    words = []
    if term.get("from") == "statements":
        metrics = " or ".join(label("metric", metric)[1] for metric in _list(term["metric"]))
        words.append(f"prose: {metrics} ({term.get('kind', 'amount')})")
    elif "table_code" in term:
        words.append(" or ".join(label("table_code", code)[1] for code in _list(term["table_code"])))
    for name, vocabulary in (
        ("direction", "direction"),
        ("measure", "measure"),
        ("fund", "fund"),
        ("revenue_source", "revenue_source"),
    ):
        if name in term:
            words.append(" or ".join(label(vocabulary, value)[1] for value in _list(term[name])))
    if "row_kind" in term:
        words.append(" or ".join(_KINDS.get(kind, kind) for kind in _list(term["row_kind"])))
    for name, value in term.items():
        if name == "any":
            words.append("any of [" + "; ".join(_term(choice) for choice in value) + "]")
        elif name.startswith("not_") and name.endswith("_like"):
            words.append(f"{name[4:-5].replace('_', ' ')} not like `{_cell(value)}`")
        elif name.endswith("_like"):
            words.append(f"{name[:-5].replace('_', ' ')} like `{_cell(value)}`")
        elif name in ("null", "filled"):
            words.append(f"{'without' if name == 'null' else 'with'} {', '.join(value).replace('_', ' ')}")
        elif name in ("department_economic_code", "subject", "value"):
            words.append(f"{name.replace('_', ' ')} {value}")
    words += [
        word
        for name, word in (("nonzero", "not 0"), ("optional", "if printed"), ("as_zero", "taken as 0"))
        if term.get(name)
    ]
    return ", ".join(words)


def _cell(pattern: str) -> str:
    return pattern.replace("`", "'")


if __name__ == "__main__":
    TARGET.write_text(describe(load_rules()), encoding="utf-8")
