"""Paragraphs, sections, definitions, contents: what becomes a passage and under which headings."""

from __future__ import annotations

from pipeline.extract.context import Context
from schemas.joining import join

from .conftest import Reads


def passages(context: Context) -> list[tuple[str | None, str]]:
    rows = context.extraction.rows.passages
    return [(row.section_path, row.text) for row in rows if row.kind != "contents"]


def listed(context: Context) -> list[str]:
    return [row.text for row in context.extraction.rows.passages if row.kind == "contents"]


def test_spaced_out_lines_are_one_sentence(read: Reads) -> None:
    context = read("1. 基 本 支 出 预 算 4,967.56 元 ， 比 2021 年\n\n5,157.44 元减少 189.88 元。\n")
    assert passages(context) == [(None, "1.基本支出预算4,967.56元，比2021年5,157.44元减少189.88元。")]


def test_sections_nest_by_their_numbers(read: Reads) -> None:
    context = read(
        "第一部分 情况说明\n一、部门情况\n（一）机构设置\n本局设3个科室，负责本区的某些事务，并承办上级交办的其他任务。\n（二）人员\n共9人。\n二、收支\n1.收入\n全部为拨款。\n"
        "第二部分 其他\n以上说明到此为止，其余内容请见本部门各单位的说明。\n"
    )
    assert [path for path, _ in passages(context)] == [
        "情况说明/部门情况/机构设置",
        "情况说明/部门情况/人员",
        "情况说明/收支/收入",
        "其他",
    ]


def test_a_heading_over_two_lines_is_one(read: Reads) -> None:
    context = read(
        "（一）关于本年部门预算中三公经费财政拨款预\n算安排情况的说明\n本年部门预算安排三公经费财政拨款支出共计十\n"
        "万元整，与去年的数字完全一样，没有变化，特此\n予以说明。\n"
    )
    assert [path for path, _ in passages(context)] == ["关于本年部门预算中三公经费财政拨款预算安排情况的说明"]


def test_a_heading_whose_line_break_was_lost(read: Reads) -> None:
    context = read("（一）收入预算说明2022年收入预算100元。二、支出预算说明\n2022年支出预算100元。\n")
    assert passages(context) == [
        ("收入预算说明", "2022年收入预算100元。"),
        ("支出预算说明", "2022年支出预算100元。"),
    ]


def test_contents_are_structure_and_passages_of_their_own_kind(read: Reads) -> None:
    context = read(
        "目 录\n一、部门职能 ……………………1\n1. 2024年收入预算总表 ………………12\n一、部门职能\n负责某事。\n", year=2024
    )
    assert passages(context) == [("部门职能", "负责某事。")]
    assert [entry.rstrip("…1234567890") for entry in listed(context)] == [
        "目录",
        "一、部门职能",
        "1. 2024年收入预算总表",
    ]
    assert {token.cls for token in context.ledger.tokens} == {"structure"}


def test_contents_without_leaders_end_where_they_repeat(read: Reads) -> None:
    context = read("目录\n第一部分 概况\n一、主要职能\n第二部分 情况说明\n第一部分 概况\n一、主要职能\n负责某事。\n")
    assert passages(context) == [("概况/主要职能", "负责某事。")]


def test_contents_end_at_the_heading_above_the_first_sentence_though_no_name_is_repeated(read: Reads) -> None:
    context = read(
        "目 录\n一、部门机构设置\n二、预算编制说明\n\n某局机构设置\n某局部门预算是包括区某局本部以及下属2家预算单位的综合收支计划。\n"
        "2025年部门预算编制说明\n2025年，某局收入预算100.00万元。\n",
        year=2025,
    )
    assert listed(context) == ["目录", "一、部门机构设置", "二、预算编制说明"]
    assert [(row.metric, row.printed) for row in context.extraction.rows.statements] == [
        ("budget_units", "2"),
        ("revenue_budget", "100.00"),
    ]


