"""A project's performance table in flowing text: head, money, goals and indicators for one or two horizons."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from pipeline.extract.context import Context, Piece, Region
from pipeline.extract.patterns import fold
from pipeline.extract.performance.blocks import Block, cells_of, cut
from pipeline.extract.performance.targets import read_targets
from pipeline.extract.performance.words import Words

_GOAL = re.compile(r"^目标\s*(\d+)[:：]")
_INDICATOR = re.compile(r"^指标\s*(\d+)[:：]")
_PERIOD = re.compile(r"中期目标[（(]\s*(20\d\d)\s*年?\s*[—\-－–~至]+\s*(20\d\d)\s*年?\s*[）)]")
_NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?)"
_HEADER = ("一级", "二级", "三级", "指标", "指标值")
_UNITS = {"元": Decimal(1), "万元": Decimal(10000)}


def read_sheet(context: Context, region: Region, words: Words) -> list[dict[str, Any]]:
    """Add the project of a region, its money, goals and indicators; returns the indicators with their folded texts."""
    text = context.document.text[region.start : region.end]
    period = _PERIOD.search(text)
    project_id = _head(context, region, words, period)
    _money(context, region, words, period, project_id)
    return _objectives(context, region, words, period, project_id)


def _span(region: Region, match: re.Match[str], group: int | str = 0) -> Piece:
    return region.start + match.start(group), region.start + match.end(group)


def _head(context: Context, region: Region, words: Words, period: re.Match[str] | None) -> str:
    text = context.document.text[region.start : region.end]
    pattern = re.compile("|".join(r"\s*".join(label) for label in sorted(words.labels, key=len, reverse=True)))
    stop = text.find("资金总额")
    found = [m for m in pattern.finditer(text[: stop if stop > 0 else 1500])]
    values: dict[str, Piece] = {}
    for match, following in zip(found, [*found[1:], None], strict=False):
        kind = words.labels[fold(match.group())]
        end = following.start() if following else match.end()
        if kind not in ("contact", "end") and kind not in values:
            values[kind] = (region.start + match.end(), region.start + end)
    name = context.document.text[slice(*values["name"])].strip() if "name" in values else ""
    project_id = context.unique(f"{context.document.disclosure_id}.project.{fold(name) or 'unnamed'}")
    row: dict[str, Any] = {"project_id": project_id}
    code = None
    if "department" in values:
        start, end = values["department"]
        for token in context.ledger.free(start, end):
            code = token.printed
            context.ledger.claim(token, "structure", "identifier", "projects", project_id)
            end = min(end, token.start)
        values["department"] = (start, end)
    for kind, piece in values.items():
        row[kind] = context.assemble("projects", project_id, kind, [piece])
    place = values.get("name", (region.start, region.start + 1))
    start = (
        place[0] + len(context.document.text[place[0] : place[1]]) - len(context.document.text[slice(*place)].lstrip())
    )
    row |= {
        "department_code": code,
        "period_start": int(period.group(1)) if period else None,
        "period_end": int(period.group(2)) if period else None,
        **context.place(start, place[1]),
    }
    context.add("projects", row)
    return project_id


def _money(context: Context, region: Region, words: Words, period: re.Match[str] | None, project_id: str) -> None:
    text = context.document.text[region.start : region.end]
    unit_match = re.search(r"项目资金\s*[（(]\s*(万?元)\s*[）)]", text)
    unit = unit_match.group(1) if unit_match else region.unit
    if unit not in _UNITS:
        context.problems.append(f"{region.title}: its money has no unit")
        return
    kinds = "|".join(re.escape(word) for word in words.money)
    pattern = re.compile(rf"(?P<horizon>中期|实施期|年度)?(?P<label>{kinds})\s*[:：]?\s*{_NUMBER}")
    stop = text.find("目标", text.find("资金总额"))
    seen: dict[str, int] = {}
    for match in pattern.finditer(text, 0, stop if stop > 0 else len(text)):
        label, order = match.group("label"), seen.get(match.group("label"), 0)
        seen[label] = order + 1
        # 中期 stands left of 年度: of two equal labels the first is the medium term's.
        horizon = match.group("horizon") or ("中期" if order == 0 and period else "年度")
        start, end = _span(region, match, "number")
        token = next(iter(context.ledger.free(start, end)), None)
        if token is None or token.value is None:
            continue
        annual = horizon == "年度"
        source = words.money[label]
        year = context.disclosure_year if annual else None
        row_id = context.unique(f"{region.table_id}.{'annual' if annual else 'medium_term'}.{label}")
        line_id = f"{row_id}.total"
        item = [_span(region, match, "label")]
        yuan = _UNITS[unit]
        exponent = int(token.value.as_tuple().exponent)
        table = next(t for t in context.extraction.rows["tables"] if t["table_id"] == region.table_id)
        table["row_count"] += 1
        table["amount_count"] += 1
        context.add(
            "budget_lines",
            {
                "line_id": line_id,
                "row_id": row_id,
                "table_id": region.table_id,
                "table_no": table["table_no"],
                "table_code": region.table_code,
                "row_no": table["row_count"],
                "row_kind": "total" if source == "total" else "detail",
                "item": context.assemble("budget_lines", line_id, "item", item),
                "item_path": label,
                "project": next(
                    p["name"] for p in context.extraction.rows["projects"] if p["project_id"] == project_id
                ),
                "measure": "total",
                "revenue_source": None if source == "total" else source,
                "fiscal_year": year,
                "comparison": False if annual else None,
                "period_start": None if annual or not period else int(period.group(1)),
                "period_end": None if annual or not period else int(period.group(2)),
                "phase": "approved",
                "amount": token.value * yuan,
                "printed": token.printed,
                "printed_unit": unit,
                "unit_basis": "table",
                "precision": Decimal(1).scaleb(exponent) * yuan,
                "placement": "layout",
                **context.place(token.start, token.end),
            },
        )
        context.ledger.claim(token, "data", "amount", "budget_lines", line_id)


def _objectives(
    context: Context, region: Region, words: Words, period: re.Match[str] | None, project_id: str
) -> list[dict[str, Any]]:
    two = period is not None or "中期目标" in context.document.text[region.start : region.end]
    cells = _whole_levels(cells_of(context, region.first, region.last), words)
    goals_seen: dict[str, int] = {}
    seen: dict[tuple[str | None, str], int] = {}
    made: list[dict[str, Any]] = []
    level2: str | None = None
    label: tuple[str, Block] | None = None
    current: tuple[dict[str, Any], Block] | None = None
    started = False

    def finish() -> None:
        nonlocal current
        if current is not None:
            _write(context, region, project_id, current[0], current[1], words, period)
            made.append(current[0] | {"folded": current[1].folded})
            current = None

    for cell in cells:
        if "指标值" in cell.folded:
            finish()
            started = True
            continue
        if match := _GOAL.match(cell.folded):
            finish()
            ordinal = match.group(1)
            nth = goals_seen[ordinal] = goals_seen.get(ordinal, 0) + 1
            row = {"kind": "goal", "ordinal": int(ordinal), "horizon": _horizon(two, nth)}
            current = (row, cell)
            row["lead"] = match.end()
            continue
        if len(cell.folded) == 1:
            continue  # 总 体 目 标: labels written downwards, a character a line
        if not started:
            if current is not None and cell.folded not in _HEADER and not cell.folded.endswith("指标"):
                current[1].pieces.extend(cell.pieces)
            continue
        if cell.folded in words.levels:
            finish()
            level2, label = cell.folded, None
        elif match := _INDICATOR.match(cell.folded):
            finish()
            label = (match.group(1), cut(context, cell, match.end()))
            nth = seen[level2, match.group(1)] = seen.get((level2, match.group(1)), 0) + 1
            row = {
                "kind": "indicator",
                "ordinal": int(match.group(1)),
                "horizon": _horizon(two, nth),
                "level1": words.levels.get(level2 or ""),
                "level2": level2,
                "label": label[1],
                "label_cell": cell,
            }
            current = (row, Block([], ""))
        elif current is not None:
            current[1].pieces.extend(cell.pieces)
            current = (current[0], Block(current[1].pieces, current[1].folded + cell.folded))
    finish()
    return made


def _whole_levels(cells: list[Block], words: Words) -> list[Block]:
    """The cells, with the name of a level that was broken over several (服务对象 | 满意度指标) in one."""
    whole: list[Block] = []
    at = 0
    while at < len(cells):
        for stop in (at + 3, at + 2):
            part = cells[at:stop]
            text = "".join(cell.folded for cell in part)
            if len(part) == stop - at and text in words.levels and len(part[0].folded) > 1:
                whole.append(Block([piece for cell in part for piece in cell.pieces], text))
                at = stop
                break
        else:
            whole.append(cells[at])
            at += 1
    return whole


def _horizon(two: bool, nth: int) -> str:
    return "medium_term" if two and nth == 1 else "annual"


def _write(
    context: Context,
    region: Region,
    project_id: str | None,
    row: dict[str, Any],
    block: Block,
    words: Words,
    period: re.Match[str] | None,
) -> None:
    """Add one goal or indicator, its spans and targets, and claim its numbers."""
    kind, horizon = row["kind"], row["horizon"]
    lead = row.pop("lead", 0)
    label: Block | None = row.pop("label", None)
    label_cell: Block | None = row.pop("label_cell", None)
    body = cut(context, block, lead) if lead else block
    if not body.pieces and label is not None:
        body = label
    key = f"{kind}.{horizon}.{row.get('level2') or ''}.{row['ordinal']}"
    indicator_id = context.unique(f"{region.table_id}.{key}")
    head = label_cell or block
    for token in context.ledger.free(head.start, head.start + 12)[:1]:
        if (label_cell or lead) and token.end <= (body.start if lead else head.end):
            context.ledger.claim(token, "structure", "ordinal", "indicators", indicator_id)
    level3 = context.assemble("indicators", indicator_id, "level3", label.pieces) if label and label.pieces else None
    table = next(t for t in context.extraction.rows["tables"] if t["table_id"] == region.table_id)
    annual = horizon == "annual"
    context.add(
        "indicators",
        {
            "indicator_id": indicator_id,
            "table_id": region.table_id,
            "project_id": project_id,
            "table_no": table["table_no"],
            "table_code": region.table_code,
            "ordinal": row["ordinal"],
            "kind": kind,
            "level1": row.get("level1"),
            "level2": row.get("level2"),
            "level3": level3,
            "horizon": horizon,
            "period_start": context.disclosure_year if annual else int(period.group(1)) if period else None,
            "period_end": context.disclosure_year if annual else int(period.group(2)) if period else None,
            "text": context.assemble("indicators", indicator_id, "text", body.pieces),
            "placement": row.get("placement", "layout"),
            **context.place(body.start, body.end),
        },
    )
    row["level3"] = level3
    row["indicator_id"] = indicator_id
    read_targets(context, indicator_id, body, words)
    if label is not None:
        for start, end in label.pieces:
            context.ledger.claim_free(start, end, "narrative", "unknown", "indicators", indicator_id)


def write_placed(
    context: Context, region: Region, row: dict[str, Any], block: Block, label: Block | None, words: Words
) -> None:
    """A goal or indicator whose place among the levels another reader established."""
    row = dict(row)
    if label is not None:
        row["label"] = label
        row["label_cell"] = None
    _write(context, region, None, row, block, words, None)
