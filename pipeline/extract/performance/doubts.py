"""What shows that words of indicators stand in columns that they are not of: headers exchanged, a cell lost or merged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.extract.performance.cells import SheetCell, SheetRow
from pipeline.extract.performance.money import NUMBER
from pipeline.extract.performance.words import Words, without_bracket

#: A weight or a score, or a stroke for none.
_SCORE = re.compile(r"-?\d[\d,]*(?:\.\d+)?[分%]?|[^\w]*")
#: What stands in sentences alone.
_SENTENCE = re.compile("[，。；]")
#: No unit that only a column of units knows is longer.
_LONGEST_UNIT = 5


def contradicts_columns(words: Words, cells: Mapping[str, SheetCell], row: SheetRow) -> bool:
    """Whether a row of an indicator says in one column what belongs into another."""
    levels = [cells[level] for level in ("level1", "level2", "level3") if level in cells]
    value = cells.get("text")
    scores = [cells[role] for role in ("weight", "score") if role in cells and row.begins(cells[role])]
    return (
        any(is_value(words, cell.text) or cell.text in _others(words) for cell in levels)
        or (value is not None and value in (cells.get("level3"), cells.get("actual")))
        or ("comparator" in cells and cells["comparator"] is cells.get("level3"))
        or ("actual" in cells and any(cells["actual"] is cell for cell in scores))
        or ("comparator" in cells and known_level(words, cells["comparator"].text))
        or _levels_contradict(words, cells)
        or (value is not None and words.unit.fullmatch(value.text) is not None)
        or any(_SCORE.fullmatch(cell.text) is None for cell in scores)
        or (
            "deviation" in cells
            and row.begins(cells["deviation"])
            and NUMBER.fullmatch(cells["deviation"].text) is not None
        )
    )


def _levels_contradict(words: Words, cells: Mapping[str, SheetCell]) -> bool:
    """Whether names of levels stand in the columns of others, or one spans more rows than the one it is part of."""
    level1, level2, level3 = (cells.get(level) for level in ("level1", "level2", "level3"))
    if level1 is None:
        return False
    known = known_level(words, level1.text)
    if level3 is not None and not known and level3.text in words.firsts:
        return True
    if level2 is None:
        return False
    if level1 is level2:
        return not known
    if _reaches_beyond(level2, level1):
        return True
    if level3 is not None and _reaches_beyond(level3, level2):
        return True
    if level3 is not None and known_level(words, level3.text) and not known_level(words, level2.text):
        return True
    if level1.text in words.levels and level1.text not in words.firsts:
        return True
    return level2.text in words.firsts and level2.text not in words.levels and level2.text != level1.text


def _reaches_beyond(part: SheetCell, whole: SheetCell) -> bool:
    """Whether a cell of one row goes on below the one left of it that it is part of."""
    return whole.box.bottom + 1 < part.box.bottom and part.box.top < whole.box.bottom


def _others(words: Words) -> set[str]:
    """What is printed in other columns than those of levels, or above them."""
    return {*words.columns, *words.comparators} - words.seconds


def is_value(words: Words, text: str) -> bool:
    """Whether a text is nothing but a quantity: ≥95%, 120件, 38."""
    for word in sorted(words.comparators, key=len, reverse=True):
        if text.startswith(word):
            text = text[len(word) :]
            break
    number = NUMBER.match(text)
    return number is not None and (number.end() == len(text) or words.unit.fullmatch(text, number.end()) is not None)


def known_level(words: Words, name: str) -> bool:
    """Whether a text is the name of a first or second level, whatever score stands behind it."""
    name = without_bracket(name)
    return name in words.seconds or words.level1_of(name) is not None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The cells below a header, by what it says that their columns hold."""

    words: Words
    held: Mapping[str, list[SheetCell]]

    @property
    def contradicts_header(self) -> bool:
        """Whether what compares stands in another column than the values, values are names, or scores exceed weights."""
        exchanged = self._compared("actual") > 0 and self._compared("text") == 0
        words = any(_SCORE.fullmatch(cell.text) is None for cell in self.held.get("weight", ()))
        names = any(known_level(self.words, cell.text) for cell in self.held.get("name", ()))
        return exchanged or words or names or self._mostly_values() or self._scores_exceed() or self._units_elsewhere()

    def _units_elsewhere(self) -> bool:
        """Whether goals are quantities or units, or units are sentences or, all of them, words that count nothing."""
        known = self.words.unit.fullmatch
        goals, units = self.held.get("goal", ()), self.held.get("unit", ())
        amounts = sum(known(cell.text) is not None or is_value(self.words, cell.text) for cell in goals)
        if 2 * amounts > len(goals):
            return True
        long = any(len(cell.text) > _LONGEST_UNIT for cell in units) and not any(known(cell.text) for cell in units)
        return long or any(_SENTENCE.search(cell.text) for cell in units)

    def _compared(self, role: str) -> int:
        """How many cells of a column begin with a comparator."""
        signs = [word for word in self.words.comparators if not word[0].isalpha()]
        return sum(cell.text.startswith(tuple(signs)) for cell in self.held.get(role, ()))

    def _mostly_values(self) -> bool:
        """Whether a column of words holds as many quantities as words."""
        columns = (self.held.get(role, ()) for role in ("level1", "level2", "level3", "deviation"))
        return any(2 * sum(is_value(self.words, cell.text) for cell in cells) >= len(cells) > 0 for cells in columns)

    def _scores_exceed(self) -> bool:
        """Whether no score is below its weight and one is above it."""
        weights, scores = self.held.get("weight", []), self.held.get("score", [])
        rows = {cell.box.top: cell for cell in weights}
        pairs = [(rows[cell.box.top], cell) for cell in scores if cell.box.top in rows]
        values = [(_number(weight), _number(score)) for weight, score in pairs]
        known = [(weight, score) for weight, score in values if weight is not None and score is not None]
        return bool(known) and all(w <= s for w, s in known) and any(w < s for w, s in known)


def _number(cell: SheetCell) -> float | None:
    match = NUMBER.fullmatch(cell.text)
    return float(match.group().replace(",", "")) if match else None
