"""An official code."""

from schemas.tables.fields import Integer, Keys, Table, Text, column, describe


class Classifications(Table):
    """An official code."""

    scheme: Text = column("分类体系", "Official classification", one_of="scheme", null=False)
    code: Text = column("编码", "Code: digits", null=False)
    name: Text = column("名称", "Official name", null=False)
    level: Text = column("级次", "Class, section or item", one_of="code_level", null=False)
    parent_code: Text = column("上级编码", "Code one level up")
    valid_from: Integer = column(
        "起用年度",
        "First year for which the name is established; it may be older where source says so",
        unit="year",
        null=False,
    )
    valid_to: Integer = column("停用年度", "Last year of validity; null while in force", unit="year")
    source: Text = column("出处", "Where the code is published")


SPEC = describe(
    "classifications",
    Classifications,
    "官方编码",
    Keys(
        (
            "scheme",
            "code",
            "valid_from",
        ),
        (),
    ),
    first=(
        "scheme",
        "code",
        "name",
        "level",
        "parent_code",
        "valid_from",
        "valid_to",
        "source",
    ),
)
