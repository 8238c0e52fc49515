"""The language of rules: selections of figures, and how entries of a TOML file become dataclasses.

A rule is a dataclass. Its fields are the keys that an entry may have, their types the values that these may take, and the
text beside a type says what the key means. ``read`` holds an entry to all that: an unknown name is an error that says
the file, the rule, the place in it and the nearest name that is known.
"""

from __future__ import annotations

import re
import string
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from decimal import Decimal
from functools import cache, reduce
from operator import and_, or_
from typing import Annotated, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import polars as pl

from pipeline.extract.forms import load_library
from pipeline.tidy.codes import load_codes
from schemas.loading import nearest
from schemas.tables import TABLES, ColumnSpec
from schemas.vocabularies import vocabulary

#: Values and tolerances of checks: yuan, percent or counts, exact to four decimals.
VALUE = pl.Decimal(38, 4)
ZERO = pl.lit(Decimal("0.0000"), dtype=VALUE)


class RuleError(ValueError):
    """A file of ``schemas/rules`` cannot be used. Says the file, the rule and what to change."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file of rules something stands."""

    file: str
    rule: str
    path: str = ""

    def below(self, key: str) -> Place:
        """The place of a key of what stands here."""
        return replace(self, path=f"{self.path}.{key}".lstrip("."))

    def error(self, problem: str) -> RuleError:
        """An error that says this place."""
        return RuleError(f"{self.file}: rule {self.rule}: {self.path + ': ' if self.path else ''}{problem}")

    def unknown(self, what: str, name: object, known: Iterable[str]) -> RuleError:
        """An error that says which known name is nearest to ``name``."""
        return self.error(f"there is no {what} {name!r}; {nearest(str(name), known)}")


# Types of values, for fields of rules


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text that must be one of a closed list. ``listed`` gives the list of that name."""

    what: str
    listed: Callable[[str], Iterable[str]] = vocabulary

    def known(self) -> list[str]:
        """The values that are allowed."""
        return list(self.listed(self.what))


@dataclass(frozen=True, slots=True)
class RegularExpression:
    """Marks a text that is a regular expression."""


@dataclass(frozen=True, slots=True)
class Template:
    """Marks a text with places for figures, which are written in braces."""

    figures: tuple[str, ...] = ("left", "right", "difference", "left_sum", "right_sum")


@cache
def _codes(scheme: str) -> list[str]:
    codes = load_codes()
    return codes.filter(pl.col("scheme") == scheme)["code"].to_list()


def _families(_: str) -> list[str]:
    return [family.name for family in load_library().families]


def _columns_of_all(_: str) -> list[str]:
    return list(dict.fromkeys(name for source in SOURCES.values() for name in source.columns()))


Metric = Annotated[str, OneOf("metric")]
Measure = Annotated[str, OneOf("measure")]
TableCode = Annotated[str, OneOf("table_code")]
Stage = Annotated[str, OneOf("stage")]
FormFamily = Annotated[str, OneOf("form family", _families)]
ColumnName = Annotated[str, OneOf("column", _columns_of_all)]
Scheme = Annotated[str, OneOf("scheme")]
GovernmentEconomicCode = Annotated[str, OneOf("government_economic", _codes)]
DepartmentEconomicCode = Annotated[str, OneOf("department_economic", _codes)]
Pattern = Annotated[str, RegularExpression()]
Severity = Literal["error", "warning", "info"]


# Selections


@dataclass(frozen=True, slots=True)
class Source:
    """A table that selections are of: the column of its ids, and columns that rules read beside the published ones.

    ``derived`` gives each of these the closed list that it is of, if any.
    """

    table: str
    identity: str
    derived: Mapping[str, str | None]

    def columns(self) -> dict[str, ColumnSpec]:
        """The columns that a selection may ask for, by name."""
        return _columns(self.table, tuple(self.derived.items()))


@cache
def _columns(table: str, derived: tuple[tuple[str, str | None], ...]) -> dict[str, ColumnSpec]:
    published = {column.name: column for column in TABLES[table].columns}
    text = pl.String()
    own = {
        name: ColumnSpec(name, "", "", "number" if name == "value" else "string", text, True, None, closed)
        for name, closed in derived
    }
    return published | own


_OF_DOCUMENT: dict[str, str | None] = {"value": None, "stage": "stage", "scope": "scope", "form_family": None}
SOURCES = {
    "budget_lines": Source("budget_lines", "line_id", {**_OF_DOCUMENT, "function_class": None}),
    "statements": Source("statements", "statement_id", {**_OF_DOCUMENT, "passage": None}),
    "targets": Source("targets", "target_id", {"horizon": "horizon", "level2": None, "level3": None}),
}


@dataclass(frozen=True, slots=True)
class Is:
    """A column holds one of some values."""

    column: str
    values: tuple[str, ...] | int

    def expression(self) -> pl.Expr:
        """The rows of which this holds."""
        column = pl.col(self.column)
        if isinstance(self.values, bool):
            return column == self.values
        if isinstance(self.values, int):
            return column.cast(VALUE) == pl.lit(self.values, dtype=VALUE)
        return column.cast(pl.String).is_in(list(self.values))


@dataclass(frozen=True, slots=True)
class Like:
    """A column's text fits a regular expression, or ``negated``: does not; an empty column does not fit."""

    column: str
    pattern: str
    negated: bool = False

    def expression(self) -> pl.Expr:
        """The rows of which this holds."""
        fits = pl.col(self.column).cast(pl.String).str.contains(self.pattern).fill_null(False)
        return ~fits if self.negated else fits


