"""Word documents: paragraphs, numbers of lists and tables of the body, as Word shows them with all changes accepted."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.document import NotReadable, Rejected
from pipeline.ingest.formats import format_named
from pipeline.ingest.limits import Limits
from tests.ingest.formats.reading import content, grid, spans
from tests.ingest.test_media import ingest

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def docx(body: str, numbering: str = "", styles: str = "", **parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/numbering.xml", f"<w:numbering {NS}>{numbering}</w:numbering>")
        archive.writestr("word/styles.xml", f"<w:styles {NS}>{styles}</w:styles>")
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{RELATIONS}/numbering" Target="numbering.xml"/>'
            f'<Relationship Id="b" Type="{RELATIONS}/styles" Target="/word/styles.xml"/>'
            f'<Relationship Id="c" Type="{RELATIONS}/image" Target="http://example.org/x.png" TargetMode="External"/>'
            "</Relationships>",
        )
        for name, part in parts.items():
            archive.writestr(f"word/{name}.xml", part)
    return out.getvalue()


def p(*runs: str, about: str = "") -> str:
    made = "".join(run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p>{f'<w:pPr>{about}</w:pPr>' if about else ''}{made}</w:p>"


def tc(text: str, about: str = "") -> str:
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{''.join(p(line) for line in text.split('/'))}</w:tc>"


def tr(*cells: str, about: str = "") -> str:
    return f"<w:tr>{f'<w:trPr>{about}</w:trPr>' if about else ''}{''.join(c if c.startswith('<') else tc(c) for c in cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def test_paragraphs_and_tables_stand_in_the_order_of_the_body():
    read = content(docx(p("某局", "2025年部门预算") + tbl(tr("项目", "金额"), tr("办公费", "1.50")) + p("注：无")))
    assert read.text == "某局2025年部门预算\n项目\t金额\n办公费\t1.50\n注：无\n"
    assert grid(read) == [["项目", "金额"], ["办公费", "1.50"]]


def test_tabs_breaks_and_hyphens():
    assert (
        content(
            docx(p("甲<w:tab/>".replace("<w:tab/>", ""), "<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"))
        ).text
        == "甲\t乙\n丙\n"
    )
    assert content(docx(p("<w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t><w:softHyphen/></w:r>"))).text == "A-1\n"


def test_merged_cells_span_and_are_printed_once():
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    read = content(
        docx(
            tbl(
                tr(tc("科目", down), tc("支出", '<w:gridSpan w:val="2"/>')),
                tr(tc("", on), "基本", "项目"),
                tr("行政运行", "1", "2"),
                tr("", "3", about='<w:gridBefore w:val="1"/>') if False else tr("住房", "3", "4"),
            )
        )
    )
    assert read.text == "科目\t支出\n基本\t项目\n行政运行\t1\t2\n住房\t3\t4\n"
    assert spans(read) == {"科目": (2, 1), "支出": (1, 2)}


def test_a_cell_of_lines_has_a_piece_for_each_and_rows_may_begin_later():
    read = content(docx(tbl(tr("甲", "因公出国/（境）费", "丙"), tr("2", "3", about='<w:gridBefore w:val="1"/>'))))
    assert grid(read) == [["甲", "因公出国/（境）费", "丙"], ["^", "2", "3"]]


def test_a_table_that_frames_others_is_paragraphs():
    inner = tbl(tr("项目", "金额"), tr("办公费", "1.50"))
    frame = f"<w:tbl>{tr('<w:tc>' + p('部门收支总表') + inner + p('') + '</w:tc>', '<w:tc>' + p('说明') + '</w:tc>')}</w:tbl>"
    read = content(docx(frame))
    assert read.text == "部门收支总表\n项目\t金额\n办公费\t1.50\n说明\n"
    assert len(read.tables) == 1


def test_tracked_changes_are_accepted():
    body = (
        p(
            "收入",
            "<w:del><w:r><w:delText>12</w:delText></w:r></w:del>",
            "<w:ins><w:r><w:t>15</w:t></w:r></w:ins>",
            "万元",
        )
        + p("<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>", "<w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo>")
        + p("上", about="<w:rPr><w:del/></w:rPr>")
        + p("下")
        + tbl(tr("项目", "金额"), tr("删", "1", about="<w:del/>"), tr("增", "2", about="<w:ins/>"))
    )
    read = content(docx(body))
    assert read.text == "收入15万元\n新\n上下\n项目\t金额\n增\t2\n"


def test_hidden_text_notes_and_codes_of_fields_are_not_read():
    body = p(
        "甲",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>x9</w:t></w:r>",
        '<w:r><w:instrText>PAGEREF x9</w:instrText></w:r><w:r><w:footnoteReference w:id="9"/></w:r>',
        '<w:fldSimple w:instr="x9"><w:r><w:t>乙</w:t></w:r></w:fldSimple><w:hyperlink><w:r><w:t>丙</w:t></w:r></w:hyperlink>',
    )
    assert content(docx(body, footnotes=f"<w:footnotes {NS}>{p('x9')}</w:footnotes>")).text == "甲乙丙\n"


def test_content_controls_hold_paragraphs_rows_and_cells():
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('甲')}</w:sdtContent></w:sdt>" + tbl(
        tr("项目", "金额"), f"<w:sdt><w:sdtContent>{tr('乙', '1')}</w:sdtContent></w:sdt>"
    )
    assert content(docx(body)).text == "甲\n项目\t金额\n乙\t1\n"


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{p('框中文字')}</w:txbxContent>"
    drawn = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert content(docx(p("正文", drawn))).text == "正文\n框中文字\n"
    only_old = f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"
    assert content(docx(p("正文", only_old))).text == "正文\n框中文字\n"


def test_embedded_objects_are_noted():
    (note,) = content(docx(p("附表", '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'))).notes
    assert "an embedded object (Excel.Sheet.12) could not be read" in note


def lvl(at: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


LISTS = (
    '<w:abstractNum w:abstractNumId="0">'
    + lvl(0, "chineseCountingThousand", "%1、")
    + lvl(1, "chineseCounting", "（%2）")
    + lvl(2, "decimal", "%3.")
    + lvl(3, "decimal", "%1.%4", more="<w:isLgl/>")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    '<w:abstractNum w:abstractNumId="7">'
    + lvl(0, "bullet", "●")
    + '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>'
)


def in_list(number: int, level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def test_lists_are_numbered_as_word_shows_them():
    texts = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (1, 3), (2, 0), (3, 0), (7, 0), (0, 0)]
    body = "".join(p("文", about=in_list(*each)) for each in texts)
    assert content(docx(body, LISTS)).text.split() == (
        "一、文 （一）文 （二）文 1. 文 二、文 （一）文 2.1 文 三、文 一、文 文 文".split()
    )


def test_lists_of_styles_are_numbered_and_blank_items_count_without_being_printed():
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/></w:style>'
    )
    about = '<w:pStyle w:val="{}"/>'
    body = p("甲", about=about.format("H1")) + p("", about=about.format("H2")) + p("乙", about=about.format("H2"))
    assert content(docx(body, LISTS, styles)).text == "一、甲\n三、乙\n"


def test_a_column_of_row_numbers_is_printed():
    rows = [tr(f"<w:tc>{p('', about=in_list(1, 2))}</w:tc>", name) for name in ("甲", "乙")]
    assert grid(content(docx(tbl(*rows), LISTS))) == [["1.", "甲"], ["2.", "乙"]]


@pytest.mark.parametrize(
    ("form", "at", "written"),
    [("chineseCounting", 12, "十二"), ("chineseCounting", 103, "一百零三"), ("decimalEnclosedCircle", 3, "③"), ("upperRoman", 14, "XIV"),
     ("lowerLetter", 28, "bb"), ("decimalZero", 7, "07"), ("ideographTraditional", 2, "乙"), ("decimalFullWidth", 15, "１５"), ("what", 4, "4")],
)  # fmt: skip
def test_forms_of_numbers(form, at, written):
    numbering = f'<w:abstractNum w:abstractNumId="0">{lvl(0, form, "%1、", at)}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    assert content(docx(p("文", about=in_list(1, 0)), numbering)).text == f"{written}、文\n"


def test_a_document_of_python_docx_is_read():
    import docx as library

    document = library.Document()
    document.add_heading("某局2025年部门预算", 0)
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "科目"
    for at, text in enumerate(("201", "一般公共服务", "5.00")):
        table.cell(1, at).text = text
    out = io.BytesIO()
    document.save(out)
    read = content(out.getvalue())
    assert grid(read) == [["科目", "^", ""], ["201", "一般公共服务", "5.00"]]


def test_deep_nesting_is_refused():
    with pytest.raises(NotReadable, match="nested more than"):
        content(docx("<w:sdt><w:sdtContent>" * 500 + p("x") + "</w:sdtContent></w:sdt>" * 500))
    nested = "x"
    for _ in range(300):
        nested = f"<w:tc>{tbl(tr(nested))}</w:tc>"
    with pytest.raises(NotReadable, match="nested more than"):
        content(docx(tbl(tr(nested))))


def test_a_document_without_a_body_or_with_broken_xml_says_so():
    found = ingest(docx("<w:p>"), "x.docx")
    assert isinstance(found, Rejected)
    assert "word/document.xml is broken" in found.reason
    assert "fetch it again" in found.reason


OLD = "Word document (doc, wps or rtf)"
RTF = rb"{\rtf1\ansi\ansicpg936 Budget 2025\par 12.50\par}"


def test_without_libreoffice_old_word_documents_say_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotReadable, match="install LibreOffice .*, or save it as docx") as failure:
        format_named(OLD).read(RTF, Limits())
    assert not failure.value.lasting


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a program in the place of LibreOffice."""

    def put(script: str) -> None:
        program = tmp_path / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return put


