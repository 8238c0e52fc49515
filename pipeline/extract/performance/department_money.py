"""The money of a department's performance sheet: one row under groups of columns, some of its cells blank.

Which amounts stand under which columns is chosen by the identities that such a table has: the whole is basic plus
project expenditure, and each of the two is the sum of its sources. Of the placements that break the fewest those
are taken that put the most fiscal appropriations where another table prints them; what then stands in one column in
all of them is published, and the rest stays unclaimed. So does everything where no other table confirms the unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from pipeline.extract.context import Context, Region
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.performance.records import Amount, add_amount
from pipeline.extract.performance.words import Words

_GROUPS = {"基本支出": "basic", "项目支出": "project"}
_NUMBERS = re.compile(r"[\d.,\s]+")
#: More columns than this are not searched: no such table has them.
_WIDEST = 16


@dataclass(frozen=True, slots=True)
class _Column:
    measure: str
    source: str | None


def read_department_money(context: Context, region: Region, words: Words) -> None:
    """Add the amounts of the sheet, or say why they stay unclaimed."""
    tokens = _amounts(context, region)
    if not tokens:
        return
    columns = _columns(context, region, words)
    values = [token.value or Decimal(0) for token in tokens]
    units = _units(context, values, words)
    if len(units) != 1:
        context.problems.append(f"{region.title}: no other table tells the unit of its money")
        return
    worth = words.worth[units[0]]
    appropriated = _appropriated(context)
    placed = _place(values, columns, [value * worth in appropriated for value in values])
    if None in placed:
        context.problems.append(f"{region.title}: the columns of its money cannot be established")
    row_id: str | None = None
    for token, at in zip(tokens, placed, strict=True):
        if at is None:
            continue
        column = columns[at]
        name = ".".join(filter(None, (column.measure, column.source)))
        amount = Amount(token, "row", column.measure, column.source, column=name)
        row_id = add_amount(context, region, amount, (units[0], worth), None, "cross_table", "identity", row_id)


def _amounts(context: Context, region: Region) -> list[Token]:
    """The numbers that stand on lines of numbers, at least one of them with decimals."""
    document = context.document
    found = []
    for token in context.ledger.free(region.start, region.end):
        line = document.line_at(token.start)
        text = document.text[line.start : line.end]
        if token.value is not None and "." in text and _NUMBERS.fullmatch(text):
            found.append(token)
    return found


def _columns(context: Context, region: Region, words: Words) -> list[_Column]:
    """The whole, then for each group of columns in printed order what its header lines call them."""
    document = context.document
    headers: list[list[str]] = []
    groups: list[str] = []
    for line in document.lines[region.first : region.last]:
        parts = [fold(part) for part in document.text[line.start : line.end].split()]
        if len(parts) > 1 and all(part in words.sources for part in parts):
            headers.append(parts)
        groups += [_GROUPS[part] for part in parts if part in _GROUPS and _GROUPS[part] not in groups]
    sources = [words.sources[part] for parts in headers for part in parts]
    columns = [_Column("total", None)]
    group = -1
    for source in sources:
        group += source == "total"
        if 0 <= group < len(groups):
            columns.append(_Column(groups[group], None if source == "total" else source))
    return columns


def _place(values: list[Decimal], columns: list[_Column], confirmed: list[bool]) -> list[int | None]:
    """The columns of ``values``, from left to right; None for one whose column is not decided."""
    if len(values) > len(columns) or len(columns) > _WIDEST or len(columns) < 3:
        return [None] * len(values)
    scored: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for chosen in _placements(tuple(columns), len(values)):
        broken = _broken(dict(zip(chosen, values, strict=True)), columns)
        agreeing = sum(
            known and columns[at].source == "fiscal_appropriation" for at, known in zip(chosen, confirmed, strict=True)
        )
        scored.setdefault((broken, -agreeing), []).append(chosen)
    if not scored:
        return [None] * len(values)
    best = scored[min(scored)]
    return [best[0][i] if len({chosen[i] for chosen in best}) == 1 else None for i in range(len(values))]


@lru_cache(maxsize=256)
def _placements(columns: tuple[_Column, ...], count: int) -> tuple[tuple[int, ...], ...]:
    """The places that ``count`` amounts of one row may have: the same for all sheets with these columns."""
    return tuple(chosen for chosen in combinations(range(len(columns)), count) if _wholes_printed(chosen, columns))


def _wholes_printed(chosen: tuple[int, ...], columns: Sequence[_Column]) -> bool:
    """Whether a whole stands wherever one of its parts does."""
    wholes = {columns[at].measure for at in chosen if columns[at].source is None}
    return "total" in wholes and all(columns[at].measure in wholes for at in chosen)


def _broken(placed: dict[int, Decimal], columns: list[_Column]) -> int:
    """How many identities fail; a blank cell counts as nothing."""
    groups = [at for at, column in enumerate(columns) if column.source is None and at]
    whole = sum((placed[at] for at in groups if at in placed), Decimal(0))
    broken = int(placed.get(0, Decimal(0)) != whole)
    for at in groups:
        parts = [i for i, column in enumerate(columns) if column.measure == columns[at].measure and i != at]
        broken += placed.get(at, Decimal(0)) != sum((placed[i] for i in parts if i in placed), Decimal(0))
    return broken


def _appropriated(context: Context) -> set[Decimal]:
    """The amounts that tables of fiscal appropriations print."""
    return {
        line.amount
        for line in context.extraction.rows.budget_lines
        if line.amount and (line.fund or str(line.table_code).startswith("appropriation"))
    }


def _units(context: Context, values: list[Decimal], words: Words) -> list[str]:
    """The units in which most of ``values`` stand in other tables of the document, too."""
    known = {
        line.amount for line in context.extraction.rows.budget_lines if line.table_code != "department_performance"
    }
    known.discard(Decimal(0))
    votes = {unit: sum(value * worth in known for value in values) for unit, worth in words.worth.items()}
    return [unit for unit, count in votes.items() if 2 * count > len(values)]
