"""Performance tables whose cells have positions: sheets of a project, lists of many, self-evaluations.

A row with the names of columns of indicators (一级指标, 三级指标, 指标值) opens indicators; everything above is a head. Where two
columns of values stand side by side, the headers above them say which is for the medium term.
"""

from __future__ import annotations

import re

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.performance.blocks import Block, cut
from pipeline.extract.performance.head import NUMBER, UNIT, Column, HeadReader
from pipeline.extract.performance.records import Amount, Entry, add_amount
from pipeline.extract.performance.spots import Band, Spot, bands_of
from pipeline.extract.performance.targets import Given
from pipeline.extract.performance.words import Words

_LEVELS = ("level1", "level2", "level3")
_ORDINAL = re.compile(r"^(?:指标|目标)?(\d{1,2})[、.:：．](?!\d)")


def read_grid(context: Context, region: Region, words: Words) -> bool:
    """Add what the ruled cells of ``region`` hold; False where it has none."""
    bands = bands_of(context, region)
    if not bands:
        return False
    _Reader(context, region, words).read(bands)
    return True


class _Reader(HeadReader):
    """Reads rows one after the other."""

    def read(self, bands: list[Band]) -> None:
        for band in bands:
            self.note_period(band)
        for at, band in enumerate(bands):
            below = bands[at + 1] if at + 1 < len(bands) and not bands[at + 1].opens else None
            if self._header(band):
                continue
            state = self.state
            if state.columns and not self._leaves(band):
                self._indicators(band)
                continue
            if self._leaves(band):
                state.columns = []
            self.head(band, below)
        self.write()

    def _header(self, band: Band) -> bool:
        """Whether ``band`` names the columns of indicators; they hold until a project's head or the end."""
        roles = [(spot, self.role(spot, self.words.columns)) for spot in band.spots if spot.text]
        named = [(spot, role) for spot, role in roles if role]
        found = {role for _, role in named}
        if len(found & {*_LEVELS, "text"}) < 2:
            self.note_horizons(band)
            return False
        state, columns = self.state, []
        seen: dict[str, int] = {}
        values = [role for _, role in named].count("text")
        for spot, role in named:
            nth = seen[role] = seen.get(role, 0) + 1
            if values == 2:
                # The same columns twice: their order says more than how far the headers above them reach.
                order = [horizon for *_, horizon in state.horizons] or ["medium_term", "annual"]
                horizon = order[min(nth, 2) - 1] if [r for _, r in named].count(role) == 2 else order[-1]
            else:
                horizon = self.horizon_at(spot.middle) or "annual"
            columns.append(Column(spot.middle, role, horizon))
        for spot in (spot for spot in band.spots if spot.text):
            if source := self.role(spot, self.words.money):
                columns.append(Column(spot.middle, f"money:{source}", "annual"))
                if match := UNIT.search(spot.text):
                    state.unit = match.group(1)
        repeated = state.columns and [c.role for c in state.columns] == [c.role for c in columns]
        state.columns = columns
        if not repeated:
            state.levels.clear()
            state.last.clear()
        self.claim([spot for spot, _ in roles])
        return True

    def _leaves(self, band: Band) -> bool:
        """Whether a row below a header of indicators is another project's head."""
        flat = any(column.role == "name" for column in self.state.columns)
        first = next((spot for spot in band.spots if spot.text and band.new(spot)), None)
        return not flat and first is not None and self.role(first, self.words.labels) == "name"

    def _indicators(self, band: Band) -> None:
        state = self.state
        if any(c.role == "name" for c in state.columns):
            self._flat_head(band)
        for horizon in ("medium_term", "annual"):
            own = [column for column in state.columns if column.horizon == horizon]
            if any(column.role in ("text", "level3") for column in own):
                self._indicator(band, horizon, own)

    def _cell(self, band: Band, columns: list[Column], role: str) -> Spot | None:
        column = next((c for c in columns if c.role == role), None)
        column = column or next((c for c in self.state.columns if c.role == role and role in _LEVELS), None)
        spot = band.at(column.middle) if column else None
        return spot if spot is not None and spot.block.pieces else None

    def _indicator(self, band: Band, horizon: str, own: list[Column]) -> None:
        state = self.state
        value, name = self._cell(band, own, "text"), self._cell(band, own, "level3")
        fresh = [spot for spot in (value, name) if spot is not None and band.new(spot)]
        for level in ("level1", "level2"):
            spot = self._cell(band, own, level)
            if spot is not None:
                if level == "level1" and state.levels.get((horizon, level)) is not spot:
                    state.levels.pop((horizon, "level2"), None)
                state.levels[horizon, level] = spot
        if not fresh:
            return
        if name is None and value is not None and band.opens and horizon in state.last:
            # The page cut the cell: what stands alone above goes on with the last row of the page before.
            last = state.last[horizon]
            last.block = Block([*last.block.pieces, *value.block.pieces], last.block.folded + value.block.folded)
            return
        level1, level2 = state.levels.get((horizon, "level1")), state.levels.get((horizon, "level2"))
        pieces: dict[str, list[Piece]] = {}
        for level, found in (("level1", level1), ("level2", level2)):
            if found is not None:
                pieces[level] = found.block.pieces
        label, ordinal, lead = self._numbered(name.block) if name is not None else (None, None, [])
        entry = Entry(
            "indicator",
            horizon,
            self._whole(band, own, value),
            label,
            ordinal,
            None if level1 else self.words.level1_of(level2.text) if level2 else None,
            level2.text if level2 else None,
            pieces,
            ordinals=lead,
            given=Given(unit=unit.text) if (unit := self._cell(band, own, "unit")) is not None else None,
        )
        for role in ("actual", "weight", "score"):
            if (spot := self._cell(band, own, role)) is not None and band.new(spot):
                entry.more[role] = spot.block.pieces
        if (spot := self._cell(band, own, "deviation")) is not None and band.new(spot):
            entry.more["deviation"] = spot.block.pieces
        if label is None and not level2 and not level1:
            line = self.context.document.line_at(entry.block.start).number
            self.context.problems.append(
                f"{self.region.title}: the levels of the value in line {line} cannot be established"
            )
        state.entries.append((entry, self.project()))
        state.last[horizon] = entry

    def _numbered(self, block: Block) -> tuple[Block, int | None, list[Piece]]:
        match = _ORDINAL.match(block.folded)
        if match is None:
            return block, None, []
        lead = cut(self.context, block, 0, len(block.folded) - match.end())
        return cut(self.context, block, match.end()), int(match.group(1)), lead.pieces

    def _whole(self, band: Band, own: list[Column], value: Spot | None) -> Block:
        """The value with its comparator before and its unit behind it, where they have columns of their own."""
        if value is None:
            return Block([], "")
        parts = [value.block]
        comparator, unit = self._cell(band, own, "comparator"), self._cell(band, own, "unit")
        if comparator is not None and comparator.text in self.words.comparators:
            parts.insert(0, comparator.block)
        if unit is not None and NUMBER.search(value.text) and not value.text.endswith(unit.text):
            parts.append(unit.block)
        return Block([piece for part in parts for piece in part.pieces], "".join(part.folded for part in parts))

    def _flat_head(self, band: Band) -> None:
        """In a list of many projects the cells of a row name its project, its money and its goals."""
        state = self.state
        cells = {c.role: band.at(c.middle) for c in state.columns}
        name = cells.get("name")
        if name is None or not name.text or not band.new(name):
            return
        self.write()
        state.project, state.head = None, {}
        state.levels.clear()
        for role in ("name", "implementing_unit", "attribute"):
            spot = cells.get(role)
            if spot is not None and spot.block.pieces:
                state.head[role] = spot.block.pieces
        for column in state.columns:
            spot = band.at(column.middle)
            if column.role.startswith("money:") and spot is not None and NUMBER.fullmatch(spot.text):
                self._flat_amount(column.role.partition(":")[2], spot)
        goal = cells.get("goal")
        if goal is not None and goal.block.pieces:
            self.add_goal(goal.block, "annual")

    def _flat_amount(self, source: str, value: Spot) -> None:
        unit, words = self.state.unit, self.words
        tokens = [t for a, b in value.block.pieces for t in self.context.ledger.free(a, b)]
        if not tokens or tokens[0].value is None:
            return
        if unit not in words.worth:
            self.context.problems.append(f"{self.region.title}: its money has no unit")
            return
        project = self.project()
        key = ".".join(filter(None, (project.name if project else None, "annual", source)))
        kind = "total" if source == "total" else "detail"
        amount = Amount(tokens[0], key, source=None if source == "total" else source, row_kind=kind)
        add_amount(self.context, self.region, amount, (str(unit), words.worth[str(unit)]), project)
