"""The forms library: what ``schemas/forms`` says about words, tables and families, read once and asked by every reader."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast

from pipeline.extract.forms.entries import (
    Counted,
    Expense,
    Family,
    KeyMeaning,
    Meaning,
    TableForm,
    WordsFile,
)
from pipeline.extract.patterns import YEAR, closed, expand, fold
from schemas.loading import SchemaFileError, nearest, read_file

FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "forms"

#: The lists of words.toml that a text may be in.
ListName = Literal[
    "totals", "year_totals", "subtotals", "counts", "rates", "memos", "balances", "alone", "empty.rows", "empty.notes", "revenue",
    "expenditure",
]  # fmt: skip
_Found = TypeVar("_Found")
_YEAR = re.compile(YEAR)
_COMPARED = re.compile(rf"[比较与同](?:{YEAR})")
_UNIT = re.compile(r"[（(](?:[单單]位[:：]?)?(?:人民[币幣])?([百千万萬亿億]*元)[）)]")
_BALANCES = ("carried_over", "opening_balance", "closing_balance")
_NUMBERED = re.compile(r"^(?:[（(]?[一二三四五六七八九十]+[）)]?[、.]|\d{1,2}[.、]|[①-⑳]|其中[:：;；]?)")
#: What kinds of expense are numbered with, in rows and in columns: 1.因公出国（境）费, 其中：（1）公务用车购置费.
_ORDINAL = re.compile(
    r"^(?:其中:?)?(?:[一二三四五六七八九十]{1,2}[、.]|（[一二三四五六七八九十\d]{1,2}）[、.]?|\d{1,2}[、.]|[①-⑳])?"
)
_DASHED_YEAR = re.compile(r"^((?:19|20)\d\d)年?-年?(?!\d)")
_LONGEST_HEADER = 40
_BARE_YEAR = Meaning(words=re.compile(""), measure="total", weak=True)


class _Entry(Protocol):
    @property
    def words(self) -> re.Pattern[str]: ...


_Said = TypeVar("_Said", bound=_Entry)


@dataclass(slots=True)
class Library:
    """All families and the words they share. Look-ups take printed text; they fold it themselves.

    What they find is remembered, for documents print the same words again and again: without it, extraction takes a third
    longer.
    """

    families: tuple[Family, ...]
    words: WordsFile
    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    fingerprint: str
    _lists: dict[ListName, re.Pattern[str]] = field(init=False)
    _classes: dict[tuple[str, str], str] = field(init=False)
    _memo: dict[tuple[str, Hashable], object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = self.words
        self._lists = {
            "totals": words.totals.words,
            "year_totals": words.year_totals.words,
            "subtotals": words.subtotals.words,
            "counts": words.counts.words,
            "rates": words.rates.words,
            "memos": words.memos.words,
            "balances": words.balances.words,
            "alone": words.alone.words,
            "empty.rows": words.empty.rows,
            "empty.notes": words.empty.notes,
            "revenue": words.sides.revenue,
            "expenditure": words.sides.expenditure,
        }
        self._classes = {
            (scheme, fold(name)): code
            for scheme, by_code in self.names.items()
            for code, all_names in by_code.items()
            for name in all_names
            if len(code) == 3
        }

    @property
    def units(self) -> Mapping[str, Decimal]:
        """What an amount printed in a unit is worth in yuan."""
        return self.words.units

    def forms_for(self, title: str) -> list[TableForm]:
        """The forms one of whose titles is ``title`` (folded), the most particular family first."""
        return self.remembered("title", title, lambda: self._find_forms(title))

    def _find_forms(self, title: str) -> list[TableForm]:
        return [form for family in self.families for form in family.tables if form.titles.fullmatch(title)]

    def forms_without_first(self, title: str) -> list[TableForm]:
        """The forms of a title whose first character was lost on the way (般公共预算…表), where it can be only one."""
        first = self.words.titles.first_characters
        found = [forms for char in first if (forms := self.forms_for(char + title))] if len(title) > 3 else []
        return found[0] if len({forms[0].code for forms in found}) == 1 else []

    def family(self, name: str) -> Family:
        return next(family for family in self.families if family.name == name)

    def tables_of(self, family: Family) -> tuple[TableForm, ...]:
        """The tables of ``family``, or of the one that it is based on."""
        return self.family(family.based_on).tables if family.based_on else family.tables

    def column(self, text: str) -> Meaning | None:
        """What a header's word says of a column of amounts; None where no word of the library is like it."""
        return self.remembered("column", text, lambda: self._find_column(_bare(text)))

    def key(self, text: str) -> KeyMeaning | None:
        """What a header's word says of a column that names rows."""
        return self.remembered("key", text, lambda: _first(self.words.key, _bare(text)))

    def knows(self, text: str) -> bool:
        """Whether a header's word means anything: of a column of amounts, of one that names rows, or a kind of expense."""
        return bool(self.column(text) or self.key(text) or self.expense(text))

    def expense(self, text: str) -> Expense | None:
        """The kind of the three public expenses that a label names."""
        return self.remembered("expense", text, lambda: _first(self.words.expense, _of_expense(text)))

    def ordinal(self, text: str) -> int:
        """How many characters of a kind of expense, white space not counted, number it and are no part of its name."""
        match = _ORDINAL.match(_bare(text)) if self.expense(text) else None
        return match.end() if match else 0

    def counted(self, text: str) -> Counted | None:
        """What a label or a header counts; None where no word of the library is like it. 附： in front says nothing."""
        return self.remembered("counted", text, lambda: _first(self.words.counted, _bare(text).removeprefix("附:")))

    def says(self, listed: ListName, text: str) -> bool:
        """Whether ``text`` is in a list of words.toml."""
        return self.remembered(listed, text, lambda: self._lists[listed].fullmatch(_bare(text)) is not None)

    def fund_of_title(self, title: str) -> str | None:
        """The fund that a table's title says all of its amounts are of; None where it names none or several."""
        named = {fund for fund, pattern in self.words.titles.funds.items() if pattern.fullmatch(fold(title))}
        return named.pop() if len(named) == 1 else None

    def code_named(self, scheme: str, name: str) -> str | None:
        """The class code whose official name, in any year, is ``name``."""
        return self._classes.get((scheme, fold(name)))

    def official_names(self, scheme: str, code: str) -> tuple[str, ...]:
        return self.names.get(scheme, {}).get(code, ())

    def names_code(self, name: str) -> bool:
        """Whether a folded label is the official name of a code."""
        return name in self.remembered("written", "", self._find_written)[0]

    def spells(self, text: str) -> bool:
        """Whether a label is a word of the library or an official name, with every character of it (``…`` stands for none)."""
        return self.remembered("spells", text, lambda: self._find_spelled(_NUMBERED.sub("", _bare(text))))

    def remembered(self, kind: str, text: Hashable, find: Callable[[], _Found]) -> _Found:
        """What ``find`` says of ``text``, asked once."""
        key = (kind, text)
        if key not in self._memo:
            if len(self._memo) > 200_000:  # hostile sources must not fill the memory
                self._memo.clear()
            self._memo[key] = find()
        return cast(_Found, self._memo[key])

    def _find_spelled(self, folded: str) -> bool:
        rest = _YEAR.sub("", folded)
        official, written = self.remembered("written", "", self._find_written)
        return any(word in official or written.fullmatch(word) for word in (folded, rest))

    def _find_written(self) -> tuple[frozenset[str], re.Pattern[str]]:
        """All official names, and one expression for all words."""
        listed = (names for by_code in self.names.values() for names in by_code.values())
        words = self.words
        entries: tuple[_Entry, ...] = (*words.column, *words.key, *words.expense, *words.counted)
        written = closed([*(entry.words for entry in entries), *self._lists.values()])
        return frozenset(fold(name) for names in listed for name in names), written

    def _find_column(self, folded: str) -> Meaning | None:
        if not folded or len(folded) > _LONGEST_HEADER:
            return None
        columns = self.words.column
        years = _YEAR.findall(folded)
        found = _first(columns, folded) or _first(columns, _NUMBERED.sub("", folded))
        if found is not None and found.measure == "change":
            years = _YEAR.findall(_COMPARED.sub("", folded))  # 比上年增减 is about this year
        if found is None and years:
            rest = _YEAR.sub("", folded)
            found = _first(columns, rest) if rest else _BARE_YEAR
        if (
            found is None or not years or found.only_above
        ):  # what is compared with another year is about the document's own
            return found
        return _of_year(found, years[0])


