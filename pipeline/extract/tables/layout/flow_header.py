"""The header of a table in flowing text: which columns of its form are there, and where its words end."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import compile_words, fold, place_kept
from pipeline.extract.tables.meaning.columns import Column, resolve
from pipeline.ingest.document import Document

#: So many characters below its title a header ends at the latest.
_HEADER = 4000


def find_header(
    document: Document, first: int, last: int, start: int, form: TableForm, library: Library
) -> tuple[tuple[Column, ...], int, list[str]] | None:
    """Columns of a flowing table and the offset at which its header ends; None where no header is found.

    The form says the columns; the text says which of them are there and whether others are. The words of a
    header come row by row or column by column: the order that explains more of the text is taken.
    """
    if not form.columns:
        return None
    stop = document.lines[last - 1].end if last > first else start
    stream = fold(document.text[start : min(stop, start + _HEADER)])
    best: tuple[int, list[tuple[int, str]], int, list[str]] | None = None
    for order in _orders(form.columns):
        cost, leaves, end, unknown = _match(stream, order)
        if leaves and (best is None or cost < best[0]):
            best = (cost, leaves, end, unknown)
            if not cost:
                break  # nothing can be better
    if best is None or end_is_late(best[1], form):
        return None
    _, leaves, end, unknown = best
    # All that columns depend on; the form itself has patterns, which are slow to compare.
    what = (form.columns, form.items, form.scheme, form.direction, form.fund, tuple(leaves))
    columns = library.remembered("header", what, lambda: _columns(leaves, form, library))
    return columns, place_kept(document.text, start, end - 1) + 1, unknown


def _columns(leaves: list[tuple[int, str]], form: TableForm, library: Library) -> tuple[Column, ...]:
    """The columns of a header: the form's, each with the word that the text prints, and those of words it has not."""
    columns: list[Column] = []
    for position, printed in leaves:
        if position < 0:
            columns.append(Column(len(columns), (printed,)))
            continue
        path = tuple(word.replace("[", "").replace("]", "") for word in form.columns[position].split("/"))
        columns.append(resolve(len(columns), (*path[:-1], printed), form, library))
    return tuple(columns)


def end_is_late(leaves: list[tuple[int, str]], form: TableForm) -> bool:
    """Whether too little of the declared header was found to believe in it."""
    known = sum(position >= 0 for position, _ in leaves)
    return known * 2 < len(form.columns)


@lru_cache(maxsize=1024)
def _orders(columns: tuple[str, ...]) -> tuple[list[tuple[re.Pattern[str], int]], ...]:
    """The words of a header going down column by column, and row by row."""
    orders = (_by_column(columns), _by_row(columns))
    return tuple([(compile_words((word,)), position) for word, position in order] for order in orders)


def _by_column(columns: tuple[str, ...]) -> list[tuple[str, int]]:
    """Header words with the column they end at (-1 for a word over several), going down column by column."""
    order: list[tuple[str, int]] = []
    above: list[str] = []
    for position, path in enumerate(columns):
        words = path.split("/")
        for depth, word in enumerate(words[:-1]):
            if above[: depth + 1] != words[: depth + 1]:
                order.append((word, -1))
        above = words[:-1]
        order.append((words[-1], position))
    return order


def _by_row(columns: tuple[str, ...]) -> list[tuple[str, int]]:
    """The same words row by row."""
    order: list[tuple[str, int]] = []
    paths = [path.split("/") for path in columns]
    for depth in range(max(map(len, paths))):
        previous: list[str] = []
        for position, words in enumerate(paths):
            if len(words) <= depth:
                previous = []
            elif len(words) - 1 == depth:
                order.append((words[depth], position))
                previous = []
            elif words[: depth + 1] != previous:
                order.append((words[depth], -1))
                previous = words[: depth + 1]
    return order


def _match(stream: str, order: list[tuple[re.Pattern[str], int]]) -> tuple[int, list[tuple[int, str]], int, list[str]]:
    at, cost = 0, 0
    leaves: list[tuple[int, str]] = []
    unknown: list[str] = []
    step = 0
    while step < len(order):
        hit = next(
            (
                (ahead, m)
                for ahead in range(step, len(order))
                if (m := order[ahead][0].match(stream, at)) and m.end() > at
            ),
            None,
        )
        if hit is None:
            # A word the form does not have: look a little further for one it has.
            hits = [
                (m.start(), ahead, m)
                for ahead in range(step, len(order))
                if (m := order[ahead][0].search(stream, at, at + 30)) and m.end() > m.start()
            ]
            hits = [h for h in hits if not re.search(r"[\d、]", stream[at : h[0]])]
            if not hits or not leaves:
                break
            begin, ahead, match = min(hits, key=lambda h: (h[0], h[1]))
            leaves.append((-1, stream[at:begin]))
            unknown.append(stream[at:begin])
            cost += begin - at
            hit = (ahead, match)
        ahead, match = hit
        cost += sum(2 if position >= 0 else 1 for _, position in order[step:ahead])
        if order[ahead][1] >= 0:
            leaves.append((order[ahead][1], match.group()))
        at, step = match.end(), ahead + 1
    cost += sum(2 if position >= 0 else 1 for _, position in order[step:])
    leaves.sort(key=lambda leaf: leaf[0]) if all(position >= 0 for position, _ in leaves) else None
    return cost, leaves, at, unknown