@dataclass(frozen=True, slots=True)
class Empty:
    """Columns are all empty, or ``negated``: all filled."""

    columns: tuple[str, ...]
    negated: bool = False

    def expression(self) -> pl.Expr:
        """The rows of which this holds."""
        tests = [pl.col(name).is_not_null() if self.negated else pl.col(name).is_null() for name in self.columns]
        return reduce(and_, tests)


@dataclass(frozen=True, slots=True)
class Signed:
    """The amount is `negative`, `positive` or either (`nonzero`)."""

    sign: str

    def expression(self) -> pl.Expr:
        """The rows of which this holds."""
        value = pl.col("value")
        return {"nonzero": value != ZERO, "negative": value < ZERO, "positive": value > ZERO}[self.sign]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of some selections holds."""

    choices: tuple[Selection, ...]

    def expression(self) -> pl.Expr:
        """The rows of which this holds."""
        return reduce(or_, (choice.expression() for choice in self.choices))


Condition = Is | Like | Empty | Signed | AnyOf
_Selected = TypeVar("_Selected", bound="Selection")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Rows of one table of the document: those for which every condition holds. Never by their position.

    | condition | holds where |
    |---|---|
    | `<column> = "value"` | the column is that value; with a list: one of them |
    | `<column>_like = "…"` | the column fits the regular expression |
    | `not_<column>_like = "…"` | the column is empty or does not fit it |
    | `null = ["<column>", …]` | all these columns are empty |
    | `filled = ["<column>", …]` | none of these columns is empty |
    | `nonzero = true` | the amount is not 0 |
    | `negative = true`, `positive = true` | the amount is below, above 0 |
    | `any = [{ … }, { … }]` | one of these selections holds |
    """

    source: Annotated[
        Literal["budget_lines", "statements", "targets"],
        "The table, written `from`. Where it is not given, `budget_lines`",
    ] = "budget_lines"
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def read(cls: type[_Selected], entry: object, place: Place) -> _Selected:
        """The selection that an entry of a file states. Raises RuleError."""
        if not isinstance(entry, Mapping):
            raise place.error(f'{entry!r} must be a selection, like {{ table_code = "income" }}')
        known = {field.name for field in fields(cls)} - {"source", "conditions"}
        if (source := entry.get("from", "budget_lines")) not in SOURCES:
            raise place.below("from").unknown("table", source, SOURCES)
        own = {name: value for name, value in entry.items() if name in known}
        empty = read(cls, {**own, "source": source}, place)
        reader = _Conditions(SOURCES[empty.source], place, [*known, "from"])
        return replace(
            empty, conditions=tuple(reader.read(n, v) for n, v in entry.items() if n not in known and n != "from")
        )

    def expression(self) -> pl.Expr:
        """The rows of the table that are meant."""
        return reduce(and_, (each.expression() for each in self.conditions)) if self.conditions else pl.lit(True)


