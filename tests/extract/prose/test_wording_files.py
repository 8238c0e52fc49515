"""Sentences as departments of many regions word them, with every statement that each of them makes.

The files in ``wordings/`` hold paragraphs (lines that begin with ``>``) and below each the statements that it makes:
metric | subject | fund or code | kind | value | unit | year, and in brackets the phase, the day, the base year and
what a share is of; ``<-`` an earlier figure that it rests on; the reason after ``#``. ``left:`` lists the numbers that
only the passage holds, ``unclaimed:`` amounts that nothing understands. All were read by hand.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.extract.contacts import withhold
from pipeline.extract.context import Context
from pipeline.extract.prose import read_prose

from .conftest import make_context

FOLDER = Path(__file__).with_name("wordings")


def read_text(text: str, year: int, stage: str) -> Context:
    context = make_context(text + "\n", year=year, stage=stage)
    withhold(context)
    read_prose(context)
    return context


def told(context: Context) -> list[str]:
    """The statements of ``context``, a line each."""
    lines = []
    for row in context.extraction.rows.statements:
        value = row.value
        shown = format(value.normalize(), "f") if isinstance(value, Decimal) else row.value_text or "-"
        more = [row.phase, row.as_of, f"from {row.base_year}" if row.base_year else None]
        more += [f"of {row.value_text}" if row.kind == "share" and row.value_text else None]
        cells = [row.metric, row.subject, row.function_code or row.fund, row.kind, shown]
        cells += [row.unit, row.fiscal_year]
        line = " | ".join("" if cell is None else str(cell) for cell in cells)
        line += f" ({', '.join(part for part in more if part)})" if any(more) else ""
        line += " <-" if row.derived_from else ""
        lines.append(line + (f" # {row.reason}" if row.reason else ""))
    return lines


def left_of(context: Context) -> list[str]:
    tokens = context.ledger.tokens
    lines = []
    for name, cls in (("left", "narrative"), ("unclaimed", "unclaimed")):
        if found := [token.printed for token in tokens if token.cls == cls]:
            lines.append(f"{name}: {' '.join(found)}")
    return lines


def cases() -> list[object]:
    found: list[object] = []
    for path in sorted(FOLDER.glob("*.txt")):
        stage, year = "budget", 2025
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            lines = [line for line in block.splitlines() if line and not line.startswith("# ")]
            if lines and lines[0].startswith("@ "):
                stage, year = lines[0][2:].split()[0], int(lines[0].split()[2])
            text = [line[2:] for line in lines if line.startswith("> ")]
            expected = [line for line in lines if not line.startswith((">", "@"))]
            if text:
                case = pytest.param("\n".join(text), year, stage, expected, id=f"{path.stem}-{text[0][:24]}")
                found.append(case)
    return found


@pytest.mark.parametrize(("text", "year", "stage", "expected"), cases())
def test_every_statement_of_a_paragraph_is_read(text: str, year: int, stage: str, expected: list[str]) -> None:
    context = read_text(text, year, stage)
    assert told(context) + left_of(context) == expected
