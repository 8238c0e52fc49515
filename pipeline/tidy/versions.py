"""Which disclosure another replaces, where it prints that it corrects one: known only once all of them are."""

from __future__ import annotations

import polars as pl


def superseding(disclosures: pl.DataFrame) -> pl.DataFrame:
    """``disclosures`` with ``supersedes`` filled where a title says 更正 or 修订 and only one disclosure can be meant.

    That is the one of the same series that prints no such word. Where there are several, or several corrections,
    nothing is claimed; what sources.toml says stands.
    """
    series = pl.col("series_id")
    plain = pl.col("correction").is_null()
    original = pl.col("disclosure_id").filter(plain).first().over("series_id")
    alone = (plain.sum().over("series_id") == 1) & (pl.len().over("series_id") == 2)
    corrects = pl.col("supersedes").is_null() & ~plain & series.is_not_null() & alone
    return disclosures.with_columns(
        supersedes=pl.when(corrects).then(original).otherwise(pl.col("supersedes")),
    )
