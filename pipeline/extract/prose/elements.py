"""A sentence taken apart into elements: metrics, years, amounts, words of change, and text that means nothing here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.extract.context import Piece
from pipeline.extract.prose.folding import NUMBER, YEAR, Folded
from pipeline.extract.prose.grammar import LETTERS, Grammar, Metric, Word
from pipeline.extract.prose.parts import is_function, is_official

_CLAUSE = re.compile("[，：]")
#: What may stand right before the kind of what is bought.
_BOUGHT = ("购买", "采购", "购置", "类", "的")
#: What stands between a word of change and a list of changes.
_OF_CHANGES = re.compile("(?:的[^，。；：#Y]{0,6})?：")
#: What may stand between a word of change and its amount, and between the amounts of a list.
_CHANGED = ("metric", "function", "project", "other")
_AND = ("、", "和", "及", "以及", "与")
#: What stands before an amount, and after a 0 that has no unit.
_HAVING = ("metric", "function", "phase", "year")
_ENDED = ("", "，", "；", "。", "、", "）")
#: What sets clauses apart, also the marks that are elements of their own.
_CLAUSE_MARKS = "，：；。（）"
#: The label of all that a body spends, and the name that stands between a year or a mark and it.
_SIDE = re.compile("支出[预决]算")
_BEFORE_SIDE = re.compile(f"(?:^|{YEAR}年?度?|[，。；：、])(?P<name>(?:[^，。；：、#Y@（）]|（[^（）#Y@]{{1,12}}）)+)$")
_LONGEST_NAME = 40
_SENTENCE = re.compile(r"[^。！？]*[。！？]?")
#: What may stand after a base and before what is said of it, and only names the earlier figure.
_ENDS_BASE = ("相比", "相比较", "对比")
_AFTER_BASE = ("equal", "alike", "change", "minus", "plus")
#: The metrics of everything that a body takes in and spends.
WHOLE = ("revenue_budget", "expenditure_budget")
#: Right after the name of an expense they only say of which money it is: 机关运行经费|一般公共预算支出.
_MONEY = ("general_public_appropriation", "appropriation_expenditure")
_SIDES = ("收入", "支出")
_MEANS = ("资金", "款项")
_BALANCES = ("opening_balance", "closing_balance")
_SHORT_CHANGES = {"more": 1, "less": -1}


@dataclass(slots=True)
class Element:
    """A piece of a sentence: ``folded.text[start:end]``, and what its kind says.

    ``number`` is the place of its NUMBER character, ``glued`` whether nothing stands between it and the one before,
    ``clause`` whether a comma does: a new clause begins.
    ``offset``: of a year that is not printed, from the document's. ``sign``: of a change. ``phase``: of a phase and of a
    base. ``year``: of a base, the element of its year. ``name``: the stretch of the name of a project or a grade.
    ``match``: of a functional classification. ``meanings``: what a label can be, before it is known what stands around it. ``shared``: of a figure, whether another
    statement owns its number; ``unit``: where its unit is printed, if that is after a later figure (1.5、2万元).
    ``goes_on``: of a semicolon, whether what comes next is said of what stands before it.
    """

    kind: str
    start: int
    end: int
    number: int | None = None
    glued: bool = False
    clause: bool = False
    metric: Metric | None = None
    offset: int | None = None
    sign: int | None = None
    phase: str | None = None
    year: Element | None = None
    name: Piece | None = None
    match: re.Match[str] | None = None
    meanings: tuple[Word, ...] = ()
    shared: bool = False
    goes_on: bool = False
    unit: Piece | None = None

    @property
    def measured(self) -> slice:
        """Where the unit of a figure is printed."""
        return slice(*(self.unit or ((self.number or 0) + 1, self.end)))

    @property
    def letter(self) -> str:
        return LETTERS[self.kind]


def elements(folded: Folded, start: int, end: int, grammar: Grammar, previous: str | None = None) -> list[Element]:
    """The elements of ``folded.text[start:end]`` in order, without words that only link others.

    ``previous`` is the name of the metric that the words before are about.
    """
    found: list[Element] = []
    in_share = False  # 占项目支出的94%: what it is a share of is not what the next words are about
    waiting = _scan(folded, start, end, grammar)
    again: list[Element] = []
    while (element := again.pop(0) if again else next(waiting, None)) is not None:
        before = found[-1] if found else None
        element.glued = before is not None and before.end == element.start
        element.clause = before is not None and _CLAUSE.search(folded.text, before.end, element.start) is not None
        if element.meanings:
            if element.glued and before is not None and _takes(before, element):
                continue
            excluded = _is_excluded(before, element, folded.text, grammar)
            meant = None if excluded else _meant(element, before, previous)
            if meant is None and not excluded:
                # A label that asks for other company may hold a shorter one that does not.
                again = [*_lex(folded.text, element.start + 1, element.end, grammar), *again]
            other_end = element.end if excluded else element.start + 1
            element = meant or Element("other", element.start, other_end, glued=element.glued, clause=element.clause)
            previous = element.metric.name if element.metric is not None and not in_share else previous
        element = _zero_or_other(element, before, folded)
        in_share = element.kind == "share" or (in_share and element.number is None)
        if element.kind == "link":
            continue
        if element.kind == "project" and element.glued and before is not None and before.kind == "other":
            element.kind = "other"  # the end of a name
        if before is not None and before.kind == element.kind == "other" and element.glued:
            before.end = element.end
            continue
        found.append(element)
    for element in found:
        if element.kind == "equal" and _hedged(folded.text, element, grammar):
            element.kind = "alike"
    return list(_bases(_without_lists_of_changes(found, folded.text), folded.text, grammar))


def _zero_or_other(element: Element, before: Element | None, folded: Folded) -> Element:
    """``element``; where it is a 0 without a unit after what has an amount (年初预算为0，), that amount."""
    number = folded.tokens.get(element.start)
    if element.kind != "other" or number is None or number.printed != "0" or number.cls != "unclaimed":
        return element
    ended = element.end == element.start + 1 and folded.text[element.end : element.end + 1] in _ENDED
    had = before is not None and before.kind in _HAVING
    return replace(element, kind="zero", number=element.start) if ended and had else element


def _without_lists_of_changes(found: list[Element], text: str) -> list[Element]:
    """``found``, where the amounts after 比上年减少：公务接待费2万元、… state nothing: they are no amounts of a year.

    Those after 增加公务接待费2万元、会议费3万元 are changes of what has a label, and state nothing where it has none.
    """
    done: list[Element] = []
    change: Element | None = None
    listed, last = False, -1
    for at, element in enumerate(found):
        if element.kind == "change":
            named = at + 1 < len(found) and found[at + 1].kind in _CHANGED
            listed = named and _OF_CHANGES.match(text, element.end) is not None
            change, last = (element if named and found[at + 1].glued else None), -1
        elif element.kind == "amount" and listed:
            element = replace(element, kind="rate")
        elif change is not None and element.kind == "amount":
            if last >= 0 and text.startswith(_AND, last) and done[-1].metric is not None:
                done.insert(-1, change)
            elif last >= 0:
                element = replace(element, kind="rate")
            last = element.end
        elif change is not None and (element.kind not in _CHANGED or (element.clause and last < 0)):
            change = None
        done.append(element)
    return done


def _scan(folded: Folded, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    text, position = folded.text, start
    named = [*_functions(folded, start, end, grammar), *_evaluated(text, start, end, grammar)]
    named += [
        *_projects(text, start, end, grammar),
        *_spent(text, start, end, grammar),
        *_classes(text, start, end, grammar),
    ]
    # They contain words that mean something else alone. Of two that overlap, the first and then the longer is right.
    for element in sorted(named, key=lambda e: (e.start, -e.end)):
        if element.start >= position:
            yield from _lex(text, position, element.start, grammar)
            yield element
            position = element.end
    yield from _lex(text, position, end, grammar)


def _functions(folded: Folded, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    """Names of the functional classification, with or without codes."""
    for pattern in grammar.patterns.functions:
        for match in pattern.finditer(folded.text, start, end):
            if _codes_fit(folded, match, grammar):
                begin = min(match.start(group) for group, text in match.groupdict().items() if text)
                begin += folded.text.startswith(".", begin)  # 3.农业农村（款）
                yield Element("function", begin, match.end(), match=match)


def _classes(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    """Official names right before 支出预算 or 支出决算, whose words mean other things elsewhere (债务利息及费用|支出预算)."""
    for label in _SIDE.finditer(text, start, end):
        name = _BEFORE_SIDE.search(text, max(start, label.start() - _LONGEST_NAME), label.start())
        if name and is_official(name["name"]) and f"{name['name']}支出" not in grammar.words:
            yield Element("other", *name.span("name"))


def _codes_fit(folded: Folded, match: re.Match[str], grammar: Grammar) -> bool:
    """Whether the numbers that ``match`` takes for codes look like codes of their level."""
    groups = match.groupdict()
    return all(
        shape.fullmatch(folded.tokens[match.start(group)].printed) is not None
        for group, shape in grammar.patterns.codes.items()
        if groups.get(group)
    )


def _evaluated(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    """The projects whose self-evaluation the sentence goes on about."""
    for match in grammar.patterns.evaluated.finditer(text, start, end):
        yield Element("evaluated", match.start(), match.end(), name=match.span("name"))


def _projects(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    """The projects of a list, each with its amount."""
    if opening := grammar.patterns.named.search(text, start, end):
        position = opening.end()
        while (name := grammar.patterns.names.match(text, position, end)) is not None:
            yield Element("named", name.start("name"), name.end(), name.start("amount"), name=name.span("name"))
            position = name.end()


def _spent(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    """Amounts before the name of what they are spent on, where the words are a name."""
    for match in grammar.patterns.spent.finditer(text, start, end):
        name, words = match["name"], grammar.words.get(match["name"], ())
        if any(word.metric for word in words) or grammar.name_ending.search(name):
            yield Element("spent", match.start("amount"), match.end(), match.start("amount"), name=match.span("name"))


def _lex(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Element]:
    """The elements that words and numbers of ``text[start:end]`` make; what lies between them is ``other``."""
    position = start
    aside = grammar.purpose.search(text, start, end)
    for match, stop in _matches(text, start, end, grammar):
        if stop == match.start() or match.start() < position:
            continue
        if aside is not None and match.start() >= aside.start():
            yield from _other(position, aside.start())
            yield Element("other", *aside.span())
            position = aside.end()
            aside = grammar.purpose.search(text, position, end)
            if match.start() < position:
                continue
        yield from _other(position, match.start())
        yield _matched(match, stop, grammar)
        position = stop
        if aside is not None and aside.start() < position:
            aside = grammar.purpose.search(text, position, end)
    yield from _other(position, end)


def _matches(text: str, start: int, end: int, grammar: Grammar) -> Iterator[tuple[re.Match[str], int]]:
    """What is an element of ``text[start:end]``, one behind the other, and where each ends."""
    while (match := grammar.master.search(text, start, end)) is not None:
        start, stop = match.span()
        if match.lastgroup == "word":
            stop = start + len(grammar.word_at(text, start, end))
            if stop == start:  # begins as a word does, and is none
                average = grammar.patterns.average.match(text, start, end)
                start = average.end() if average else start + 1
                continue
        yield match, stop
        start = max(stop, start + 1)


def _other(start: int, end: int) -> Iterator[Element]:
    if start < end:
        yield Element("other", start, end)


def _matched(match: re.Match[str], end: int, grammar: Grammar) -> Element:
    start, group = match.start(), match.lastgroup or ""
    if group == "word":
        words = grammar.words[match.string[start:end]]
        first = words[0]
        if first.kind == "metric":
            return Element("metric", start, end, meanings=words)
        return _as(first, start, end)
    if group == "made_of":
        return Element("part", start, end)
    if group in ("aside", "remark"):
        return Element("link", start, end)
    if group in _SHORT_CHANGES:
        return Element("change", start, end, sign=_SHORT_CHANGES[group])
    if group == "rated":
        return Element("completion", start, end)
    if group in ("points", "clock", "average"):
        return Element("other", start, end)
    if group == "grade_":
        return Element("grade", start, end, name=match.span("grade"))
    number = match.string.find(NUMBER, start, end)
    return Element(group, start, end, number if number >= 0 else None)


def _as(word: Word, start: int, end: int) -> Element:
    return Element(word.kind, start, end, metric=word.metric, offset=word.offset, sign=word.sign, phase=word.phase)


def _takes(before: Element, label: Element) -> bool:
    """Whether a label is part of the name before it, which becomes a name that no list knows where the two make one."""
    if _is_part_of_spent(before, label):
        before.kind, before.metric, before.end = "other", None, label.end
        return True
    return _ends_name(before, label)


def _is_excluded(before: Element | None, label: Element, text: str, grammar: Grammar) -> bool:
    """Whether a label does not mean what it says, as the words before it tell."""
    told = label.glued and before is not None and _excludes(before, label, text, grammar)
    return told or _is_end(label, text, grammar)


def _excludes(before: Element, label: Element, text: str, grammar: Grammar) -> bool:
    """Whether the words right before a label say that it is not what is meant (不含…), or only a part (工资福利…)."""
    if before.kind != "other":
        return False
    # Only the last of them are looked at: what no label names may be the length of a document.
    start = max(before.start, before.end - grammar.name_longest)
    if grammar.excluded.search(text, start, before.end):
        return True
    metric = label.meanings[0].metric
    if metric is not None and metric.name == "procurement" and metric.after and metric.subject != "label":
        return not text.endswith(_BOUGHT, start, before.end)  # 物业|服务 is a part of what is bought as 服务
    if metric is not None and metric.name == "function_expenditure" and is_function(text[start : label.end]):
        return True  # 小学|教育支出 is a function of its own, and no school's
    named = metric is not None and metric.subject == "label" and metric.name != "function_expenditure"
    money = metric is not None and metric.direction is not None and not named
    part = is_official(text[start : before.end]) or grammar.whole.search(text, start, before.end) is None
    return money and part


def _is_end(label: Element, text: str, grammar: Grammar) -> bool:
    """Whether a bare 支出 only ends a name (结转资金|支出), or is that for which words before it say (用于运转的|支出)."""
    if text[label.start : label.end] not in _SIDES:
        return False
    if not text.endswith("的", 0, label.start):
        return text.endswith(_MEANS, 0, label.start)
    first = max(label.start - grammar.name_longest, 0)
    return grammar.whole.search(text, first, label.start - 1) is None


def _ends_name(before: Element, label: Element) -> bool:
    """Whether the label of the whole only ends the name before it: 机关运行经费|预算支出, not the budget of the body."""
    named = before.metric
    direction = "expenditure" if before.kind == "function" else named.direction if named is not None else None
    expense = direction == "expenditure" and (named is None or named.name not in (*WHOLE, *_MONEY))
    meant = [word.metric for word in label.meanings if word.metric is not None]
    return any(
        (metric.name in WHOLE and metric.direction == direction)
        or (expense and metric.name in _MONEY and metric.fund in (None, "general_public_budget"))
        for metric in meant
    )


def _is_part_of_spent(before: Element, label: Element) -> bool:
    """Whether what is spent of a balance or on some persons is named: 上年结转|项目支出, 离退休人员|公用经费."""
    meant = (word.metric for word in label.meanings)
    spent = any(metric is not None and metric.of_function and not metric.after for metric in meant)
    named = before.metric
    return spent and named is not None and (named.name in _BALANCES or named.only == "count")


def _meant(element: Element, before: Element | None, previous: str | None) -> Element | None:
    """``element`` as the first of its meanings that fits; None where all ask for company that it has not."""
    company = (before.kind if before is not None else None, previous)
    for word in element.meanings:
        if word.metric is None or not word.metric.after or any(each in word.metric.after for each in company):
            return replace(_as(word, element.start, element.end), glued=element.glued, clause=element.clause)
    return None


def _hedged(text: str, equal: Element, grammar: Grammar) -> bool:
    """Whether the clause says that two amounts are nearly equal, or not equal at all."""
    start = max(text.rfind(mark, 0, equal.start) + 1 for mark in _CLAUSE_MARKS)
    hedged = grammar.patterns.hedge.search(text, start, equal.start) is not None
    return hedged or grammar.patterns.drift.match(text, equal.end) is not None


def _bases(found: list[Element], text: str, grammar: Grammar) -> Iterator[Element]:
    """``found`` with each comparison word and the year or phase after it made one element.

    Text right after such a base only says how the earlier figure is called, and goes.
    """
    at, compared = 0, None
    while at < len(found):
        element = found[at]
        at += 1
        if element.kind == "same_period":
            before = Element("year", element.start, element.end, offset=-1)
            # 同比上年度, 同比2020年
            named = _compared(found, at) if at < len(found) and found[at].glued else [before]
            at += len(named) if named != [before] else 0
            yield base_of(element, named or [before])
            compared = [before]
        elif element.kind == "year" and _is_bare_base(found, at, text):
            yield base_of(element, [element])
            at += 1
        elif element.kind != "compare":
            yield element
        # 与 and 和 are common words; without a year or a phase they compare nothing.
        elif _runs_from(found, at):
            if compared is not None:
                yield base_of(element, compared)  # 与上年相比，公务接待费由3万元减少到2万元
                continue
            # 由3万元减少到2万元: of which year the first is, is not said.
            yield Element("rate", found[at].start, found[at].end)
            at += 1
        elif _compares_with_another(found, at, text):
            yield replace(element, kind="other")
            yield Element("rate", found[at].start, found[at].end)
            at += 1
        elif named := _compared(found, at):
            at += len(named)
            # 比2024年三公经费决算增加5万元: the label again, and the phase of the earlier figure.
            again = found[at : at + 2] if _repeats_label(found, at, element) else []
            at += len(again) if again else _repeats_end(found, at, element, text)
            yield base_of(element, [*named, *again])
            compared = named if named[0].kind == "year" else None
            # 较上年（2024年）增加: the bracket only says which year that is.
            at += 3 if [each.kind for each in found[at : at + 3]] == ["open", "year", "close"] else 0
            if at + 1 < len(found) and _names_earlier(found[at], found[at + 1], text, grammar):
                at += 1


def _is_bare_base(found: list[Element], at: int, text: str) -> bool:
    """Whether a word of comparison ends what is compared with, and none begins it: 2023年度相比，减少5万元."""
    word = found[at] if at < len(found) else None
    if word is None or word.kind != "compare" or not word.glued or text[word.start : word.end] not in _ENDS_BASE:
        return False
    following = found[at + 1] if at + 1 < len(found) else None
    return following is None or following.clause or not following.glued


def _runs_from(found: list[Element], at: int) -> bool:
    """Whether an amount stands right after 由 or 从, and before the words that lead to this year's (减少到)."""
    kinds = [element.kind for element in found[at : at + 2]]
    return kinds == ["amount", "year"] and found[at + 1].offset == 0 and found[at].glued


