"""The forms library: what ``schemas/forms/*.toml`` says about words, tables and families, ready to be asked.

Knows the files' shape and nothing of any document.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.extract.patterns import YEAR, compile_words, fold

FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "forms"
_YEAR = re.compile(YEAR)
_COMPARED = re.compile(rf"[比较与同](?:{YEAR})")
_UNIT = re.compile(r"[（(](?:[单單]位[:：]?)?(?:人民[币幣])?([百千万萬亿億]*元)[）)]")
_BALANCES = ("carried_over", "opening_balance", "closing_balance")
_NUMBERED = re.compile(r"^(?:[（(]?[一二三四五六七八九十]+[）)]?[、.]|\d{1,2}[.、]|其中[:：;；]?)")


class FormError(ValueError):
    """A file of ``schemas/forms`` cannot be used. Says the file, the table and what to change."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word of a header says. ``weak`` measures yield to a measure that stands above them.

    ``part`` is what a word names of a balance that stands above it (年初结转和结余 / 基本支出结转).
    """

    measure: str | None = None
    weak: bool = False
    part: str | None = None
    fund: str | None = None
    revenue_source: str | None = None
    direction: str | None = None
    phase: str | None = None
    alone: str | None = None
    year: int | None = None
    year_offset: int | None = None


@dataclass(frozen=True, slots=True)
class KeyMeaning:
    """A column that names the row: its kind and, where the header says it, the classification."""

    kind: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Expense:
    """A kind of the three public expenses. ``parts`` are the kinds that together make it."""

    kind: str
    memo: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table as a family publishes it."""

    code: str
    family: str
    titles: re.Pattern[str]
    kind: str = "amounts"
    direction: str | None = None
    fund: str | None = None
    scheme: str | None = None
    name_scheme: str | None = None
    items: str | None = None
    columns: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A form family: who publishes like that, and its tables in the order of the file.

    One that is ``based_on`` another has that one's tables and is told by ``typical`` titles, ``at_least`` so many.
    """

    name: str
    title_zh: str
    title_en: str
    tables: tuple[TableForm, ...]
    stage: str | None = None
    division_code: str | None = None
    based_on: str | None = None
    typical: re.Pattern[str] | None = None
    at_least: int = 0


@dataclass(slots=True)
class Library:
    """All families and the words they share. Look-ups take printed text; they fold it themselves."""

    families: tuple[Family, ...]
    units: Mapping[str, Decimal]
    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    fingerprint: str
    _columns: list[tuple[re.Pattern[str], Meaning]] = field(default_factory=list)
    _keys: list[tuple[re.Pattern[str], KeyMeaning]] = field(default_factory=list)
    _expenses: list[tuple[re.Pattern[str], Expense]] = field(default_factory=list)
    _lists: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _by_name: dict[str, dict[str, str]] = field(default_factory=dict)
    _lost_first: str = ""
    _title_funds: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _memo: dict[tuple[str, str], Any] = field(default_factory=dict)

    def forms_for(self, title: str) -> list[TableForm]:
        """The forms one of whose titles is ``title`` (folded), the most particular family first."""
        return self.remembered("title", title, lambda: self._find_forms(title))

    def _find_forms(self, title: str) -> list[TableForm]:
        return [form for family in self.families for form in family.tables if form.titles.fullmatch(title)]

    def forms_without_first(self, title: str) -> list[TableForm]:
        """The forms of a title whose first character was lost on the way (般公共预算…表), where it can be only one."""
        found = (
            [forms for char in self._lost_first if (forms := self.forms_for(char + title))] if len(title) > 3 else []
        )
        return found[0] if len({forms[0].code for forms in found}) == 1 else []

    def family(self, name: str) -> Family:
        return next(family for family in self.families if family.name == name)

    def tables_of(self, family: Family) -> tuple[TableForm, ...]:
        """The tables of ``family``, or of the one that it is based on."""
        return self.family(family.based_on).tables if family.based_on else family.tables

    def column(self, text: str) -> Meaning | None:
        """What a header's word says of a column of amounts; None where no word of the library is like it."""
        return self._recall("column", text, self._find_column)

    def key(self, text: str) -> KeyMeaning | None:
        """What a header's word says of a column that names rows."""
        return self._recall("key", text, lambda folded: _first(self._keys, folded))

    def expense(self, text: str) -> Expense | None:
        """The kind of the three public expenses that a label names."""
        return self._recall("expense", text, lambda folded: _first(self._expenses, _YEAR.sub("", folded)))

    def says(self, listed: str, text: str) -> bool:
        """Whether ``text`` is in a list of words.toml: totals, subtotals, counts, balances, empty.rows, revenue, …"""
        return bool(self._recall(listed, text, lambda folded: bool(self._lists[listed].fullmatch(folded))))

    def fund_of_title(self, title: str) -> str | None:
        """The fund that a table's title says all of its amounts are of; None where it names none or several."""
        named = {fund for fund, pattern in self._title_funds.items() if pattern.fullmatch(fold(title))}
        return named.pop() if len(named) == 1 else None

    def code_named(self, scheme: str, name: str) -> str | None:
        """The class code whose official name, in any year, is ``name``."""
        return self._by_name.get(scheme, {}).get(fold(name))

    def official_names(self, scheme: str, code: str) -> tuple[str, ...]:
        return self.names.get(scheme, {}).get(code, ())

    def _recall(self, kind: str, text: str, find: Any) -> Any:
        return self.remembered(kind, text, lambda: find(fold(_UNIT.sub("", text))))

    def remembered(self, kind: str, text: str, find: Callable[[], Any]) -> Any:
        """What ``find`` says of ``text``, asked once: documents of a family print the same words again and again."""
        key = (kind, text)
        if key not in self._memo:
            if len(self._memo) > 200_000:  # hostile sources must not fill the memory
                self._memo.clear()
            self._memo[key] = find()
        return self._memo[key]

    def _find_column(self, folded: str) -> Meaning | None:
        if not folded or len(folded) > 40:
            return None
        found = _first(self._columns, folded)
        bare = _NUMBERED.sub("", folded)
        if found is None and bare != folded:
            found = _first(self._columns, bare)
        years = _YEAR.findall(folded)
        if found is not None and found.measure == "change":
            years = _YEAR.findall(_COMPARED.sub("", folded))  # 比上年增减 is about this year
        if found is None and years:
            rest = _YEAR.sub("", folded)
            found = _first(self._columns, rest) or (Meaning(measure="total", weak=True) if not rest else None)
        if found is None:
            return None
        if years:
            year = years[0]
            digits = re.match(r"\d{4}", year)
            offset = -1 if year[0] in "上去" else 0 if year[0] in "本当" else None
            if found.measure in _BALANCES:
                offset = None  # 上年结转 is money of this year
            if digits or offset == -1:
                number = int(digits.group()) if digits else None
                return Meaning(
                    **{n: getattr(found, n) for n in Meaning.__slots__ if not n.startswith("year")},
                    year=number,
                    year_offset=offset,
                )
        return found


