"""Releases for tests, made in this process without orchestration, and the means to falsify one consistently."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline.extract.records import Extraction
from pipeline.publish.files import csv_header, csv_lines, sha256_of, write_parquet
from pipeline.publish.parts import find_part, make_part
from pipeline.publish.reading import read_table
from pipeline.publish.release import Contents, publish
from pipeline.store import Store
from pipeline.tidy.codes import load_codes
from schemas.tables import TABLES
from tests.tables import kept

FINGERPRINTS = {"forms_sha256": "f", "code_sha256": "c", "lock_sha256": "l"}


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
    write_parquet(frame, TABLES[name], release)
    if csv and TABLES[name].csv:
        (release / "csv" / f"{name}.csv").write_bytes(csv_header(name) + csv_lines(frame))


def where(column: str, key: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Set ``column`` of the row with the primary key's first column ``key`` to ``value``."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        identity = frame.columns[0]
        new = pl.when(pl.col(identity) == key).then(pl.lit(value)).otherwise(pl.col(column))
        return frame.with_columns(new.cast(frame.schema[column]).alias(column))

    return change


def seal(release: Path) -> None:
    """Write descriptor hashes, manifest and checksums anew, so that only the rows themselves can tell."""
    package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        path = release / resource["path"]
        if path.exists():
            resource |= {"bytes": path.stat().st_size, "hash": f"sha256:{sha256_of(path)}"}
    (release / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    names = sorted(
        path.relative_to(release).as_posix()
        for path in release.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "SHA256SUMS")
    )
    old = {entry["path"]: entry for entry in manifest["files"]}
    files = []
    for name in names:
        path = release / name
        rows = old.get(name, {}).get("rows")
        if path.suffix == ".parquet":
            rows = pq.read_metadata(path).num_rows
        files.append({"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path), "rows": rows})
    listed = "".join(f"{entry['path']}\0{entry['sha256']}\n" for entry in files)
    manifest |= {
        "files": files,
        "release_id": sha256(listed.encode()).hexdigest()[:16],
        "rows": {name: read_table(release, name).height for name in TABLES},
    }
    (release / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    hashes = {entry["path"]: entry["sha256"] for entry in files}
    hashes["manifest.json"] = sha256_of(release / "manifest.json")
    text = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    (release / "SHA256SUMS").write_text(text, encoding="utf-8")
