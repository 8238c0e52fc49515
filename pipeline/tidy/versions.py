"""Which disclosure of a series replaces another, and which one to take: known only once all of them are.

All disclosures of a series are of one body, and those of one body lie in one part of a release.
"""

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


def prefer(disclosures: pl.DataFrame) -> pl.DataFrame:
    """``disclosures`` with ``preferred`` true for exactly one of each series.

    It is one that no other supersedes; complete before partial; the one published later; the one with more numbers that are
    data; the one with the smaller id.
    """
    ranked = disclosures.filter(pl.col("series_id").is_not_null()).sort(
        pl.col("disclosure_id").is_in(pl.col("supersedes").drop_nulls().implode()),
        pl.col("status") != "complete",
        pl.col("published_on"),
        pl.col("numbers_data"),
        pl.col("disclosure_id"),
        descending=[False, False, True, True, False],
        nulls_last=True,
    )
    first = ranked.unique("series_id", keep="first", maintain_order=True)["disclosure_id"]
    return disclosures.with_columns(preferred=pl.col("disclosure_id").is_in(first.implode()))
