"""Tables in flowing text: cells one after the other, blanks only gaps, names wrapped wherever the page was narrow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.ledger import value_of
from pipeline.extract.tables.layout.flow_header import find_header
from pipeline.extract.tables.layout.flow_two_sided import read_sides, sides_of
from pipeline.extract.tables.layout.flow_words import FlowWord, words_of
from pipeline.extract.tables.layout.sheet import Layout, Piece, TableRow, cell_of, is_amount
from pipeline.extract.tables.layout.torn import Names
from pipeline.extract.tables.meaning.columns import Column
from pipeline.extract.tables.meaning.placement import Run, place
from pipeline.ingest.document import Document

_CODED = re.compile(r"^(\d{3,7})-")
_DIGITS = re.compile(r"^\d{3,12}$")
_FIRST_DIGIT = {"function": "2", "government_economic": "5", "department_economic": "3"}
_CODES = ("code", "unit_code")


@dataclass(slots=True)
class _Draft:
    """A row while it is read: words by key column, then its amounts."""

    keys: dict[int, list[Piece]] = field(default_factory=dict)
    amounts: list[FlowWord] = field(default_factory=list)
    after: dict[int, list[Piece]] = field(default_factory=dict)
    joined: bool = False


def read_flow(document: Document, first: int, last: int, start: int, form: TableForm, library: Library) -> Layout:
    """Rows of the table in the lines ``first`` to ``last`` (exclusive), read from the character ``start`` on."""
    layout = Layout()
    found = find_header(document, first, last, start, form, library)
    if found is None:
        layout.problems.append("its header is not the one the form describes")
        return layout
    columns, end, unknown = found
    layout.columns, layout.body_start = columns, end
    if unknown:
        layout.problems.append(f"its header has words the form does not know: {', '.join(unknown)}")
    words = words_of(document, first, last, end, library)
    if len(sides_of(columns)) > 1:
        read_sides(document, words, columns, form, library, layout)
    else:
        _read_keyed(document, words, columns, form, library, layout)
    return layout


def _read_keyed(
    document: Document,
    words: list[FlowWord],
    columns: tuple[Column, ...],
    form: TableForm,
    library: Library,
    layout: Layout,
) -> None:
    """Rows of key cells followed by amounts. A row ends where words follow its amounts."""
    amount_columns = [c for c in columns if c.kind != "key"]
    first_amount = min((c.index for c in amount_columns), default=len(columns))
    keys = [c for c in columns if c.kind == "key" and c.index < first_amount]
    tail = [c for c in columns if c.kind == "key" and c.index > first_amount]
    names = Names(document, library)
    drafts: list[_Draft] = []
    draft = _Draft()
    for word in words:
        if _takes_amount(word, draft, keys):
            if not draft.amounts:
                draft.joined = not word.first
            draft.amounts.append(word)
            continue
        if draft.amounts:
            if tail and word.line == draft.amounts[-1].line:
                draft.after.setdefault(tail[0].index, []).extend(word.pieces)
                continue
            drafts.append(draft)
            draft = _Draft()
        slot = _slot(word, draft, keys, library)
        if slot is None:
            if drafts and names.completes(drafts[-1].keys, columns, word.pieces):
                continue
            layout.problems.append(f"line {word.line + 1}: {word.text} belongs to no cell")
            continue
        draft.keys.setdefault(slot, []).extend(word.pieces)
    if draft.amounts:
        drafts.append(draft)
    elif draft.keys:
        drafts.append(draft)
    _emit_keyed(document, drafts, keys, amount_columns, columns, form, library, layout)


def _takes_amount(word: FlowWord, draft: _Draft, keys: list[Column]) -> bool:
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


def _slot(word: FlowWord, draft: _Draft, keys: list[Column], library: Library) -> int | None:
    """The key column a word goes to; None where it fits none (then it may complete a name of the row above)."""
    filled = max(draft.keys, default=-1)
    if library.says("totals", word.text.rstrip(":")) and not draft.keys:
        return keys[0].index if keys else None
    if (coded := _CODED.match(word.text)) is not None:
        for key in keys:
            if key.key == "code_name" and key.index > filled and _fits_code(coded.group(1), key):
                return key.index
    if _DIGITS.match(word.text):
        for key in keys:
            if key.key in _CODES and key.index not in draft.keys and _fits_code(word.text, key):
                return key.index
    current = next((key for key in keys if key.index == filled), None)
    if current is None:
        first = keys[0] if keys else None
        if (
            first is None
            or first.key == "code_name"
            or (first.key == "code" and len(keys) > 1 and keys[1].key == "name")
        ):
            return None
        return next((key.index for key in keys if key.key not in _CODES and key.key != "code_name"), first.index)
    if current.key in ("code", "unit_code"):
        return next((key.index for key in keys if key.index > filled and key.key not in (*_CODES, "code_name")), None)
    if current.key in ("text", "unit") and word.gap >= 1 and not word.first:
        return next((key.index for key in keys if key.index > filled and key.key not in (*_CODES, "code_name")), filled)
    return current.index


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


def _emit_keyed(
    document: Document,
    drafts: list[_Draft],
    keys: list[Column],
    amount_columns: list[Column],
    columns: tuple[Column, ...],
    form: TableForm,
    library: Library,
    layout: Layout,
) -> None:
    runs = []
    for draft in drafts:
        amounts = draft.amounts
        if not 0 < len(amounts) <= len(amount_columns):
            continue
        values = [value_of(document.text[word.start : word.end]) for word in amounts]
        gaps = [b.gap if b.line == a.line else a.trail + b.gap + 1 for a, b in zip(amounts, amounts[1:], strict=False)]
        filled = max(draft.keys, default=-1)
        blank_keys = sum(key.index > filled for key in keys)
        runs.append(
            Run(
                [v for v in values if v is not None],
                gaps,
                amounts[0].gap,
                amounts[-1].trail,
                blank_keys,
                draft.joined,
                merged=_is_total(document, draft, library),
                below=_blanks_below(document, amounts[-1].end_line),
            )
        )
    places = iter(place(runs, amount_columns, form.identities))
    for draft in drafts:
        cells = {index: cell_of(document.text, pieces) for index, pieces in (*draft.keys.items(), *draft.after.items())}
        row = TableRow(columns, cells)
        if 0 < len(draft.amounts) <= len(amount_columns):
            spot = next(places)
            if spot is None:
                line = draft.amounts[0].line + 1
                layout.problems.append(
                    f"line {line}: neither the gaps nor the identities settle the columns of its amounts"
                )
            else:
                row.placement = spot[1]
                for place_, word in zip(spot[0], draft.amounts, strict=True):
                    row.cells[amount_columns[place_].index] = cell_of(document.text, [(word.start, word.end)])
        elif draft.amounts:
            layout.problems.append(f"line {draft.amounts[0].line + 1}: more amounts than the table has columns")
        if row.cells:
            layout.rows.append(row)
