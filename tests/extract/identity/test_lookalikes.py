"""What is no disclosure is refused with what it is; what is one keeps its place whatever it is called."""

from __future__ import annotations

import pytest

from tests.documents import read, real
from tests.extract.identity.texts import ACCOUNTS, INCOME, budget, read_text

CONTRACT = """
苏州市吴中区城市管理局
道路保洁服务采购合同
合同编号：WZCG-2023-017
甲方（采购人）：苏州市吴中区城市管理局
乙方（供应商）：苏州洁城环境服务有限公司
根据《中华人民共和国政府采购法》，双方就2023年部门预算安排的道路保洁项目订立本合同。
第一条 合同金额
合同总价为人民币1,205,000.00元（大写：壹佰贰拾万伍仟元整），资金来源为一般公共预算拨款。
第二条 付款方式
合同签订后10日内支付30%，计361,500.00元；余款按季支付。
第三条 违约责任
乙方未按约定作业的，每次扣减2,000.00元。
"""
TENDER = """
苏州市吴中区城市管理局2023年道路保洁服务
竞争性磋商公告
项目概况：道路保洁服务采购项目的潜在供应商应于2023年3月10日前获取采购文件。
一、项目基本情况
预算金额：120.50万元；最高限价：118.00万元。
二、申请人的资格要求
供应商资格：具有独立承担民事责任的能力。
三、响应文件提交
截止时间：2023年3月20日9时30分；开标地点：公共资源交易中心。
"""
CONGRESS = """
关于苏州市吴中区2022年财政预算执行情况和
2023年财政预算草案的报告
——2023年1月8日在苏州市吴中区第五届人民代表大会第二次会议上
苏州市吴中区财政局
各位代表：
受区人民政府委托，现将2022年财政预算执行情况和2023年财政预算草案提请大会审查。
一、2022年预算执行情况
全区一般公共预算收入完成2,305,600万元，增长3.2%。
2023年一般公共预算支出情况表
单位：万元
项目                     2022年执行数         2023年预算数
一、一般公共服务支出          205,600.00         210,000.00
二、公共安全支出            105,600.00         110,000.00
合计                   311,200.00         320,000.00
"""
INSTRUCTIONS = """
2024年部门预算公开报表填报说明
一、收支总表：反映部门年度总体收支预算情况。收入按来源填列，支出按功能分类科目填列到类级。
二、三公经费支出表：按因公出国（境）费、公务接待费、公务用车购置及运行费填列。
三、金额单位为万元，保留两位小数。
"""
NOTICE = """
关于做好2024年部门预算编制工作的通知
区级各部门、各单位：
为做好2024年部门预算编制工作，现将有关事项通知如下。
一、各部门应于2023年10月31日前报送基本支出数据。
二、项目支出单项超过100万元的须附可行性研究报告。
"""
JOB = """
苏州市吴中区城市管理局2023年公开招聘公告
因工作需要，现面向社会公开招聘编外人员5名。
一、招聘岗位：道路巡查员3名、数据员2名。
二、报名条件：年龄35周岁以下，大专以上学历。
三、笔试、面试各占50%。
"""
STATISTICS = """
苏州市吴中区2023年国民经济和社会发展统计公报
全年实现地区生产总值1,682.00亿元，按可比价格计算增长5.1%。
一般公共预算收入230.56亿元，一般公共预算支出210.33亿元。
"""
NEWS = """
吴中区召开2024年部门预算编制工作会议
本报讯（记者）日前，吴中区召开2024年部门预算编制工作会议。
会议强调，要坚持过紧日子，严控一般性支出。会议指出，全区三公经费压减5%。
责任编辑：新闻中心
"""
AUDIT = """
苏州市吴中区审计局
关于区城市管理局2022年度预算执行情况的审计结果公告
审计发现的主要问题：预算编制不细化，涉及资金120.50万元。
审计建议：加强预算管理。
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONTRACT, "a contract (合同)"),
        (CONTRACT.replace("道路保洁服务采购合同\n合同编号：WZCG-2023-017\n", ""), "a contract"),
        (TENDER, "a tender"),
        (TENDER.replace("\n竞争性磋商公告", "竞争\n性磋商公告"), "a tender"),
        (CONGRESS, "a budget report to a people's congress"),
        ("苏州市吴中区2023年政府预算公开\n" + INCOME.format(lead="2023年", caption=""), "a whole government"),
        (INSTRUCTIONS, "instructions"),
        (NOTICE, "instructions"),
        (JOB, "a job posting"),
        (STATISTICS, "statistics"),
        (NEWS, "a news report"),
        (AUDIT, "an audit report"),
    ],
)
def test_a_look_alike_is_refused_with_what_it_is_and_what_told_it(text, kind):
    row = read_text(text)
    assert row.status == "quarantined"
    assert kind in row.reason
    assert "reads “" in row.reason or "speaks of" in row.reason
    assert row.entity_key is None


def test_a_congress_report_is_refused_although_a_form_knows_its_table():
    assert read_text(CONGRESS).table_count == 0


def test_sources_toml_overrules_the_looks_of_a_document():
    text = budget("苏州市吴中区城市管理局\n2023年审计结果公告", lead="2023年")
    assert read_text(text).status == "quarantined"
    assert read_text(text, disclosure="true").status != "quarantined"


@pytest.mark.parametrize(
    "cover",
    [
        "苏州市吴中区城市管理局2023年财政预算信息",
        "苏州市吴中区城市管理局关于2023年部门预算的公告",
        "苏州市吴中区城市管理局2023年度部门预算编制说明",
        "吴中城管：今年的钱怎么花",
        "苏州市吴中区招标投标管理办公室2023年部门预算",
        "苏州市吴中区合同管理中心2023年部门预算",
        "苏州市吴中区统计局统计资料2023",
        "苏州市吴中区人民代表大会常务委员会办公室2023年部门预算",
        "首页\n招标公告\n通知公告\n统计公报\n苏州市吴中区城市管理局2023年部门预算",
        "苏州市吴中区胥口镇人民政府2023年预算公开",
        "2023年苏州市吴中区人民政府办公室部门预算公开",
        "",
    ],
)
def test_a_disclosure_with_an_unusual_title_keeps_its_place(cover):
    assert read_text(budget(cover, lead="2023年")).status != "quarantined"


def test_a_disclosure_that_speaks_of_contracts_and_tenders_is_one():
    prose = "本部门严格执行招标公告、投标人资格审查、开标、评标制度；甲方、乙方违约责任按本合同约定。"
    row = read_text(budget("苏州市吴中区城市管理局2023年部门预算", prose=prose))
    assert row.status != "quarantined"


def test_the_national_template_is_a_template():
    row = read(real("final-accounts-template-national.pdf"), "x.pdf").disclosure
    assert row.status == "quarantined"
    assert "template" in row.reason


def test_a_template_that_forms_know_is_refused_and_a_left_over_placeholder_is_not():
    blank = budget("XX市XX局2024年度部门决算", tables=ACCOUNTS, prose="XX局2024年度决算收入XX万元，支出XX万元。")
    blank = blank.replace("120.50", "XX").replace("100.25", "XX").replace("20.25", "XX").replace("0.00", "XX")
    assert "template" in read_text(blank).reason
    left = budget("苏州市吴中区城市管理局2023年部门预算\n预算代码：XXX\n单位名称：江苏省XXX厅")
    row = read_text(left)
    assert row.status != "quarantined"
    assert row.entity_name == "苏州市吴中区城市管理局"


def test_an_empty_form_is_refused():
    bare = INCOME.replace("120.50", "").replace("100.25", "").replace("20.25", "").replace("0.00", "")
    row = read_text(budget("2023年部门预算公开表", lead="2023年", tables=bare))
    assert row.status == "quarantined"
    assert "empty form" in row.reason


def test_a_table_of_zeros_is_no_empty_form():
    zeros = INCOME.replace("120.50", "0.00").replace("100.25", "0.00").replace("20.25", "0.00")
    assert read_text(budget("苏州市吴中区城市管理局2023年部门预算", tables=zeros)).status != "quarantined"


def test_a_disclosure_whose_tables_no_form_knows_is_partial_and_names_them():
    text = """苏州市吴中区城市管理局2023年部门预算
