"""Columns that stand beside an amount: how many, at what price, of which kind, from whom."""

from __future__ import annotations

import pytest

from tests.extract.celled import extracted
from tests.extract.test_class_columns import unclaimed

COVER = "某省某局2024年部门预算"


def lines(extraction):
    return [(x.item, x.measure, x.revenue_source, x.row_kind, str(x.amount)) for x in extraction.rows.budget_lines]


def test_a_quantity_is_of_its_row_and_a_price_adds_to_nothing():
    purchases = [
        ["项目名称", "采购品目代码", "数量", "单价", "金额"],
        ["合计", "", "", "", "33.50"],
        ["台式计算机", "A02010105", "10", "0.55", "5.50"],
        ["物业管理服务", "C21040000", "1", "28.00", "28.00"],
    ]
    extraction = extracted(COVER, "政府采购预算表", "单位：万元", purchases)
    assert lines(extraction) == [
        ("合计", "total", None, "total", "335000.00"),
        ("台式计算机", "unit_price", None, "memo", "5500.00"),
        ("台式计算机", "total", None, "detail", "55000.00"),
        ("物业管理服务", "unit_price", None, "memo", "280000.00"),
        ("物业管理服务", "total", None, "detail", "280000.00"),
    ]
    assert unclaimed(extraction) == []
    roles = {(n.printed, n.class_, n.role) for n in extraction.rows.numbers if n.printed in ("10", "1")}
    assert ("10", "structure", "count") in roles


def test_a_quantity_beside_no_amount_is_not_understood():
    owned = [["资产名称", "数量", "账面价值"], ["房屋（平方米）", "1,200", "350.00"], ["车辆", "5", ""]]
    extraction = extracted(COVER, "国有资产占用情况表", "单位：万元", owned)
    assert lines(extraction) == [("房屋（平方米）", "book_value", None, "detail", "3500000.00")]
    assert unclaimed(extraction) == ["5"]
    assert extraction.disclosure.status == "partial"


@pytest.mark.parametrize(
    ("title", "word", "measure", "source"),
    [
        ("政府采购预算表", "货物", "goods", None),
        ("政府采购预算表", "工程", "works", None),
        ("政府采购预算表", "服务", "services", None),
        ("国有资产占用情况表", "原值", "original_value", None),
        ("国有资产占用情况表", "净值", "net_value", None),
        ("部门管理转移支付表", "一般性转移支付", "total", "general_transfer"),
        ("部门管理转移支付表", "专项转移支付", "total", "special_transfer"),
        ("债务支出表", "一般债务", "total", "general_debt"),
        ("债务支出表", "专项债务", "total", "special_debt"),
        ("单位收入总表", "医疗收入", "total", "medical"),
        ("单位收入总表", "科教收入", "total", "science_education"),
        ("单位收入总表", "非财政拨款", "total", "non_fiscal"),
    ],
)
def test_a_column_of_a_kind(title, word, measure, source):
    rows = [["项目", "合计", word], ["合计", "6.00", "6.00"], ["甲项", "6.00", "6.00"]]
    extraction = extracted(COVER, title, "单位：万元", rows)
    assert lines(extraction)[1] == ("合计", measure, source, "total", "60000.00")
    assert extraction.disclosure.status == "complete"
