"""A release that anything was done to does not verify, and says where and why."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipeline.cli import main
from pipeline.keys import release_digest
from pipeline.publish.reading import ReleaseError, read_table
from pipeline.publish.verify import verify
from tests.documents import ROOT
from tests.publish.releases import edit, seal, where

pytestmark = pytest.mark.slow


def _line(release: Path, **wanted: object) -> str:
    """The id of the first amount of the release with these columns."""
    lines = read_table(release, "budget_lines")
    for column, value in wanted.items():
        lines = lines.filter(pl.col(column) == value)
    return str(lines["line_id"][0])


def _flipped(path: Path, at: int = -20) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _json(path: Path, change) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _swapped(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame[1:2], frame[0:1], frame[2:]])


def _number(cls: str):
    def pick(release: Path) -> str:
        return str(read_table(release, "numbers").filter(pl.col("class") == cls)["number_id"][0])

    return pick


_DATA, _HIDDEN = _number("data"), _number("withheld")


def _text(release: Path) -> Path:
    return next((release / "sources").glob("*.txt"))


def _other_text(release: Path) -> None:
    """One digit of the source's text is another: every offset still fits."""
    path = _text(release)
    row = read_table(release, "budget_lines").row(0, named=True)
    text = path.read_bytes().decode("utf-8")
    start = row["start"]
    changed = text[:start] + ("1" if text[start] != "1" else "2") + text[start + 1 :]
    path.write_bytes(changed.encode("utf-8"))


def _added_number(release: Path) -> None:
    path = _text(release)
    path.write_bytes(path.read_bytes() + b" 12345.67\n")


def _operand(frame: pl.DataFrame) -> pl.DataFrame:
    first = pl.int_range(pl.len()) == 0
    return frame.with_columns(pl.when(first).then(pl.col("value") + 1).otherwise(pl.col("value")).alias("value"))


def _verdict(frame: pl.DataFrame) -> pl.DataFrame:
    failing = (pl.col("status") == "pass") & (pl.col("rule_id") == "row_total_basic_project")
    return frame.with_columns(pl.when(failing).then(pl.lit("fail")).otherwise(pl.col("status")).alias("status"))


