"""Text laid out with spaces whose columns were not told apart gives no amount at all rather than some in wrong places."""

from __future__ import annotations

from tests.documents import read

TABLE = """\
某市某局2023年度部门决算
\f                                        一般公共预算财政拨款基本支出决算明细表
                                                                                          单位：万元
                             人员经费                                                                                           公用经费
    科目                   科目名称                   决算数          科目                   科目名称                   决算数          科目                   科目名称                   决算数
    编码                                                              编码                                                              编码
     301      工资福利支出                              2,000.00       302      商品和服务支出                              288.00       307      债务利息及费用支出
    30101     基本工资                                    900.10      30201     办公费                                      100.10      30701     国内债务付息
    30102     津贴补贴                                    700.20      30202     印刷费                                        7.90       310      资本性支出                                   62.00
    30103     奖金                                        399.70      30211     差旅费                                       80.00      31001     房屋建筑物购建
     303      对个人和家庭的补助                          100.00      30217     公务接待费                                    2.50      31002     办公设备购置                                 12.00
    30302     退休费                                       60.50      30231     公务用车运行维护费                            9.50      31003     专用设备购置                                 50.00
                  人员经费合计                          2,100.00                                                     公用经费合计                                                             350.00
"""


def test_groups_that_run_into_one_another_are_withheld_as_a_whole():
    extraction = read(TABLE.encode())
    published = {(line["printed"], line.get("department_economic_code")) for line in extraction.rows["budget_lines"]}
    codes = {"307", "310", "30701", "31001", "31002", "31003"}
    assert not codes & {printed for printed, _ in published}, "a code is no amount"
    assert published in (set(), {line for line in published if line[1]}), "all rows have their codes, or none is there"
    assert extraction.disclosure["status"] == ("complete" if published else "partial")
