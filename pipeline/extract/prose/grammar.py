"""The grammar of statements, read from data and compiled once: words, metrics, patterns, forms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.extract.prose.folding import fold
from pipeline.extract.prose.sections import FOLDER
from pipeline.extract.prose.spelling import expand, trie

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
    "zero": "l",
    "evaluated": "E",
}


#: Of so many elements at most a sentence is remembered, and so many places of sentences.
_USUAL, _REMEMBERED = 100, 50_000
_TEXTS = ("direction", "fund", "subject", "actual", "purchased", "only", "persons")


@dataclass(frozen=True, slots=True)
class Metric:
    """An entry of ``metrics.toml``: what a label means."""

    name: str
    direction: str | None = None
    fund: str | None = None
    subject: str | None = None
    actual: str | None = None
    purchased: str | None = None
    only: str | None = None
    persons: str | None = None
    stock: bool = False
    inherits_fund: bool = False
    keeps_year: bool = False
    after: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def countable(self) -> bool:
        """Whether a number may stand before the label (3个科室): names of money and of funds are never counted."""
        return self.direction is None and self.fund is None


@dataclass(frozen=True, slots=True)
class Form:
    """A form of sentence: a pattern over the letters of elements, and the kind of statement it makes."""

    pattern: re.Pattern[str]
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything that reading statements needs; patterns are for folded passages."""

    master: re.Pattern[str]
    amount: re.Pattern[str]
    words: dict[str, tuple[tuple[str, Any], ...]]
    functions: tuple[re.Pattern[str], ...]
    codes: dict[str, re.Pattern[str]]
    evaluated: re.Pattern[str]
    named: re.Pattern[str]
    names: re.Pattern[str]
    reason: re.Pattern[str]
    because: re.Pattern[str]
    placeholder: re.Pattern[str]
    purpose: re.Pattern[str]
    telling: re.Pattern[str]
    money: dict[str, Decimal]
    counts: dict[str, str]
    forms: dict[str, tuple[Form, ...]]
    metrics: dict[str, Metric]
    excluded: re.Pattern[str]
    name_opening: re.Pattern[str]
    name_ending: re.Pattern[str]
    name_rejected: re.Pattern[str]
    name_longest: int
    name_letters: re.Pattern[str]
    links: re.Pattern[str]
    #: the metrics that headings name, read once for all documents that print them
    headings: dict[str, Metric | None] = field(default_factory=dict)
    _fitting: dict[tuple[str, int], tuple[tuple[Form, int], ...]] = field(default_factory=dict)

    def fitting(self, letters: str, at: int) -> Iterable[tuple[Form, int]]:
        """The forms that fit elements of the kinds ``letters`` from the one ``at`` on, in order, and where they end.

        Those of sentences of usual length are remembered, for sentences of one wording have the same.
        """
        if len(letters) > _USUAL:
            return self._fits(letters, at)
        key = (letters, at)
        if key not in self._fitting:
            if len(self._fitting) >= _REMEMBERED:  # hostile sources must not fill the memory
                self._fitting.clear()
            self._fitting[key] = tuple(self._fits(letters, at))
        return self._fitting[key]

    def _fits(self, letters: str, at: int) -> Iterator[tuple[Form, int]]:
        for form in self.forms[letters[at]]:
            if match := form.pattern.match(letters, at):
                yield form, match.end()


