"""Which lines of text laid out with spaces make a row, and which row a piece of a wrapped name belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.extract.forms import Library
from pipeline.extract.spans import united
from pipeline.extract.tables.layout.torn import official_names
from pipeline.extract.tables.layout.words import SpacedColumn, Word, begins_row
from pipeline.extract.tables.lexicon import CODE, ORDINAL, is_dash, is_no_amount

# So many letters at most part a sign from its number.
_OFF = 2
# What a code with a name of its own counts for, next to a piece that is a letter short.
_NAMED = 8


def assign_columns(words: list[Word], columns: list[SpacedColumn]) -> None:
    """Each word's column: one of its kind that it stands in, else the nearest. Words among amounts are no label's."""
    for word in words:
        dash = is_no_amount(word.text) and not any(map(str.isalpha, word.text))
        fits = _without_amount(words, columns) if dash else []
        fits = fits or [i for i, c in enumerate(columns) if c.numeric == word.numeric]
        over = [i for i in fits if word.x0 < columns[i].x1 and columns[i].x0 < word.x1]
        # A word between two numbers of its line shows its column, even one that holds nothing else on the page.
        left = max((i for i, c in enumerate(columns) if c.numeric and c.x1 <= word.x0), default=-1)
        right = min((i for i, c in enumerate(columns) if c.numeric and c.x0 >= word.x1), default=len(columns))
        between = [i for i in fits if left < i < right]
        if not over and not word.numeric and not dash and len(between) == 1:
            word.column = between[0]
            continue
        among = [] if word.numeric or dash else _amounts_over(word, columns)
        fits = over or among or fits or list(range(len(columns)))
        middle = (word.x0 + word.x1) / 2
        word.column = min(fits, key=lambda i: abs(columns[i].middle - middle))


def _amounts_over(word: Word, columns: list[SpacedColumn]) -> list[int]:
    """The columns of amounts that a word stands in."""
    return [i for i, c in enumerate(columns) if c.holds == "amounts" and word.x0 < c.x1 and c.x0 < word.x1]


def _without_amount(words: list[Word], columns: list[SpacedColumn]) -> list[int]:
    """The columns of numbers in which no number of a line stands: where a dash says that there is none."""
    amounts = [word for word in words if word.numeric]
    numeric = [i for i, column in enumerate(columns) if column.numeric]
    return [i for i in numeric if not any(w.x0 < columns[i].x1 and columns[i].x0 < w.x1 for w in amounts)]


def join_signs(words: list[Word], columns: list[SpacedColumn]) -> list[Word]:
    """The words of a line, a dash that stands off its number (- 34.50) joined to it.

    It is a sign, and no blank cell, where every column of amounts has an amount on the line without it.
    """
    amounts = [word for word in words if word.numeric and not is_dash(word.text)]
    numeric = [column for column in columns if column.numeric]
    if len(amounts) == sum(word.numeric for word in words) or any(
        not any(word.x0 < column.x1 and column.x0 < word.x1 for word in amounts) for column in numeric
    ):
        return words
    joined: list[Word] = []
    for word in words:
        before = joined[-1] if joined else None
        if before and is_dash(before.text) and word in amounts and 0 < word.x0 - before.x1 <= _OFF:
            joined[-1] = replace(before.joined(word), x1=word.x1)
        else:
            joined.append(word)
    return joined


def join_code_and_name(words: list[Word]) -> list[Word]:
    """The words of a line, the code that it begins with and the name one space behind it as one word."""
    if len(words) < 2 or not CODE.fullmatch(words[0].text) or words[1].numeric or words[1].x0 - words[0].x1 != 1:
        return words
    return [replace(words[0].joined(words[1]), x1=words[1].x1), *words[2:]]


def set_in_columns(body: list[list[Word]]) -> list[tuple[float, float]]:
    """Move the amounts of all rows to the places of their columns, which are returned, where their order shows these.

    It does where all rows print the same number of amounts, with nothing right of them: then none has a blank cell
    that others have not. Nothing is moved and nothing returned where one prints more or fewer.
    """
    rows = [amounts_at_end(words) for words in body if any(word.numeric for word in words)]
    if len({len(row) for row in rows}) != 1:
        return []
    columns = list(zip(*rows, strict=True))
    places = [(_middle(word.x0 for word in column), _middle(word.x1 for word in column)) for column in columns]
    for column, (x0, x1) in zip(columns, places, strict=True):
        for word in column:
            word.x0, word.x1 = x0, x1
    return places


def join_row_lines(body: list[list[Word]], library: Library) -> list[list[Word]]:
    """The lines of rows that all print a code or are totals, with the code and the amounts of one row on one line.

    Where a wrapped name makes its row two lines high, its code is printed beside the one and its amounts beside the other:
    a line that begins with a code and has no amounts, and the next one with amounts, which has no code.
    """
    joined: list[list[Word]] = []
    waiting: list[list[Word]] = []
    for words in body:
        amounts = amounts_at_end(words)
        coded = CODE.fullmatch(words[0].text) is not None
        if coded and not amounts and len(words) > 1:
            joined += waiting
            waiting = [words]
        elif waiting and amounts and not coded and not any(library.says("totals", word.text) for word in words):
            joined.append([word for line in (*waiting, words) for word in line])
            waiting = []
        elif waiting and not coded and not amounts:
            waiting.append(words)
        else:
            joined += [*waiting, words]
            waiting = []
    return [*joined, *waiting]


def amounts_at_end(words: list[Word]) -> list[Word]:
    """The amounts behind the last label of a line; on a line without one its code, or the parts of it, are none of them."""
    labels = [at for at, word in enumerate(words) if not word.numeric]
    if labels or not words or not CODE.fullmatch(words[0].text):
        return words[labels[-1] + 1 :] if labels else words
    return words[1 + sum(len(word.text) == 2 and word.text.isdigit() for word in words[1:3]) :]


def _middle(places: Iterable[float]) -> float:
    """The middle one of places; those of a column right of another are right of its."""
    found = sorted(places)
    return found[len(found) // 2]


def rows_of_lines(
    body: list[list[Word]], columns: list[SpacedColumn], library: Library, goes_on: bool
) -> list[list[Word]]:
    """Lines to rows: a line of numbers or one that begins an item is a row, other lines go to the nearest such.

    Labels with ordinals go from theirs to the next. Where the page goes on with a table, what stands above its first row
    may be the rest of a name of the page before; then it is a row of its own.
    """
    rows = [
        i
        for i, words in enumerate(body)
        if any(begins_row(word.text, library) for word in words) and not _ends_totals(body, i, library)
    ]
    if not rows:
        return body
    lines = {i: body[i][0].line for i in range(len(body))}
    groups = {row: list(body[row]) for row in rows}
    joined: set[int] = set()
    for first, last in _labels(body, library):
        members = [i for i in range(first, last + 1)]
        heads = [i for i in groups if i in members]
        for i in members:
            if i not in groups and i not in joined:
                groups[heads[0]] += body[i]
        joined |= set(members)
        for other in heads[1:]:
            groups[heads[0]] += groups.pop(other)
    for above, row in zip(rows, rows[1:], strict=False):
        if lines[row] - lines[above] <= 2 and _code_alone(body[above], body[row], columns):
            groups[row] = [*groups.pop(above), *groups[row]]
    every, rows = {*rows, *joined}, [row for row in rows if row in groups]
    loose = [i for i in range(len(body)) if i not in every]
    shared = _shared_out(body, loose, rows, columns, library)
    lead = [i for i in loose if i < rows[0]]
    pieces = [i for i, row in shared.items() if row == rows[0]]
    if lead and (
        _begin_above(body, lead, rows[0])
        or goes_on
        and _whole_without(body, pieces, rows[0], official_names(_code_of(body[rows[0]], columns), library))
    ):
        groups = {lead[0]: [word for i in lead for word in body[i]], **groups}
        shared = {i: row for i, row in shared.items() if i not in lead}
    for i, row in shared.items():
        groups[row] += body[i]
    return list(groups.values())


def _ends_totals(body: list[list[Word]], i: int, library: Library) -> bool:
    """Whether a line is the ends of totals that the line above begins (本年收入 with its amount, 合计 below it)."""
    if i == 0 or body[i][0].line - body[i - 1][0].line != 1:
        return False
    above = {word.column: word.text for word in body[i - 1] if not word.numeric}
    return all(above.get(word.column) and library.says("totals", above[word.column] + word.text) for word in body[i])


def _code_of(words: list[Word], columns: list[SpacedColumn]) -> str:
    """The code that a row prints, put together from its columns (类, 款, 项)."""
    return "".join(word.text for word in words if word.numeric and columns[word.column].holds == "codes")


def _begin_above(body: list[list[Word]], pieces: list[int], row: int) -> bool:
    """Whether pieces stand above a label that an ordinal begins: they are no part of it."""
    begun = {word.column for word in body[row] if ORDINAL.match(word.text)}
    return any(word.column in begun for i in pieces for word in body[i])


def _whole_without(body: list[list[Word]], pieces: list[int], row: int, official: frozenset[str]) -> bool:
    """Whether a page's first row has the whole name of its code without the pieces that stand above it.

    They are the rest of the name of the row that the page before ends with.
    """
    cells: dict[int, str] = {}
    for word in [*body[row], *(word for i in pieces if i > row for word in body[i])]:
        if not word.numeric:
            cells[word.column] = cells.get(word.column, "") + word.text
    return not official.isdisjoint(cells.values())


def _shared_out(
    body: list[list[Word]], loose: list[int], rows: list[int], columns: list[SpacedColumn], library: Library
) -> dict[int, int]:
    """Pieces of wrapped names to the rows they lie about.

    Between two rows the first so many pieces belong to the upper one. How many, is what gives most codes their
    official names, then what leaves the fewest pieces short that have another below them (a cell is wrapped
    where it is full), then the pieces even above and below a row, then no empty line between a piece and its row.
    """
    if not loose:
        return {}
    fit = _Fit(body, rows, columns, library)
    bounds = [-1, *rows, len(body)]
    between = [[i for i in loose if a < i < b] for a, b in zip(bounds, bounds[1:], strict=False)]
    # Pieces above the row: cost, and how many pieces below each row before belong to it.
    best: dict[int, tuple[int, tuple[int, ...]]] = {len(between[0]): (0, ())}
    for k, row in enumerate(rows):
        pieces, last = between[k + 1], k + 1 == len(rows)
        following: dict[int, tuple[int, tuple[int, ...]]] = {}
        for above, (cost, path) in best.items():
            for below in range(len(pieces) if last else 0, len(pieces) + 1):
                upper = between[k][len(between[k]) - above :]
                total = cost + fit.cost(row, upper, pieces[:below])
                total += fit.apart(row, pieces[:below]) + (0 if last else fit.apart(rows[k + 1], pieces[below:]))
                left = len(pieces) - below
                if left not in following or total < following[left][0]:
                    following[left] = (total, (*path, below))
        best = dict(sorted(following.items(), key=lambda entry: entry[1][0])[:8])  # bounded: long gaps are no names
    _, splits = min(best.values(), key=lambda entry: entry[0])
    found = {i: rows[0] for i in between[0]}
    for row, row_below, pieces, below in zip(rows, [*rows[1:], rows[-1]], between[1:], splits, strict=True):
        found |= {i: row for i in pieces[:below]} | {i: row_below for i in pieces[below:]}
    return found


class _Fit:
    """How well pieces of wrapped names fit the rows they may belong to; the lower the better."""

    def __init__(self, body: list[list[Word]], rows: list[int], columns: list[SpacedColumn], library: Library) -> None:
        self._body, self._library = body, library
        self._official = {row: official_names(_code_of(body[row], columns), library) for row in rows}
        self._widest: dict[int, int] = {}
        for word in (word for words in body for word in words if not word.numeric):
            self._widest[word.column] = max(self._widest.get(word.column, 0), len(word.text))

    def apart(self, row: int, pieces: list[int]) -> int:
        """What it costs that lines stand between pieces and the row that they stand above or below: ten for each."""
        lines = sorted(abs(self._body[i][0].line - self._body[row][0].line) for i in pieces)
        return 10 * sum(line - n for n, line in enumerate(lines, start=1))

    def cost(self, row: int, upper: list[int], lower: list[int]) -> int:
        """What it costs that a row has pieces above and below it, ten for each of what follows.

        Pieces that are short though others follow, cells that have pieces but nothing on the row's own line, and more
        pieces on one side than on the other; one for more pieces above than below.
        """
        cells: dict[int, list[str]] = {}
        for word in (word for i in (*upper, row, *lower) for word in self._body[i] if not word.numeric):
            cells.setdefault(word.column, []).append(word.text)
        own = {word.column for word in self._body[row]}
        short = sum(min(2, self._widest[column] - len(text)) for column, texts in cells.items() for text in texts[:-1])
        uneven = max(0, abs(len(upper) - len(lower)) - 1)
        bare = sum(column not in own for column in cells)
        return 10 * (_NAMED * self._misnamed(row, cells) + 2 * short + bare + uneven) + (len(upper) > len(lower))

    def _misnamed(self, row: int, cells: dict[int, list[str]]) -> int:
        """-1 where a cell holds the name that the row's code has, 1 where it holds a part of it or more than it."""
        official = self._official[row]
        texts = ["".join(cell) for cell in cells.values()]
        totals = [word.text for word in self._body[row] if self._library.says("totals", word.text.rstrip(":"))]
        if any(text not in texts for text in totals):
            return 1
        if not official or not official.isdisjoint(texts):
            return -bool(official)
        return int(any(n in text or n.startswith(text) or n.endswith(text) for n in official for text in texts))


