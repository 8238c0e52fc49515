"""Tables without ruling lines: columns from where words stand, made into cells that ``ruled`` can read.

Asked where ``laid_out`` cannot tell the columns of a PDF's page: amounts set off their line and the like.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold, is_page_number
from pipeline.extract.tables.cells import is_amount
from pipeline.extract.tables.segment import Segment
from pipeline.ingest.document import Box, CellTable, Document, Word
from pipeline.ingest.grids import Grid, cell_tables

_CODE = re.compile(r"^\d{3}(?:\d\d){0,2}(?:-|$)|^\d{1,2}$")
_LEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|[（][一二三四五六七八九十]+[）]|合计|总计)")


@dataclass(slots=True)
class _Line:
    top: float
    bottom: float
    words: list[Word]


def tables_of(document: Document, segment: Segment, library: Library) -> list[CellTable]:
    """One table of cells for each page of the segment. Columns are found once, from all of its words."""
    start = document.lines[segment.body].start if segment.body < len(document.lines) else len(document.text)
    stop_line = segment.notes[0] if segment.notes else segment.last
    end = document.lines[stop_line - 1].end
    pages = []
    for page in document.pages:
        words = [w for w in page.words if start <= w.start < end and not _apart_from_rows(document, w)]
        words = [w for w in words if document.line_at(w.start).number - 1 not in segment.repeats]
        if words:
            pages.append((page, words))
    if not pages:
        return []
    edges = _column_edges(document, [word for _, words in pages for word in words], library)
    if len(edges) < 3:
        return []
    return [
        table
        for page, words in pages
        for table in cell_tables([_grid(document, words, edges, library)], page.words, document.text, page.number)
    ]


def _apart_from_rows(document: Document, word: Word) -> bool:
    """Whether a word stands in the line of the unit of money or in that of the page's number."""
    line = document.line_at(word.start)
    text = fold(document.text[line.start : line.end])
    return (bool(re.search(r"单位:", text)) and len(text) < 60) or (is_page_number(text) and not text.isdigit())


def _column_edges(document: Document, words: list[Word], library: Library) -> list[float]:
    """Edges between columns: where, counted over all lines, (almost) no word of the body stands.

    Header words over several columns cross such gutters, and are left out of the count.
    """
    body = _body_words(document, words)
    if not body:
        return []
    spans = sorted((w.x0, w.x1) for w in body)
    merged: list[list[float]] = []
    gap = 0.6 * _height(body)
    for x0, x1 in spans:
        if merged and x0 - merged[-1][1] < gap * 0.5:
            merged[-1][1] = max(merged[-1][1], x1)
        else:
            merged.append([x0, x1])
    inside = {id(word) for word in body}
    headers = sorted((w for w in words if id(w) not in inside), key=lambda w: w.x0)
    covered = [any(w.x0 < right and w.x1 > left for w in headers) for left, right in merged]
    for word in headers:
        over = [span for span in merged if word.x0 < span[1] and word.x1 > span[0]]
        text = document.text[word.start : word.end]
        if over or not (library.column(text) or library.key(text)):
            continue
        # A header that stands over no column belongs to the one beside it that has none (amounts at the right edge,
        # headers in the middle); where there is no such column, or two, its own column has no value.
        bare = [i for i in _beside(merged, word) if not covered[i] and not _between(headers, merged[i], word)]
        if len(bare) == 1:
            span = merged[bare[0]]
            merged[bare[0]] = [min(span[0], word.x0), max(span[1], word.x1)]
            covered[bare[0]] = True
        else:
            merged.append([word.x0, word.x1])
            covered.append(True)
            order = sorted(range(len(merged)), key=lambda i: merged[i])
            merged, covered = [merged[i] for i in order], [covered[i] for i in order]
    edges = [merged[0][0] - 1]
    for left, right in zip(merged, merged[1:], strict=False):
        edges.append((left[1] + right[0]) / 2)
    edges.append(merged[-1][1] + 1)
    return edges


def _beside(spans: list[list[float]], word: Word) -> list[int]:
    """The span before a word and the one after it."""
    at = bisect_right([span[0] for span in spans], word.x0)
    return [i for i in (at - 1, at) if 0 <= i < len(spans)]


def _between(headers: list[Word], span: list[float], word: Word) -> bool:
    """Whether another word of the header's last lines stands between a column and a header."""
    left, right = (span[1], word.x0) if span[1] <= word.x0 else (word.x1, span[0])
    return any(left <= other.x0 and other.x1 <= right for other in headers)


def _height(words: list[Word]) -> float:
    heights = sorted(word.bottom - word.top for word in words)
    return heights[len(heights) // 2] or 1.0


def _body_words(document: Document, words: list[Word]) -> list[Word]:
    """Words from the first line that prints an amount beside another word, without headers that a page repeats."""
    header: set[str] = set()
    body: list[Word] = []
    for text, line in _printed_lines(document, words):
        texts = [fold(document.text[w.start : w.end]) for w in line]
        if body or (any(is_amount(t) and (len(t) > 3 or "." in t) for t in texts) and len(texts) > 1):
            body += line if text not in header else []
        else:
            header.add(text)
    return body


def _printed_lines(document: Document, words: list[Word]) -> list[tuple[str, list[Word]]]:
    """The words by line of the document, in reading order, with the folded text of the line."""
    lines: dict[int, list[Word]] = {}
    for word in sorted(words, key=lambda w: w.start):
        lines.setdefault(document.line_at(word.start).number, []).append(word)
    return [(fold("".join(document.text[w.start : w.end] for w in line)), line) for line in lines.values()]


def _lines(words: list[Word]) -> list[_Line]:
    lines: list[_Line] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.x0)):
        middle = (word.top + word.bottom) / 2
        if lines and lines[-1].top <= middle <= lines[-1].bottom:
            lines[-1].words.append(word)
            lines[-1].bottom = max(lines[-1].bottom, word.bottom)
        else:
            lines.append(_Line(word.top, word.bottom, [word]))
    return lines


