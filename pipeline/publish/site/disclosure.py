"""What the page of one disclosure shows: tables, facts, targets, failed checks, and where each figure was printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

from pipeline.publish.site.figures import Figures
from pipeline.publish.site.labels import Both
from pipeline.publish.site.pictures import Picture, pictures
from pipeline.publish.site.printed import Side, sides
from pipeline.publish.site.source import SourcePage, pages
from pipeline.reconcile.rules import load_rules

Row = dict[str, Any]
Frames = Mapping[str, pl.DataFrame]


@dataclass(slots=True)
class TableView:
    """A table of the document, rebuilt: its own row, its sides, and its indicators with their targets."""

    row: Row
    sides: list[Side]
    indicators: list[tuple[Row, list[Row]]] = field(default_factory=list)


@dataclass(slots=True)
class CheckView:
    """A failed check and the figures of its two sides; ``at`` of a figure is where it was printed, if here."""

    row: Row
    rule: Both | None
    left: list[Row]
    right: list[Row]


@dataclass(slots=True)
class DisclosurePage:
    """Everything that the template of a disclosure's page needs."""

    row: Row
    checks: list[CheckView]
    tables: list[TableView]
    projects: list[Row]
    statements: list[Row]
    passages: list[Row]
    source: list[SourcePage]
    pictures: list[Picture]
    checks_passed: int
    previous: str | None


def page_of(
    row: Row, frames: Frames, text: str | None, figures: Figures, previous: str | None = None
) -> DisclosurePage:
    """The page of the disclosure ``row``. ``previous`` is the id of the same body's disclosure a year before."""
    checks = frames["checks"].filter(pl.col("status") == "fail")
    operands = frames["check_operands"].filter(pl.col("check_id").is_in(checks["check_id"].implode()))
    failed = frozenset(operands["id"].drop_nulls())
    starts = _starts(frames)
    return DisclosurePage(
        row=row,
        checks=_checks(checks, operands, starts),
        tables=_tables(frames, failed, starts),
        projects=frames["projects"].to_dicts(),
        statements=[{**each, "at": starts.get(each["statement_id"])} for each in frames["statements"].to_dicts()],
        passages=frames["passages"].to_dicts(),
        source=pages(text, frames["numbers"]) if text is not None else [],
        pictures=pictures(figures, row["disclosure_year"]),
        checks_passed=frames["checks"].filter(pl.col("status") == "pass").height,
        previous=previous,
    )


def _starts(frames: Frames) -> dict[str, int]:
    """Where the number of each record was printed: the first that it owns as its value, else the first it owns."""
    numbers = frames["numbers"].filter(pl.col("owner_id").is_not_null()).sort("start")
    found: dict[str, int] = {}
    for wanted in ("data", None):
        part = numbers if wanted is None else numbers.filter(pl.col("class") == wanted)
        for owner, start in part.select("owner_id", "start").iter_rows():
            found.setdefault(owner, start)
    return found


def _checks(checks: pl.DataFrame, operands: pl.DataFrame, starts: dict[str, int]) -> list[CheckView]:
    by: dict[tuple[str, str], list[Row]] = {}
    for row in operands.iter_rows(named=True):
        by.setdefault((row["check_id"], row["side"]), []).append({**row, "at": starts.get(row["id"])})
    rank = {"error": 0, "warning": 1, "info": 2}
    # The largest difference first; what rounding may explain comes last of its severity.
    rows = sorted(
        checks.to_dicts(),
        key=lambda row: (rank.get(row["severity"], 3), bool(row["rounding_only"]), -abs(row["difference"] or 0)),
    )
    return [
        CheckView(
            row,
            _rules().get(row["rule_id"]),
            by.get((row["check_id"], "left"), []),
            by.get((row["check_id"], "right"), []),
        )
        for row in rows
    ]


@cache
def _rules() -> dict[str, Both]:
    return {rule.id: Both(rule.title_zh, rule.title_en) for rule in load_rules()}


def _grouped(frame: pl.DataFrame, column: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row[column], []).append(row)
    return found


def _tables(frames: Frames, failed: frozenset[str], starts: dict[str, int]) -> list[TableView]:
    lines, indicators = _grouped(frames["budget_lines"], "table_id"), _grouped(frames["indicators"], "table_id")
    targets: dict[str, list[Row]] = {}
    for target in frames["targets"].iter_rows(named=True):
        targets.setdefault(target["indicator_id"], []).append({**target, "at": starts.get(target["target_id"])})
    views = []
    for row in frames["tables"].iter_rows(named=True):
        mine: Iterable[Row] = indicators.get(row["table_id"], ())
        views.append(
            TableView(
                row,
                sides(lines.get(row["table_id"], ()), failed),
                [(each, targets.get(each["indicator_id"], [])) for each in mine],
            )
        )
    return views
