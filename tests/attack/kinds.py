"""All kinds of damage to text, by name; what joins documents takes another one."""

from __future__ import annotations

from tests.attack import context, conversion, editing, mutations, printing, spelling, structure
from tests.attack.text import KINDS, Mutation, Text

__all__ = ["all_kinds", "context", "conversion", "editing", "mutations", "printing", "spelling"]


def all_kinds(other: Text) -> dict[str, Mutation]:
    """Every kind; ``other`` is the document whose pages and rows come among those of the text."""
    return {**KINDS, **structure.kinds_with(other)}
