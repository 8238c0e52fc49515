"""A table found in a document, also an empty or an unknown one."""

from schemas.tables.fields import Flag, Integer, Keys, Placed, Text, column, describe


class Tables(Placed):
    """A table found in a document, also an empty or an unknown one."""

    table_id: Text = column("表编号", "Id of the table", null=False)
    table_no: Integer = column("表序", "Position in the body, from 1")
    printed_no: Text = column("印刷表号", "Number of the table as printed")
    table_code: Text = column("表的种类", "What the table is; null where no form knows it", one_of="table_code")
    title: Text = column("表名", "Title as printed")
    unit: Text = column("单位", "Unit of the table as printed")
    unit_name: Text = column(
        "单位名称", "Body within the department that the whole table is of, where a line above it or its title says so"
    )
    declared_empty: Flag = column("声明为空表", "The document says that the table is empty")
    row_count: Integer = column("行数", "Rows with amounts")
    blank_row_count: Integer = column("空白行数", "Rows with a label or a code, and no amount")
    amount_count: Integer = column("金额个数", "Printed amounts")
    note: Text = column("注", "Note under the table")


SPEC = describe(
    "tables",
    Tables,
    "表",
    Keys(("table_id",), (("disclosure_id", "disclosures"),)),
    first=(
        "table_id",
        "disclosure_id",
        "disclosure_year",
        "table_no",
        "printed_no",
        "table_code",
        "title",
        "unit",
        "unit_name",
        "declared_empty",
        "row_count",
        "blank_row_count",
        "amount_count",
        "note",
    ),
)
