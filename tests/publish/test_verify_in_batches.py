"""A release is verified some disclosures at a time: what is found does not depend on how many, and nothing is passed over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from pipeline.orchestration.releases import Sizes
from pipeline.publish import by_disclosure
from pipeline.publish import verify as verifying
from pipeline.publish.by_disclosure import MisplacedRows, each_disclosure
from pipeline.publish.reading import csv_files, parquet_files, read_table
from pipeline.publish.verify import batches, csv_of, csv_rows, verify
from schemas.tables import TABLES
from tests.orchestration.test_streaming import build, fill
from tests.publish.releases import edit, seal, where
from tests.publish.test_verify import ROWS

pytestmark = pytest.mark.slow


@pytest.fixture
def copied(years: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(years, tmp_path / "copied"))


@pytest.fixture(scope="module")
def split(tmp_path_factory) -> Path:
    """A release whose tables are many CSV files, by year and part."""
    base = tmp_path_factory.mktemp("split")
    return build(fill(base / "raw"), base / "out", sizes=Sizes(documents=4, csv_bytes=60_000))


@pytest.fixture
def one_by_one(monkeypatch) -> None:
    """Batches of one body, of which few rows are decoded at a time."""
    monkeypatch.setattr(batches, "ROWS", 1)
    monkeypatch.setattr(by_disclosure, "_AHEAD", 1)
    monkeypatch.setattr(by_disclosure, "_MOST", 397)
    monkeypatch.setattr(csv_of, "_ROWS", 40)
    monkeypatch.setattr(csv_rows, "_BLOCK", 4_099)


def said(release: Path) -> list[str]:
    return sorted(str(fault) for fault in verify(release))


def test_every_body_is_a_batch_and_all_verify(years, split, one_by_one):
    told: list[str] = []
    assert verify(years, told.append) == []
    assert [step for step in told if "disclosures" in step and "verified" in step] == [
        f"{number} of 3 disclosures verified" for number in (1, 3)
    ]
    assert verify(split) == []
    assert len(csv_files(split, "budget_lines")) > 4


#: One change for each of what is checked of a batch: more of a kind take the same way (``test_verify.py`` has them all).
EACH = (
    "a column of floats",
    "a digit of the source's text",
    "a failed check removed from the count",
    "a formula that nobody printed",
    "a label that its pieces do not spell",
    "a null where none may be",
    "a number given to another record",
    "a number with two owners",
    "a piece of text lost",
    "a place moved",
    "a reference to no table",
    "a row removed",
    "a row twice",
    "a verdict",
    "no text",
    "two rows swapped",
)


@pytest.mark.parametrize("what", EACH)
def test_what_is_found_does_not_depend_on_batches(copied, what, monkeypatch, request):
    spoil, _, _ = ROWS[what]
    spoil(copied)
    seal(copied)
    together = said(copied)
    assert together
    request.getfixturevalue("one_by_one")
    assert said(copied) == together


def moved_to_the_end(frame: pl.DataFrame) -> pl.DataFrame:
    """The first row is the last."""
    return pl.concat([frame[1:], frame[:1]])


def repeated_at_the_end(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame, frame[:1]])


def of_another_year(frame: pl.DataFrame) -> pl.DataFrame:
    years = frame["disclosure_year"].unique().sort()
    first = pl.int_range(pl.len()) == 0
    other = int(years[1] if frame["disclosure_year"][0] == years[0] else years[0])
    return frame.with_columns(disclosure_year=pl.when(first).then(other).otherwise(pl.col("disclosure_year")))


def of_nobody(frame: pl.DataFrame) -> pl.DataFrame:
    last = pl.int_range(pl.len()) == pl.len() - 1
    return frame.with_columns(disclosure_id=pl.when(last).then(pl.lit("f" * 16)).otherwise(pl.col("disclosure_id")))


def under_anothers_id(column: str):
    """The last row, which is of the last disclosure, under the id of the first row."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        last = pl.int_range(pl.len()) == pl.len() - 1
        return frame.with_columns(pl.when(last).then(pl.lit(frame[column][0])).otherwise(pl.col(column)).alias(column))

    return change