def _compares_with_another(found: list[Element], at: int, text: str) -> bool:
    """Whether what is compared with is something else, and no other year of the same: 收入预算比支出预算多10万元."""
    word, other = found[at - 1], found[at] if at < len(found) else None
    if other is None or other.metric is None or other.clause or text[word.start] not in "比较":
        return False
    named = next((element.metric for element in reversed(found[: at - 1]) if element.metric is not None), None)
    changed = at + 1 < len(found) and found[at + 1].kind == "change"
    return changed and named is not None and named.name != other.metric.name


def base_of(word: Element, named: list[Element]) -> Element:
    """What is compared with: the comparison ``word``, and the year and the phase ``named`` after it."""
    year = next((each for each in named if each.kind == "year"), None)
    return replace(word, kind="base", end=max(word.end, named[-1].end), year=year, phase=named[-1].phase)


def _repeats_label(found: list[Element], at: int, compare: Element) -> bool:
    """Whether the label of what is compared stands from ``at`` on once more, with a phase and before the change."""
    kinds = [each.kind for each in found[at : at + 3]]
    if kinds[:2] != ["metric", "phase"] or kinds[2:] not in (["change"], ["minus"], ["plus"], ["equal"]):
        return False
    before, again = _label_before(found, at, compare), found[at].metric
    return before is not None and before.metric is not None and again is not None and before.metric.name == again.name


