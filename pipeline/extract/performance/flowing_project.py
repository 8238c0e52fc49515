"""A project's performance table in flowing text: head, money, goals and indicators for one or two horizons."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.patterns import fold, simplified
from pipeline.extract.performance.cells import Block, joined, shortened, wrapped_cells
from pipeline.extract.performance.records import Amount, Entry, Known, Project, Writer, sense_of
from pipeline.extract.performance.words import Words

_GOAL = re.compile(r"^目标\s*(\d+)[:：]")
_INDICATOR = re.compile(r"^指标\s*(\d+)[:：]")
_PERIOD = re.compile(r"(?:中|长)期目标[（(]\s*(20\d\d)\s*年?\s*[—\-－–~至]+\s*(20\d\d)\s*年?\s*[）)]")
_NUMBER = r"(?P<number>\d[\d,]{0,40}(?:\.\d+)?)"
_HEADER = ("一级", "二级", "三级", "指标", "指标值")
_UNIT = re.compile(r"项目资金\s*[（(]\s*(?:单位[:：])?\s*([百千万亿]*元)\s*[）)]")
#: How far into a table its head may reach.
_HEAD = 1500


def read_flowing_projects(context: Context, region: Region, words: Words) -> list[Known]:
    """Add the projects of a region with their money, goals and indicators; return its goals and indicators."""
    known: list[Known] = []
    for part in _parts(context, region):
        writer = Writer(context, part, words)
        text = context.document.text[part.start : part.end]
        period = _PERIOD.search(text)
        years = (int(period.group(1)), int(period.group(2))) if period else None
        if not (head := _head(writer)):
            writer.report("it names no project")
            continue
        project = writer.add_project(head, years)
        _add_money(writer, project)
        objectives = _Objectives(writer, project, period is not None or "中期目标" in text)
        known += objectives.read(wrapped_cells(context, part.first, part.last))
    return known


def _parts(context: Context, region: Region) -> list[Region]:
    """The region cut before each 项目名称: a table may hold several projects, one after the other."""
    document = context.document
    text = document.text
    starts = [
        number - 1
        for number, start, end, _ in document.lines[region.first : region.last]
        if fold(text[start:end]).startswith("项目名称")
    ]
    if len(starts) < 2:
        return [region]
    return [
        replace(region, first=first, last=last, start=document.lines[first].start, end=document.lines[last - 1].end)
        for first, last in pairwise([region.first, *starts[1:], region.last])
    ]


def _head(writer: Writer) -> dict[str, list[Piece]]:
    """Where the values of the head stand: each between its label and the next one."""
    region, labels = writer.region, writer.words.labels
    text = simplified(writer.context.document.text[region.start : region.end])
    # A label begins a word: 业务项目 above 主管部门 is no 项目主管部门.
    pattern = re.compile(
        r"(?<!\S)(?:" + "|".join(r"\s*".join(label) for label in sorted(labels, key=len, reverse=True)) + ")"
    )
    stop = text.find("资金总额")
    found = list(pattern.finditer(text[: stop if stop > 0 else _HEAD]))
    values: dict[str, list[Piece]] = {}
    for match, following in pairwise([*found, None]):
        assert match is not None
        kind = labels[fold(match.group())]
        end = following.start() if following else match.end()
        if kind not in ("contact", "end") and kind not in values:
            values[kind] = [(region.start + match.end(), region.start + end)]
    return values


def _add_money(writer: Writer, project: Project) -> None:
    context, region, words = writer.context, writer.region, writer.words
    text = simplified(context.document.text[region.start : region.end])
    unit = match.group(1) if (match := _UNIT.search(text)) else region.unit
    if unit not in words.worth:
        writer.report("its money has no unit")
        return
    kinds = "|".join(sorted(map(re.escape, words.money), key=len, reverse=True))
    pattern = re.compile(rf"(?P<horizon>中期|实施期|年度)?(?P<label>{kinds})\s*[:：]?\s*{_NUMBER}")
    stop = text.find("目标", text.find("资金总额"))
    seen: Counter[str] = Counter()
    for match in pattern.finditer(text, 0, stop if stop > 0 else len(text)):
        label = match.group("label")
        # 中期 stands left of 年度: of two equal labels the first is the medium term's.
        horizon = match.group("horizon") or ("中期" if not seen[label] and project.first else "年度")
        seen[label] += 1
        start, end = region.start + match.start("number"), region.start + match.end("number")
        token = next(iter(context.ledger.free(start, end)), None)
        if token is None or token.value is None:
            continue
        medium, sense = horizon != "年度", sense_of(words.money[label])
        at = region.start + match.start("label")
        amount = Amount(
            token=token,
            unit=unit,
            worth=words.worth[unit],
            key=".".join(("medium_term" if medium else "annual", label)),
            column=sense.measure,
            measure=sense.measure,
            source=sense.source,
            row_kind=sense.row_kind,
            item=[(at, at + len(label))],
            item_path=label,
            medium_term=medium,
        )
        writer.add_amount(amount, project)


@dataclass(slots=True)
class _Objectives:
    """Reads goals and indicators, a cell after the other. ``two`` is true for a table with two horizons."""

    writer: Writer
    project: Project
    two: bool
    known: list[Known] = field(default_factory=list)
    seen: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    #: where the first level is printed that holds now, and the name of the second
    level1: list[Piece] = field(default_factory=list)
    level2: str | None = None
    #: what goes on with the cells that follow
    current: Entry | None = None
    #: whether the header of the indicators was passed
    in_indicators: bool = False
    #: 产 出 指 标: the cells of a label written downwards, a character a line
    down: list[Block] = field(default_factory=list)

    def read(self, cells: list[Block]) -> list[Known]:
        for cell in _whole_levels(cells, self.writer.words):
            if "指标值" in cell.folded:
                self._finish()
                self.in_indicators = True
            elif match := _GOAL.match(cell.folded):
                self._begin_goal(cell, match)
            elif len(cell.folded) == 1:
                self.down.append(cell)
            elif self.in_indicators:
                self._read_indicator(cell)
            else:
                self.down = []
                if self.current is not None and cell.folded not in _HEADER and not cell.folded.endswith("指标"):
                    self.current.block.pieces.extend(cell.pieces)
        self._finish()
        return self.known

    def _read_indicator(self, cell: Block) -> None:
        """Read a cell below the header of the indicators."""
        label = joined(self.down)
        if label.folded in self.writer.words.firsts:
            self.level1 = label.pieces
        self.down = []
        if cell.folded in self.writer.words.levels:
            self._finish()
            self.level2 = cell.folded
        elif match := _INDICATOR.match(cell.folded):
            self._begin_indicator(cell, match)
        elif self.current is not None:
            self.current.block = joined([self.current.block, cell])

    def _begin_goal(self, cell: Block, match: re.Match[str]) -> None:
        self._finish()
        body = shortened(self.writer.context, cell, match.end())
        self.current = Entry(
            kind="goal",
            horizon=self._horizon("goal", match.group(1)),
            block=body,
            ordinal=int(match.group(1)),
            ordinals=[(cell.start, body.start if body.pieces else cell.end)],
        )

    def _begin_indicator(self, cell: Block, match: re.Match[str]) -> None:
        self._finish()
        name = shortened(self.writer.context, cell, match.end())
        self.current = Entry(
            kind="indicator",
            horizon=self._horizon(self.level2, match.group(1)),
            block=Block([], ""),
            label=name,
            ordinal=int(match.group(1)),
            level1=self.writer.words.levels.get(self.level2 or ""),
            level2=self.level2,
            level_pieces={"level1": self.level1} if self.level1 else {},
            ordinals=[(cell.start, name.start if name.pieces else cell.end)],
        )

    def _horizon(self, kind: str | None, ordinal: str) -> str:
        """The horizon of one more ``ordinal`` of a kind: the medium term's stands left of the year's."""
        self.seen[kind, ordinal] += 1
        return "medium_term" if self.two and self.seen[kind, ordinal] == 1 else "annual"

    def _finish(self) -> None:
        """Write the goal or indicator that ends here; one of an ordinal alone says nothing, and its number has no owner."""
        current, self.current = self.current, None
        if current is not None and (current.block.pieces or (current.label and current.label.pieces)):
            row = self.writer.add_entry(current, self.project)
            self.known.append(Known(row, current.block.folded))


def _whole_levels(cells: list[Block], words: Words) -> list[Block]:
    """The cells, with the name of a level that was broken over several (服务对象 | 满意度指标) in one."""
    whole: list[Block] = []
    at = 0
    while at < len(cells):
        for count in (3, 2) if cells[at].folded in words.level_parts else ():
            name = joined(cells[at : at + count])
            if at + count <= len(cells) and name.folded in words.levels:
                whole.append(name)
                at += count
                break
        else:
            whole.append(cells[at])
            at += 1
    return whole
