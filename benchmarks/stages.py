"""What one document and one part cost, stage by stage, in this process: (a), (e)."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import seconds, sha256_seconds
from benchmarks.variations import variation


def extraction(count: int = 40) -> dict[str, Any]:
    """(a) Text to records: documents a second of one core, and the shares of the stages."""
    from pipeline.extract.disclosure import extract
    from pipeline.extract.forms import load_library
    from pipeline.extract.records import EXTRACTED_TABLES
    from pipeline.ingest.collections import SourceFile
    from pipeline.ingest.limits import Limits
    from pipeline.ingest.read import read_bytes
    from pipeline.tidy.columns import build_arrow
    from pipeline.tidy.documents import to_bytes
    from schemas.tables import TABLES

    library, limits = load_library(), Limits()
    contents = [variation(number).encode("utf-8") for number in range(count)]
    files = [SourceFile(Path("raw/x") / f"{n}.txt", "x", f"{n}.txt") for n in range(count)]
    read = [read_bytes(file, data, limits) for file, data in zip(files, contents, strict=True)]
    made = [extract(document, library) for document in read]
    ingest = seconds(lambda: [read_bytes(f, d, limits) for f, d in zip(files, contents, strict=True)]) / count
    records = seconds(lambda: [extract(document, library) for document in read], 2) / count
    rows = {name: [row for each in made for row in each.rows.of(name)] for name in EXTRACTED_TABLES}
    typed = seconds(lambda: [build_arrow(TABLES[name], rows[name], []) for name in EXTRACTED_TABLES]) / count
    kept = seconds(lambda: [to_bytes(each) for each in made]) / count
    sha256 = sum(map(sha256_seconds, contents[:5])) / 5
    lines = seconds(lambda: [data.decode().splitlines() for data in contents]) / count
    whole = ingest + records
    return {
        "bytes_a_document": sum(map(len, contents)) // count,
        "ms_a_document": {
            "ingest": ingest * 1e3,
            "extract": records * 1e3,
            "typed rows": typed * 1e3,
            "typed rows and bytes": kept * 1e3,
        },
        "documents_a_second_a_core": 1 / whole,
        "ratio_to_sha256": whole / sha256,
        "ratio_to_splitlines": whole / lines,
        "sha256_gb_a_second": len(contents[0]) / sha256 / 1e9,
        "bar": "at most 60 times sha256",
        "reached": whole / sha256 <= 60,
    }


def checking(count: int = 120) -> dict[str, Any]:
    """(e) Validation and reconciliation: rows a second, next to the plainest polars over the same rows."""
    import polars as pl

    from pipeline.extract.disclosure import extract
    from pipeline.extract.forms import load_library
    from pipeline.ingest.collections import SourceFile
    from pipeline.ingest.limits import Limits
    from pipeline.ingest.read import read_bytes
    from pipeline.publish.parts import part_of
    from pipeline.reconcile.engine import reconcile
    from pipeline.reconcile.rules import load_rules
    from pipeline.store import Store
    from pipeline.tidy.codes import load_codes
    from pipeline.tidy.documents import read_documents, to_bytes
    from pipeline.tidy.frames import arranged, order, with_checks

    library, rules, codes = load_library(), load_rules(), load_codes()
    with tempfile.TemporaryDirectory() as folder:
        files = [SourceFile(Path("raw/x") / f"{n}.txt", "x", f"{n}.txt") for n in range(count)]
        start = time.process_time()
        made = [extract(read_bytes(f, variation(n).encode(), Limits()), library) for n, f in enumerate(files)]
        extracting = time.process_time() - start
        start = time.process_time()
        kept = [(each.disclosure_id, to_bytes(each)) for each in made]
        keeping = time.process_time() - start
        reading = seconds(lambda: read_documents(kept))
        built, texts = read_documents(kept)
        validating = seconds(lambda: arranged(built, codes))
        frames = arranged(built, codes)
        reconciling = seconds(lambda: reconcile(frames, rules), 1)
        checks = reconcile(frames, rules)
        joining = seconds(lambda: with_checks(frames, checks))
        whole = with_checks(frames, checks)
        writing = seconds(lambda: part_of(whole, texts, Store(Path(folder))))

    def plain() -> None:
        # The same rows sorted, their keys counted, a column of each vocabulary looked at, the amounts added up.
        for name, frame in built.items():
            ordered = order(name, frame, built["disclosures"]) if name != "disclosures" else frame
            ordered.select(pl.first().n_unique())
        lines = built["budget_lines"]
        lines.group_by("table_id", "direction", "measure", "fund", "fiscal_year").agg(pl.col("amount").sum())

    rows = sum(frame.height for frame in whole.values())
    checked = validating + reconciling + joining
    total = extracting + keeping + reading + checked + writing
    return {
        "rows": rows,
        "rows_a_second": rows / checked,
        "ratio_to_plain_polars": checked / seconds(plain),
        "ms_a_document": {
            "extract": extracting / count * 1e3,
            "typed rows and bytes": keeping / count * 1e3,
            "read them back": reading / count * 1e3,
            "sort and validate": validating / count * 1e3,
            "reconcile": reconciling / count * 1e3,
            "join and validate checks": joining / count * 1e3,
            "write part": writing / count * 1e3,
        },
        "share_of_build": checked / total,
        "bar": "validation and reconciliation under 15 % of a build",
        "reached": checked / total < 0.15,
    }
