"""Ids say what their records are: what a column says of a record, and its id says too, is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import polars as pl

from pipeline.extract.ledger import value_of
from pipeline.extract.patterns import fold
from pipeline.publish.verify.fault import Fault, in_table, keyed
from schemas.vocabularies import vocabulary

_OCCURRENCE = re.compile(r"~[0-9]+$")
_PARTS = re.compile(r"[-.]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
#: What the end of a line's id may name, and the closed list of each.
_NAMED = ("direction", "measure", "fund", "revenue_source", "phase")
_CODES = ("function_code", "government_economic_code", "department_economic_code")
_LABELS = (*_CODES, "item", "project", "expense", "unit_name", "unit_code")
#: What all amounts of a row have in common, and all records of a table.
_OF_ROW = ("table_id", "row_no", "row_kind", "function_code", "project", "unit_name", "unit_code")
_OF_TABLE = ("table_no", "table_code")


def faults(frames: Mapping[str, pl.DataFrame]) -> list[Fault]:
    """Faults of ``frames``, which are of whole disclosures in their order, against their own ids."""
    found = [
        in_table(name, key, reason)
        for name, records in _RECORDS.items()
        for row in frames[name].iter_rows(named=True)
        for key, reason in records(row)
    ]
    return [*found, *_rows(frames["budget_lines"]), *_tables(frames), *_numbers(frames["numbers"])]


_Said = Iterator[tuple[str, str]]


def _bare(identity: str) -> str:
    """An id without its occurrence."""
    return _OCCURRENCE.sub("", identity)


def _line(row: dict[str, object]) -> _Said:
    line, of_row, table = (str(row[name]) for name in ("line_id", "row_id", "table_id"))
    if not line.startswith(f"{of_row}.") or not of_row.startswith(f"{table}."):
        yield line, f"does not begin with its row {of_row} and its table {table}"
        return
    words = _PARTS.split(_bare(line.removeprefix(f"{of_row}.")))
    said = {str(row[name]) for name in _NAMED}
    for word in words:
        if word in _listed() and word not in said:
            yield line, f"its id says {word}, its columns {', '.join(sorted(said - {'None'}))}"
        elif _YEAR.fullmatch(word) and row["fiscal_year"] != int(word):
            yield line, f"its id says {word}, fiscal_year is {row['fiscal_year']}"
    if row["measure"] not in words:
        yield line, f"measure is {row['measure']}, which its id does not say"
    key, labels = of_row.removeprefix(f"{table}."), [fold(str(row[name])) for name in _LABELS if row[name] is not None]
    if not any(label in key for label in labels) and (labels or not key.startswith("row")):
        yield line, f"row_id {of_row} names none of its labels and codes"
    if (row["item"] or "") != str(row["item_path"] or "").rpartition("/")[2]:
        yield line, f"item is {row['item']!r}, the end of item_path is not"
    if (row["code_basis"] is None) != all(row[name] is None for name in _CODES):
        yield line, f"code_basis is {row['code_basis']}, its codes are {[row[name] for name in _CODES]}"
    yield from _comparison(line, row)


def _listed() -> set[str]:
    return {word for name in _NAMED for word in vocabulary(name)}


def _comparison(identity: str, row: dict[str, object]) -> _Said:
    year = row["fiscal_year"]
    if bool(row["comparison"]) != (year is not None and year != row["disclosure_year"]):
        yield (
            identity,
            f"comparison is {row['comparison']}, its year is {year} in a disclosure of {row['disclosure_year']}",
        )


def _statement(row: dict[str, object]) -> _Said:
    identity, year = str(row["statement_id"]), row["fiscal_year"]
    about = [row["disclosure_id"], "statement", row["metric"], row["kind"], "unknown" if year is None else year]
    wanted = ".".join(str(part) for part in (*about, row["subject"]) if part)
    if _bare(identity) != wanted:
        yield identity, f"metric, kind, fiscal_year and subject make the id {wanted}"
    yield from _comparison(identity, row)


def _target(row: dict[str, object]) -> _Said:
    identity = str(row["target_id"])
    if not identity.startswith(f"{row['indicator_id']}.target."):
        yield identity, f"does not begin with its indicator {row['indicator_id']}"
    elif row["unit"] and not _bare(identity).endswith(f"{fold(str(row['printed'] or ''))}{row['unit']}"):
        yield identity, f"its id does not say {row['printed']} {row['unit']}"


def _indicator(row: dict[str, object]) -> _Said:
    identity = str(row["indicator_id"])
    if not identity.startswith(f"{row['table_id']}."):
        yield identity, f"does not begin with its table {row['table_id']}"
    elif row["kind"] not in identity.removeprefix(f"{row['table_id']}.").split("."):
        yield identity, f"kind is {row['kind']}, which its id does not say"


def _table(row: dict[str, object]) -> _Said:
    identity = str(row["table_id"])
    if row["table_code"] and _bare(identity) != f"{row['disclosure_id']}.{row['table_code']}":
        yield identity, f"table_code is {row['table_code']}, which its id does not say"


_RECORDS = {
    "budget_lines": _line,
    "statements": _statement,
    "targets": _target,
    "indicators": _indicator,
    "tables": _table,
}


def _rows(lines: pl.DataFrame) -> Iterator[Fault]:
    """The amounts of a row are of one row."""
    several = lines.group_by("row_id", maintain_order=True).agg(pl.col(_OF_ROW).n_unique())
    for column in _OF_ROW:
        for row in several.filter(pl.col(column) > 1)["row_id"]:
            yield in_table("budget_lines", row, f"its amounts differ in {column}")


def _tables(frames: Mapping[str, pl.DataFrame]) -> Iterator[Fault]:
    """Tables and passages are numbered in their order; what stands in a table repeats its number and code."""
    for name, column in (("tables", "table_no"), ("passages", "ordinal")):
        wanted = pl.int_range(1, pl.len() + 1).over("disclosure_id")
        numbered = frames[name].filter(pl.col(column).is_not_null()).with_columns(_wanted=wanted)
        wrong = numbered.filter(pl.col(column) != pl.col("_wanted"))
        for key, said, right in wrong.select(keyed(name).alias("_key"), column, "_wanted").iter_rows():
            yield in_table(name, key, f"{column} is {said}, its place is {right}")
    tables = frames["tables"].select("table_id", *(pl.col(column).alias(f"_{column}") for column in _OF_TABLE))
    for name in ("budget_lines", "indicators"):
        held = frames[name].join(tables, on="table_id", maintain_order="left").with_columns(_key=keyed(name))
        for column in _OF_TABLE:
            wrong = held.filter(pl.col(column).ne_missing(pl.col(f"_{column}")))
            for key, said, right in wrong.select("_key", column, f"_{column}").iter_rows():
                yield in_table(name, key, f"{column} is {said}, its table's is {right}")


def _numbers(numbers: pl.DataFrame) -> Iterator[Fault]:
    """Numbers are named by what is printed, and have its value or, as parts of another, none."""
    seen: dict[str, int] = {}
    columns = ("number_id", "disclosure_id", "class", "printed", "value")
    for identity, disclosure, cls, printed, value in numbers.select(columns).iter_rows():
        word = "withheld" if cls == "withheld" else (printed or "").replace(" ", "")
        key = f"{disclosure}.number.{word}"
        count = seen[key] = seen.get(key, 0) + 1
        wanted = key if count == 1 else f"{key}~{count}"
        if identity != wanted:
            yield in_table("numbers", identity, f"stands where {wanted} belongs")
        if value is not None and value_of(printed or "") != value:
            yield in_table("numbers", identity, f"value is {value}, printed is {printed!r}")
