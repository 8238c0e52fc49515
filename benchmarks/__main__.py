"""``make bench``: measure, print a table, write JSON. ``python -m benchmarks --help`` says how to measure more."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import builds, growing, real, stages
from benchmarks.measure import ROOT

_PARTS = ("extraction", "growth", "checking", "pdf", "cold_start", "builds")


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of nested results, with their path."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from flat(each, f"{name} {key}".strip().replace("_", " "))
    else:
        yield name, f"{value:,.3f}" if isinstance(value, float) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure the pipeline against its bars.")
    parser.add_argument("--documents", default="1,300", help="sizes of whole builds, ascending (default 1,300)")
    parser.add_argument("--only", choices=_PARTS, action="append", help="measure this only; may be repeated")
    parser.add_argument("--work", type=Path, help="folder for documents and releases (default: a temporary one)")
    parser.add_argument("--json", type=Path, default=ROOT / "outputs" / "benchmarks.json")
    parser.add_argument(
        "--pdf",
        type=Path,
        default=Path(os.environ.get("DISCLOSURES_DIR", ROOT.parent / "shared" / "real")),
        help="folder of real PDFs, which are no part of the project (default: $DISCLOSURES_DIR or ../shared/real)",
    )
    arguments = parser.parse_args()
    chosen = arguments.only or _PARTS
    counts = [int(count) for count in arguments.documents.split(",")]
    work = arguments.work or Path(tempfile.mkdtemp(prefix="yusuan-bench-"))
    results: dict[str, Any] = {"cores": len(os.sched_getaffinity(0)), "python": sys.version.split()[0]}
    try:
        for name in chosen:
            print(f"measuring {name} …", file=sys.stderr)
            if name == "extraction":
                results[name] = stages.extraction()
            elif name == "growth":
                results[name] = growing.growth()
            elif name == "checking":
                results[name] = stages.checking()
            elif name == "pdf":
                results[name] = real.pdf(sorted(arguments.pdf.rglob("*.pdf")), work)
            elif name == "cold_start":
                results[name] = builds.cold_start(work)
            else:
                results[name] = builds.builds(work, counts)
    finally:
        if arguments.work is None:
            shutil.rmtree(work, ignore_errors=True)
    rows = list(flat(results))
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {value}" for name, value in rows))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