def _labels(body: list[list[Word]], library: Library) -> list[tuple[int, int]]:
    """First and last line of each label that is wrapped: from its ordinal on, down to where the next label begins.

    Two overlapping ones (of the two sides of a table) are one.
    """
    spans: list[tuple[int, int]] = []
    for column in sorted({word.column for words in body for word in words if ORDINAL.match(word.text)}):
        first = last = -1
        counted = False
        for i, words in enumerate(body):
            own = next((word for word in words if word.column == column and not word.numeric), None)
            if own is None:
                continue
            amount = any(word.numeric and word.column == column + 1 for word in words)
            starts = ORDINAL.match(own.text) or begins_row(own.text, library) or _whole_alone(body, i, own, library)
            near = first >= 0 and own.line - body[last][0].line <= 2
            if starts or not near or (amount and counted):
                if last > first >= 0:
                    spans.append((first, last))
                first, counted = (i if starts else -1), False
            last, counted = i, counted or amount
        if last > first >= 0:
            spans.append((first, last))
    return united(spans)


def _whole_alone(body: list[list[Word]], i: int, own: Word, library: Library) -> bool:
    """Whether a word and the one below it in its column make a label that is always one of its own."""
    below = body[i + 1] if i + 1 < len(body) and body[i + 1][0].line - own.line <= 2 else []
    rest = next((word.text for word in below if word.column == own.column and not word.numeric), "")
    return bool(rest) and (library.says("alone", own.text + rest) or library.says("totals", own.text + rest))


def _code_alone(above: list[Word], words: list[Word], columns: list[SpacedColumn]) -> bool:
    """Whether a line prints nothing but the code of the line below, which has none."""
    codes = {word.column for word in above if word.numeric and columns[word.column].holds == "codes"}
    return len(codes) == len(above) > 0 and not any(word.column in codes for word in words)
