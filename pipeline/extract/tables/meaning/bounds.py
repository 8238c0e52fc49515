"""What the words of a row bound: which direction and fund its amounts can have, and that something names it.

Where a label contradicts the column or the side that it stands in, the layout was misread or the source errs; either way
whose the amounts are is not known, and they are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.tables.layout.torn import official_names
from pipeline.extract.tables.lexicon import CODE, NAMED_UNIT, ORDINAL, is_amount, year_alone
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.record import Record
from pipeline.extract.tables.meaning.sums import coded, is_sum, values

#: Labels of money that is carried over: 收入 or 支出 in them does not say on which side it stands.
_CARRIED = ("结转", "结余", "弥补", "差额")
_SIDE = re.compile("收入|支出")
#: A line of a label that is shorter is the end of it (支出), and no label of its own.
_WHOLE_LABEL = 4
#: The end of a title that is printed again where its table goes on.
_TITLE_CONTINUED = re.compile("表[（]?续表?[）]?$")
NAMELESS = "has neither label nor code"
ORPHAN = "is a part of a row that was not read"
AMOUNT_IN_LABEL = "has the end of an amount in its label"
UNIT_IN_LABEL = "has the unit of its table in its label"
UNCODED = "has a name of the classification without its code, which other rows print"
CODED_LABEL = "has a code in its label that was not read"
CODE_AMONG_AMOUNTS = "has the code of its name in a column of amounts: it is of another table than the header"
#: The shortest code that is no amount beside its name.
_CODE_BY_NAME = 5
#: The shortest code of a body or of a class.
_SHORTEST_CODE = 3
#: The digits of a code before a name.
_CODE_IN_LABEL = re.compile(r"\d{3}(?:\d\d){0,2}[\u4e00-\u9fff]{2,}")
_CODE_AND_NAME = re.compile(r"(\d{5}(?:\d\d)?)[-—]?(.+)")
#: The end of an amount before a label.
_AMOUNT_IN_LABEL = re.compile(r"[.,]\d")
#: The unit of its table before a label, or units of columns: 单位：元, （万元）, 元元.
_UNIT_IN_LABEL = re.compile(rf"{NAMED_UNIT.pattern}|[（][百千万亿]*元[）]|[百千万亿]+元|元元")
_WORDS = re.compile(r"[\u4e00-\u9fff]{2}")
#: A part of a code (款, 项).
_TWO_DIGITS = re.compile(r"\d\d")
OTHER_SIDE = "names the other side of its table"
HEADER_WORD = "has a word of the header over it for its label"
OTHER_FORM = "names none of the expenses that its table is of, like most of its rows"
OTHER_REVENUE = "is of a table that lists revenue which its title leaves out"
OTHER_TABLE = (
    "has a total of its own, after the table's total was printed: it is of another table, whose title is not known"
)
TOTAL_TWICE = "is a total above all rows of its table, which prints another one of the same name below them"
DIGITS = "has the digits of a code for a label, under a header that knows no codes"
OVERFLOWS = "goes on beyond the last column of its header, as no other row does: its cells stand a column off"
CODE_FOR_NAME = "has a code where its header has a name"
PART_ELSEWHERE = "has a part of a code in a column that no word of the forms names"
NAME_FOR_CODE = "has words where its header has a code, beside a name"
TWO_BODIES = "has two names below the same word for a body"
CODED_PROJECT = "has a code with its name where its header has a project"
OF_A_BODY = "names a body, beside words in a column that no word of the forms names"
SIDELESS = "is of a table of revenue and expenditure, and nothing says which of them"


def out_of_bounds(records: Sequence[Record], library: Library) -> dict[int, str]:
    """Why rows with amounts cannot be what their place says, by the id of their record."""
    filled = [record for record in records if record.amounts]
    signs: tuple[tuple[str, Iterable[Record]], ...] = (
        (NAMELESS, _nameless(filled)),
        (CODED_LABEL, filter(_hides_code, filled)),
        (CODED_PROJECT, [record for record in filled if _has_code_for_project(record, library)]),
        (AMOUNT_IN_LABEL, [record for record in filled if _AMOUNT_IN_LABEL.match(fold(record.item or ""))]),
        (UNIT_IN_LABEL, [record for record in filled if _UNIT_IN_LABEL.match(fold(record.item or ""))]),
        (CODE_AMONG_AMOUNTS, [record for record in filled if _has_code_among_amounts(record, library)]),
        (UNCODED, _uncoded(filled, library)),
        (HEADER_WORD, filter(_is_header_word, filled)),
        (ORPHAN, [record for record in _orphans(records) if record.amounts]),
        (DIGITS, [record for record in _beside_digits(records) if record.amounts]),
        (OVERFLOWS, _overflowing(filled)),
        (PART_ELSEWHERE, filter(_has_part_elsewhere, filled)),
        (CODE_FOR_NAME, filter(_has_code_for_name, filled)),
        (NAME_FOR_CODE, [record for record in filled if _has_name_for_code(record, library)]),
        (TWO_BODIES, filter(_names_two_bodies, filled)),
        (OF_A_BODY, filter(_names_a_body_alone, filled)),
        (OTHER_TABLE, _after_whole(records)),
        (TOTAL_TWICE, _totals_at_both_ends(filled)),
    )
    # Of several signs of a row the last one is said.
    found = {id(record): sign for sign, of_sign in signs for record in of_sign}
    if len({record.side for record in records}) == 1:
        return found | {id(record): OTHER_SIDE for record in filled if _names_other_side(record, library)}
    found |= {id(record): OTHER_SIDE for record in filled if _crosses_sides(record)}
    for of_side in _by_side(filled):
        said = {id(record): _direction_said(record, library) for record in of_side}
        against = [r for r in of_side if said[id(r)] and _direction(r) not in (None, said[id(r)])]
        if len(against) * 2 >= sum(word is not None for word in said.values()) > 0:
            against = of_side  # not one label errs: the sides were taken for one another
        found |= {id(record): OTHER_SIDE for record in against}
    return found


def without_side(records: Sequence[Record]) -> dict[int, str]:
    """Why rows of a table of revenue and expenditure are neither, by the id of their record."""
    return {id(record): SIDELESS for record in records if record.amounts and _direction(record) is None}


def _has_code_among_amounts(record: Record, library: Library) -> bool:
    """Whether a row prints a code and its official name, and the header has amounts where the code stands."""
    row = record.row
    texts = {cell.folded for cell in row.cells.values()}
    return any(
        row.columns[index].kind == "amount"
        and len(cell.folded) >= _CODE_BY_NAME
        and cell.folded.isdigit()
        and not texts.isdisjoint(official_names(cell.folded, library))
        for index, cell in row.cells.items()
    )


def of_another_form(records: Sequence[Record]) -> dict[int, str]:
    """Why the rows of a table of expenses are none of it: most name no kind of them, and neither do its columns."""
    filled = [record for record in records if record.amounts]
    if any(column.expense for record in filled for column in record.row.columns):
        return {}
    named = sum(record.expense is not None or record.kind == "total" for record in filled)
    return {id(record): OTHER_FORM for record in filled} if named * 2 < len(filled) else {}


def of_other_revenue(records: Sequence[Record], form: TableForm, library: Library) -> dict[int, str]:
    """Why no row of a table is of its form: a label, with amounts or without, is a kind of revenue that it never lists."""
    meanings = (library.column(record.item) for record in records if record.item and not record.codes)
    if not any(meaning is not None and meaning.revenue_source in form.without_revenue for meaning in meanings):
        return {}
    return {id(record): OTHER_REVENUE for record in records if record.amounts}


def fund_contradicts(record: Record, column: Column, library: Library) -> bool:
    """Whether a label names another fund than the words over an amount do."""
    meaning = library.column(record.item) if record.item and not record.codes else None
    return meaning is not None and None not in (meaning.fund, column.fund) and meaning.fund != column.fund


def holds_another_line(record: Record, library: Library, text: str, printed: Mapping[str, Counter[str]]) -> bool:
    """Whether some of the lines of a label are the name of the row's one code, or a known label, and the whole is not.

    小计 on a line of its own is a label, too, though it may make a word with the one above, but 合计 ends the label of a
    total (本年收入, 合计 below it); a title that goes on (（支出总表续）) is of no row. Nor does a label that an ordinal
    begins hold a line that another one begins, nor one beside a code an ordinal. Names are the official ones, and what
    the document prints beside the code (``printed``) as often as the label.
    """
    codes = [code.digits for code in record.codes.values() if code.basis != "name"]
    if len(codes) > 1 or record.project or len(record.item_pieces) < 2:
        return False
    further = record.item_pieces if codes else record.item_pieces[1:]
    if (codes or record.level is not None) and any(ORDINAL.match(fold(text[a:b])) for a, b in further):
        return True
    if codes and any(year_alone(fold(text[a:b])) for a, b in record.item_pieces):
        return True
    lines = [fold(text[start:end]) for start, end in record.item_pieces]
    name, official = fold(record.item or ""), official_names(codes[0], library) if codes else frozenset()
    if any(_TITLE_CONTINUED.search(line) for line in lines):
        return True
    if not library.says("totals", name) and any(library.says("subtotals", line) for line in lines):
        return True
    if name in official or library.spells(name):
        return False
    if any(len(run) >= _WHOLE_LABEL and library.spells(run) for run in runs_of_lines(record, text)):
        return True
    if not codes:
        return False
    often = printed.get(codes[0], Counter())
    names = official | {other for other, times in often.items() if other != name and times >= often[name]}
    return not names.isdisjoint(runs_of_lines(record, text))


def runs_of_lines(record: Record, text: str) -> set[str]:
    """The lines of a label, folded: each, and those next to one another joined."""
    lines = [fold(text[start:end]) for start, end in record.item_pieces]
    return {"".join(lines[a:b]) for a in range(len(lines)) for b in range(a + 1, len(lines) + 1)}


def names_printed(records: Iterable[Record]) -> dict[str, Counter[str]]:
    """How often each name is printed beside a code, folded, by the code."""
    names: dict[str, Counter[str]] = {}
    for record in records:
        for code in record.codes.values():
            if code.basis != "name" and record.item:
                names.setdefault(code.digits, Counter())[fold(record.item)] += 1
    return names


def shifted(records: Sequence[Record]) -> list[Record]:
    """Rows without a total beside its parts, in a table that prints both in most rows: they stand one column off."""
    # Each page has columns of its own, and each side its total.
    parts: dict[tuple[int, int], list[Record]] = {}
    for record in records:
        parts.setdefault((record.side, id(record.row.columns)), []).append(record)
    with_parts, without = 0, []
    for part in parts.values():
        whole = _whole({column.index: column for record in part for column, _ in record.amounts}.values())
        beside = [record for record in part if whole is not None and _has_parts(record, whole)]
        off = [record for record in beside if whole not in [column for column, _ in record.amounts]]
        with_parts += len(beside)
        without += beside if len(off) * 2 > len(beside) else off  # most are off: the page's columns were taken wrongly
    return without if len(without) * 2 < with_parts else []


def _beside_digits(records: Sequence[Record]) -> list[Record]:
    """The records of rows in which a code stands for a label: the words above them are of another table."""
    coded = {id(r.row) for r in records if not r.codes and r.item and CODE.fullmatch(fold(r.item))}
    return [record for record in records if id(record.row) in coded]


def _has_part_elsewhere(record: Record) -> bool:
    """Whether two digits (款, 项) stand under no known word, before the amounts of a table that prints codes in parts."""
    columns = record.row.columns
    first = next((column.index for column in columns if column.kind == "amount"), len(columns))
    return any(column.key == "class" for column in columns) and any(
        index < first and columns[index].kind == "unknown" and _TWO_DIGITS.fullmatch(cell.folded)
        for index, cell in record.row.cells.items()
    )


def _has_code_for_name(record: Record) -> bool:
    """Whether the digits of a code stand below 单位名称 or 项目名称, as where a header is of another table."""
    row = record.row
    return any(
        row.columns[index].kind == "key"
        and row.columns[index].key in ("unit", "project", "name")
        and row.columns[index].leaf.endswith("名称")
        and len(cell.folded) >= _SHORTEST_CODE
        and cell.folded.isdigit()
        for index, cell in row.cells.items()
    )


def _has_name_for_code(record: Record, library: Library) -> bool:
    """Whether words stand below 科目编码 and another name below 科目名称, as where a header says 科目编码 over bodies."""
    row = record.row
    keyed = [(row.columns[index], cell.folded) for index, cell in row.cells.items() if row.columns[index].kind == "key"]
    # 预算单位 may stand over codes or names of bodies, 单位编码 over codes alone.
    coded = [w for column, w in keyed if column.key == "code" or (column.key == "unit_code" and "码" in column.leaf)]
    return any(column.key in ("name", "project") for column, _ in keyed) and any(
        _WORDS.search(words) and not any(map(str.isdigit, words)) and not _is_known(words, library) for words in coded
    )


def _is_known(words: str, library: Library) -> bool:
    return library.knows(words) or library.says("totals", words) or library.says("subtotals", words)


def _has_code_for_project(record: Record, library: Library) -> bool:
    """Whether a code and its official name stand below 项目名称."""
    row = record.row
    projects = (cell.folded for index, cell in row.cells.items() if row.columns[index].key == "project")
    codes = filter(None, map(_CODE_AND_NAME.fullmatch, projects))
    return any(code[2] in official_names(code[1], library) for code in codes)


def _names_two_bodies(record: Record) -> bool:
    """Whether different names stand in two columns below the very same word for a body."""
    row = record.row
    units = [
        (row.columns[index].path, cell.folded) for index, cell in row.cells.items() if row.columns[index].key == "unit"
    ]
    return len({words for _, words in units}) > len({path for path, _ in units})


def _names_a_body_alone(record: Record) -> bool:
    """Whether nothing but a body names the amounts of a row that prints further words before them, below no known word."""
    row = record.row
    first = min(column.index for column, _ in record.amounts)
    keys = {row.columns[index].key for index in row.cells if row.columns[index].kind == "key"}
    return "unit" in keys <= {"unit", "unit_code", "row_number"} and any(
        row.columns[index].kind == "unknown" and index < first and _WORDS.search(cell.folded)
        for index, cell in row.cells.items()
    )


def _overflowing(filled: Sequence[Record]) -> list[Record]:
    """The rows with an amount under no header at all, where most rows have none there."""
    beyond = [
        record
        for record in filled
        if any(c.kind == "unknown" and not c.path and is_amount(cell.folded) for c, cell in record.amounts)
    ]
    return beyond if len(beyond) * 2 < len(filled) else []


def _by_side(records: Sequence[Record]) -> list[list[Record]]:
    """The rows of each side, in their order."""
    return [[record for record in records if record.side == side] for side in {record.side for record in records}]


def _nameless(filled: Sequence[Record]) -> list[Record]:
    """The rows that nothing says the matter of, or that have a code and no name where others have both."""
    named = sum(bool(record.codes and record.item) for record in filled)
    torn = [record for record in filled if record.codes and not (record.item or record.unproved)]
    bare = [record for record in filled if _is_nameless(record)]
    if len(filled) == 1 and all(column.kind == "amount" for column, _ in filled[0].amounts):
        bare = []  # the one row of a table whose columns say all
    return [*bare, *(torn if len(torn) < named else ())]


def _is_nameless(record: Record) -> bool:
    """Whether neither a label nor a code, a project, a body or a year says what a row is about."""
    label = record.item and not is_amount(fold(record.item))
    named = label or record.codes or record.project or record.unit_pieces or record.incomplete
    return not named and record.year is None


def _crosses_sides(record: Record) -> bool:
    """Whether the words over a row's amounts say another direction than those over its label."""
    said = {column.direction for column, _ in record.amounts} - {None}
    return record.direction is not None and bool(said) and record.direction not in said