@lru_cache(maxsize=2)
def load_grammar(folder: Path = FOLDER) -> Grammar:
    """Read ``metrics.toml`` and ``forms.toml``. Raises ValueError, KeyError or re.error where they are malformed."""
    data = tomllib.loads((folder / "forms.toml").read_text(encoding="utf-8"))
    entries = tomllib.loads((folder / "metrics.toml").read_text(encoding="utf-8"))["metric"]
    words: dict[str, list[tuple[str, Any]]] = {}
    metrics: dict[str, Metric] = {}
    for entry in entries:
        settings: dict[str, Any] = {key: entry.get(key) for key in _TEXTS}
        settings |= {key: entry.get(key, False) for key in ("stock", "inherits_fund", "keeps_year")}
        settings |= {key: tuple(entry.get(key, ())) for key in ("after", "group", "units")}
        metric = Metric(entry["name"], **settings)
        metrics.setdefault(metric.name, metric)
        _add(words, "metric", metric, entry["labels"])
    for kind, patterns in data["words"].items():
        if kind in ("increase", "decrease", "undecided"):
            _add(words, "change", {"increase": 1, "decrease": -1, "undecided": 0}[kind], patterns)
        elif kind in ("previous_year", "this_year"):
            _add(words, "year", -1 if kind == "previous_year" else 0, patterns)
        else:
            _add(words, kind, None, patterns)
    for phase, patterns in data["phase"].items():
        _add(words, "phase", phase, patterns)
    money = {unit: Decimal(factor) for unit, factor in data["money"]["units"].items()}
    counts = {fold(unit): kind for unit, kind in data["count"]["units"].items()}
    patterns = data["patterns"]
    full = [unit for unit in money if unit.endswith("元")]
    short = [unit for unit in money if not unit.endswith("元")]
    amount = rf"#(?:{trie(full)}|{trie(short)}(?![元人个辆台套家]))"
    master = "|".join(
        (
            rf"(?P<grade_>{patterns['grade']})",
            rf"(?P<threshold>{patterns['threshold']})",
            rf"(?P<date>{patterns['date']})",
            r"(?P<year>Y年度?|Y)",
            rf"(?P<amount>{amount})",
            r"(?P<points>#个?百分点)",
            r"(?P<percent>#%|百分之#)",
            r"(?P<score>#分(?![之类别别布]))",
            rf"(?P<count>#{trie(counts)})",
            r"(?P<aside>（[^（）#Y@]*）)",
            rf"(?P<word>{trie(words)})",
        )
    )
    other = data["other"]
    telling = trie(text for text, found in words.items() if found[0][0] in ("none", "equal", "zero"))
    return Grammar(
        master=re.compile(master),
        amount=re.compile(amount),
        words={text: tuple(found) for text, found in words.items()},
        functions=tuple(re.compile(pattern) for pattern in patterns["functions"]),
        codes={group: re.compile(shape) for group, shape in patterns["codes"].items()},
        evaluated=re.compile(patterns["evaluated"]),
        named=re.compile(patterns["named"]),
        names=re.compile(patterns["names"]),
        reason=re.compile(patterns["reason"]),
        because=re.compile(patterns["because"]),
        placeholder=re.compile(patterns["placeholder"]),
        purpose=re.compile(rf"(?:{patterns['purpose']})(?P<what>[^#。；]*)(?=[。；]|$)"),
        telling=re.compile(rf"#|原因|（类）|{patterns['grade'].replace('?P<grade>', '?:')}|{telling}"),
        money=money,
        counts=counts,
        forms=_by_first_letter([_form(entry) for entry in data["form"]]),
        metrics=metrics,
        excluded=re.compile(other["excluded"] + "$"),
        name_opening=re.compile(other["openings"]),
        name_ending=re.compile(other["endings"] + "$"),
        name_rejected=re.compile(other["rejected"]),
        name_longest=other["longest"],
        name_letters=re.compile(other["listed"]),
        links=re.compile(
            rf"(?:{trie(text for text, found in words.items() if {'link', 'phase'} & {kind for kind, _ in found})})+"
        ),
    )


def _add(words: dict[str, list[tuple[str, Any]]], kind: str, value: Any, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for text in expand(pattern):
            folded = fold(text)
            known = words.setdefault(folded, [])
            # A metric's label outranks a common word, and of two metrics the one that asks for company comes first.
            if kind == "metric" and isinstance(value, Metric) and value.after:
                known.insert(0, (kind, value))
            else:
                known.append((kind, value))


def _form(entry: dict[str, Any]) -> Form:
    source = re.sub(r"[a-z_]+", lambda match: LETTERS[match.group()], entry["elements"])
    return Form(re.compile(source.replace(" ", "")), entry["kind"], entry.get("about", "current"))


def _by_first_letter(forms: list[Form]) -> dict[str, tuple[Form, ...]]:
    """The forms that can begin at an element, by its letter, in their order. A form begins with what it must have."""
    return {
        letter: tuple(form for form in forms if form.pattern.pattern.startswith(letter)) for letter in LETTERS.values()
    }