#: What is done to a release whose lists are then written anew, and the file and words that must name it.
ROWS = {
    "an edited amount": (
        lambda r: edit(r, "budget_lines", where("amount", _line(r), Decimal("1.00"))),
        "parquet/budget_lines",
        "amount is 1.00",
    ),
    "an edited amount and its printed text": (
        lambda r: edit(r, "budget_lines", lambda f: where("printed", f["line_id"][0], "1.0")(f)),
        "parquet/budget_lines",
        "printed is '1.0', but its place",
    ),
    "an amount edited in the CSV alone": (
        lambda r: (r / "csv" / "budget_lines.csv").write_text(
            (r / "csv" / "budget_lines.csv").read_text("utf-8").replace(",5864768.37,", ",5864768.38,", 1), "utf-8"
        ),
        "csv/budget_lines.csv",
        "amount is '5864768.38', Parquet has '5864768.37'",
    ),
    "a row dropped from the CSV alone": (
        lambda r: (r / "csv" / "tables.csv").write_text(
            "".join((r / "csv" / "tables.csv").read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8"
        ),
        "csv/tables.csv",
        "has 13 rows, Parquet has 14",
    ),
    "two rows swapped": (lambda r: edit(r, "budget_lines", _swapped), "2022-00000.parquet", "rows are out of order"),
    "two rows swapped in the CSV alone": (
        lambda r: (r / "csv" / "passages.csv").write_text(
            read_table(r, "passages").pipe(_swapped).write_csv(), "utf-8"
        ),
        "csv/passages.csv",
        "Parquet has",
    ),
    "a row removed": (lambda r: edit(r, "budget_lines", lambda f: f[1:]), "parquet/numbers", "which budget_lines has not"),
    "a row twice": (
        lambda r: edit(r, "targets", lambda f: pl.concat([f[:1], f])),
        "parquet/targets",
        "the key stands more than once",
    ),
    "a reference to no table": (
        lambda r: edit(r, "budget_lines", where("table_id", _line(r), "nowhere")),
        "parquet/budget_lines",
        "refers to nowhere, which tables has not",
    ),
    "a value outside its closed list": (
        lambda r: edit(r, "budget_lines", where("measure", _line(r), "guess")),
        "parquet/budget_lines",
        "'guess' fails isin",
    ),
    "a null where none may be": (
        lambda r: edit(r, "budget_lines", where("row_kind", _line(r), None)),
        "parquet/budget_lines",
        "row_kind",
    ),
    "a column renamed": (
        lambda r: _renamed(r, "projects", {"term": "terms"}),
        "parquet/projects",
        "missing ['term'], unknown ['terms']",
    ),
    "a column of floats": (
        lambda r: _cast(r, "budget_lines", "amount", pl.Float64),
        "parquet/budget_lines",
        "amount is Float64, not Decimal",
    ),
    "a place moved": (
        lambda r: edit(r, "numbers", lambda f: where("start", _DATA(r), f["start"][0] + 1)(f)),
        "parquet/numbers",
        "its place",
    ),
    "a place beyond the text": (
        lambda r: edit(r, "passages", lambda f: where("end", f["passage_id"][0], 10**7)(f)),
        "parquet/passages",
        "is not within a text of",
    ),
    "another line": (
        lambda r: edit(r, "tables", lambda f: where("line", f["table_id"][0], 1)(f)),
        "parquet/tables",
        "is said to stand in line 1",
    ),
    "a label that its pieces do not spell": (
        lambda r: edit(r, "budget_lines", where("item", _line(r, item="公务接待费"), "公务接待")),
        "parquet/budget_lines",
        "item is '公务接待', its pieces are '公务接待费'",
    ),
    "a piece of text lost": (
        lambda r: edit(r, "spans", lambda f: f.filter(~((pl.col("field") == "text") & (pl.col("seq") == 0)))),
        "parquet/spans",
        "its pieces are numbered [1",
    ),
    "a digit of the source's text": (_other_text, "parquet/budget_lines", "but its place"),
    "a number in the text that nobody counts": (_added_number, "sources/", "'12345.67' is not in the ledger"),
    "a number with two owners": (
        lambda r: edit(r, "numbers", lambda f: pl.concat([f[:1], where("number_id", f["number_id"][0], "x")(f[:1]), f[1:]])),
        "parquet/numbers",
        "stands at the place of another number",
    ),
    "a number without an owner": (
        lambda r: edit(r, "numbers", where("owner_id", _DATA(r), None)),
        "parquet/numbers",
        "is data, but belongs to no record",
    ),
    "a number given to another record": (
        lambda r: edit(r, "numbers", lambda f: where("owner_id", _DATA(r), f["disclosure_id"][0])(f)),
        "parquet/numbers",
        "which statements has not",
    ),
    "contact data unmasked": (
        lambda r: edit(r, "numbers", where("printed", _HIDDEN(r), "123")),
        "parquet/numbers",
        "is withheld, but published",
    ),
    "a stated value": (
        lambda r: edit(r, "statements", lambda f: where("value", f.drop_nulls("value")["statement_id"][0], 7)(f)),
        "parquet/statements",
        "value is 7.0000, printed are",
    ),
    "an operand": (lambda r: edit(r, "check_operands", _operand), "parquet/check_operands", "value is"),
    "a verdict": (lambda r: edit(r, "checks", _verdict), "parquet/checks", "status is fail, the other rows make it pass"),
    "a failed check removed from the count": (
        lambda r: edit(r, "disclosures", lambda f: f.with_columns(checks_failed=pl.lit(0, pl.Int64))),
        "parquet/disclosures",
        "checks_failed is 0, counted are",
    ),
    "another source": (
        lambda r: _json(r / "manifest.json", lambda m: m["sources"][0].update(sha256="0" * 64)),
        "parquet/disclosures",
        "source_sha256 or source_bytes is not the manifest's",
    ),
    "a source too many": (
        lambda r: _json(r / "manifest.json", lambda m: m["sources"].append({"disclosure_id": "0" * 16})),
        "manifest.json",
        "is a source that no disclosure is made of",
    ),
    "no text": (lambda r: _text(r).unlink(), "sources/", "nothing of it can be placed"),
    "a text of nobody": (
        lambda r: (r / "sources" / "0000000000000000.txt").write_text("x"),
        "sources/0000000000000000.txt",
        "belongs to no disclosure",
    ),
    "a text that is no text": (lambda r: _text(r).write_bytes(b"\xff\xfe\xff"), "sources/", "is not UTF-8"),
    "a formula that nobody printed": (
        lambda r: edit(r, "checks", lambda f: where("message_en", f["check_id"][0], "=HYPERLINK(1)")(f)),
        "csv/checks.csv",
        "message_en begins a formula, '=HYPERLINK(1)', and is not in the source",
    ),
    "the ledger as CSV": (lambda r: (r / "csv" / "numbers.csv").write_text("a\n"), "csv/numbers.csv", "as Parquet only"),
}  # fmt: skip


def _file(release: Path, name: str) -> Path:
    return next((release / "parquet" / name).rglob("*.parquet"))


def _renamed(release: Path, name: str, names: dict[str, str]) -> None:
    path = _file(release, name)
    pl.read_parquet(path).rename(names).write_parquet(path)


def _cast(release: Path, name: str, column: str, dtype) -> None:
    path = _file(release, name)
    pl.read_parquet(path).with_columns(pl.col(column).cast(dtype)).write_parquet(path)


@pytest.mark.parametrize("what", ROWS)
def test_a_falsified_release_with_fresh_checksums_is_found_out(copied, what):
    spoil, file, reason = ROWS[what]
    spoil(copied)
    seal(copied)
    faults = verify(copied)
    assert any(file in fault.file and reason in fault.reason for fault in faults), [str(fault) for fault in faults][:9]


#: What is done to the bytes, and the file and words that must name it.
BYTES = {
    "a flipped byte of Parquet": (lambda r: _flipped(_file(r, "tables"), 60), "parquet/tables/", "its sha256 is"),
    "a flipped byte of a text": (lambda r: _flipped(_text(r)), "sources/", "its sha256 is"),
    "a flipped byte of the README": (lambda r: _flipped(r / "README.md"), "README.md", "its sha256 is"),
    "a file cut short": (lambda r: _file(r, "spans").write_bytes(b"PAR1"), "parquet/spans/", "cannot be read"),
    "a missing Parquet file": (lambda r: _file(r, "tables").unlink(), "parquet/tables/", "is missing"),
    "a missing CSV file": (lambda r: (r / "csv" / "tables.csv").unlink(), "csv/tables.csv", "is missing"),
    "no checksums": (lambda r: (r / "SHA256SUMS").unlink(), "SHA256SUMS", "is missing"),
    "a checksum too few": (
        lambda r: (r / "SHA256SUMS").write_text("".join((r / "SHA256SUMS").read_text().splitlines(True)[1:])),
        "SHA256SUMS",
        "is not listed",
    ),
    "a file too many": (lambda r: (r / "notes.txt").write_text("x"), "notes.txt", "is not in the manifest"),
    "a link": (lambda r: (r / "more").symlink_to("csv"), "more", "is a link"),
    "another release_id": (
        lambda r: _json(r / "manifest.json", lambda m: m.update(release_id="0" * 16)),
        "manifest.json",
        "release_id is 0000000000000000, its files make",
    ),
    "another row count": (
        lambda r: _json(r / "manifest.json", lambda m: m["rows"].update(tables=99)),
        "parquet/tables",
        "has 14 rows, the manifest says 99",
    ),
    "a path that leads out": (
        lambda r: _json(r / "manifest.json", lambda m: m["files"][0].update(path="../../etc/passwd")),
        "manifest.json",
        "leads out of the release",
    ),
    "a descriptor of another file": (
        lambda r: (r / "datapackage.json").write_text(
            re.sub(
                '"hash": "sha256:[0-9a-f]', '"hash": "sha256:x', (r / "datapackage.json").read_text("utf-8"), count=1
            ),
            "utf-8",
        ),
        "datapackage.json",
        '"hash": "sha256:x',
    ),
}


@pytest.mark.parametrize("what", BYTES)
def test_changed_bytes_and_files_are_named(copied, what):
    spoil, file, reason = BYTES[what]
    spoil(copied)
    faults = verify(copied)
    assert any(fault.file.startswith(file) and reason in fault.reason for fault in faults), [str(f) for f in faults][:9]


def test_a_release_copied_elsewhere_verifies_and_is_not_changed(copied):
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in copied.rglob("*") if path.is_file()}
    assert verify(copied) == []
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in copied.rglob("*") if path.is_file()}
    assert before == after


