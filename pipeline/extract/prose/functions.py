"""Codes of the functional classification for names printed in prose: as printed there, or as the tables have them."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.context import Context
from pipeline.extract.forms import load_library
from pipeline.extract.prose.folding import Folded, fold


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    """The codes of classes (类) by their official names, with 支出 at the end and without."""
    official = load_library().names["function"]
    full = {fold(name): code for code, names in official.items() if len(code) == 3 for name in names}
    # 其他支出 without its end is a common word.
    return {name.removesuffix("支出"): code for name, code in full.items() if name != "其他支出"} | full


class FunctionCodes:
    """The codes and names that the tables of a document print, looked up by path of names."""

    def __init__(self, context: Context) -> None:
        self._names: dict[str, set[str]] = {}
        for row in context.extraction.rows.budget_lines:
            code, name = row.function_code, row.function_name
            if code and name:
                self._names.setdefault(code, set()).add(fold(name))

    def code(self, folded: Folded, match: re.Match[str]) -> str | None:
        """The code of a function element: its printed parts joined, or the one code with these names."""
        groups = match.groupdict()
        if groups.get("code"):
            return folded.tokens[match.start("code")].printed
        printed = [folded.tokens[match.start(g)].printed for g in ("c", "s", "i") if groups.get(g)]
        if printed and len(printed[-1]) > 3:
            return printed[-1]
        if printed and groups.get("c"):
            return "".join(part.zfill(2) if at else part for at, part in enumerate(printed))
        return self.named([groups.get(g) for g in ("class", "section", "item")])

    def named(self, path: list[str | None]) -> str | None:
        """The one code of the tables whose class, section and item have these names (None: not printed)."""
        while path and path[-1] is None:
            path = path[:-1]
        fitting = [
            code
            for code, known in self._names.items()
            if len(code) == 1 + 2 * len(path) and path[-1] in known and self._above(code, path[:-1])
        ]
        if not fitting and len(path) == 1 and path[0] is not None:
            return _classes().get(path[0])
        return fitting[0] if len(fitting) == 1 else None

    def _above(self, code: str, names: list[str | None]) -> bool:
        """Whether the classes above ``code`` have ``names``, as far as the tables print them."""
        return all(
            name is None or (known := self._names.get(code[: 3 + 2 * at])) is None or name in known
            for at, name in enumerate(names)
        )
