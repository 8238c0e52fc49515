"""The labels and shapes of personal contact data, read once from ``schemas/forms/contacts/words.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.extract.forms import FOLDER
from schemas.loading import read_file

SPACE = r"[^\S\n]*"
DIGIT = "[0-9０-９]"
HAN = "[一-鿿㐀-䶿]"
# A run of digits that goes on after a point or comma is an amount, whatever label stands before it.
_WHOLE = rf"(?![.．]?{DIGIT}|[,，]{DIGIT}{{3}}(?!{DIGIT}))(?!{SPACE}[百千万亿]*元)"
_MOBILE = rf"(?:[(（]?[+＋]?[8８][6６][)）]?[-－ ]?)?[1１][3-9３-９]{DIGIT}[-－ ]?{DIGIT}{{4}}[-－ ]?{DIGIT}{{4}}"
# Behind its label a number may go on in the next line of its cell, where both parts are a mobile number together.
_TORN = rf"[1１][3-9３-９](?:[-－ ]?{DIGIT}){{0,8}}[ 　]*\n[ 　]*{DIGIT}(?:[-－ ]?{DIGIT}){{0,8}}(?!{DIGIT})"
# Digits in groups of four: a bank account, whatever else.
_GROUPED = rf"{DIGIT}{{4}}(?:[ -]{DIGIT}{{4}}){{2,4}}(?:[ -]?{DIGIT}{{1,3}})?{_WHOLE}"
_PHONE = (
    rf"{_MOBILE}{_WHOLE}"
    rf"|{_GROUPED}"
    rf"|(?:[（(]?[0０]{DIGIT}{{2,3}}[)）]?{SPACE}[-－—–]*{SPACE})?{DIGIT}{{3,4}}[-－ ]?{DIGIT}{{4}}{_WHOLE}"
    rf"(?:{SPACE}(?:转|[-－—]){SPACE}{DIGIT}{{1,6}})?"
    rf"|[48]00[-－ ]?{DIGIT}{{3,4}}[-－ ]?{DIGIT}{{3,4}}{_WHOLE}"
    rf"|{DIGIT}{{5,23}}[XxＸｘ]?{_WHOLE}"
)
# With what people write for the sign so that machines should not see it: （at）, [at], #.
_AT = r"(?:[@＠]|[ ]?[（(\[【]?[ ]?(?:at|AT|艾特)[ ]?[)）\]】][ ]?|[（(\[【][@＠#][)）\]】])"
_MAIL = rf"[A-Za-z0-9._%+-]{{1,64}}{_AT}[A-Za-z0-9-]+(?:[.．][A-Za-z0-9-]+)+"
_BIRTH = rf"(?:19|20|１９|２０){DIGIT}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２])(?:[0０][1-9１-９]|[12１２]{DIGIT}|[3３][01０１])"
# Six digits of a division, a day of birth, three more and a check digit.
_IDENTITY = rf"(?<!{DIGIT})[1-8１-８]{DIGIT}{{5}}{_BIRTH}{DIGIT}{{3}}[0-9０-９XxＸｘ](?![0-9０-９A-Za-z.．])"
_ACCOUNT = r"[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9_-])"
_VALUE = rf"{_MAIL}|{_TORN}|{_PHONE}|{_ACCOUNT}"
# Two to four characters, or two or three set apart by spaces to fill a cell, or a name with a middle dot.
_NAME = rf"{HAN}{{1,6}}[·•]{HAN}{{1,8}}|{HAN}{{2,4}}|{HAN}[ 　]{{1,4}}{HAN}(?:[ 　]{{1,4}}{HAN})?|[A-Z][a-z]+(?:[ ][A-Z][a-z]+){{1,2}}"
_NAME_END = rf"(?={SPACE}(?:$|\n|[，。；;、,/（()）|:：]|{DIGIT})|[^\S\n])"
# A label is a label only where what stands before and after sets it apart: 电话费 and 主要负责人履行 are words.
_BEFORE = r"(?:(?<=[\s，。；;、：:（(|/及和])|(?<![^\s]))"
_AFTER = rf"(?=\s*[:：（(|]|\s+|\s*$|\s*[为是]?\s*[:：]?\s*{DIGIT})"


@dataclass(frozen=True, slots=True)
class ContactWords:
    """Compiled patterns.

    ``label`` has the groups person, number, a_person, a_number and weak; ``office``, ``asked`` (由某某同志负责), ``caller``
    (a name before a number), ``responsible`` (a name right behind its label, before another label) and ``called`` (姓名 王某)
    have ``who``; ``bracketed`` (a number before its label) has ``phone``, ``address`` has ``where``. ``anywhere`` is personal by its shape alone, ``mobile`` where no amount stands there.
    """

    label: re.Pattern[str]
    hint: re.Pattern[str]
    call: re.Pattern[str]
    person: re.Pattern[str]
    number: re.Pattern[str]
    any_value: re.Pattern[str]
    anywhere: re.Pattern[str]
    mobile: re.Pattern[str]
    not_mobile: re.Pattern[str]
    office: re.Pattern[str]
    asked: re.Pattern[str]
    caller: re.Pattern[str]
    responsible: re.Pattern[str]
    called: re.Pattern[str]
    bracketed: re.Pattern[str]
    address: re.Pattern[str]
    loose: tuple[re.Pattern[str], ...]
    surnames: frozenset[str]
    columns: frozenset[str]
    none: frozenset[str]
    none_ends: tuple[str, ...]
    none_begins: tuple[str, ...]

    def is_name(self, value: str) -> bool:
        """Whether what has the form of a name is no common word."""
        bare = "".join(value.split())
        return bare not in self.none and not bare.endswith(self.none_ends) and not bare.startswith(self.none_begins)


@dataclass(frozen=True, slots=True)
class _Persons:
    labels: tuple[str, ...]
    behind: tuple[str, ...]
    weak: tuple[str, ...]
    offices: tuple[str, ...]
    honorifics: tuple[str, ...]
    before_names: tuple[str, ...]
    addresses: tuple[str, ...]
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Numbers:
    labels: tuple[str, ...]
    before: tuple[str, ...]
    calls: tuple[str, ...]
    titles: tuple[str, ...]
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    surnames: str
    none: frozenset[str]
    none_ends: tuple[str, ...]
    none_begins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """The keys of ``words.toml``."""

    persons: _Persons
    numbers: _Numbers
    names: _Names


@lru_cache(maxsize=1)
def load_contact_words(folder: Path = FOLDER / "contacts") -> ContactWords:
    """Read and compile the file. Raises SchemaFileError where it cannot be used."""
    file = read_file(folder / "words.toml", _File)
    persons, numbers, names = file.persons, file.numbers, file.names
    person, behind, weak = _spaced(persons.labels), _spaced(persons.behind), _spaced(persons.weak)
    number, before = _spaced(numbers.labels), _spaced(numbers.before)
    bracket = rf"(?:{SPACE}[（(][^（）()\n]{{0,12}}[)）])?"
    label = (
        rf"{_BEFORE}(?:(?P<person>{HAN}{{0,6}}?(?:{person})(?:{SPACE}(?:{behind}))?)"
        rf"|(?P<number>(?:(?:{before}){SPACE})?(?:{number})))"
        rf"{bracket}{_AFTER}{SPACE}[:：|]?"
        rf"|(?:(?P<a_person>(?:{person})(?:{SPACE}(?:{behind}))?)|(?P<a_number>{number})|(?P<weak>{weak}){bracket})"
        rf"{SPACE}[:：]"
    )
    named = rf"[{''.join(names.surnames.split())}]{HAN}{{1,2}}"
    endings = "".join(sorted({word[-1] for word in [*persons.weak, *persons.behind]}))
    shapes = {word[-2:] for word in [*persons.labels, *numbers.labels, *numbers.calls]}
    titles = _spaced(numbers.titles)
    return ContactWords(
        label=re.compile(label, re.IGNORECASE),
        # What every label ends with: without this quick look, extraction takes a tenth longer.
        hint=re.compile(_hint(shapes, endings)),
        call=re.compile(
            rf"(?:{_spaced(numbers.calls)}){SPACE}[:：]?(?P<who>{HAN}{{0,4}}?)(?:{titles})?{SPACE}(?P<phone>{_PHONE})"
        ),
        person=re.compile(rf"(?:{_NAME}){_NAME_END}", re.MULTILINE),
        number=re.compile(rf"{_VALUE}", re.MULTILINE),
        any_value=re.compile(rf"(?:{_VALUE})|(?:{_NAME}){_NAME_END}", re.MULTILINE),
        # Begun at the first character of a run only: else a giant run of letters costs the square of its length.
        anywhere=re.compile(rf"(?<![A-Za-z0-9._%+-]){_MAIL}|{_IDENTITY}"),
        mobile=re.compile(
            rf"(?<![0-9０-９A-Za-z-])(?<![0-9０-９][.．,，])(?:(?:[+＋]?86[-－ ]?)?[1１][3-9３-９]{DIGIT}[-－]?{DIGIT}{{4}}[-－]?{DIGIT}{{4}})"
            rf"(?![0-9０-９A-Za-z]|[.．,，]{DIGIT}|{SPACE}[百千万亿]*元)"
        ),
        # Amounts with decimals or thousands on the line, or a word for an amount before the digits.
        not_mobile=re.compile(
            rf"{DIGIT}[.．]{DIGIT}|{DIGIT},{DIGIT}{{3}}|(?:{_spaced(numbers.amounts)}){SPACE}[:：]?{SPACE}$"
        ),
        office=re.compile(
            rf"{_BEFORE}{HAN}{{0,4}}?(?:{_spaced(persons.offices)})[ 　\t]+(?P<who>{named})(?=[ 　\t]{{2}}|\t|{SPACE}(?:$|{DIGIT}|{number}))",
            re.MULTILINE,
        ),
        asked=re.compile(rf"(?:{_spaced(persons.before_names)})(?P<who>{named})(?=(?:{_spaced(persons.honorifics)}))"),
        caller=re.compile(
            rf"(?<!{HAN})(?P<who>{named})(?:{titles})?{SPACE}"
            rf"(?:[（(：:，,]?{SPACE}{_MOBILE}|[（(，,]{SPACE}(?:(?:{before}){SPACE})?(?:{number}){SPACE}[:：为是]?{SPACE}(?:{_PHONE}))"
        ),
        # On a line of its own a name may stand right behind its label: PDF readers lose narrow gaps.
        called=re.compile(
            rf"(?:(?:{_spaced(persons.columns)})[ 　\t]+|^{SPACE}{HAN}{{0,4}}?(?:{person}|{_spaced(persons.offices)})(?={named}{SPACE}$))"
            rf"(?P<who>{named})(?!{HAN})",
            re.MULTILINE,
        ),
        bracketed=re.compile(rf"(?<!{DIGIT})(?P<phone>{_PHONE}){SPACE}[（(]{HAN}{{0,6}}?(?:{number})[)）]"),
        responsible=re.compile(
            rf"(?:{person})(?P<who>{named})(?={SPACE}[，,；;、（(]?{SPACE}(?:{HAN}{{0,2}}(?:{number})|{_MOBILE}))"
        ),
        address=re.compile(
            rf"(?:{_spaced(persons.addresses)}){SPACE}(?:[:：为是]|[ 　\t]|(?={HAN}{{2,8}}[省市县州])){SPACE}(?P<where>[^\n\t，。；;]{{4,60}})"
        ),
        loose=(
            re.compile(rf"(?<![0-9０-９.．,，])[1１][3-9３-９]{DIGIT}{{9}}(?![0-9０-９.．,，]|{SPACE}[万亿千]?元)"),
            re.compile(rf"(?<![0-9０-９.．,，-])[0０]{DIGIT}{{2,3}}[-－—–]{DIGIT}{{7,8}}(?![0-9０-９.．,，])"),
        ),
        surnames=frozenset("".join(names.surnames.split())),
        columns=persons.columns,
        none=names.none,
        none_ends=names.none_ends,
        none_begins=names.none_begins,
    )


def _spaced(words: Iterable[str]) -> str:
    """The words, longest first, with white space allowed between their characters (a cell may break a label)."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(r"\s*".join(map(re.escape, word)) for word in ordered)


def _hint(shapes: Iterable[str], endings: Iterable[str]) -> str:
    """The last two characters of a label (``shapes``), or one that labels end with and a colon: enough to look closer.

    Every alternative begins with a character of its own, in either case: so the expression skips all others at once.
    """
    after: dict[str, list[str]] = {"@": [""], "＠": [""]}
    for shape in sorted(shapes):
        rest = "".join(rf"\s*(?:{char.lower()}|{char.upper()})" for char in shape[1:])
        for char in {shape[0].lower(), shape[0].upper()}:
            after.setdefault(char, []).append(rest)
    for char in endings:
        after.setdefault(char, []).append(r"\s*(?:[（(][^（）()\n]*[)）]\s*)?[:：]")
    return "|".join(f"{re.escape(char)}(?:{'|'.join(rest)})" for char, rest in sorted(after.items()))
