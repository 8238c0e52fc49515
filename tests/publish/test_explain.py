"""``yusuan explain``: how a table, a row or an amount of a release was read, and from which entries of the data files."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.cli import main
from pipeline.explain import NotExplained, explain
from pipeline.explain.entries import entry_at, rule_at
from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.ingest.collections import find_collection
from pipeline.publish.reading import read_table
from pipeline.terminal import NotInstalled
from tests.documents import BUNDLED, ROOT, read_source
from tests.extract.pdfs import Line, Table, pdf
from tests.publish.releases import edit, release_of, where

GOLDEN = ROOT / "tests" / "golden" / "explain"
DID = "d346279adc975229"
ROWS = (
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("201", "一般公共服务支出", "300.00", "200.00", "100.00"),
    ("20103", "政府办公厅（室）及相关机构事务", "300.00", "200.00", "100.00"),
    ("2010301", "行政运行", "200.00", "200.00", ""),
    ("2010302", "一般行政管理事务", "100.00", "", "100.00"),
    ("合计", "", "300.00", "200.00", "100.00"),
)


def released(raw: Path, collection: str, out: Path) -> Path:
    """The release of one collection below ``raw``."""
    found = find_collection(raw, collection)
    assert found is not None
    return release_of([extract(read_source(file), load_library()) for file in found.files], out)


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    """The release of the bundled folder."""
    return released(ROOT / "raw", "beijing-xicheng", tmp_path_factory.mktemp("explained"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> tuple[Path, Path]:
    """A raw folder with a ruled PDF and one without rules, and its release."""
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "raw" / "pdf").mkdir(parents=True)
    for rules, year in (("full", 2024), ("none", 2025)):
        table = Table([80, 200, 90, 90, 90], ROWS, rules=rules)
        lines = [Line(f"{year}年度审计局部门预算", x=None), Line("一般公共预算财政拨款支出表", x=None)]
        (folder / "raw" / "pdf" / f"{rules}.pdf").write_bytes(pdf([*lines, Line("单位：万元", x=600), table]))
    return folder / "raw", released(folder / "raw", "pdf", folder / "out")


def without_lines(text: str) -> str:
    """``text`` without the lines of data files, which move with every entry that is added."""
    return re.sub(r"\.toml line \d+", ".toml line …", text)


def is_golden(shown: str, name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(without_lines(shown) + "\n", encoding="utf-8")
    assert without_lines(shown) + "\n" == path.read_text(encoding="utf-8")


def id_of(release: Path, table: str, column: str, file: str, contains: str) -> str:
    disclosures = read_table(release, "disclosures").filter(pl.col("source_file") == file)
    frame = read_table(release, table).filter(pl.col("disclosure_id") == disclosures["disclosure_id"][0])
    return str(frame.filter(pl.col(column).str.contains(contains))[column][0])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("disclosure", DID),
        ("table", f"{DID}.income_expenditure_summary"),
        ("table-of-performance", f"{DID}.project_performance"),
        ("row", f"{DID}.three_public.公务用车购置费"),
        ("line-of-performance", f"{DID}.department_performance.row.total"),
        ("line", f"{DID}.expenditure.2010301-50299-30299.expenditure-project"),
    ],
)
def test_what_is_shown_of_the_bundled_disclosure(release: Path, name: str, wanted: str) -> None:
    is_golden(explain(release, wanted, ROOT / "raw"), name)


def test_what_is_shown_of_a_ruled_pdf(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    raw, release = drawn
    wanted = id_of(release, "budget_lines", "line_id", "pdf/full.pdf", "2010301.*basic")
    shown = explain(release, wanted, raw, tmp_path / "page.png")
    is_golden(shown.replace(wanted.partition(".")[0], "ID").replace(str(tmp_path), "FOLDER"), "ruled-pdf")


@pytest.mark.slow
def test_cells_are_drawn_over_the_page(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    raw, release = drawn
    blue, green, red, amber = (31, 95, 191), (46, 139, 87), (214, 39, 40), (224, 168, 0)
    for rules, wanted, colours in (
        ("full", id_of(release, "budget_lines", "row_id", "pdf/full.pdf", "2010301"), {blue, green, red, amber}),
        ("none", id_of(release, "tables", "table_id", "pdf/none.pdf", "expenditure"), {blue, green}),
    ):
        explain(release, wanted, raw, tmp_path / f"{rules}.png")
        with image.open(tmp_path / f"{rules}.png") as picture:
            found = {colour for _, colour in picture.getcolors(maxcolors=1 << 24)}
            assert found & {blue, green, red, amber} == colours
            assert picture.width > picture.height > 1000


def test_the_reader_of_a_table_without_rules_is_named_with_its_reason(drawn: tuple[Path, Path]) -> None:
    raw, release = drawn
    shown = explain(release, id_of(release, "tables", "table_id", "pdf/none.pdf", "expenditure"), raw)
    assert "  reader  spaced: the words of the source have positions, and no cells are set apart here" in shown


def released_pdf(folder: Path, *elements: Line | Table) -> tuple[str, Path]:
    """The id of the only table of a drawn PDF, and its release; its raw folder is ``folder / "raw"``."""
    (folder / "raw" / "pdf").mkdir(parents=True)
    head = [
        Line("2024年度审计局部门预算", x=None),
        Line("一般公共预算财政拨款支出表", x=None),
        Line("单位：万元", x=600),
    ]
    (folder / "raw" / "pdf" / "a.pdf").write_bytes(pdf([*head, *elements]))
    release = released(folder / "raw", "pdf", folder / "out")
    return read_table(release, "tables")["table_id"][0], release


def test_what_a_release_withholds_is_not_shown(tmp_path: Path) -> None:
    person = ("单位：审计局 联系人：王小明 联系电话：010-83926001", 5)
    table = Table([80, 200, 90, 90, 90], [(person, None, None, None, None), *ROWS], rules="full")
    wanted, release = released_pdf(tmp_path, table)
    shown = explain(release, wanted, tmp_path / "raw")
    assert "83926001" not in shown and "王小明" not in shown
    assert "联系人：▇" in shown
    published = explain(release, wanted, tmp_path / "raw", publish_contacts=True)
    assert "王小明" in published


@pytest.mark.slow
def test_the_sign_that_withholds_a_table_is_named(tmp_path: Path) -> None:
    rows = [*ROWS[:4], ("", "", "5.00", "5.00", ""), ("", "", "6.00", "6.00", ""), *ROWS[4:]]
    wanted, release = released_pdf(tmp_path, Table([80, 200, 90, 90, 90], rows, rules="none"))
    shown = explain(release, wanted, tmp_path / "raw")
    assert "          a way to read it was not believed: several rows of amounts have no label\n" in shown
    assert "could not be told apart; none of its amounts is published" in shown
    assert re.search(r"\n +4 \| +\| +\|5\.00", shown)


@pytest.mark.slow
def test_a_line_that_is_read_otherwise_today_is_said(release: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(release, tmp_path / "copied"))
    wanted = f"{DID}.three_public.总计.expenditure-total-2022"
    assert "changed since" not in explain(copied, wanted, ROOT / "raw")
    edit(copied, "budget_lines", where("measure", wanted, "basic"))
    shown = explain(copied, wanted, ROOT / "raw")
    assert "release   has measure basic, read today as total: code or data files changed since" in shown
    edit(copied, "budget_lines", where("line_id", wanted, f"{wanted}-of-yesterday"))
    with pytest.raises(NotExplained, match="code and data files of today find no such line"):
        explain(copied, f"{wanted}-of-yesterday", ROOT / "raw")


def test_an_unknown_id_gives_one_line_with_the_nearest(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", f"{DID}.three_publik", "--release", str(release)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert f"no table, row or line '{DID}.three_publik'; nearest are {DID}.three_public, " in err
    assert main(["explain", "no such thing", "--release", str(release)]) == 2
    assert "copy an id from tables or budget_lines" in capsys.readouterr().err


def test_a_source_that_is_not_that_of_the_release_is_refused(release: Path, tmp_path: Path) -> None:
    wanted = f"{DID}.three_public"
    with pytest.raises(NotExplained, match="is not below .*--raw"):
        explain(release, wanted, tmp_path)
    (tmp_path / "beijing-xicheng").mkdir()
    (tmp_path / "beijing-xicheng" / BUNDLED.name).write_bytes(BUNDLED.read_bytes() + b"\n")
    with pytest.raises(NotExplained, match="another file"):
        explain(release, wanted, tmp_path)


def test_a_text_has_no_page_to_draw(release: Path, tmp_path: Path) -> None:
    with pytest.raises(NotExplained, match="--png draws pages of a PDF"):
        explain(release, f"{DID}.three_public", ROOT / "raw", tmp_path / "a.png")


def test_a_missing_library_of_pictures_is_named(
    drawn: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, release = drawn
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(NotInstalled, match="--png needs packages that are not installed; .* -m pip install 'pillow"):
        explain(release, id_of(release, "tables", "table_id", "pdf/full.pdf", "."), raw, tmp_path / "a.png")


def test_the_lines_named_are_those_of_the_entries() -> None:
    meaning = load_library().column("基本支出")
    assert meaning is not None
    said = entry_at(meaning.place, "基本支出")
    found = re.fullmatch(r'(schemas/forms/words\.toml) line (\d+): "(.+)"', said)
    assert found is not None
    lines = (ROOT / found[1]).read_text(encoding="utf-8").splitlines()
    assert lines[int(found[2]) - 1] == "[[column]]" and found[3] in lines[int(found[2])]
    file, _, number = rule_at("column_total").partition(" line ")
    assert (ROOT / file).read_text(encoding="utf-8").splitlines()[int(number) - 1] == 'id = "column_total"'


def test_contributing_shows_what_the_command_prints(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ \.venv/bin/yusuan explain (\S+)\n(.*?)```", text, re.S)
    assert blocks
    for wanted, shown in blocks:
        assert main(["explain", wanted, "--release", str(release)]) == 0
        assert without_lines(capsys.readouterr().out) == without_lines(shown)


@pytest.mark.slow
def test_a_header_that_the_form_does_not_list_is_seen_in_the_grid(tmp_path: Path) -> None:
    (tmp_path / "raw" / "x").mkdir(parents=True)
    printed = BUNDLED.read_text(encoding="utf-8")
    text = printed.replace("项目 2022 年预算数 2021 年预算数", "项目 2022 年预算数 上年核定数")
    assert text != printed
    (tmp_path / "raw" / "x" / "a.txt").write_text(text, encoding="utf-8")
    release = released(tmp_path / "raw", "x", tmp_path / "out")
    shown = explain(release, id_of(release, "tables", "table_id", "x/a.txt", "three_public"), tmp_path / "raw")
    assert re.search(r"\n +1 \|上年核定数1、因公", shown)
    assert "more amounts than the table has columns" in shown.partition("left out")[2]
