"""The numbers of lists as Word shows them: 一、 （二） 3. They are not in the text, but counted from list definitions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_DIGITS = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LEVELS = 9
#: Behind these a text begins at once; behind a digit or a letter it would run on.
_CLOSED = re.compile(r"[^0-9A-Za-z.]\s*$")


def chinese(number: int) -> str:
    """``number`` (1 to 9999) as it is counted: 一, 十, 十二, 一百零三."""
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for worth, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, worth)
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + word
        gap = not digit
    return text[1:] if text.startswith("一十") else text


def _roman(number: int) -> str:
    text = ""
    for worth, letters in _ROMAN:
        count, number = divmod(number, worth)
        text += letters * count
    return text


def _letters(number: int) -> str:
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _enclosed(first: int, most: int) -> Callable[[int], str]:
    return lambda number: chr(first + number - 1) if 1 <= number <= most else str(number)


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


_WRITE: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _enclosed(0x2460, 20),
    "decimalEnclosedCircleChinese": _enclosed(0x2460, 20),
    "decimalEnclosedParen": _enclosed(0x2474, 20),
    "decimalEnclosedFullstop": _enclosed(0x2488, 20),
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": lambda number: "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number)),
    "ideographTraditional": lambda number: _STEMS[number - 1] if 1 <= number <= 10 else str(number),
    "ideographZodiac": lambda number: _BRANCHES[number - 1] if 1 <= number <= 12 else str(number),
    "ideographEnclosedCircle": _enclosed(0x3280, 10),
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "bullet": lambda number: "",
    "none": lambda number: "",
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    suffix: str
    decimal: bool


class Numbering:
    """The list definitions of a document, and how far each list has been counted."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._styles: dict[str, tuple[str | None, str | None, int]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._default: str | None = None
        if numbering is not None:
            self._read_lists(numbering)
        for style in styles.iter("style") if styles is not None else ():
            if style.get("type") == "paragraph":
                based, about = style.find("basedOn"), style.find("pPr")
                number, level = _numbered(about)
                name = style.get("styleId", "")
                self._styles[name] = (based.get("val") if based is not None else None, number, level)
                if style.get("default") == "1":
                    self._default = name

    def _read_lists(self, numbering: Element) -> None:
        abstract = {each.get("abstractNumId", ""): each for each in numbering.iter("abstractNum")}
        for each in numbering.iter("num"):
            reference = each.find("abstractNumId")
            key = reference.get("val", "") if reference is not None else ""
            if key not in abstract:
                continue
            levels = {_int(level.get("ilvl"), 0): _level(level) for level in abstract[key].iter("lvl")}
            own = False
            for override in each.iter("lvlOverride"):
                at, level, start = _int(override.get("ilvl"), 0), override.find("lvl"), override.find("startOverride")
                if level is not None:
                    levels[at] = _level(level)
                if start is not None and at in levels:
                    old = levels[at]
                    levels[at] = _Level(_int(start.get("val"), 1), old.form, old.text, old.suffix, old.decimal)
                own = own or start is not None
            number = each.get("numId", "")
            # Lists of one definition count on, but for those that start anew.
            self._lists[number] = (f"{key}/{number}" if own else key, levels)

    def number(self, about: Element | None) -> str:
        """The number of the next paragraph, of which ``about`` are the properties; "" where it has none."""
        list_id, at = self._list_of(about)
        if list_id is None or list_id not in self._lists:
            return ""
        key, levels = self._lists[list_id]
        level = levels.get(at)
        if level is None:
            return ""
        counts = self._counts.setdefault(key, [None] * _LEVELS)
        held = counts[at]
        counts[at] = level.start if held is None else held + 1
        counts[at + 1 :] = [None] * (_LEVELS - at - 1)

        def write(match: re.Match[str]) -> str:
            which = int(match.group(1)) - 1
            other = levels.get(which, level)
            count = counts[which]
            form = "decimal" if level.decimal else other.form
            return _WRITE.get(form, str)(other.start if count is None else count)

        if level.form in ("bullet", "none"):
            return ""
        text = re.sub(r"%([1-9])", write, level.text)
        if not text or (level.suffix != "space" and _CLOSED.search(text)):
            return text
        return text + " "

    def _list_of(self, about: Element | None) -> tuple[str | None, int]:
        """The list and the level of a paragraph: its own, or that of its style and those it is based on."""
        number, level = _numbered(about)
        if number is not None:
            return (None if number == "0" else number), level
        style = about.find("pStyle") if about is not None else None
        name = style.get("val") if style is not None else self._default
        seen: set[str] = set()
        while name is not None and name in self._styles and name not in seen:
            seen.add(name)
            based, number, own = self._styles[name]
            if number is not None:
                return (None if number == "0" else number), max(own, level)
            name = based
        return None, 0


def _numbered(about: Element | None) -> tuple[str | None, int]:
    """The list and the level that properties of a paragraph name."""
    found = about.find("numPr") if about is not None else None
    if found is None:
        return None, 0
    number, level = found.find("numId"), found.find("ilvl")
    at = _int(level.get("val"), 0) if level is not None else 0
    return (number.get("val") if number is not None else None), min(at, _LEVELS - 1)


def _level(level: Element) -> _Level:
    def value(name: str, default: str) -> str:
        found = level.find(name)
        return found.get("val", default) if found is not None else default

    legal = level.find("isLgl")
    return _Level(
        _int(value("start", "0"), 0),
        value("numFmt", "decimal"),
        value("lvlText", ""),
        value("suff", "tab"),
        legal is not None and legal.get("val", "1") not in ("0", "false"),
    )


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
