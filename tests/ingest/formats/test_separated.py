"""Tables in plain text: what separators prove is cells, the rest stays text."""

from __future__ import annotations

import pytest

from pipeline.ingest.document import NotReadable
from pipeline.ingest.limits import Limits
from tests.ingest.formats.reading import content, grid, spans

ROWS = [["科目", "合计", "基本支出", "项目支出"], ["", "8.00", "5.00", "3.00"], ["行政运行", "5.00", "5.00", ""]]


def read(text: str, limits: Limits | None = None):
    return content(f"某局2025年部门预算\n\n支出总表\n{text}\n注：无\n".encode(), limits)


def tables(text: str) -> list[list[list[str]]]:
    found = read(text)
    return [grid(found, table) for table in found.tables]


def test_tabs():
    found = read("\n".join("\t".join(row) for row in ROWS))
    assert grid(found) == ROWS
    assert (
        found.text[found.tables[0].start : found.tables[0].end]
        == "科目\t合计\t基本支出\t项目支出\n\t8.00\t5.00\t3.00\n行政运行\t5.00\t5.00\t"
    )


def test_a_line_that_says_something_of_the_table_is_not_of_it():
    lines = ["部门：某局\t单位：万元", *("\t".join(row) for row in ROWS), "注：本表\t以万元为单位"]
    assert tables("\n".join(lines)) == [ROWS]


def test_rows_without_their_last_blank_cells_are_padded_where_every_cell_is_of_the_kind_of_its_column():
    assert tables("科目\t合计\t基本支出\t项目支出\n行政\t5.00\t3.00\t2.00\n住房\t5.00\t5.00") == [
        [["科目", "合计", "基本支出", "项目支出"], ["行政", "5.00", "3.00", "2.00"], ["住房", "5.00", "5.00", ""]]
    ]


@pytest.mark.parametrize(
    "text",
    [
        # Cells of a merged header or label are missing, and nothing says where.
        "项目\t合计\t基本支出\n编码\t名称\n201\t行政\t5.00\t5.00",
        "编码\t名称\t合计\t基本\n合计\t5.00\t5.00\n201\t行政\t5.00\t5.00",
        "收入\t支出\n项目\t预算数\t项目\t预算数\n拨款\t5.00\t教育\t5.00",
        # A short row where blank last cells are printed elsewhere.
        "科目\t合计\t基本\t项目\n行政\t5.00\t5.00\t\n住房\t5.00\t5.00",
        # One row, one column, contents, indented prose.
        "科目\t合计\n其他内容",
        "\t一、部门职责\n\t二、机构设置",
        "部门概况\t1\n收支总表\t3\n支出总表\t5",
    ],
)
def test_lines_that_do_not_prove_their_columns_are_text(text):
    assert tables(text) == []
    assert text in read(text).text


def test_pipes_with_and_without_the_mark_of_markdown():
    plain = "\n".join("| " + " | ".join(row) + " |" for row in ROWS)
    assert tables(plain) == [ROWS]
    lines = plain.split("\n")
    assert tables("\n".join([lines[0], "|---|---:|:-:|---|", *lines[1:]])) == [ROWS]
    assert tables("科目 | 合计\n--- | ---\n行政 | 5.00") == [[["科目", "合计"], ["行政", "5.00"]]]
    assert tables("| 科目 | 合计 | 基本 |\n|---|---|---|\n| 行政 | 5.00 |") == [
        [["科目", "合计", "基本"], ["行政", "5.00", ""]]
    ]
    assert tables("| 科目 | 合计 | 基本 |\n| 行政 | 5.00 |") == []
    assert tables("| 因公<br>出国 | 合计 |\n| a\\|b | 5.00 |") == [[["因公/出国", "合计"], ["a\\|b", "5.00"]]]


def test_pipes_between_cells_alone_keep_the_blank_cells_at_both_ends():
    assert tables("\n".join(" | ".join(row) for row in ROWS)) == [ROWS]


def test_box_drawing():
    assert tables(
        "┌────────┬──────┬────────┐\n│科目    │合计  │基本支出│\n├────────┼──────┼────────┤\n"
        "│行政运行│  5.00│    5.00│\n├────────┼──────┼────────┤\n│住房    │      │        │\n│改革    │  3.00│        │\n"
        "└────────┴──────┴────────┘"
    ) == [[["科目", "合计", "基本支出"], ["行政运行", "5.00", "5.00"], ["住房/改革", "3.00", ""]]]
    assert tables(
        "+------+------+\n| 科目 | 合计 |\n+------+------+\n| 行政 | 5.00 |\n| 住房 | 3.00 |\n+------+------+"
    ) == [[["科目", "合计"], ["行政", "5.00"], ["住房", "3.00"]]]


