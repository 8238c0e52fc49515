"""Where the pages of a text end that has no form feeds: at the numbers of pages that it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

#: A line that says nothing but which page it stands on: 5, - 5 -, 第5页 共20页, 5/20.
_PAGE_NUMBER = re.compile(
    r"(?P<mark>[-－—–·\s]*第?)\s*(?P<number>\d{1,4})(?!\d)"
    r"(?P<behind>\s*(?:页|頁)?(?:[\s,，]*(?:共|[/／])\s*\d{1,4}\s*(?:页|頁)?)?[-－—–·\s]*)"
)
#: The longest line that says no more than that.
_LONGEST = 30
#: So many pages have to be numbered one after the other, with so many lines that print anything on each, and on most.
_PAGES, _FEWEST_ON_PAGE, _LINES_OF_PAGE = 3, 2, 8


def with_page_ends(text: str) -> str:
    """``text`` without form feeds with one in place of each line end at which the number of a page says that it ends.

    Lines of nothing but a number are the numbers of pages where they rise by one from each to the next.
    """
    if "\f" in text:
        return text
    lines = text.split("\n")
    numbered = _numbered(lines)
    if len(numbered) < _PAGES:
        return text
    # Above its text a number begins a page, below it one ends.
    on_top = not any(line.strip() for line in lines[: numbered[0]])
    ends = {index - 1 for index in numbered} if on_top else set(numbered)
    last = len(lines) - 1
    return "".join(
        line if index == last else line + ("\f" if index in ends else "\n") for index, line in enumerate(lines)
    )


def _numbered(lines: Sequence[str]) -> list[int]:
    """The lines that print the numbers of pages: the longest run that rises, with pages of lines between them.

    A bare number right below another line may be a piece of a code or of an amount: it is the number of a page only
    where that alone is missing in the run.
    """
    printed = list(accumulate((bool(line.strip()) for line in lines), initial=0))
    runs: dict[int, list[tuple[int, int]]] = {}
    unsure: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        said = line.strip()
        match = _PAGE_NUMBER.fullmatch(said) if len(said) <= _LONGEST else None
        if match is None:
            continue
        number = int(match["number"])
        if not (match["mark"].strip() or match["behind"].strip()) and index and lines[index - 1].strip():
            unsure.setdefault(number, []).append(index)
            continue
        before = max((runs.get(number - step, []) for step in (1, 2)), key=len)
        if before and printed[index] - printed[before[-1][1]] < _FEWEST_ON_PAGE:
            before = []
        if len(before) + 1 >= len(runs.get(number, [])):
            runs[number] = [*before, (number, index)]
    longest = max(runs.values(), key=len, default=[])
    found = [index for _, index in longest]
    for (number, above), (following, below) in pairwise(longest):
        between = [index for index in unsure.get(number + 1, []) if above < index < below]
        found += between if following == number + 2 and len(between) == 1 else []
    found.sort()
    if not found:
        return []
    # The ordinals of a list rise by one, too; the numbers of pages reach over the text.
    reach = printed[found[-1]] - printed[found[0]]
    return found if reach >= max(_LINES_OF_PAGE * (len(found) - 1), printed[-1] // 2) else []
