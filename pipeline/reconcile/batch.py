"""The frames of a batch of disclosures, prepared once for all rules, and the keys of checks on their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import polars as pl

from pipeline.reconcile.language import SOURCES, VALUE, ZERO, Selection
from pipeline.reconcile.relations import with_amounts
from pipeline.tidy.queries import IN_MEMORY
from schemas.tables import TABLES

_CENT = pl.lit(Decimal("0.0100"), dtype=VALUE)
_TWO = pl.lit(Decimal("2.0000"), dtype=VALUE)
#: The classifications that lines have codes of.
SCHEMES = ("function", "government_economic", "department_economic")
#: What a column of a table is, apart from the table's place.
COLUMN = ("table_id", "direction", "measure", "fund", "revenue_source", "fiscal_year", "phase")
#: What rules read of lines beside their codes.
_CODED = (
    *("disclosure_id", "disclosure_year", "line_id", "row_id", "table_id", "project", "code_basis", "code_count"),
    *("direction", "measure", "fund", "revenue_source", "fiscal_year", "phase", "value", "half", "own_half"),
)
_FACTS = ("disclosure_id", "stage", "scope", "form_family", "entity_key")


class Batch:
    """Frames of the contract by name; one that is missing is empty. Any disclosures may stand in a batch."""

    def __init__(self, frames: Mapping[str, pl.DataFrame]) -> None:
        self._frames = frames

    def frame(self, name: str) -> pl.DataFrame:
        """A published table as it is."""
        found = self._frames.get(name)
        return TABLES[name].empty() if found is None else found

    def source(self, name: str) -> pl.DataFrame:
        """A table that selections are of, with what rules read of it."""
        return {"budget_lines": self.lines, "statements": self.statements, "targets": self.targets}[name]

    def rows(self, selection: Selection) -> tuple[pl.DataFrame, str]:
        """The rows that a selection means, and the name of their id."""
        frame = self.source(selection.source).filter(selection.expression())
        return frame, SOURCES[selection.source].identity

    @cached_property
    def disclosures(self) -> pl.DataFrame:
        """The disclosures in their order."""
        return self.frame("disclosures")

    @cached_property
    def lines(self) -> pl.DataFrame:
        """Lines of budgets with what rules read beside the contract's columns.

        measure: total for a 小计 that is one, printed_measure: as published; value; half: what rounding can have hidden
        by the finest digits of its table, own_half: by its own; body: the one within the department that its whole table
        is of;
        column_fund, column_source: fund and kind of revenue of its column; stage, scope and form_family of the
        disclosure; function_class: 类 of its function; code_count: how many classifications its row has a code of.
        """
        default = pl.when(pl.col("stage") == "final_accounts").then(pl.lit("executed")).otherwise(pl.lit("approved"))
        has_code = [pl.col(f"{scheme}_code").is_not_null().cast(pl.Int32) for scheme in SCHEMES]
        lines = (
            self.frame("budget_lines")
            .join(self.disclosures.select(_FACTS), on="disclosure_id", how="left", maintain_order="left")
            .join(self._bodies, on="table_id", how="left", maintain_order="left")
            .with_columns(
                value=pl.col("amount").cast(VALUE),
                _own=pl.col("precision").cast(VALUE),
                phase=pl.col("phase").cast(pl.String).fill_null(default),
                function_class=pl.col("function_code").str.slice(0, 3),
                code_count=pl.sum_horizontal(has_code),
            )
            .with_columns(
                _finest=pl.col("_own").min().over("table_id"),
                measure=_measure_of_whole(),
                printed_measure=pl.col("measure"),
            )
            .with_columns(own_half=_half_of_money(_own_unit()), half=_half_of_money(pl.col("_finest")))
        )
        return lines.hstack(columns_of(lines))

    @property
    def _bodies(self) -> pl.DataFrame:
        return self.frame("tables").select("table_id", body="unit_name")

    @cached_property
    def coded(self) -> pl.DataFrame:
        """Lines that have a code of a classification, once for each that they have one of: scheme, code and name.

        Scheme by scheme. The label of a row is the name of its code where it has no other.
        """
        alone = (pl.col("code_count") == 1) & pl.col("project").is_null()
        return pl.concat(
            self.lines.lazy()
            .filter(pl.col(f"{scheme}_code").is_not_null())
            .select(
                *_CODED,
                scheme=pl.lit(scheme),
                code=f"{scheme}_code",
                name=pl.coalesce(f"{scheme}_name", pl.when(alone).then("item")),
            )
            for scheme in SCHEMES
        ).collect(engine=IN_MEMORY)

    @cached_property
    def targets(self) -> pl.DataFrame:
        """Targets with what their indicators say of them; their quantities are exact."""
        facts = self.frame("indicators").select("indicator_id", "table_id", "horizon", "level2", "level3")
        return (
            self.frame("targets")
            .join(facts, on="indicator_id", how="left", maintain_order="left")
            .with_columns(value=pl.col("value").cast(VALUE), half=ZERO, own_half=ZERO)
        )

    @cached_property
    def statements(self) -> pl.DataFrame:
        """Statements with what rules read beside the contract's columns.

        value; half: by the finest digits that the document prints in that unit, own_half: by its own; stage, scope and
        form_family of the disclosure; passage: the paragraph.
        """
        money = pl.col("unit") == "CNY"
        # Vehicles and persons are counted, one by one; an area or a rate may be rounded.
        counted = (pl.col("kind") == "count") & (pl.col("unit") != "square_metre")
        by_digits = pl.when(counted).then(ZERO).otherwise(pl.col("_own") / _TWO).fill_null(ZERO)
        return (
            self.frame("statements")
            .join(self.disclosures.select(_FACTS), on="disclosure_id", how="left", maintain_order="left")
            .with_columns(
                value=pl.col("value").cast(VALUE),
                _own=pl.col("precision").cast(VALUE),
                passage=pl.col("sentence_id").str.replace(r"\.[^.]*$", ""),
            )
            .with_columns(_finest=pl.col("_own").min().over("disclosure_id", "kind", "printed_unit"))
            .with_columns(
                own_half=pl.when(money).then(_half_of_money(_own_unit())).otherwise(by_digits),
                half=pl.when(money).then(_half_of_money(pl.col("_finest"))).otherwise(by_digits),
            )
        )

    @cached_property
    def relations(self) -> pl.DataFrame:
        """The statements that relate amounts (changes, shares, rates), with the amounts that they mean."""
        return with_amounts(self.statements)

    @cached_property
    def contents_tables(self) -> pl.DataFrame:
        """Tables without amounts among the lines of the contents: a grid that is drawn around them."""
        contents = self.frame("passages").filter(pl.col("kind").cast(pl.String) == "contents")
        between = contents.group_by("disclosure_id").agg(_first=pl.col("start").min(), _last=pl.col("start").max())
        tables = self.frame("tables").filter(pl.col("amount_count") == 0)
        tables = tables.join(between, on="disclosure_id", maintain_order="left")
        return tables.filter(pl.col("start").is_between("_first", "_last")).drop("_first", "_last")

    @cached_property
    def body_tables(self) -> pl.DataFrame:
        """The tables of the body: all but those that are part of the contents."""
        return self.frame("tables").join(self.contents_tables, on="table_id", how="anti", maintain_order="left")

    def with_titles(self, rows: pl.DataFrame) -> pl.DataFrame:
        """``rows`` with the printed number and title of their tables."""
        titles = self.frame("tables").select("table_id", "title", "printed_no")
        return rows.join(titles, on="table_id", how="left", maintain_order="left")


def _own_unit() -> pl.Expr:
    """The unit of an amount's own last digit. A bare 0 beside amounts with decimals is 0, not a rounded figure."""
    return pl.when(pl.col("value") == ZERO).then("_finest").otherwise("_own")


