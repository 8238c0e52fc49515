"""Statements: the facts of a passage, read from its elements by the forms of the grammar.

A reader goes through the sentences of one passage and keeps what later words refer to: the metric, the year,
the year compared with, the phase. Where a form fits, it makes a row; what no form fits makes none.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from pipeline.extract.context import Context
from pipeline.extract.ledger import Token
from pipeline.extract.prose.elements import Element, elements, sentences
from pipeline.extract.prose.facts import Facts
from pipeline.extract.prose.folding import Folded, fold, fold_pieces
from pipeline.extract.prose.grammar import Grammar, Metric
from pipeline.extract.prose.passages import Passage
from pipeline.extract.prose.rows import Shared
from schemas.rows import Statement

#: A sentence of more characters is no mere name.
_TOPIC = 40
#: So many headings are remembered.
_HEADINGS = 20_000
#: Reasons are numbered: what follows a semicolon may be the next one.
_NEXT_REASON = re.compile(r"[二三四五六七八九]是|[二三四五六七八九]、|（[二三四五六七八九#]）|#[.、]")
#: The number of an item inside a paragraph: 其中：1.…；（2）…
_ORDINAL = re.compile(r"#(?:[.、．]|）[.、．]?)(?!#)")
_BEFORE_ORDINAL = re.compile(r"(?:^|[。；：，、])（?$")
_IN_REASONS = ("change", "amount")
_CHANGES = ("change", "change_percent")


class Reader:
    """Reads the statements of one document, passage by passage."""

    def __init__(self, context: Context, grammar: Grammar) -> None:
        self.context = context
        self.shared = Shared(context, grammar)

    def read(self, passage: Passage) -> None:
        """Add the statements of ``passage`` and claim their numbers; the rest of its numbers become narrative.

        Amounts of money that no form understood stay unclaimed, except in definitions.
        """
        folded = fold_pieces(self.context.document.text, passage.pieces, self.context.ledger)
        unread: list[Token] = []
        if passage.kind != "definition":
            unread = _PassageReader(self.shared, passage, folded).read()
        kept = {id(token) for token in unread}
        for at, token in folded.tokens.items():
            if token.cls == "unclaimed" and id(token) not in kept:
                after = folded.text[at + 1 : at + 2]
                if _ORDINAL.match(folded.text, at) and _BEFORE_ORDINAL.search(folded.text, max(0, at - 2), at):
                    self.context.ledger.claim(token, "structure", "ordinal", "passages", passage.passage_id)
                    continue
                role = "year" if folded.text[at] == "Y" else "percent" if after == "%" else "count"
                role = "amount" if self.shared.grammar.amount.match(folded.text, at) else role
                self.context.ledger.claim(token, "narrative", role, "passages", passage.passage_id)


class _PassageReader(Facts):
    def __init__(self, shared: Shared, passage: Passage, folded: Folded) -> None:
        super().__init__(shared, passage, folded)
        self.about.metric = self._heading_metric()
        self.anchor = (self.about.metric, None, None)

    def read(self) -> list[Token]:
        """Read all sentences; returns the numbers of amounts of money that no form understood."""
        unread: list[Token] = []
        for start, end in sentences(self.folded.text, self.start):
            self.sentence, self.bounds = self.sentence + 1, (start, end)
            if not self.grammar.telling.search(self.folded.text, start, end):
                self._topic(start, end)
                continue
            if self.about.as_of:
                self.dated = self.about.year, self.about.as_of
            last, self.carried = self.about.year, False
            self.about.year, self.about.as_of = self.context.disclosure_year, None
            self.about.purchase, self.about.threshold, self.about.near = False, None, True
            self.about.metric, self.about.subject, self.about.function_code = self.anchor
            if self.about.metric is not None and self.about.metric.stock and self.dated:
                self.about.year, self.about.as_of = self.dated
                self.carried = True
            elif self.about.metric is not None and self.about.metric.keeps_year:
                self.about.year = last
            self.anchored = self.listing = False
            self.outside.clear()
            self.boundary = start
            unread += self._sentence(start, end)
        return unread

    def _heading_metric(self) -> Metric | None:
        """The metric that the nearest heading above names."""
        named = self.grammar.headings
        for title in reversed(self.passage.path):
            if title not in named:
                text = fold(title)
                found = elements(Folded(text, list(range(len(text)))), 0, len(text), self.grammar)
                if len(named) >= _HEADINGS:  # hostile sources must not fill the memory
                    named.clear()
                named[title] = next((e.value for e in found if e.kind == "metric"), None)
            if named[title] is not None:
                return named[title]
        return None

    def _sentence(self, start: int, end: int) -> list[Token]:
        text = self.folded.text
        first = len(self.rows)
        seen: list[Element] = []
        position = start
        while position < end:
            reason = self.grammar.reason.search(text, position, end)
            because = self.grammar.because.search(text, position, reason.start() if reason else end)
            opening = because or reason
            stop = opening.start() if opening else end
            topic = self.about.metric.name if self.about.metric else None
            found = elements(self.folded, position, stop, self.grammar, topic)
            seen += found
            self._read(found)
            if opening is None:
                break
            if because and not self._just_changed():
                position = because.end()
                continue
            position = self._reason(opening.end(), end)
        unread = self._unread(seen)
        if position > start:
            unread += self._unread_in_reasons(start, end)
        self.claim_labels(seen, first)
        return unread

    def _topic(self, start: int, end: int) -> None:
        """A sentence that is a name and nothing else says what the next one is about: 公务接待费。"""
        if end - start > _TOPIC:
            return
        found = elements(self.folded, start, end - 1, self.grammar)
        if len(found) == 1 and found[0].kind == "metric":
            self.note(found[0])
            self.anchor = (self.about.metric, self.about.subject, self.about.function_code)

    def _reason(self, start: int, end: int) -> int:
        """Give the reason that begins at ``start`` to what it explains; returns where it ends."""
        text = self.folded.text
        stop = start
        while True:
            stop = text.find("；", stop, end)
            if stop < 0:
                stop = end
            elif _NEXT_REASON.match(text, stop + 1):
                stop += 1
                continue
            break
        last = stop
        while last > start and text[last - 1] in "。；，":
            last -= 1
        if last > start:
            pieces = self.pieces(start, last)
            for row in self._explained():
                row.reason = self.context.assemble("statements", row.statement_id, "reason", pieces)
            if "元" in text[start:last]:
                self._facts_of_reason(start, last)
        return min(end, stop + 1)

    def _facts_of_reason(self, start: int, end: int) -> None:
        """A reason may state amounts itself; they are about what it names, never about what it explains."""
        kept = replace(self.about), self.anchor, self.anchored, self.boundary
        self.about.metric, self.about.near, self.about.subject, self.about.phase = None, False, None, None
        self.boundary = start
        self._read(elements(self.folded, start, end, self.grammar), _IN_REASONS)
        self.about, self.anchor, self.anchored, self.boundary = kept

    def _just_changed(self) -> bool:
        """Whether the last statement is a change that waits for its reason."""
        last = self.rows[-1] if self.rows else None
        if last is None or last.reason:
            return False
        return last.kind in _CHANGES or last.derived_from is not None

    def _explained(self) -> list[Statement]:
        metric = self.about.metric
        if metric is None:
            return []
        names = metric.group or (metric.name,)
        own = [r for r in self.rows if r.metric in names and not r.reason]
        same = [r for r in own if r.subject == self.subject_text()] or own
        for kinds in (_CHANGES, ("derived",), ("completion_rate",)):
            fitting = [r for r in same if r.kind in kinds or ("derived" in kinds and r.derived_from)]
            if fitting:
                return fitting
        amounts = [r for r in same if r.kind in ("amount", "none") and not r.comparison]
        if amounts:
            return amounts[-1:]
        earlier = [r for r in self.section if r.metric in names and not r.reason]
        return [r for r in earlier if r.kind in _CHANGES or r.derived_from] if not self.rows else []

    def _unread(self, seen: list[Element]) -> list[Token]:
        tokens = [self.folded.tokens[e.number] for e in seen if e.kind in ("amount", "named") and e.number is not None]
        return [token for token in tokens if token.cls == "unclaimed"]

    def _unread_in_reasons(self, start: int, end: int) -> list[Token]:
        unread = []
        for match in self.grammar.master.finditer(self.folded.text, start, end):
            if match.lastgroup == "amount":
                token = self.folded.tokens[match.start()]
                if token.cls == "unclaimed":
                    unread.append(token)
        return unread

    def _read(self, found: list[Element], kinds: tuple[str, ...] | None = None) -> None:
        """Make the statements of ``found``, of all kinds or of ``kinds`` about money."""
        for before, element in pairwise(found):
            # A clause that begins with a comparison or a rate goes on with what the clause before it was about.
            if before.kind == "stop" and element.kind in ("base", "completion"):
                before.kind = "part"
        letters = "".join([element.letter for element in found])
        at = 0
        while at < len(found):
            for form, end in self.grammar.fitting(letters, at):
                if (kinds is None or form.kind in kinds) and self.apply(form, found[at:end]):
                    at = end
                    break
            else:
                self.note(found[at])
                at += 1
