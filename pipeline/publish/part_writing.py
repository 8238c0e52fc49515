"""Writing a part of a release: all its files, and what is to be known of them (see ``pipeline.publish.parts``)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.publish.completeness import left_in_complete
from pipeline.publish.files import BODY, arrow_rows, by_year, sha256_of, write_csv_rows, year_name
from pipeline.publish.parts import FILES, OF_PARTS, PART, SHOWN, TOLD, Part, rows_name
from schemas.tables import TABLES


def write_part(frames: Mapping[str, pl.DataFrame], texts: Mapping[str, bytes], folder: Path, key: str) -> Part:
    """Write the part of ``frames``, which are complete and valid, below ``folder``. It appears whole or not at all."""
    staged = folder / f".{key}.{os.getpid()}.tmp"
    if staged.exists():
        shutil.rmtree(staged)
    staged.mkdir(parents=True)
    try:
        held: dict[str, dict[str, tuple[int, str, int]]] = {}
        hashes: dict[str, str] = {}
        bodies = frames["disclosures"].select("disclosure_id", BODY.name)
        for name in OF_PARTS:
            held[name] = {}
            for year, part in by_year(frames[name]):
                with_body = (
                    part
                    if BODY.name in part.columns
                    else part.join(bodies, on="disclosure_id", how="left", maintain_order="left")
                )
                path = staged / (of_rows := rows_name(name, year))
                write_arrow(with_body.drop("disclosure_year"), path)
                hashes[of_rows] = sha256_of(path)
                size = 0
                if TABLES[name].csv:
                    size = write_csv_rows(part, staged / f"csv/{name}/{year_name(year)}.csv")
                held[name][year_name(year)] = part.height, hashes[of_rows], size
        write_arrow(frames["code_names"], staged / "code_names.arrow")
        (staged / "sources").mkdir()
        for disclosure_id, text in texts.items():
            (staged / "sources" / f"{disclosure_id}.txt").write_bytes(text)
        files = []
        for found in sorted(each for each in staged.rglob("*") if each.is_file()):
            inside = found.relative_to(staged).as_posix()
            if inside.startswith("csv/"):
                continue
            found.chmod(0o644)
            stat = found.stat()
            files.append((inside, stat.st_size, hashes.get(inside) or sha256_of(found), stat.st_mtime_ns))
        _write(staged / FILES, files)
        _write(staged / TOLD, _told(frames))
        _write(staged / PART, {"rows": held, "sha256": {name: sha256_of(staged / name) for name in (FILES, TOLD)}})
        target = folder / key
        if target.exists():  # not whole, or another process was as quick
            shutil.rmtree(target)
        staged.rename(target)
    finally:
        if staged.exists():
            shutil.rmtree(staged)
    return Part(folder / key)


def write_arrow(frame: pl.DataFrame, path: Path) -> None:
    """``frame`` as an Arrow file, quick to write and to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = arrow_rows(frame)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _told(frames: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """What the orchestration shows of a release: failing checks by family, numbers left where none may be."""
    checks = frames["checks"]
    failing = checks.filter(pl.col("status") == "fail")
    families = {
        str(family): {
            "failing": rows.height,
            "errors": rows.filter(pl.col("severity") == "error").height,
            "messages": rows["message_zh"].head(SHOWN).to_list(),
        }
        for (family,), rows in failing.partition_by("family", as_dict=True, maintain_order=True).items()
    }
    return {"failing": families, "left": len(left_in_complete(frames))}