@dataclass(frozen=True, kw_only=True)
class ColumnOfTable(Selection):
    """A column of a table: the name of a measure, or a selection of its amounts."""

    @classmethod
    def read(cls, entry: object, place: Place) -> ColumnOfTable:
        """The column that an entry of a file names. Raises RuleError."""
        return super().read({"measure": entry} if isinstance(entry, str) else entry, place)


@dataclass(frozen=True, kw_only=True)
class Term(Selection):
    """Figures that are added up on a side of a comparison: a selection, and how its rows are taken.

    A blank cell has no row: a term without rows makes no check, unless it is `optional`.
    """

    pick: Annotated[
        Literal["sum", "one"],
        "`sum`: all rows are added up. `one`: a figure that several rows repeat counts once; where they contradict one "
        "another there is no check",
    ] = "sum"
    optional: Annotated[bool, "Whether there is a check without rows of this term, too"] = False
    as_zero: Annotated[bool, "Whether its rows count as 0: prose that says 无 stands for 0"] = False
    by: Annotated[tuple[ColumnName, ...], "The columns of this term that stand for those of the rule's `by`"] = ()


@dataclass(frozen=True, slots=True)
class _Conditions:
    """Reads conditions on the columns of a table. ``words`` are the other keys that may stand beside them."""

    source: Source
    place: Place
    words: list[str]

    def read(self, name: str, value: object) -> Condition:
        """The condition that a key of a selection and its value state. Raises RuleError."""
        place = self.place.below(name)
        if name in ("null", "filled"):
            names = cast(tuple[str, ...], _value(tuple[str, ...], value, place))
            return Empty(tuple(self._column(each, place).name for each in names), negated=name == "filled")
        if name in _SIGNS:
            if value is not True:
                raise place.error("must be true")
            return Signed(name)
        if name == "any":
            choices = cast(tuple[Selection, ...], _value(tuple[Selection, ...], self._of_table(value), place))
            return AnyOf(choices)
        if name.endswith("_like"):
            column = self._column(name.removesuffix("_like").removeprefix("not_"), self.place)
            return Like(column.name, _pattern(value, place), negated=name.startswith("not_"))
        return _is(self._column(name, self.place), value, place)

    def _of_table(self, value: object) -> object:
        """Choices of ``any``, which are of the same table as the selection they stand in."""
        if not isinstance(value, list):
            return value
        return [{"from": self.source.table, **each} if isinstance(each, Mapping) else each for each in value]

    def _column(self, name: str, place: Place) -> ColumnSpec:
        columns = self.source.columns()
        if name not in columns:
            raise place.unknown(f"column of {self.source.table}", name, [*columns, *self.words, *_WORDS])
        return columns[name]


_SIGNS = ("nonzero", "negative", "positive")
_WORDS = ("null", "filled", *_SIGNS, "any")


def _is(column: ColumnSpec, value: object, place: Place) -> Is:
    wanted = {"boolean": bool, "string": str}.get(column.type, int)
    given = value if isinstance(value, list) and wanted is str else [value]
    if any(type(each) is not wanted for each in given):
        raise place.error(f"{value!r} cannot be a value of {column.name}, which holds {column.type}s")
    if isinstance(value, int):  # also true and false
        return Is(column.name, value)
    allowed = _families("") if column.name == "form_family" else column.values
    for each in given if allowed else ():
        if each not in allowed:
            raise place.unknown(column.name, each, allowed)
    return Is(column.name, tuple(map(str, given)))


