"""What the page of a district and year shows: who spends how much, and on what, of those who published.

Sums are of preferred disclosures of one stage and one scope. A department's disclosure includes its units, so that the
two stand apart and are never added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.publish.site.bodies import TOTAL, Books, Peer, Ranking, ranking_picture
from pipeline.publish.site.figures import Figures
from pipeline.publish.site.labels import Both, body_page, district_page, division, kind, label, share
from pipeline.publish.site.pictures import Picture, pictures

_COLUMNS = (TOTAL, "basic_expenditure", "project_expenditure", "three_public")


@dataclass(slots=True)
class Member:
    """A body in the table of a group: its place in the ranking, where it prints a total, and its figures."""

    name: str
    href: str
    row: dict[str, Any]
    peer: Peer | None
    share: str
    cells: list[tuple[Decimal, str] | None]


@dataclass(slots=True)
class Group:
    """The preferred disclosures of a district and year of one stage and scope."""

    stage: str | None
    scope: str | None
    figures: Figures = field(default_factory=Figures)
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class GroupView:
    """A group as its page shows it."""

    title: Both
    heads: list[Both]
    members: list[Member]
    total: Decimal
    counted: int
    pictures: list[Picture]


@dataclass(slots=True)
class DistrictPage:
    """Everything that the template of a district and year needs."""

    region: Both
    division_code: str | None
    year: int | None
    href: str
    groups: list[GroupView]
    years: list[int | None]


class Districts:
    """Sums over the preferred disclosures of each district, year, stage and scope, made while they go by."""

    def __init__(self) -> None:
        self._held: dict[tuple[str | None, int | None], dict[tuple[str | None, str | None], Group]] = {}

    def add(self, row: dict[str, Any], figures: Figures) -> None:
        """Count one disclosure in, if it is the one of its series that counts."""
        if not row["preferred"] or row["entity_key"] is None:
            return
        groups = self._held.setdefault((row["division_code"], row["disclosure_year"]), {})
        key = (row["stage"], row["scope"])
        group = groups.setdefault(key, Group(*key))
        group.figures.add(figures)
        group.rows.append(row)

    def all(self) -> list[tuple[str | None, int | None]]:
        """Districts and years, the newest year first in each."""
        return sorted(self._held, key=lambda each: (each[0] or "~", each[1] is None, -(each[1] or 0)))

    def page(self, place: tuple[str | None, int | None], books: Books) -> DistrictPage:
        """What the page of a district and year shows."""
        code, year = place
        groups = sorted(self._held[place].values(), key=lambda group: (group.scope or "~", group.stage or "~"))
        views = [self._group(group, code, year, books) for group in groups]
        years = [each for region, each in self.all() if region == code]
        return DistrictPage(division(code), code, year, district_page(code, year), views, years)

    def _group(self, group: Group, code: str | None, year: int | None, books: Books) -> GroupView:
        ranking = books.rankings.get((code, year, group.stage, group.scope))
        members = [_member(row, ranking, books) for row in group.rows]
        members.sort(key=lambda each: (each.peer is None, each.peer.rank if each.peer else 0, each.name))
        drawn = [ranking_picture(ranking)] if ranking and len(ranking.peers) > 1 else []
        # Of the year before only some may be there: comparing is for the pages of bodies.
        summed = Figures(group.figures.revenue, group.figures.expenditure, group.figures.functions)
        drawn += pictures(summed, year)
        return GroupView(
            kind(group.stage, group.scope),
            [label("figure", name) for name in _COLUMNS],
            members,
            ranking.total if ranking else Decimal(0),
            len(ranking.peers) if ranking else 0,
            drawn,
        )


def _member(row: dict[str, Any], ranking: Ranking | None, books: Books) -> Member:
    body = (row["entity_key"], row["division_code"], row["scope"])
    peer = next((peer for peer in ranking.peers if peer.body == body), None) if ranking else None
    cells = []
    for name in _COLUMNS:
        entry = books.amount(body, name, (row["disclosure_year"], row["stage"]))
        cells.append((entry.amount, f"../{entry.link}") if entry and entry.said == 0 else None)
    part = share(peer.amount, ranking.total) if peer and ranking else ""
    return Member(books.name(*body[:2]), f"../{body_page(body[1], body[0])}", row, peer, part, cells)
