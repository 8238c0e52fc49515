"""The grammar of statements, read from data and compiled once: words, metrics, patterns, forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal, get_args

from pipeline.extract.forms.entries import CountUnit, Direction, Fund, Phase
from pipeline.extract.forms.entries import Metric as MetricName
from pipeline.extract.patterns import expand
from pipeline.extract.prose.folding import fold
from pipeline.extract.prose.sections import FOLDER
from schemas.loading import Made, OneOf, nearest, read_file
from schemas.vocabularies import vocabulary

#: The letter that stands for each kind of element in the compiled forms.
LETTERS = {
    "metric": "m",
    "year": "y",
    "date": "d",
    "phase": "p",
    "amount": "a",
    "count": "n",
    "percent": "r",
    "score": "s",
    "grade": "g",
    "change": "c",
    "equal": "e",
    "base": "u",
    "share": "z",
    "completion": "f",
    "none": "o",
    "purchase": "h",
    "threshold": "t",
    "function": "k",
    "named": "N",
    "actual": "q",
    "part": "w",
    "other": "x",
    "stop": "j",
    "open": "v",
    "close": "V",
    "compare": "b",
    "minus": "i",
    "plus": "I",
    "alike": "A",
    "rate": "R",
    "range": "B",
    "each": "D",
    "both": "F",
    "zero": "l",
    "evaluated": "E",
    "project": "J",
    "spent": "S",
}
#: The lists of words in forms.toml. Those that are not named here are kinds of elements.
WordList = Literal[
    "link", "increase", "decrease", "undecided", "overspent", "underspent", "equal", "compare", "same_period", "share", "completion", "none", "zero",
    "part", "purchase", "actual", "previous_year", "this_year", "minus", "plus", "alike", "signed", "each", "both", "stop", "open", "close",
    "project",
]  # fmt: skip
#: Up, down, and None: a sign before the figure says which. 0: nothing says it.
_SIGNS = {"increase": 1, "decrease": -1, "signed": None, "undecided": 0}
#: Up and down against the budget of the same year.
_AGAINST_BUDGET = {"overspent": 1, "underspent": -1}
_YEARS = {"previous_year": -1, "this_year": 0}
#: What a sentence must hold to be read: a number, or a word that states something without one.
_STATING = ("none", "equal", "zero")


def _spellings(pattern: str) -> tuple[str, ...]:
    return tuple(fold(text) for text in expand(pattern, year="(Y年|Y年度)"))


#: The texts that a pattern stands for, folded.
Spellings = Annotated[tuple[str, ...], Made(str, _spellings)]


def _companions() -> Iterator[str]:
    yield from (*LETTERS, *get_args(WordList), *vocabulary("metric"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """An entry of ``metrics.toml``: what a label means."""

    name: MetricName
    labels: tuple[Spellings, ...]
    direction: Direction | None = None
    fund: Fund | None = None
    subject: str | None = None
    actual: MetricName | None = None
    purchased: MetricName | None = None
    counted: MetricName | None = None
    counterpart: MetricName | None = None
    sides: tuple[MetricName, ...] = ()
    only: Literal["count"] | None = None
    persons: MetricName | None = None
    stock: bool = False
    inherits_fund: bool = False
    keeps_year: bool = False
    yields: bool = False
    of_function: bool = False
    after: tuple[Annotated[str, OneOf("kind of element or metric", _companions)], ...] = ()
    group: tuple[MetricName, ...] = ()
    parts: tuple[MetricName, ...] = ()
    units: tuple[CountUnit, ...] = ()

    @property
    def countable(self) -> bool:
        """Whether a number may stand before the label (3个科室): names of money and of funds are never counted."""
        return self.direction is None and self.fund is None and not self.inherits_fund


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of a sentence is: the kind of its element and what it says.

    ``sign`` of a change, ``offset`` of a year from the document's, ``phase``, ``metric``.
    """

    kind: str
    metric: Metric | None = None
    sign: int | None = None
    offset: int | None = None
    phase: str | None = None


def _elements(source: str) -> re.Pattern[str]:
    """A form's regular expression over kinds of elements, as one over their letters."""

    def letter(match: re.Match[str]) -> str:
        if match.group() not in LETTERS:
            raise ValueError(f"there is no kind of element {match.group()!r}; {nearest(match.group(), LETTERS)}")
        return LETTERS[match.group()]

    return re.compile(re.sub(r"[a-z_]+", letter, source).replace(" ", ""))


