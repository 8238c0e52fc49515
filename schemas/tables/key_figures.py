"""The figures that people ask for first: one a body, year, phase, scope and figure."""

from schemas.tables.fields import Flag, Integer, Keys, Money, OfDisclosure, Text, column, describe


class KeyFigures(OfDisclosure):
    """A figure that people ask for first, as one record of the disclosure prints it."""

    figure_id: Text = column("关键数字编号", "Id of the figure", null=False)
    entity_key: Text = column("机构标识", "The body, as in disclosures")
    entity_name: Text = column("机构名称", "Name of the body")
    division_code: Text = column("行政区划代码", "Division of the body (GB/T 2260)")
    scope: Text = column("范围", "Department or unit", one_of="scope")
    stage: Text = column("预算或决算", "Budget or final accounts", one_of="stage")
    preferred: Flag = column("取用", "True where the disclosure is the one of its series to take", null=False)
    figure: Text = column("关键数字", "Which figure it is", one_of="figure", null=False)
    fiscal_year: Integer = column("财政年度", "Year that the amount is about", unit="year")
    comparison: Flag = column("比较数", "True where the year is not the disclosure's own")
    phase: Text = column("阶段", "Phase of the budget cycle", one_of="phase")
    fund: Text = column("资金性质", "Budget that the amount belongs to", one_of="fund")
    amount: Money = column("金额", "Amount as the owner prints it", unit="CNY", null=False)
    basis: Text = column("依据", "Where it is printed", one_of="figure_basis", null=False)
    agrees: Flag = column(
        "表文一致", "Whether table and prose agree as exactly as both are printed; null where one says it"
    )
    owner_table: Text = column("所属表", "Table of the record that prints it", null=False)
    owner_id: Text = column("所属记录", "Id of the record that prints it", null=False)
    other_table: Text = column("另一处的表", "Table of the record that prints it, too")
    other_id: Text = column("另一处的记录", "Id of the record that prints it, too")


SPEC = describe(
    "key_figures",
    KeyFigures,
    "关键数字",
    Keys(("figure_id",), (("disclosure_id", "disclosures"),)),
    first=(
        "figure_id", "disclosure_id", "disclosure_year", "entity_key", "entity_name", "division_code", "scope", "stage",
        "preferred", "figure", "fiscal_year", "comparison", "phase", "fund", "amount", "basis", "agrees", "owner_table",
        "owner_id", "other_table", "other_id",
    ),
)  # fmt: skip
