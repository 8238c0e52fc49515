"""Names of codes as printed."""

from schemas.tables.fields import Flag, Integer, Keys, Table, Text, column, describe


class CodeNames(Table):
    """Names of codes as printed."""

    scheme: Text = column("分类体系", "Official classification", one_of="scheme", null=False)
    code: Text = column("编码", "Code", null=False)
    name: Text = column("名称", "Name as printed", null=False)
    disclosure_year: Integer = column("公开年度", "Year of the disclosures", unit="year")
    documents: Integer = column("文件数", "Disclosures that print the name", null=False)
    official: Flag = column(
        "与官方一致",
        "True where it is the code's official name in that year, false where another is; null where the list has none for it",
    )


SPEC = describe(
    "code_names",
    CodeNames,
    "印刷名称",
    Keys(
        (
            "scheme",
            "code",
            "name",
            "disclosure_year",
        ),
        (),
    ),
    first=(
        "scheme",
        "code",
        "name",
        "disclosure_year",
        "documents",
        "official",
    ),
)
