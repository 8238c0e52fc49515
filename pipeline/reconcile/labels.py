"""What a check is about, in words: the row, column, statement or target that a person finds in the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.rules import Rule
from schemas.vocabularies import vocabulary

Words = tuple[str, str]
Record = dict[str, Any]
_IDS = {
    "budget_lines": "line_id",
    "statements": "statement_id",
    "targets": "target_id",
    "tables": "table_id",
    "passages": "passage_id",
}
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
    *("_id", "_no", "table_no", "table_code", "title", "printed_no", "section_path"),
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A check (by number) whose subject is wanted: its rule, and the kind and id of its first operand."""

    check: int
    rule: Rule
    kind: str
    identity: str


def subjects(batch: Batch, wanted: Iterable[Wanted]) -> dict[int, Words]:
    """What each check is about."""
    by_kind: dict[str, dict[str, list[Wanted]]] = {}
    for each in wanted:
        by_kind.setdefault(each.kind, {}).setdefault(each.identity, []).append(each)
    said: dict[int, Words] = {}
    for kind, ids in by_kind.items():
        for record in _records(batch, kind, list(ids)):
            spelled: dict[tuple[str, ...], Words] = {}
            for each in ids[record["_id"]]:
                parts = tuple(each.rule.option("subject", _USUAL[kind]))
                if parts not in spelled:
                    spelled[parts] = _spelled(parts, record)
                said[each.check] = spelled[parts]
    return said


def _spelled(parts: tuple[str, ...], record: Record) -> Words:
    words = [_PARTS[part](record) for part in parts]
    zh = "".join(zh for zh, _ in words)
    if parts[0] == "year":  # English has the year last.
        words = [*words[1:], words[0]]
    return zh, ", ".join(en for _, en in words if en)


def _records(batch: Batch, kind: str, ids: list[str]) -> list[Record]:
    frame = {"budget_lines": batch.lines, "statements": batch.statements, "targets": batch.targets}.get(kind)
    frame = batch.frame(kind) if frame is None else frame
    frame = frame[
        [name for name in {_IDS[kind]: None, "table_id": None, **dict.fromkeys(_READ)} if name in frame.columns]
    ]
    frame = frame.filter(pl.col(_IDS[kind]).is_in(ids)).with_columns(_id=pl.col(_IDS[kind]))
    tables = batch.frame("tables")
    if "table_id" in frame.columns and tables.height and kind != "tables":
        names = tables.select("table_id", "title", "printed_no", pl.col("table_no").alias("_no"))
        frame = frame.join(names, on="table_id", how="left", maintain_order="left")
    return frame.to_dicts()


def _table(record: Record) -> Words:
    zh, en = label("table_code", record.get("table_code"))
    title = record.get("title") or zh or "表"
    number = record.get("printed_no") or ""
    place = f"table {record.get('_no') or record.get('table_no') or ''}".strip()
    return f"{number}“{title}”", f"{place} ({en})" if en else place


def code_of(record: Record) -> str | None:
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
    code = code_of(record)
    zh = f"“{name}”" + (f"（{code}）" if code and code != name else "")
    return zh + "行", f"row “{name}”" + (f" ({code})" if code and code != name else "")


def _code(record: Record) -> Words:
    code = code_of(record)
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