def _repeats_end(found: list[Element], at: int, compare: Element, text: str) -> bool:
    """Whether the label at ``at`` is the end of the one before: 财政拨款收支总预算5万元，比上年收支总预算4万元."""
    again = found[at] if at < len(found) and found[at].metric is not None else None
    before = _label_before(found, at, compare)
    if again is None or before is None:
        return False
    label = text[before.start : before.end]
    return len(label) > again.end - again.start and label.endswith(text[again.start : again.end])


def _label_before(found: list[Element], at: int, compare: Element) -> Element | None:
    """The last label before the element at ``at`` that ends before the word of comparison."""
    places = (found[index] for index in range(at - 1, -1, -1))
    return next((each for each in places if each.metric is not None and each.end <= compare.start), None)


def _names_earlier(name: Element, figure: Element, text: str, grammar: Grammar) -> bool:
    """Whether text after a base only says how the earlier figure is called."""
    if name.kind != "other" or name.clause:
        return False
    if figure.kind == "amount":
        # What is no name may be a word of change that no list knows: 较上年裁撤5万元.
        return grammar.name_ending.search(text[name.start : name.end]) is not None
    return figure.kind in _AFTER_BASE


def _compared(found: list[Element], at: int) -> list[Element]:
    """The year, the phase, or the year and then the phase that stand from ``at`` on."""
    first = found[at] if at < len(found) else None
    if first is None or first.kind not in ("year", "phase") or first.clause:
        return []
    second = found[at + 1] if at + 1 < len(found) else None
    return [first, second] if first.kind == "year" and second is not None and second.kind == "phase" else [first]


def printed_year(folded: Folded, element: Element) -> int | None:
    """The year that an element of kind year, date or metric prints, or None where it prints none."""
    for at in range(element.start, element.end):
        if folded.text[at] == YEAR:
            token = folded.tokens[at]
            return int(token.value) if token.value is not None else None
    return None


def sentences(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The sentences of a folded passage from ``start`` on."""
    for match in _SENTENCE.finditer(text, start):
        if match.end() > match.start():
            yield match.span()
