"""Workbooks: stored values as their formats show them, merged cells, what is hidden or has no value."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from pipeline.ingest.document import NotReadable
from pipeline.ingest.formats.number_formats import show
from pipeline.ingest.limits import Limits
from tests.ingest.formats.reading import content, grid, spans


def saved(workbook: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def workbook(*rows: list[object], name: str = "Sheet1", number_format: str = "General") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = name
    for row in rows:
        made.active.append(row)
    for cells in made.active.iter_rows():
        for cell in cells:
            if isinstance(cell.value, int | float):
                cell.number_format = number_format
    return made


def replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    """``data`` with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        assert old in source.read(part).decode()
        for name in source.namelist():
            held = source.read(name)
            target.writestr(name, held.decode().replace(old, new) if name == part else held)
    return out.getvalue()


def with_strings(strings: str | bytes) -> bytes:
    """A workbook of two cells side by side, whose texts are the shared strings 0 and 1."""
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns:r="{related}"><sheets><sheet name="表" r:id="a"/></sheets></workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="a" Type="{related}/worksheet" Target="s.xml"/>'
            f'<Relationship Id="b" Type="{related}/sharedStrings" Target="/xl/strings.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/s.xml",
            '<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row></sheetData></worksheet>',
        )
        archive.writestr("xl/strings.xml", strings)
    return out.getvalue()


def test_a_sheet_is_a_table_with_its_title_unit_and_header():
    made = workbook(
        ["收支总表", None, None],
        [None, None, "单位：元"],
        ["收入", None, "支出"],
        ["项目", "预算数", "项目"],
        ["一、拨款", 5984800.5, "教育"],
    )
    made.active.merge_cells("A1:C1")
    made.active.merge_cells("A3:B3")
    read = content(saved(made))
    assert read.text == "收支总表\n\t\t单位：元\n收入\t支出\n项目\t预算数\t项目\n一、拨款\t5984800.5\t教育\n"
    assert spans(read) == {"收支总表": (1, 3), "收入": (1, 2)}
    assert grid(read)[2] == ["收入", "^", "支出"]
    assert read.tables[0].page == 1


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (586.476837, "General", "586.476837"),
        (586.476837, "0.00", "586.476837"),
        (1234567.891, "#,##0.00", "1,234,567.891"),
        (-1234567.5, "#,##0.00_);(#,##0.00)", "-1,234,567.5"),
        (-1234.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-1,234.5"),
        (0.1 + 0.2, "General", "0.3"),
        (123456789012345678.0, "0", "123456789012346000"),
        (1e-7, "General", "0.0000001"),
        (999.0, "#,##0", "999"),
        (0.0, "#,##0.00", "0"),
        (0.0, "#,##0.00;-#,##0.00;", ""),
        (0.125, "0.00%", "12.5%"),
        (0.95, "0%", "95%"),
        (1.1, "0%", "110%"),
        (12.5, '0.00"元"', "12.5"),
        (2010301, "General", "2010301"),
        (45717, "yyyy-mm-dd", "2025-03-01"),
        (45717, 'yyyy"年"m"月"d"日"', "2025年3月1日"),
        (45717.5, "yyyy/m/d h:mm", "2025/3/1 12:00"),
        (45717, "[$-804]yyyy\\年m\\月", "2025年3月"),
        (1e12, "yyyy-mm-dd", "1000000000000"),
        (1200, "0.00E+00", "1200"),
        (12345600.0, "0!.0,", "1234.56"),
        (12345600.0, "0\\.0,", "1234.56"),
        (12345600.0, '0"."0000', "1234.56"),
        (12345600.0, "#,##0.00,", "12,345.6"),
        (-12345600.0, "#,##0.00,;[Red]-#,##0.00,", "-12,345.6"),
        (12345600.0, "0.00,,", "12.3456"),
        (1234.5, '#,##0.00"万元"', "1,234.5"),
    ],
)
def test_a_number_keeps_its_digits_and_is_grouped_as_its_format_shows(value, number_format, shown):
    assert show(value, number_format) == shown


def test_numbers_and_texts_of_a_file_are_shown_so():
    made = workbook(
        ["项目", "金额", "比例"],
        ["办公费", 1234.5, "1,234.50"],
        ["日期", 0.5, datetime.date(2025, 3, 1)],
        number_format="#,##0.00",
    )
    assert grid(content(saved(made))) == [
        ["项目", "金额", "比例"],
        ["办公费", "1,234.5", "1,234.50"],
        ["日期", "0.5", "2025-03-01"],
    ]