def backwards(frame: pl.DataFrame) -> pl.DataFrame:
    """Disclosures in the other order, the rows of each as they were."""
    return pl.concat(reversed(frame.partition_by("disclosure_id", maintain_order=True)))


def everywhere(change, *names: str):
    return lambda release: [edit(release, name, change) for name in names]


def operand(column: str, value):
    """An operand of another document is another."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        foreign = ~pl.col("id").str.starts_with(pl.col("disclosure_id"))
        assert frame.filter(foreign).height > 2
        first = foreign & (foreign.cum_sum() == 1)
        return frame.with_columns(
            pl.when(first).then(value).otherwise(pl.col(column)).cast(frame.schema[column]).alias(column)
        )

    return change


#: What is done, and the words for it, both when the release is small and, ``*``, when it is too large to be read whole.
STREAMS = {
    "a row far from the others": (
        everywhere(moved_to_the_end, "targets"),
        ["*rows are out of order", "belongs: rows are out of order"],
    ),
    "a row again, far away": (
        everywhere(repeated_at_the_end, "numbers"),
        ["*rows are out of order", "the key stands more than once"],
    ),
    "a row in another year's file": (
        everywhere(of_another_year, "passages"),
        ["*rows are out of order", "disclosure_year is", "its disclosure's is"],
    ),
    "a row of an unknown disclosure": (
        everywhere(of_nobody, "statements"),
        ["*rows are out of order", "disclosure_id: refers to ffffffffffffffff, which disclosures has not"],
    ),
    "a disclosure twice": (
        everywhere(repeated_at_the_end, "disclosures"),
        ["*has an id more than once", "the key stands more than once"],
    ),
    "a disclosure in two years": (
        lambda r: edit(r, "disclosures", lambda f: pl.concat([f, of_another_year(f)[:1]])),
        ["*has an id more than once", "the key stands more than once"],
    ),
    "disclosures in another order": (everywhere(backwards, "disclosures"), ["*belongs: rows are out of order"]),
    "everything in another order": (
        everywhere(backwards, *by_disclosure.OF_DISCLOSURES),
        ["*belongs: rows are out of order"],
    ),
    "the ids of another disclosure's row": (
        everywhere(under_anothers_id("target_id"), "targets"),
        ["target_id does not begin with its disclosure's id"],
    ),
    "a check of another disclosure": (
        everywhere(under_anothers_id("check_id"), "check_operands"),
        ["check_id does not begin", "check_id: refers to", "which is of another disclosure"],
    ),
    "an indicator of another disclosure": (
        everywhere(under_anothers_id("indicator_id"), "targets"),
        ["indicator_id: refers to", "which is of another disclosure"],
    ),
    "a number that another disclosure's row owns": (
        lambda r: edit(r, "numbers", where_last("owner_id", r)),
        ["which is of another disclosure"],
    ),
    "another value of another document's record": (
        everywhere(operand("value", 7), "check_operands"),
        ["value is 7.0000,"],
    ),
    "an operand that no document has": (
        everywhere(operand("id", pl.lit("0123456789abcdef.x")), "check_operands"),
        ["refers to 0123456789abcdef.x, which"],
    ),
    "another document that there is not": (
        lambda r: edit(
            r, "checks", lambda f: where("other_disclosure_id", f["check_id"][0], "0123456789abcdef")(f)
        ),
        ["other_disclosure_id: refers to 0123456789abcdef, which disclosures has not"],
    ),
    "an id that is none": (
        lambda r: edit(r, "disclosures", lambda f: where("disclosure_id", f["disclosure_id"][0], "../manifest")(f)),
        ["../manifest: is no id of a disclosure"],
    ),
    "a file of no year": (
        lambda r: _file(r, "targets").rename(r / "parquet" / "targets" / "soon.parquet"),
        ["is named for no year"],
    ),
    "a file of another year": (
        lambda r: _file(r, "targets").rename(r / "parquet" / "targets" / "1999-00000.parquet"),
        ["*rows are out of order", "has rows of the year 2022, for which it is not named"],
    ),
    "names of codes of another year": (
        lambda r: _file(r, "code_names").rename(r / "parquet" / "code_names" / "1999-00000.parquet"),
        ["has rows of the year 2022, for which it is not named"],
    ),
    "a table of nobody": (
        lambda r: shutil.copytree(r / "parquet" / "targets", r / "parquet" / "more"),
        ["is no file that a table is read from"],
    ),
    "a CSV file besides": (
        lambda r: shutil.copy(r / "csv" / "targets.csv", r / "csv" / "targets-1999.csv"),
        ["targets-1999.csv: is no file that a table is read from"],
    ),
    "a formula in the names of codes": (
        lambda r: edit(r, "code_names", lambda f: where("name", f["scheme"][0], "=1+1")(f)[:1]),
        ["name begins a formula, '=1+1'"],
    ),
}  # fmt: skip


def where_last(column: str, release: Path):
    """The last number that a target owns belongs to the first target of all."""
    target = read_table(release, "targets")["target_id"][0]
    numbers = read_table(release, "numbers").filter(pl.col("owner_table") == "targets")
    return where(column, numbers["number_id"][-1], target)


def _file(release: Path, name: str) -> Path:
    return parquet_files(release, name)[0]


@pytest.mark.parametrize("what", STREAMS)
def test_what_a_stream_could_pass_over_is_found(copied, what, one_by_one, monkeypatch):
    spoil, reasons = STREAMS[what]
    spoil(copied)
    seal(copied)
    found = said(copied)
    for reason in reasons:
        assert any(reason.lstrip("*") in fault for fault in found), (reason, found[:9])
    if not any(reason.startswith("*") for reason in reasons):
        return
    monkeypatch.setattr(verifying, "_AT_MOST", 10)
    found = said(copied)
    assert found
    for reason in reasons:
        if reason.startswith("*"):
            assert any(reason[1:] in fault for fault in found), (reason, found[:9])
            assert any("too many to check out of order" in fault for fault in found)


def test_a_reader_of_documents_says_that_rows_stand_elsewhere(copied):
    edit(copied, "targets", moved_to_the_end)
    with pytest.raises(MisplacedRows, match="targets.*stand where no reader looks for them"):
        list(each_disclosure(copied))


def test_rows_under_a_year_without_disclosures_are_found(copied, one_by_one):
    for path in parquet_files(copied, "projects"):
        path.rename(path.with_name("1999-00000.parquet"))
        break
    seal(copied)
    assert any("rows are out of order" in fault for fault in said(copied))
    with pytest.raises(MisplacedRows):
        list(each_disclosure(copied))


@pytest.mark.parametrize("name", ["disclosures", "numbers", "code_names"])
def test_a_file_whose_rows_cannot_be_read_is_named(copied, name):
    path = max(parquet_files(copied, name), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)  # pages of the first columns; what the file says of itself stands at its end
    path.write_bytes(data)
    assert any(fault.startswith(f"parquet/{name}/") and "cannot be read" in fault for fault in said(copied))


def test_after_very_many_faults_the_rest_is_left(copied, one_by_one, monkeypatch):
    monkeypatch.setattr(verifying, "_MOST_FAULTS", 10)
    edit(copied, "numbers", lambda f: f.with_columns(line=pl.col("line") + 1))
    seal(copied)
    found = said(copied)
    assert any("has more than 10 faults: other rows are not checked" in fault for fault in found)
    first = read_table(copied, "disclosures")["disclosure_id"][0]
    assert {fault.split(".")[0].split()[-1] for fault in found if "is said to stand" in fault} == {first}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def _last_row_to_the_next(one: Path, two: Path) -> None:
    lines, after = _lines(one), _lines(two)
    one.write_text("".join(lines[:-1]), encoding="utf-8")
    two.write_text("".join([after[0], lines[-1], *after[1:]]), encoding="utf-8")


def _cut_in_a_row(one: Path, two: Path) -> None:
    data, after = one.read_bytes(), two.read_bytes()
    head = after.index(b"\n") + 1
    one.write_bytes(data[:-5])
    two.write_bytes(after[:head] + data[-5:] + after[head:])


def _swapped(one: Path, two: Path) -> None:
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


def _other_columns(one: Path, two: Path) -> None:
    two.write_text(two.read_text(encoding="utf-8").replace("line_id", "row", 1), encoding="utf-8")


def _amount(one: Path, two: Path) -> None:
    head, first, second, *lines = _lines(two)
    two.write_text("".join([head, first, second.replace(".", ".9", 1), *lines]), encoding="utf-8")


def _quoted(one: Path, two: Path) -> None:
    head, first, *lines = _lines(two)
    identity, comma, rest = first.partition(",")
    two.write_text("".join([head, f'"{identity}"{comma}{rest}', *lines]), encoding="utf-8")


#: What is done to two files that follow one another, and what is said of which: 0 and 1 are they.
FILES = {
    "a row in the file before": (_last_row_to_the_next, None, None),
    "a file that ends in a row": (_cut_in_a_row, 0, "Parquet has"),
    "files swapped": (_swapped, 0, "Parquet has"),
    "other columns": (_other_columns, 1, "its columns are ['row'"),
    "another amount": (_amount, 1, "row 2 ("),
    "a file less": (lambda one, two: two.unlink(), 0, "rows, Parquet has"),
    "a row less": (lambda one, two: two.write_text("".join(_lines(two)[:-1]), encoding="utf-8"), None, "rows, Parquet has"),
    "an empty file": (lambda one, two: two.write_bytes(b""), 1, "cannot be read as CSV"),
    "no text": (lambda one, two: two.write_bytes(two.read_bytes() + b"\xff\n"), None, "cannot be read as CSV"),
    "a line more": (lambda one, two: two.write_bytes(two.read_bytes() + b"\n"), None, "rows, Parquet has"),
    "quotes that nothing needs": (_quoted, 1, "its bytes are not what its rows write"),
    "a file of no year": (lambda one, two: two.rename(two.with_name("budget_lines-soon.csv")), None, "is named for no year"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_rows_that_go_on_in_another_file_are_compared_like_those_of_one(split, tmp_path, what, one_by_one):
    copy = Path(shutil.copytree(split, tmp_path / "copy"))
    paths = csv_files(copy, "budget_lines")
    at = next(i for i, path in enumerate(paths) if path.name.endswith("-001.csv"))
    spoil, file, reason = FILES[what]
    spoil(paths[at - 1], paths[at])
    found = [fault for fault in verify(copy) if "budget_lines" in fault.file and "sha256" not in fault.reason]
    if what == "a row in the file before":  # the same rows in the same order, cut elsewhere, are the same table
        assert [fault.reason for fault in found if "bytes, the manifest says" not in fault.reason] == []
        return
    assert any(
        reason in f"row {fault.row} {fault.reason}"
        and (file is None or fault.file == f"csv/{paths[at - 1 + file].name}")
        for fault in found
    ), [str(fault) for fault in found]


def test_a_year_without_its_csv_file_is_named(split, tmp_path):
    copy = Path(shutil.copytree(split, tmp_path / "copy"))
    (gone,) = [path for path in csv_files(copy, "budget_lines") if path.name.endswith("-2025.csv")]
    gone.unlink()
    assert any(fault.startswith("csv/budget_lines-2025.csv: is missing") for fault in said(copy))


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"a,b\n", 4),
        (b"a,b\nc", 4),
        (b'a,"b\nc', 0),
        (b'a,"b\nc"\nd,"e\n', 8),
        (b'a,"b""\n"\nd', 9),
        (b'a\n"\n\n\n', 2),
    ],
)
def test_line_ends_in_quotes_end_no_row(data, end):
    assert csv_rows.end_of_rows(data) == end


def test_a_row_without_an_end_is_not_read_into_memory(copied, monkeypatch):
    monkeypatch.setattr(csv_rows, "_LONGEST", 10_000)
    monkeypatch.setattr(csv_rows, "_BLOCK", 1_000)
    path = copied / "csv" / "targets.csv"
    head, *lines = _lines(path)
    path.write_text("".join([head, '"', *lines]), encoding="utf-8")
    assert any("a row is longer than 10,000 bytes" in fault for fault in said(copied))


def test_the_manifest_of_all_rows_is_compared_with_what_files_hold(copied):
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    manifest["rows"] = {name: count + 1 for name, count in manifest["rows"].items()}
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = said(copied)
    assert all(any(fault.startswith(f"parquet/{name}: has") for fault in found) for name in TABLES)
