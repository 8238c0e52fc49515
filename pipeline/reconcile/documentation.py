"""The pages on rules: ``docs/rules.md`` lists them, ``docs/rule-language.md`` is the reference of what they may say.

Both are made from the rules and their dataclasses: ``python -m pipeline.reconcile.documentation`` writes them.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

from pipeline.reconcile.base import Rule, SumRule, WordedRule
from pipeline.reconcile.language import (
    SOURCES,
    AnyOf,
    ColumnOfTable,
    Condition,
    Empty,
    Is,
    Like,
    Selection,
    Signed,
    Source,
    Term,
)
from pipeline.reconcile.messages import label
from pipeline.reconcile.rules import FAMILIES, KINDS, load_rules
from schemas.loading import Made, OneOf
from schemas.vocabularies import vocabulary

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _lines(value: Sequence[str]) -> str:
    return "\n".join(value) + "\n"


# The list of rules


_RULES_HEAD = """# Rules

Made from `schemas/rules/*.toml` by `python -m pipeline.reconcile.documentation`; a rule is added or changed there.
[rule-language.md](rule-language.md) says what a rule may say.

Every rule is evaluated for every disclosure and gives `checks`; each figure of both sides stands in `check_operands`.

- **Sides.** A figure is found by table, row, column, fund and year, never by its position. A blank cell is no figure:
  a check of which a side, or a figure that it cannot do without, is missing is not made; it does not pass. Inside a
  table a blank cell counts as nothing: a total over cells that are all blank fails.
- **Tolerance.** An amount printed to the unit *u* stands for *u*/2 more or less; a sum may be off by the sum of the
  halves. *u* is the finest that the table (for prose: the document, in that unit) prints; cents are exact. A
  difference that only the figures' own digits could explain fails with severity `info` and `rounding_only`. A ratio
  passes where the interval of its digits meets that of the figures it is computed from.
- **Severity.** `error`: figures that exclude one another. `warning`: one of them is wrong or badly named. `info`: worth
  knowing, or perhaps rounding.
- **Status.** `pass`, `fail`, or `not_applicable`: where a form declares the rule and the table gives nothing to apply it
  to, or where a sum that fails may need a cell that stands there and was not understood. The message names the cell.
