"""Performance sheets without rules: heads, and columns of indicators below their headers.

Where words stand gives rows of cells, which the reader of cells reads. Columns of indicators are parted by gaps that all
their lines leave free. What leaves any doubt is not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

from pipeline.extract.context import Context, Region
from pipeline.extract.performance.cells import SheetRow
from pipeline.extract.performance.laid_out_head import Head
from pipeline.extract.performance.laid_out_rows import TOTALS, Columns, Indicators
from pipeline.extract.performance.runs import NOTHING, Run, Unsure, edges_between, glued, runs_of_lines, spans_of
from pipeline.extract.performance.words import Words, meaning_of

_LEVELS = ("level1", "level2", "level3", "text")
#: What stands beside indicators, over all of their rows.
_SIDE = re.compile("(?:年度|项目)?绩效指标")
#: How far, in letters, a column may stand left of where it stands on the page of its header.
_NEAR = 1.0
#: Over how many lines the words of a header may be wrapped.
_TALLEST = 6


def rows_laid_out(context: Context, region: Region, words: Words) -> list[SheetRow]:
    """The rows of a region whose words have places; none where these leave doubts."""
    if _is_cut(context, region):
        return []
    for lines in runs_of_lines(context, region):
        sheet = _Sheet(words, lines)
        try:
            rows = sheet.rows()
        except Unsure:
            continue
        context.problems += [f"{region.title}: {problem}" for problem in sorted(sheet.problems)]
        return rows
    return []


def _is_cut(context: Context, region: Region) -> bool:
    """Whether what follows a region is of no other, and on another page: a row may go on there."""
    lines, text = context.document.lines, context.document.text
    below = next((i for i in range(region.last, len(lines)) if text[lines[i].start : lines[i].end].strip()), None)
    if below is None or lines[below].page == lines[region.last - 1].page:
        return False
    return not any(other.first <= below < other.last for other in context.regions)


@dataclass(slots=True)
class _Sheet:
    """The printed lines of a sheet, and the rows that they make."""

    words: Words
    lines: list[list[Run]]
    made: list[SheetRow] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)

    def rows(self) -> list[SheetRow]:
        """All rows: those of heads, and those of indicators below their headers."""
        at = 0
        while at < len(self.lines):
            columns = next((c for top in range(at, len(self.lines)) if (c := self._columns(top))), None)
            top = columns.top if columns else len(self.lines)
            head = Head(self.words, self.lines[at:top], len(self.made))
            self.made += head.rows()
            self.problems |= head.problems
            if columns is None:
                break
            self.made += Indicators(self.words, self.lines, columns, len(self.made)).rows()
            at = columns.end
        return self.made

    def _columns(self, top: int) -> Columns | None:
        """The columns whose header begins on the line ``top``; None for other lines."""
        header = self._own_header(top)
        if header is None:
            return None
        headers, body, _ = header
        roles = [meaning_of(run.text, self.words.columns) for run in headers]
        if "name" in roles or "text" not in roles:
            raise Unsure  # a list of many projects
        columns = Columns(headers, roles, top, body, body)
        self._measure(columns)
        return columns

    def _own_header(self, top: int) -> tuple[list[Run], int, int] | None:
        """The header that begins on the line ``top``; None for other lines, and for such right above one."""
        header = self._header(top)
        if header is None or all(run.line != self.lines[top][0].line for run in header[0]):
            return None
        below = self._header(top + 1)
        return None if below is not None and below[2] >= header[2] else header

    def _header(self, top: int) -> tuple[list[Run], int, int] | None:
        """The words of a header that begins on the line ``top``, wrapped over those lines that name the most columns.

        Behind them the line after the last of these, and how many columns are named.
        """
        best: tuple[list[Run], int, int] = [], top, 0
        for last in range(top + 1, min(top + _TALLEST, len(self.lines)) + 1):
            if last - top > 1 and self.lines[last - 1][0].line > self.lines[last - 2][0].line + 1:
                break
            headers = _stacked([run for runs in self.lines[top:last] for run in runs])
            headers = (
                headers
                if self._named(headers) == len(headers)
                else self._stacked_by_words(self.lines[top:last]) or headers
            )
            named = self._named(headers)
            if named and named >= best[2]:
                best = headers, last, named
        roles = {meaning_of(header.text, self.words.columns) for header in best[0]}
        return best if len(roles & {*_LEVELS}) > 1 else None

    def _named(self, headers: Sequence[Run]) -> int:
        return sum(meaning_of(header.text, self.words.columns) not in (None, "goal") for header in headers)

    def _stacked_by_words(self, lines: Sequence[list[Run]]) -> list[Run]:
        """The one way to put the words of a header together in which each makes the name of a column; [] where there is none."""
        ways = [lines[0]] if len(lines) > 1 else []
        for below in lines[1:]:
            longer = []
            for way in ways:
                for chosen in combinations(range(len(way)), len(below)):
                    under = dict(zip(chosen, below, strict=True))
                    made = [run.with_behind(under[at]) if at in under else run for at, run in enumerate(way)]
                    if all(self._begins_name(made[at].text) for at in chosen):
                        longer.append(made)
            ways = longer
        whole = [way for way in ways if self._named(way) == len(way)]
        return whole[0] if len(whole) == 1 else []

    def _begins_name(self, text: str) -> bool:
        return any(name.startswith(text) for name in self.words.columns)

    def _measure(self, columns: Columns) -> None:
        """Take the lines below that leave gaps between the headers free, down to another head or page."""
        self._add_side(columns)
        page = self.lines[columns.top][0].page
        while columns.end < len(self.lines):
            if self.lines[columns.end][0].page != page or self._begins_head(columns.end):
                break
            columns.end += 1
        header = [*columns.headers, *(run for runs in self.lines[columns.top : columns.body] for run in runs)]
        body = self.lines[columns.body : columns.end]
        edges = edges_between(columns.headers, [*header, *(run for runs in body for run in runs)])
        if edges is None:
            edges = self._edges_of_crowded(columns, body)
        columns.pages.append((0, [-1.0, *edges, float("inf")]))
        self._go_over_pages(columns)

    def _edges_of_crowded(self, columns: Columns, body: Sequence[list[Run]]) -> list[float]:
        """Where columns begin by those lines that are not so full that words are moved from their places. Raises Unsure.

        A line that fills all columns gives them in order, provided that those words stand in their places that have a gap
        before them.
        """
        count = len(columns.headers)
        aside = columns.roles[0] is None
        full = [runs for runs in body if glued(runs) and len(runs) in ((count - 1, count) if aside else (count,))]
        full = [runs for runs in full if len(runs) == count or columns.headers[0].x1 < runs[0].x0]
        moved = glued(columns.headers)
        kept = [run for runs in body if runs not in full and runs[0].text not in TOTALS for run in runs]
        kept += [run for run in columns.headers if run not in moved or not any(run.over(one) for one in kept)]
        edges = edges_between(columns.headers, kept, touching=True)
        if edges is None:
            raise Unsure
        bounds = [-1.0, *edges, float("inf")]
        for runs in full:
            tight = glued(runs)
            for at, run in enumerate(runs, count - len(runs)):
                if run not in tight and not bounds[at] - _NEAR <= run.x0 < bounds[at + 1]:
                    raise Unsure
            columns.ordered.add(runs[0].line)
        return edges

    def _add_side(self, columns: Columns) -> None:
        """Add the column left of the headers that a label of all indicators stands in the middle of (绩效指标)."""
        first = columns.headers[0]
        page = [runs for runs in self.lines[columns.body :] if runs[0].page == first.page]
        side = [runs[0] for runs in page if runs[0].x1 <= first.x0 and not runs[0].over(first)]
        if columns.roles[0] is not None and side and _SIDE.fullmatch("".join(run.text for run in side)):
            columns.headers.insert(0, replace(NOTHING, x0=side[0].x0, x1=side[0].x1))
            columns.roles.insert(0, None)

    def _go_over_pages(self, columns: Columns) -> None:
        """Take the lines of the pages behind, where these leave as many gaps free. Raises Unsure."""
        while columns.end < len(self.lines) and not self._begins_head(columns.end):
            first = last = columns.end
            page = self.lines[first][0].page
            while last < len(self.lines) and self.lines[last][0].page == page and not self._begins_head(last):
                last += 1
            spans = spans_of([run for runs in self.lines[first:last] for run in runs])
            if len(spans) == len(columns.headers):
                columns.pages.append((self.lines[first][0].line, [-1.0, *(x0 for x0, _ in spans[1:]), float("inf")]))
            elif not all(
                any(left - _NEAR <= x0 and x1 <= right for left, right in pairwise(columns.bounds)) for x0, x1 in spans
            ):
                raise Unsure
            columns.end = last

    def _begins_head(self, at: int) -> bool:
        return meaning_of(self.lines[at][0].text, self.words.labels) == "name" or self._own_header(at) is not None


def _stacked(runs: Sequence[Run]) -> list[Run]:
    """The words of a header whose lines stand over one another, each as one."""
    made: list[Run] = []
    for run in runs:
        above = [other for other in made if other.over(run)]
        if len(above) == 1:
            made[made.index(above[0])] = above[0].with_behind(run)
        elif above:
            return []
        else:
            made.append(run)
    return sorted(made, key=lambda run: run.x0)
