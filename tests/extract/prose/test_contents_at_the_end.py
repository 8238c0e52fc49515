"""Contents below which only tables follow: their entries are contents all the same."""

from __future__ import annotations

from tests.extract.celled import extracted

TABLE = [["科目编码", "科目名称", "合计"], ["", "合计", "80.00"], ["2070109", "群众文化", "80.00"]]


def test_entries_are_contents_where_nothing_but_tables_follows() -> None:
    entries = ("一、部门支出总表", "二、政府性基金预算支出表")

    found = extracted(
        "白河县文化馆2025年部门预算", "目录", *entries, "部门支出总表", "单位：万元", TABLE, "注：数据四舍五入。"
    )

    contents = [row.text for row in found.rows.passages if row.kind == "contents"]
    assert contents == ["目录", *entries]
