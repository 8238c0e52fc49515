"""No name and no number of a contact person is in any byte of a release, unless a setting asks for it."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes
from pipeline.orchestration.extraction import extracted_collections, read_index, store_of
from pipeline.tidy.documents import read_documents
from tests.builds import build, build_here, latest
from tests.documents import BUNDLED, ROOT, bundled, read
from tests.extract.pdfs import Line, Table, pdf
from tests.extract.test_contacts import wordings
from tests.publish.releases import release_of
from tests.sharing import copy_of

TEXT = BUNDLED.read_text(encoding="utf-8")
# The line of the bundled document that names someone: read from it, so that it stands nowhere else.
PERSON = re.search(r"项目负责人 (\S+) 联系电话 (\S+)", TEXT)
assert PERSON is not None
# Planted persons: no document has them.
NAMES = [
    "欧阳雪峰",
    "令狐某某",
    "尉迟可欣",
    "司马亦菲",
    "端木清扬",
    "皇甫云起",
    "买买提·玉山",
    "慕容知秋",
    "诸葛静好",
    "东方既白",
]
NUMBERS = [
    "13712349876",
    "021-61239876",
    "61239871",
    "４１２３９８７６",
    "wx_planted88",
    "98761234",
    "someone@planted.gov.cn",
]
PLANTS = {
    "一、部门情况": f"一、部门情况 \n\n联系人：{NAMES[0]}，电话：{NUMBERS[0]}。",
    "六、专业名词解释": f"填报人：{NAMES[1]}  审核人：{NAMES[2]}  传真：{NUMBERS[1]}\n\n六、专业名词解释",
    "2022 年部门预算收支总表": f"2022 年部门预算收支总表 \n单位负责人（签章）：{NAMES[3]} 联系电话 {NUMBERS[2]}",
    PERSON.group(): f"项目负责人 {NAMES[4]} 联系电话 {NUMBERS[3]} 微信：{NUMBERS[4]}",
    "按年度计划完成工作。 ": f"按年度计划完成工作，联系人：{NAMES[5]}（{NUMBERS[5]}）。 ",
    "确保编制15人的日常行政运行": f"确保编制15人的日常行政运行，经办人：{NAMES[6]}。",
    "支出总计 586.476837 ": f"支出总计 586.476837 \n注：制表人：{NAMES[7]} 邮箱 {NUMBERS[6]}",
}
SHEET = pdf(
    (
        Line("北京市某某区某某局2025年部门预算", None, 20),
        Line("表1 2025年部门预算收支总表", None, 20),
        Line("单位：万元", 600, 4),
        Table(
            (150, 100, 150, 100),
            [("收入", "预算数", "支出", "预算数"), ("收入总计", "1.00", "支出总计", "1.00")],
        ),
        Line("表13 2025年项目支出绩效目标表", None, 16),
        Table(
            (110, 130, 110, 130),
            [
                ("项目名称", "大厅运行经费", "项目负责人", NAMES[8]),
                ("项目联系人", NAMES[9], "联系电话", NUMBERS[0]),
                ("一级指标", "二级指标", "三级指标", "指标值"),
                ("产出指标", "数量指标", "窗口数量", "≥30个"),
            ],
        ),
    )
)


def planted() -> str:
    text = TEXT
    for old, new in PLANTS.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def found_in(release: Path, wanted: list[str]) -> set[str]:
    """The planted texts that are in some byte of the release; Parquet is read as well as looked at."""
    found = set()
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path).select(pl.col(pl.String))
            data += "\n".join(str(value) for column in frame.iter_columns() for value in column).encode()
        found |= {text for text in wanted if text.encode() in data}
    return found


def test_nothing_planted_is_in_any_byte_of_a_release(tmp_path: Path) -> None:
    documents = [read(planted().encode(), "planted.txt"), read(SHEET, "planted.pdf")]
    release = release_of(documents, tmp_path)
    names = [*NAMES, *PERSON.groups()]
    assert found_in(release, [*names, *NUMBERS]) == set()
    texts = [path.read_bytes().decode() for path in sorted((release / "sources").glob("*.txt"))]
    assert sorted(len(text) for text in texts) == sorted([len(planted()), len(documents[1].masked_text)])
    withheld = sum(document.disclosure.numbers_withheld for document in documents)
    assert withheld >= 6
    assert {row.printed for d in documents for row in d.rows.numbers if row.class_ == "withheld"} == {None}


def test_everything_else_of_the_document_is_as_before(tmp_path: Path) -> None:
    before, after = bundled(), read(planted().encode())
    amounts = [[row.amount for row in found.rows.budget_lines] for found in (before, after)]
    assert amounts[0] == amounts[1]
    facts = [[(row.metric, row.value) for row in found.rows.statements] for found in (before, after)]
    assert facts[0] == facts[1]


def test_a_setting_publishes_what_is_printed() -> None:
    file = SourceFile(Path("raw") / "test" / "x.txt", "test", "x.txt")
    source = read_bytes(file, TEXT.encode(), Limits())
    shown = extract(source, load_library(), publish_contacts=True)
    assert all(value in shown.masked_text for value in PERSON.groups())
    assert shown.disclosure.numbers_withheld == 0


def test_no_entry_of_sources_toml_publishes_it() -> None:
    file = SourceFile(Path("raw") / "test" / "x.txt", "test", "x.txt", {"publish_contacts": "yes"})
    shown = extract(read_bytes(file, TEXT.encode(), Limits()), load_library())
    assert not any(value in shown.masked_text for value in PERSON.groups())


@pytest.mark.slow
def test_the_command_withholds_unless_it_is_told_to_publish(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = ROOT / "raw", copy_of(built, tmp_path / "out")
    first = latest(out)
    assert found_in(first, list(PERSON.groups())) == set()
    with monkeypatch.context() as set_:
        set_.setenv("YUSUAN_PUBLISH_CONTACTS", "1")
        assert build_here(raw, out) in (0, 1)
    second = latest(out)
    assert second != first
    assert found_in(second, list(PERSON.groups())) == set(PERSON.groups())
    assert build_here(raw, out) == 0
    assert latest(out) == first


def _paragraphs() -> list[str]:
    """Every wording as a paragraph of its own, which prose stands before and after."""
    return [line for text, _ in wordings() for line in ("本段说明有关情况。", *text.split("\n"))] + ["以上为全部内容。"]


def _as_workbook(lines: list[str]) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for line in lines:
        book.active.append(line.split("\t"))
    book.save(held)
    return held.getvalue()


def _as_word(lines: list[str]) -> bytes:
    made, held = docx.Document(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(held)
    return held.getvalue()


def _as_page(lines: list[str]) -> bytes:
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    return f"<!doctype html><html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


def _as_pdf(lines: list[str]) -> bytes:
    return pdf(
        *(
            tuple(Line(line.replace("\t", "  "), None, 10) for line in lines[at : at + 40])
            for at in range(0, len(lines), 40)
        )
    )


def _searched(out: Path) -> bytes:
    """All bytes below ``out``, those of compressed rows as they are read."""
    data = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    for path in out.rglob("*.parquet"):
        data.append(pl.read_parquet(path).select(pl.col(pl.String)).write_csv().encode())
    store = store_of(out)
    for name in extracted_collections(out):
        for entry in read_index(out, name):
            frames, texts = read_documents([("x", store.read(entry.document.key) or b"")])
            data += [frame.write_csv().encode() for frame in frames.values()] + list(texts.values())
    return b"\n".join(data)


@pytest.mark.slow
def test_no_wording_is_in_any_byte_that_a_build_leaves(tmp_path: Path) -> None:
    """Releases, pages, change logs, the store, Dagster's databases and logs, and what is printed at the terminal."""
    raw = tmp_path / "raw" / "c"
    raw.mkdir(parents=True)
    head, lines = TEXT.split("\n"), _paragraphs()
    for name, make in {"a.xlsx": _as_workbook, "b.docx": _as_word, "c.html": _as_page}.items():
        (raw / name).write_bytes(make([*head, *lines]))
    (raw / "d.txt").write_text("\n".join([*head, *lines]), encoding="utf-8")
    (raw / "e.pdf").write_bytes(_as_pdf([line for line in [*head, *lines] if line.strip()]))
    out = tmp_path / "out"
    done = build(raw.parent, out, "--here")
    assert done.returncode in (0, 1), done.stderr
    left = _searched(out) + (done.stdout + done.stderr).encode()
    # Short pieces of numbers may stand anywhere.
    wanted = [
        value for _, hidden in wordings() for value in hidden if len(value) >= (3 if "一" <= value[0] <= "鿿" else 8)
    ]
    assert len(wanted) > 100
    assert "以上为全部内容".encode() in left
    assert [value for value in wanted if value.encode() in left] == []
