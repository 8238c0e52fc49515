"""An objective or indicator of a performance table, for one horizon."""

from schemas.tables.fields import Integer, Keys, Placed, Text, column, describe


class Indicators(Placed):
    """An objective or indicator of a performance table, for one horizon."""

    indicator_id: Text = column("指标编号", "Id of the indicator", null=False)
    table_id: Text = column("表编号", "The table", null=False)
    project_id: Text = column("项目编号", "The project")
    table_no: Integer = column("表序", "Position of the table in the body")
    table_code: Text = column("表的种类", "What the table is", one_of="table_code")
    ordinal: Integer = column("序号", "Printed ordinal")
    kind: Text = column("条目类型", "Goal or indicator", one_of="indicator_kind", null=False)
    level1: Text = column("一级指标", "First level")
    level2: Text = column("二级指标", "Second level")
    level3: Text = column("三级指标", "Third level")
    horizon: Text = column("绩效期间", "Annual or medium term", one_of="horizon")
    period_start: Integer = column("期间起", "First year", unit="year")
    period_end: Integer = column("期间止", "Last year", unit="year")
    text: Text = column("内容", "Whole text")
    actual: Text = column("实际完成值", "What a self-evaluation says was reached")
    weight: Text = column("分值", "Weight in a self-evaluation, as printed")
    score: Text = column("得分", "Score in a self-evaluation, as printed")
    deviation: Text = column("偏差原因", "Why a self-evaluation says it was missed")
    placement: Text = column("定位依据", "What put the text in its place", one_of="indicator_placement")


SPEC = describe(
    "indicators",
    Indicators,
    "绩效目标与指标",
    Keys(
        ("indicator_id",),
        (
            ("disclosure_id", "disclosures"),
            ("table_id", "tables"),
            ("project_id", "projects"),
        ),
    ),
    first=(
        "indicator_id",
        "table_id",
        "project_id",
        "disclosure_id",
        "disclosure_year",
        "table_no",
        "table_code",
        "ordinal",
        "kind",
        "level1",
        "level2",
        "level3",
        "horizon",
        "period_start",
        "period_end",
        "text",
        "actual",
        "weight",
        "score",
        "deviation",
        "placement",
    ),
)
