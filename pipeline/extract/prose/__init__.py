"""Prose: paragraphs, sections, passages, and the facts that sentences state."""

from __future__ import annotations

from pipeline.extract.context import Context
from pipeline.extract.prose.grammar import load_grammar
from pipeline.extract.prose.paragraphs import paragraphs
from pipeline.extract.prose.passages import passages
from pipeline.extract.prose.sections import load_sections
from pipeline.extract.prose.statements import StatementReader

__all__ = ["read_prose"]


def read_prose(context: Context) -> None:
    """Add the passages and statements of everything outside ``context.regions``; claim its numbers.

    A number that a statement's value is becomes data; one that labels a statement, a heading or an item,
    structure; any other narrative, but for amounts of money: what no form understands stays unclaimed.
    """
    sections = load_sections()
    reader = StatementReader(context, load_grammar(), sections)
    for passage in passages(context, paragraphs(context, sections), sections):
        reader.read(passage)