FormKind = Literal[
    "amount", "count", "change", "change_percent", "share", "completion_rate", "score", "grade", "none", "equal", "zero",
    "noun_count",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A form of sentence: a pattern over the letters of elements, and the kind of statement it makes."""

    elements: Annotated[re.Pattern[str], Made(str, _elements)]
    kind: FormKind
    about: Literal["current", "base"] = "current"
    #: whether it ends with the clause, at a comma
    clause: bool = False


@dataclass(frozen=True, slots=True)
class _Money:
    units: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Counts:
    units: dict[str, CountUnit]


@dataclass(frozen=True, slots=True)
class _Patterns:
    threshold: re.Pattern[str]
    rate: re.Pattern[str]
    range: re.Pattern[str]
    average: re.Pattern[str]
    clock: re.Pattern[str]
    more: re.Pattern[str]
    less: re.Pattern[str]
    minus: re.Pattern[str]
    rated: re.Pattern[str]
    made_of: re.Pattern[str]
    hedge: re.Pattern[str]
    drift: re.Pattern[str]
    carried_out: re.Pattern[str]
    date: re.Pattern[str]
    reason: re.Pattern[str]
    placeholder: re.Pattern[str]
    because: re.Pattern[str]
    purpose: re.Pattern[str]
    remark: re.Pattern[str]
    grade: re.Pattern[str]
    codes: dict[Literal["code", "full", "c", "s", "i"], re.Pattern[str]]
    evaluated: re.Pattern[str]
    named: re.Pattern[str]
    names: re.Pattern[str]
    spent: re.Pattern[str]
    functions: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Other:
    endings: re.Pattern[str]
    openings: re.Pattern[str]
    excluded: re.Pattern[str]
    whole: re.Pattern[str]
    rejected: re.Pattern[str]
    longest: int
    listed: re.Pattern[str]
    territory: re.Pattern[str]
    scored: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _FormsFile:
    """The keys of ``forms.toml``."""

    words: dict[WordList, tuple[Spellings, ...]]
    phase: dict[Phase, tuple[Spellings, ...]]
    money: _Money
    count: _Counts
    patterns: _Patterns
    other: _Other
    form: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class _MetricsFile:
    """The keys of ``metrics.toml``."""

    metric: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything that reading statements needs; patterns are for folded passages."""

    patterns: _Patterns
    #: one expression for all elements but those of ``patterns.functions``, ``evaluated`` and ``named``
    master: re.Pattern[str]
    amount: re.Pattern[str]
    words: Mapping[str, tuple[Word, ...]]
    purpose: re.Pattern[str]
    #: what a sentence that states anything holds
    stating: re.Pattern[str]
    links: re.Pattern[str]
    money: Mapping[str, Decimal]
    counts: Mapping[str, str]
    forms: Mapping[str, tuple[Form, ...]]
    metrics: Mapping[str, Metric]
    excluded: re.Pattern[str]
    whole: re.Pattern[str]
    name_opening: re.Pattern[str]
    name_ending: re.Pattern[str]
    name_rejected: re.Pattern[str]
    name_longest: int
    name_letters: re.Pattern[str]
    #: how a sentence about a whole territory begins, and what may stand before the score of what has just been named
    territory: re.Pattern[str]
    scored: re.Pattern[str]

    def whole_of(self, parts: set[str], heading: Metric | None) -> Metric | None:
        """What ``parts`` together make: the least that has them all, where they are all that it has or the heading names it."""
        wholes = [metric for metric in self.metrics.values() if parts <= {*metric.parts}]
        least = min(wholes, key=lambda metric: len(metric.parts), default=None)
        named = least is not None and heading is not None and least.name == heading.name
        return least if named or (least is not None and parts == {*least.parts}) else None

    def fitting(self, letters: str, at: int, clause: int) -> Iterator[tuple[Form, int]]:
        """The forms that fit elements of the kinds ``letters`` from the one ``at`` on, in order, and where they end.

        ``clause`` is where the clause of that element ends.
        """
        for form in self.forms[letters[at]]:
            if match := form.elements.match(letters, at, clause if form.clause else len(letters)):
                yield form, match.end()


@lru_cache(maxsize=2)
def load_grammar(folder: Path = FOLDER) -> Grammar:
    """Read ``metrics.toml`` and ``forms.toml``. Raises SchemaFileError where they cannot be used."""
    file = read_file(folder / "forms.toml", _FormsFile)
    entries = read_file(folder / "metrics.toml", _MetricsFile).metric
    words = _words(file, entries)
    counts = {fold(unit): kind for unit, kind in file.count.units.items()}
    amount = _amount(file.money.units)
    patterns, other = file.patterns, file.other
    grade = patterns.grade.pattern
    stating = trie(text for text, found in words.items() if found[0].kind in _STATING)
    links = trie(text for text, found in words.items() if {"link", "phase"} & {word.kind for word in found})
    metrics: dict[str, Metric] = {}
    for metric in entries:
        metrics.setdefault(metric.name, metric)
    return Grammar(
        patterns=patterns,
        master=re.compile(_master(patterns, amount, counts, words)),
        amount=re.compile(amount),
        words=words,
        purpose=re.compile(rf"(?:{patterns.purpose.pattern})(?P<what>[^#。；]*)(?=[。；]|$)"),
        stating=re.compile(rf"#|原因|（类）|{grade.replace('?P<grade>', '?:')}|{stating}"),
        links=re.compile(rf"(?:{links})+"),
        money=file.money.units,
        counts=counts,
        # A form begins with what it must have.
        forms={
            letter: tuple(form for form in file.form if letter in _first(form.elements.pattern))
            for letter in LETTERS.values()
        },
        metrics=metrics,
        excluded=re.compile(other.excluded.pattern + "$"),
        whole=other.whole,
        name_opening=other.openings,
        name_ending=re.compile(other.endings.pattern + "$"),
        name_rejected=other.rejected,
        name_longest=other.longest,
        name_letters=other.listed,
        territory=other.territory,
        scored=other.scored,
    )


def _first(pattern: str) -> str:
    """The letters that a form can begin with."""
    return pattern[1 : pattern.index(")")].replace("|", "") if pattern.startswith("(") else pattern[0]


def _words(file: _FormsFile, entries: Iterable[Metric]) -> dict[str, tuple[Word, ...]]:
    """What each text means, the meaning to be tried first in front."""
    words: dict[str, tuple[Word, ...]] = {}
    for metric in entries:
        named = Word("metric", metric)
        for folded in chain(*metric.labels):
            known = words.get(folded, ())
            # Of two metrics the one that asks for company comes first.
            words[folded] = (named, *known) if metric.after else (*known, named)
    for kind, patterns in file.words.items():
        if kind in _SIGNS:
            word = Word("change", sign=_SIGNS[kind])
        elif kind in _AGAINST_BUDGET:
            word = Word("change", sign=_AGAINST_BUDGET[kind], phase="approved")
        elif kind in _YEARS:
            word = Word("year", offset=_YEARS[kind])
        else:
            word = Word(kind)
        # A metric's label outranks a common word.
        for folded in chain(*patterns):
            words[folded] = (*words.get(folded, ()), word)
    for phase, patterns in file.phase.items():
        word = Word("phase", phase=phase)
        for folded in chain(*patterns):
            words[folded] = (*words.get(folded, ()), word)
    return words


def _amount(money: Iterable[str]) -> str:
    """A number with a unit of money; 万 and 亿 alone are one where no word of what is counted can follow (3万人, 2万亩)."""
    full = [unit for unit in money if unit.endswith("元")]
    short = [unit for unit in money if not unit.endswith("元")]
    return rf"#(?:{trie(full)}|{trie(short)}(?=[，。；、：（）/比较与同和及其占由主的]|用于|[增减下上]|$))"


def _master(patterns: _Patterns, amount: str, counts: Iterable[str], words: Mapping[str, tuple[Word, ...]]) -> str:
    equal = trie(text for text, found in words.items() if found[0].kind == "equal")
    return "|".join(
        (
            rf"(?P<grade_>{patterns.grade.pattern})",
            rf"(?P<threshold>{patterns.threshold.pattern})",
            rf"(?P<range>{patterns.range.pattern})",
            rf"(?P<rate>{patterns.rate.pattern})",
            rf"(?P<clock>{patterns.clock.pattern})",
            rf"(?P<date>{patterns.date.pattern})",
            r"(?P<year>Y(?=年[初末底](?:财政拨款)?(?:结转|结余))|Y年度?|Y)",
            rf"(?P<amount>{amount})",
            r"(?P<points>#个?百分点)",
            r"(?P<percent>#%|百分之#)",
            r"(?P<score>#分(?=[，。；：、（）/]|的|以|及|和|与|$))",
            rf"(?P<count>#{trie(counts)})",
            rf"(?P<more>{patterns.more.pattern})",
            rf"(?P<less>{patterns.less.pattern})",
            rf"(?P<minus>{patterns.minus.pattern})",
            rf"(?P<rated>{patterns.rated.pattern})",
            rf"(?P<remark>{patterns.remark.pattern})",
            rf"(?P<made_of>{patterns.made_of.pattern})",
            rf"(?P<aside>（(?![^（）]*{equal})[^（）#Y@]*）)",
            rf"(?P<word>{trie(words)})",
            rf"(?P<average>{patterns.average.pattern})",
        )
    )


def trie(words: Iterable[str]) -> str:
    """A regular expression that matches the longest of ``words``, shared beginnings taken together."""
    texts = tuple(words)
    first = dict.fromkeys(text[:1] for text in texts)
    # One look at the first character rules out nearly all places, at which else every branch would be tried.
    look = f"(?=[{''.join(map(re.escape, first))}])" if len(first) > 1 and "" not in first else ""
    return look + _render(texts, {})


def _render(rests: tuple[str, ...], known: dict[tuple[str, ...], str]) -> str:
    """The expression for what may follow. It is ``known`` where the same may follow elsewhere: most words share their ends."""
    if rests not in known:
        below: dict[str, list[str]] = {}
        for rest in filter(None, rests):
            below.setdefault(rest[0], []).append(rest[1:])
        # What goes on alike stands once: the expression is a fraction as long, and so is the time that it takes to compile.
        by_rest: dict[str, list[str]] = {}
        for char, following in below.items():
            by_rest.setdefault(_render(tuple(following), known), []).append(re.escape(char))
        branches = [(chars[0] if len(chars) == 1 else f"[{''.join(chars)}]") + rest for rest, chars in by_rest.items()]
        body = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})" if branches else ""
        known[rests] = f"(?:{body})?" if body and "" in rests else body
    return known[rests]
