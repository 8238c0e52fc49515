"""Statements: the facts of a passage, read from its elements by the forms of the grammar.

A reader goes through the sentences of one passage and keeps what later words refer to: the metric, the year,
the year compared with, the phase. Where a form fits, it makes a row; what no form fits makes none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from pipeline.extract.context import Context
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import YEAR as PATTERN_YEAR
from pipeline.extract.prose.elements import Element, elements, sentences
from pipeline.extract.prose.facts import Facts
from pipeline.extract.prose.folding import YEAR, Folded, fold, fold_pieces
from pipeline.extract.prose.grammar import Grammar, Metric
from pipeline.extract.prose.lists import Lists, with_sums
from pipeline.extract.prose.passages import Passage
from pipeline.extract.prose.rows import StatementRows
from pipeline.extract.prose.sections import Sections
from pipeline.extract.prose.topic import FunctionCodes, Subject, Topic
from pipeline.extract.tables.lexicon import AMOUNT, is_amount
from schemas.rows import Statement

#: A sentence of more characters is no mere name.
_LONGEST_NAME = 40
_LONGEST_BARE_NAME = 16
#: Reasons are numbered: what follows a semicolon may be the next one.
_NEXT_REASON = re.compile(r"[二三四五六七八九]是")
#: A number of a list; where a reason does not begin with one, the next is that of an item with figures of its own.
_LISTED_REASON = re.compile(r"[一二三四五六七八九][是、]|（[一二三四五六七八九#]）|#[.、]")
#: The number of an item inside a paragraph: 其中：1.…；（2）…
_ORDINAL = re.compile(r"#(?:[.、．]|）[.、．]?)(?!#)")
_BEFORE_ORDINAL = re.compile(r"(?:^|[。；：，、])（?$")
_FULL_STOPS = "。！？"
#: What sets the cells of a row apart.
_GAP = re.compile(r"\t|[^\S\n]{2,}")
_GAP_WIDTH = 2
_GAP_BEFORE = re.compile(rf"(?:{_GAP.pattern})$")
_WORD = re.compile(r"\S")
_GAP_AFTER = re.compile(rf"{_GAP.pattern}|[^\S\n]?(?:\n|$)")
#: A heading over the revenue or the expenditure of the body.
_OF_SIDES = re.compile(
    rf"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、])?(?:{PATTERN_YEAR})?(?:[部单][门位])?(?:收入|支出|收入支出|收支)"
    r"(?:[总]?[决预]算)?(?:总体)?(?:执行|安排)?(?:情况)?(?:的?说明)?"
    rf"|(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)?(?:{PATTERN_YEAR})?(?:[部单][门位])?预算执行情况"
)
_IN_REASONS = ("change", "amount")
_LISTING = ("each", "both", "share", "zero")
#: How many elements a form may look at that come after it.
_AHEAD = 12
_CHANGES = ("change", "change_percent")


class _Cells:
    """Tells numbers that are set apart like a cell of a row, right of other words: of a row of a table that nobody found.

    A number that is not printed like an amount is one where another cell of its line is a number, too.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        #: Whether a line, by its start, has several cells that are numbers. Long lines hold many numbers.
        self._several: dict[int, bool] = {}

    def hold(self, token: Token) -> bool:
        text, line = self._text, self._text.rfind("\n", 0, token.start) + 1
        before = max(line, token.start - _GAP_WIDTH)
        if _GAP_AFTER.match(text, token.end) is None or _GAP_BEFORE.search(text, before, token.start) is None:
            return False
        if not _WORD.search(text, line, token.start):
            return False
        return AMOUNT.fullmatch(token.printed.lstrip("-－−")) is not None or self._has_several(line)

    def _has_several(self, line: int) -> bool:
        if line not in self._several:
            stop = self._text.find("\n", line)
            cells = _GAP.split(self._text[line : stop if stop >= 0 else len(self._text)].strip())
            self._several[line] = sum(is_amount(fold(cell)) for cell in cells) > 1
        return self._several[line]


