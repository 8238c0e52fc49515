"""Releases for tests, made in this process without orchestration, and the means to falsify one consistently."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipeline.disk import sha256_of
from pipeline.extract.records import Extraction
from pipeline.publish.descriptor import descriptions
from pipeline.publish.files import BODY, csv_header, csv_lines, write_parquet
from pipeline.publish.manifest import Listed, release_id, write_manifest, write_sums
from pipeline.publish.parts import find_part, make_part
from pipeline.publish.reading import csv_files, read_table
from pipeline.publish.release import Contents, publish
from pipeline.store import Store
from pipeline.tidy.codes import load_codes
from schemas.tables import TABLES
from tests.tables import kept

FINGERPRINTS = {"forms_sha256": "f" * 64, "code_sha256": "c" * 64, "lock_sha256": ""}

_LISTS = ("manifest.json", "SHA256SUMS")


def release_of(extractions: Iterable[Extraction], out: Path, **fingerprints: str) -> Path:
    """Tidy, check and publish documents below ``out`` as one part; the folder of the release."""
    documents = list(extractions)
    return _published([documents], documents, out, FINGERPRINTS | fingerprints)


def release_in_parts(extractions: Iterable[Extraction], out: Path) -> Path:
    """The release of documents that are each a part of its own, as a large build makes them."""
    documents = list(extractions)
    return _published([[each] for each in documents], documents, out, FINGERPRINTS)


def _published(
    groups: Iterable[list[Extraction]], documents: list[Extraction], out: Path, fingerprints: dict[str, str]
) -> Path:
    store = Store(out / ".work" / "store")
    parts = []
    for number, group in enumerate(groups):
        make_part(kept(group), store, f"part-{number}")
        part = find_part(store, f"part-{number}")
        assert part is not None
        parts.append(part)
    sources = [_source(each) for each in sorted(documents, key=lambda each: each.disclosure_id)]
    return publish(Contents(parts, store, load_codes(), sources, fingerprints), out).path


def _source(document: Extraction) -> dict[str, object]:
    row = document.disclosure
    return {
        "disclosure_id": document.disclosure_id,
        "paths": [row.source_file],
        "bytes": row.source_bytes,
        "sha256": row.source_sha256,
    }


def edit(release: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame], csv: bool = True) -> None:
    """Change the rows of a table in Parquet and, where it has one, in its CSV file, as a forger would."""
    frame = change(read_table(release, name))
    shutil.rmtree(release / "parquet" / name)
    write_parquet(_with_bodies(frame, release), TABLES[name], release)
    if csv and TABLES[name].csv:
        (release / "csv" / f"{name}.csv").write_bytes(csv_header(name) + csv_lines(frame))


def _with_bodies(frame: pl.DataFrame, release: Path) -> pl.DataFrame:
    """``frame`` as its Parquet files hold it: rows of disclosures say of which body."""
    if "disclosure_id" not in frame.columns or BODY.name in frame.columns:
        return frame
    bodies = read_table(release, "disclosures").unique("disclosure_id").select("disclosure_id", BODY.name)
    return frame.join(bodies, on="disclosure_id", how="left", maintain_order="left")


def where(column: str, key: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Set ``column`` of the row with the primary key's first column ``key`` to ``value``."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        identity = frame.columns[0]
        new = pl.when(pl.col(identity) == key).then(pl.lit(value)).otherwise(pl.col(column))
        return frame.with_columns(new.cast(frame.schema[column]).alias(column))

    return change


def seal(release: Path) -> None:
    """Write README, descriptor, manifest and checksums anew, as a forger would: only the rows themselves can tell."""
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: read_table(release, name).height for name in TABLES}
    csvs = {
        name: [Listed(f"csv/{path.name}", path.stat().st_size, sha256_of(path)) for path in csv_files(release, name)]
        for name in TABLES
    }
    for path, text in descriptions(rows, {name: files for name, files in csvs.items() if files}).items():
        (release / path).write_text(text, encoding="utf-8")
    relist(release, manifest | {"rows": rows})


def relist(release: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest and the checksums anew for the files that there are."""
    old = {entry["path"]: entry for entry in manifest["files"]}
    files = []
    for path in sorted(path for path in release.rglob("*") if path.is_file() and path.name not in _LISTS):
        name = path.relative_to(release).as_posix()
        rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else old.get(name, {}).get("rows")
        files.append(Listed(name, path.stat().st_size, sha256_of(path), rows))
    files.sort(key=lambda file: file.path)
    entries = [file._asdict() for file in files]
    write_manifest(release / "manifest.json", manifest | {"files": entries, "release_id": release_id(files)})
    listed = Listed("manifest.json", 0, sha256_of(release / "manifest.json"))
    write_sums(release / "SHA256SUMS", sorted([*files, listed], key=lambda file: file.path))