"""
_ROW_KINDS = {"total": "the total row", "detail": "details", "subtotal": "subtotals", "memo": "rows beside the total"}
#: Columns of which a selection names the values alone, in this order, before its other conditions.
_NAMED = ("direction", "measure", "fund", "revenue_source", "row_kind")


def rules_page(rules: Sequence[Rule]) -> str:
    """The list of rules: what each compares, where it holds, and how severe a failure is."""
    out = [_RULES_HEAD]
    for family in FAMILIES:
        words = vocabulary("family")[family]
        out.append(f"## {words['en']} · {words['zh']}\n")
        out += [_lines(_rule(rule)) for rule in rules if rule.family == family]
    return "\n".join(out)


def _rule(rule: Rule) -> list[str]:
    lines = [f"### `{rule.id}`", "", f"{rule.title_en}. {rule.title_zh}。", ""]
    lines += [*_sides(rule), *_conditions(rule)]
    applies = [*([f"{label('stage', rule.stage)[1]} only"] if rule.stage else []), *rule.forms]
    return [*lines, f"- severity: {rule.severity}" + (f" · {', '.join(applies)}" if applies else "")]


def _sides(rule: Rule) -> Iterator[str]:
    """What a rule compares with what."""
    left, right = (" + ".join(map(_selection, getattr(rule, side, ()))) for side in ("left", "right"))
    if not (left and right):
        yield f"- how: {_first_paragraph(type(rule))}"
        return
    sign = "is not above" if isinstance(rule, SumRule) and rule.compare == "at_most" else "equals"
    yield f"- compares: {left} — {sign} — {right}"
    if by := getattr(rule, "by", ()):
        yield f"- for each {', '.join(name.replace('_', ' ') for name in by)}"


def _conditions(rule: Rule) -> Iterator[str]:
    """Where a rule holds."""
    if words := _selection(getattr(rule, "where", Selection())):
        yield f"- in: {words}"
    for name, words in (("columns", "where the table has the columns"), ("without", "and has not")):
        if columns := getattr(rule, name, ()):
            yield f"- {words}: {'; '.join(map(_selection, columns))}"
    for selections, words in ((rule.when, "only where there is"), (rule.unless, "not where there is")):
        for selection in selections:
            yield f"- {words}: {_selection(selection)}"


def _first_paragraph(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def _selection(selection: Selection) -> str:
    """A selection in words."""
    given = {each.column: each for each in selection.conditions if isinstance(each, Is)}
    words = []
    if selection.source == "statements":
        kind = _values(given["kind"]) if "kind" in given else "amount"
        words.append(f"prose: {_values(given['metric']) if 'metric' in given else 'any amount'} ({kind})")
    elif "table_code" in given:
        words.append(_values(given["table_code"]))
    words += [_values(given[name]) for name in _NAMED if name in given]
    words += [word for each in selection.conditions if (word := _condition(each))]
    if isinstance(selection, Term):
        words += ["if printed"] if selection.optional else []
        words += ["taken as 0"] if selection.as_zero else []
    return ", ".join(words)


def _values(condition: Is) -> str:
    """The values of a condition in words."""
    if isinstance(condition.values, int):
        return str(condition.values).lower()
    if condition.column == "row_kind":
        return " or ".join(_ROW_KINDS.get(kind, kind) for kind in condition.values)
    if condition.column not in ("metric", "table_code", *_NAMED):
        return " or ".join(condition.values)
    return " or ".join(label(condition.column, value)[1] for value in condition.values)


def _condition(condition: Condition) -> str:
    """A condition in words, but for those that are named by their values alone."""
    match condition:
        case Is(column) if column in ("metric", "kind", "unit", "table_code", *_NAMED):
            return ""
        case Is(column):
            return f"{_spaced(column)} {_values(condition)}"
        case Like(column, pattern, negated):
            return f"{_spaced(column)} {'not ' if negated else ''}like `{_cell(pattern)}`"
        case Empty(columns, negated):
            return f"{'with' if negated else 'without'} {_spaced(', '.join(columns))}"
        case AnyOf(choices):
            return "any of [" + "; ".join(map(_selection, choices)) + "]"
        case Signed(sign):
            return {"nonzero": "not 0", "negative": "below 0", "positive": "above 0"}[sign]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    """Text that may stand between backquotes in a cell of a table."""
    return text.replace("`", "'")


# The reference of the language


_LANGUAGE_HEAD = """# The language of rules

Made from the dataclasses of `pipeline/reconcile` by `python -m pipeline.reconcile.documentation`: what a key is called,
which values it takes and what it means stands there once, and files are held to it when they are loaded.
[rules.md](rules.md) lists the rules that there are.

A file of `schemas/rules` begins with the `family` of its rules and has an entry `[[rule]]` for each:

```toml
family = "inside_table"

[[rule]]
id = "row_basic_personnel_public"
title_zh = "基本支出等于人员经费加公用经费"
title_en = "A row's basic expenditure is personnel plus public expenditure"
evaluate = "row"
columns = ["basic", "personnel", "public"]
left = ["basic"]
right = ["personnel", "public"]
```

`evaluate` names the kind of the rule, which says what other keys it may have. A key, a column, a table code, a measure
or any other value of a closed list that does not exist stops everything with the file, the rule and the nearest name:

