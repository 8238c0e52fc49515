"""Recognised amounts are published where the sums of their table hold, and withheld with the reason where they do not."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.records import Extraction
from pipeline.ingest.document import Document
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf.assembly import Assembly
from pipeline.ingest.pdf.rules import find_grids
from pipeline.ingest.pdf.words import Run
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from tests.tables import tables_of

HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    ["2010301", "行政运行", "120.50", "120.50", ""],
    ["2010302", "一般行政管理事务", "30.25", "", "30.25"],
    ["2101101", "行政单位医疗", "19.25", "19.25", ""],
    ["合计", "", "170.00", "139.75", "30.25"],
]


def _recognised(
    rows: list[list[str]],
    sure: dict[str, float | list[float]],
    prose: str = "",
    header: list[str] = HEADER,
    other: list[list[str]] | None = None,
) -> Extraction:
    """What is extracted of a scan with a table of ``rows``, ``prose`` below it, and one of ``other`` rows on a second page.

    ``sure`` is the confidence of what recognition read, as a whole or of each character, 1 for all that is not named.
    """
    lines = ["某市财政局2024年部门预算", "部门支出预算总表", "单位：万元"]
    runs, edges, bottom = _table(lines, [header[: len(rows[0])], *rows], sure)
    if prose:
        runs += [
            _run("第三部分 2024年部门预算情况说明", 60, bottom + 40, sure),
            _run("一、支出预算情况说明", 60, bottom + 60, sure),
        ]
        runs.append(_run(prose, 60, bottom + 80, sure))
    assembly = Assembly(Limits())
    assembly.add(595, 842, runs, find_grids(edges))
    if other:
        runs, edges, _ = _table(["一般公共预算支出预算表", "单位：万元"], [HEADER[: len(other[0])], *other], sure)
        assembly.add(595, 842, runs, find_grids(edges))
    content = assembly.content("application/pdf")
    names = {"disclosure_id": "0" * 16, "collection": "a", "source_file": "a/x.pdf", "source_sha256": "0" * 64}
    fields = {name: getattr(content, name) for name in content.__slots__}
    return extract(Document(source_bytes=1, **names, **fields), load_library())


def _table(
    lines: list[str], rows: list[list[str]], sure: dict[str, float | list[float]]
) -> tuple[list[Run], list[tuple[float, float, float, float]], float]:
    """The words of a page with a ruled table below ``lines``, its rules, and where it ends."""
    xs, top, height = [60.0, 130.0, 260.0, 340.0, 420.0, 500.0][: len(rows[0]) + 1], 110.0, 20.0
    runs = [_run(line, 200, 40 + 20 * at, sure) for at, line in enumerate(lines)]
    for row, cells in enumerate(rows):
        runs += [_run(text, xs[at] + 4, top + height * row + 4, sure) for at, text in enumerate(cells) if text]
    bottom = top + height * len(rows)
    edges = [(x, top, x, bottom) for x in xs]
    edges += [(xs[0], top + height * at, xs[-1], top + height * at) for at in range(len(rows) + 1)]
    return runs, edges, bottom


def _run(text: str, x: float, top: float, sure: dict[str, float | list[float]]) -> Run:
    of_text = sure.get(text, 1.0)
    each = (of_text,) * len(text) if isinstance(of_text, float) else tuple(of_text)
    return Run(text, x, x + 6 * len(text), top, top + 10, top + 5, confidences=each)


def test_amounts_that_add_up_are_published_however_unsure_recognition_was():
    found = _recognised(ROWS, {"120.50": 0.4})
    assert found.disclosure.read_by == "ocr"
    assert [str(line.printed) for line in found.rows.budget_lines if line.row_kind == "total"] == [
        "170.00",
        "139.75",
        "30.25",
    ]
    assert len(found.rows.budget_lines) == 9
    number = next(each for each in found.rows.numbers if each.printed == "120.50")
    assert (number.read_by, number.confidence) == ("ocr", 0.4)


@pytest.mark.parametrize("column", [2, 3])
def test_an_amount_that_breaks_its_sums_is_withheld_alone_and_named(column):
    rows = [list(row) for row in ROWS]
    rows[0][column] = "126.50"
    found = _recognised(rows, {"126.50": 0.71})  # all digits of it: more than sums can settle
    printed = [line.printed for line in found.rows.budget_lines]
    assert len(printed) == 8 and "126.50" not in printed
    assert found.disclosure.status == "partial"
    assert "2 sums do not hold" in found.disclosure.reason
    assert "1 of them in doubt are not published" in found.disclosure.reason
    assert "Most in doubt: '126.50' (line 5, confidence 0.71)" in found.disclosure.reason


def test_a_sum_that_lacks_an_amount_in_doubt_accuses_nobody():
    rows = [list(row) for row in ROWS]
    rows[0][2] = "126.50"
    checks = reconcile(tables_of([_recognised(rows, {"126.50": 0.71})]), load_rules())["checks"]
    assert checks.filter(pl.col("status") == "fail").is_empty()


def test_a_table_most_of_whose_amounts_are_in_doubt_is_withheld():
    rows = [[*row[:2], row[2]] for row in ROWS]
    rows[0][2] = "126.50"
    found = _recognised(rows, {"126.50": 0.71}, header=HEADER[:3])
    assert found.rows.budget_lines == []
    assert "1 sums do not hold (合计 170.00); none is published" in str(found.disclosure.reason)


def test_equal_amounts_of_a_row_do_not_prove_each_other_where_their_columns_do_not_hold():
    rows = [list(row) for row in ROWS]
    rows[0][2:4] = "126.50", "126.50"
    found = _recognised(rows, {})
    assert "126.50" not in [line.printed for line in found.rows.budget_lines]


def test_an_amount_that_alone_of_its_column_has_no_decimals_is_in_doubt():
    alone = [
        ["2010301", "行政运行", "12050"],
        ["2010302", "一般行政管理事务", "30.25"],
        ["2101101", "行政单位医疗", "19.25"],
    ]
    found = _recognised(alone, {})
    assert [line.printed for line in found.rows.budget_lines] == ["30.25", "19.25"]
    assert "a decimal point may be lost" in str(found.disclosure.reason)
    alone[0][2] = "120.50"
    assert len(_recognised(alone, {}).rows.budget_lines) == 3


def test_a_row_that_prints_neither_label_nor_code_is_no_part_of_a_total():
    stray = ["", "", "170.00", "139.75", "30.25"]
    found = _recognised([*ROWS[:3], stray, ROWS[3]], {})
    assert [line.printed for line in found.rows.budget_lines if line.row_kind == "total"] == [
        "170.00",
        "139.75",
        "30.25",
    ]


def test_a_digit_in_doubt_is_read_as_the_sums_prove_it():
    rows = [list(row) for row in ROWS]
    rows[0][2] = "126.50"
    found = _recognised(rows, {"126.50": [1, 1, 0.71, 1, 1, 1]})
    assert found.disclosure.status == "complete", found.disclosure.reason
    first = found.rows.budget_lines[0]
    assert (first.printed, first.amount) == ("120.50", 1205000)
    settled = [each for each in found.rows.numbers if each.read_by == "sums"]
    assert [(each.printed, each.confidence) for each in settled] == [("120.50", 0.71)]
    assert found.masked_text[first.start : first.end] == "120.50"
    checks = reconcile(tables_of([found]), load_rules())["checks"]
    said = checks.filter(pl.col("rule_id") == "digits_settled_by_sums")
    assert said["severity"].to_list() == ["info"]
    assert "only this reading makes all sums hold" in said["message_en"][0] and "120.50" in said["message_en"][0]


def test_a_digit_in_doubt_that_several_readings_suit_is_left_in_doubt():
    rows = [list(row) for row in ROWS]
    rows[0][2], rows[0][3] = "126.50", ""
    rows[3][2], rows[3][3] = "171.00", "19.25"
    unsure = {"126.50": [1, 1, 0.71, 1, 1, 1], "171.00": [1, 1, 0.71, 1, 1, 1]}
    found = _recognised([[*row[:3]] for row in rows], unsure, header=HEADER[:3])
    assert found.rows.budget_lines == []
    assert "sums do not hold" in str(found.disclosure.reason)


def test_a_digit_of_which_no_reading_suits_the_sums_is_left_in_doubt():
    rows = [list(row) for row in ROWS]
    rows[0][2] = "126.50"
    found = _recognised(rows, {"126.50": [1, 1, 1, 1, 0.71, 1]})
    assert "126.50" not in [line.printed for line in found.rows.budget_lines]
    assert {each.read_by for each in found.rows.numbers} == {"ocr"}


def test_amounts_that_no_sum_covers_need_sure_digits():
    alone = [["2010301", "行政运行", "120.50"], ["2101101", "行政单位医疗", "19.25"]]
    assert "no sum covers all of them" in _recognised(alone, {"19.25": 0.8}).disclosure.reason
    assert len(_recognised(alone, {}).rows.budget_lines) == 2


def test_what_another_table_says_of_the_same_row_is_believed():
    def printed(*other: list[str]) -> list[tuple[str | None, str]]:
        sure: dict[str, float | list[float]] = {"19.25": 0.8, "2010677": 0.99, "财政新业务支出": 0.99}
        found = _recognised([["20106", "财政事务", "30.25", "", "30.25"], *rows], sure, other=list(other))
        last = found.rows.tables[-1].table_id
        return [(line.function_code, line.printed) for line in found.rows.budget_lines if line.table_id == last]

    rows = [list(row) for row in ROWS]
    assert printed(["2101101", "行政单位医疗", "19.25"], ["2010301", "行政运行", "120.50"]) == [
        ("2101101", "19.25"),
        ("2010301", "120.50"),
    ]
    assert printed(["2101102", "事业单位医疗", "19.25"], ["2010301", "行政运行", "120.50"]) == [("2010301", "120.50")]


def _codes(found: Extraction) -> list[str | None]:
    return [line.function_code for line in found.rows.budget_lines if line.measure == "total"]


def test_a_code_needs_its_official_name_beside_it():
    rows = [list(row) for row in ROWS]
    rows[2][0] = "2101102"  # 事业单位医疗
    found = _recognised(rows, {})
    assert _codes(found) == ["2010301", "2010302", None, None]
    assert found.rows.budget_lines[4].item == "行政单位医疗"
    assert found.disclosure.status == "partial"
    assert "the code 2101102 was recognised on a picture, and no official name beside it proves it" in str(
        found.disclosure.reason
    )


def test_sure_codes_are_published_where_a_body_numbers_a_class_its_own_way():
    names = ["咨询费", "水费", "电费"]
    rows = [["302", "商品和服务支出", "6.75"], *([f"3020{at}", name, "2.25"] for at, name in enumerate(names, start=2))]
    header = ["经济分类科目编码", *HEADER[1:3]]

    def codes(sure: dict[str, float | list[float]]) -> list[str | None]:
        lines = _recognised(rows, sure, header=header).rows.budget_lines
        return [line.department_economic_code or line.government_economic_code for line in lines]

    assert codes({}) == ["302", "30202", "30203", "30204"]
    assert codes({"30203": 0.7}) == ["302", None, None, None]  # two of them may be misread


def test_a_code_that_no_list_has_needs_sure_digits_below_the_code_over_it():
    rows = [["20106", "财政事务", "30.25", "", "30.25"], *(list(row) for row in ROWS)]
    rows[1][0], rows[2][:2] = "2011301", ["2010677", "财政新业务支出"]
    assert _codes(_recognised(rows, {}))[2] == "2010677"
    assert _codes(_recognised(rows, {"2010677": 0.9}))[2] is None
    rows[2][1] = "事业运行"  # 2010650
    assert _codes(_recognised(rows, {}))[2] is None


def test_a_code_whose_name_others_bear_needs_sure_digits_or_the_code_above_it():
    rows = [list(row) for row in ROWS]
    rows[0][0] = "2010601"  # 行政运行 of another office
    assert _codes(_recognised(rows, {"2010601": 0.7}))[0] is None
    over = [["20106", "财政事务", "120.50", "120.50", ""], *rows]
    assert _codes(_recognised(over, {"2010601": 0.7}))[:2] == ["20106", "2010601"]


def test_a_row_whose_name_is_misread_by_a_character_has_its_code_alone():
    rows = [list(row) for row in ROWS]
    rows[2][1] = "行政单位医庁"
    found = _recognised(rows, {"行政单位医庁": 0.6})
    assert _codes(found)[2] == "2101101"
    line = found.rows.budget_lines[4]
    assert (line.item, line.function_name, line.amount) == (None, None, 192500)
    assert "its row is published under its code alone" in str(found.disclosure.reason)


@pytest.mark.parametrize("label", ["计知T知", "般行政管理事务"])
def test_a_label_that_is_neither_known_nor_sure_is_not_published(label):
    rows = [list(row) for row in ROWS]
    rows[1][1] = label
    found = _recognised(
        rows, {"计知T知": 0.28, "般行政管理事务": 0.995}
    )  # a stroke that was not seen makes nothing unsure
    lines = found.rows.budget_lines
    assert [line.item for line in lines if line.measure == "total"] == ["行政运行", "行政单位医疗", "合计"]
    of_row = [each.class_ for each in found.rows.numbers if each.printed == "30.25" and each.line == 6]
    assert of_row == ["unclaimed", "unclaimed"]
    assert found.disclosure.status == "partial"
    assert f"the label {label!r} was recognised on a picture" in str(found.disclosure.reason)


def test_a_label_that_no_list_knows_needs_sure_characters():
    rows = [["", "办公设备购置费", *ROWS[1][2:]] if row == ROWS[1] else row for row in ROWS]
    assert [line.item for line in _recognised(rows, {}).rows.budget_lines][2] == "办公设备购置费"
    unsure = _recognised(rows, {"办公设备购置费": 0.9}).rows.budget_lines
    assert "办公设备购置费" not in [line.item for line in unsure]


def test_a_known_label_is_published_however_unsure_recognition_was():
    found = _recognised(ROWS, {"行政运行": 0.5, "合计": 0.5})
    assert found.disclosure.status == "complete", found.disclosure.reason


def test_the_columns_beside_a_misread_header_are_published():
    header = [*HEADER[:4], "坝日支岀"]
    found = _recognised(ROWS, {"坝日支岀": 0.5}, header=header)
    assert [line.measure for line in found.rows.budget_lines].count("total") == 4
    assert "stands in a column that no word of the forms names (坝日支岀)" in str(found.disclosure.reason)


def _said(said: str, sure: dict[str, float | list[float]] | None = None) -> Extraction:
    return _recognised(ROWS, {said: 1.0, **(sure or {})}, said)


def test_an_amount_of_prose_that_tables_print_needs_one_that_says_the_same():
    said = "2024年支出预算{}万元，其中：基本支出139.75万元。"
    proved = _said(said.format("170.00"))
    assert [row.printed for row in proved.rows.statements] == ["170.00", "139.75"]
    found = _said(said.format("176.00"))
    assert [row.printed for row in found.rows.statements] == ["139.75"]
    assert next(each for each in found.rows.numbers if each.printed == "176.00").class_ == "unclaimed"
    assert "1 facts of its text were recognised on a picture" in str(found.disclosure.reason)


def test_an_amount_that_a_table_says_may_be_unsure():
    said = "2024年支出预算170.00万元。"
    assert [row.printed for row in _said(said, {said: 0.6}).rows.statements] == ["170.00"]


def test_an_amount_that_no_table_can_say_needs_sure_digits():
    said = "2024年支出预算170.00万元，比2023年预算减少12.34万元。"
    assert {row.printed for row in _said(said).rows.statements} == {"170.00", "12.34"}
    assert {row.printed for row in _said(said, {said: 0.9}).rows.statements} == {"170.00"}
