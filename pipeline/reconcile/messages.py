"""What checks say: what each is about, and what is wrong, in Chinese and English, with the figures of both sides.

Few checks fail, so only those are spelled out; those that pass have their key and the title of their rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.reconcile.base import Rule
from pipeline.reconcile.batch import Batch
from pipeline.reconcile.language import SOURCES
from pipeline.tidy.queries import IN_MEMORY
from schemas.tables import TABLES
from schemas.vocabularies import vocabulary

Words = tuple[str, str]
#: A row of a published table, by column, as polars gives it.
Record = dict[str, Any]
#: Figures that are added up, each with its coefficient.
Figures = list[tuple[Decimal, int]]
#: What a subject says where its rule does not: by the kind of record on the left.
_USUAL = {
    "budget_lines": ("table", "row", "column"),
    "statements": ("year", "metric"),
    "targets": ("level", "target"),
    "tables": ("table",),
    "passages": ("section",),
}
#: The columns of records that words are made of.
_READ = (
    *("_id", "table_no", "table_code", "title", "printed_no", "section_path"),
    *("item", "project", "function_code", "function_name", "government_economic_code", "government_economic_name"),
    *("department_economic_code", "department_economic_name", "function_class", "measure", "printed_measure"),
    *("fund", "revenue_source", "fiscal_year", "comparison", "metric", "subject", "unit", "level2", "level3"),
)
_SCHEMES = ("function", "department_economic", "government_economic")


def label(name: str, value: str | None) -> Words:
    """A value of a closed list in both languages; the value itself where the list has none."""
    if value is None:
        return "", ""
    known = vocabulary(name).get(value)
    return (known["zh"], known["en"]) if known else (value, value)


_ROUNDING = ("（可能是四舍五入）", " (may be rounding)")
_UNITS = {"CNY": ("元", " yuan"), "percent": ("%", "%"), "person": ("人", " persons")}
_SHOWN = 8
_TEXTS = {"_order": pl.UInt32, "subject": pl.String, "message_zh": pl.String, "message_en": pl.String}


def with_messages(batch: Batch, checks: pl.DataFrame, operands: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """``checks`` with subject and messages.

    ``operands`` are those of all checks in their order; both count checks by ``_order``.
    """
    by_id = {rule.id: rule for rule in rules}
    texts = pl.DataFrame(
        [*_failing(batch, checks, operands, by_id), *_rounded(checks, by_id)], schema=_TEXTS, orient="row"
    )
    titles = pl.DataFrame(
        [(rule.id, f"{rule.title_zh}：相符", f"{rule.title_en}: agrees") for rule in rules],
        schema=dict.fromkeys(("rule", "_title_zh", "_title_en"), pl.String),
        orient="row",
    )
    return (
        checks.lazy()
        .join(texts.lazy(), on="_order", how="left", maintain_order="left")
        .join(titles.lazy(), on="rule", how="left", maintain_order="left")
        .with_columns(
            pl.col("subject").fill_null(pl.col("key")),
            pl.col("message_zh").fill_null(pl.col("_title_zh")),
            pl.col("message_en").fill_null(pl.col("_title_en")),
        )
        .collect(engine=IN_MEMORY)
    )


def _rounded(checks: pl.DataFrame, rules: Mapping[str, Rule]) -> list[tuple[int, None, str, str]]:
    """Messages of checks that pass, but not to the digit."""
    rows = checks.filter((pl.col("status") == "pass") & pl.col("rounding_only"))
    off = pl.col("difference").abs().cast(pl.Decimal(38, 2)).cast(pl.String)
    return [
        (
            order,
            None,
            f"{rules[rule].title_zh}：相符（差{by}，在四舍五入之内）",
            f"{rules[rule].title_en}: agrees (difference {by}, within rounding)",
        )
        for order, rule, by in rows.select("_order", "rule", off).iter_rows()
    ]


def _failing(
    batch: Batch, checks: pl.DataFrame, operands: pl.DataFrame, rules: Mapping[str, Rule]
) -> list[tuple[int, str, str, str]]:
    """Subject and messages of every check that does not pass."""
    failing = checks.filter(pl.col("status") != "pass")
    theirs = operands.join(failing.select("_order", "rule"), on="_order", maintain_order="left")
    figures: dict[int, dict[str, Figures]] = {}
    shown = {
        rule: {side for side in ("left", "right") if rules[rule].shows_sum(side)} for rule in failing["rule"].unique()
    }
    printed = theirs.filter(pl.col("value").is_not_null())
    for order, rule, side, *term in printed.select("_order", "rule", "side", "value", "coefficient").iter_rows():
        if side in shown[rule]:
            figures.setdefault(order, {}).setdefault(side, []).append((term[0], term[1]))
    subjects = _subjects(batch, theirs, rules)
    texts = []
    for check in failing.iter_rows(named=True):
        order = check["_order"]
        subject = subjects.get(order, ("", ""))
        zh, en = _messages(rules[check["rule"]], check, figures.get(order, {}), subject)
        texts.append((order, subject[0] or check["key"], zh, en))
    return texts


def _messages(rule: Rule, check: Record, sides: Mapping[str, Figures], subject: Words) -> Words:
    """Both messages of a check that did not pass: what it is about, then what is printed and what it should be."""
    if check["note_zh"]:
        return str(check["note_zh"]), str(check["note_en"])
    texts = []
    money = check["unit"] == "CNY"
    units = _UNITS.get(check["unit"], ("", ""))
    for language, template in enumerate(rule.messages()):
        facts = {
            "left": figure(check["left_value"], money) + units[language],
            "right": figure(check["right_value"], money) + units[language],
            "difference": figure(abs(check["difference"] or Decimal(0)), money) + units[language],
        }
        for side in ("left", "right"):
            terms = sides.get(side, [])
            # A sum of one figure says nothing that the figure does not.
            facts[f"{side}_sum"] = _sum(terms, check["unit"] in ("CNY", "percent")) if len(terms) > 1 else ""
        text = template.format(**facts).replace("（）", "").replace(" ()", "")
        head = subject[language] + ("：", ": ")[language] if subject[language] else ""
        texts.append(head + text + (_ROUNDING[language] if check["rounding_only"] else ""))
    return texts[0], texts[1]


def figure(value: Decimal | None, money: bool = True) -> str:
    """A figure with thousands separated; money with two decimals, other figures with as many as they have."""
    if value is None:
        return "—"
    short = value.quantize(Decimal("0.01"))
    return f"{short if money and short == value else value.normalize():,f}"


def _sum(terms: Figures, money: bool) -> str:
    """``1.00 + 2.00 − 3.00``; long sums are shortened in the middle, all their figures are operands."""
    shown = terms if len(terms) <= _SHOWN else [*terms[:4], (Decimal(0), 0), *terms[-3:]]
    text = ""
    for value, coefficient in shown:
        sign = "−" if coefficient < 0 else "+"
        word = "…" if coefficient == 0 else figure(value, money)
        text += f" {sign} {word}" if text else (word if sign == "+" else f"−{word}")
    return text


# What a check is about: the row, column, statement or target that a person finds in the document


def _subjects(batch: Batch, operands: pl.DataFrame, rules: Mapping[str, Rule]) -> dict[int, Words]:
    """What each check is about, by its number: parts of the record that its first operand is."""
    first = operands.unique("_order", keep="first", maintain_order=True)  # left stands before right
    of_kind: dict[str, dict[str, list[tuple[int, Rule]]]] = {}
    for order, rule, kind, record in first.select("_order", "rule", "kind", "id").iter_rows():
        if not rules[rule].across or rules[rule].subject:
            of_kind.setdefault(kind, {}).setdefault(record, []).append((order, rules[rule]))
    subjects: dict[int, Words] = {}
    for kind, checks in of_kind.items():
        for record in _records(batch, kind, list(checks)):
            for order, rule in checks[record["_id"]]:
                subjects[order] = _subject(rule.subject or _USUAL[kind], record)
    return subjects


def _subject(parts: Sequence[str], record: Record) -> Words:
    words = [_PARTS[part](record) for part in parts]
    zh = "".join(zh for zh, _ in words)
    if parts[0] == "year":  # English has the year last.
        words = [*words[1:], words[0]]
    return zh, ", ".join(en for _, en in words if en)


def _records(batch: Batch, kind: str, ids: list[str]) -> list[Record]:
    """The records that have these ids, with the columns that words are made of."""
    (identity,) = TABLES[kind].primary_key
    frame = batch.source(kind) if kind in SOURCES else batch.frame(kind)
    frame = frame.filter(pl.col(identity).is_in(ids)).with_columns(_id=pl.col(identity))
    if "table_id" in frame.columns and kind != "tables":
        frame = batch.with_titles(frame)
    return frame.select(name for name in _READ if name in frame.columns).to_dicts()


def _table(record: Record) -> Words:
    zh, en = label("table_code", record.get("table_code"))
    title = record.get("title") or zh or "表"
    number = record.get("printed_no") or ""
    place = f"table {record.get('table_no') or ''}".strip()
    return f"{number}“{title}”", f"{place} ({en})" if en else place


def _code_of(record: Record) -> str | None:
    """The code that the record's row is about: its function, else its economic class."""
    for scheme in _SCHEMES:
        if code := record.get(f"{scheme}_code"):
            return str(code)
    return None


