"""Documents for measurements: the bundled text with another body, year and other amounts, consistently, all different.

Amounts are all multiplied by one whole number, so that every sum of the document still holds; a change in percent stays
what it is. Years are shifted by one number, codes of the body counted up.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "raw" / "beijing-xicheng" / "2022-budget-foreign-affairs-office.txt"
_FIRST = "文体教卫民司财审统信科农林水商旅档史志法编督老妇团工侨台宗民"
_SECOND = "化育学生政法务计访技业草利贸游案料书制查干联会青商办胞教族康"
_AMOUNT = re.compile(r"(?<![\d.,])\d[\d,]*\.\d+(?![\d.%％])")
_YEAR = re.compile(r"(?<![\d.,])20[12]\d(?=\s*年)")
_SHIFTS = (0, 1, 2, -1, 3, -2)


def _scaled(printed: str, factor: int) -> str:
    value = Decimal(printed.replace(",", "")) * factor
    places = -int(value.as_tuple().exponent)  # type: ignore[operator]
    return f"{value:,.{places}f}" if "," in printed or (places == 2 and value >= 1000) else f"{value:.{places}f}"


def variation(number: int, text: str | None = None) -> str:
    """The document ``number`` of an endless row; 0 is the bundled one."""
    text = text if text is not None else BUNDLED.read_text(encoding="utf-8")
    if number == 0:
        return text
    body, year = divmod(number, len(_SHIFTS))
    first, second = divmod(body, len(_SECOND))
    name = _FIRST[first % len(_FIRST)] + _SECOND[second]
    text = text.replace("外事", name).replace("292001", f"{292001 + body % 700_000}")
    factor = 1 + number % 7
    text = _AMOUNT.sub(lambda match: _scaled(match.group(), factor), text)
    text = _YEAR.sub(lambda match: str(int(match.group()) + _SHIFTS[year]), text)
    # Beyond the bodies that names allow for, the text itself must still differ.
    return text if first < len(_FIRST) else f"{text}\n{number}"


def write(folder: Path, count: int, start: int = 0, collections: int = 10) -> int:
    """Write ``count`` documents below ``folder`` in some collections; returns their bytes."""
    text = BUNDLED.read_text(encoding="utf-8")
    size = 0
    for number in range(start, start + count):
        place = folder / f"collection-{number % collections:02}"
        place.mkdir(parents=True, exist_ok=True)
        data = variation(number, text).encode("utf-8")
        (place / f"{number:07}.txt").write_bytes(data)
        size += len(data)
    return size
