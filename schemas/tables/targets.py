"""A quantity inside an indicator."""

from schemas.tables.fields import Keys, Placed, Quantity, Text, column, describe


class Targets(Placed):
    """A quantity inside an indicator."""

    target_id: Text = column("目标值编号", "Id of the quantity", null=False)
    indicator_id: Text = column("指标编号", "The indicator", null=False)
    subject: Text = column("对象", "What the quantity is of")
    comparator: Text = column("比较关系", "How the value bounds the target", one_of="comparator")
    value: Quantity = column("值", "Value in the unit")
    unit: Text = column("计量单位", "Unit, money in yuan (CNY/场)")
    due_start: Text = column("起始期限", "First day or month, ISO")
    due_end: Text = column("截止期限", "Last day or month, ISO")
    basis: Text = column("依据", "Printed or inferred", one_of="target_basis")
    printed: Text = column("原文", "The quantity as printed")


SPEC = describe(
    "targets",
    Targets,
    "目标值",
    Keys(
        ("target_id",),
        (
            ("disclosure_id", "disclosures"),
            ("indicator_id", "indicators"),
        ),
    ),
    first=(
        "target_id",
        "indicator_id",
        "disclosure_id",
        "disclosure_year",
        "subject",
        "comparator",
        "value",
        "unit",
        "due_start",
        "due_end",
        "basis",
        "printed",
    ),
)
