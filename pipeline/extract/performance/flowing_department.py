"""A department's performance sheet in flowing text, whose levels, names, values and money stand apart.

A value is placed because the same text stands in a project's table of the document, or because one value, one level
and one name are left over; what cannot be established is null, and the document says so.

Its money is one row under groups of columns, some of its cells blank. Which amounts stand under which columns is
chosen by the identities that such a table has: the whole is basic plus project expenditure, and each of the two is the
sum of its sources. Of the placements that break the fewest those are taken that put the most fiscal appropriations
where another table prints them; what then stands in one column in all of them is published, and the rest stays
unclaimed. So does everything where no other table confirms the unit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, pairwise
from os.path import commonprefix

from pipeline.extract.context import Context, Region
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.performance.cells import Block, paragraphs, shortened
from pipeline.extract.performance.records import Amount, Entry, Known, Writer
from pipeline.extract.performance.words import Words
from schemas.rows import Indicator

_GOALS = re.compile(r"(?:(?<=^)|(?<=[；;。]))(\d{1,2})[.、](?!\d)")
_SENTENCE = re.compile(r"[。；%]|\d")
_NO_NAME = re.compile(r"指标|合计|资金|支出|单位|情况|目标|总额|绩效|[（）:]")
_GROUPS = {"基本支出": "basic", "项目支出": "project"}
_NUMBERS = re.compile(r"[\d.,\s]+")
#: More columns than this are not searched: no such table has them.
_WIDEST = 16


def read_flowing_department(context: Context, region: Region, known: list[Known], words: Words) -> None:
    """Add money, goals and indicators of the sheet; ``known`` are the indicators of the project tables."""
    writer = Writer(context, region, words)
    heading_end = writer.table.end
    _add_money(writer)
    parts = _Parts()
    for block in paragraphs(context, region.first, region.last):
        if block.start < heading_end:
            continue
        if _GOALS.match(block.folded):
            _add_goals(writer, block)
        else:
            parts.sort(context, block, words)
    placed = [*_same_texts(parts, known, words)]
    placed += _left_over(writer, parts)
    for entry in sorted(placed, key=lambda entry: entry.block.start):
        writer.add_entry(entry)


def _add_goals(writer: Writer, block: Block) -> None:
    """Write the numbered goals of a paragraph."""
    total = len(block.folded)
    for mark, following in pairwise([*_GOALS.finditer(block.folded), None]):
        assert mark is not None
        body = shortened(writer.context, block, mark.end(), total - (following.start() if following else total))
        lead = shortened(writer.context, block, mark.start(), total - mark.end())
        writer.add_entry(Entry(kind="goal", block=body, ordinal=int(mark.group(1)), ordinals=lead.pieces))


@dataclass(slots=True)
class _Parts:
    """What stands apart in the sheet and has no place yet: values, names, and pairs of levels."""

    values: list[Block] = field(default_factory=list)
    names: list[Block] = field(default_factory=list)
    levels: Counter[tuple[str, str]] = field(default_factory=Counter)

    def sort(self, context: Context, block: Block, words: Words) -> None:
        """Put a paragraph where it belongs."""
        parts = [part for a, b in block.pieces for part in context.document.text[a:b].split()]
        if parts and all(part in words.levels or part in words.levels.values() for part in parts):
            if len(parts) == 2:
                self.levels[parts[0], parts[1]] += 1
            elif parts[0] != words.levels.get(parts[0]):
                self.names.append(block)  # a second level standing alone names a third-level indicator
        elif len(block.folded) >= 8 and _SENTENCE.search(block.folded) and not _is_money(context, block):
            self.values.append(block)
        elif 3 <= len(block.folded) <= 20 and not _NO_NAME.search(block.folded):
            self.names.append(block)


def _is_money(context: Context, block: Block) -> bool:
    text = context.document.text
    return "单位:" in block.folded or all(_NUMBERS.fullmatch(text[a:b]) for a, b in block.pieces)


def _same_texts(parts: _Parts, known: list[Known], words: Words) -> list[Entry]:
    """Place the values whose text a project's table prints, and take them, their levels and names out of ``parts``."""
    indicators = [(_bare(one.folded), one.row) for one in known if one.row.kind == "indicator"]
    placed: list[Entry] = []
    left: list[Block] = []
    for value in parts.values:
        same = [row for text, row in indicators if _same(_bare(value.folded), text)]
        if len({(row.level1, row.level2) for row in same}) != 1:
            left.append(value)
            continue
        called = [name for name in parts.names if any(_same_name(name.folded, row.level3) for row in same)]
        level1, level2 = _levels_printed(parts.levels, same[0], words)
        placed.append(_entry(value, called[0] if len(called) == 1 else None, level1, level2, "same_text"))
    used = {id(entry.label) for entry in placed}
    parts.values, parts.names = left, [name for name in parts.names if id(name) not in used]
    return placed


def _levels_printed(levels: Counter[tuple[str, str]], row: Indicator, words: Words) -> tuple[str | None, str | None]:
    """The levels of an indicator as this table prints them, taken out of ``levels``; as ``row`` has them where it does not.

    Two tables may call a first level differently (效果指标, 效益指标); what this one prints is its name.
    """
    firsts = (words.levels.get(row.level2 or "", row.level1), row.level1)
    for first, second in +levels:
        if first in firsts and second in (row.level2, *firsts):
            levels[first, second] -= 1
            return first, second
    return row.level1, row.level2


