"""Who a document is of, for which year, at which stage and scope: title, captions, tables and prose weighed."""

from __future__ import annotations

import pytest

from pipeline.extract.identity.bodies import key_of
from tests.documents import BUNDLED, bundled, read, real
from tests.extract.identity.texts import ACCOUNTS, INCOME, budget, read_text


def test_the_bundled_document_is_one_body_however_it_names_itself():
    row = bundled().disclosure
    assert row.entity_name == "北京市西城区人民政府外事办公室"
    assert row.entity_short_name == "区政府外办"
    assert (row.entity_code, row.division_code) == ("292001", "110102")
    names = ("北京市西城区人民政府外事办公室", "北京市西城区政府外事办公室", "西城区政府外办", "区政府外办")
    assert {key_of(name, "110102") for name in names} == {row.entity_key}
    assert (row.disclosure_year, row.stage, row.scope) == (2022, "budget", "department")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中共上海市普陀区委社会工作部", "中国共产党上海市普陀区委员会社会工作部"),
        ("上海市普陀区人民政府万里街道办事处（部门）", "普陀区万里街道"),
        ("北京市朝阳区教委", "北京市朝阳区教育委员会"),
        ("政协上海市普陀区委员会办公室", "中国人民政治协商会议上海市普陀区委员会办公室"),
        ("上海市普陀区人大常委会办公室", "上海市普陀区人民代表大会常务委员会办公室"),
        ("上海市普陀区司法局（本级）", "上海市普陀区司法局"),
    ],
)
def test_names_of_one_body_join(one, other):
    assert key_of(one, "310107") == key_of(other, "310107")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海市普陀区人民政府办公室", "中共上海市普陀区委办公室"),
        ("上海市普陀区政府办公室", "上海市普陀区信访办公室"),
        ("上海市普陀区市场监督管理局", "上海市普陀区监督管理局"),
        ("上海市普陀区教育局", "上海市普陀区教育学院"),
    ],
)
def test_names_of_two_bodies_do_not_join(one, other):
    assert key_of(one, "310107") != key_of(other, "310107")


def test_without_a_division_bodies_of_two_places_stay_apart():
    assert key_of("朝阳区教委", None) != key_of("海淀区教委", None)


def test_a_title_in_pieces_over_the_cover_is_put_together():
    row = read(real("shanghai-putuo/2024-final-accounts-social-work-department.pdf"), "x.pdf").disclosure
    assert row.title == "中共上海市普陀区委社会工作部2024年度部门决算"
    assert row.entity_name == "中共上海市普陀区委社会工作部"
    assert row.entity_key == "310107:委社会工作部"


@pytest.mark.parametrize(
    ("name", "title", "entity", "year", "stage", "scope"),
    [
        ("2024-budget-social-welfare-home-unit.pdf", "上海市普陀区社会福利院2024年单位预算", "上海市普陀区社会福利院",
         2024, "budget", "unit"),
        ("2025-budget-government-office-department.pdf", "上海市普陀区2025年区级部门预算",
         "上海市普陀区人民政府办公室", 2025, "budget", "department"),
        ("2026-budget-justice-bureau-unit.pdf", "上海市普陀区2026年区级单位预算", "上海市普陀区司法局",
         2026, "budget", "unit"),
    ],
)  # fmt: skip
def test_real_documents_are_who_they_say(name, title, entity, year, stage, scope):
    row = read(real(f"shanghai-putuo/{name}"), "x.pdf").disclosure
    assert (row.title, row.entity_name) == (title, entity)
    assert (row.disclosure_year, row.stage, row.scope) == (year, stage, scope)
    assert (row.division_code, row.identity_note) == ("310107", None)