class StatementReader:
    """Reads the statements of one document, passage by passage."""

    def __init__(self, context: Context, grammar: Grammar, sections: Sections) -> None:
        self._context, self._grammar, self._sections = context, grammar, sections
        self._codes = FunctionCodes(context)
        self._cells = _Cells(context.document.text)
        self._by_section: dict[str, list[Statement]] = {}
        self._path: tuple[str, ...] = ()
        self._heading: Metric | None = None

    def read(self, passage: Passage) -> None:
        """Add the statements of ``passage`` and claim their numbers; the rest of its numbers become narrative.

        Amounts of money that no form understood stay unclaimed, except in definitions.
        """
        folded = fold_pieces(self._context.document.text, passage.pieces, self._context.ledger)
        unread: set[int] = set()
        if passage.kind != "definition":
            section = self._by_section.setdefault(passage.section_path, [])
            if passage.path != self._path:
                self._path, self._heading = passage.path, self._metric_of(passage.path)
            year = self._sections.year_of(passage.path, self._context.disclosure_year)
            topic = Topic(folded, self._grammar, self._codes, year)
            rows = StatementRows(self._context, self._grammar, passage, folded, topic)
            own = self._context.disclosure_year, rows.phase
            rows.phase = self._sections.phase_of(passage.path, rows.phase)
            reader = _PassageReader(self._grammar, passage, folded, rows, own)
            unread = {id(token) for token in reader.read(self._heading, section)}
        sizes = [range(*match.span()) for match in self._grammar.patterns.threshold.finditer(folded.text)]
        for at, token in folded.tokens.items():
            if token.cls == "unclaimed" and id(token) not in unread and token not in folded.unclear:
                if passage.kind == "narrative" and self._cells.hold(token):
                    continue
                sized = any(at in size for size in sizes)
                cls, role = ("structure", "amount") if sized else self._rest(folded, at)
                self._context.ledger.claim(token, cls, role, "passages", passage.passage_id)

    def _metric_of(self, path: tuple[str, ...]) -> Metric | None:
        """The metric that the nearest heading above names."""
        for title in reversed(path):
            text = fold(title)
            found = elements(Folded(text, list(range(len(text)))), 0, len(text), self._grammar)
            metric = next((element.metric for element in found if element.metric is not None), None)
            if metric is not None:
                return metric
        return None

    def _rest(self, folded: Folded, at: int) -> tuple[str, str]:
        """Class and role of a number that no statement owns."""
        text = folded.text
        if _ORDINAL.match(text, at) and _BEFORE_ORDINAL.search(text, max(0, at - 2), at):
            return "structure", "ordinal"
        if self._grammar.amount.match(text, at):
            return "narrative", "amount"
        if text[at] == YEAR:
            return "narrative", "year"
        return "narrative", "percent" if text.startswith("%", at + 1) else "count"