def _left_over(writer: Writer, parts: _Parts) -> list[Entry]:
    """The values that no other table prints: the only one takes the only levels and the only name that are left."""
    levels = list(parts.levels.elements())
    if len(parts.values) == len(levels) == 1:
        name = parts.names[0] if len(parts.names) == 1 else None
        return [_entry(parts.values[0], name, *levels[0], "elimination")]
    for value in parts.values:
        line = writer.context.document.line_at(value.start).number
        writer.report(f"the levels of the value in line {line} cannot be established")
    return [_entry(value, None, None, None, "layout") for value in parts.values]


def _entry(value: Block, name: Block | None, level1: str | None, level2: str | None, placement: str) -> Entry:
    return Entry(kind="indicator", block=value, label=name, level1=level1, level2=level2, placement=placement)


def _bare(text: str) -> str:
    return text.rstrip("。；;.")


def _same(one: str, other: str) -> bool:
    """Whether one text is the other, or a long beginning of it."""
    return one == other or (min(len(one), len(other)) >= 15 and (other.startswith(one) or one.startswith(other)))


def _same_name(one: str, other: str | None) -> bool:
    """Whether two names begin alike: the same work may be called 国际交流工作 here and 国际交流和港澳工作 there."""
    return bool(other) and len(commonprefix([one, str(other)])) >= min(4, len(one), len(str(other)))


@dataclass(frozen=True, slots=True)
class _Column:
    measure: str
    source: str | None


def _add_money(writer: Writer) -> None:
    """Write the amounts of the sheet, or report why they stay unclaimed."""
    tokens = _amounts(writer)
    if not tokens:
        return
    columns = _columns(writer)
    values = [token.value or Decimal(0) for token in tokens]
    units = _units(writer, values)
    if len(units) != 1:
        writer.report("no other table confirms the unit of its money")
        return
    unit, worth = units[0], writer.words.worth[units[0]]
    appropriated = _appropriated(writer.context)
    placed = _place(values, columns, [value * worth in appropriated for value in values])
    if None in placed:
        writer.report("the columns of its money cannot be established")
    row_id: str | None = None
    for token, at in zip(tokens, placed, strict=True):
        if at is None:
            continue
        column = columns[at]
        amount = Amount(
            token=token,
            unit=unit,
            worth=worth,
            key="row",
            column=".".join(filter(None, (column.measure, column.source))),
            row_id=row_id,
            measure=column.measure,
            source=column.source,
            unit_basis="cross_table",
            placement="identity",
        )
        row_id = writer.add_amount(amount)


def _amounts(writer: Writer) -> list[Token]:
    """The numbers that stand on lines of numbers, at least one of them with decimals."""
    document = writer.context.document
    found = []
    for token in writer.context.ledger.free(writer.region.start, writer.region.end):
        line = document.line_at(token.start)
        text = document.text[line.start : line.end]
        if token.value is not None and "." in text and _NUMBERS.fullmatch(text):
            found.append(token)
    return found


def _columns(writer: Writer) -> list[_Column]:
    """The whole, then for each group of columns in printed order what its header lines call them."""
    document, words = writer.context.document, writer.words
    sources: list[str] = []
    groups: list[str] = []
    for line in document.lines[writer.region.first : writer.region.last]:
        parts = [fold(part) for part in document.text[line.start : line.end].split()]
        if len(parts) > 1 and all(part in words.sources for part in parts):
            sources += [words.sources[part] for part in parts]
        groups += [_GROUPS[part] for part in parts if part in _GROUPS and _GROUPS[part] not in groups]
    columns = [_Column("total", None)]
    group = -1
    for source in sources:
        group += source == "total"
        if 0 <= group < len(groups):
            columns.append(_Column(groups[group], None if source == "total" else source))
    return columns


def _place(values: list[Decimal], columns: list[_Column], confirmed: list[bool]) -> list[int | None]:
    """The columns of ``values``, from left to right; None for one whose column is not decided."""
    if len(values) > len(columns) or not 3 <= len(columns) <= _WIDEST:
        return [None] * len(values)
    scored: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for chosen in combinations(range(len(columns)), len(values)):
        if not _wholes_printed(chosen, columns):
            continue
        broken = _broken(dict(zip(chosen, values, strict=True)), columns)
        agreeing = sum(
            known and columns[at].source == "fiscal_appropriation" for at, known in zip(chosen, confirmed, strict=True)
        )
        scored.setdefault((broken, -agreeing), []).append(chosen)
    if not scored:
        return [None] * len(values)
    best = scored[min(scored)]
    return [best[0][i] if len({chosen[i] for chosen in best}) == 1 else None for i in range(len(values))]


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


def _units(writer: Writer, values: list[Decimal]) -> list[str]:
    """The units in which most of ``values`` stand in other tables of the document, too."""
    lines = writer.context.extraction.rows.budget_lines
    known = {line.amount for line in lines if line.table_code != "department_performance"} - {Decimal(0)}
    votes = {unit: sum(value * worth in known for value in values) for unit, worth in writer.words.worth.items()}
    return [unit for unit, count in votes.items() if 2 * count > len(values)]