def test_the_converter_has_a_home_of_its_own_and_what_it_makes_is_read(converter, tmp_path):
    (tmp_path / "made.docx").write_bytes(docx(p("转换")))
    converter(
        f'case "$HOME" in {tmp_path}*|"{Path.home()}") exit 9;; esac; cp {tmp_path}/made.docx "$HOME/document.docx"'
    )
    read = format_named(OLD).read(RTF, Limits())
    assert (read.text, read.media_type) == ("转换\n", "application/rtf")


def test_a_converter_that_hangs_is_stopped_with_all_it_started(converter, tmp_path):
    converter(f"sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(NotReadable, match="came to nothing in 0.9 seconds") as failure:
        format_named(OLD).read(RTF, Limits(patience=1.0))
    assert not failure.value.lasting
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_converter_that_works_without_end_is_stopped(converter):
    converter("while :; do :; done")
    with pytest.raises(NotReadable, match="needed more than 1 seconds") as failure:
        format_named(OLD).read(RTF, Limits(seconds=1.0))
    assert not failure.value.lasting


def test_a_converter_that_makes_nothing_says_why(converter):
    converter("echo 'source file could not be loaded'")
    with pytest.raises(NotReadable, match="could not convert it .source file could not be loaded.; save it as docx"):
        format_named(OLD).read(RTF, Limits())


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice here (Debian: apt-get install libreoffice-writer-nogui)")
def test_libreoffice_reads_rtf_in_the_worker():
    found = ingest(RTF, "x.doc")
    assert not isinstance(found, Rejected)
    assert found.text == "Budget 2025\n12.50\n"


BREAK = "<w:r><w:br/></w:r>"


@pytest.mark.parametrize(
    ("one", "other", "read_as"),
    [
        ("1,065.", "20", "1,065.20"),
        ("1,065", ".20", "1,065.20"),
        ("12,345,6", "78.90", "12,345,678.90"),
        ("5.00", "3.00", "5.00/3.00"),
        ("1.", "20", "1./20"),
        ("201", "05", "201/05"),
    ],
)
def test_an_amount_that_a_cell_breaks_is_one_number_where_its_pieces_cannot_be_numbers(one, other, read_as):
    for cell in (tc(f"{one}/{other}"), f"<w:tc>{p(one, BREAK, other)}</w:tc>"):
        assert grid(content(docx(tbl(tr("项目", "金额"), tr("甲", cell)))))[1] == ["甲", read_as]


def test_a_raised_number_is_set_apart_from_the_digits_before_it():
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'
    amount, word = "<w:r><w:t>189.20</w:t></w:r>", "<w:r><w:t>种业</w:t></w:r>"
    assert content(docx(f"<w:p>{amount}{raised}</w:p><w:p>{word}{raised}</w:p>")).text == "189.20 1\n种业1\n"
