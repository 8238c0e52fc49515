"""What the page of one disclosure shows: a summary, what contradicts, tables, facts, targets, and the source beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.publish.site.contradictions import CheckView, starts_of
from pipeline.publish.site.figures import Figures
from pipeline.publish.site.images import PageImage
from pipeline.publish.site.labels import Both, body_page, district_page, division, kind, label, plain, yuan
from pipeline.publish.site.pictures import Picture, pictures
from pipeline.publish.site.printed import Side, sides
from pipeline.publish.site.reasons import reasons
from pipeline.publish.site.source import SourcePage, pages

Row = dict[str, Any]
Frames = Mapping[str, pl.DataFrame]
_FIRST = ("revenue_total", "expenditure_total", "basic_expenditure", "project_expenditure", "three_public")


@dataclass(slots=True)
class TableView:
    """A table of the document, rebuilt: its own row, its sides, and its indicators with their targets."""

    row: Row
    sides: list[Side]
    indicators: list[tuple[Row, list[Row]]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many of its amounts stand in a failed check."""
        cells = (cell for side in self.sides for row in side.rows for cell in row.cells)
        return sum(1 for cell in cells if cell and cell.failed)


@dataclass(frozen=True, slots=True)
class Around:
    """What a page knows of others: the same body a year before, the version that counts, pictures of its pages."""

    previous: str | None = None
    counted: str | None = None
    images: Mapping[int, PageImage] = field(default_factory=dict)


@dataclass(slots=True)
class DisclosurePage:
    """Everything that the template of a disclosure's page needs."""

    row: Row
    kind: Both
    region: Both
    body: str | None
    district: str | None
    reasons: list[Both]
    totals: list[tuple[Both, Row]]
    sentence: Both
    checks: list[CheckView]
    tables: list[TableView]
    projects: list[Row]
    statements: list[Row]
    passages: list[Row]
    source: list[SourcePage]
    pictures: list[Picture]
    checks_passed: int
    around: Around

    @property
    def contradictions(self) -> list[CheckView]:
        """What is wrong in the source: errors that rounding does not explain."""
        return [c for c in self.checks if c.row["severity"] == "error" and not c.row["rounding_only"]]

    @property
    def remarks(self) -> list[CheckView]:
        """All other failed checks."""
        held = {id(check) for check in self.contradictions}
        return [check for check in self.checks if id(check) not in held]


def page_of(
    row: Row, frames: Frames, text: str | None, figures: Figures, checks: list[CheckView], around: Around
) -> DisclosurePage:
    """The page of the disclosure ``row``, whose failed checks are ``checks``."""
    failed = frozenset(each["id"] for check in checks for each in (*check.left, *check.right) if each["id"])
    starts = starts_of(frames["numbers"])
    totals = _totals(row, frames)
    page = DisclosurePage(
        row=row,
        kind=kind(row["stage"], row["scope"]),
        region=division(row["division_code"]),
        body=body_page(row["division_code"], row["entity_key"]) if row["entity_key"] else None,
        district=district_page(row["division_code"], row["disclosure_year"]) if row["disclosure_year"] else None,
        reasons=reasons(row["reason"]),
        totals=totals,
        sentence=Both("", ""),
        checks=checks,
        tables=_tables(frames, failed, starts),
        projects=frames["projects"].to_dicts(),
        statements=[{**each, "at": starts.get(each["statement_id"])} for each in frames["statements"].to_dicts()],
        passages=frames["passages"].to_dicts(),
        source=pages(text, frames["numbers"], around.images) if text is not None else [],
        pictures=pictures(figures, row["disclosure_year"]),
        checks_passed=frames["checks"].filter(pl.col("status") == "pass").height,
        around=around,
    )
    page.sentence = _sentence(page)
    return page


def _totals(row: Row, frames: Frames) -> list[tuple[Both, Row]]:
    """The figures that people ask for first, of the disclosure's own year and phase."""
    phase = "executed" if row["stage"] == "final_accounts" else "approved"
    own = frames["key_figures"].filter(
        ~pl.col("comparison"), pl.col("phase") == phase, pl.col("fiscal_year").eq_missing(row["disclosure_year"])
    )
    by = {each["figure"]: each for each in own.iter_rows(named=True)}
    return [(label("figure", name), by[name]) for name in _FIRST if name in by]


def _sentence(page: DisclosurePage) -> Both:
    """Who, what year, how much, how complete and what contradicts, in one paragraph."""
    row = page.row
    by = {each["figure"]: each["amount"] for _, each in page.totals}
    zh, en = [], []
    if "expenditure_total" in by:
        amount = yuan(by["expenditure_total"])
        zh.append(f"支出{label('stage', row['stage']).zh}{amount.zh}")
        en.append(f"Total expenditure {amount.en}")
    total, unclaimed = row["numbers_total"] or 0, row["numbers_unclaimed"] or 0
    if total:
        read = f"{total - unclaimed:,}"
        zh.append(f"文件中{total:,}个数字" + ("都已读懂" if not unclaimed else f"读懂了{read}个"))
        en.append(f"{'all' if not unclaimed else read + ' of'} {total:,} numbers understood")
    if found := page.contradictions:
        zh.append(f"有{len(found)}处自相矛盾")
        en.append(f"{len(found)} contradiction{'s' * (len(found) > 1)}")
        largest = max((check for check in found if check.weighs), key=lambda check: check.size, default=None)
        if largest:
            zh[-1] += f"，最大的相差{plain(largest.size)}元"
            en[-1] += f", the largest by CNY {plain(largest.size)}"
    elif total:
        zh.append("没有发现自相矛盾")
        en.append("no contradiction found")
    return Both("；".join(zh) + "。" if zh else "", "; ".join(en) + "." if en else "")


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
