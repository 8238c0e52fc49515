"""An amount and the label of the next column that touch: ``6,089,065.06一、教育支出`` is two words."""

from __future__ import annotations

import re

#: An amount to the cent or in groups of thousands, before a letter that is no unit.
_AMOUNT_AND_LABEL = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+(?=\.))(?:\.\d{2,})?(?=[^\W\d_])(?![万亿千百元平])")


def label_behind(text: str) -> int:
    """Where in a word the label begins that stands right behind its amount; 0 where there is none."""
    found = _AMOUNT_AND_LABEL.match(text)
    return found.end() if found else 0
