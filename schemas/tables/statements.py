"""A fact stated in prose, or a count that a table of amounts prints."""

from schemas.tables.fields import Flag, Integer, Keys, Placed, Precision, Quantity, Text, column, describe


class Statements(Placed):
    """A fact stated in prose, or a count that a table of amounts prints."""

    statement_id: Text = column("事实编号", "Id of the fact", null=False)
    section_path: Text = column("章节", "Headings above, joined with /; the title of the table for a count in one")
    sentence_id: Text = column("句编号", "The sentence; null for a count in a table")
    metric: Text = column("指标", "What the fact is about", one_of="metric", null=False)
    subject: Text = column("对象", "What narrows the metric")
    function_code: Text = column("功能分类编码", "Code of the functional classification")
    fund: Text = column("资金性质", "Budget it is about", one_of="fund")
    direction: Text = column("收支方向", "Revenue or expenditure", one_of="direction")
    fiscal_year: Integer = column("财政年度", "Year it is about", unit="year")
    comparison: Flag = column("比较数", "True where the year is not the disclosure's own")
    phase: Text = column("阶段", "Phase of the budget cycle", one_of="phase")
    as_of: Text = column("时点", "ISO date or year of a holding")
    kind: Text = column("事实类型", "Kind of fact", one_of="statement_kind", null=False)
    value: Quantity = column("值", "Value in the unit; a decrease is negative")
    value_text: Text = column("文字值", "Value that is words, or a whole whose words matter")
    unit: Text = column("计量单位", "Unit of the value", one_of="statement_unit")
    printed: Text = column("原文", "The value as printed")
    printed_unit: Text = column("原文单位", "Unit as printed")
    precision: Precision = column("精度", "What one unit of the last printed digit is worth, in the unit")
    base_year: Integer = column("基年", "Year compared with", unit="year")
    base_phase: Text = column("基期阶段", "Phase compared with, where the text names it", one_of="phase")
    derived_from: Text = column("依据", "Statement that it rests on")
    reason: Text = column("原因", "Reason that the text gives")


SPEC = describe(
    "statements",
    Statements,
    "文字陈述的事实",
    Keys(
        ("statement_id",),
        (
            ("disclosure_id", "disclosures"),
            ("derived_from:statement_id", "statements"),
        ),
    ),
    first=(
        "statement_id",
        "disclosure_id",
        "disclosure_year",
        "section_path",
        "sentence_id",
        "metric",
        "subject",
        "function_code",
        "fund",
        "direction",
        "fiscal_year",
        "comparison",
        "phase",
        "as_of",
        "kind",
        "value",
        "value_text",
        "unit",
        "printed",
        "printed_unit",
        "precision",
        "base_year",
        "base_phase",
        "derived_from",
        "reason",
    ),
)
