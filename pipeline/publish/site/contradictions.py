"""What documents contradict themselves or one another in, largest first, with the figures of both sides and their places."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from pipeline.publish.site.labels import Both, anchor
from pipeline.reconcile.rules import load_rules

Row = dict[str, Any]
Frames = Mapping[str, pl.DataFrame]
MOST = 300
_OF_BODY = 20
_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(slots=True)
class CheckView:
    """A failed check: what it says, its rule, and the figures of its two sides, each with a link to its place."""

    row: Row
    rule: Both | None
    left: list[Row]
    right: list[Row]

    @property
    def message(self) -> Both:
        zh, en = self.row["message_zh"], self.row["message_en"]
        return Both(zh or en or self.row["rule_id"], en or zh or self.row["rule_id"])

    @property
    def size(self) -> Decimal:
        return abs(Decimal(self.row["difference"] or 0))

    @property
    def weighs(self) -> bool:
        """Whether it belongs in the ranking by size in yuan, as the view ``contradictions`` of a release has it."""
        row = self.row
        return row["severity"] == "error" and row["unit"] == "CNY" and not row["rounding_only"] and self.size > 0


@dataclass(slots=True)
class Contradiction:
    """A difference of a disclosure, the check that shows it, and others that fail by the same amount."""

    disclosure: Row
    check: CheckView
    also: list[CheckView] = field(default_factory=list)

    @property
    def page(self) -> str:
        """The page of its disclosure, from the root of the site."""
        return f"disclosures/{self.disclosure['disclosure_id']}.html"


class Contradictions:
    """The largest of a release, and those of each body, gathered while its disclosures go by."""

    def __init__(self) -> None:
        self.count = 0
        self._heap: list[tuple[Decimal, str, Contradiction]] = []
        self._of_body: dict[tuple[str, str | None], list[Contradiction]] = {}

    def add(self, disclosure: Row, checks: Iterable[CheckView]) -> None:
        """The failed checks of one disclosure."""
        by_size: dict[Decimal, Contradiction] = {}
        for check in checks:
            if check.weighs:
                self.count += 1
                if check.size in by_size:
                    by_size[check.size].also.append(check)
                else:
                    by_size[check.size] = Contradiction(disclosure, check)
        for size, found in by_size.items():
            keep = heapq.heappush if len(self._heap) < MOST else heapq.heappushpop
            keep(self._heap, (size, found.check.row["check_id"], found))
        if disclosure["entity_key"] is not None and disclosure["preferred"]:
            mine = self._of_body.setdefault((disclosure["entity_key"], disclosure["division_code"]), [])
            mine += by_size.values()

    def ranked(self) -> list[Contradiction]:
        """The largest of the release, the largest first."""
        return [found for _, _, found in sorted(self._heap, key=lambda each: (-each[0], each[1]))]

    def of_body(self, body: tuple[str, str | None]) -> list[Contradiction]:
        """The largest of a body's preferred disclosures."""
        mine = self._of_body.get(body, [])
        return sorted(mine, key=lambda each: (-each.check.size, each.check.row["check_id"]))[:_OF_BODY]


def failed_checks(frames: Frames) -> list[CheckView]:
    """The failed checks of a disclosure: errors first, the largest difference first, what rounding explains last."""
    checks = frames["checks"].filter(pl.col("status") == "fail")
    operands = frames["check_operands"].filter(pl.col("check_id").is_in(checks["check_id"].implode()))
    starts = starts_of(frames["numbers"].filter(pl.col("owner_id").is_in(operands["id"].drop_nulls().implode())))
    by: dict[tuple[str, str], list[Row]] = {}
    others = dict(checks.select("check_id", "other_disclosure_id").iter_rows())
    for row in operands.iter_rows(named=True):
        at, other = starts.get(row["id"]), others[row["check_id"]]
        link = f"#{anchor(row['id'] or '')}"
        if at is not None:
            link = f"#n{at}"
        elif other:
            link = f"{other}.html{link}"
        by.setdefault((row["check_id"], row["side"]), []).append({**row, "at": at, "link": link})
    rows = sorted(
        checks.to_dicts(),
        key=lambda row: (_RANK.get(row["severity"], 3), bool(row["rounding_only"]), -abs(row["difference"] or 0)),
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


def starts_of(numbers: pl.DataFrame) -> dict[str, int]:
    """Where the number of each record was printed: the first that it owns as its value, else the first it owns."""
    owned = numbers.filter(pl.col("owner_id").is_not_null()).sort("start")
    found: dict[str, int] = {}
    for part in (owned.filter(pl.col("class") == "data"), owned):
        for owner, start in part.select("owner_id", "start").iter_rows():
            found.setdefault(owner, start)
    return found


@cache
def _rules() -> dict[str, Both]:
    return {rule.id: Both(rule.title_zh, rule.title_en) for rule in load_rules()}
