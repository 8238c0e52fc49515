"""Charts and the parts of pages that need no release."""

from __future__ import annotations

import re
import resource
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from pipeline.publish.site.build import make_site
from pipeline.publish.site.charts import Chart, NoRenderer, can_draw, draw
from pipeline.publish.site.figures import Figure, Figures
from pipeline.publish.site.index import pairs
from pipeline.publish.site.labels import Both, change, short
from pipeline.publish.site.pictures import pictures
from pipeline.publish.site.source import pages
from schemas.tables import TABLES

TITLE = Both("标题。", "A title.")


def both(text: str) -> Both:
    return Both(text, text)


def texts(markup: str, name: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(markup).iter("text") if each.get("class") == name]


def test_a_chart_has_the_words_of_both_languages_at_the_same_places():
    chart = Chart(
        [Both("教育支出", "education"), Both("科学支出", "science")], [[Decimal(30_000)], [Decimal(50)]], ["c1", "c0"]
    )
    markup = draw(chart, TITLE)
    assert texts(markup, "zh name") == ["教育支出", "科学支出"]
    assert texts(markup, "en name") == ["education", "science"]
    assert texts(markup, "zh value") == ["3.00万", "50"]
    assert texts(markup, "en value") == ["30.00k", "50"]
    assert re.findall(r'<path d="[^"]+" class="(\w+)"', markup) == ["c1", "c0"]
    assert markup == draw(chart, TITLE)


def test_stacked_bars_bear_their_sum_and_grouped_ones_their_own_amounts():
    amounts = [[Decimal(10), Decimal(20)], [Decimal(5), None]]
    names = [both("甲"), both("乙")]
    assert texts(draw(Chart(names, amounts, ["c1", "c2"], stacked=True), TITLE), "zh value") == ["30", "5"]
    assert texts(draw(Chart(names, amounts, ["c1", "c2"]), TITLE), "zh value") == ["10", "20", "5"]


@pytest.mark.parametrize("name", ["a\x00b\x0b\x1b[31m", "</svg><script>", "\u2028{{ 7 }}", "name 1", ""])
def test_no_text_of_a_source_reaches_the_renderer(name):
    # It aborts the whole process on some control characters.
    markup = draw(Chart([both(name), both("乙")], [[Decimal(1)], [Decimal(2)]], ["c1", "c1"]), TITLE)
    assert "<script" not in markup
    assert markup.count("<text") == 8


def test_a_limited_address_space_is_refused_in_words(monkeypatch, tmp_path):
    # The renderer reserves terabytes of addresses and would end the process.
    assert can_draw()
    monkeypatch.setattr(resource, "getrlimit", lambda which: (32 << 30, resource.RLIM_INFINITY))
    with pytest.raises(NoRenderer, match="ulimit -v unlimited"):
        make_site(tmp_path, tmp_path / "site")


def test_long_names_are_cut_to_the_width_of_the_chart():
    (zh,) = texts(draw(Chart([both("很" * 60)], [[Decimal(1)]], ["c1"]), TITLE), "zh name")
    assert zh.endswith("…") and len(zh) < 30


def test_negative_amounts_are_drawn_and_written():
    markup = draw(Chart([both("甲"), both("乙")], [[Decimal(-500)], [Decimal(500)]], ["c1", "c1"]), TITLE)
    assert texts(markup, "zh value") == ["-500", "500"]


@pytest.mark.parametrize(
    ("now", "before", "zh"),
    [
        ("129", "100", "增长29.0%"),
        ("50", "100", "下降50.0%"),
        ("7", "7", "持平"),
        ("1", "0", "从零增加"),
        ("0", "0", "都是零"),
    ],
)
def test_changes_are_said_in_percent(now, before, zh):
    assert change(Decimal(now), Decimal(before)).zh == zh


def test_sums_of_money_are_said_short():
    assert [short(Decimal(v), "zh") for v in ("189767551", "5864768.37", "2005.15", "0")] == [
        "1.90亿",
        "586.48万",
        "2,005.15",
        "0",
    ]


def figure(name: str, **amounts: int) -> Figure:
    return Figure(both(name), {key: Decimal(value) for key, value in amounts.items()})


def test_revenue_is_drawn_only_where_it_has_more_than_one_source():
    one = Figures(revenue={"a": figure("拨款", total=9)})
    assert pictures(one, 2024) == []
    two = Figures(revenue={"a": figure("拨款", total=9), "b": figure("事业收入", total=1)})
    assert [each.id for each in pictures(two, 2024)] == ["revenue"]
    assert "拨款占90.0%" in pictures(two, 2024)[0].sentence.zh


def test_tables_are_said_to_disagree_only_where_their_functions_do():
    functions = {"201": figure("一般公共服务", basic=60, project=40)}
    carried = {"201": figure("一般公共服务", total=100), "结转下年": figure("结转下年", total=7)}
    assert "占100.0%" in pictures(Figures(expenditure=carried, functions=functions), 2024)[0].sentence.zh
    other = {"201": figure("一般公共服务", total=90)}
    assert "不一致" in pictures(Figures(expenditure=other, functions=functions), 2024)[0].sentence.zh


def test_rows_of_cells_are_shown_as_a_grid():
    text = "标题\n项目\t金额\n教育\t30\n完\n"
    (page,) = pages(text, TABLES["numbers"].empty())
    assert [(is_row, [line.number for line in lines]) for is_row, lines in page.blocks] == [
        (False, [1]),
        (True, [2, 3]),
        (False, [4]),
    ]
    assert [["".join(p.text for p in cell).strip() for cell in line.cells] for line in page.lines[1:3]] == [
        ["项目", "金额"],
        ["教育", "30"],
    ]


def test_words_are_found_by_their_pairs_of_characters():
    assert pairs("公务接待 2013A，费") == {"公务", "务接", "接待", "20", "01", "13", "3a"}