```text
rules/1-inside-table.toml, rule 6 (row_basic_personnel_public), left 1, measure: there is no measure 'bsic'; did you mean 'basic'?
```
"""


def language_page(rules: Sequence[Rule]) -> str:
    """The reference: keys of all rules, selections, columns, and each kind of rule with its keys."""
    families = ", ".join(f"`{family}`" for family in FAMILIES)
    out = [_LANGUAGE_HEAD, f"Families: {families}.\n"]
    out += ["## Keys of every rule\n", _keys(fields(Rule), Rule)]
    own = [field for field in fields(SumRule) if field.name not in _names(Rule)]
    out += ["## Keys of rules that compare two sums\n", _doc(SumRule), _doc(WordedRule), _keys(own, SumRule)]
    out += ["## Selections\n", _doc(Selection), _keys([fields(Selection)[0]], Selection)]
    own = [field for field in fields(Term) if field.name not in _names(Selection)]
    out += ["### Terms\n", _doc(Term), _keys(own, Term), "### Columns of a table\n", _doc(ColumnOfTable)]
    out += ['A name alone is a measure: `"basic"` stands for `{ measure = "basic" }`.\n']
    for source in SOURCES.values():
        out += [f"### Columns of `{source.table}`\n", _columns(source)]
    out += ["## Kinds of rules\n"]
    out += [_kind(name, kind, rules) for name, kind in KINDS.items()]
    return "\n".join(out)


def _names(kind: type[Rule] | type[Selection]) -> set[str]:
    return {field.name for field in fields(kind)}


def _doc(kind: type) -> str:
    return (inspect.getdoc(kind) or "") + "\n"


def _kind(name: str, kind: type[Rule], rules: Sequence[Rule]) -> str:
    """A kind of rule: what it does, its own keys, and the rules that are of it."""
    general = _names(SumRule) if issubclass(kind, SumRule) else _names(Rule)
    changed = {field.name for field in fields(kind) if field.name in general and _differs(field, kind)}
    own = [field for field in fields(kind) if field.name not in general or field.name in changed]
    of_kind = ", ".join(f"[`{rule.id}`](rules.md#{rule.id})" for rule in rules if type(rule) is kind)
    kinds = " It compares two sums." if issubclass(kind, SumRule) else ""
    keys = _keys(own, kind) if own else ""
    return _lines([f'### `evaluate = "{name}"`', "", f"{_doc(kind)}{kinds}".strip(), "", keys, f"Rules: {of_kind}."])


def _differs(field: Field[object], kind: type[Rule]) -> bool:
    """Whether a kind gives a general key a default of its own."""
    general = SumRule if issubclass(kind, SumRule) else Rule
    return any(each.name == field.name and each.default != field.default for each in fields(general))


def _keys(of: Sequence[Field[object]], kind: type) -> str:
    """A table of keys: name, values, default and meaning."""
    hints = get_type_hints(kind, include_extras=True)
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for field in of:
        if field.name == "family":
            continue  # said by the head of the file
        meaning = next((mark for mark in get_args(hints[field.name])[1:] if isinstance(mark, str)), "")
        name = "from" if field.name == "source" else field.name
        rows.append(f"| `{name}` | {_type(hints[field.name])} | {_default(field)} | {meaning} |")
    return _lines(rows)


def _default(field: Field[object]) -> str:
    value = field.default
    if value is MISSING:
        return "must be given"
    if isinstance(value, Selection):
        return _selection(value) or "all rows"
    if value is None or value == ():
        return "—"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(hint: object) -> str:
    """What values a type allows, in words."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        marks = [mark for mark in parts[1:] if not isinstance(mark, str)]
        return _marked(marks[0]) if marks else _type(parts[0])
    if origin in (Union, types.UnionType):
        return _type(next(part for part in parts if part is not types.NoneType))
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of: {_type(parts[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"table of: {_type(parts[1])}"
    if isinstance(hint, type) and issubclass(hint, Selection):
        return {Term: "term", ColumnOfTable: "column of a table"}.get(hint, "selection")
    return {str: "text", bool: "true or false", int: "number"}[hint] if isinstance(hint, type) else str(hint)


def _marked(mark: object) -> str:
    match mark:
        case OneOf(what):
            return _spaced(what)
        case Made(what=what):
            return what
    return str(mark)


def _columns(source: Source) -> str:
    """A table of the columns that a selection may ask for."""
    rows = ["| column | values |", "|---|---|"]
    for name, column in source.columns().items():
        closed = f"`schemas/vocabularies/{column.vocabulary}.toml`" if column.vocabulary else column.type
        rows.append(f"| `{name}` | {closed} |")
    return _lines(rows)


def main() -> None:
    """Write both pages."""
    rules = load_rules()
    (DOCS / "rules.md").write_text(rules_page(rules), encoding="utf-8")
    (DOCS / "rule-language.md").write_text(language_page(rules), encoding="utf-8")


if __name__ == "__main__":
    main()