def test_terms_become_definitions(read: Reads) -> None:
    context = read(
        "六、专业名词解释\n（一）行政运行经费\n行政运行经费是指为保障单位运行的资金。\n（二）“三公”经费：指出国等3项经费。\n"
    )
    rows = context.extraction.rows.passages
    assert [(row.kind, row.term) for row in rows] == [
        ("definition", "行政运行经费"),
        ("definition", "“三公”经费"),
    ]
    assert context.extraction.rows.statements == []


def test_page_numbers_are_structure(read: Reads) -> None:
    context = read("本局负责某事，\n— 3 —\n也负责另一事。\n- 4 -\n", pages={2: 2})
    assert passages(context) == [(None, "本局负责某事，也负责另一事。")]
    assert [(token.cls, token.role) for token in context.ledger.tokens] == [("structure", "page")] * 2


def test_text_is_the_join_of_its_spans(bundled: Context) -> None:
    rows = bundled.extraction.rows
    spans: dict[tuple[str, str, str], list[str]] = {}
    masked = bundled.extraction.masked_text
    for span in rows.spans:
        key = (span.owner_table, span.owner_id, span.field)
        spans.setdefault(key, []).append(masked[span.start : span.end])
    for row in rows.passages:
        assert join(spans["passages", row.passage_id, "text"]) == row.text
    for row in rows.statements:
        for field in ("reason", "value_text", "subject"):
            key = ("statements", row.statement_id, field)
            assert key not in spans or join(spans[key]) == getattr(row, field)
        if row.derived_from or row.kind in ("none", "grade"):
            key = ("statements", row.statement_id, "printed" if row.kind != "grade" else "value_text")
            assert join(spans[key]) == row.printed


def test_passages_of_the_bundled_disclosure(bundled: Context) -> None:
    rows = bundled.extraction.rows.passages
    assert [row.ordinal for row in rows] == list(range(1, 25))
    assert [row.kind for row in rows] == ["narrative"] * 22 + ["definition"] * 2
    assert rows[3].section_path == "2022年部门预算情况说明/部门预算收支及增减变化情况说明/支出预算说明"
    assert rows[5].text == "（一）基本支出主要包括在职、离退休人员支出、个人和家庭补助支出、公用支出。"
    assert rows[15].text.endswith("营造良好的国际语言环境，维护安全稳定的涉外环境。")
    assert len({row.passage_id for row in rows}) == len(rows)


def test_a_comparison_goes_on_below_however_short_its_line_is(read: Reads) -> None:
    context = read(
        "本局负责本区的某些事务，并承办上级交办的其他各项任务。\n2024年收入总计100.00万元，比2023年\n收入预算减少20.00万元。\n",
        year=2024,
    )
    changes = [row for row in context.extraction.rows.statements if row.kind == "change"]
    assert [(row.base_year, row.printed) for row in changes] == [(2023, "20.00")]


def test_leaders_of_contents_do_not_say_how_far_lines_reach(read: Reads) -> None:
    contents = "目 录\n" + "".join(f"{n}、第{n}项内容{'.' * 90}{at}\n" for at, n in enumerate("一二三四五六", start=1))
    context = read(
        contents + "第一部分 情况说明\n本部门2024年一般公共预算支出预算为100.00万元，其中：基本支出\n"
        "60.00万元，项目支出40.00万元。\n",
        year=2024,
    )
    assert passages(context)[-1][1] == (
        "本部门2024年一般公共预算支出预算为100.00万元，其中：基本支出60.00万元，项目支出40.00万元。"
    )


def test_two_entries_of_the_contents_on_one_line_are_read_in_time(read: Reads) -> None:
    dots = "." * 60
    context = read(f"目录\n第一部分 概况{dots}3 第二部分 情况说明{dots}5 第三部分\n第四部分 名词解释{dots}9\n")
    assert len(listed(context)) == 3