def _is_header_word(record: Record) -> bool:
    """Whether a label is one of the words over it, as where a header is printed again between two rows."""
    over = {word for column in record.row.columns if column.kind == "key" for word in column.path}
    return record.level is None and record.item in over


def _uncoded(filled: Sequence[Record], library: Library) -> list[Record]:
    """The rows with the name of a code and no code, where more rows print theirs, or a part of it."""
    printed = [r for r in filled if coded(r)]
    bare = [r for r in filled if r.kind != "total" and not (coded(r) or r.project)]
    named = [record for record in bare if record.item and library.names_code(fold(record.item))]
    lacking = [r for r in named if not (r.unproved or _is_coded_by_parts(r, filled, library))]
    return lacking if len(named) < len(printed) else []


def _is_coded_by_parts(record: Record, filled: Sequence[Record], library: Library) -> bool:
    """Whether the rows below a row print its code or codes of the class that it names."""
    below = [part.codes.items() for part in filled if part.codes and part.parents and part.parents[-1] is record]
    label = fold(record.item or "")
    return bool(below) and all(
        any(label in map(fold, library.official_names(scheme, digits)) for digits in (code.digits, code.digits[:3]))
        for codes in below
        for scheme, code in codes
    )


def _hides_code(record: Record) -> bool:
    """Whether a label begins with the digits of a code, and no code was read of its row."""
    return not record.codes and not record.project and _CODE_IN_LABEL.match(fold(record.item or "")) is not None


