"""The language of rules: selections of figures, and the types of what rules say.

A rule is a dataclass. Its fields are the keys that an entry may have, their types the values that these may take, and the
text beside a type says what the key means. ``schemas.loading`` holds entries to all that.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cache, partial, reduce
from operator import and_, or_
from typing import Annotated, Literal, TypeVar

import polars as pl

from pipeline.extract.forms import load_library
from pipeline.tidy.codes import load_codes
from schemas.loading import Made, OneOf, SchemaFileError, nearest, one_of, read_entry, read_value
from schemas.tables import TABLES, ColumnSpec

#: Values and tolerances of checks: yuan, percent or counts, exact to four decimals.
VALUE = pl.Decimal(38, 4)
ZERO = pl.lit(Decimal("0.0000"), dtype=VALUE)


# Types of values, for fields of rules


#: What messages may say in braces.
FIGURES = ("left", "right", "difference", "left_sum", "right_sum")


@cache  # many rules ask for the same words
def _pattern(text: str) -> str:
    """A regular expression that both Python and the query engine can use. Raises ValueError."""
    try:
        re.compile(text)
        pl.Series([""]).str.contains(text)
    except (re.error, pl.exceptions.ComputeError) as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


def _template(text: str) -> str:
    """A text with places for figures, which are written in braces. Raises ValueError."""
    for _, name, _, _ in string.Formatter().parse(text):
        if name is not None and name not in FIGURES:
            raise ValueError(f"there is no figure {name!r}; {nearest(name, FIGURES)}")
    return text


@cache
def _codes(scheme: str) -> list[str]:
    codes = load_codes()
    return codes.filter(pl.col("scheme") == scheme)["code"].to_list()


def _families() -> list[str]:
    return [family.name for family in load_library().families]


def _columns_of_all() -> list[str]:
    return list(dict.fromkeys(name for source in SOURCES.values() for name in source.columns()))


FormFamily = Annotated[str, OneOf("form family", _families)]
ColumnName = Annotated[str, OneOf("column", _columns_of_all)]
GovernmentEconomicCode = Annotated[str, OneOf("government economic code", partial(_codes, "government_economic"))]
DepartmentEconomicCode = Annotated[str, OneOf("department economic code", partial(_codes, "department_economic"))]
Pattern = Annotated[str, Made(str, _pattern, "regular expression")]
Template = Annotated[str, Made(str, _template, "text with figures in braces")]
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
    def from_file(cls: type[_Selected], entry: object, place: str) -> _Selected:
        """The selection that an entry of a file states. Raises SchemaFileError."""
        if not isinstance(entry, Mapping):
            raise SchemaFileError(f'{place}: {entry!r} must be a selection, like {{ table_code = "income" }}')
        known = {field.name for field in fields(cls)} - {"source", "conditions"}
        source = one_of(entry.get("from", "budget_lines"), f"{place}, from", "table", SOURCES)
        own = {name: value for name, value in entry.items() if name in known}
        empty = read_entry({**own, "source": source}, place, cls)
        reader = _Conditions(SOURCES[source], place, [*known, "from"])
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
    def from_file(cls, entry: object, place: str) -> ColumnOfTable:
        """The column that an entry of a file names. Raises SchemaFileError."""
        return super().from_file({"measure": entry} if isinstance(entry, str) else entry, place)


@dataclass(frozen=True, kw_only=True)
class Term(Selection):
    """Figures that are added up on a side of a comparison: a selection, and how its rows are taken.

    A blank cell has no row: a term without rows makes no check, unless it is `optional`. An optional term that
    `required_where` names selections for is not, in disclosures in which one of these has rows.
    """

    pick: Annotated[
        Literal["sum", "one"],
        "`sum`: all rows are added up. `one`: a figure that several rows repeat counts once; where they contradict one "
        "another there is no check",
    ] = "sum"
    optional: Annotated[bool, "Whether there is a check without rows of this term, too"] = False
    required_where: Annotated[
        tuple[Selection, ...],
        "Where one of these selections has rows, the disclosure has something to add up here: without rows of this term "
        "there is no check",
    ] = ()
    as_zero: Annotated[bool, "Whether its rows count as 0: prose that says 无 stands for 0"] = False
    by: Annotated[tuple[ColumnName, ...], "The columns of this term that stand for those of the rule's `by`"] = ()


@dataclass(frozen=True, slots=True)
class _Conditions:
    """A reader of conditions on the columns of a table. ``words`` are the other keys that may stand beside them."""

    source: Source
    place: str
    words: list[str]

    def read(self, name: str, value: object) -> Condition:
        """The condition that a key of a selection and its value state. Raises SchemaFileError."""
        place = f"{self.place}, {name}"
        if name in ("null", "filled"):
            names = read_value(value, place, tuple[str, ...])
            return Empty(tuple(self._column(each, place).name for each in names), negated=name == "filled")
        if name in _SIGNS:
            if value is not True:
                raise SchemaFileError(f"{place} must be true")
            return Signed(name)
        if name == "any":
            return AnyOf(read_value(self._of_table(value), place, tuple[Selection, ...]))
        if name.endswith("_like"):
            column = self._column(name.removesuffix("_like").removeprefix("not_"), self.place)
            return Like(column.name, read_value(value, place, Pattern), negated=name.startswith("not_"))
        return _is(self._column(name, self.place), value, place)

    def _of_table(self, value: object) -> object:
        """Choices of ``any``, which are of the same table as the selection they stand in."""
        if not isinstance(value, list):
            return value
        return [{"from": self.source.table, **each} if isinstance(each, Mapping) else each for each in value]

    def _column(self, name: str, place: str) -> ColumnSpec:
        columns = self.source.columns()
        if name not in columns:
            known = [*columns, *self.words, *_WORDS]
            raise SchemaFileError(
                f"{place}: there is no column of {self.source.table} {name!r}; {nearest(name, known)}"
            )
        return columns[name]


_SIGNS = ("nonzero", "negative", "positive")
_WORDS = ("null", "filled", *_SIGNS, "any")


def _is(column: ColumnSpec, value: object, place: str) -> Is:
    wanted = {"boolean": bool, "string": str}.get(column.type, int)
    given = value if isinstance(value, list) and wanted is str else [value]
    if any(type(each) is not wanted for each in given):
        raise SchemaFileError(f"{place}: {value!r} cannot be a value of {column.name}, which holds {column.type}s")
    if isinstance(value, int):  # also true and false
        return Is(column.name, value)
    allowed = _families() if column.name == "form_family" else column.values
    return Is(column.name, tuple(one_of(each, place, column.name, allowed) if allowed else str(each) for each in given))
