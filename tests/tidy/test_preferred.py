"""One disclosure of a series is the one to add up."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.tidy.versions import prefer
from schemas.tables import TABLES

ONE = {"disclosure_id": "b", "series_id": "s", "status": "complete", "numbers_data": 10, "published_on": "2024-02-01"}


def preferred(*rows: dict[str, object]) -> list[str]:
    schema = {name: dtype for name, dtype in TABLES["disclosures"].schema.items() if name in {*ONE, "supersedes"}}
    frame = prefer(pl.DataFrame(list(rows), schema=schema))
    return frame.filter("preferred")["disclosure_id"].to_list()


@pytest.mark.parametrize(
    "better",
    [
        {"disclosure_id": "c", "supersedes": "b", "status": "partial"},
        {"disclosure_id": "c", "published_on": "2024-03-01", "numbers_data": 1},
        {"disclosure_id": "c", "numbers_data": 11},
        {"disclosure_id": "a"},
    ],
)
def test_the_better_of_two_is_preferred(better: dict[str, object]) -> None:
    assert preferred(ONE, ONE | better) == preferred(ONE | better, ONE) == [better["disclosure_id"]]


@pytest.mark.parametrize(
    "worse", [{"status": "partial", "published_on": "2025-01-01", "numbers_data": 99}, {"published_on": None}]
)
def test_the_worse_of_two_is_not_preferred(worse: dict[str, object]) -> None:
    assert preferred(ONE, ONE | {"disclosure_id": "a"} | worse) == ["b"]


def test_every_series_has_one_and_what_has_no_series_none() -> None:
    assert preferred(
        ONE, ONE | {"disclosure_id": "c", "series_id": "t"}, ONE | {"disclosure_id": "d", "series_id": None}
    ) == ["b", "c"]