一、部门预算情况说明
2023年收入预算120.50万元，支出预算120.50万元。
资金去向与构成一览表
单位：万元
事项                  数额
道路保洁               100.25
其他                  20.25
"""
    row = read_text(text)
    assert row.status == "partial"
    assert "no form knows any of its tables" in row.reason
    assert "资金去向与构成一览表" in row.reason
    assert row.entity_key == "320506:城市管理局"


@pytest.mark.parametrize(
    "text",
    [
        "吴中区公开2023年部门预算\n3月1日，吴中区62个部门集中公开2023年部门预算，三公经费总额1,205.30万元。\n",
        "餐费发票\n金额：1,205.00元\n",
        "Budget of the department 2023\nTotal revenue 120.50\n",
        "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n",
    ],
)
def test_text_of_no_kind_in_particular_is_refused_too(text):
    row = read_text(text)
    assert row.status == "quarantined"
    assert "add its titles to schemas/forms" in row.reason


def test_a_title_of_a_division_says_that_it_is_one():
    row = read_text("上海市普陀区2024年区级部门预算\n预算主管部门：上海市普陀区司法局\n预算总额120.50万元。\n")
    assert row.status == "partial"
    assert row.entity_key == "310107:司法局"


def test_text_that_says_nothing_is_refused_with_what_was_found():
    row = read_text("会议室使用登记表\n单位：元\n事项    数额\n租金    100.25\n水费    20.25\n")
    assert row.status == "quarantined"
    assert "no disclosure" in row.reason
