"""Lists before 分别为 and 均为: each figure goes to the item of the list that it is of, or to none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.extract.context import Piece
from pipeline.extract.prose.elements import Element
from pipeline.extract.prose.folding import Folded
from pipeline.extract.prose.grammar import Grammar

_FIGURES = ("amount", "percent", "count")
#: What may stand between 分别 and the figures, and is said of each of them.
_SAID = ("change", "share", "completion", "minus")
#: What a share is of: 分别占支出预算的65%和35%.
_WHOLE = ("metric", "phase", "other")
_MARKS = "，：；。"
_AND = re.compile("、|以及|[和与及]")


@dataclass(slots=True)
class _Item:
    """An item of a list: its elements, and the stretch of its name where no metric knows it."""

    elements: list[Element]
    name: Piece | None = None


class Lists:
    """Resolves the lists of one stretch of a sentence; ``lex`` gives the elements of a part of it,
    after words about a metric.
    """

    def __init__(self, folded: Folded, grammar: Grammar, lex: Callable[[int, int, str | None], list[Element]]) -> None:
        self._folded, self._grammar, self._lex = folded, grammar, lex
        #: the items of the last list: 较上年分别增加… goes on with them
        self._items: list[_Item] = []

    def resolve(self, found: list[Element], start: int) -> list[Element]:
        """``found`` with the figures of each list next to their items. ``start`` is where its text begins."""
        done: list[Element] = []
        at = 0
        while at < len(found):
            element = found[at]
            at += 1
            if element.kind not in ("each", "both"):
                done.append(element)
                continue
            said, figures, at = _figures(found, at)
            done = self._give(element, done, said, figures, start)
        return done

    def _give(
        self, word: Element, before: list[Element], said: list[Element], figures: list[Element], start: int
    ) -> list[Element]:
        """The elements before ``word`` and its figures, each with its item."""
        text = self._folded.text
        first = max(start, *(text.rfind(mark, 0, word.start) + 1 for mark in _MARKS))
        items = self._split(first, word.start)
        kept = [element for element in before if element.start < first]
        if word.kind == "both":
            if len(items) > 1 and len(figures) == 1 and all(any(e.metric for e in item.elements) for item in items):
                self._items = items
                shared = [replace(figures[0], shared=at > 0) for at in range(len(items))]
                return [*kept, *self._joined(items, said, shared)]
            return [*before, *said, *figures]
        if len(items) < 2 and len(figures) > 1 and len(self._items) == len(figures):
            # 收入和支出较上年分别…: the base stands before what is said of each.
            return [*before, *self._joined(self._items, said, figures)]
        if not figures or (len(items) < 2 and len(figures) < 2):
            return [*before, *said, *figures]
        if len(items) == len(figures) and self._are_told_apart(items):
            self._items = items
            return [*kept, *self._joined(items, said, figures)]
        # Whose each figure is, is not said.
        return [*before, *(replace(figure, kind="rate") for figure in figures)]

    def _joined(self, items: list[_Item], said: list[Element], figures: list[Element]) -> list[Element]:
        metric = next((e for item in reversed(items) for e in item.elements if e.kind == "metric"), None)
        common = metric if sum(any(e.metric for e in item.elements) for item in items) == 1 else None
        joined: list[Element] = []
        for item, figure in zip(items, figures, strict=True):
            own = [element for element in item.elements if element is not common]
            joined += [*own, *([common] if common is not None else []), *said, replace(figure, name=item.name)]
        return joined

    def _split(self, start: int, end: int) -> list[_Item]:
        """The items of the list that ``start:end`` is."""
        bounds = [start, *(at for mark in _AND.finditer(self._folded.text, start, end) for at in mark.span()), end]
        items: list[_Item] = []
        previous = None
        for first, last in zip(bounds[::2], bounds[1::2], strict=True):
            if first < last:
                items.append(self._item(first, last, previous))
                previous = next((e.metric.name for e in items[-1].elements if e.metric), previous)
        return items

    def _item(self, start: int, end: int, previous: str | None) -> _Item:
        found = self._lex(start, end, previous)
        if any(element.metric is not None for element in found):
            return _Item([element for element in found if element.kind != "other"])
        others = [element for element in found if element.kind == "other"]
        kept = [element for element in found if element.kind != "other"]
        named = len(others) == 1 and self._grammar.name_letters.fullmatch(self._folded.text, others[0].start, end)
        return _Item(kept, (others[0].start, end) if named else None)

    def _are_told_apart(self, items: list[_Item]) -> bool:
        """Whether all items are of different years, or each has a metric or a name of its own."""
        metrics = [any(e.metric for e in item.elements) for item in items]
        years = [any(e.kind == "year" for e in item.elements) for item in items]
        names = [item.name is not None for item in items]
        if all(years) and sum(metrics) <= 1 and not any(names):
            return True
        return all(metric or name for metric, name in zip(metrics, names, strict=True))


def _figures(found: list[Element], at: int) -> tuple[list[Element], list[Element], int]:
    """What is said of each figure from ``at`` on, the figures of one kind, and where they end."""
    said: list[Element] = []
    while at < len(found) and (
        found[at].kind in _SAID or (said and said[0].kind == "share" and found[at].kind in _WHOLE)
    ):
        said.append(found[at])
        at += 1
    figures: list[Element] = []
    while at < len(found) and found[at].kind in _FIGURES and found[at].kind == (figures or found[at:])[0].kind:
        figures.append(found[at])
        at += 1
    return said, figures, at
