"""Who wants one body of very many reads a small part of the bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.orchestration.releases import Sizes
from pipeline.publish import files
from pipeline.publish.reading import parquet_files, read_table
from pipeline.publish.verify import verify
from schemas.tables import TABLES
from tests.orchestration.test_streaming import build, fill
from tests.publish.releases import seal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    """Forty bodies of one year, in row groups as small against them as the real ones are against very many."""
    base = tmp_path_factory.mktemp("groups")
    raw = fill(base / "raw", [6 * number for number in range(1, 41)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROW_GROUP", 700)
        return build(raw, base / "out", sizes=Sizes(documents=4096))


def touched(path: Path, body: str) -> tuple[int, int]:
    """Bytes of the row groups that may hold ``body`` by their statistics, and of all."""
    metadata = pq.read_metadata(path)
    at = metadata.schema.names.index("entity_key")
    some = whole = 0
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        statistics = group.column(at).statistics
        size = sum(group.column(column).total_compressed_size for column in range(group.num_columns))
        whole += size
        if not statistics.has_min_max or statistics.min <= body <= statistics.max:
            some += size
    return some, whole


@pytest.mark.parametrize("name", ["numbers", "spans", "checks", "check_operands"])
def test_statistics_lead_to_the_few_row_groups_of_a_body(release, name):
    bodies = read_table(release, "disclosures")["entity_key"].to_list()
    assert len(set(bodies)) == 40
    (path,) = parquet_files(release, name)
    for body in (bodies[0], bodies[17], bodies[39]):
        some, whole = touched(path, body)
        assert 0 < some < 0.12 * whole, (body, some, whole)


def test_duckdb_and_polars_find_the_rows_of_a_body_by_its_key(release):
    disclosures = read_table(release, "disclosures")
    row = disclosures.row(11, named=True)
    wanted = read_table(release, "numbers").filter(pl.col("disclosure_id") == row["disclosure_id"]).height
    pattern = str(release / "parquet" / "numbers" / "*.parquet")
    found = duckdb.sql(
        f"select count(*) from read_parquet('{pattern}') where entity_key = $1",
        params=[row["entity_key"]],
    ).fetchall()
    assert found == [(wanted,)]
    scanned = pl.scan_parquet(pattern).filter(pl.col("entity_key") == row["entity_key"])
    assert scanned.select(pl.len()).collect().item() == wanted


def test_every_row_carries_the_body_of_its_disclosure(release):
    of = dict(read_table(release, "disclosures").select("disclosure_id", "entity_key").iter_rows())
    for path in parquet_files(release, "budget_lines"):
        frame = pl.read_parquet(path)
        assert frame["entity_key"].to_list() == [of[identity] for identity in frame["disclosure_id"]]


def test_a_row_under_another_body_is_found_out(release, tmp_path):
    copy = Path(shutil.copytree(release, tmp_path / "copy"))
    (path,) = parquet_files(copy, "targets")
    frame = pl.read_parquet(path)
    first, last = frame["entity_key"][0], frame["entity_key"][-1]
    moved = frame.with_columns(pl.col("entity_key").replace({first: last}))
    path.unlink()  # a link: the release that it is a copy of keeps its own
    path.write_bytes(files.parquet_bytes(moved, TABLES["targets"]))
    seal(copy)
    found = verify(copy)
    assert [(fault.file, fault.reason) for fault in found] == [
        (path.relative_to(copy).as_posix(), f"entity_key is {last}, its disclosure's is {first}")
    ]
