"""Official codes from schemas/codes, and the names that documents print for codes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.tables import TABLES

SCHEMES = ("function", "government_economic", "department_economic")
_FOLDER = Path(__file__).parents[2] / "schemas" / "codes"


def load_codes() -> pl.DataFrame:
    """The `classifications` table, sorted by scheme, code and year. A scheme without a file has no rows."""
    spec = TABLES["classifications"]
    frames = [spec.empty()]
    for scheme in SCHEMES:
        path = _FOLDER / f"{scheme}.csv"
        if path.exists():
            read = pl.read_csv(path, infer_schema=False, encoding="utf8")
            frames.append(
                read.with_columns(
                    pl.lit(scheme).alias("scheme"),
                    pl.col("valid_from", "valid_to").cast(pl.Int64),
                ).select(list(spec.schema))
            )
    return pl.concat(frames).sort("scheme", "code", "valid_from")


def _comparable(name: pl.Expr) -> pl.Expr:
    """Names as they are compared: brackets of either width are the same, white space does not count."""
    return (
        name.str.replace_all("(", "（", literal=True)
        .str.replace_all(")", "）", literal=True)
        .str.replace_all(r"\s", "")
    )


def code_names(budget_lines: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The `code_names` table: each pair of code and printed name, by year, with the number of documents.

    ``official`` is true where the name is the code's in that year, false where the list has another name for the
    year, and null where the list holds no name of the code for it: the lists do not reach back everywhere.
    """
    pairs = pl.concat(
        budget_lines.select(
            pl.lit(scheme).alias("scheme"),
            pl.col(f"{scheme}_code").alias("code"),
            pl.col(f"{scheme}_name").alias("name"),
            "disclosure_year",
            "disclosure_id",
        )
        for scheme in SCHEMES
    ).drop_nulls(["code", "name"])
    keys = ["scheme", "code", "name", "disclosure_year"]
    counted = pairs.group_by(keys).agg(pl.col("disclosure_id").n_unique().cast(pl.Int64).alias("documents"))
    official = classifications.select("scheme", "code", pl.col("name").alias("official_name"), "valid_from", "valid_to")
    year = pl.col("disclosure_year")
    held = (year >= pl.col("valid_from")) & (year <= pl.col("valid_to").fill_null(9999))
    named = counted.join(official, on=["scheme", "code"], how="left", nulls_equal=False).with_columns(
        (_comparable(pl.col("name")) == _comparable(pl.col("official_name"))).alias("same"), held.alias("held")
    )
    # A code has one row for each period of validity: the one that holds in the year decides.
    one = named.group_by(keys).agg(
        pl.col("documents").first(),
        pl.when(pl.col("held").any()).then((pl.col("held") & pl.col("same")).any()).alias("official"),
    )
    return one.sort(keys, nulls_last=True).select(list(TABLES["code_names"].schema))


def added_up(names: pl.DataFrame) -> pl.DataFrame:
    """`code_names` of several runs of documents as those of all: a document is in one run only, so counts add up."""
    spec = TABLES["code_names"]
    keys = list(spec.primary_key)
    added = names.group_by(keys).agg(pl.col("documents").sum(), pl.col("official").first())
    return added.sort(keys, nulls_last=True).select(list(spec.schema))
