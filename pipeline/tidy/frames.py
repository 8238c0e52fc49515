"""Records of many documents to the published tables: typed, sorted, validated."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.tidy.codes import code_names
from pipeline.tidy.key_figures import key_figures
from pipeline.tidy.queries import IN_MEMORY
from pipeline.tidy.validation import validate
from pipeline.tidy.versions import prefer, superseding
from schemas.tables import TABLES

_BODY = ("division_code", "entity_key", "disclosure_year", "disclosure_id")


def sort_disclosures(disclosures: pl.DataFrame) -> pl.DataFrame:
    return disclosures.sort(_BODY, nulls_last=True)


def order(name: str, frame: pl.DataFrame, disclosures: pl.DataFrame) -> pl.DataFrame:
    """``frame`` in the contract's order; rows of one place keep the order in which they were read."""
    keys = ["_rank", *(c for c in ("table_no", "start", "check_id", "side", "seq") if c in frame.columns)]
    if name == "spans":
        keys = ["_rank", "owner_table", "owner_id", "field", "seq"]
    return (
        frame.lazy()
        .join(
            disclosures.lazy().select("disclosure_id").with_row_index("_rank"),
            on="disclosure_id",
            how="left",
            maintain_order="left",
        )
        .sort(keys, nulls_last=True, maintain_order=True)
        .drop("_rank")
        .collect(engine=IN_MEMORY)
    )


def arranged(built: Mapping[str, pl.DataFrame], codes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The typed rows of some disclosures as the published tables: in order, with `code_names`, validated.

    ``codes`` is the `classifications` table. Checks are empty until ``with_checks``. Raises ValidationFailure with every
    row that may not be published.
    """
    disclosures = prefer(superseding(sort_disclosures(built["disclosures"])))
    frames = {"disclosures": disclosures}
    for name, spec in TABLES.items():
        if name in built and name != "disclosures":
            frames[name] = order(name, built[name], disclosures)
        elif name == "classifications":
            frames[name] = codes
        elif name == "code_names":
            frames[name] = code_names(built["budget_lines"], codes)
        elif name != "disclosures":
            frames[name] = spec.empty()
    frames["key_figures"] = order("key_figures", key_figures(frames, TABLES["key_figures"]), disclosures)
    validate(frames)
    return frames


def with_checks(frames: dict[str, pl.DataFrame], checks: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """``frames``, which are valid, with `checks` and `check_operands`, and each disclosure's count of failed checks.

    Raises ValidationFailure with every row of these three that may not be published.
    """
    failed = (
        checks["checks"].filter(pl.col("status") == "fail").group_by("disclosure_id").agg(pl.len().alias("_failed"))
    )
    disclosures = (
        frames["disclosures"]
        .join(failed, on="disclosure_id", how="left", maintain_order="left")
        .with_columns(pl.col("_failed").fill_null(0).cast(pl.Int64).alias("checks_failed"))
        .drop("_failed")
    )
    whole = {**frames, "disclosures": disclosures}
    for name in ("checks", "check_operands"):
        frame = checks[name]
        if "disclosure_id" not in frame.columns:
            owner = checks["checks"].select("check_id", "disclosure_id", "disclosure_year")
            frame = frame.join(owner, on="check_id", how="left", maintain_order="left")
        typed = frame.select(pl.col(c.name).cast(c.dtype) for c in TABLES[name].columns)
        whole[name] = order(name, typed, disclosures)
    validate(whole, only=("disclosures", *checks))
    return whole