def test_it_says_0_1_or_2(copied, capsys):
    assert main(["verify", str(copied)]) == 0
    assert "every file and every row verifies" in capsys.readouterr().out
    (copied / "csv" / "tables.csv").unlink()
    assert main(["verify", str(copied)]) == 1
    assert "csv/tables.csv: is missing" in capsys.readouterr().out
    assert main(["verify", str(copied / "csv")]) == 2
    assert "has no manifest.json" in capsys.readouterr().err


@pytest.mark.parametrize("other", [False, True], ids=["this version", "another"])
def test_it_says_first_that_another_version_made_what_has_faults(copied, capsys, other):
    made = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    made["code_sha256"] = "0" * 64 if other else release_digest()
    (copied / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    assert main(["verify", str(copied)]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert ("made by another version of code and rules (code_sha256 0000000000000000" in first) == other


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "\udcff", '{"release_id": "", "files": [1], "rows": {}, "sources": []}']
)
def test_a_manifest_that_is_none_is_unusable(copied, content):
    (copied / "manifest.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ReleaseError):
        verify(copied)


def test_it_needs_no_dagster_and_no_checkout_as_working_folder(copied, tmp_path):
    code = (
        "import sys; sys.modules['dagster'] = None\n"
        f"from pipeline.cli import main; raise SystemExit(main(['verify', {str(copied)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_release_of_many_years_and_a_quarantined_document_verifies(tmp_path):
    from tests.documents import BUNDLED, read
    from tests.publish.releases import release_of

    text = BUNDLED.read_text(encoding="utf-8")
    other = text.replace("2022年", "2021年").replace("2022 年", "2021 年")
    documents = [read(text.encode(), "a.txt"), read(other.encode(), "b.txt"), read(b"", "empty.txt")]
    release = release_of([each for each in documents], tmp_path)
    assert verify(release) == []
    shutil.rmtree(release / "parquet" / "numbers")
    assert "has no file" in {fault.reason for fault in verify(release)}


def test_what_terminals_obey_is_not_printed(copied, capsys):
    (copied / "odd\x1b[2J\u202e.txt").write_text("x")
    assert main(["verify", str(copied)]) == 1
    assert "odd\ufffd[2J\ufffd.txt: is not in the manifest" in capsys.readouterr().out
