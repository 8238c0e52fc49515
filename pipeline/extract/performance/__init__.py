"""Performance tables: projects, their money, goals, indicators and the quantities inside them."""

from __future__ import annotations

import re

from pipeline.extract.context import Context
from pipeline.extract.patterns import fold
from pipeline.extract.performance.grid import read_grid
from pipeline.extract.performance.records import Known
from pipeline.extract.performance.scrambled import read_scrambled
from pipeline.extract.performance.sheet import read_sheet
from pipeline.extract.performance.words import load_words

__all__ = ["read_performance"]


def read_performance(context: Context) -> None:
    """Read the regions of performance tables. Project tables come first: department sheets are placed by them."""
    words = load_words()
    regions = [r for r in context.regions if r.table_code in ("project_performance", "department_performance")]
    known: list[Known] = []
    flowing = not context.document.pages
    in_cells = [region for region in regions if read_grid(context, region, words)]
    for region in regions:
        if region in in_cells:
            continue
        if not flowing:
            context.problems.append(f"{region.title}: the cells of this performance table could not be told apart")
        elif region.table_code == "project_performance":
            known += read_sheet(context, region, words)
    for region in regions:
        if flowing and region not in in_cells and region.table_code == "department_performance":
            read_scrambled(context, region, known, words)
    for region in regions:
        for token in context.ledger.free(region.start, region.end):
            line = context.document.line_at(token.start)
            text = fold(context.document.text[line.start : line.end])
            if re.match(r"^(?:表\d+|.{0,20}表|[（]?20\d\d年度[）]?|.*目标[（]20\d\d年.*)$", text):
                role = "year" if len(token.printed) == 4 else "ordinal"
                context.ledger.claim(token, "structure", role, "tables", region.table_id)