def _first(entries: list[tuple[re.Pattern[str], Any]], folded: str) -> Any:
    for pattern, meaning in entries:
        if pattern.fullmatch(folded):
            return meaning
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"{path.name} is not TOML: {error}") from error


def _table(entry: Mapping[str, Any], family: str, path: Path) -> TableForm:
    known = {"code", "titles", "kind", "direction", "fund", "scheme", "name_scheme", "items", "columns"}
    known |= {"identities", "unit"}
    if extra := set(entry) - known:
        raise FormError(f"{path.name}: the table {entry.get('code')} has {sorted(extra)}, which no table may have")
    try:
        return TableForm(
            code=entry["code"],
            family=family,
            titles=compile_words(tuple(entry["titles"])),
            **{k: entry[k] for k in known - {"code", "titles", "columns", "identities"} if k in entry},
            columns=tuple(entry.get("columns", ())),
            identities=tuple(entry.get("identities", ())),
        )
    except (KeyError, ValueError) as error:
        raise FormError(f"{path.name}: the table {entry.get('code', '(no code)')}: {error}") from error


def _family(path: Path) -> Family:
    raw = _read(path)
    if "family" not in raw:
        raise FormError(f'{path.name} has no `family = "…"` line; every file beside words.toml is a form family')
    return Family(
        name=raw["family"],
        title_zh=raw.get("title_zh", raw["family"]),
        title_en=raw.get("title_en", raw["family"]),
        tables=tuple(_table(entry, raw["family"], path) for entry in raw.get("table", ())),
        stage=raw.get("stage"),
        division_code=raw.get("division_code"),
        based_on=raw.get("based_on"),
        typical=compile_words(tuple(raw["typical"])) if "typical" in raw else None,
        at_least=raw.get("at_least", 1),
    )