def _orphans(records: Sequence[Record]) -> list[Record]:
    """The rows of each side with the ordinal of a part (1、) above the first of those that it would be a part of (二、)."""
    found = []
    for of_side in _by_side(records):
        leveled = [(record.level, record) for record in of_side if record.level is not None]
        top = min((level for level, _ in leveled), default=0)
        first = next((at for at, (level, _) in enumerate(leveled) if level == top), 0)
        found += [record for _, record in leveled[:first]]
    return found


def _after_whole(records: Sequence[Record]) -> list[Record]:
    """The rows of blocks after the first, where several have a total of the same name that is the sum of its block.

    One table has one 合计. Blocks of bodies that the rows name are of one table all the same.
    """
    filled = [record for record in records if record.amounts]
    totals = [record for record in filled if record.kind == "total"]
    if (
        len(totals) < 2
        or len({(r.item, r.side, r.direction) for r in totals}) > 1
        or any(r.unit_pieces for r in filled)
    ):
        return []
    first = filled[0] is totals[0]
    ends = [at if first else at + 1 for at, record in enumerate(filled) if record.kind == "total"]
    bounds = [*ends, len(filled)] if first else [0, *ends]
    blocks = [filled[a:b] for a, b in pairwise(bounds)]
    if len(blocks) < 2 or not all(_is_whole(block) for block in blocks):
        return []
    return [record for block in blocks[1:] for record in block]


