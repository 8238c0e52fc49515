"""The frames of a batch, prepared once for all rules: values in one scale, and how exactly each was printed."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

import polars as pl

from pipeline.reconcile.mentions import with_meant
from pipeline.tidy.queries import IN_MEMORY

#: Values and tolerances of checks: yuan, percent or counts, exact to four decimals.
VALUE = pl.Decimal(38, 4)
ZERO = pl.lit(Decimal("0.0000"), dtype=VALUE)
_CENT = pl.lit(Decimal("0.0100"), dtype=VALUE)
_TWO = pl.lit(Decimal("2.0000"), dtype=VALUE)
#: The classifications that lines have codes of.
SCHEMES = ("function", "government_economic", "department_economic")
#: What rules read of lines beside their codes.
_CODED = (
    *("disclosure_id", "disclosure_year", "line_id", "row_id", "table_id", "project", "code_basis", "code_count"),
    *("direction", "measure", "fund", "revenue_source", "fiscal_year", "phase", "value", "half", "own_half"),
)
_FACTS = ("disclosure_id", "stage", "scope", "form_family", "entity_key")


def _own() -> pl.Expr:
    """The unit of an amount's own last digit. A bare 0 beside amounts with decimals is 0, not a rounded figure."""
    return pl.when(pl.col("value") == ZERO).then("_finest").otherwise("_own")


def _half(unit: pl.Expr, exact: bool) -> pl.Expr:
    """What rounding can have hidden: half a unit of the last digit. Money has nothing finer than a cent."""
    half = unit / _TWO
    return (pl.when(unit <= _CENT).then(ZERO).otherwise(half) if exact else half).fill_null(ZERO)


def _whole() -> pl.Expr:
    """小计 is the total where no column of its table is called so (本年支出: 小计, 基本支出, 项目支出)."""
    of_all = pl.col("revenue_source").is_null()
    total = (pl.col("measure").cast(pl.String) == "total") & of_all
    lone = ~total.any().over("table_id", "direction", "fiscal_year", "phase")
    whole = (pl.col("measure").cast(pl.String) == "subtotal") & of_all & lone
    return pl.when(whole).then(pl.lit("total")).otherwise(pl.col("measure").cast(pl.String))


def of_columns(lines: pl.DataFrame) -> pl.DataFrame:
    """Fund and kind of revenue of each line's column.

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


class Batch:
    """Frames of the contract by name; a frame that is missing is empty. Any disclosures may stand in a batch."""

    def __init__(self, frames: dict[str, pl.DataFrame]) -> None:
        self.frames = frames

    def frame(self, name: str) -> pl.DataFrame:
        return self.frames.get(name, pl.DataFrame())

    @cached_property
    def disclosures(self) -> pl.DataFrame:
        return self.frame("disclosures")

    def _facts(self) -> pl.DataFrame:
        facts = self.disclosures.select(name for name in _FACTS if name in self.disclosures.columns)
        return facts.with_row_index("document")

    @cached_property
    def lines(self) -> pl.DataFrame:
        """budget_lines with what rules read beside the contract's columns.

        measure: total for a 小计 that is one, printed_measure: as published; value; half: what rounding can have hidden
        by the finest digits of its table, own_half: by its own;
        column_fund, column_source: fund and kind of revenue of its column; document: the number of the disclosure;
        stage, scope and form_family of the disclosure; function_class: 类 of its function; code_count: how many
        classifications its row has a code of.
        """
        lines = self.frame("budget_lines")
        if not lines.height:
            return lines
        default = pl.when(pl.col("stage") == "final_accounts").then(pl.lit("executed")).otherwise(pl.lit("approved"))
        return (
            lines.join(self._facts(), on="disclosure_id", how="left", maintain_order="left")
            .with_columns(
                value=pl.col("amount").cast(VALUE),
                _own=pl.col("precision").cast(VALUE),
                phase=pl.col("phase").cast(pl.String).fill_null(default),
                function_class=pl.col("function_code").str.slice(0, 3),
                code_count=pl.sum_horizontal(
                    pl.col(f"{scheme}_code").is_not_null().cast(pl.Int32) for scheme in SCHEMES
                ),
            )
            .with_columns(
                _finest=pl.col("_own").min().over("table_id"), measure=_whole(), printed_measure=pl.col("measure")
            )
            .with_columns(own_half=_half(_own(), True), half=_half(pl.col("_finest"), True))
        ).hstack(of_columns(lines))

    @cached_property
    def coded(self) -> pl.DataFrame:
        """Lines that have a code of a classification, once for each that they have one of: scheme, code and name.

        Scheme by scheme. The label of a row is the name of its code where it has no other.
        """
        if not self.lines.height:
            return self.lines
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
        """targets with what their indicators say of them, and their document; their quantities are exact."""
        found, indicators = self.frame("targets"), self.frame("indicators")
        if not found.height or not indicators.height:
            return pl.DataFrame()
        facts = indicators.select(
            "indicator_id",
            "table_id",
            "project_id",
            "horizon",
            pl.col("kind").alias("indicator_kind"),
            "level2",
            "level3",
            "ordinal",
        )
        documents = self._facts().lazy().select("disclosure_id", "document")
        return (
            found.lazy()
            .join(facts.lazy(), on="indicator_id", how="left", maintain_order="left")
            .join(documents, on="disclosure_id", how="left", maintain_order="left")
            .with_columns(value=pl.col("value").cast(VALUE), half=ZERO, own_half=ZERO)
            .collect(engine=IN_MEMORY)
        )

    @cached_property
    def statements(self) -> pl.DataFrame:
        """statements with value, half (by the finest digits that the document prints in that unit), stage and document."""
        found = self.frame("statements")
        if not found.height:
            return found
        group = ["disclosure_id", "kind", "printed_unit"]
        return (
            found.join(self._facts(), on="disclosure_id", how="left", maintain_order="left")
            .with_columns(
                value=pl.col("value").cast(VALUE),
                _own=pl.col("precision").cast(VALUE),
                passage=pl.col("sentence_id").str.replace(r"\.[^.]*$", ""),
            )
            .with_columns(_finest=pl.col("_own").min().over(group))
            .with_columns(
                own_half=pl.when(pl.col("unit") == "CNY")
                .then(_half(_own(), True))
                .otherwise(_half(pl.col("_own"), False)),
                half=pl.when(pl.col("unit") == "CNY")
                .then(_half(pl.col("_finest"), True))
                .otherwise(_half(pl.col("_own"), False)),
            )
        )

    @cached_property
    def relations(self) -> pl.DataFrame:
        """The statements that relate amounts (changes, shares, rates) with the amounts that they mean."""
        return with_meant(self.statements) if self.statements.height else pl.DataFrame()