@pytest.mark.parametrize("rule", ["├──┼──┼──┤", "+---+---+---+"])
def test_a_box_whose_bars_do_not_stand_below_one_another_has_a_row_a_line(rule):
    bar = "│" if rule[0] == "├" else "|"
    lines = [bar + bar.join(row) + bar for row in ROWS]
    assert tables("\n".join([rule, *(line for row in lines for line in (row, rule))])) == [ROWS]
    if bar == "│":  # two lines between rules may be one row: whose words they are nothing says
        assert tables("\n".join([rule, lines[0], rule, *lines[1:], rule, *lines[1:], rule])) == []


def test_bars_of_box_drawing_without_rules_are_cells():
    text = "│ 科目 │ 合计 │\n│ 公务接待费 │ 2.00 │\n│  │ 3.00 │\n"
    assert grid(read(text)) == [["科目", "合计"], ["公务接待费", "2.00"], ["", "3.00"]]
    assert not read("│ 注：本表 │\n│ 说明 │\n").tables


def test_box_drawing_with_merged_headers():
    found = read(
        "┌────┬─────────┐\n│科目│支出     │\n├────┼────┬────┤\n│    │基本│项目│\n├────┼────┼────┤\n│行政│5.00│3.00│\n├────┼────┼────┤\n"
        "│住房│2.00│    │\n└────┴────┴────┘"
    )
    assert grid(found) == [["科目", "支出", "^"], ["", "基本", "项目"], ["行政", "5.00", "3.00"], ["住房", "2.00", ""]]


def test_commas():
    assert tables('科目,合计,基本支出\n行政运行,"1,234.50",5.00\n住房,3.00,') == [
        [["科目", "合计", "基本支出"], ["行政运行", "1,234.50", "5.00"], ["住房", "3.00", ""]]
    ]
    assert tables("1,234\n2,345\n3,456") == []
    assert tables("类,款\n201   一般公共服务   1,503.52   603.14\n205   教育   1,234.00   5.00") == []
    assert tables("收入1,234.00万元\n支出2,234.00万元\n结余3,234.00万元") == []


def test_commas_with_blank_cells_cells_of_several_lines_and_few_rows():
    assert tables('收入,,支出,\n项    目,"预算\n数",项目,预算数\n一、拨款,5.00,,\n') == [
        [["收入", "", "支出", ""], ["项    目", "预算/数", "项目", "预算数"], ["一、拨款", "5.00", "", ""]]
    ]
    assert tables("编码,名称,科目,预算数\n101,某局,2010302,5.00") == [
        [["编码", "名称", "科目", "预算数"], ["101", "某局", "2010302", "5.00"]]
    ]
    assert tables("甲局,乙局\n丙局,丁局") == []


def test_drawn_cells_over_several_rows():
    found = read(
        "├────┼────┴────┤\n│    │ 金额    │\n│科目├────┬────┤\n│    │基本│项目│\n├────┼────┼────┤\n"
        "│行政│5.00│3.00│\n├────┼────┼────┤\n│住房│2.00│    │\n├────┼────┼────┤"
    )
    assert grid(found) == [["科目", "金额", "^"], ["^", "基本", "项目"], ["行政", "5.00", "3.00"], ["住房", "2.00", ""]]
    assert spans(found)["科目"] == (2, 1)


def test_entities_of_markdown_are_characters():
    found = read("|项目|预算|\n|---|---|\n|&emsp;其中：公务用车&amp;|1.00&#124;|")
    assert grid(found)[1] == ["其中：公务用车&", "1.00&#124;"]


def test_html_tables_in_text_become_rows_of_cells():
    found = read(
        "<table><tr><td colspan=2>科目</td></tr><tr><td>行政&amp;运行</td><td>5.00</td></tr></table>\n下文\n<table><tr><td>a</td></tr>\n<tr><td>b</td></tr></table>"
    )
    assert found.text == "某局2025年部门预算\n\n支出总表\n科目\n行政&运行\t5.00\n下文\na\nb\n注：无\n"
    assert [grid(found, table) for table in found.tables] == [[["科目", "^"], ["行政&运行", "5.00"]]]
    assert found.media_type == "text/plain; charset=utf-8"