@pytest.mark.parametrize(
    ("cover", "title", "entity"),
    [
        ("苏州市吴中区城市管理局\n2023 年 部 门 预 算\n目  录", "苏州市吴中区城市管理局2023年部门预算", "苏州市吴中区城市管理局"),
        ("苏州市吴中区\n城 市 管 理 局\n2023年度\n部门预算公开\n二〇二三年二月", "苏州市吴中区城市管理局2023年度部门预算公开",
         "苏州市吴中区城市管理局"),
        ("2023年苏州市吴中区城市管理局部门预算", "2023年苏州市吴中区城市管理局部门预算", "苏州市吴中区城市管理局"),
        ("二〇二三年度部门预算\n部门名称：苏州市吴中区城市管理局", "二〇二三年度部门预算", "苏州市吴中区城市管理局"),
        ("关于苏州市吴中区城市管理局2023年部门预算公开的说明", "关于苏州市吴中区城市管理局2023年部门预算公开的说明",
         "苏州市吴中区城市管理局"),
        # web pages print their title over the text, which begins with it, too
        ("苏州市吴中区城市管理局2023年部门预算公开\n苏州市吴中区城市管理局2023年部门预算公开",
         "苏州市吴中区城市管理局2023年部门预算公开", "苏州市吴中区城市管理局"),
        ("2023年部门预算公开\n苏州市吴中区城市管理局2023年部门预算", "苏州市吴中区城市管理局2023年部门预算",
         "苏州市吴中区城市管理局"),
        ("监督索引号53032507036001000\n苏州市吴中区城市管理局2023年部门预算", "苏州市吴中区城市管理局2023年部门预算",
         "苏州市吴中区城市管理局"),
    ],
)  # fmt: skip
def test_titles_of_many_shapes(cover, title, entity):
    row = read_text(budget(cover))
    assert (row.title, row.entity_name) == (title, entity)
    assert (row.disclosure_year, row.stage, row.division_code) == (2023, "budget", "320506")


@pytest.mark.parametrize(
    "caption",
    ["编制部门：苏州市吴中区城市管理局", "部门名称（盖章）：苏州市吴中区城市管理局", "编 制 单 位 ：苏州市吴中区城市管理局",
     "公开部门:苏州市吴中区城市管理局", "单位名称：[301001]苏州市吴中区城市管理局"],
)  # fmt: skip
def test_captions_name_the_body_where_no_title_does(caption):
    row = read_text(budget("", lead="2023年", caption=caption))
    assert row.entity_name == "苏州市吴中区城市管理局"
    assert row.title is None
    assert row.disclosure_year == 2023
    assert row.entity_code == ("301001" if "[" in caption else None)


def test_the_table_titles_outvote_a_falsified_cover():
    tables = INCOME + INCOME.replace("收支总表", "收入总表") + INCOME.replace("收支总表", "支出总表")
    prose = "2023年收入预算120.50万元，比2022年收入预算110.00万元增加10.50万元。"
    row = read_text(budget("苏州市吴中区城市管理局2021年部门预算", lead="2023年", tables=tables, prose=prose))
    assert row.disclosure_year == 2023
    assert "2021" in row.identity_note
    assert "title" in row.identity_note


def test_a_year_that_nothing_settles_stays_open():
    row = read_text(budget("苏州市吴中区城市管理局部门预算"))
    assert row.disclosure_year is None


def test_dates_and_years_compared_with_are_not_the_year():
    prose = "2022年度收入决算120.50万元，与2021年度决算110.00万元相比增加。"
    row = read_text(budget("苏州市吴中区城市管理局2022年度部门决算\n2023年8月31日", tables=ACCOUNTS, prose=prose))
    assert (row.disclosure_year, row.stage) == (2022, "final_accounts")


@pytest.mark.parametrize(
    ("cover", "scope"),
    [
        ("苏州市吴中区城市管理局2023年部门预算", "department"),
        ("苏州市吴中区城市管理局2023年单位预算", "unit"),
        ("苏州市吴中区城市管理局（本级）2023年部门预算", "unit"),
        ("苏州市吴中区城市管理局（汇总）2023年部门预算", "department"),
    ],
)
def test_scope_of_the_title(cover, scope):
    row = read_text(budget(cover))
    assert row.scope == scope
    assert row.entity_name == "苏州市吴中区城市管理局"


