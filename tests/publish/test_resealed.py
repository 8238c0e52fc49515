"""A forger changes what a release says in Parquet and CSV alike, and writes every list and checksum anew: verify says so.

Changes that ``test_verify.py`` has, with the words for them, are not repeated. What one release alone cannot tell is
named, too: ``UNSEEN`` is what only its published id, or building again, tells.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.publish.reading import read_table
from pipeline.publish.verify import against, verify
from tests.publish.releases import edit, relist, seal

pytestmark = pytest.mark.slow

Change = Callable[[Path], object]


def setting(table: str, column: str, value: object, of: pl.Expr | None = None, **wanted: object) -> Change:
    """Set a column of the first row with these values, in which it has another one."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        new = value if isinstance(value, pl.Expr) else pl.lit(value)
        new = new.cast(frame.schema[column])
        chosen = pl.col(column).ne_missing(new)
        for name, held in wanted.items():
            chosen &= pl.col(name).is_null() if held is None else pl.col(name) == held
        if of is not None:
            chosen &= of
        chosen = chosen.fill_null(False)
        assert frame.filter(chosen).height, f"{table} has no such row"
        first = chosen & (chosen.cum_sum() == 1)
        return frame.with_columns(pl.when(first).then(new).otherwise(pl.col(column)).alias(column))

    return lambda release: edit(release, table, change)


