"""All kinds of damage to texts, cells and pages: they are known once their modules are imported, which is done here."""

from __future__ import annotations

from tests.attack import (
    cells,
    context,
    context_of_cells,
    context_of_pages,
    conversion,
    editing,
    editing_of_cells,
    editing_of_pages,
    mutations,
    pages,
    printing,
    spelling,
    structure,
    typesetting_of_cells,
    typesetting_of_pages,
)
from tests.attack.text import KINDS, Mutation, Text

__all__ = [
    "all_kinds", "cells", "context", "context_of_cells", "context_of_pages", "conversion", "editing", "editing_of_cells",
    "editing_of_pages", "mutations", "pages", "printing", "spelling", "typesetting_of_cells", "typesetting_of_pages",
]  # fmt: skip


def all_kinds(other: Text) -> dict[str, Mutation]:
    """Every kind for texts; ``other`` is the document whose pages and rows come among those of the text."""
    return {**KINDS, **structure.kinds_with(other)}
