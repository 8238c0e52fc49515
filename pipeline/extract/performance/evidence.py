"""What shows that a table of cells is a performance table where no title says so."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import rows_in
from pipeline.extract.performance.words import load_words, meaning_of
from pipeline.ingest.document import CellTable, Document

#: A sheet names its project above the columns of its indicators, a list has a column of projects beside them.
Kind = Literal["sheet", "list"]
#: The table code of both.
CODE = "project_performance"
#: So many rows at most stand above the name of a project, and above the columns of its indicators.
_NAME_WITHIN, _COLUMNS_WITHIN = 8, 40


#: The label of the body whose whole expenditure a sheet is of.
_BODY = re.compile(r"(?:部门|单位|部门[（(]单位[）)])名称?:?")


def begins_sheet(text: str) -> bool:
    """Whether a cell says that the name of a project, or of the body that a sheet is of, stands beside it."""
    return is_project_label(text) or _BODY.fullmatch(fold(text)) is not None


def is_project_label(text: str) -> bool:
    """Whether a cell says that the name of a project stands beside it."""
    return meaning_of(fold(text), load_words().labels) == "name"


def kind_of_performance(document: Document, table: CellTable) -> Kind | None:
    """Which kind of performance table begins with the first rows of ``table``, by the labels in them alone."""
    words = load_words()
    named = False
    for at, row in enumerate(rows_in(document.text, table)[:_COLUMNS_WITHIN]):
        texts = [cell.text for cell in row.cells if cell.text and row.begins(cell)]
        name = any(meaning_of(text, words.labels) == "name" for text in texts)
        columns = {meaning_of(text, words.columns) for text in texts}
        if len(columns & {"level1", "level2", "level3", "text"}) >= 2:
            return "sheet" if named else "list" if name else None
        named = named or name
        if not named and at >= _NAME_WITHIN:
            return None
    return None