def test_words_of_the_form_say_nothing_against_a_title_that_names_a_unit():
    prose = "第二部分 2023年部门预算表\n第三部分 2023年部门预算情况说明\n一、部门收支总表\n二、部门收入总表\n"
    row = read_text(budget("苏州市吴中区城市管理局2023年单位预算", lead="部门", caption="部门：", prose=prose))
    assert row.scope == "unit"
    assert "scope" not in (row.identity_note or "")


def test_two_scopes_of_one_body_are_one_entity_and_two_series():
    whole = read_text(budget("苏州市吴中区城市管理局2023年部门预算"))
    own = read_text(budget("苏州市吴中区城市管理局（本级）2023年单位预算"))
    assert whole.entity_key == own.entity_key == "320506:城市管理局"
    assert whole.series_id != own.series_id


def test_sources_toml_goes_before_the_text_and_a_contradiction_is_said():
    row = read_text(
        budget("苏州市吴中区城市管理局2023年部门预算"), disclosure_year="2024", division_code="310107", scope="unit"
    )
    assert (row.disclosure_year, row.division_code, row.scope) == (2024, "310107", "unit")
    for said in ("disclosure_year: sources.toml says 2024, the document says 2023", "division_code", "scope"):
        assert said in row.identity_note


@pytest.mark.parametrize(
    ("caption", "prose", "said"),
    [
        ("编制单位：缙云县交通运输局", "", True),
        ("编制单位：苏州市吴中区城市管理局（盖章）", "", False),
        ("编制单位：吴中区城市管理局", "", False),
        ("编制单位：苏州市吴中区环境卫生管理站", "本部门包括苏州市吴中区环境卫生管理站等2家单位。", False),
        ("单位名称：苏州市吴中区环境卫生管理站", "", False),
    ],
)
def test_another_body_on_the_unit_line_of_a_table_is_said(caption, prose, said):
    row = read_text(budget("苏州市吴中区城市管理局2023年部门预算", caption=caption, prose=prose))
    assert row.entity_name == "苏州市吴中区城市管理局"
    assert ("captions of tables" in (row.identity_note or "")) is said


def test_what_sources_toml_adds_without_contradiction_needs_no_note():
    row = read_text(budget("", lead="2023年", caption="编制部门：区城市管理局"), division_code="320506", title="甲")
    assert (row.title, row.identity_note) == ("甲", None)


def test_a_printed_correction_is_told():
    row = read_text(budget("苏州市吴中区城市管理局2023年部门预算（更正）"))
    assert row.correction == "更正"


def test_a_short_name_in_the_title_and_the_full_one_in_a_heading_are_one_body():
    cover = "汨罗市法院2017年部门决算公开\n第一部分 湖南省汨罗市人民法院概况"
    row = read_text(budget(cover, tables=ACCOUNTS))
    assert (row.entity_name, row.entity_key) == ("湖南省汨罗市人民法院", "430681:人民法院")


@pytest.mark.parametrize(
    ("cover", "title"),
    [
        ("2023年度部门决算\n单位名称：北京市通州区司法局", "2023年度部门决算"),
        ("2022 年度\n\n部门决算\n\n公开部门：北京市通州区司法局", "2022年度部门决算"),
        ("北京市通州区司法局\n2020 年部门决算\n保密审查情况：已审查\n部门主要负责人审签情况：已审签", "北京市通州区司法局2020年部门决算"),
        ("当前位置：首页 > 政务公开 > 预决算\n北京市通州区司法局2021年部门决算\n发布时间：2022-08-31 来源：区司法局", "北京市通州区司法局2021年部门决算"),
    ],
)  # fmt: skip
def test_covers_of_regions_seen(cover, title):
    row = read_text(budget(cover, tables=ACCOUNTS))
    assert (row.title, row.entity_name) == (title, "北京市通州区司法局")
    assert row.disclosure_year == int(title.replace("北京市通州区司法局", "")[:4])
    assert (row.stage, row.division_code) == ("final_accounts", "110112")