def _names(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    import csv

    names: dict[str, dict[str, tuple[str, ...]]] = {}
    for scheme in ("function", "government_economic", "department_economic"):
        path = folder / f"{scheme}.csv"
        by_code = names.setdefault(scheme, {})
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    by_code[row["code"]] = (*by_code.get(row["code"], ()), row["name"])
    return names


@lru_cache(maxsize=4)
def load_library(folder: Path | None = None) -> Library:
    """The library of ``folder`` (the project's own where None). Raises FormError where a file cannot be used."""
    folder = folder or FOLDER
    paths = sorted(folder.glob("*.toml"))
    words_path = folder / "words.toml"
    if words_path not in paths:
        raise FormError(f"{words_path} is missing; it says what the words of headers mean")
    words = _read(words_path)
    families = [_family(path) for path in paths if path != words_path]
    # The general family is asked last: what a family says of its own tables goes before it.
    families.sort(key=lambda family: (family.name == "general", family.name))
    codes = folder.parent / "codes"
    names = _names(codes)
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.toml"), *codes.glob("*.csv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    library = Library(
        families=tuple(families),
        units={unit: Decimal(worth) for unit, worth in words["units"].items()},
        names=names,
        fingerprint=digest.hexdigest(),
    )
    for entry in words["column"]:
        fields = {k: v for k, v in entry.items() if k != "words"}
        library._columns.append((compile_words(tuple(entry["words"])), Meaning(**fields)))
    for entry in words["key"]:
        library._keys.append((compile_words(tuple(entry["words"])), KeyMeaning(entry["kind"], entry.get("scheme"))))
    for entry in words["expense"]:
        expense = Expense(entry["kind"], entry.get("memo", False), tuple(entry.get("parts", ())))
        library._expenses.append((compile_words(tuple(entry["words"])), expense))
    library._lists = {
        "totals": compile_words(tuple(words["totals"]["words"])),
        "year_totals": compile_words(tuple(words["year_totals"]["words"])),
        "subtotals": compile_words(tuple(words["subtotals"]["words"])),
        "counts": compile_words(tuple(words["counts"]["words"])),
        "memos": compile_words(tuple(words["memos"]["words"])),
        "balances": compile_words(tuple(words["balances"]["words"])),
        "alone": compile_words(tuple(words["alone"]["words"])),
        "empty.rows": compile_words(tuple(words["empty"]["rows"])),
        "empty.notes": compile_words(tuple(words["empty"]["notes"])),
        "revenue": compile_words(tuple(words["sides"]["revenue"])),
        "expenditure": compile_words(tuple(words["sides"]["expenditure"])),
    }
    library._lost_first = words["titles"]["first_characters"]
    library._title_funds = {fund: compile_words(tuple(found)) for fund, found in words["titles"]["funds"].items()}
    library._by_name = {
        scheme: {fold(name): code for code, all_names in by_code.items() for name in all_names if len(code) == 3}
        for scheme, by_code in names.items()
    }
    return library
