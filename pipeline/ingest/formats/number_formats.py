"""How a workbook shows a number: grouped, as percent, as a date. The digits are always those that are stored."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Context, Decimal

_EXACT = Context(prec=15)
#: No program writes a longer format.
_LONGEST = 255
#: Formats that a workbook need not write down (ECMA-376, 18.8.30), with those that Chinese editions add.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"',
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: 'h"时"mm"分"',
    35: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: 'h"时"mm"分"', 56: 'h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip

#: What a format prints as it stands, and what it only says to the program: colours, conditions, padding.
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|[_*].')
#: A comma behind the last digit shows thousands; a point that is only text, before further digits, shows more (0!.0, is 万).
_THOUSANDS, _POINT = re.compile(r"(?<=[#0?]),+(?![#0?,])"), re.compile(r"""(?:[\\!]\.|"\.")([#0?]+)""")
_BRACKETS = re.compile(r"\[(?![hms]+\])[^\]]*\]", re.I)
_DATE_PART = re.compile(r"y+|m+|d+|h+|s+|AM/PM|\[[hms]+\]|\.0+", re.I)


def decimal_of(value: float) -> Decimal:
    """The stored value as a decimal of at most 15 significant digits, which is what a workbook keeps and shows."""
    return _EXACT.create_decimal_from_float(value) if isinstance(value, float) else _EXACT.create_decimal(value)


def plain(value: Decimal) -> str:
    """``value`` without an exponent and without zeros that only end it."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def show(value: float, number_format: str, epoch_1904: bool = False) -> str:
    """``value`` as ``number_format`` shows it, but for its digits, of which none is rounded away or added.

    Nothing where the format shows nothing: 0.00;-0.00; leaves zeros blank. A format that shows thousands or 万 gives these.
    """
    if len(number_format) > _LONGEST:
        number_format = "General"
    sections = number_format.split(";")
    at = 1 if value < 0 else 2 if value == 0 else 0
    section = sections[at] if at < len(sections) else sections[0]
    if not section.strip():
        return ""
    if is_date(number_format):
        return _date(value, sections[0], epoch_1904)
    bare = _BRACKETS.sub("", _LITERAL.sub("", section))
    digits = decimal_of(value).scaleb(-magnitude(section))
    if "%" in bare:
        return plain(digits * 100) + "%"
    text = plain(digits)
    if re.search(r"[#0?],[#0?]", bare):
        whole, point, fraction = text.lstrip("-").partition(".")
        text = f"{'-' if digits < 0 and text != '0' else ''}{int(whole):,}{point}{fraction}"
    return text


def magnitude(section: str) -> int:
    """How many digits the decimal point of what a section of a format shows stands left of that of the value."""
    section = _BRACKETS.sub("", section)
    thousands = sum(len(commas) for commas in _THOUSANDS.findall(_LITERAL.sub("", section)))
    point = _POINT.search(section)
    return 3 * thousands + (len(point.group(1)) if point else 0)


def is_date(number_format: str) -> bool:
    """Whether a format shows a date or a time."""
    bare = _BRACKETS.sub("", _LITERAL.sub("", number_format.split(";")[0]))
    return (
        bare.lower() != "general"
        and re.search(r"[ymdhs]", bare, re.I) is not None
        and not re.search(r"[#0?]\s*[#0?,.]?\s*E[+-]", bare)
    )


def _date(value: float, section: str, epoch_1904: bool) -> str:
    start = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30 if value >= 60 else 31)
    try:
        moment = start + timedelta(seconds=round(value * 86400))
    except (OverflowError, ValueError):
        return plain(decimal_of(value))  # no such day: shown as ######## in a workbook, but the value is there
    section = _BRACKETS.sub("", section)
    parts: list[str] = []
    at, hours = 0, False
    while at < len(section):
        literal, part = _LITERAL.match(section, at), _DATE_PART.match(section, at)
        if literal:
            parts.append(literal.group(1) or literal.group(2) or "")
            at = literal.end()
        elif part:
            after = section[part.end() : part.end() + 3].lstrip(":")
            parts.append(_part(part.group().lower(), moment, hours or after.startswith("s")))
            hours = part.group().lower().strip("[]").startswith("h")
            at = part.end()
        else:
            parts.append(section[at] if section[at] not in "@;" else "")
            at += 1
    return "".join(parts).strip()


def _part(code: str, moment: datetime, minutes: bool) -> str:
    letter, length = code.strip("[]")[0], len(code)
    if code == "am/pm":
        return "AM" if moment.hour < 12 else "PM"
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == ".":
        return ""
    number = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": moment.hour, "s": moment.second}[
        letter
    ]
    return f"{number:02d}" if length == 2 else str(number)
