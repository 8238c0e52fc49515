"""The published tables of extractions, made as a build makes them: kept as bytes, read back, put in order, validated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from pipeline.extract.records import Extraction
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from pipeline.tidy.codes import load_codes
from pipeline.tidy.columns import build_arrow, framed
from pipeline.tidy.documents import facts_of, read_documents, to_bytes
from pipeline.tidy.frames import arranged
from pipeline.tidy.plan import in_order
from pipeline.tidy.validation import RowFault
from schemas.rows import Row
from schemas.tables import TableSpec


def kept(extractions: Iterable[Extraction]) -> list[tuple[str, bytes]]:
    """Disclosure ids and what is kept of them, in the contract's order; one of byte-identical copies."""
    values = {str(number): to_bytes(each) for number, each in enumerate(extractions)}
    planned = in_order(facts_of(key, value) for key, value in values.items())
    return [(each.document.disclosure_id, values[each.document.key]) for each in planned]


def tables_of(extractions: Iterable[Extraction]) -> dict[str, pl.DataFrame]:
    """All published tables of ``extractions``, without checks. Raises ValidationFailure."""
    built, _ = read_documents(kept(extractions))
    return arranged(built, load_codes())


def failing_checks(extractions: Sequence[Extraction]) -> list[list[str]]:
    """The checks that fail in each of some documents by rules within a document: rule and key of each, ``rule.key``.

    All are evaluated at once: twenty documents take hardly longer than one.
    """
    within = [rule for rule in load_rules() if not rule.across]
    checks = reconcile(tables_of(extractions), within)["checks"].filter(pl.col("status") == "fail")
    failed: dict[str, list[str]] = {}
    for disclosure, check in checks.select("disclosure_id", "check_id").iter_rows():
        failed.setdefault(disclosure, []).append(check.removeprefix(f"{disclosure}.check."))
    return [failed.get(each.disclosure.disclosure_id, []) for each in extractions]


def build(spec: TableSpec, rows: Sequence[Row], faults: list[RowFault]) -> pl.DataFrame:
    """The typed columns of some rows; cells that no column can hold are added to ``faults``."""
    return framed(spec, [build_arrow(spec, rows, faults)])
