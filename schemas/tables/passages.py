"""A paragraph of prose, in reading order."""

from schemas.tables.fields import Integer, Keys, Placed, Text, column, describe


class Passages(Placed):
    """A paragraph of prose, in reading order."""

    passage_id: Text = column("段落编号", "Id of the paragraph", null=False)
    ordinal: Integer = column("段序", "Position in the document, from 1")
    section_path: Text = column("章节", "Headings above, joined with /")
    kind: Text = column("段落类型", "Narrative, definition or note", one_of="passage_kind", null=False)
    term: Text = column("名词", "Term that is defined")
    text: Text = column("内容", "Text")


SPEC = describe(
    "passages",
    Passages,
    "段落",
    Keys(("passage_id",), (("disclosure_id", "disclosures"),)),
    first=(
        "passage_id",
        "disclosure_id",
        "disclosure_year",
        "ordinal",
        "section_path",
        "kind",
        "term",
        "text",
    ),
)
