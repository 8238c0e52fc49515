"""Whose part an expenditure is that every function and every body of a department has (基本支出), as words right before it say."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.context import Context, Piece
from pipeline.extract.forms import load_library
from pipeline.extract.prose.folding import Folded, fold

#: 行政运行：基本支出5万元, 用于行政运行的基本支出, 局属水利站基本支出: the name, and what joins it to the label.
_NAMED = re.compile(
    "(?:^|[，。；：、（）.#Y@])(?:其中|用于|安排|-)*(?P<name>[^，。；：、（）.#Y@-]{2,30}?)(?:[的中内]|支出|预算|经费|全年|当年|Y年度?)*：?$"
)
#: What the names of bodies below a department end with; the department's own office.
_MEMBER = re.compile("(?:站|所|中心|队|学校|[小中]学|幼儿园|院|馆|场|分局)$")
_OFFICE = re.compile("(?<=.)(?:机关|本级)$")
_SELF = re.compile("[本我该全各其]")
_LONGEST = 44
ECONOMIC = ("government_economic", "department_economic")


class Members:
    """Tells names of a department's own bodies from the name of the body that a document is of."""

    def __init__(self, context: Context) -> None:
        self._own = [fold(name) for name in (context.entity_name, context.entity_short_name) if name]
        self._department = context.scope == "department"

    def has(self, name: str) -> bool:
        """Whether ``name`` is that of one body of several."""
        if not self._own or _SELF.match(name) or any(name in own or own in name for own in self._own):
            return self._department and _OFFICE.search(name) is not None and not self._is_own(name)
        return _MEMBER.search(name) is not None or (self._department and _OFFICE.search(name) is not None)

    def _is_own(self, name: str) -> bool:
        return not self._own or _SELF.match(name) is not None or any(name in own for own in self._own)


def named_before(folded: Folded, first: int, label: int) -> Piece | None:
    """The name that stands between ``first`` and a ``label``, right before it; None where there is none."""
    start = max(first, label - _LONGEST)
    match = _NAMED.search(folded.text[start:label])
    return (start + match.start("name"), start + match.end("name")) if match else None


def is_function(name: str) -> bool:
    """Whether ``name`` is that of a function, be its last word printed or not."""
    return bool({name, f"{name}支出", name.removesuffix("支出")} & functions())


def is_official(name: str) -> bool:
    """Whether ``name`` is that of a function or an economic class, be its last word printed or not, and of no kind of bodies."""
    return not name.endswith(("院", "单位")) and bool({name, f"{name}支出"} & official("function", *ECONOMIC))


@lru_cache(maxsize=1)
def functions() -> frozenset[str]:
    """The official names of functions that mean nothing else: 住房公积金 is also what wages are spent on."""
    return official("function") - official(*ECONOMIC)


@lru_cache(maxsize=1)
def economic() -> frozenset[str]:
    """The official names of the economic classifications that are of no function."""
    return official(*ECONOMIC) - official("function")


@lru_cache(maxsize=4)
def official(*schemes: str) -> frozenset[str]:
    """All official names of classifications."""
    names = load_library().names
    return frozenset(fold(name) for scheme in schemes for known in names[scheme].values() for name in known)