# Reading


_Read = TypeVar("_Read")


def read(cls: type[_Read], entry: Mapping[str, object], place: Place) -> _Read:
    """The dataclass that an entry of a file states. Raises RuleError where a key, a value or a type does not fit."""
    assert is_dataclass(cls)
    known = {field.name: field for field in fields(cls)}
    for name in entry:
        if name not in known:
            raise place.unknown("key", name, known)
    missing = [name for name, field in known.items() if field.default is MISSING and name not in entry]
    if missing:
        raise place.error(f"lacks {', '.join(missing)}")
    hints = _hints(cls)
    values = {name: _value(hints[name], value, place.below(name)) for name, value in entry.items()}
    make: Callable[..., _Read] = cls
    try:
        return make(**values)
    except ValueError as error:  # what a rule asks of its keys together
        raise place.error(str(error)) from error


@cache  # a dozen classes, hundreds of entries
def _hints(cls: type) -> dict[str, object]:
    return get_type_hints(cls, include_extras=True)


def _value(hint: object, value: object, place: Place) -> object:
    """``value`` as the type ``hint`` has it. Raises RuleError where it does not fit."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(parts, value, place)
    if origin in (Union, types.UnionType):  # … or None, which TOML cannot say
        return _value(next(part for part in parts if part is not types.NoneType), value, place)
    if origin is Literal:
        if value not in parts:
            raise place.unknown("value", value, parts)
        return value
    if origin is tuple:
        return _several(parts, value, place)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise place.error(f"{value!r} must be a table")
        return {_value(parts[0], k, place): _value(parts[1], v, place.below(k)) for k, v in value.items()}
    if isinstance(hint, type) and issubclass(hint, Selection):
        return hint.read(value, place)
    if isinstance(hint, type) and type(value) is not hint:
        raise place.error(f"{value!r} must be a {_TYPES.get(hint, hint.__name__)}")
    return value


_TYPES = {str: "text", int: "whole number", bool: "true or false"}


def _several(hints: tuple[object, ...], value: object, place: Place) -> tuple[object, ...]:
    """A list of values of one type, of any length or of a given one."""
    if not isinstance(value, list):
        raise place.error(f"{value!r} must be a list")
    if hints[-1] is not Ellipsis and len(value) != len(hints):
        raise place.error(f"must have {len(hints)} values")
    return tuple(_value(hints[0], each, place.below(str(at))) for at, each in enumerate(value, 1))


def _marked(parts: tuple[object, ...], value: object, place: Place) -> object:
    """``value`` as an annotated type has it: of the type, in the closed list, a regular expression."""
    found = _value(parts[0], value, place)
    for mark in parts[1:]:
        if isinstance(mark, OneOf) and found not in (known := mark.known()):
            raise place.unknown(mark.what.replace("_", " "), found, known)
        if isinstance(mark, RegularExpression):
            _pattern(found, place)
        if isinstance(mark, Template):
            _check_template(str(found), mark.figures, place)
    return found


def _check_template(text: str, figures: Sequence[str], place: Place) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise place.error(f"{text!r}: {error}") from error
    for name in names:
        if name not in figures:
            raise place.unknown("figure", name, figures)


def _pattern(value: object, place: Place) -> str:
    """A regular expression that both Python and the query engine can use."""
    if not isinstance(value, str):
        raise place.error(f"{value!r} must be a regular expression")
    if problem := _problem(value):
        raise place.error(f"{value!r} is no regular expression: {problem}")
    return value


@cache  # many rules ask for the same words
def _problem(pattern: str) -> str | None:
    """Why a text cannot be used as a regular expression."""
    try:
        re.compile(pattern)
        pl.Series([""]).str.contains(pattern)
    except (re.error, pl.exceptions.ComputeError) as error:
        return str(error)
    return None
