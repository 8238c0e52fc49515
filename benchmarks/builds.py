"""Whole builds in processes of their own: (b) many documents, (c) one more, (f) a cold start."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, run, sha256_seconds
from benchmarks.variations import write

#: Pages for people are made of releases, not part of them: builds of very many leave them out.
_NO_PAGES = {"YUSUAN_PAGES": "0"}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _verifying(release: Path, count: int) -> dict[str, Any]:
    """What checking a release against its own files costs, start included. Raises RuntimeError where it has faults."""
    done = run(["-m", "pipeline", "verify", str(release.resolve())])
    if "every row verifies" not in done.output:
        raise RuntimeError(f"{release} does not verify: {done.output[:2000]}")
    return {"cpu_seconds": done.cpu, "documents_a_cpu_second": count / done.cpu, "peak_mb": done.peak_mb}


def builds(work: Path, counts: list[int]) -> dict[str, Any]:
    """(b) and (c): builds of each number of documents, then of one more in the largest."""
    rows: dict[str, Any] = {}
    raw = out = work
    full = None
    for count in counts:
        raw, out = work / f"raw-{count}", work / f"out-{count}"
        size = write(raw, count)
        done = run(["-m", "pipeline", "build", "--raw", str(raw), "--out", str(out)], **_NO_PAGES)
        data = (raw / "collection-00" / "0000000.txt").read_bytes()
        full = done
        rows[str(count)] = {
            "seconds": done.wall,
            "cpu_seconds": done.cpu,
            "documents_a_second": count / done.wall,
            "documents_a_cpu_second": count / done.cpu,
            "peak_mb": done.peak_mb,
            "bytes_in": size,
            "bytes_out": _size((out / "latest").resolve()),
            "ratio_to_sha256": done.cpu / (sha256_seconds(data) * size / len(data)),
            "verifying": _verifying(out / "latest", count),
        }
    found: dict[str, Any] = {"builds": rows}
    if len(counts) > 1:
        (a, b), times = counts[-2:], [rows[str(count)]["cpu_seconds"] for count in counts[-2:]]
        found["cpu_ms_a_document_more"] = (times[1] - times[0]) / (b - a) * 1e3
        found["peak_mb_grows_by"] = rows[str(b)]["peak_mb"] / rows[str(a)]["peak_mb"]
    last = rows[str(counts[-1])]
    found |= {
        "bar": "400 documents a second on two cores, peak memory under 1500 MB",
        "reached": last["documents_a_second"] >= 400 and last["peak_mb"] < 1500,
    }
    assert full is not None
    write(raw, 1, start=counts[-1])
    more = run(["-m", "pipeline", "build", "--raw", str(raw), "--out", str(out)], **_NO_PAGES)
    again = run(["-m", "pipeline", "build", "--raw", str(raw), "--out", str(out)], **_NO_PAGES)
    found["one_more"] = {
        "documents": counts[-1],
        "seconds": more.wall,
        "cpu_seconds": more.cpu,
        "share_of_full_build": more.cpu / full.cpu,
        "nothing_changed_seconds": again.wall,
        "bar": "under 3 % of a full build",
        "reached": more.cpu / full.cpu < 0.03,
    }
    return found


def cold_start(work: Path) -> dict[str, Any]:
    """(f) ``yusuan build`` of the bundled folder next to importing what it stands on; the best of each."""
    out = work / "cold"
    build = ["-m", "pipeline", "build", "--raw", str(ROOT / "raw"), "--out", str(out)]
    run(["-m", "pipeline.precompile"])  # as ``make`` does when it installs
    bare, first, second = [], [], []
    for _ in range(3):
        bare.append(run(["-c", "import dagster, polars, pandera.polars, pyarrow.parquet"]))
        if out.exists():
            shutil.rmtree(out)
        first.append(run(build))
        second.append(run(build))
    cpu, wall = min(each.cpu for each in bare), min(each.wall for each in bare)
    ratio = min(each.cpu for each in first) / cpu
    return {
        "bare_imports_cpu_seconds": cpu,
        "first_build_ratio": ratio,
        "second_build_ratio": min(each.cpu for each in second) / cpu,
        "bare_imports_seconds": wall,
        "first_build_wall_ratio": min(each.wall for each in first) / wall,
        "second_build_wall_ratio": min(each.wall for each in second) / wall,
        "bar": "under 2 times the bare imports, in processor time",
        "reached": ratio < 2,
    }
