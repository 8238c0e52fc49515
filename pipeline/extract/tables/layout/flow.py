"""Tables in flowing text: cells one after the other, blanks only gaps, names wrapped wherever the page was narrow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.ledger import value_of
from pipeline.extract.tables.find.segment import Segment
from pipeline.extract.tables.layout.flow_header import find_header
from pipeline.extract.tables.layout.flow_two_sided import label_sides, read_two_sides
from pipeline.extract.tables.layout.sheet import Piece, Sheet, SheetCell, SheetPart, SheetRow, cell_of
from pipeline.extract.tables.layout.torn import Names, unwrapped
from pipeline.extract.tables.layout.words import Word, words_of_flow
from pipeline.extract.tables.lexicon import CODED, GLUED, is_amount
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.header import columns_of
from pipeline.extract.tables.meaning.placement import Run, place
from pipeline.ingest.document import Document

_DIGITS = re.compile(r"^\d{3,12}$")
_FIRST_DIGIT = {"function": "2", "government_economic": "5", "department_economic": "3"}
_CODES = ("code", "unit_code")
_CODED = (*_CODES, "code_name")
#: What the label of a row begins with that is a part of the row above it; no label goes on with it on its next line.
_BEGINS_PART = re.compile(r"其中[:;,，；、]")
#: The unit of money right below a title, with the blanks behind it.
_UNIT_LINE = re.compile(r"[单單]\s*位\s*[:：]\s*\S*元[ \t]*")
#: So many characters below its title that unit stands at most.
_UNIT_WITHIN = 400


@dataclass(slots=True)
class _Draft:
    """A row while it is read: words by key column, its amounts, and the words of key columns after these."""

    keys: dict[int, list[Piece]] = field(default_factory=dict)
    amounts: list[Word] = field(default_factory=list)
    after: dict[int, list[Piece]] = field(default_factory=dict)
    joined: bool = False


def read_flow(document: Document, segment: Segment, form: TableForm, library: Library) -> Sheet:
    """The sheet of a table in flowing text. Its amounts have columns where gaps and the identities of ``form`` settle them."""
    text = document.text
    body = segment.heading.end if segment.heading else document.lines[segment.first].start
    end = document.lines[segment.last - 1].end
    unit = _UNIT_LINE.search(text, body, min(end, body + _UNIT_WITHIN))
    header = find_header(text, unit.end() if unit else body, end, form)
    if header is None:
        return Sheet(problems=["its header is not the one the form describes"])
    problems = []
    if header.unknown:
        problems.append(f"its header has words the form does not know: {', '.join(header.unknown)}")
    if header.missing:
        return Sheet(problems=[f"its header lacks words over the columns it has: {', '.join(header.missing)}"])
    columns = columns_of(header.rows, header.count, form, library)
    words = unwrapped(words_of_flow(document, segment.first, segment.last, header.end, library), library)
    sides = label_sides(columns)
    if len(sides) > 1:
        rows, left = read_two_sides(text, words, sides, form, library)
    else:
        rows, left = _Keyed(document, columns, form, library).read(words)
    edges = [float(edge) for edge in range(header.count + 1)]
    part = SheetPart("its table", header.rows, rows, edges, body_start=header.end)
    return Sheet([part], problems + left)


class _Keyed:
    """Reads rows of key cells followed by amounts. A row ends where words follow its amounts."""

    def __init__(self, document: Document, columns: tuple[Column, ...], form: TableForm, library: Library) -> None:
        self._document, self._columns, self._form, self._library = document, columns, form, library
        self._amounts = [c for c in columns if c.kind != "key"]
        first_amount = min((c.index for c in self._amounts), default=len(columns))
        self._keys = [c for c in columns if c.kind == "key" and c.index < first_amount]
        self._tail = [c for c in columns if c.kind == "key" and c.index > first_amount]
        self._problems: list[str] = []

    def read(self, words: list[Word]) -> tuple[list[SheetRow], list[str]]:
        """The rows that the words of a table make, and what could not be placed."""
        drafts = self._drafts(words)
        fitting = [draft for draft in drafts if 0 < len(draft.amounts) <= len(self._amounts)]
        places = iter(place([self._run(draft) for draft in fitting], self._amounts, self._form.identities))
        rows = []
        for draft in drafts:
            row = SheetRow([self._cell(at, pieces) for at, pieces in (*draft.keys.items(), *draft.after.items())])
            if len(draft.amounts) > len(self._amounts):
                self._problem(draft.amounts[0], "more amounts than the table has columns")
            elif draft.amounts:
                placed = next(places)
                if any(GLUED.search(one.cell.folded) for one in row.cells):
                    self._problem(draft.amounts[0], "words of another row stand in the label of its amounts")
                else:
                    self._place(row, draft, placed)
            if row.cells:
                rows.append(row)
        return rows, self._problems

    def _cell(self, column: int, pieces: Sequence[Piece]) -> SheetCell:
        return SheetCell(cell_of(self._document.text, pieces), column, column + 1)

    def _problem(self, word: Word, problem: str) -> None:
        self._problems.append(f"line {word.line + 1}: {problem}")

    def _place(self, row: SheetRow, draft: _Draft, placed: tuple[tuple[int, ...], str] | None) -> None:
        if placed is None:
            self._problem(draft.amounts[0], "neither the gaps nor the identities settle the columns of its amounts")
            return
        places, row.placement = placed
        row.cells += [
            self._cell(self._amounts[at].index, w.pieces) for at, w in zip(places, draft.amounts, strict=True)
        ]

    def _drafts(self, words: list[Word]) -> list[_Draft]:
        names = Names(self._document, self._library)
        drafts: list[_Draft] = []
        draft = _Draft()
        for word in words:
            if _takes_amount(word, draft, self._keys):
                if not draft.amounts:
                    draft.joined = not word.first
                draft.amounts.append(word)
                continue
            if draft.amounts:
                if self._tail and word.line == draft.amounts[-1].line:
                    draft.after.setdefault(self._tail[0].index, []).extend(word.pieces)
                    continue
                drafts.append(draft)
                draft = _Draft()
            if draft.keys and word.first and self._begins_total(word, draft):
                self._leave(draft, word)
                draft = _Draft()
            elif draft.keys and word.first and _BEGINS_PART.match(word.text):
                drafts.append(draft)  # a row whose amounts are all blank
                draft = _Draft()
            slot = _slot(word, draft, self._keys, self._library)
            if slot is not None:
                draft.keys.setdefault(slot, []).extend(word.pieces)
            elif not (drafts and names.completes(drafts[-1].keys, self._columns, word.pieces)):
                self._problem(word, f"{word.text} belongs to no cell")
        return [*drafts, draft] if draft.amounts or draft.keys else drafts

    def _begins_total(self, word: Word, draft: _Draft) -> bool:
        """Whether a line begins with the label of a total, and what stands above it without amounts is no part of that."""
        if not self._library.says("totals", word.text.rstrip(":")):
            return False
        above = self._cell(0, [piece for pieces in draft.keys.values() for piece in pieces]).cell.text
        return not self._library.says("totals", above + word.text.rstrip(":"))

    def _leave(self, draft: _Draft, word: Word) -> None:
        """Say which words stand above the row that begins with ``word`` and belong to none."""
        above = self._cell(0, [piece for pieces in draft.keys.values() for piece in pieces]).cell.text
        self._problem(word, f"{above} above it belongs to no row")

    def _run(self, draft: _Draft) -> Run:
        """The amounts of a row and the blanks around them."""
        amounts, text = draft.amounts, self._document.text
        values = [value_of(text[word.start : word.end]) for word in amounts]
        gaps = [b.gap if b.line == a.line else a.trail + b.gap + 1 for a, b in zip(amounts, amounts[1:], strict=False)]
        filled = max(draft.keys, default=-1)
        return Run(
            [value for value in values if value is not None],
            gaps,
            amounts[0].gap,
            amounts[-1].trail,
            sum(key.index > filled for key in self._keys),
            draft.joined,
            merged=_is_total(self._document, draft, self._library),
            below=_blanks_below(self._document, amounts[-1].end_line),
        )


def _takes_amount(word: Word, draft: _Draft, keys: list[Column]) -> bool:
    if not is_amount(word.text):
        return False
    if not _DIGITS.match(word.text):
        return True
    if draft.amounts:
        # Digits that begin a line after amounts are the code of the next row, where rows begin with codes.
        leads = word.first and word.line != draft.amounts[-1].line and bool(keys) and keys[0].key in _CODES
        return not (leads and _fits_code(word.text, keys[0]))
    return not any(_fits_code(word.text, key) for key in keys if key.key in _CODES and key.index not in draft.keys)


def _fits_code(digits: str, key: Column) -> bool:
    expected = _FIRST_DIGIT.get(key.scheme or "")
    return expected is None or digits.startswith(expected)


def _slot(word: Word, draft: _Draft, keys: list[Column], library: Library) -> int | None:
    """The key column a word goes to; None where it fits none (then it may complete a name of the row above)."""
    filled = max(draft.keys, default=-1)
    if library.says("totals", word.text.rstrip(":")) and not draft.keys:
        return keys[0].index if keys else None
    coded = _slot_of_code(word, draft, keys)
    if coded is not None:
        return coded
    current = next((key for key in keys if key.index == filled), None)
    if current is None:
        return _first_slot(keys)
    following = next((key.index for key in keys if key.index > filled and key.key not in _CODED), None)
    if current.key in _CODES:
        return following
    if current.key in ("text", "unit") and word.gap >= 1 and not word.first and following is not None:
        return following
    return current.index


def _slot_of_code(word: Word, draft: _Draft, keys: list[Column]) -> int | None:
    """The column of codes, alone or before their names, that a code goes to."""
    if (coded := CODED.match(word.text)) is not None:
        filled = max(draft.keys, default=-1)
        for key in keys:
            if key.key == "code_name" and key.index > filled and _fits_code(coded.group(1), key):
                return key.index
    if _DIGITS.match(word.text):
        for key in keys:
            if key.key in _CODES and key.index not in draft.keys and _fits_code(word.text, key):
                return key.index
    return None


def _first_slot(keys: list[Column]) -> int | None:
    """The column of words that begin a row; None where rows begin with codes."""
    if not keys or keys[0].key == "code_name" or [key.key for key in keys[:2]] == ["code", "name"]:
        return None
    return next((key.index for key in keys if key.key not in _CODED), keys[0].index)


def _is_total(document: Document, draft: _Draft, library: Library) -> bool:
    cells = list(draft.keys.values())
    return len(cells) == 1 and library.says("totals", cell_of(document.text, cells[0]).text)


def _blanks_below(document: Document, index: int) -> int:
    """Spaces of the next line that is not empty, where it holds nothing else."""
    for line in document.lines[index + 1 : index + 4]:
        if line.end > line.start:
            raw = document.text[line.start : line.end]
            return len(raw) if len(raw) > 1 and not raw.strip() else 0
    return 0
