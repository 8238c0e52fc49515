"""Official codes from schemas/codes, and the names that documents print for codes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.tables import TABLES

SCHEMES = ("function", "government_economic", "department_economic")
_FOLDER = Path(__file__).parents[2] / "schemas" / "codes"


def load_codes(folder: Path | None = None) -> pl.DataFrame:
    """The `classifications` table, sorted by scheme, code and year. A scheme without a file has no rows."""
    spec = TABLES["classifications"]
    frames = [spec.empty()]
    for scheme in SCHEMES:
        path = (folder or _FOLDER) / f"{scheme}.csv"
        if path.exists():
            read = pl.read_csv(path, infer_schema=False, encoding="utf8")
            frames.append(
                read.with_columns(
                    pl.lit(scheme).alias("scheme"),
                    pl.col("valid_from", "valid_to").cast(pl.Int64),
                ).select(list(spec.schema))
            )
    return pl.concat(frames).sort("scheme", "code", "valid_from")


def code_names(budget_lines: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The `code_names` table: each pair of code and printed name, by year, with the number of documents."""
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
    counted = pairs.group_by("scheme", "code", "name", "disclosure_year").agg(
        pl.col("disclosure_id").n_unique().cast(pl.Int64).alias("documents")
    )
    official = classifications.select("scheme", "code", pl.col("name").alias("official_name"), "valid_from", "valid_to")
    year = pl.col("disclosure_year")
    named = counted.join(official, on=["scheme", "code"], how="left", nulls_equal=False).with_columns(
        (
            (pl.col("name") == pl.col("official_name"))
            & (year >= pl.col("valid_from"))
            & (year <= pl.col("valid_to").fill_null(9999))
        ).alias("official")
    )
    keys = ["scheme", "code", "name", "disclosure_year"]
    # A code has one row for each period of validity: the name is official where any of them says so.
    one = named.group_by(keys).agg(
        pl.col("documents").first(),
        pl.when(pl.col("official_name").is_not_null().any()).then(pl.col("official").any()).alias("official"),
    )
    return one.sort(keys, nulls_last=True).select(list(TABLES["code_names"].schema))