def _of_year(meaning: Meaning, year: str) -> Meaning:
    """``meaning`` with the year that the header prints, where it is not the document's own."""
    if digits := re.match(r"\d{4}", year):
        return replace(meaning, year=int(digits.group()))
    if year[0] in "上去" and meaning.measure not in _BALANCES:  # 上年结转 is money of this year
        return replace(meaning, year_offset=-1)
    return meaning


def _bare(text: str) -> str:
    """``text`` folded, without a unit in brackets; a year set off by a dash (2017-预算数) as one with its word."""
    return _DASHED_YEAR.sub(r"\1年", fold(_UNIT.sub("", text)))


def _of_expense(text: str) -> str:
    """``text`` without year and ordinal: what a kind of expense is called."""
    return _YEAR.sub("", _ORDINAL.sub("", _bare(text)))


def _first(entries: Iterable[_Said], folded: str) -> _Said | None:
    return next((entry for entry in entries if entry.words.fullmatch(folded)), None)


@lru_cache(maxsize=4)
def load_library(folder: Path | None = None) -> Library:
    """The library of ``folder`` (the project's own where None). Raises SchemaFileError where a file cannot be used."""
    folder = folder or FOLDER
    codes = folder.parent / "codes"
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.toml"), *codes.glob("*.csv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    words = read_file(folder / "words.toml", WordsFile)
    paths = [path for path in sorted(folder.glob("*.toml")) if path.name != "words.toml"]
    library = Library(_families(paths), words, _names(codes), digest.hexdigest())
    _check_columns(library)
    return library


def _families(paths: list[Path]) -> tuple[Family, ...]:
    families = []
    for path in paths:
        family = read_file(path, Family)
        families.append(replace(family, tables=tuple(replace(form, family=family.name) for form in family.tables)))
    names = [family.name for family in families]
    for path, family in zip(paths, families, strict=True):
        if family.based_on is not None and family.based_on not in names:
            unknown = f"forms/{path.name}, based_on: there is no family {family.based_on!r}"
            raise SchemaFileError(f"{unknown}; {nearest(family.based_on, names)}")
    # The general family is asked last: what a family says of its own tables goes before it.
    return tuple(sorted(families, key=lambda family: (family.name == "general", family.name)))


def _check_columns(library: Library) -> None:
    """Raise SchemaFileError where a form lists a column that no word of words.toml names."""
    for family in library.families:
        for form in family.tables:
            for path in form.columns:
                if not any(library.knows(word) for word in expand(path.rpartition("/")[2], year="本年")):
                    raise SchemaFileError(
                        f"the family {family.name}, table ({form.code}), columns: no entry of words.toml knows {path!r}"
                    )


def _names(codes: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """The official names of each code, by scheme."""
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    for scheme in ("function", "government_economic", "department_economic"):
        by_code = names.setdefault(scheme, {})
        path = codes / f"{scheme}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    by_code[row["code"]] = (*by_code.get(row["code"], ()), row["name"])
    return names
