"""Text as ``pdftotext -layout`` gives it, held against the same document read as PDF."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter

import pytest

from tests.documents import read, real

DOCUMENTS = [
    "2024-budget-social-welfare-home-unit.pdf",
    "2024-budget-wanli-subdistrict-department.pdf",
    "2024-final-accounts-social-work-department.pdf",
    "2025-budget-government-office-department.pdf",
    "2025-budget-wanli-subdistrict-department.pdf",
    "2026-budget-justice-bureau-unit.pdf",
]
WHAT = ("table_code", "row_kind", "direction", "item_path", "function_code", "government_economic_code")
WHAT += ("department_economic_code", "measure", "fund", "revenue_source", "fiscal_year", "phase", "amount")
STATED = ("metric", "subject", "fund", "fiscal_year", "kind", "value", "unit", "printed")


@pytest.fixture(scope="module", params=DOCUMENTS)
def both(request, tmp_path_factory):
    """What is extracted of a real PDF, and of its text as pdftotext lays it out."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path_factory.mktemp("laid-out") / request.param
    path.write_bytes(data := real(f"shanghai-putuo/{request.param}"))
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout
    return read(data, request.param), read(text, "x.txt")


@pytest.mark.slow
def test_text_gives_the_lines_that_the_pdf_gives(both):
    as_pdf, as_text = (
        Counter(tuple(getattr(row, column) for column in WHAT) for row in made.rows.budget_lines) for made in both
    )
    assert as_text == as_pdf
    assert as_pdf


@pytest.mark.slow
def test_sentences_below_the_last_table_state_what_they_state_in_the_pdf(both):
    """Prose that begins on the page after the table of three public expenses is no row of it."""
    as_pdf, as_text = both
    stated = [tuple(getattr(row, column) for column in STATED) for row in as_text.rows.statements]
    assert stated == [tuple(getattr(row, column) for column in STATED) for row in as_pdf.rows.statements]
    assert [row.printed for row in as_text.rows.numbers if row.class_ == "unclaimed"] == []


INCOME_BY_ITEM = """某某部2024年部门预算
\f                                        部门收入总表
                                                                                                                             单位：万元
               科目                    合计       上年结转    一般公共预算    政府性基金预算   国有资本经营         事业收入          事业单位   其他收入
                                                       拨款收入       拨款收入    预算拨款收入                       经营收入
   科目编码   科目名称                                                                       金额     其中：教育收费
   206    科学技术支出                  1,160.00   70.00     840.00                      200.00     15.00   30.00    20.00
  20602     基础研究                  1,160.00   70.00     840.00                      200.00     15.00   30.00    20.00
 2060201     机构运行                 1,160.00   70.00     840.00                      200.00     15.00   30.00    20.00
   合计                             1,160.00   70.00     840.00                      200.00     15.00   30.00    20.00
\f"""


def test_a_part_named_in_the_header_begins_no_row_and_blank_columns_keep_their_words():
    lines = read(INCOME_BY_ITEM.encode(), "x.txt").rows.budget_lines
    first = [line for line in lines if line.function_code == "206"]
    assert [(line.measure, line.fund, line.revenue_source, line.printed) for line in first] == [
        ("total", None, None, "1,160.00"),
        ("carried_over", None, None, "70.00"),
        ("total", "general_public_budget", None, "840.00"),
        ("total", None, "operating_undertaking", "200.00"),
        ("total", None, "education_fees", "15.00"),
        ("total", None, "business_operation", "30.00"),
        ("total", None, "other", "20.00"),
    ]
    assert {line.function_code for line in lines} == {"206", "20602", "2060201", None}


INCOME_BY_UNIT = """某某局2024年部门预算
\f                                        收入总表
                                                                                                                                      单位：万元
部门（单位）代码      部门（单位）名称         合计                                     本年收入                                                 上年结转结余
                                              小计           一般公共预算      政府性基金   国有资本   财政专户      事业收入         小计          一般公共      政府性      单位资金
                                                                         预算    经营预算   管理资金                                预算      基金预算
012001      北京市朝阳区某某局本级   1,344.567890   1,244.567890   1,234.567890                         10.000000   100.000000   90.000000          10.000000
012002      北京市朝阳区某某局中心   1,344.567890   1,244.567890   1,234.567890                         10.000000   100.000000   90.000000          10.000000
012003      北京市朝阳区某某局学校   1,344.567890   1,244.567890   1,234.567890                         10.000000   100.000000   90.000000          10.000000
合计                           1,344.567890   1,244.567890   1,234.567890                         10.000000   100.000000   90.000000          10.000000
\f"""


def test_a_balance_stands_over_its_words_of_one_line_and_of_two():
    lines = read(INCOME_BY_UNIT.encode(), "x.txt").rows.budget_lines
    assert [(line.measure, line.fund, line.revenue_source, line.printed) for line in lines[:7]] == [
        ("total", None, None, "1,344.567890"),
        ("current_year", None, None, "1,244.567890"),
        ("current_year", "general_public_budget", None, "1,234.567890"),
        ("current_year", None, "operating_undertaking", "10.000000"),
        ("carried_over", None, None, "100.000000"),
        ("carried_over", "general_public_budget", None, "90.000000"),
        ("carried_over", None, "other", "10.000000"),
    ]


EXPENSES_OVER_TWO_PAGES = """某市某局2024年部门预算
\f一般公共预算“三公”经费支出表
                                               单位：万元
项目                                            预算数
合计                                         92.63
1.因公出国（境）费用                                0.00
2.公务接待费                                    67.32
3.公务用车购置及运行费                               25.31
                      - 12 -
\f        某市某区财政局2024年部门预算

（1）公务用车购置费                                 0.00
（2）公务用车运行费                                 25.31
"""


def test_a_running_head_above_a_label_that_an_ordinal_begins_is_no_part_of_it():
    extraction = read(EXPENSES_OVER_TWO_PAGES.encode())
    assert [line.item for line in extraction.rows.budget_lines][-2:] == ["公务用车购置费", "公务用车运行费"]


DASHES_FOR_NO_AMOUNT = """某市某局2023年度部门决算
\f                           收入支出决算总表
                  单位：万元
收入                                   支出
项目                        金额         项目            金额
一、一般公共预算财政拨款收入            3,271.90   一、社会保障和就业支出   964.78
二、政府性基金预算财政拨款收入           537.90     二、卫生健康支出      404.61
三、上级补助收入                  －          三、城乡社区支出      537.90
四、事业收入                    0.00       四、农林水支出       1,902.51
总计                        3,809.80   总计            3,809.80
"""


def test_a_dash_stands_in_the_column_that_has_no_amount_and_in_no_label():
    extraction = read(DASHES_FOR_NO_AMOUNT.encode())
    items = [line.item for line in extraction.rows.budget_lines]
    assert len(items) == 9
    assert "城乡社区支出" in items
    assert "上级补助收入" not in items
