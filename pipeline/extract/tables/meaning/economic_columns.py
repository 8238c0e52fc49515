"""Columns that are classes of the economic classification: 合计 | 工资福利支出 | 商品和服务支出 | 对个人和家庭的补助.

Which classification is meant the classes of a header say together: 对个人和家庭的补助 stands in both, 机关工资福利支出 in
one. A class is never taken from a single column, for 其他支出 alone may be anything. Below a class stand its sections
(款: 基本工资, 津贴补贴) and its own sum (小计).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import fold
from pipeline.extract.tables.meaning.columns import Column, resolve

SCHEMES = ("department_economic", "government_economic")
_CODE = re.compile(r"^\d{3,5}-*")
#: A name as short as this says too little without its 支出 (其他支出).
_SHORT = 2


def with_classes(columns: Sequence[Column], form: TableForm, library: Library) -> list[Column]:
    """The columns of a header, those below the names of at least two classes resolved as amounts of these classes."""
    if form.items == "expense":
        return list(columns)
    found = {scheme: [_class_in(column, scheme, library) for column in columns] for scheme in SCHEMES}
    counts = {scheme: len({code for code, _ in filter(None, of)}) for scheme, of in found.items()}
    scheme = max(SCHEMES, key=lambda name: counts[name])
    if counts[scheme] < 2 or len(set(counts.values())) == 1:
        return list(columns)
    return [
        _of_class(column, scheme, *named, form, library) if named is not None else column
        for column, named in zip(columns, found[scheme], strict=True)
    ]


def _class_in(column: Column, scheme: str, library: Library) -> tuple[str, int] | None:
    """The class that a word over a column names, and which word; not where the column names rows."""
    if column.kind == "key":
        return None
    names = library.remembered("classes", scheme, lambda: _spellings(scheme, 3, "", library))
    for level, word in enumerate(column.path):
        code = names.get(_spelled(word))
        if code is not None:
            return code, level
    return None


def _of_class(column: Column, scheme: str, code: str, level: int, form: TableForm, library: Library) -> Column:
    """The column as one of the class that the word ``path[level]`` names, or of a section of it below."""
    below = column.path[level + 1 :]
    if len(below) > 1:
        return column
    if below and not library.says("totals", below[0]) and not library.says("subtotals", below[0]):
        sections = library.remembered("sections", f"{scheme} {code}", lambda: _spellings(scheme, 5, code, library))
        section = sections.get(_spelled(below[0]))
        if section is None:
            return column
        code, level = section, level + 1
    over = [word for word in column.path[:level] if _spelled(word) != _spelled(column.path[level])]
    plain = resolve(column.index, tuple(over[: len(over) - (len(code) == 5)]) or ("合计",), form, library)
    if plain.kind != "amount":
        return column
    return replace(plain, path=column.path, economic=(scheme, code), item_level=level)


def _spellings(scheme: str, length: int, within: str, library: Library) -> dict[str, str]:
    """Codes of ``length`` digits by what their official names come down to; what names two of them names none."""
    codes: dict[str, set[str]] = {}
    for code, names in library.names.get(scheme, {}).items():
        if len(code) == length and code.startswith(within):
            for name in names:
                codes.setdefault(_spelled(name), set()).add(code)
    return {spelled: found.pop() for spelled, found in codes.items() if len(found) == 1}


def _spelled(name: str) -> str:
    """A name without its code, without 的 and without 支出 at its end: 对个人和家庭补助支出 is 对个人和家庭的补助."""
    bare = _CODE.sub("", fold(name)).replace("的", "")
    short = bare.removesuffix("支出")
    return short if len(short) > _SHORT else bare