def test_a_short_form_belongs_to_the_body_that_it_stands_beside():
    prose = "根据《中华人民共和国预算法》（以下简称预算法），苏州市吴中区城市管理局（以下简称“区城管局”）编制2023年部门预算。"
    row = read_text(budget("苏州市吴中区城市管理局2023年部门预算", prose=prose))
    assert row.entity_short_name == "区城管局"


def test_a_name_that_is_a_placeholder_is_no_name():
    row = read_text(budget("苏州市XX局2023年部门预算", caption="编制部门：苏州市吴中区城市管理局"))
    assert row.entity_name == "苏州市吴中区城市管理局"


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        (lambda s: s.replace("（简称区政府外办）", ""), "entity_name", "北京市西城区人民政府外事办公室"),
        (lambda s: s.replace("（简称区政府外办）", ""), "entity_short_name", None),
        (lambda s: s.replace("2022", "2024").replace("2021", "2023"), "disclosure_year", 2024),
        (lambda s: "北京市西城区人民政府外事办公室2023年部门预算\n" + s, "disclosure_year", 2022),
        (lambda s: s.replace("2022年", ""), "disclosure_year", 2022),
        (lambda s: s[s.index("第二部分") :] + s[: s.index("第二部分")], "entity_key", "110102:外事办公室"),
        (lambda s: s.replace("部门预算", "单位预算"), "scope", "unit"),
        (lambda s: s.replace("西城区", "朝阳区"), "entity_key", "110105:外事办公室"),
        (lambda s: s.replace("北京市", ""), "division_code", None),
        (lambda s: s[: s.index("单位：万元")], "status", "partial"),
    ],
)
def test_the_bundled_document_changed(change, column, value):
    assert getattr(read_text(change(BUNDLED.read_text(encoding="utf-8"))), column) == value


@pytest.mark.parametrize(
    ("cover", "key", "year", "stage"),
    [
        ("广西壮族自治区南宁市第二中学\n2023年单位预算公开", "450100:第二中学", 2023, "budget"),
        ("教育部2024年部门预算", "unknown:教育部", 2024, "budget"),
        ("昆山市周庄镇人民政府2023年部门预算", "320583:周庄镇人民政府", 2023, "budget"),
        ("附件1：\n重庆市云阳县人民法院2024年部门预算情况说明", "500235:人民法院", 2024, "budget"),
        ("附件\n\n2024年度\n\n成都市双流区审计局\n\n部门决算", "510116:审计局", 2024, "final_accounts"),
        ("中国共产党长沙市委员会组织部2024年部门预算", "430100:委组织部", 2024, "budget"),
        ("伊犁州伊宁市财政局2021年度部门决算公开说明", "654002:财政局", 2021, "final_accounts"),
        ("2024年度\n部门决算公开\n\n部门名称：共青团漯河市委员会", "411100:共青团委", 2024, "final_accounts"),
        ("2024年部门预算公开\n编制单位：（盖章）苏州市吴中区城市管理局\n编制日期：2024年2月1日", "320506:城市管理局", 2024, "budget"),
        ("天津市和平区卫生健康委员会2022年度部门决算（汇总）|", "120101:卫生健康委员会", 2022, "final_accounts"),
        ("2024年苏州市吴中区本级部门预算\n部门：苏州市吴中区城市管理局", "320506:城市管理局", 2024, "budget"),
        ("襄樊市教育局2009年部门预算", "420600:教育局", 2009, "budget"),
        # Two disclosures in one: which year and stage is it for? Nothing tells.
        ("苏州市吴中区城市管理局\n2023年度部门决算和2024年部门预算公开", "320506:城市管理局", None, None),
    ],
)  # fmt: skip
def test_bodies_of_many_kinds_and_places(cover, key, year, stage):
    row = read_text(budget(cover, tables=ACCOUNTS if stage == "final_accounts" else INCOME))
    assert (row.entity_key, row.disclosure_year, row.stage) == (key, year, stage)