def _half_of_money(unit: pl.Expr) -> pl.Expr:
    """What rounding can have hidden: half a unit of the last digit. Money has nothing finer than a cent."""
    return pl.when(unit <= _CENT).then(ZERO).otherwise(unit / _TWO).fill_null(ZERO)


def _measure_of_whole() -> pl.Expr:
    """The measure; 小计 is the total where no column of its table is called so (本年支出: 小计, 基本支出, 项目支出)."""
    measure, of_all = pl.col("measure").cast(pl.String), pl.col("revenue_source").is_null()
    total = (measure == "total") & of_all
    lone = ~total.any().over("table_id", "direction", "fiscal_year", "phase")
    return pl.when((measure == "subtotal") & of_all & lone).then(pl.lit("total")).otherwise(measure)


def columns_of(lines: pl.DataFrame) -> pl.DataFrame:
    """column_fund and column_source: fund and kind of revenue of each line's column.

    Where no row of a table prints two of them, the rows' labels name them (一般公共预算财政拨款 | 2.00): then they
    part the details of a column, but not its total.
    """
    table, names = ["table_id", "direction"], {"fund": "column_fund", "revenue_source": "column_source"}
    several = (
        lines.lazy()
        .group_by(*table, "row_id")
        .agg(pl.col(name).n_unique().alias(held) for name, held in names.items())
        .group_by(table)
        .agg(pl.col(held).max() > 1 for held in names.values())
    )
    return (
        lines.lazy()
        .select(*table, *names)
        .join(several, on=table, how="left", nulls_equal=True, maintain_order="left")
        .select(pl.when(held).then(pl.col(name)).alias(held) for name, held in names.items())
        .collect(engine=IN_MEMORY)
    )


# Keys of checks


def without_disclosure(column: str) -> pl.Expr:
    """An id without the disclosure that it begins with."""
    return pl.col(column).str.replace(r"^[0-9a-f]+\.", "")


def joined(names: Sequence[str], separator: str = "/") -> pl.Expr:
    """A key of several columns; nulls leave no trace."""
    return pl.concat_str([pl.col(name).cast(pl.String) for name in names], separator=separator, ignore_nulls=True)


def key_by(names: Sequence[str]) -> pl.Expr:
    """The key of a check for each value of the columns ``names``."""
    columns = [pl.col(name).cast(pl.String).fill_null("") for name in names]
    return pl.concat_str(columns, separator=".").str.strip_chars(".") if columns else pl.lit("document")


def key_of_body(names: Sequence[str]) -> pl.Expr:
    """As ``key_by`` of lines: those of tables that are of another body than the document have checks of their own."""
    key = key_by(names)
    return pl.when(pl.col("body").is_null()).then(key).otherwise(pl.concat_str([key, "body"], separator="."))


def column_key() -> pl.Expr:
    """The key of a column of a table."""
    return pl.concat_str([without_disclosure("table_id"), joined(COLUMN[1:])], separator=".")


def quoted_title() -> pl.Expr:
    """A table's number and title as printed, for messages."""
    return pl.concat_str([pl.col("printed_no"), pl.format("“{}”", pl.col("title").fill_null("—"))], ignore_nulls=True)
