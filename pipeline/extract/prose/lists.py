"""Lists before 分别为 and 均为: each figure goes to the item of the list that it is of, or to none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline.extract.context import Piece
from pipeline.extract.prose.elements import Element, base_of
from pipeline.extract.prose.folding import NUMBER, Folded
from pipeline.extract.prose.grammar import Grammar

_FIGURES = ("amount", "percent", "count", "score")
#: What may stand between 分别 and the figures, and is said of each of them.
_SAID = ("base", "change", "share", "completion", "minus", "plus")
#: What each figure of a list may say for itself: 分别增加5万元、减少3万元.
_OWN = ("change", "minus", "plus")
#: What is said of all items of a list without a figure: 均与上年持平, 均为零.
_WORDED = ("equal", "zero")
_LABELS = ("metric", "function", "threshold", "purchase")
#: What shares and rates are of: 分别占支出预算的65%和35%, 分别完成预算的90%和80%.
_OF_WHOLE = ("share", "completion")
_WHOLE = ("metric", "phase", "other")
_MARKS = "，：；。"
_LONGEST_ASIDE = 5
#: What stands before the sum of a list: 分别为1万元、2万元，共3万元.
_SUM = re.compile("，.*[共计]")
_AND = re.compile("、|以及|[和与及]")
_SIDES = ("收入", "支出")
#: What may stand between the last name of a list and a figure that is the sum of all.
_BEFORE_SUM = ("phase", "year", "base", "change", "minus", "plus")


def with_sums(found: list[Element], folded: Folded) -> list[Element]:
    """``found`` with the labels of a list made one name where one figure is of all: 会议费、培训费合计5万元."""
    done: list[Element] = []
    at = 0
    while at < len(found):
        last = at
        while _goes_on(found, last, folded.text):
            last += 1
        if last > at and _has_one_figure(found, last + 1, folded):
            done.append(replace(found[at], kind="other", end=found[last].end, metric=None))
        else:
            done += found[at : last + 1]
        at = last + 1
    return done


def _goes_on(found: list[Element], at: int, text: str) -> bool:
    """Whether the element at ``at`` is a label that a list joins to the one after it."""
    if at + 1 >= len(found) or any(each.metric is None for each in found[at : at + 2]):
        return False
    return _AND.fullmatch(text, found[at].end, found[at + 1].start) is not None


def _has_one_figure(found: list[Element], at: int, folded: Folded) -> bool:
    """Whether an amount or a percentage other than 0 follows from ``at`` on, before anything else that it could be of."""
    while at < len(found) and found[at].kind in _BEFORE_SUM:
        at += 1
    number = found[at].number if at < len(found) and found[at].kind in ("amount", "percent") else None
    return number is not None and bool(folded.tokens[number].value)


@dataclass(slots=True)
class _Item:
    """An item of a list: its elements, and the stretch of its name where no metric knows it."""

    elements: list[Element]
    name: Piece | None = None


@dataclass(slots=True)
class _Figure:
    """A figure of a list, the word of change before it, and what brackets say of it."""

    said: list[Element]
    element: Element
    aside: tuple[Element, ...] = ()

    @property
    def all(self) -> list[Element]:
        return [*self.said, self.element, *self.aside]


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
        text = self._folded.text
        done: list[Element] = []
        at = 0
        while at < len(found):
            element = found[at]
            at += 1
            if element.kind in ("each", "both"):
                said, figures, at = _figures(found, at, text)
                done = self._give(element, done, said, figures, start)
                if done and done[-1].shared:
                    tail, at = _tail(found, at)
                    done += self._of_each(tail)
            elif element.kind == "zero" and text.startswith("均", element.start):
                done = self._give(replace(element, kind="both"), done, [], [_Figure([], element)], start)
            elif element.kind == "share" and len(figures := (taken := _figures(found, at - 1, text))[1]) > 1:
                done, at = self._shares(done, taken[0], figures), taken[2]
            else:
                done.append(element)
        return done

    def _give(
        self, word: Element, before: list[Element], said: list[Element], figures: list[_Figure], start: int
    ) -> list[Element]:
        """The elements before ``word`` and its figures, each with its item."""
        text = self._folded.text
        first = max(start, *(text.rfind(mark, 0, word.start) + 1 for mark in _MARKS))
        previous = next((e.metric.name for e in reversed(before) if e.start < first and e.metric), None)
        items = _compared(self._split(first, word.start, previous, len(figures) if len(figures) > 1 else 0))
        kept = [element for element in before if element.start < first]
        plain = [*before, *said, *(e for figure in figures for e in figure.all)]
        clause = [e for e in before if e.start >= first]
        labelled = any(e.kind in _LABELS for e in clause)
        if word.kind == "both" and len(figures) < 2:
            earlier = [] if labelled else (_recent(before) or self._items)
            return self._all(items, kept, said, figures) or self._all(earlier, before, said, figures) or plain
        # 收入和支出较上年分别…: the base stands before what is said of each. Or each item has had a figure before.
        goes_on = len(items) < 2 and len(figures) > 1 and not labelled
        if goes_on and (known := self._known(before, len(figures))):
            # 占比分别为60%和40%: what is said of each stands before the word.
            ahead = clause if all(e.kind in _SAID for e in clause) else []
            return [*before[: len(before) - len(ahead)], *self._joined(known, [*ahead, *said], figures)]
        if not figures or (len(items) < 2 and len(figures) < 2):
            return plain
        if len(items) == len(figures) and self._are_told_apart(items):
            self._items = items
            return [*kept, *self._joined(items, said, figures)]
        return [*before, *_unsaid(figures)]

    def _all(
        self, items: list[_Item], kept: list[Element], said: list[Element], figures: list[_Figure]
    ) -> list[Element]:
        """``kept``, and what is said of all ``items`` alike; nothing where they are no list or it is not said."""
        labelled = all(any(e.metric or e.match for e in item.elements) for item in items)
        if len(items) < 2 or len(figures) != 1 or not (labelled or self._are_told_apart(items)):
            return []
        self._items = items
        only = figures[0]
        shared = [_Figure(only.said, replace(only.element, shared=at > 0)) for at in range(len(items))]
        return [*kept, *self._joined(items, said, shared)]

    def _of_each(self, tail: list[Element]) -> list[Element]:
        """What is said of a list once, as said of each of its items."""
        said: list[Element] = []
        for at, item in enumerate(self._items if tail else []):
            said += [*item.elements, *(replace(e, shared=at > 0) if e.number is not None else e for e in tail)]
        return said

    def _shares(self, before: list[Element], said: list[Element], figures: list[_Figure]) -> list[Element]:
        """占总支出的60%和40%: a share of each item of the list before."""
        if items := self._known(before, len(figures)):
            return [*before, *self._joined(items, said, figures)]
        return [*before, *_unsaid(figures)]

    def _known(self, before: list[Element], count: int) -> list[_Item]:
        """The list of ``count`` items that the words before are about; nothing where they are about something else."""
        last = next(reversed([e for e in _outside_shares(before) if e.kind in _LABELS]), None)
        for items in (self._items, _recent(before)):
            if len(items) == count and (last is None or any(last is e for item in items for e in item.elements)):
                return items
        return []

    def _joined(self, items: list[_Item], said: list[Element], figures: list[_Figure]) -> list[Element]:
        metric = next((e for item in reversed(items) for e in item.elements if e.kind == "metric"), None)
        common = metric if sum(any(e.metric for e in item.elements) for item in items) == 1 else None
        # 会议费、培训费支出决算分别为: the words behind the last name are of all.
        phased = [[e for e in item.elements if e.kind == "phase"] for item in items]
        last = phased[-1] if not any(phased[:-1]) else []
        # 会议费、培训费与上年相比分别: so is what they are compared with.
        based = [[e for e in item.elements if e.kind == "base"] for item in items]
        bases = based[-1] if not any(based[:-1]) else []
        joined: list[Element] = []
        for item, figure in zip(items, figures, strict=True):
            own = [element for element in item.elements if element is not common]
            own += [*last, *bases] if item is not items[-1] else []
            # A label begins what is said of it anew: its phase comes after it.
            phases = [element for element in own if element.kind == "phase"]
            before = [element for element in own if element.kind != "phase"]
            joined += [*before, *([common] if common is not None else []), *phases, *said, *figure.said]
            joined += [replace(figure.element, name=item.name), *figure.aside]
        return joined

    def _split(self, start: int, end: int, previous: str | None, count: int) -> list[_Item]:
        """The items of the list that ``start:end`` is, after words about the metric ``previous``: ``count``, if that is known."""
        if count == len(_SIDES) and (sides := self._sides(self._lex(start, end, previous))):
            return sides
        marks = [mark.span() for mark in _AND.finditer(self._folded.text, start, end)]
        if not count:
            # 收入、支出总计均为5万元: one label.
            both = [e for e in self._lex(start, end, previous) if e.metric is not None and e.metric.sides]
            marks = [(a, b) for a, b in marks if not any(e.start < a and b < e.end for e in both)]
        elif len(marks) >= count:
            # 公务用车购置及运行维护费 is one name where there are no figures for two.
            # 与上年相比 begins with a word of comparison, and no item.
            kept = [e for e in self._lex(start, end, previous) if e.metric is not None or e.match or e.kind == "base"]
            marks = [(a, b) for a, b in marks if not any(e.start - (e.kind == "base") < a and b < e.end for e in kept)]
        if marks and self._folded.text.startswith(_SIDES, start) and marks[0][0] == start + len(_SIDES[0]):
            previous = "revenue_and_expenditure"  # 收入和支出预算分别为
        bounds = [start, *(at for mark in marks for at in mark), end]
        items: list[_Item] = []
        for first, last in zip(bounds[::2], bounds[1::2], strict=True):
            if first < last:
                items.append(self._item(first, last, previous))
                previous = next((e.metric.name for e in items[-1].elements if e.metric), previous)
        return items

    def _sides(self, found: list[Element]) -> list[_Item]:
        """收、支总计各5万元、4万元: revenue and expenditure, where one label stands for both; else nothing."""
        labels = [element for element in found if element.metric is not None]
        metric = labels[0].metric if len(labels) == 1 else None
        if metric is None or not metric.sides:
            return []
        rest = [element for element in found if element.kind not in ("metric", "other")]
        sides = (replace(self._grammar.metrics[name], fund=metric.fund) for name in metric.sides)
        return [_Item([*rest, replace(labels[0], metric=side)]) for side in sides]

    def _item(self, start: int, end: int, previous: str | None) -> _Item:
        found = self._lex(start, end, previous)
        if any(element.metric is not None for element in found):
            return _Item([element for element in found if element.kind != "other"])
        others = [element for element in found if element.kind == "other"]
        kept = [element for element in found if element.kind != "other"]
        named = len(others) == 1 and self._grammar.name_letters.fullmatch(self._folded.text, others[0].start, end)
        return _Item(kept, (others[0].start, end) if named else None)

    def _are_told_apart(self, items: list[_Item]) -> bool:
        """Whether all items are of different years or phases, or each has a metric or a name of its own."""
        metrics = [any(e.metric or e.match for e in item.elements) for item in items]
        years = [any(e.kind == "year" for e in item.elements) for item in items]
        names = [item.name is not None for item in items]
        phases = {e.phase for item in items for e in item.elements if e.kind == "phase"}
        bases = [e for item in items for e in item.elements if e.kind == "base"]
        if (
            (all(years) or len(bases) == len(items) or len(phases) == len(items))
            and sum(metrics) <= 1
            and not any(names)
        ):
            return True
        return all(metric or name for metric, name in zip(metrics, names, strict=True))


def _compared(items: list[_Item]) -> list[_Item]:
    """``items``; where they are what is compared with (较年初预算、上年决算分别…), each as such."""
    word = items[0].elements[-1] if items and items[0].elements else None
    terms = all(item.elements and all(e.kind in ("year", "phase") for e in item.elements) for item in items[1:])
    if word is None or word.kind != "base" or not terms:
        return items
    lead = items[0].elements[:-1]
    return [items[0], *(_Item([*lead, base_of(word, item.elements)]) for item in items[1:])]


def _figures(found: list[Element], at: int, text: str) -> tuple[list[Element], list[_Figure], int]:
    """What is said of each figure from ``at`` on, the figures of one kind with what each says itself, and where they end."""
    said: list[Element] = []
    while at < len(found) and (
        found[at].kind in _SAID or (any(e.kind in _OF_WHOLE for e in said) and found[at].kind in _WHOLE)
    ):
        said.append(found[at])
        at += 1
    if said and at < len(found) and found[at].kind in _WORDED and not _AND.match(text, found[at].end):
        return said, [_Figure([], found[at])], at + 1
    own = [said.pop()] if said and said[-1].kind in _OWN else []
    figures: list[_Figure] = []
    while (figure := _figure_at(found, at, figures, own, text)) is not None:
        at += 1 + (len(figure.said) if figure.said is not own else 0)
        figures.append(replace(figure, aside=_aside(found, at)))
        at += len(figures[-1].aside)
    return said, figures, at


def _figure_at(found: list[Element], at: int, before: list[_Figure], own: list[Element], text: str) -> _Figure | None:
    """The figure that stands at ``at``, of the kind of those before; a word of change may stand before it."""
    said = own
    mixed = own or any(figure.element.kind in _WORDED for figure in before)
    if mixed and before and at < len(found) and found[at].kind == "change":
        said = [found[at]]
        at += 1
    if at < len(found) and found[at].kind in _WORDED and said is own:
        return _Figure([], found[at])  # 分别持平、减少5万元
    if at == len(found) or found[at].kind not in _FIGURES:
        bare = _without_unit(found, at, text)
        return _Figure(said, bare) if bare is not None else None
    if before and _SUM.search(text, before[-1].element.end, found[at].start):
        return None
    kinds = {figure.element.kind for figure in before if figure.element.kind not in _WORDED}
    return _Figure(said, found[at]) if kinds <= {found[at].kind} else None


def _aside(found: list[Element], at: int) -> tuple[Element, ...]:
    """What brackets right after a figure say of it: 分别为5万元（占50%）和5万元（占50%）."""
    kinds = [element.kind for element in found[at : at + _LONGEST_ASIDE]]
    if kinds[:1] != ["open"] or "close" not in kinds:
        return ()
    aside = tuple(found[at : at + kinds.index("close") + 1])
    return aside if all(element.kind in ("open", "close", *_SAID, "percent") for element in aside) else ()


def _without_unit(found: list[Element], at: int, text: str) -> Element | None:
    """The number at ``at`` as a figure, where the unit stands once, after the last of a list: 分别为1.5、2万元."""
    last = at
    while (
        last + 1 < len(found)
        and _is_bare(found[last], text)
        and _AND.fullmatch(text, found[last].end, found[last + 1].start)
    ):
        last += 1
    closing = found[last] if at < last < len(found) else None
    if closing is None or closing.number is None or closing.kind not in _FIGURES:
        return None
    start = found[at].start
    return replace(closing, start=start, end=start + 1, number=start, unit=(closing.number + 1, closing.end))


def _is_bare(element: Element, text: str) -> bool:
    return element.kind == "other" and text[element.start : element.end] == NUMBER


def _tail(found: list[Element], at: int) -> tuple[list[Element], int]:
    """What goes on about all items of a list that have one figure (均为0万元，与上年持平), and where it ends."""
    end = at
    while end < len(found) and found[end].kind in (*_SAID, *_WORDED, "amount", "percent"):
        end += 1
    return (found[at:end], end) if end > at and found[at].kind in ("base", "change") else ([], at)


def _unsaid(figures: list[_Figure]) -> list[Element]:
    """The figures of a list where it is not said whose each is: they state nothing."""
    return [replace(each, kind="rate") for figure in figures for each in (figure.element, *figure.aside)]


def _outside_shares(found: list[Element]) -> Iterator[Element]:
    """``found`` without what shares are shares of: 占支出预算的60%."""
    inside = False
    for element in found:
        inside = (inside or element.kind == "share") and element.kind not in _FIGURES
        if not inside:
            yield element


def _recent(before: list[Element]) -> list[_Item]:
    """What the amounts are of that stand right before, one after the other; nothing where one of them has no label."""
    first = max((at + 1 for at, e in enumerate(before) if e.kind in ("stop", "part")), default=0)
    items: list[_Item] = []
    label: list[Element] = []
    for element in _outside_shares(before[first:]):
        if element.kind == "other" and not items and not label:
            continue  # 按功能分类：一般公共服务支出5万元、…
        if element.kind in ("close", "open", "other", "each", "both", "rate"):
            return []
        if element.kind in _LABELS:
            label.append(element)
        elif element.kind == "amount" and label:
            items.append(_Item(label))
            label = []
    return [] if label else items