def _row(record: Record) -> Words:
    names = [record.get("item") or record.get("project")]
    if names[0] is None:
        names = [record.get(f"{scheme}_name") or record.get(f"{scheme}_code") for scheme in _SCHEMES]
    name = "—".join(dict.fromkeys(str(one) for one in names if one)) or "无标目的行"
    code = _code_of(record)
    zh = f"“{name}”" + (f"（{code}）" if code and code != name else "")
    return zh + "行", f"row “{name}”" + (f" ({code})" if code and code != name else "")


def _code(record: Record) -> Words:
    code = _code_of(record)
    for scheme in _SCHEMES:
        if record.get(f"{scheme}_code") == code and record.get(f"{scheme}_name"):
            return f"{code}“{record[f'{scheme}_name']}”", f"{code} “{record[f'{scheme}_name']}”"
    return (f"{code}“{record.get('item') or ''}”", f"{code} “{record.get('item') or ''}”") if code else _row(record)


def _class(record: Record) -> Words:
    code = record.get("function_class") or record.get("function_code")
    return (f"{code}类", f"class {code}") if code else ("", "")


def _column(record: Record) -> Words:
    parts = [label("fund", record.get("fund")), label("revenue_source", record.get("revenue_source"))]
    if _printed_measure(record) != "total" or not any(zh for zh, _ in parts):
        parts.append(label("measure", _printed_measure(record)))
    if record.get("comparison"):
        parts.insert(0, _year(record))
    parts = [pair for pair in parts if pair[0]]
    return f"“{'·'.join(zh for zh, _ in parts)}”栏", f"column “{' · '.join(en for _, en in parts)}”"