class _PassageReader:
    """Reads the sentences of one passage."""

    def __init__(
        self,
        grammar: Grammar,
        passage: Passage,
        folded: Folded,
        rows: StatementRows,
        own: tuple[int | None, str | None],
    ) -> None:
        self._grammar, self._passage, self._folded = grammar, passage, folded
        self._rows, self._topic = rows, rows.topic
        #: The year and phase of the document, and of the section that the passage is in.
        self._terms = (own, (self._topic.own_year, rows.phase))
        self._facts = Facts(grammar, passage, folded, self._topic, rows)

    def read(self, heading: Metric | None, section: list[Statement]) -> list[Token]:
        """Read all sentences; returns the numbers of amounts of money that no form understood.

        ``heading`` is what the headings above name. ``section`` holds the statements of the passages before in the same section, and takes those of this one.
        """
        self._topic.begin(
            heading, _OF_SIDES.fullmatch(fold(self._passage.path[-1] if self._passage.path else "")) is not None
        )
        unread: list[Token] = []
        first = bisect_left(self._folded.places, self._passage.body)
        for start, end in sentences(self._folded.text, first):
            self._rows.begin_sentence()
            if not self._grammar.stating.search(self._folded.text, start, end):
                self._take_name(start, end, start == first)
                continue
            self._follow_year(start)
            self._topic.begin_sentence(start)
            self._facts.sentence = start, end
            if self._grammar.territory.match(self._folded.text, start, end):
                unread += self._amounts(start, end)
                continue
            unread += self._read_sentence(start, end, section)
        section += self._rows.rows
        return unread

    def _follow_year(self, start: int) -> None:
        """2022年度预算…, below a heading of 2021年决算: from here on the passage is about the document's year again."""
        token = self._folded.tokens.get(start) if self._folded.text.startswith(YEAR, start) else None
        for year, phase in self._terms:
            if token is not None and token.value == year:
                self._topic.own_year, self._rows.phase = year, phase
        if self._grammar.patterns.carried_out.match(self._folded.text, start):
            self._rows.phase = "executed"

    def _read_sentence(self, start: int, end: int, section: list[Statement]) -> list[Token]:
        text, patterns = self._folded.text, self._grammar.patterns
        first = len(self._rows.rows)
        seen: list[Element] = []
        position = start
        while position < end:
            reason = patterns.reason.search(text, position, end)
            because = patterns.because.search(text, position, reason.start() if reason else end)
            opening = because or reason
            stop = opening.start() if opening else end - (text[end - 1] in _FULL_STOPS)
            found = elements(self._folded, position, stop, self._grammar, self._topic.company(position))
            seen += found
            self._apply_forms(found)
            if opening is None:
                break
            if because and not self._just_changed():
                position = because.end()
            else:
                position = self._read_reason(opening.end(), end, section)
        self._rows.claim_labels(seen, first)
        return [token for token in self._amounts(start, end) if token.cls == "unclaimed"]

    def _take_name(self, start: int, end: int, alone: bool) -> None:
        """A sentence that is a name and nothing else (公务接待费。) says what the next one is about.

        One that the passage begins with is (``alone``), also where no list knows the name.
        """
        if end - start > _LONGEST_NAME:
            return
        found = elements(self._folded, start, end - 1, self._grammar)
        if len(found) == 1 and found[0].kind in ("metric", "function"):
            self._topic.note(found[0])
            self._topic.anchor = self._topic.about.of
        elif alone and end - start <= _LONGEST_BARE_NAME and "，" not in self._folded.text[start:end]:
            self._topic.turn_to_words(start, end - 1)

    def _read_reason(self, start: int, end: int, section: list[Statement]) -> int:
        """Give the reason that begins at ``start`` to what it explains; returns where it ends."""
        text = self._folded.text
        stop = text.find("；", start, end)
        following = _LISTED_REASON if _LISTED_REASON.match(text, start) else _NEXT_REASON
        while stop >= 0 and following.match(text, stop + 1):
            stop = text.find("；", stop + 1, end)
        stop = end if stop < 0 else stop
        last = start + len(text[start:stop].rstrip("。；，"))
        if last > start:
            for row in self._explained(section):
                row.reason = self._rows.assemble(row, "reason", start, last)
            if "元" in text[start:last]:
                self._read_amounts_of_reason(start, last)
        return min(end, stop + 1)

    def _read_amounts_of_reason(self, start: int, end: int) -> None:
        """A reason may state amounts itself; they are about what it names, never about what it explains."""
        topic = self._topic
        kept = replace(topic.about), topic.anchor, topic.anchored, topic.boundary
        topic.about.turn_to(*Subject(function_code=topic.about.function_code))
        topic.about.near, topic.about.phase = False, None
        topic.boundary = start
        self._apply_forms(elements(self._folded, start, end, self._grammar), _IN_REASONS)
        topic.about, topic.anchor, topic.anchored, topic.boundary = kept

    def _just_changed(self) -> bool:
        """Whether the last statement is a change that waits for its reason."""
        last = self._rows.rows[-1] if self._rows.rows else None
        return last is not None and not last.reason and _is_change(last)

    def _explained(self, section: list[Statement]) -> list[Statement]:
        """The statements that a reason explains: changes, rates or the amount; else changes of the passage before."""
        metric = self._topic.about.metric
        if metric is None:
            return []
        names = metric.group or (metric.name,)
        own = [row for row in self._rows.rows if row.metric in names and not row.reason]
        subject = self._rows.subject_text()
        same = [row for row in own if row.subject == subject] or own
        for fits in (_is_stated_change, _is_derived, _is_rate):
            if fitting := [row for row in same if fits(row)]:
                return _alike(fitting)
        if amounts := [row for row in same if row.kind in ("amount", "none") and not row.comparison]:
            return amounts[-1:]
        if self._rows.rows:
            return []
        return [row for row in section if row.metric in names and not row.reason and _is_change(row)]

    def _amounts(self, start: int, end: int) -> list[Token]:
        """The numbers of all amounts of money in a sentence, also of those in its reasons, but no sizes that only label."""
        sizes = [match.span() for match in self._grammar.patterns.threshold.finditer(self._folded.text, start, end)]
        return [
            self._folded.tokens[match.start()]
            for match in self._grammar.amount.finditer(self._folded.text, start, end)
            if not any(first <= match.start() < last for first, last in sizes)
        ]

    def _apply_forms(self, found: list[Element], kinds: tuple[str, ...] | None = None) -> None:
        """Make the statements of ``found``, of all kinds or of ``kinds`` about money."""
        found = self._resolved(found)
        brackets = 0
        for before, element, after in zip(found, found[1:], [*found[2:], None], strict=False):
            brackets += (before.kind == "open") - (before.kind == "close")
            # A clause that begins with a comparison, a change or a rate goes on with what the clause before it was about;
            # so does 决算数小于预算数.
            kind = (
                after.kind if element.kind == "phase" and after is not None and after.kind == "change" else element.kind
            )
            # （2024年5万元；2023年4万元）
            dated = brackets > 0 and element.kind == "year" and after is not None and after.kind == "amount"
            before.goes_on = before.kind == "stop" and (kind in ("base", "completion", "change") or dated)
        letters = "".join([element.letter for element in found])
        clauses = [*(at for at, element in enumerate(found) if element.clause), len(found)]
        at = 0
        while at < len(found):
            clause = clauses[bisect_right(clauses, at)]
            for form, end in self._grammar.fitting(letters, at, clause):
                self._facts.ahead = found[end : end + _AHEAD]
                if (kinds is None or form.kind in kinds) and self._facts.apply(form, found[at:end]):
                    at = end
                    break
            else:
                self._topic.note(found[at])
                at += 1

    def _resolved(self, found: list[Element]) -> list[Element]:
        """``found`` with the figures of lists (分别为…) next to what they are of."""
        if not any(element.kind in _LISTING for element in found):
            return with_sums(found, self._folded)

        def lex(start: int, end: int, previous: str | None) -> list[Element]:
            return elements(self._folded, start, end, self._grammar, previous)

        return with_sums(Lists(self._folded, self._grammar, lex).resolve(found, found[0].start), self._folded)


def _alike(changes: list[Statement]) -> list[Statement]:
    """``changes``; where some go up and some down, those against the same year as the last, which alone the reason explains."""
    last = changes[-1]
    opposed = any((row.value or 0) * (last.value or 0) < 0 for row in changes)
    return [row for row in changes if row.base_year == last.base_year] if opposed else changes


def _is_stated_change(row: Statement) -> bool:
    return row.kind in _CHANGES


def _is_derived(row: Statement) -> bool:
    return row.derived_from is not None


def _is_rate(row: Statement) -> bool:
    return row.kind == "completion_rate"


def _is_change(row: Statement) -> bool:
    return _is_stated_change(row) or _is_derived(row)
