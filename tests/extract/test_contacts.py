"""Personal contact data is found by its labels and hidden, mark by character."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract.contacts import MARK, masked, withhold
from pipeline.extract.context import Context
from pipeline.extract.ledger import Ledger
from pipeline.extract.records import Extraction
from tests.extract.celled import document

from .prose.conftest import BUNDLED, make_context


def withheld(text: str) -> tuple[Context, str]:
    context = make_context(text)
    withhold(context)
    return context, context.extraction.masked_text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("项目负责人 甲乙 联系电话 60000000", ["甲乙", "60000000"]),
        (
            "联系人：甲乙丙，电话：021-60000000转801、13800000000。",
            ["甲乙丙", "021-60000000转801", "13800000000"],
        ),
        ("项目负责人\n\n甲  乙\n联系电话\n60000000", ["甲", "乙", "60000000"]),
        ("项目负责人 联系电话\n甲乙丙 010-60000000", ["甲乙丙", "010-60000000"]),
        ("填报人：甲乙丙 手机 138 0000 0000", ["甲乙丙", "138", "0000"]),
        ("单位负责人（签章）：甲乙丙丁", ["甲乙丙丁"]),
        ("项目负责\n人 甲乙 联系电\n话 60000000", ["甲乙", "60000000"]),
        ("邮箱：someone@example.gov.cn", ["someone@example.gov.cn"]),
        ("信息公开电话：60000000", ["60000000"]),
        ("24小时值班电话：400-000-0000 财务科负责人：甲乙", ["400", "0000", "甲乙"]),
        ("审核：王甲乙  制表：张甲", ["王甲乙", "张甲"]),
        ("经办人：甲乙\n传真：０２１－６０００００００", ["甲乙", "６"]),
    ],
)
def test_what_stands_beside_a_label_is_hidden(text: str, hidden: list[str]) -> None:
    _, shown = withheld(text)
    assert len(shown) == len(text)
    assert [i for i, char in enumerate(text) if char == "\n"] == [i for i, char in enumerate(shown) if char == "\n"]
    for value in hidden:
        assert value not in shown


@pytest.mark.parametrize(
    "text",
    [
        "电话费 12345678",
        "审核：符合要求 编制：14人 主管：无",
        "30207 邮电费 390,000.00",
        "主要负责人履行职责情况",
        "联系人 职务 备注",
        "项目负责人：（签字）",
        "本项目联系电话会议费用13800000000元",
        "预算数 60000000 万元",
    ],
)
def test_what_only_looks_like_contacts_is_kept(text: str) -> None:
    context, shown = withheld(text)
    assert shown == text
    assert context.masks == []


def test_tokens_of_contacts_are_withheld() -> None:
    context, _ = withheld("联系电话：021-60000000 预算数 100")
    assert [(t.cls, t.role if t.cls == "withheld" else "") for t in context.ledger.tokens] == [
        ("withheld", "contact"),
        ("withheld", "contact"),
        ("unclaimed", ""),
    ]


def test_assembled_text_and_excerpts_are_masked() -> None:
    context, _ = withheld("联系人：甲乙丙")
    assert context.assemble("passages", "p", "text", [(0, 7)]) == "联系人：" + MARK * 3
    assert masked(context, 4, 7) == MARK * 3


def test_withholding_can_be_turned_off() -> None:
    context = make_context("联系人：甲乙丙 电话 60000000")
    withhold(context, publish_contacts=True)
    assert context.extraction.masked_text == context.document.text
    assert {token.cls for token in context.ledger.tokens} == {"unclaimed"}


def test_the_bundled_disclosure_names_one_person_and_one_number() -> None:
    text = BUNDLED.read_text(encoding="utf-8")
    context, shown = withheld(text)
    labels = [text[max(0, a - 6) : a].strip() for a, _ in context.masks]
    assert [label.split()[-1][-5:] for label in labels] == ["项目负责人", "联系电话"]
    for a, b in context.masks:
        assert text[a:b] not in shown
    assert sum(x != y for x, y in zip(text, shown, strict=True)) == sum(b - a for a, b in context.masks)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("项目负责人 钟离春 联系电话 61239876", ["钟离春", "61239876"]),
        ("项目负责人：欧阳修文 联系电话：010-61239876", ["欧阳修文", "010-61239876"]),
        ("单位负责人（签字）：王小明", ["王小明"]),
        ("填报人：李 雷  填报日期：2024年3月1日", ["李 雷"]),
        ("审核人：韩梅梅 联系人：张三 电话：13812345678", ["韩梅梅", "张三", "13812345678"]),
        (
            "单位负责人：赵钱孙 财务负责人：周吴 填表人：郑王 联系电话：021-62345678转801",
            ["赵钱孙", "周吴", "郑王", "62345678", "801"],
        ),
        ("联系人:张伟,电话:86-13912345678", ["张伟", "13912345678"]),
        ("经办人 刘 洋 电话 （0571）87654321", ["刘 洋", "87654321"]),
        ("邮箱：zhang.san@example.gov.cn", ["zhang.san@example.gov.cn"]),
        ("微信：wxid_abc123 QQ：123456789", ["wxid_abc123", "123456789"]),
        ("身份证号：11010119900307123X", ["11010119900307123X"]),
        ("联系人及电话：王芳 62881234", ["王芳", "62881234"]),
        ("联系人：王芳（62881234）", ["王芳", "62881234"]),
        ("联系人：买买提·艾力  手机：13800001111", ["买买提·艾力", "13800001111"]),
        ("咨询电话：63012345、63012346", ["63012345", "63012346"]),
        ("传真：(010)65432100", ["65432100"]),
        ("项目责任人\n张建国\n联系电话\n13700001111", ["张建国", "13700001111"]),
        ("项目负责人 联系电话\n陈晨 64001234", ["陈晨", "64001234"]),
        ("主要负责人：诸葛亮", ["诸葛亮"]),
        ("联系方式：158 1234 5678", ["158 1234 5678"]),
        ("分管领导：孙悟空", ["孙悟空"]),
        ("项目负责人\t钟离春\t联系电话\t61239876", ["钟离春", "61239876"]),
        ("项目负责人：钟离春；联系电话：61239876。", ["钟离春", "61239876"]),
        ("制表人：钱多多 复核人：沈万三 负责人：贾宝玉", ["钱多多", "沈万三", "贾宝玉"]),
        ("实施单位负责人 马冬梅", ["马冬梅"]),
        ("项目单位联系人：夏洛 座机：8288-1234", ["夏洛", "8288-1234"]),
        ("如有疑问请致电张老师13512340000", ["13512340000"]),
        ("单位联系人 林 黛 玉 手机号码 139-1234-5678", ["林 黛 玉", "139-1234-5678"]),
        ("财务科负责人：薛宝钗", ["薛宝钗"]),
        ("QQ号 88997766", ["88997766"]),
        ("项目联系人 张三丰 0531-86012345 86012346", ["张三丰", "0531-86012345", "86012346"]),
        ("编制人：王 五", ["王 五"]),
        ("监督电话 12345678", ["12345678"]),
        ("联系人姓名 何 其", ["何 其"]),
        ("负责人签字：吴用", ["吴用"]),
        ("联系 电话：６２３４５６７８", ["６２３４５６７８"]),
        ("项目负责人|王刚|联系电话|62771234", ["王刚", "62771234"]),
        ("法定代表人：丁一", ["丁一"]),
        ("电子邮箱 abc_d@163.com", ["abc_d@163.com"]),
        ("填表人(签名)：方圆 单位负责人(签章)：高山", ["方圆", "高山"]),
        ("主管部门联系人 柳如是", ["柳如是"]),
        ("单位主要领导：海瑞", ["海瑞"]),
        ("经办：于谦 审核：杨洪 签发：石亨", ["于谦", "杨洪", "石亨"]),
    ],
)
def test_persons_and_numbers_of_many_shapes_are_hidden(text: str, hidden: list[str]) -> None:
    _, shown = withheld(text + "\n")
    assert len(shown) == len(text) + 1
    assert [value for value in hidden if value in shown] == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("本项目由陈大文同志负责，联系方式 13612345671。", ["陈大文", "13612345671"]),
        ("Contact: Zhang Wei, tel 13512345672", ["Zhang Wei", "13512345672"]),
        ("Contact person: Li Xiaoming  Fax: 021-62345678", ["Li Xiaoming", "62345678"]),
        ("分管领导 杨立新", ["杨立新"]),
        ("局长 钟离 13812345678", ["钟离", "13812345678"]),
        ("手机号码为13312345674", ["13312345674"]),
        ("联系电话是：021-62345678", ["62345678"]),
        ("张先生 １３１１２３４５６７７", ["１３１１２３４５６７７"]),
        ("家庭住址：北京市西城区红莲胡同12号", ["红莲胡同12号"]),
        ("现住址 上海市普陀区某某路8弄3号501室", ["某某路8弄3号501室"]),
        ("工号：20180123 姓名：华罗庚", ["20180123", "华罗庚"]),
        ("联络员：戚继光 13012345680", ["戚继光", "13012345680"]),
        ("项目责任人谢安石，联系电话1301234\n5681", ["谢安石", "1301234", "5681"]),
        ("项目经理：柏杨杨 手机15912345682", ["柏杨杨", "15912345682"]),
        ("窦先生（15712345684）负责解释本预算。", ["15712345684"]),
        ("TEL：010-68851235 FAX：010-68851236", ["68851235", "68851236"]),
        ("请向柳如是女士咨询", ["柳如是"]),
        ("邮箱 zhangwei（at）bjxch.gov.cn", ["zhangwei"]),
        ("来信请寄 someone[at]example.com。", ["someone"]),
        ("身份证 110102197001011234", ["110102197001011234"]),
        ("参加人 11010219700101123X 已核对", ["11010219700101123X"]),
        ("银行卡号 6222 0200 1234 5678 901", ["6222", "5678", "901"]),
        ("账号：6222020012345678901", ["6222020012345678901"]),
        ("王小明+86 138-1234-5678", ["王小明", "138-1234-5678"]),
        ("如需了解，13912345678。", ["13912345678"]),
    ],
)
def test_contacts_are_known_by_their_shape_and_their_sentence_too(text: str, hidden: list[str]) -> None:
    _, shown = withheld(text + "\n")
    assert len(shown) == len(text) + 1
    assert [value for value in hidden if value in shown] == []


def test_columns_below_labels_of_contacts_are_hidden() -> None:
    rows = [
        ["序号", "姓名", "联系电话", "经费"],
        ["1", "柏杨杨", "62345678", "12345678"],
        ["2", "钟离春", "13812345678", "87654321"],
    ]
    source = document("一、名单", rows)
    context = Context(source, Ledger(source.text), Extraction(source.disclosure_id))
    withhold(context)
    shown = context.extraction.masked_text
    assert [value for value in ("柏杨杨", "62345678", "钟离春", "13812345678") if value in shown] == []
    assert "12345678" in shown and "87654321" in shown


@pytest.mark.parametrize(
    "text",
    [
        "行政运行 13812345678.00 13912345678.00",
        "行政运行 13,812,345,678 0 0",
        "资金总额 13812345678",
        "以习近平同志为核心的党中央",
        "由全体同志共同负责",
        "文号 京财预〔2022〕13812 号",
        "2101102 事业单位医疗 1,234.56",
        "领导 班子",
        "统一社会信用代码 11110102000057849A",
        "责任人明确，措施到位",
        "合同编号 2022-0137-8123-4567",
    ],
)
def test_amounts_codes_and_document_numbers_are_kept_whatever_their_shape(text: str) -> None:
    assert withheld(text + "\n")[1] == text + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "电话费 1,234.56 元，邮电费 61239876 元",
        "主要负责人履行职责",
        "负责人员培训 30 人",
        "项目负责人培训班 2 期",
        "联系电话费 5.00",
        "各项目负责人应当于2022年11月前完成",
        "联系人大代表工作",
        "审核人员经费 120000 元",
        "单位负责人 1 人，工作人员 30 人",
        "手机补贴 13800 元",
        "编制人数 120",
        "经办人员 12 人",
        "主任科员 3 人",
        "微信公众号推送 100 期",
        "传真机 2 台，电话 5 部",
        "信息公开电话：见附件",
        "项目负责人制度",
        "电话会议费 12345678.00 元",
        "填报单位：西城区政府外办",
        "审核：通过",
        "会计核算中心",
        "会计：事业单位会计制度",
        "合计 13812345678",
        "13812345678.90",
        "总额 13800001111 元",
        "010-5000",
        "编制：行政编制 14 人",
        "局长：负责全局工作",
        "领导：班子成员",
        "主要用车：主要负责人用车 1 辆",
        "主管部门及代码 西城区政府外办 292001",
        "单位负责人用车0辆",
        "项目负责单位：财务科",
        "实施周期 2024-2026",
        "投诉举报电话受理 100 件",
        "负责人：由局长兼任",
        "联系人：各科室",
        "项目负责人：见附表",
        "会计 2 人，出纳 1 人",
        "主任：主持全面工作",
    ],
)
def test_common_words_and_amounts_are_kept(text: str) -> None:
    assert withheld(text + "\n")[1] == text + "\n"


def _rows(name: str) -> list[str]:
    path = Path(__file__).with_name(f"contacts_{name}.tsv")
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def wordings() -> list[tuple[str, list[str]]]:
    """Invented wordings, each with what may be published of none of them."""
    pairs = (line.rsplit("\t", 1) for line in _rows("hidden"))
    return [(text.replace("\\n", "\n").replace("\\t", "\t"), hidden.split("|")) for text, hidden in pairs]


@pytest.mark.parametrize(("text", "hidden"), wordings())
def test_many_wordings_are_hidden(text: str, hidden: list[str]) -> None:
    _, shown = withheld(text)
    assert len(shown) == len(text)
    assert all(value in text for value in hidden)
    assert [value for value in hidden if value in shown] == []


@pytest.mark.parametrize("text", _rows("kept"))
def test_many_look_alikes_are_kept(text: str) -> None:
    assert withheld(text)[1] == text


def test_there_are_a_hundred_of_each() -> None:
    assert len(wordings()) >= 100
    assert len(set(_rows("kept"))) >= 100
