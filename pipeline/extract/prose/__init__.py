"""Prose: paragraphs, sections, passages, and the facts that sentences state."""

from __future__ import annotations

from pipeline.extract.context import Context
from pipeline.extract.prose.lines import prose_lines
from pipeline.extract.prose.paragraphs import paragraphs
from pipeline.extract.prose.passages import passages
from pipeline.extract.prose.sections import load_sections

__all__ = ["read_prose"]


def read_prose(context: Context) -> None:
    """Add the passages and statements of everything outside ``context.regions``; claim its numbers."""
    sections = load_sections()
    lines = prose_lines(context, sections)
    found = paragraphs(context.document.text, lines, sections)
    for passage in passages(context, found, sections):
        for start, end in passage.pieces:
            context.ledger.claim_free(start, end, "narrative", "unknown", "passages", passage.passage_id)
