"""The ledger: a numeric token of the source."""

from schemas.tables.fields import Float, Keys, Number, Placed, Text, column, describe


class Numbers(Placed):
    """The ledger: a numeric token of the source."""

    number_id: Text = column("数字编号", "Id of the token", null=False)
    printed: Text = column("原文", "The token as printed; null where withheld")
    read_by: Text = column("文字来源", "How its digits became text", one_of="read_by")
    confidence: Float = column("识别置信度", "Confidence of character recognition, 0 to 1; null for text")
    value: Number = column("值", "The number it writes; null where it writes none or is withheld")
    role: Text = column("作用", "What it says", one_of="number_role")
    # `class` is a word of the language, so the attribute has another name than the column.
    class_: Text = column("类别", "How it is accounted for", one_of="number_class", null=False, name="class")
    owner_table: Text = column("所属表", "Table of the record that owns it")
    owner_id: Text = column("所属记录", "Id of the record that owns it")
    x0: Float = column("左", "Left edge of its box", unit="point")
    top: Float = column("上", "Top edge of its box", unit="point")
    x1: Float = column("右", "Right edge of its box", unit="point")
    bottom: Float = column("下", "Bottom edge of its box", unit="point")


SPEC = describe(
    "numbers",
    Numbers,
    "数字账",
    Keys(("number_id",), (("disclosure_id", "disclosures"),)),
    first=(
        "number_id",
        "disclosure_id",
        "disclosure_year",
        "page",
        "line",
        "start",
        "end",
        "printed",
        "read_by",
        "confidence",
        "value",
        "role",
        "class",
        "owner_table",
        "owner_id",
    ),
    csv=False,
)
