"""Change logs between releases: a revised source is a changed row, with both values and why."""

from __future__ import annotations

import json
import re
import shutil

import polars as pl
import pytest

from pipeline.cli import main
from pipeline.publish import diff as comparing
from pipeline.publish.changes import log_changes
from pipeline.publish.diff import _differing, as_json, as_text, diff
from pipeline.publish.reading import parquet_files
from tests.documents import BUNDLED, read
from tests.publish.releases import edit, release_of, seal, where

pytestmark = pytest.mark.slow

TEXT = BUNDLED.read_text(encoding="utf-8")
REVISED = TEXT.replace("0.200515 0.214752 \n\n3", "0.200515 0.314752 \n\n3")


def _release(tmp_path, text: str, **fingerprints: str):
    return release_of([read(text.encode(), "x.txt")], tmp_path, **fingerprints)


def test_a_revised_source_changes_rows_and_says_so(tmp_path):
    assert REVISED != TEXT
    before, after = _release(tmp_path, TEXT), _release(tmp_path, REVISED)
    changes = diff(before, after)
    assert changes["changed"] == []
    assert changes["sources"]["added"] == changes["sources"]["removed"] == []
    (replaced,) = changes["sources"]["replaced"]
    assert replaced["before"] != replaced["after"]
    lines = changes["tables"]["budget_lines"]
    assert (lines["added"], lines["removed"]) == (0, 0)
    (row,) = [row for row in lines["rows"] if "amount" in row["columns"]]
    assert row["columns"]["amount"] == ["2147.52", "3147.52"]
    assert row["columns"]["printed"] == ["0.214752", "0.314752"]
    assert row["why"] == ["source_changed"]
    assert row["series"] == replaced["series_id"]
    assert "    amount: 2147.52 -> 3147.52" in as_text(changes)
    assert json.loads(as_json(changes)) == changes


def test_the_same_release_differs_in_nothing(published):
    changes = diff(published, published)
    assert changes["tables"] == {}
    assert "no row differs" in as_text(changes)


def test_a_source_that_is_only_set_anew_moves_its_rows(tmp_path):
    changes = diff(_release(tmp_path, TEXT), _release(tmp_path, "\n\n" + TEXT))
    lines = changes["tables"]["budget_lines"]
    assert (lines["added"], lines["removed"], lines["changed"], lines["moved"]) == (0, 0, 0, 198)


@pytest.mark.parametrize(("fingerprint", "why"), [("forms_sha256", "form"), ("code_sha256", "code")])
def test_a_row_of_the_same_source_changed_with_forms_or_code(published, copied, fingerprint, why):
    line = "d346279adc975229.expenditure.2010301-50101-30101.expenditure-total"
    edit(copied, "budget_lines", where("item", line, "基本工资等"))
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    (copied / "manifest.json").write_text(json.dumps(manifest | {fingerprint: "other"}), encoding="utf-8")
    seal(copied)
    changes = diff(published, copied)
    (row,) = changes["tables"]["budget_lines"]["rows"]
    assert (row["key"], row["why"], row["columns"]["item"][1]) == (line, [why], "基本工资等")


def test_a_new_document_is_added_with_its_rows(tmp_path, published):
    other = TEXT.replace("2022", "2023").replace("2021", "2022")
    both = release_of([read(TEXT.encode(), BUNDLED.name), read(other.encode(), "new.txt")], tmp_path)
    changes = diff(published, both)
    assert changes["sources"]["added"] == ["test/new.txt"]
    rows = changes["tables"]["budget_lines"]["rows"]
    assert {row["change"] for row in rows} == {"added"}
    assert {tuple(row["why"]) for row in rows} == {("source_added",)}
    # What counts over documents changed, though its own document did not.
    back = diff(both, published)
    assert back["sources"]["removed"] == ["test/new.txt"]
    assert {tuple(row["why"]) for row in back["tables"]["budget_lines"]["rows"]} == {("source_removed",)}


def test_each_step_of_latest_is_logged_once(tmp_path):
    first = _release(tmp_path, TEXT)
    assert log_changes(tmp_path) is None
    second = _release(tmp_path, REVISED)
    path = log_changes(tmp_path)
    assert path == tmp_path / "changes" / f"{first.name}..{second.name}.json"
    assert json.loads(path.read_text(encoding="utf-8"))["after"] == second.name
    assert log_changes(tmp_path) is None
    shutil.rmtree(second)
    _release(tmp_path, TEXT)
    assert log_changes(tmp_path) is None, "what it would be compared with is gone"


def test_the_command_speaks_to_people_and_programs_and_says_what_is_no_release(published, tmp_path, capsys):
    assert main(["diff", str(published), str(published)]) == 0
    assert "no row differs" in capsys.readouterr().out
    assert main(["diff", str(published), str(published), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tables"] == {}
    assert main(["diff", str(published), str(tmp_path)]) == 2
    assert "no manifest.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("one", "two", "left"),
    [
        ("abcdef", "abxcdef", ("", "x")),
        ("abcdef", "abdef", ("c", "")),
        ("abcdef", "abxdef", ("c", "x")),
        ("abcdef", "abcdef", ("", "")),
        ("abcdef", "badcef", ("abcd", "badc")),
        ("", "ab", ("", "ab")),
        ("ab", "", ("ab", "")),
        ("aab", "aaab", ("", "a")),
    ],
)
def test_rows_that_both_begin_or_end_with_are_not_compared_one_by_one(one, two, left):
    frames = [
        pl.DataFrame({"id": list(text), "none": [None] * len(text)}, schema={"id": pl.String, "none": pl.Int64})
        for text in (one, two)
    ]
    assert tuple("".join(frame["id"]) for frame in _differing(*frames)) == left


@pytest.mark.parametrize("change", ["revised, added and removed", "read as of another year", "out of order"])
def test_some_disclosures_at_a_time_differ_as_all_at_once(tmp_path, monkeypatch, change):
    def documents(*years: int):
        texts = [re.sub(r"20(2[12])", lambda found, year=year: f"20{int(found[1]) + year}", TEXT) for year in years]
        return [read(text.encode(), f"{year}.txt") for year, text in zip(years, texts, strict=True)]

    before = release_of(documents(0, 1, 2, 3), tmp_path / "before")
    if change == "revised, added and removed":
        after = release_of([read(REVISED.encode(), "0.txt"), *documents(1, 3, 4)], tmp_path / "after")
    elif change == "read as of another year":
        moved = documents(0, 1, 2, 3)
        for _, rows in moved[1].rows:
            for row in rows:
                row.disclosure_year = 2031
        after = release_of(moved, tmp_path / "after", code_sha256="other")
    else:
        after = release_of(documents(0, 1, 2, 4), tmp_path / "after")
        path = parquet_files(after, "budget_lines")[0]
        lines = pl.read_parquet(path)
        pl.concat([lines.tail(50), lines.head(lines.height - 50)]).write_parquet(path)
        seal(after)
    monkeypatch.setattr(comparing, "_ROWS", 50)
    in_batches = diff(before, after)
    monkeypatch.setattr(comparing, "_in_order", lambda side, name: False)
    assert in_batches == diff(before, after)
    assert in_batches["tables"]["budget_lines"]["rows"]
