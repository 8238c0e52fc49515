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


def test_groups_side_by_side_are_told_apart_in_text_aligned_as_it_is_seen():
    extraction = read(TABLE.encode())
    published = {(line["printed"], line.get("department_economic_code")) for line in extraction.rows["budget_lines"]}
    assert published == {
        ("2,000.00", "301"),
        ("900.10", "30101"),
        ("700.20", "30102"),
        ("399.70", "30103"),
        ("100.00", "303"),
        ("60.50", "30302"),
        ("288.00", "302"),
        ("100.10", "30201"),
        ("7.90", "30202"),
        ("80.00", "30211"),
        ("2.50", "30217"),
        ("9.50", "30231"),
        ("62.00", "310"),
        ("12.00", "31002"),
        ("50.00", "31003"),
        ("2,100.00", None),
        ("350.00", None),
    }
    assert extraction.disclosure["status"] == "complete"


ALIGNED_AS_SEEN = """\
某市某局2023年度部门决算
\f                              一般公共预算财政拨款支出决算表
                                                                          单位：万元
              项目                                       本年支出
科目编码     科目名称                            小计        基本支出    项目支出
              合计                             3,098.52      2,450.00      648.52
201       一般公共服务支出                     1,997.02      1,450.00      547.02
20103     政府办公厅（室）及相关机构事务       1,997.02      1,450.00      547.02
2010301   行政运行                             1,450.00      1,450.00
2010302   一般行政管理事务                       547.02                    547.02
205       教育支出                                51.50                     51.50
20508     进修及培训                              51.50                     51.50
2050803   培训支出                                51.50                     51.50
208       社会保障和就业支出                   1,050.00      1,000.00       50.00
20805     行政事业单位养老支出                 1,050.00      1,000.00       50.00
2080505   机关事业单位基本养老保险缴费支出     1,050.00      1,000.00       50.00
"""


def _as_counted(text: str) -> str:
    """The same with as many spaces as put words in line where every character counts one."""
    lines = []
    for line in text.split("\n"):
        made, seen = "", 0
        for char in line:
            if char == " " or seen == len(made) or not made.endswith(" "):
                made += char
            else:
                made = made.ljust(seen) + char
            seen += 1 + (ord(char) > 0x2E80)
        lines.append(made)
    return "\n".join(lines)


def test_text_is_read_alike_whether_a_chinese_character_counts_one_or_two():
    seen, counted = (
        read(text.encode()).rows["budget_lines"] for text in (ALIGNED_AS_SEEN, _as_counted(ALIGNED_AS_SEEN))
    )
    assert len(seen) == 28
    columns = ("function_code", "item", "measure", "amount")
    assert [[row.get(c) for c in columns] for row in seen] == [[row.get(c) for c in columns] for row in counted]
    assert [row["measure"] for row in seen if row.get("function_code") == "2010302"] == ["subtotal", "project"]


def test_amounts_that_stand_in_line_by_neither_measure_are_withheld():
    rows = ALIGNED_AS_SEEN.split("\n")
    shifted = [" " * (7 * (at % 3)) + line if at > 6 else line for at, line in enumerate(rows)]
    extraction = read("\n".join(shifted).encode())
    exact = {
        (r.get("function_code"), r["measure"], r["printed"])
        for r in read(ALIGNED_AS_SEEN.encode()).rows["budget_lines"]
    }
    assert {(r.get("function_code"), r["measure"], r["printed"]) for r in extraction.rows["budget_lines"]} <= exact