def test_hidden_sheets_rows_and_columns_are_left_out_and_said():
    made = workbook(["项目", "x", "金额"], ["甲", 9, 1], ["藏", 9, 9], ["乙", 9, 2])
    made.active.column_dimensions["B"].hidden = True
    made.active.row_dimensions[3].hidden = True
    made.create_sheet("底稿").append(["x", 9])
    made["底稿"].sheet_state = "hidden"
    made.create_sheet("空").sheet_state = "veryHidden"
    read = content(saved(made))
    assert grid(read) == [["项目", "金额"], ["甲", "1"], ["乙", "2"]]
    assert read.notes == ()
    assert read.remarks == (
        "sheet Sheet1: hidden rows 3 and columns B are left out",
        "hidden sheets are left out: 底稿",
    )


def test_the_text_of_a_merged_range_whose_first_column_is_hidden_is_shown():
    made = workbook(["收支总表", None, None], ["x", "项目", "金额"], ["x", "甲", 1])
    made.active.merge_cells("A1:C1")
    made.active.column_dimensions["A"].hidden = True
    assert grid(content(saved(made))) == [["收支总表", "^"], ["项目", "金额"], ["甲", "1"]]


def test_formulas_give_their_kept_values_and_those_without_are_said():
    made = workbook(["项目", "金额"], ["甲", 1], ["合计", "=B2"], ["错", "=1/0"])
    data = saved(made)
    computed = replaced(
        data, "xl/worksheets/sheet1.xml", '<c r="B3"><f>B2</f><v></v></c>', '<c r="B3"><f>B2</f><v>1</v></c>'
    )
    broken = replaced(
        computed,
        "xl/worksheets/sheet1.xml",
        '<c r="B4"><f>1/0</f><v></v></c>',
        '<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    )
    read = content(broken)
    assert grid(read) == [["项目", "金额"], ["甲", "1"], ["合计", "1"], ["错", "#DIV/0!"]]
    assert read.notes == ("sheet Sheet1: formulas gave errors in B4",)
    (note,) = content(data).notes
    assert "does not keep the values of the formulas in B3、B4" in note


def test_a_sheet_without_a_title_is_named_by_its_name_unless_a_program_gave_it():
    rows = [["科目", "金额"], ["甲", 1]]
    assert content(saved(workbook(*rows, name="支出总表"))).text.startswith("支出总表\n科目\t金额\n")
    assert content(saved(workbook(*rows, name="Sheet12"))).text.startswith("科目\t金额\n")
    titled = workbook(["2025年支出总表"], ["单位：元"], *rows, name="表2")
    assert content(saved(titled)).text.startswith("2025年支出总表\t\n")


def test_a_sheet_of_one_column_is_paragraphs_and_blank_rows_between_tables_are_one():
    made = workbook(["某局2025年部门预算"], [], [], ["编制说明"], name="封面")
    sheet = made.create_sheet("Sheet2")
    for row in (["甲", 1], [], [], [], ["乙", 2]):
        sheet.append(row)
    read = content(saved(made))
    assert read.text == "某局2025年部门预算\n编制说明\n甲\t1\n\n乙\t2\n"
    assert [table.row_count for table in read.tables] == [3]


def test_stray_cells_far_away_cost_nothing():
    made = workbook(["甲", 1], ["乙", 2])
    made.active["XFD1048576"] = "x"
    assert grid(content(saved(made))) == [["甲", "1", ""], ["乙", "2", ""], ["", "", ""], ["", "", "x"]]


def test_rich_text_is_joined_and_its_pronunciation_is_not_read():
    strings = "<sst><si><r><t>项</t></r><r><rPr/><t>目_x000D_</t></r><rPh sb='0' eb='1'><t>xm</t></rPh></si><si><t>金额</t></si></sst>"
    assert content(with_strings(strings)).text == "项目\t金额\n"


def old_workbook() -> bytes:
    made = xlwt.Workbook()
    sheet = made.add_sheet("收支总表")
    sheet.write_merge(0, 0, 0, 1, "收支总表")
    for at, (name, value) in enumerate([("项目", "金额"), ("甲", 1234567.891), ("乙", "1,234.50")], start=1):
        sheet.write(at, 0, name)
        sheet.write(at, 1, value, xlwt.easyxf(num_format_str="#,##0.00"))
    made.add_sheet("藏").write(0, 0, "x")
    made.get_sheet(1).visibility = 1
    return stored(made)


def stored(made: xlwt.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_an_old_workbook_is_read_as_its_formats_show_it():
    read = content(old_workbook())
    assert read.media_type == "application/vnd.ms-excel"
    assert read.text == "收支总表\n项目\t金额\n甲\t1,234,567.891\n乙\t1,234.50\n"
    assert spans(read) == {"收支总表": (1, 2)}
    assert read.remarks == ("hidden sheets are left out: 藏",)


def test_formats_hidden_rows_and_columns_and_errors_of_an_old_workbook():
    made = xlwt.Workbook()
    sheet = made.add_sheet("Sheet1")
    formats = ["0!.0,", "0.0%", "yyyy-mm-dd", "General", "General"]
    rows = [
        ["项目", "金额", "占比", "日期", "x"],
        ["甲", 12345600, 0.125, 45717, 9],
        ["藏", 9, 9, 9, 9],
        ["乙", 0, 1, 2, 9],
    ]
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            style = xlwt.easyxf(num_format_str=formats[x - 1] if x and y else "General")
            sheet.write(y, x, value, style)
    sheet.write(4, 0, "错")
    sheet.row(4).set_cell_error(1, 0x17)
    sheet.row(2).hidden = True
    sheet.col(4).hidden = True
    read = content(stored(made))
    assert grid(read)[:3] == [
        ["项目", "金额", "占比", "日期"],
        ["甲", "1234.56", "12.5%", "2025-03-01"],
        ["乙", "0", "100%", "1900-01-02"],
    ]
    assert grid(read)[3][:2] == ["错", "#REF!"]
    assert read.notes == ("sheet Sheet1: formulas gave errors in B5",)
    assert read.remarks == ("sheet Sheet1: hidden rows 3 and columns E are left out",)


def cells_of_opendocument(*cells: tuple[object, str | None], kind: str = "float", **more: str) -> TableRow:
    """A row of cells: texts, and numbers with what is shown of them."""
    row = TableRow(**more)
    for value, shown in cells:
        cell = TableCell(valuetype="string") if isinstance(value, str) else TableCell(valuetype=kind, value=str(value))
        if isinstance(value, str) or shown is not None:
            cell.addElement(P(text=value if isinstance(value, str) else shown))
        row.addElement(cell)
    return row


def opendocument(*rows: TableRow, name: str = "收入总表") -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name=name)
    for row in rows:
        table.addElement(row)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_an_opendocument_workbook_is_read():
    header = cells_of_opendocument(("项目", None), ("金额", None))
    read = content(opendocument(header, cells_of_opendocument(("甲", None), (12.5, None))))
    assert read.media_type == "application/vnd.oasis.opendocument.spreadsheet"
    assert read.text == "收入总表\n项目\t金额\n甲\t12.5\n"


@pytest.mark.parametrize(
    ("value", "shown", "kind", "printed"),
    [
        (1234567.891, "1,234,567.89", "float", "1,234,567.891"),
        (-1234.5, "(1,234.50)", "float", "-1,234.5"),
        (12345600, "1234.6", "float", "1234.56"),
        (99999600, "10000.0", "float", "9999.96"),
        (12345600, "12,345.60", "float", "12,345.6"),
        (1234.5, "￥1,234.50元", "currency", "1,234.5"),
        (0.125, "12.5%", "percentage", "12.5%"),
        (0, "0.00", "float", "0"),
        (0, "", "float", ""),
        (0.30000000000000004, "0.30", "float", "0.3"),
        (5, "50", "float", "5"),
        (1000, "1.E+03", "float", "1000"),
    ],
)
def test_numbers_of_an_opendocument_workbook_are_grouped_and_scaled_as_shown(value, shown, kind, printed):
    row = cells_of_opendocument(("甲", None), (value, shown), kind=kind)
    read = content(opendocument(cells_of_opendocument(("项目", None), ("金额", None)), row))
    assert grid(read)[1] == ["甲", printed] or (not printed and grid(read)[1] == ["甲", ""])


def test_hidden_and_repeated_rows_of_an_opendocument_workbook():
    rows = [
        cells_of_opendocument(("项目", None), ("金额", None)),
        cells_of_opendocument(("甲", None), (1, "1")),
        cells_of_opendocument(("藏", None), (9, "9"), visibility="collapse"),
        cells_of_opendocument(("乙", None), (2, "2"), numberrowsrepeated="2"),
    ]
    blank = TableRow(numberrowsrepeated="1048000")
    blank.addElement(TableCell(numbercolumnsrepeated="16384"))
    read = content(opendocument(*rows, blank, name="Sheet1"))
    assert grid(read) == [["项目", "金额"], ["甲", "1"], ["乙", "2"], ["乙", "2"]]
    assert read.remarks == ("sheet Sheet1: hidden rows 3 are left out",)


def test_prose_in_a_sheet_is_paragraphs_and_the_table_below_it_a_table():
    made = workbook(
        ["某局2025年部门预算"],
        ["一、概况", None],
        ["本局有职工5人。", None],
        ["本年收入5万元。", None],
        ["项目", "金额"],
        ["甲", 1],
        ["注：本表不含上年结转。", None],
    )
    read = content(saved(made))
    assert read.text.startswith("某局2025年部门预算\n一、概况\n本局有职工5人。\n本年收入5万元。\n项目\t金额\n")
    assert grid(read) == [["项目", "金额"], ["甲", "1"], ["注：本表不含上年结转。", ""]]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_archive_that_unpacks_to_more_than_allowed_is_not_unpacked():
    with pytest.raises(NotReadable, match="unpacks to 64 MB in 2 parts, more than the 1 MB"):
        content(zipped(bomb=bytes(64 << 20)), Limits(max_inflated=1 << 20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    with pytest.raises(NotReadable, match="document type definition"):
        content(with_strings(bomb if encoding == "utf-8" else bomb.encode(encoding)))


def test_more_cells_than_allowed_are_refused():
    data = saved(workbook(*[[1] * 20 for _ in range(60)]))
    with pytest.raises(NotReadable, match="more than the 1000 cells"):
        content(data, Limits(max_cells=1000))
    with pytest.raises(NotReadable, match="more than the 5 cells"):
        content(old_workbook(), Limits(max_cells=5))


def test_merged_ranges_that_overlap_or_fill_the_sheet_keep_one_place_for_each_cell():
    made = workbook(["甲", "乙"], ["丙", "丁"])
    data = replaced(
        saved(made),
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        '</sheetData><mergeCells count="3"><mergeCell ref="A1:B1"/><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:B9"/></mergeCells>',
    )
    assert grid(content(data)) == [["甲", "^"], ["丙", "丁"]]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("data", [old_workbook(), saved(workbook(["甲", 1]))], ids=["xls", "xlsx"])
def test_a_workbook_that_is_cut_off_says_so(data, share):
    from tests.ingest.test_media import ingest

    found = ingest(data[: int(len(data) * share)], "x.xls")
    assert "fetch it again" in found.reason


def test_a_workbook_without_text_says_so():
    with pytest.raises(NotReadable, match="shows no text"):
        content(saved(workbook()))


LEFT = [["支出总表", None, None], ["科目", "合计", "基本"], ["教育", 5.5, 5.5]]
RIGHT = [["三公经费支出表", None], ["项目", "预算数"], ["公务接待费", 0.5]]


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("above", [[], [["某局2025年部门预算"]]])
def test_tables_that_stand_side_by_side_under_titles_of_their_own_are_two(gap, above):
    rows = [*above, *([*left, *[None] * gap, *right] for left, right in zip(LEFT, RIGHT, strict=True))]
    read = content(saved(workbook(*rows, name="支出总表")))
    left, right = read.tables
    assert grid(read, left)[-3:] == [["支出总表", "", ""], ["科目", "合计", "基本"], ["教育", "5.5", "5.5"]]
    assert grid(read, right) == [["三公经费支出表", ""], ["项目", "预算数"], ["公务接待费", "0.5"]]
    assert left.end < right.start


@pytest.mark.parametrize("edge", ["公开03表", "部门预算公开表"])
def test_what_stands_at_the_right_edge_over_amounts_is_no_table(edge):
    rows = [["支出总表", None, edge], ["科目", "合计", "基本"], ["教育", 5.5, 5.5]]
    assert len(content(saved(workbook(*rows))).tables) == 1


def test_a_format_that_no_program_writes_shows_the_plain_value():
    assert show(1.5, "[[_*#," * 20_000) == "1.5"
