"""A document that says it is complete is: the ledger of frames shows where it is not."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.publish.parts import left_in_complete
from tests.documents import BUNDLED, bundled, read
from tests.tables import tables_of


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    return dict(tables_of([bundled()]))


def changed(frames: dict[str, pl.DataFrame], **columns: str) -> dict[str, pl.DataFrame]:
    """The frames with the first number of the prose given another class, role or owner."""
    numbers = frames["numbers"]
    first = numbers["number_id"][1]
    setting = [
        pl.when(pl.col("number_id") == first).then(pl.lit(v)).otherwise(pl.col(k)).alias(k) for k, v in columns.items()
    ]
    return {**frames, "numbers": numbers.with_columns(setting)}


def test_the_bundled_document_is_complete(frames: dict[str, pl.DataFrame]) -> None:
    assert frames["disclosures"]["status"].to_list() == ["complete"]
    assert left_in_complete(frames) == []


def test_a_number_without_an_owner_is_told(frames: dict[str, pl.DataFrame]) -> None:
    assert len(left_in_complete(changed(frames, **{"class": "unclaimed"}))) == 1


def test_an_amount_told_in_passing_is_told_unless_the_text_is_free(frames: dict[str, pl.DataFrame]) -> None:
    passages = frames["passages"]
    told = {"class": "narrative", "role": "amount", "owner_table": "passages"}
    fact = passages.filter(pl.col("kind") == "narrative")["passage_id"][0]
    definition = passages.filter(pl.col("kind") == "definition")["passage_id"][0]
    assert len(left_in_complete(changed(frames, **told, owner_id=fact))) == 1
    assert left_in_complete(changed(frames, **told, owner_id=definition)) == []


def test_a_partial_document_may_have_numbers_left() -> None:
    text = BUNDLED.read_text(encoding="utf-8").replace(
        "一、部门情况", "一、部门情况\n\n对每名到岗者一次性给予3000元支持。", 1
    )
    found = read(text.encode())
    assert found.disclosure.status == "partial"
    assert "1 of 609 numbers have no owner (line 6)" in found.disclosure.reason
    assert left_in_complete(dict(tables_of([found]))) == []