def test_marks_of_markdown_go():
    text = (
        "# 某局2025年部门预算\n\n![](images/a.jpg)\n<!-- image -->\n## 支出总表 ##\n**单位：万元** 与 \\*注\\*\n"
        "<html><body><table><tr><td>科目</td><td>合计</td></tr><tr><td>行政</td><td>5.00</td></tr></table></body></html>\n\n第三部分 2*3\n"
    )
    found = content(text.encode())
    assert (
        found.text == "某局2025年部门预算\n\n\n\n支出总表\n单位：万元 与 *注*\n科目\t合计\n行政\t5.00\n\n第三部分 2*3\n"
    )
    assert grid(found) == [["科目", "合计"], ["行政", "5.00"]]


@pytest.mark.parametrize("text", ["# 号说明\n正文 **重要**", "某局\n<以下为正文>\n收入 > 支出\n5 < 6\n", "a\\_b"])
def test_text_that_is_no_markdown_is_not_changed(text):
    assert text in read(text).text


def test_more_cells_than_allowed_are_refused():
    rows = "\n".join("甲\t1\t2" for _ in range(50))
    with pytest.raises(NotReadable, match="more than the 100 cells"):
        read(rows, Limits(max_cells=100))
    rows = "<table>" + "<tr><td>1</td><td>2</td></tr>" * 30 + "</table>"
    with pytest.raises(NotReadable, match="more than the 100 cells"):
        read(rows + "\n" + rows, Limits(max_cells=100))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["<table>", "|---|", "│", "a\tb\n", "<table><table>", "┌┬┐\n", '"a,', "<!--", "**a", "![](", "|a|b|\n|", "# \n"],
)
def test_long_runs_of_marks_take_no_long_time(piece):
    import time

    data = ("某局2025年部门预算\n" + piece * (400_000 // len(piece))).encode()
    start = time.process_time()
    content(data)
    assert time.process_time() - start < 10


PLAIN = [["编码", "科目", "合计"], ["201", "行政运行", "5.00"], ["", "合计", "5.00"]]


@pytest.mark.parametrize("mark", [" | ", "|"])
@pytest.mark.parametrize("rule", ["", "--- | --- | ---"])
def test_pipes_without_a_frame_may_have_a_blank_cell_outside(mark, rule):
    lines = [mark.join(row) for row in PLAIN]
    assert tables("\n".join([lines[0], *([rule] if rule else []), *lines[1:]])) == [PLAIN]


def test_pipes_without_a_frame_do_not_prove_what_a_short_row_lacks():
    assert tables("编码 | 科目 | 合计 | 基本\n201 | 行政 | 5.00 | \n202 | 5.00 | 5.00") == []


def test_semicolons():
    assert tables("\n".join(";".join(row) for row in PLAIN)) == [PLAIN]
    assert tables("编码;合计\n201;1,500.00\n202;2,500.00\n203;3,500.00") == [
        [["编码", "合计"], ["201", "1,500.00"], ["202", "2,500.00"], ["203", "3,500.00"]]
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_cell_in_quotes_may_go_on_in_the_next_line(mark):
    rows = [["编码", '"科目\n名称"', "合计"], ["201", '"行政，\n运行"', '"1,500.00"'], ["202", "x", "5.00"]]
    assert tables("\n".join(mark.join(row) for row in rows)) == [
        [["编码", "科目/名称", "合计"], ["201", "行政，/运行", "1,500.00"], ["202", "x", "5.00"]]
    ]


def test_a_quote_that_opens_no_cell_sets_nothing_apart():
    assert tables('项目\t合计\n5"管\t5.00\n“三公"经费\t3.00') == [
        [["项目", "合计"], ['5"管', "5.00"], ['“三公"经费', "3.00"]]
    ]


def test_cells_that_are_blank_in_all_rows_end_no_row():
    assert tables("\n".join(",".join(row) + ",,," for row in PLAIN)) == [PLAIN]


def test_the_rules_of_org_mode_and_wide_bars_set_cells_apart():
    bars = ["|" + "|".join(row) + "|" for row in ROWS]
    assert tables("\n".join([bars[0], "|----+---+----|", *bars[1:]])) == [ROWS]
    assert tables("\n".join("｜" + "｜".join(row) + "｜" for row in ROWS)) == [ROWS]