def _measure(record: Record) -> Words:
    return label("measure", _printed_measure(record))


def _printed_measure(record: Record) -> str | None:
    return record.get("printed_measure") or record.get("measure")


def _year(record: Record) -> Words:
    year = record.get("fiscal_year")
    return (f"{year}年", str(year)) if year else ("", "")


def _metric(record: Record) -> Words:
    zh, en = label("metric", record.get("metric"))
    fund_zh, fund_en = label("fund", record.get("fund"))
    subject = record.get("subject")
    if record.get("metric") == "function_expenditure" and subject:
        zh, en, subject = f"“{subject}”支出", f"expenditure on “{subject}”", None
    zh, en = f"{fund_zh}{zh}", f"{en} ({fund_en})" if fund_en else en
    return (f"{zh}（{subject}）", f"{en} ({subject})") if subject else (zh, en)


def _level(record: Record) -> Words:
    names = [record.get("level2"), record.get("level3")]
    name = "—".join(dict.fromkeys(one for one in names if one))
    return (f"“{name}”：", f"“{name}”") if name else ("", "")


def _target(record: Record) -> Words:
    subject, unit = record.get("subject") or "", record.get("unit") or ""
    counted = f"（{unit}）" if unit and not unit.startswith("percent") else ""
    return (f"“{subject}”{counted}", f"“{subject}”{counted}") if subject else ("", "")


def _section(record: Record) -> Words:
    path = (record.get("section_path") or "").split("/")[-1]
    return (f"“{path}”一节", f"section “{path}”") if path else ("正文", "the text")


def _project(record: Record) -> Words:
    name = record.get("project") or record.get("subject") or ""
    return f"项目“{name}”", f"project “{name}”"


_PARTS = {
    "table": _table,
    "row": _row,
    "code": _code,
    "class": _class,
    "column": _column,
    "measure": _measure,
    "year": _year,
    "metric": _metric,
    "level": _level,
    "target": _target,
    "section": _section,
    "project": _project,
}
