"""Every statement of the bundled disclosure, against a transcription by hand."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

from pipeline.extract.context import Context

from .conftest import bundled_prose

TRANSCRIPTION = Path(__file__).with_name("bundled_statements.tsv")


def transcribed() -> list[dict[str, str]]:
    with TRANSCRIPTION.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def as_transcribed(row: dict[str, object], columns: list[str]) -> dict[str, str]:
    out = {}
    for column in columns:
        value = getattr(row, column)
        if column == "derived_from" and value:
            value = str(value).split(".statement.")[1]
        if isinstance(value, Decimal):
            value = format(value.normalize(), "f")
        out[column] = "" if value is None else str(value)
    return out


def test_every_statement_is_as_transcribed(bundled: Context) -> None:
    expected = transcribed()
    columns = list(expected[0])
    assert [as_transcribed(row, columns) for row in bundled.extraction.rows.statements] == expected


def test_figures_are_printed_where_they_say(bundled: Context) -> None:
    text = bundled.document.text
    for row in bundled.extraction.rows.statements:
        if row.value is not None and not row.derived_from:
            assert text[row.start : row.end] == row.printed


def test_a_derived_amount_repeats_the_statement_it_rests_on(bundled: Context) -> None:
    rows = {row.statement_id: row for row in bundled.extraction.rows.statements}
    derived = [row for row in rows.values() if row.derived_from]
    assert len(derived) == 2
    for row in derived:
        assert rows[row.derived_from].value == row.value
        assert row.comparison and row.fiscal_year == 2021


def test_ids_are_unique_and_free_of_places(bundled: Context) -> None:
    ids = [row.statement_id for row in bundled.extraction.rows.statements]
    assert len(ids) == len(set(ids))
    moved = bundled_prose("\n\n\n" + bundled.document.text)
    own, other = bundled.document.disclosure_id, moved.document.disclosure_id
    assert [i.replace(own, "") for i in ids] == [
        row.statement_id.replace(other, "") for row in moved.extraction.rows.statements
    ]


def test_no_number_of_the_prose_is_left_over(bundled: Context) -> None:
    end = bundled.regions[0].start
    classes: dict[str, int] = {}
    for token in bundled.ledger.tokens:
        if token.start < end:
            classes[token.cls] = classes.get(token.cls, 0) + 1
    assert set(classes) == {"data", "structure"}
    assert classes["data"] == sum(
        1 for row in bundled.extraction.rows.statements if row.value is not None and not row.derived_from
    )


def test_a_falsified_amount_is_published_as_printed(bundled_text: str) -> None:
    text = bundled_text.replace("6,291,924.73", "9,999,999.99").replace("7.28%", "97.28%")
    rows = bundled_prose(text).extraction.rows.statements
    revenue = [(r.kind, r.fiscal_year, r.value) for r in rows if r.metric == "revenue_budget"]
    assert revenue == [
        ("amount", 2022, Decimal("5864768.3700")),
        ("amount", 2021, Decimal("9999999.9900")),
        ("change", 2022, Decimal("-427156.3600")),
        ("change_percent", 2022, Decimal("-97.2800")),
    ]


def wrapped(paragraphs: list[str], width: int, indent: int, blank: bool) -> str:
    """``paragraphs`` broken into lines of ``width`` cells as typesetters do: numbers whole, no leading comma."""
    lines = []
    for paragraph in paragraphs:
        line, used = " " * indent, indent
        for piece in re.findall(r"[0-9][0-9,.]*%?|.", paragraph):
            cells = sum(2 if ord(char) > 255 else 1 for char in piece)
            if used + cells > width and line.strip() and piece not in "，。；：、）”%":
                lines.append(line)
                line, used = "", 0
                if piece == " ":
                    continue
            line, used = line + piece, used + cells
        lines.append(line)
    return ("\n\n" if blank else "\n").join(lines)


def author_paragraphs(text: str) -> list[str]:
    """The paragraphs of the prose of the bundled text, each in one line."""
    from pipeline.extract.prose.paragraphs import paragraphs
    from pipeline.extract.prose.sections import load_sections

    from .conftest import make_context

    sections = load_sections()
    front = make_context(text[: text.index("第二部分  2022")])
    return [
        re.sub(r"(?<=\D) (?=\D)", "", " ".join(text[a:b] for a, b in found.pieces).replace("\n", " "))
        for found in paragraphs(front, sections)
    ]


def test_other_line_widths_change_nothing(bundled: Context, bundled_text: str) -> None:
    tables = bundled_text[bundled_text.index("第二部分  2022") :]
    whole = author_paragraphs(bundled_text)
    columns = list(transcribed()[0])[1:]
    expected = [as_transcribed(row, columns) for row in bundled.extraction.rows.statements]
    for width in (30, 40, 44, 54, 60, 76, 100, 10_000):
        for indent, blank in ((0, True), (4, False)):
            rows = bundled_prose(wrapped(whole, width, indent, blank) + "\n" + tables).extraction.rows.statements
            got = [as_transcribed(row, columns) for row in rows]
            assert got == expected, f"width {width}, indent {indent}"


def test_all_line_breaks_may_be_lost(bundled: Context, bundled_text: str) -> None:
    tables = bundled_text[bundled_text.index("第二部分  2022") :]
    rows = bundled_prose(" ".join(author_paragraphs(bundled_text)) + "\n" + tables).extraction.rows.statements
    columns = list(transcribed()[0])[1:]
    expected = [as_transcribed(row, columns) for row in bundled.extraction.rows.statements]
    assert [as_transcribed(row, columns) for row in rows] == expected