def _totals_at_both_ends(filled: Sequence[Record]) -> list[Record]:
    """The total above all rows of a side whose last row is a total of the same name: it may be of the table before."""
    return [
        rows[0]
        for rows in _by_side(filled)
        if len(rows) > 2 and rows[0].kind == rows[-1].kind == "total" and rows[0].item == rows[-1].item
    ]


def _is_whole(block: Sequence[Record]) -> bool:
    """Whether the total of a block is the sum of the rows that no other of them stands over, in every column."""
    (whole,) = (record for record in block if record.kind == "total")
    parts = [values(record) for record in block if record.kind == "detail" and not record.of_which]
    columns = values(whole)
    return bool(parts) and all(
        is_sum(value, [part[index] for part in parts if index in part]) for index, value in columns.items() if value
    )


def _direction_said(record: Record, library: Library) -> str | None:
    """The direction that the label of a row says; of what is carried over the words of balances say it (结转下年)."""
    label = record.item or ""
    if any(code.basis != "name" for code in record.codes.values()):
        return None
    if any(word in label for word in _CARRIED):
        bare = _SIDE.sub("", ORDINAL.sub("", fold(label)).rstrip(":"))
        said = {"revenue": library.says("revenue", bare), "expenditure": library.says("expenditure", bare)}
    else:
        said = {"revenue": "收入" in label, "expenditure": "支出" in label}
    return next((side for side in said if said[side]), None) if sum(said.values()) == 1 else None


def _names_other_side(record: Record, library: Library) -> bool:
    """Whether the label of a row is a word of the library for revenue in a table of expenditure, or the reverse."""
    said = None if record.project else _direction_said(record, library)
    known = library.column(record.item) is not None if record.item else False
    return known and said is not None and _direction(record) not in (None, said)


def _direction(record: Record) -> str | None:
    """The direction of a row's amounts: that of their column, else that of its side."""
    return next((column.direction for column, _ in record.amounts if column.direction), record.direction)


def _whole(columns: Iterable[Column]) -> Column | None:
    """The column of the total among those of one side."""
    found = [c for c in columns if c.kind == "amount" and c.measure == "total" and _is_plain(c)]
    found = [column for column in found if column.fund is None] or found
    return found[0] if len(found) == 1 else None


def _is_plain(column: Column) -> bool:
    return not (column.revenue_source or column.expense or column.economic or column.phase or column.year) and (
        column.year_offset is None
    )


def _has_parts(record: Record, whole: Column) -> bool:
    return any(
        column.kind == "amount"
        and (column.measure in ("basic", "project") or column.fund != whole.fund or column.revenue_source)
        for column, cell in record.amounts
        if cell.folded.strip("0.,-")
    )
