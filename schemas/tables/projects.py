"""A project that performance tables describe."""

from schemas.tables.fields import Integer, Keys, Placed, Text, column, describe


class Projects(Placed):
    """A project that performance tables describe."""

    project_id: Text = column("项目编号", "Id of the project", null=False)
    name: Text = column("项目名称", "Name")
    department: Text = column("主管部门", "Department in charge")
    department_code: Text = column("主管部门代码", "Its code")
    implementing_unit: Text = column("实施单位", "Unit that carries it out")
    attribute: Text = column("项目属性", "Attribute as printed")
    term: Text = column("项目期", "Term as printed")
    period_start: Integer = column("期间起", "First year", unit="year")
    period_end: Integer = column("期间止", "Last year", unit="year")


SPEC = describe(
    "projects",
    Projects,
    "项目",
    Keys(("project_id",), (("disclosure_id", "disclosures"),)),
    first=(
        "project_id",
        "disclosure_id",
        "disclosure_year",
        "name",
        "department",
        "department_code",
        "implementing_unit",
        "attribute",
        "term",
        "period_start",
        "period_end",
    ),
)
