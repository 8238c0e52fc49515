"""The forms library: what ``schemas/forms`` says about words, tables and families, ready to be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.extract.forms.entries import Counted, Expense, Family, KeyMeaning, Meaning, TableForm
from pipeline.extract.patterns import YEAR, fold

_YEAR = re.compile(YEAR)
_COMPARED = re.compile(rf"[比较与同](?:{YEAR})")
_UNIT = re.compile(r"[（(](?:[单單]位[:：]?)?(?:人民[币幣])?([百千万萬亿億]*元)[）)]")
_BALANCES = ("carried_over", "opening_balance", "closing_balance")
_NUMBERED = re.compile(r"^(?:[（(]?[一二三四五六七八九十]+[）)]?[、.]|\d{1,2}[.、]|其中[:：;；]?)")


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
    _counted: list[tuple[re.Pattern[str], Counted]] = field(default_factory=list)
    _lists: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _by_name: dict[str, dict[str, str]] = field(default_factory=dict)
    _lost_first: str = ""
    _title_funds: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _memo: dict[tuple[str, Hashable], Any] = field(default_factory=dict)

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
        return self._recall("key", text, self._find_key)

    def knows(self, text: str) -> bool:
        """Whether a header's word means anything: of a column of amounts, of one that names rows, or a kind of expense."""
        return bool(self.column(text) or self.key(text) or self.expense(text))

    def expense(self, text: str) -> Expense | None:
        """The kind of the three public expenses that a label names."""
        return self._recall("expense", text, self._find_expense)

    def counted(self, text: str) -> Counted | None:
        """What a label or a header counts; None where no word of the library is like it."""
        return self._recall("counted", text, self._find_counted)

    def says(self, listed: str, text: str) -> bool:
        """Whether ``text`` is in a list of words.toml: totals, subtotals, counts, balances, empty.rows, revenue, …"""
        return bool(self._recall(listed, text, self._find_listed))

    def fund_of_title(self, title: str) -> str | None:
        """The fund that a table's title says all of its amounts are of; None where it names none or several."""
        named = {fund for fund, pattern in self._title_funds.items() if pattern.fullmatch(fold(title))}
        return named.pop() if len(named) == 1 else None

    def code_named(self, scheme: str, name: str) -> str | None:
        """The class code whose official name, in any year, is ``name``."""
        return self._by_name.get(scheme, {}).get(fold(name))

    def official_names(self, scheme: str, code: str) -> tuple[str, ...]:
        return self.names.get(scheme, {}).get(code, ())

    def _recall(self, kind: str, text: str, find: Callable[[str, str], Any]) -> Any:
        """What ``find`` says of ``kind`` and the folded ``text``; most of it is known, and then nothing is called."""
        key = (kind, text)
        if key in self._memo:
            return self._memo[key]
        return self.remembered(kind, text, lambda: find(kind, fold(_UNIT.sub("", text))))

    def remembered(self, kind: str, text: Hashable, find: Callable[[], Any]) -> Any:
        """What ``find`` says of ``text``, asked once: documents of a family print the same words again and again."""
        key = (kind, text)
        if key not in self._memo:
            if len(self._memo) > 200_000:  # hostile sources must not fill the memory
                self._memo.clear()
            self._memo[key] = find()
        return self._memo[key]

    def _find_listed(self, listed: str, folded: str) -> bool:
        return self._lists[listed].fullmatch(folded) is not None

    def _find_key(self, _: str, folded: str) -> KeyMeaning | None:
        return _first(self._keys, folded)

    def _find_expense(self, _: str, folded: str) -> Expense | None:
        return _first(self._expenses, _YEAR.sub("", folded))

    def _find_counted(self, _: str, folded: str) -> Counted | None:
        return _first(self._counted, folded)

    def _find_column(self, _: str, folded: str) -> Meaning | None:
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
