"""Words and cells of a page: amounts that a narrow cell breaks, names that leave theirs, rows that a page leaves open."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest.document import Box
from pipeline.ingest.grids import Grid
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import pdfium
from pipeline.ingest.pdf import read as read_pdf
from pipeline.ingest.pdf.page import page_of
from pipeline.ingest.pdf.rules import find_grids
from pipeline.ingest.pdf.words import Run
from pipeline.ingest.wrapped import set_together


def words_of(cells: list[list[str]]) -> tuple[list[Run], list[Grid]]:
    """A column of cells 40 points wide and 40 high, each with its lines of text."""
    grid = [(Box(0.0, 40.0 * at, 40.0, 40.0 * at + 40),) for at in range(len(cells))]
    words = [
        Run(text, 2.0, 38.0, top := 40.0 * at + 10 * line, top + 9, top + 8)
        for at, lines in enumerate(cells)
        for line, text in enumerate(lines)
    ]
    return words, [tuple(grid)]


OTHERS = [["1.00"], ["20.50"], ["3,000.25"]]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["780,174.", "17"], "780,174.17"),
        (["780,174.1", "7"], "780,174.17"),
        (["151.9", "1"], "151.91"),
        (["5,352,57", "7.94"], "5,352,577.94"),
        (["1,234,", "567,890", ".12"], "1,234,567,890.12"),
        (["-12", ".50"], "-12.50"),
    ],
)
def test_an_amount_broken_over_the_lines_of_its_cell_is_one_word(lines, text):
    words, grids = words_of([*OTHERS, lines])
    found = set_together(words, grids)
    assert [word.text for word in found] == ["1.00", "20.50", "3,000.25", text]
    assert (found[-1].top, found[-1].bottom) == (120.0, 120.0 + 10 * (len(lines) - 1) + 9)


@pytest.mark.parametrize(
    "lines",
    [
        ["12.50", "3.00"],  # two amounts
        ["12.50", "7"],  # no number of two decimals
        ["12", "3.45"],  # 12 may be whole
        ["15", "20"],  # two counts: nothing shows that the first is not whole
        ["2025", "年"],
        ["301", "工资"],
        ["1.2.", "3"],
    ],
)
def test_what_is_not_proven_to_be_one_amount_stays_apart(lines):
    words, grids = words_of([*OTHERS, lines])
    assert [word.text for word in set_together(words, grids)][3:] == lines


def test_whole_yuan_are_set_together_where_their_groups_show_the_break():
    words, grids = words_of([["1,000"], ["25"], ["3,850,07", "9"], ["120", "345"]])
    assert [word.text for word in set_together(words, grids)] == ["1,000", "25", "3,850,079", "120", "345"]


def drawn(lines: list[tuple[float, float, float, float]]) -> list:
    """The grids of a page of 200 by 200 points with these rules, from the top left."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200, 200), invariant=1)
    for x0, top, x1, bottom in lines:
        canvas.line(x0, 200 - top, x1, 200 - bottom)
    canvas.showPage()
    canvas.save()
    with pdfium.opened(buffer.getvalue()) as document, page_of(document, 0) as page:
        shapes = page.shapes
    return [
        [tuple(box and (box.x0, box.top, box.x1, box.bottom) for box in row) for row in grid]
        for grid in find_grids(edge for shape in shapes for edge in shape.edges)
    ]


ACROSS = [(20.0, y, 140.0, y) for y in (40.0, 60.0, 80.0)]
CLOSED = [((20, 40, 60, 60), (60, 40, 140, 60)), ((20, 60, 60, 80), (60, 60, 140, 80))]


def test_a_row_without_its_last_rule_is_a_row():
    assert drawn([*ACROSS, *((x, 40.0, x, 110.0) for x in (20.0, 60.0, 140.0))]) == [
        [*CLOSED, ((20, 80, 60, 110), (60, 80, 140, 110))]
    ]


def test_a_row_without_its_first_rule_is_a_row():
    assert drawn([*ACROSS, *((x, 10.0, x, 80.0) for x in (20.0, 60.0, 140.0))]) == [
        [((20, 10, 60, 40), (60, 10, 140, 40)), *CLOSED]
    ]


def test_cells_of_an_open_row_may_span_columns():
    rules = [(20.0, 40.0, 20.0, 110.0), (60.0, 40.0, 60.0, 80.0), (140.0, 40.0, 140.0, 110.0)]
    assert drawn([*ACROSS, *rules]) == [[*CLOSED, ((20, 80, 140, 110), None)]]


def test_one_rule_that_goes_on_makes_no_row():
    rules = [(20.0, 40.0, 20.0, 110.0), (60.0, 40.0, 60.0, 80.0), (140.0, 40.0, 140.0, 80.0)]
    assert drawn([*ACROSS, *rules]) == [CLOSED]


def lettered(*texts: tuple[float, str]) -> list[tuple[str, float, float]]:
    """The words of a page with ruled cells from 20 to 63 and to 140, with these texts 10 points high from these places."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200, 200), invariant=1)
    canvas.setFont("STSong-Light", 10)
    canvas.grid([20, 63, 140], [120, 140, 160])
    for x, text in texts:
        canvas.drawString(x, 146, text)
    canvas.showPage()
    canvas.save()
    read = read_pdf(buffer.getvalue(), Limits())
    text = read.text
    return [(text[word.start : word.end], word.x0, word.x1) for page in read.pages for word in page.words]


def test_a_name_that_leaves_its_cell_belongs_to_the_cell_that_it_begins_in():
    assert lettered((22, "一般公共预算"), (110, "1.52")) == [("一般公共预算", 22, 63), ("1.52", 110, 126.73)]
    assert lettered((22, "一般公共预算"), (82, "315.52"))[0] == ("一般公共预算", 22, 63)
    assert lettered((22, "一般公共预算"), (82, "315.52"))[1][0] == "315.52"


def test_a_name_that_ends_at_the_border_is_not_that_of_the_next_cell():
    assert [text for text, _, _ in lettered((22, "基本支出"), (64, "项目支出"))] == ["基本支出", "项目支出"]


def test_amounts_that_touch_at_a_border_are_two():
    assert [text for text, _, _ in lettered((38, "12.50"), (63, "7.00"))] == ["12.50", "7.00"]


def test_an_amount_and_the_label_that_touches_it_are_two_where_nothing_is_ruled():
    found = unruled("6,089,065.06一、教育支出", "0.00结余分配", "1,234总计")
    assert found == ["6,089,065.06", "一、教育支出", "0.00", "结余分配", "1,234", "总计"]


def test_amounts_and_their_units_stay_together():
    texts = ["12.50万元", "1,234元", "3.5倍", "12.50平方米", "2025年"]
    assert unruled(*texts) == texts


def unruled(*texts: str) -> list[str]:
    """The words of a page with these lines."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200, 200), invariant=1)
    canvas.setFont("STSong-Light", 10)
    for at, text in enumerate(texts):
        canvas.drawString(20, 180 - 16 * at, text)
    canvas.showPage()
    canvas.save()
    read = read_pdf(buffer.getvalue(), Limits())
    return [read.text[word.start : word.end] for page in read.pages for word in page.words]