def dropping(table: str, **wanted: object) -> Change:
    """Take the first row with these values away."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        chosen = pl.lit(True)
        for name, held in wanted.items():
            chosen &= pl.col(name) == held
        chosen = chosen.fill_null(False)
        return frame.filter(
            ~(chosen & (pl.int_range(1, pl.len() + 1).filter(chosen).first() == pl.int_range(1, pl.len() + 1)))
        )

    return lambda release: edit(release, table, change)


def all_of(*changes: Change) -> Change:
    return lambda release: [change(release) for change in changes]


def in_text(before: str, after: str) -> Change:
    """Write other words of the same length into the published texts."""
    assert len(before) == len(after)

    def change(release: Path) -> None:
        found = False
        for path in (release / "sources").glob("*.txt"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(before, after, 1), encoding="utf-8")
            found = found or before in text
        assert found

    return change


def replaced(name: str, before: str, after: str) -> Change:
    def change(release: Path) -> None:
        text = (release / name).read_text(encoding="utf-8")
        assert before in text
        (release / name).write_text(text.replace(before, after, 1), encoding="utf-8")

    return change


def described_otherwise(release: Path) -> None:
    """A Parquet file whose columns say that they mean something else."""
    path = next((release / "parquet" / "budget_lines").glob("*.parquet"))
    table = pq.read_table(path)
    field = table.schema.field("amount").with_metadata({"title": "金额", "description": "Amount in thousands"})
    schema = table.schema.set(table.schema.get_field_index("amount"), field)
    pq.write_table(table.cast(schema), path, row_group_size=65_536, compression="zstd")


def failed_and_forgotten(release: Path) -> None:
    """A failed check is gone with its operands, and no count tells of it."""
    check, disclosure = read_table(release, "checks").filter(status="fail").select("check_id", "disclosure_id").row(0)
    for table in ("checks", "check_operands"):
        edit(release, table, lambda frame: frame.filter(pl.col("check_id") != check))
    setting("disclosures", "checks_failed", pl.col("checks_failed") - 1, disclosure_id=disclosure)(release)


_LINES, _DETAIL = "budget_lines", {"row_kind": "detail"}
_MORE = pl.col("amount") + 1
#: What is changed in rows, by a name for it.
ROWS: dict[str, Change] = {
    # amounts and what is printed
    "an amount of nothing": setting(_LINES, "amount", 0),
    "an amount and its number's value": all_of(
        setting(_LINES, "amount", _MORE), setting("numbers", "value", pl.col("value") + 1, owner_table=_LINES)
    ),
    "a printed unit": setting(_LINES, "printed_unit", "元", printed_unit="万元", of=pl.col("amount") > 0),
    "a unit and the amount by it": all_of(
        setting(_LINES, "printed_unit", "元", printed_unit="万元", of=pl.col("amount") > 0),
        setting(_LINES, "amount", pl.col("amount") / 10_000, of=pl.col("amount") > 0),
    ),
    "a precision": setting(_LINES, "precision", pl.col("precision") * 10),
    "a sign": setting(_LINES, "amount", -pl.col("amount"), of=pl.col("amount") > 0),
    # what an amount means
    "a detail that is a total": setting(_LINES, "row_kind", "total", **_DETAIL),
    "a detail that is beside its table": setting(_LINES, "row_kind", "memo", **_DETAIL),
    "a total that is a detail": setting(_LINES, "row_kind", "detail", row_kind="total"),
    "a measure": setting(_LINES, "measure", "project", measure="basic"),
    "a direction": setting(_LINES, "direction", "revenue", direction="expenditure"),
    "no direction": setting(_LINES, "direction", None, direction="expenditure"),
    "a fund of a column": setting(
        _LINES, "fund", "government_fund", of=pl.col("line_id").str.contains("general_public_budget")
    ),
    "a year": setting(_LINES, "fiscal_year", 2015, of=pl.col("line_id").str.contains("20[0-9]{2}")),
    "a comparison": setting(_LINES, "comparison", True, comparison=False),
    "a kind of table": setting(_LINES, "table_code", "income", table_code="expenditure"),
    "a kind of table in tables": setting("tables", "table_code", "income", table_code="expenditure"),
    "a number of a table": setting("tables", "table_no", 99),
    "a number of a row": setting(_LINES, "row_no", 99, of=pl.len().over("row_id") > 1),
    "an amount of another row": setting(_LINES, "row_id", pl.col("row_id").last()),
    # labels and codes
    "a label's path": setting(_LINES, "item_path", pl.col("item_path") + "等"),
    "a function's code": setting(_LINES, "function_code", "2010101", of=pl.col("function_code").is_not_null()),
    "a function's name": setting(_LINES, "function_name", "行政运行费", of=pl.col("function_name").is_not_null()),
    "an economic code": setting(
        _LINES, "government_economic_code", "50199", of=pl.col("government_economic_code").is_not_null()
    ),
    "no code": setting(_LINES, "function_code", None, of=pl.col("function_code").is_not_null()),
    "how a code was found": setting(_LINES, "code_basis", None, of=pl.col("code_basis").is_not_null()),
    "a title": setting("tables", "title", "部门收支总表（改）"),
    "a count of amounts": setting("tables", "amount_count", pl.col("amount_count") + 1),
    "an empty table": setting("tables", "declared_empty", True, of=pl.col("amount_count") > 0),
    # checks
    "a verdict with its count": all_of(
        setting("checks", "status", "pass", status="fail"),
        setting("disclosures", "checks_failed", pl.col("checks_failed") - 1, of=pl.col("checks_failed") > 0),
    ),
    "a failed check that is gone": failed_and_forgotten,
    "a left side": setting("checks", "left_value", pl.col("left_value") + 1),
    "both sides": all_of(
        setting("checks", "left_value", pl.col("left_value") + 1, status="pass"),
        setting("checks", "right_value", pl.col("right_value") + 1, status="pass"),
    ),
    "a difference": setting("checks", "difference", 0, status="fail"),
    "a tolerance": setting("checks", "tolerance", 10_000),
    "a difference of rounding": setting("checks", "rounding_only", True, status="fail"),
    "a severity": setting("checks", "severity", "info", severity="error"),
    "a message in Chinese": setting("checks", "message_zh", "相符"),
    "a message in English": setting("checks", "message_en", "All is well"),
    "a subject": setting("checks", "subject", "其他"),
    "a rule": setting("checks", "rule_id", "column_total", of=pl.col("rule_id") != "column_total"),
    "a family": setting("checks", "family", "codes", of=pl.col("family") != "codes"),
    "a check that no rule makes": lambda r: edit(
        r, "checks", lambda f: pl.concat([f[:1], f[:1].with_columns(check_id=pl.col("check_id") + "~2"), f[1:]])
    ),
    "an operand's coefficient": setting("check_operands", "coefficient", -1, coefficient=1),
    "an operand of the other side": setting("check_operands", "side", "right", side="left"),
    "another operand": setting("check_operands", "id", pl.col("id").last().over("kind", "disclosure_id")),
    "an operand less": dropping("check_operands", side="right"),
    # facts of prose
    "a stated value and its number's": all_of(
        setting("statements", "value", pl.col("value") + 1, kind="amount"),
        setting("numbers", "value", pl.col("value") + 1, owner_table="statements"),
    ),
    "a stated sign": setting("statements", "value", -pl.col("value"), kind="change", of=pl.col("value") != 0),
    "a metric": setting("statements", "metric", "basic_expenditure", metric="revenue_budget"),
    "a kind of fact": setting("statements", "kind", "share", kind="change_percent"),
    "a stated year": setting("statements", "fiscal_year", 2019, of=pl.col("fiscal_year").is_not_null()),
    "a printed fact": setting("statements", "printed", "12.34", of=pl.col("printed").is_not_null()),
    # performance
    "a target's value": setting("targets", "value", pl.col("value") + 1),
    "a target's unit": setting("targets", "unit", "person", of=pl.col("unit").is_not_null()),
    "a target's words": setting("targets", "printed", "99", of=pl.col("printed").is_not_null()),
    "a target of another indicator": setting("targets", "indicator_id", pl.col("indicator_id").last()),
    "an indicator's text": setting("indicators", "text", "完成"),
    "an indicator's kind": setting("indicators", "kind", "goal", kind="indicator"),
    "an indicator's name": setting("indicators", "level3", "其他指标", of=pl.col("level3").is_not_null()),
    "a project's name": setting("projects", "name", "其他项目"),
    # the ledger, places and texts
    "a number's role": setting("numbers", "role", "year", role="amount", **{"class": "data"}),
    "a role of a line's number": setting("numbers", "role", "count", owner_table=_LINES, role="amount"),
    "a number's class": setting("numbers", "class", "narrative", **{"class": "data"}),
    "a number's value": setting("numbers", "value", pl.col("value") + 1),
    "a number of another record": setting("numbers", "owner_id", pl.col("owner_id").last().over("owner_table", "disclosure_id"), owner_table=_LINES),
    "a number's end": setting("numbers", "end", pl.col("end") + 1),
    "a line's place": setting(_LINES, "start", pl.col("start") - 1),
    "a line": setting(_LINES, "line", pl.col("line") + 1),
    "a piece of text": setting("spans", "end", pl.col("end") - 1, of=pl.col("end") - pl.col("start") > 1),
    "a piece of another record": setting("spans", "owner_id", pl.col("owner_id").last().over("owner_table")),
    "a paragraph": setting("passages", "text", "一切正常。"),
    "a paragraph's place": setting("passages", "ordinal", pl.col("ordinal") + 1),
    "words of a text": in_text("基本支出", "项目支出"),
    # who and which
    "a year of a disclosure": setting("disclosures", "disclosure_year", 2019),
    "a body of rows": setting("disclosures", "entity_key", "另一单位"),
    "a preferred version": setting("disclosures", "preferred", False, preferred=True),
    "a complete disclosure": setting("disclosures", "numbers_unclaimed", pl.col("numbers_unclaimed") + 1),
    "a count of numbers": setting("disclosures", "numbers_data", pl.col("numbers_data") + 1),
    "a source's name": setting("disclosures", "source_file", "other.txt"),
    # what is derived for all
    "a key figure": setting("key_figures", "amount", _MORE),
    "a key figure's agreement": setting("key_figures", "agrees", pl.col("agrees").not_(), of=pl.col("agrees").is_not_null()),
    "a key figure's owner": setting("key_figures", "owner_id", pl.col("owner_id").last().over("owner_table", "disclosure_id")),
    "a key figure less": dropping("key_figures"),
    "an official name": setting("classifications", "name", "其他"),
    "an official code": setting("classifications", "parent_code", "999", of=pl.col("parent_code").is_not_null()),
    "a printed name": setting("code_names", "documents", pl.col("documents") + 1),
    "an official printed name": setting("code_names", "official", pl.col("official").not_(), of=pl.col("official").is_not_null()),
}  # fmt: skip

#: What is changed in the files that describe a release, after its lists were written anew.
FILES: dict[str, Change] = {
    "a README with another unit": replaced("README.md", "Amounts are in yuan", "Amounts are in cents"),
    "a view that counts twice": replaced("views.sql", "WHERE", "WHERE true OR"),
    "a column of another meaning": replaced("datapackage.json", '"description": "Amount"', '"description": "A"'),
    "a column of Parquet of another meaning": described_otherwise,
    "a member more of the manifest": lambda r: _manifest(r, lambda m: m.update(more=1)),
    "a forms' digest that is none": lambda r: _manifest(r, lambda m: m.update(forms_sha256="none")),
    "a source of another name": lambda r: _manifest(r, lambda m: m["sources"][0].update(paths=["c/other.txt"])),
    "sources in another order": lambda r: _manifest(r, lambda m: m["sources"].reverse()),
    "checksums in another order": lambda r: (r / "SHA256SUMS").write_text(
        "".join(reversed((r / "SHA256SUMS").read_text().splitlines(keepends=True)))
    ),
}


def _manifest(release: Path, change: Callable[[dict[str, object]], object]) -> None:
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    relist(release, manifest)


@pytest.fixture
def copied(years: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(years, tmp_path / "copied"))


def test_there_are_enough_and_the_release_is_sound(years):
    assert len(ROWS) + len(FILES) >= 90
    assert verify(years) == []


@pytest.mark.parametrize("what", ROWS)
def test_what_rows_no_longer_say_is_found(copied, what):
    ROWS[what](copied)
    seal(copied)
    faults = verify(copied)
    assert faults
    assert not any("its sha256" in fault.reason for fault in faults)


@pytest.mark.parametrize("what", FILES)
def test_what_describes_a_release_is_as_it_was_written(copied, what):
    seal(copied)
    FILES[what](copied)
    if what != "checksums in another order":
        relist(copied, json.loads((copied / "manifest.json").read_text(encoding="utf-8")))
    assert verify(copied)


#: What one release alone does not tell: words of the reader, not of the text.
UNSEEN: dict[str, Change] = {
    "how an amount was placed": setting(_LINES, "placement", "both", placement="layout"),
    "how a unit was found": setting(_LINES, "unit_basis", "document", unit_basis="table"),
    "a target's comparator": setting("targets", "comparator", "le", comparator="ge"),
    "a reason": setting("disclosures", "reason", "all is well"),
    "an address of a source": setting("disclosures", "source_url", "https://example.org/"),
    "a copy of a source": lambda r: _manifest(r, lambda m: m["sources"][0]["paths"].append("z/copy.txt")),
    "a role of a label": setting("numbers", "role", "ordinal", role="code"),
    "a digest of code": lambda r: _manifest(r, lambda m: m.update(code_sha256="0" * 64)),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_what_one_release_does_not_tell_building_again_does(years, copied, what):
    UNSEEN[what](copied)
    seal(copied)
    assert verify(copied) == []
    assert against(copied, years) != []
    if "copy" not in what and "code" not in what:  # the id is of all files but the manifest
        assert any("published was" in fault.reason for fault in verify(copied, release_id=years.name))


def test_building_again_gives_the_same_and_says_so(years, copied):
    assert against(copied, years) == []
    assert verify(copied, release_id=years.name) == []


def test_lines_of_all_kinds_were_there_to_be_changed(years):
    assert {"statements", "targets", "projects", "key_figures"} <= {
        name for name in ("statements", "targets", "projects", "key_figures") if read_table(years, name).height
    }
