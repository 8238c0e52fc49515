"""What stood on the two sides of a check."""

from schemas.tables.fields import Integer, Keys, OfDisclosure, Quantity, Text, column, describe


class CheckOperands(OfDisclosure):
    """What stood on the two sides of a check."""

    check_id: Text = column("核对编号", "The check", null=False)
    side: Text = column("等式一侧", "Left or right", one_of="side", null=False)
    seq: Integer = column("序", "Position on the side", null=False)
    kind: Text = column("所在表", "Published table of the operand")
    id: Text = column("记录编号", "Id of the operand in that table")
    value: Quantity = column("值", "Value")
    coefficient: Quantity = column("系数", "Factor of the value")


SPEC = describe(
    "check_operands",
    CheckOperands,
    "核对的数值",
    Keys(
        (
            "check_id",
            "side",
            "seq",
        ),
        (
            ("check_id", "checks"),
            ("disclosure_id", "disclosures"),
        ),
    ),
    first=(
        "check_id",
        "side",
        "seq",
        "kind",
        "id",
        "value",
        "coefficient",
        "disclosure_id",
        "disclosure_year",
    ),
)
