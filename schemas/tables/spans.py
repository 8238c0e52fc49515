"""The pieces of assembled text."""

from schemas.tables.fields import Integer, Keys, Placed, Text, column, describe


class Spans(Placed):
    """The pieces of assembled text."""

    owner_table: Text = column("所属表", "Table of the record", null=False)
    owner_id: Text = column("所属记录", "Id of the record", null=False)
    field: Text = column("字段", "Column that holds the text", null=False)
    seq: Integer = column("序", "Position of the piece, from 0", null=False)


SPEC = describe(
    "spans",
    Spans,
    "文字片段",
    Keys(
        (
            "owner_table",
            "owner_id",
            "field",
            "seq",
        ),
        (("disclosure_id", "disclosures"),),
    ),
    first=(
        "owner_table",
        "owner_id",
        "field",
        "seq",
        "disclosure_id",
        "disclosure_year",
    ),
    csv=False,
)
