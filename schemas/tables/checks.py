"""A rule evaluated."""

from schemas.tables.fields import Flag, Keys, OfDisclosure, Quantity, Text, column, describe


class Checks(OfDisclosure):
    """A rule evaluated."""

    check_id: Text = column("核对编号", "Id of the check", null=False)
    other_disclosure_id: Text = column("另一文件", "The other disclosure of a rule across documents")
    rule_id: Text = column("规则", "The rule", null=False)
    family: Text = column("规则类别", "Family of the rule", one_of="family")
    subject: Text = column("对象", "What the rule was applied to")
    unit: Text = column("计量单位", "Unit of the values")
    left_value: Quantity = column("左值", "Left side")
    right_value: Quantity = column("右值", "Right side")
    difference: Quantity = column("差额", "Left minus right")
    tolerance: Quantity = column("容差", "Difference that rounding explains")
    rounding_only: Flag = column("可能仅为舍入", "The operands' own digits may explain the difference")
    status: Text = column("核对结果", "Pass, fail or not applicable", one_of="check_status", null=False)
    severity: Text = column("严重程度", "Severity of a failure", one_of="severity", null=False)
    message_zh: Text = column("说明（中文）", "Message in Chinese")
    message_en: Text = column("说明（英文）", "Message in English")


SPEC = describe(
    "checks",
    Checks,
    "核对",
    Keys(
        ("check_id",),
        (
            ("disclosure_id", "disclosures"),
            ("other_disclosure_id:disclosure_id", "disclosures"),
        ),
    ),
    first=(
        "check_id",
        "rule_id",
        "disclosure_id",
        "disclosure_year",
        "other_disclosure_id",
        "family",
        "subject",
        "unit",
        "left_value",
        "right_value",
        "difference",
        "tolerance",
        "rounding_only",
        "status",
        "severity",
        "message_zh",
        "message_en",
    ),
)
