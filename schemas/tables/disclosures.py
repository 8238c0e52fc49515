"""A source document."""

from schemas.tables.fields import Flag, Integer, Keys, Table, Text, column, describe


class Disclosures(Table):
    """A source document."""

    disclosure_id: Text = column("公开文件编号", "First 16 hexadecimal digits of the source's sha256", null=False)
    series_id: Text = column(
        "系列编号", "Hash of entity, year, stage and scope: what two versions of one disclosure share"
    )
    disclosure_year: Integer = column("公开年度", "Year that the document is for", unit="year")
    collection: Text = column("来源文件夹", "Folder of raw/ that holds the source", null=False)
    source_file: Text = column("来源文件", "File name of the source within its collection", null=False)
    source_sha256: Text = column("来源文件校验和", "sha256 of the source")
    source_bytes: Integer = column("来源文件大小", "Size of the source", unit="byte")
    media_type: Text = column("文件类型", "Media type of the source")
    title: Text = column("标题", "Title as printed; as sources.toml has it where none is printed")
    entity_name: Text = column("单位名称", "Fullest declared name of the body")
    entity_short_name: Text = column("单位简称", "Short name that the document gives the body")
    entity_key: Text = column("单位键", "Normalised name and division: joins documents of one body")
    entity_code: Text = column("单位代码", "Code of the body as printed")
    division_code: Text = column("行政区划代码", "Division by GB/T 2260")
    stage: Text = column("公开阶段", "Budget or final accounts", one_of="stage")
    scope: Text = column("公开范围", "Department or single unit", one_of="scope")
    form_family: Text = column("表式", "Form family that the document was read with")
    page_count: Integer = column("页数", "Pages; null where the format marks none")
    line_count: Integer = column("行数", "Lines of the text")
    table_count: Integer = column("表数", "Tables found")
    numbers_total: Integer = column("数字个数：全部", "Numeric tokens of the source")
    numbers_data: Integer = column("数字个数：数据", "Tokens that are the value of a record")
    numbers_structure: Integer = column("数字个数：结构", "Tokens that are code, label, year or ordinal")
    numbers_narrative: Integer = column("数字个数：叙述", "Tokens contained in free text")
    numbers_withheld: Integer = column("数字个数：隐去", "Tokens of withheld personal contact data")
    numbers_unclaimed: Integer = column("数字个数：未认领", "Tokens not accounted for")
    checks_failed: Integer = column("未通过的核对", "Failed checks of the disclosure")
    status: Text = column("处理状态", "How much of the document was understood", one_of="disclosure_status", null=False)
    reason: Text = column("原因", "Why it is partial or quarantined, for a person")
    supersedes: Text = column("取代", "Disclosure that this one replaces, where it says so")
    preferred: Flag = column("首选", "True for exactly one disclosure of a series: the one to add up", null=False)
    read_by: Text = column("文字来源", "How its characters became text; null where quarantined", one_of="read_by")

    correction: Text = column(
        "更正字样", "Word of the title by which the document says that it corrects an earlier one"
    )
    identity_note: Text = column(
        "身份说明", "What in the document or in sources.toml contradicts entity, year, stage, scope or division"
    )
    publisher: Text = column("公布者", "Who published the source, as sources.toml says")
    source_url: Text = column("来源地址", "Where the source was published, as sources.toml says")
    published_on: Text = column("公布日期", "Day on which the source was published, as sources.toml says")
    source_licence: Text = column("来源许可", "Terms under which the source was published, as sources.toml says")


SPEC = describe(
    "disclosures",
    Disclosures,
    "公开文件",
    Keys(("disclosure_id",), ()),
    first=(
        "disclosure_id",
        "series_id",
        "disclosure_year",
        "collection",
        "source_file",
        "source_sha256",
        "source_bytes",
        "media_type",
        "title",
        "entity_name",
        "entity_short_name",
        "entity_key",
        "entity_code",
        "division_code",
        "stage",
        "scope",
        "form_family",
        "page_count",
        "line_count",
        "table_count",
        "numbers_total",
        "numbers_data",
        "numbers_structure",
        "numbers_narrative",
        "numbers_withheld",
        "numbers_unclaimed",
        "checks_failed",
        "status",
        "reason",
        "supersedes",
        "preferred",
        "read_by",
        "correction",
        "identity_note",
        "publisher",
        "source_url",
        "published_on",
        "source_licence",
    ),
)
