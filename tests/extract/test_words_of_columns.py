"""Words of headers as bodies of many regions print them: what each says of a column, or that it says nothing."""

from __future__ import annotations

import pytest

from pipeline.extract.forms import load_library

SAID = {
    "公共预算拨款": {"fund": "general_public_budget"},
    "其中：一般公共预算安排": {"fund": "general_public_budget"},
    "其中：纳入财政专户管理的收费": {"fund": "fiscal_special_account"},
    "纳入一般公共预算管理的非税收入拨款": {"fund": "general_public_budget", "revenue_source": "non_tax_revenue"},
    "公共财政拨款": {"fund": "general_public_budget"},
    "纳入预算管理的非税收入拨款": {"fund": None, "revenue_source": "non_tax_revenue"},
    "对附属单位上缴收入": {"revenue_source": "subordinate_remittance"},
    "上年实户资金余额": {"measure": "carried_over", "revenue_source": "unit_account_balance", "year_offset": None},
    "其中：财政拨款资金结转": {"measure": "carried_over", "revenue_source": "fiscal_appropriation"},
    "2017-预算数": {"measure": "total", "phase": "approved", "year": 2017},
    "2017年-决算数": {"measure": "total", "phase": "executed", "year": 2017},
    "2017-年预算数": {"measure": "total", "phase": "approved", "year": 2017},
    "2017-": {"measure": "total", "year": 2017},
    "增减金额": {"measure": "change"},
    "变动额": {"measure": "change"},
    "2024年预算数比2023年执行数": {"measure": "change", "only_above": True, "year": None},
    "增减变化情况": {"measure": "change", "only_above": True},
    "其他运转类": {"measure": "other_operation"},
    "单位上年结余（不包括国库集中支付额度结余）": {"measure": "carried_over"},
    "教育收费（财政专户）": {"revenue_source": "education_fees"},
    "特定目标类项目": {"measure": "specific_target"},
    "人员类项目": {"measure": "personnel"},
    "项目金额": {"measure": "total"},
    # traditional characters
    "一般公共預算財政撥款": {"fund": "general_public_budget"},
    "事業收入": {"revenue_source": "operating_undertaking"},
}
#: What may be several things, or none that the vocabularies have.
SILENT = ["运转类项目", "差额", "预算调整数", "非税收入", "其中：专项资金列入部门预算项目", "2017-2019", "政府债务资金"]


@pytest.mark.parametrize(("word", "expected"), SAID.items())
def test_a_word_says_of_a_column(word, expected):
    meaning = load_library().column(word)
    assert meaning is not None
    assert {name: getattr(meaning, name) for name in expected} == expected


@pytest.mark.parametrize("word", SILENT)
def test_a_word_that_may_be_several_things_says_nothing(word):
    assert load_library().column(word) is None


@pytest.mark.parametrize("word", ["增减率", "增减幅度（%）", "增减%", "比上年增减（%）", "变动比例", "幅度", "执行率"])
def test_rates_of_change_are_known_and_are_no_amounts(word):
    library = load_library()
    assert library.says("rates", word) and library.says("counts", word)
    assert library.column(word) is None


@pytest.mark.parametrize("word", ["增减额", "增长", "合计", "利率水平说明"])
def test_other_words_are_no_rates_of_change(word):
    assert not load_library().says("rates", word)
