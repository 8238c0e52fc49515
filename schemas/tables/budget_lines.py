"""A printed amount of a table."""

from schemas.tables.fields import Flag, Integer, Keys, Money, Placed, Precision, Text, column, describe


class BudgetLines(Placed):
    """A printed amount of a table."""

    line_id: Text = column("金额编号", "Id of the amount", null=False)
    row_id: Text = column("行编号", "Id of the printed row that the amount stands in", null=False)
    table_id: Text = column("表编号", "The table", null=False)
    table_no: Integer = column("表序", "Position of the table in the body")
    table_code: Text = column("表的种类", "What the table is", one_of="table_code")
    row_no: Integer = column("行序", "Position of the row in the table, from 1")
    row_kind: Text = column("行的性质", "What the row is to the others", one_of="row_kind", null=False)
    direction: Text = column("收支方向", "Revenue or expenditure", one_of="direction")
    item: Text = column("项目", "Label of the row without its ordinal")
    item_path: Text = column("项目路径", "Labels above the row and its own, joined with /")
    function_code: Text = column("功能分类编码", "Code of the functional classification")
    function_name: Text = column("功能分类名称", "Name as printed")
    government_economic_code: Text = column(
        "政府经济分类编码", "Code of the economic classification of government budgets"
    )
    government_economic_name: Text = column("政府经济分类名称", "Name as printed")
    department_economic_code: Text = column(
        "部门经济分类编码", "Code of the economic classification of departmental budgets"
    )
    department_economic_name: Text = column("部门经济分类名称", "Name as printed")
    code_basis: Text = column("编码依据", "How the codes were established", one_of="code_basis")
    project: Text = column("项目名称", "Project that the row is about")
    unit_name: Text = column("单位名称", "Body within the department that the row is of, as printed")
    unit_code: Text = column("单位代码", "Code of that body as printed")
    expense: Text = column("三公经费类别", "Which of the three public expenses the item is", one_of="expense")
    measure: Text = column("计量口径", "What the column measures", one_of="measure", null=False)
    fund: Text = column("资金性质", "Budget that the amount belongs to", one_of="fund")
    revenue_source: Text = column("收入来源", "Kind of revenue", one_of="revenue_source")
    fiscal_year: Integer = column("财政年度", "Year that the amount is about; null for a span", unit="year")
    comparison: Flag = column("比较数", "True where the year is not the disclosure's own")
    period_start: Integer = column("期间起", "First year of a span", unit="year")
    period_end: Integer = column("期间止", "Last year of a span", unit="year")
    phase: Text = column("阶段", "Phase of the budget cycle", one_of="phase")
    amount: Money = column("金额", "Amount", unit="CNY", null=False)
    printed: Text = column("原文", "The amount as printed", null=False)
    printed_unit: Text = column("原文单位", "Unit as printed")
    unit_basis: Text = column("单位依据", "Where the unit comes from", one_of="unit_basis")
    precision: Precision = column("精度", "What one unit of the last printed digit is worth", unit="CNY")
    placement: Text = column("定位依据", "What put the amount in its column", one_of="placement")


SPEC = describe(
    "budget_lines",
    BudgetLines,
    "预算金额",
    Keys(
        ("line_id",),
        (
            ("disclosure_id", "disclosures"),
            ("table_id", "tables"),
        ),
    ),
    first=(
        "line_id",
        "row_id",
        "table_id",
        "disclosure_id",
        "disclosure_year",
        "table_no",
        "table_code",
        "row_no",
        "row_kind",
        "direction",
        "item",
        "item_path",
        "function_code",
        "function_name",
        "government_economic_code",
        "government_economic_name",
        "department_economic_code",
        "department_economic_name",
        "code_basis",
        "project",
        "unit_name",
        "unit_code",
        "expense",
        "measure",
        "fund",
        "revenue_source",
        "fiscal_year",
        "comparison",
        "period_start",
        "period_end",
        "phase",
        "amount",
        "printed",
        "printed_unit",
        "unit_basis",
        "precision",
        "placement",
    ),
)
