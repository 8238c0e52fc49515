"""Performance tables: projects, their money, goals, indicators and the quantities inside them."""

from __future__ import annotations

import re

from pipeline.extract.context import Context, Region
from pipeline.extract.patterns import fold
from pipeline.extract.performance.flowing_department import read_flowing_department
from pipeline.extract.performance.flowing_project import read_flowing_projects
from pipeline.extract.performance.records import Known
from pipeline.extract.performance.sheet import read_sheet
from pipeline.extract.performance.words import Words, load_words

__all__ = ["read_performance"]

_CODES = (
    "project_performance", "department_performance", "performance_targets", "performance_self_evaluation",
    "transfer_performance",
)  # fmt: skip
#: Lines of a title, whose numbers are a year or the table's own.
_TITLE_LINE = re.compile(
    r"^(?:表\d+|.{0,30}表(?:[（]20\d\d年度?[）])?|[（]?20\d\d年度[）]?|.*目标[（]20\d\d年.*|(?:填[报表]|编制|评价)?(?:日期|时间):.*)$"
)


def read_performance(context: Context) -> None:
    """Read the regions of performance tables."""
    words = load_words()
    regions = [region for region in context.regions if region.table_code in _CODES]
    without_cells = [region for region in regions if not read_sheet(context, region, words)]
    if context.document.pages:
        for region in without_cells:
            context.problems.append(f"{region.title}: the cells of this performance table cannot be separated")
    else:
        _read_flowing(context, without_cells, words)
    for region in regions:
        _claim_title(context, region)


def _read_flowing(context: Context, regions: list[Region], words: Words) -> None:
    """Read tables of flowing text: those of projects first, for a department's sheet is placed by them."""
    known: list[Known] = []
    for region in regions:
        if region.table_code == "project_performance":
            known += read_flowing_projects(context, region, words)
    for region in regions:
        if region.table_code == "department_performance":
            read_flowing_department(context, region, known, words)


def _claim_title(context: Context, region: Region) -> None:
    """Claim the years and ordinals of title lines."""
    for token in context.ledger.free(region.start, region.end):
        line = context.document.line_at(token.start)
        if _TITLE_LINE.match(fold(context.document.text[line.start : line.end])):
            role = "year" if len(token.printed) == 4 else "ordinal"
            context.ledger.claim(token, "structure", role, "tables", region.table_id)