def _grid(document: Document, words: list[Word], edges: list[float], library: Library) -> Grid:
    """Rows around the lines that print amounts or codes; lines with names only go to the nearest such line."""
    lines = _lines(words)
    coded = any(re.match(r"\d{3}", fold(document.text[line.words[0].start : line.words[0].end])) for line in lines)
    begin = next((line.top for line in lines if _is_anchor(document, line, None)), 0.0)
    # Rows with codes are told by them, rows of labels by labels that are whole; above the first row is the header.
    found = [line for line in lines if _is_anchor(document, line, None if coded or line.top < begin else library)]
    anchors = _paired(document, found, lines, edges)
    rows: list[tuple[float, float]] = []
    first = anchors[0].top if anchors else float("inf")
    for line in lines:
        if line.bottom <= first or not anchors:
            rows.append((line.top, line.bottom))
    for order, anchor in enumerate(anchors):
        above = anchor.top if order == 0 else (anchors[order - 1].bottom + anchor.top) / 2
        below = (anchor.bottom + anchors[order + 1].top) / 2 if order + 1 < len(anchors) else lines[-1].bottom
        rows.append((above, below))
    # The pieces of a wrapped name lie symmetrically about their amounts: nearest line of amounts wins.
    return tuple(
        tuple(Box(x0, top - 0.01, x1, bottom + 0.01) for x0, x1 in zip(edges, edges[1:], strict=False))
        for top, bottom in rows
    )


def _paired(document: Document, anchors: list[_Line], lines: list[_Line], edges: list[float]) -> list[_Line]:
    """Some printers set amounts a little above or below the line of their code or label: such lines are one row.

    A line of amounts alone goes with the nearest line without amounts, where each is the other's nearest.
    """
    amounts, codes = _amount_and_code_columns(document, lines, edges)
    with_amounts = [line for line in lines if any(_column(word, edges) in amounts for word in line.words)]
    if not with_amounts:
        return anchors

    def named(line: _Line) -> bool:
        if any(_column(word, edges) in codes for word in line.words):
            return True
        first = fold(document.text[line.words[0].start : line.words[0].end])
        return bool(_LEADING.match(first)) if codes else not set(_columns_of(line, edges)) <= amounts

    alone = [line for line in with_amounts if not named(line)]
    coded = [line for line in lines if line not in with_amounts and named(line) and line in anchors]
    if not alone or not coded:
        return anchors
    merged: dict[int, _Line] = {}
    for line in alone:
        label = min(coded, key=lambda other: _apart(line, other))
        if line is not min(alone, key=lambda other: _apart(label, other)):
            continue
        merged[id(line)] = _Line(min(line.top, label.top), max(line.bottom, label.bottom), [*label.words, *line.words])
        merged[id(label)] = merged[id(line)]
    ordered: list[_Line] = []
    for line in anchors:
        found = merged.get(id(line), line)
        if not any(found is other for other in ordered):
            ordered.append(found)
    return ordered


def _apart(one: _Line, other: _Line) -> float:
    return abs((one.top + one.bottom) - (other.top + other.bottom)) / 2


def _column(word: Word, edges: list[float]) -> int:
    return bisect_right(edges, (word.x0 + word.x1) / 2)


def _columns_of(line: _Line, edges: list[float]) -> list[int]:
    return [_column(word, edges) for word in line.words]


def _amount_and_code_columns(document: Document, lines: list[_Line], edges: list[float]) -> tuple[set[int], set[int]]:
    """Columns whose amounts have a point or a comma, and columns that hold codes and nothing but codes and totals."""
    pointed: set[int] = set()
    digits: dict[int, list[bool]] = {}
    for word in (word for line in lines for word in line.words):
        text = fold(document.text[word.start : word.end])
        column = _column(word, edges)
        if is_amount(text) and ("." in text or "," in text):
            pointed.add(column)
        digits.setdefault(column, []).append(bool(_CODE.match(text)))
    codes = {column for column, found in digits.items() if sum(found) * 2 > len(found)}
    return pointed, codes - pointed


def _is_anchor(document: Document, line: _Line, labels: Library | None) -> bool:
    """Whether a line is a row of its own: it prints an amount, or a label that is whole (年初结转和结余, 一、…, 合计)."""
    texts = [fold(document.text[w.start : w.end]) for w in line.words]
    if any(is_amount(t) for t in texts):
        return True
    if labels is not None and len(texts[0]) > 3 and (labels.column(texts[0]) or labels.says("balances", texts[0])):
        return True
    return bool(re.match(r"^(?:[一二三四五六七八九十]+、|合计|总计)", texts[0]))
