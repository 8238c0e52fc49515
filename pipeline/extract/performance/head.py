"""The head of a performance table with positions: a project's labels, its money and its goals.

A label has its value to its right or behind it; goals may also stand below their header. Nothing else is known of any
table: what labels mean is in ``words.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.performance.blocks import Block, cut
from pipeline.extract.performance.records import Amount, Entry, Project, add_amount, add_entry, add_project
from pipeline.extract.performance.spots import Band, Spot
from pipeline.extract.performance.words import Words

_MARKS = re.compile(
    r"(?:^|(?<=[。；;，]))(?:目标|指标)?(\d{1,2})[、.:：．](?!\d)|(?:^|(?<=[。；;，]))目标([一二三四五六七八九])[:：]"
)
_SUFFIX = re.compile(r"[（(][^（）()]*[）)]$|[:：]$")
_LEAD = re.compile(r"^(?:其中)?[:：]?(?:[一二三四五六七八九\d]+[、.])?")
_HORIZON = re.compile(r"^(中期|实施期|长期|年度|当年|本年)")
UNIT = re.compile(r"[（(](?:单位[:：])?([百千万亿]*元)[）)]")
_YEARS = re.compile(r"(20\d\d)年?(?:度)?[-—~～至](20\d\d)年?")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(slots=True)
class Column:
    middle: float
    role: str
    horizon: str
    phase: str | None = None


@dataclass(slots=True)
class State:
    """What the rows so far say about the next one."""

    head: dict[str, list[Piece]] = field(default_factory=dict)
    project: Project | None = None
    period: tuple[int, int] | None = None
    columns: list[Column] = field(default_factory=list)
    goal_columns: list[Column] = field(default_factory=list)
    money_columns: list[Column] = field(default_factory=list)
    levels: dict[tuple[str, str], Spot] = field(default_factory=dict)
    last: dict[str, Entry] = field(default_factory=dict)
    horizons: list[tuple[float, float, str]] = field(default_factory=list)
    rated: list[tuple[str, Spot]] = field(default_factory=list)
    rate: Entry | None = None
    terms: list[tuple[float, float, bool]] = field(default_factory=list)
    unit: str | None = None
    entries: list[tuple[Entry, Project | None]] = field(default_factory=list)


class HeadReader:
    """Reads the rows above indicators; keeps in ``state`` what they say about the rows below."""

    def __init__(self, context: Context, region: Region, words: Words) -> None:
        self.context, self.region, self.words = context, region, words
        self.state = State(unit=region.unit)

    def role(self, spot: Spot, table: dict[str, str]) -> str | None:
        """What ``table`` calls the text of a cell, with or without what stands in brackets behind it."""
        text = spot.text
        while True:
            if text in table:
                return table[text]
            shorter = _SUFFIX.sub("", text)
            if shorter == text:
                return None
            text = shorter

    def note_horizons(self, band: Band) -> None:
        """A row of headers such as 中期目标（2022年—2024年） | 年度目标 tells the columns below apart."""
        found = [(spot, self.role(spot, self.words.horizons)) for spot in band.spots if spot.text]
        named = [(spot, horizon) for spot, horizon in found if horizon]
        if len({horizon for _, horizon in named}) == 2:
            self.state.horizons = [(spot.box.x0, spot.box.x1, horizon) for spot, horizon in named]

    def note_period(self, band: Band) -> None:
        """The years of the medium term, where a header prints them."""
        for spot in band.spots:
            if self.role(spot, self.words.horizons) == "medium_term" and (match := _YEARS.search(spot.text)):
                self.state.period = int(match.group(1)), int(match.group(2))

    def horizon_at(self, x: float) -> str | None:
        return next((horizon for x0, x1, horizon in self.state.horizons if x0 <= x <= x1), None)

    def head(self, band: Band, below: Band | None) -> None:
        state, words = self.state, self.words
        spots = [spot for spot in band.spots if spot.text]
        self._goals_below(band)
        phases = [(spot, self.role(spot, words.phases)) for spot in spots]
        if sum(phase is not None for _, phase in phases) >= 2:
            state.money_columns = [Column(spot.middle, "money", "annual", phase) for spot, phase in phases if phase]
            state.rated = [(role, spot) for spot in spots if (role := self._rating(spot))]
            self._unit_of(spots)
            self.claim([spot for spot in spots if self._rating(spot) != "rate"])
            return
        taken: set[int] = set()
        for at, spot in enumerate(spots):
            if not band.new(spot) or id(spot) in taken:
                continue
            right = spots[at + 1] if at + 1 < len(spots) else None
            if label := self.role(spot, words.labels):
                self._unit_of([spot])
                if self._label(label, right):
                    taken.add(id(right))
            elif self._money(band, spot, spots[at + 1 :]):
                continue
            elif self._goal(spot, right, below, spots):
                taken.add(id(right))

    def _unit_of(self, spots: list[Spot]) -> None:
        for spot in spots:
            if match := UNIT.search(spot.text):
                self.state.unit = match.group(1)

    def _label(self, label: str, value: Spot | None) -> bool:
        """Keep the value of a label; False where what stands to its right is none."""
        state = self.state
        if label == "name":
            self.write()
            self.state = state = State(unit=state.unit, horizons=state.horizons, period=state.period)
        if label == "end" or value is None or self.role(value, self.words.labels) is not None:
            return False
        if label != "contact" and value.block.pieces and label not in state.head:
            state.head[label] = value.block.pieces
        return True

    def project(self) -> Project | None:
        state = self.state
        if state.project is None and state.head:
            state.project = add_project(self.context, state.head, state.period)
        return state.project

    def _money(self, band: Band, spot: Spot, right: list[Spot]) -> bool:
        """A part of the project's money: its label, and amounts in the cells to its right or behind it."""
        bare = _LEAD.sub("", spot.text)
        horizon = _HORIZON.match(bare)
        rest = bare[horizon.end() :] if horizon and bare not in self.words.money else bare
        named = sorted((label for label in self.words.money if rest.startswith(label)), key=len, reverse=True)
        if not named:
            return False
        label, tail = named[0], _SUFFIX.sub("", rest[len(named[0]) :]) if len(rest) > len(named[0]) else ""
        inside = tail.lstrip(":：")
        if inside and not NUMBER.fullmatch(inside):
            return False
        self._unit_of([spot])
        medium = self._is_medium(spot, horizon.group(1) if horizon else None)
        if inside:
            self._amount(spot, label, medium, spot, "approved")
            return True
        for value in right:
            if not NUMBER.fullmatch(value.text):
                if value.text and not self.state.money_columns:
                    break
                continue
            column = self.column(self.state.money_columns, value)
            if self.state.money_columns and column is None:
                continue
            self._amount(spot, label, medium, value, column.phase or "approved" if column else "approved")
            if column is None:
                break
        self._rate(self.words.money[label], right)
        return True

    def _rating(self, spot: Spot) -> str | None:
        """Whether a column beside a project's money says how much of it was spent, and what that scores."""
        role = self.role(spot, self.words.columns)
        return "rate" if spot.text.endswith(self.words.rates) else role if role in ("weight", "score") else None

    def _rate(self, source: str, right: list[Spot]) -> None:
        """Self-evaluations score the rate of execution: that of the whole is an indicator, the others stand beside it."""
        state = self.state
        cells = {
            role: spot for role, header in state.rated for spot in right if spot.box.x0 <= header.middle <= spot.box.x1
        }
        headers = dict(state.rated)
        rate = cells.get("rate")
        if source == "total" and rate is not None and rate.text and state.rate is None:
            more: dict[str, list[Piece]] = {
                role: cells[role].block.pieces for role in ("weight", "score") if role in cells
            }
            state.rate = Entry("indicator", "annual", rate.block, headers["rate"].block, more=more)
            state.entries.append((state.rate, self.project()))
        elif state.rate is not None:
            state.rate.held += [piece for spot in cells.values() for piece in spot.block.pieces]

    def _is_medium(self, spot: Spot, printed: str | None) -> bool:
        """Whether money is the medium term's: its label says so, or the label above it, or the header of its column."""
        if printed is not None:
            medium = printed in ("中期", "实施期", "长期")
            self.state.terms.append((spot.box.x0, spot.box.x1, medium))
            return medium
        above = [medium for x0, x1, medium in self.state.terms if x0 <= spot.middle <= x1]
        return above[-1] if above else self.horizon_at(spot.middle) == "medium_term"

    def column(self, columns: list[Column], spot: Spot) -> Column | None:
        return next((column for column in columns if spot.box.x0 <= column.middle <= spot.box.x1), None)

    def _amount(self, label_spot: Spot, label: str, medium: bool, value: Spot, phase: str) -> None:
        unit, words = self.state.unit, self.words
        tokens = [t for a, b in value.block.pieces for t in self.context.ledger.free(a, b)]
        if not tokens or tokens[-1].value is None:
            return
        if unit not in words.worth:
            self.context.problems.append(f"{self.region.title}: its money has no unit")
            return
        project, source = self.project(), words.money[label]
        at = label_spot.block
        skipped = at.folded.index(label)
        item = cut(self.context, at, skipped, len(at.folded) - skipped - len(label))
        name = project.name if project and project.name else ""
        key = ".".join(filter(None, (name, "medium_term" if medium else "annual", label)))
        amount = Amount(
            tokens[-1], key, source=None if source == "total" else source,
            row_kind="total" if source == "total" else "detail", item=item.pieces, item_path=label,
            medium_term=medium, phase=phase, column=f"total.{phase}" if phase != "approved" else "total",
        )  # fmt: skip
        add_amount(self.context, self.region, amount, (str(unit), words.worth[str(unit)]), project)

    def _goal(self, spot: Spot, right: Spot | None, below: Band | None, spots: list[Spot]) -> bool:
        """A goal beside its label, or the header of goals in the row below."""
        if not self._is_goal(spot):
            return False
        beside = right is not None and not self._is_goal(right) and self.role(right, self.words.columns) is None
        if beside and right is not None:
            self.add_goal(right.block, self._horizon_of(spot))
            return True
        if below is not None:
            headers = [s for s in spots if s.box.bottom <= below.spots[0].box.bottom]
            roles = [(s, "goal" if self._is_goal(s) else self.role(s, self.words.columns)) for s in headers]
            self.state.goal_columns = [
                Column(s.middle, role, self._horizon_of(s)) for s, role in roles if role in ("goal", "actual")
            ]
        return False

    def _is_goal(self, spot: Spot) -> bool:
        text = spot.text
        while text not in self.words.goals:
            shorter = _SUFFIX.sub("", text)
            if shorter == text:
                return False
            text = shorter
        return True

    def _horizon_of(self, spot: Spot) -> str:
        named = self.role(spot, self.words.horizons)
        return named or self.horizon_at(spot.middle) or "annual"

    def _goals_below(self, band: Band) -> None:
        columns, self.state.goal_columns = self.state.goal_columns, []
        for column in columns:
            spot = band.at(column.middle)
            if spot is None or not spot.text or not band.new(spot) or self._is_goal(spot):
                continue
            if column.role == "goal":
                self.add_goal(spot.block, column.horizon)
            elif self.state.entries:
                self.state.entries[-1][0].more["actual"] = spot.block.pieces

    def add_goal(self, block: Block, horizon: str) -> None:
        """A goal, or each of the numbered goals that a cell holds."""
        marks = [match for match in _MARKS.finditer(block.folded)]
        numbers = [_number(match) for match in marks]
        if numbers != list(range(1, len(marks) + 1)) or not marks or marks[0].start() > 0:
            marks = []
        project = self.project()
        if not marks:
            self.state.entries.append((Entry("goal", horizon, block), project))
            return
        total = len(block.folded)
        for match, following in pairwise([*marks, None]):
            assert match is not None
            end = following.start() if following else total
            body = cut(self.context, block, match.end(), total - end)
            lead = cut(self.context, block, match.start(), total - match.end())
            entry = Entry("goal", horizon, body, ordinal=_number(match), ordinals=lead.pieces)
            self.state.entries.append((entry, project))

    def write(self) -> None:
        """Write what was gathered; texts that pages cut are whole by now."""
        for entry, project in self.state.entries:
            add_entry(self.context, self.region, entry, self.words, project)
        if self.state.head:
            self.project()
        self.state.entries.clear()

    def claim(self, spots: list[Spot]) -> None:
        for spot in spots:
            for start, end in spot.block.pieces:
                self.context.ledger.claim_free(start, end, "structure", "year", "tables", self.region.table_id)


def _number(match: re.Match[str]) -> int:
    return int(match.group(1)) if match.group(1) else "一二三四五六七八九".index(match.group(2)) + 1
