"""A project's performance table in flowing text: head, money, goals and indicators for one or two horizons."""

from __future__ import annotations

import re

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.patterns import fold, simplified
from pipeline.extract.performance.blocks import Block, cells_of, cut
from pipeline.extract.performance.records import Amount, Entry, Known, Project, add_amount, add_entry, add_project
from pipeline.extract.performance.words import Words

_GOAL = re.compile(r"^目标\s*(\d+)[:：]")
_INDICATOR = re.compile(r"^指标\s*(\d+)[:：]")
_PERIOD = re.compile(r"(?:中|长)期目标[（(]\s*(20\d\d)\s*年?\s*[—\-－–~至]+\s*(20\d\d)\s*年?\s*[）)]")
_NUMBER = r"(?P<number>\d[\d,]{0,40}(?:\.\d+)?)"
_HEADER = ("一级", "二级", "三级", "指标", "指标值")
_UNIT = re.compile(r"项目资金\s*[（(]\s*(?:单位[:：])?\s*([百千万亿]*元)\s*[）)]")
#: How far into a table its head may reach.
_HEAD = 1500


def read_sheet(context: Context, region: Region, words: Words) -> list[Known]:
    """Add the projects of a region with their money, goals and indicators.

    Returns its goals and indicators.
    """
    made: list[Known] = []
    for part in _parts(context, region):
        text = context.document.text[part.start : part.end]
        period = _PERIOD.search(text)
        years = (int(period.group(1)), int(period.group(2))) if period else None
        project = add_project(context, _head(context, part, words), years)
        _money(context, part, words, project)
        made += _objectives(context, part, words, project, "中期目标" in text or period is not None)
    return made


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
    bounds = [region.first, *starts[1:], region.last]
    parts = []
    for first, last in zip(bounds, bounds[1:], strict=False):
        start, end = document.lines[first].start, document.lines[last - 1].end
        parts.append(Region(region.table_id, region.table_code, region.title, first, last, start, end, region.unit))
    return parts


def _head(context: Context, region: Region, words: Words) -> dict[str, list[Piece]]:
    """Where the values of the head stand: each between its label and the next one."""
    text = context.document.text[region.start : region.end]
    pattern = re.compile("|".join(r"\s*".join(label) for label in sorted(words.labels, key=len, reverse=True)))
    stop = text.find("资金总额")
    found = list(pattern.finditer(text[: stop if stop > 0 else _HEAD]))
    values: dict[str, list[Piece]] = {}
    for match, following in zip(found, [*found[1:], None], strict=False):
        kind = words.labels[fold(match.group())]
        end = following.start() if following else match.end()
        if kind not in ("contact", "end") and kind not in values:
            values[kind] = [(region.start + match.end(), region.start + end)]
    return values


def _money(context: Context, region: Region, words: Words, project: Project) -> None:
    text = simplified(context.document.text[region.start : region.end])
    unit = match.group(1) if (match := _UNIT.search(text)) else region.unit
    if unit not in words.worth:
        context.problems.append(f"{region.title}: its money has no unit")
        return
    kinds = "|".join(sorted(map(re.escape, words.money), key=len, reverse=True))
    pattern = re.compile(rf"(?P<horizon>中期|实施期|年度)?(?P<label>{kinds})\s*[:：]?\s*{_NUMBER}")
    stop = text.find("目标", text.find("资金总额"))
    seen: dict[str, int] = {}
    for match in pattern.finditer(text, 0, stop if stop > 0 else len(text)):
        label, order = match.group("label"), seen.get(match.group("label"), 0)
        seen[label] = order + 1
        # 中期 stands left of 年度: of two equal labels the first is the medium term's.
        horizon = match.group("horizon") or ("中期" if order == 0 and project.first else "年度")
        start, end = region.start + match.start("number"), region.start + match.end("number")
        token = next(iter(context.ledger.free(start, end)), None)
        if token is None or token.value is None:
            continue
        medium, source = horizon != "年度", words.money[label]
        at = region.start + match.start("label")
        key = ".".join(
            filter(None, (project.name and fold(project.name), "medium_term" if medium else "annual", label))
        )
        amount = Amount(
            token,
            key,
            source=None if source == "total" else source,
            row_kind="total" if source == "total" else "detail",
            item=[(at, at + len(label))],
            item_path=label,
            medium_term=medium,
        )
        add_amount(context, region, amount, (unit, words.worth[unit]), project)


def _objectives(context: Context, region: Region, words: Words, project: Project, two: bool) -> list[Known]:
    cells = _whole_levels(cells_of(context, region.first, region.last), words)
    goals_seen: dict[str, int] = {}
    seen: dict[tuple[str | None, str], int] = {}
    made: list[Known] = []
    level1: list[Piece] = []
    level2: str | None = None
    current: Entry | None = None
    started = False
    down: list[Block] = []

    def finish() -> None:
        nonlocal current
        if current is not None:
            row = add_entry(context, region, current, words, project)
            made.append(Known(row, current.block.folded))
            current = None

    for cell in cells:
        if "指标值" in cell.folded:
            finish()
            started = True
            continue
        if match := _GOAL.match(cell.folded):
            finish()
            nth = goals_seen[match.group(1)] = goals_seen.get(match.group(1), 0) + 1
            body = cut(context, cell, match.end())
            lead = [(cell.start, body.start)]
            current = Entry("goal", _horizon(two, nth), body, ordinal=int(match.group(1)), ordinals=lead)
            continue
        if len(cell.folded) == 1:
            down.append(cell)  # 产 出 指 标: a label written downwards, a character a line
            continue
        label = _downwards(down, words) if started else []
        level1, down = label or level1, []
        if not started:
            if current is not None and cell.folded not in _HEADER and not cell.folded.endswith("指标"):
                current.block.pieces.extend(cell.pieces)
            continue
        if cell.folded in words.levels:
            finish()
            level2 = cell.folded
        elif match := _INDICATOR.match(cell.folded):
            finish()
            name = cut(context, cell, match.end())
            nth = seen[level2, match.group(1)] = seen.get((level2, match.group(1)), 0) + 1
            current = Entry(
                "indicator",
                _horizon(two, nth),
                Block([], ""),
                name,
                int(match.group(1)),
                words.levels.get(level2 or ""),
                level2,
                {"level1": level1} if level1 else {},
                ordinals=[(cell.start, name.start if name.pieces else cell.end)],
            )
        elif current is not None:
            current.block = Block([*current.block.pieces, *cell.pieces], current.block.folded + cell.folded)
    finish()
    return made


def _downwards(cells: list[Block], words: Words) -> list[Piece]:
    """The pieces of a first level written downwards; none where ``cells`` spell no such name."""
    spelt = "".join(cell.folded for cell in cells)
    return [piece for cell in cells for piece in cell.pieces] if spelt in words.firsts else []


def _whole_levels(cells: list[Block], words: Words) -> list[Block]:
    """The cells, with the name of a level that was broken over several (服务对象 | 满意度指标) in one."""
    whole: list[Block] = []
    at = 0
    while at < len(cells):
        for stop in (at + 3, at + 2) if cells[at].folded in words.level_parts else ():
            part = cells[at:stop]
            text = "".join(cell.folded for cell in part)
            if len(part) == stop - at and text in words.levels:
                whole.append(Block([piece for cell in part for piece in cell.pieces], text))
                at = stop
                break
        else:
            whole.append(cells[at])
            at += 1
    return whole


def _horizon(two: bool, nth: int) -> str:
    return "medium_term" if two and nth == 1 else "annual"
