"""Tables 1 to 12 of the bundled text, and variants of it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.placement import Run, place
from schemas.rows import BudgetLine
from tests.documents import BUNDLED, bundled, read

TEXT = BUNDLED.read_text(encoding="utf-8")


def lines(text: str = TEXT) -> list[BudgetLine]:
    return (bundled() if text == TEXT else read(text.encode())).rows.budget_lines


def of(rows: list[BudgetLine], table: int) -> list[BudgetLine]:
    return [row for row in rows if row.table_no == table]


def test_each_table_has_as_many_amounts_as_it_prints():
    counts = [len(of(lines(), table)) for table in range(1, 13)]
    assert counts == [10, 3, 60, 6, 17, 20, 53, 3, 1, 12, 1, 1]


def test_every_amount_is_the_characters_at_its_place():
    for row in lines():
        assert TEXT[row.start : row.end] == row.printed
        assert row.amount == Decimal(row.printed.replace(",", "")) * 10000


def test_rows_of_three_classifications_keep_their_codes_and_columns():
    row = [r for r in of(lines(), 3) if r.row_no == 18]
    assert [(r.measure, r.printed) for r in row] == [
        ("total", "99.46757"),
        ("basic", "13.193000"),
        ("project", "86.274570"),
    ]
    assert {(r.function_code, r.government_economic_code, r.department_economic_code) for r in row} == {
        ("2010301", "50299", "30299")
    }


def test_names_torn_by_the_page_break_are_completed():
    row = next(r for r in of(lines(), 3) if r.function_code == "2080505")
    assert row.function_name == "机关事业单位基本养老保险缴费支出"
    assert row.department_economic_name == "机关事业单位基本养老保险缴费"


def test_blank_columns_are_not_closed_up():
    public = [r for r in of(lines(), 7) if r.department_economic_code == "30201"]
    assert [r.measure for r in public] == ["total", "public"]
    project = [r for r in of(lines(), 6) if r.function_code == "2010302"]
    assert [r.measure for r in project] == ["total", "project"]


def test_two_sided_tables_keep_their_sides_and_paths():
    paths = {(r.direction, r.item_path): r.printed for r in of(lines(), 5)}
    assert paths["revenue", "上年结转/一般公共预算财政拨款"] == "0.00"
    assert paths["expenditure", "一般公共预算财政拨款本年支出/教育支出"] == "3.579039"
    assert paths["expenditure", "政府性基金预算财政拨款本年支出"] == "0.00"


def test_classes_named_without_a_code_get_it_by_name():
    row = next(r for r in of(lines(), 1) if r.item == "卫生健康支出")
    assert (row.function_code, row.code_basis) == ("210", "name")


def test_years_of_columns_and_parts_of_an_expense():
    rows = of(lines(), 10)
    assert {(r.fiscal_year, r.comparison) for r in rows} == {(2022, False), (2021, True)}
    kinds = {r.item: r.row_kind for r in rows}
    assert kinds["公务用车购置及运行维护费"] == "subtotal"
    assert kinds["公务用车购置费"] == kinds["公务用车运行维护费"] == "detail"
    assert kinds["总计"] == "total"


def test_details_sum_to_the_total_of_their_table():
    for table in (3, 4, 6, 7):
        rows = of(lines(), table)
        for measure in {r.measure for r in rows}:
            parts = sum(r.amount for r in rows if r.row_kind == "detail" and r.measure == measure)
            assert parts == next(r.amount for r in rows if r.row_kind == "total" and r.measure == measure)


def test_an_amount_that_breaks_its_identity_is_placed_by_layout():
    changed = lines(TEXT.replace("59.592 59.592000", "59.592 61.592000"))
    row = next(r for r in of(changed, 3) if r.measure == "basic")
    assert (row.printed, row.placement) == ("61.592000", "layout")


def test_a_document_without_budget_tables_is_no_disclosure():
    row = read("采购合同\n\n甲方与乙方就办公设备采购签订本合同，总价 12,000.00 元。\n".encode()).disclosure
    assert row.status == "quarantined"
    assert "no disclosure" in row.reason


def test_numbers_on_the_title_line_change_nothing():
    changed = re.sub(r"\n ?表 (\d+) *\n\n?2022 年", r"\n表\1、2022年", TEXT)
    assert changed.count("、2022年") >= 9
    assert _placed(lines(changed)) == _placed(lines())


def _placed(rows: list[BudgetLine]) -> list[tuple]:
    codes = ("function_code", "government_economic_code", "department_economic_code")
    return sorted(
        (
            row.table_no,
            *(getattr(row, code) or "" for code in codes),
            row.item_path or "",
            row.measure,
            row.printed,
        )
        for row in rows
        if row.table_no <= 12
    )


def test_where_no_space_shows_a_blank_cell_identities_place_what_order_would_misplace():
    measures = ("total", "basic", "personnel", "public", "project")
    columns = tuple(Column(at, (m,), "amount", measure=m) for at, m in enumerate(measures))
    identities = ("total = basic + project", "basic = personnel + public")

    def run(*values: int) -> Run:
        return Run([Decimal(value) for value in values], [1] * (len(values) - 1), 1, 0, 0, True)

    full, lone = run(300, 110, 60, 50, 190), run(190, 190)
    assert place([full, lone], columns, identities) == [((0, 1, 2, 3, 4), "both"), ((0, 4), "identity")]
    # No way to add up: not known.
    assert place([full, run(190, 180)], columns, identities)[1] is None


def of_text(text: str, table: int) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(row.printed, row.item, row.measure, row.fund) for row in of(lines(text), table)]


@pytest.mark.parametrize("lost", ["合计 本年拨款 财政拨款结转结余 \n", "国有资\n"])
def test_a_header_that_lacks_a_word_gives_its_columns_to_none(lost: str):
    """一般公共预算 alone may be that of 本年拨款 or of 结转结余; a torn word is no label of the first row."""
    start = TEXT.index("2022 年部门项目支出表")
    damaged = TEXT[:start] + TEXT[start:].replace(lost, "\n", 1)
    assert of_text(damaged, 4) == []
    assert read(damaged.encode()).disclosure.status == "partial"


@pytest.mark.parametrize(
    "before, words",
    [
        ("总计 0.200515", "注：本表金额转换为万元时，因四舍五入可能存在尾差。\n"),
        ("总计 0.200515", "运行维护费\n"),
        ("3、公务用车购置", "内部资料 注意保存\n"),
    ],
)
def test_words_between_rows_are_no_part_of_a_label(before: str, words: str):
    damaged = TEXT.replace(before, words + before)
    assert set(of_text(damaged, 10)) <= set(of_text(TEXT, 10))
    assert read(damaged.encode()).disclosure.status == "partial"


def test_an_amount_run_together_with_the_next_label_is_no_label():
    damaged = TEXT.replace("586.476837 本年支出合计", "586.476837本年支出合计")
    assert set(of_text(damaged, 1)) < set(of_text(TEXT, 1))
    assert read(damaged.encode()).disclosure.status == "partial"


def test_the_rest_of_a_torn_amount_is_none():
    damaged = TEXT.replace("30205-水费 0.560000 ", "30205-水费 0.560 000 ")
    assert not {"000"} & {printed for printed, *_ in of_text(damaged, 7)}
    assert read(damaged.encode()).disclosure.status == "partial"
