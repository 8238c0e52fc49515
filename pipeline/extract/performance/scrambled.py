"""A department's performance sheet whose levels, names and values stand apart.

A value is placed because the same text stands in a project's table of the document, or because one value, one level
and one name are left over; what cannot be established is null, and the document says so.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from os.path import commonprefix
from typing import Any

from pipeline.extract.context import Context, Region
from pipeline.extract.ledger import Token
from pipeline.extract.performance.blocks import Block, cut, paragraphs_of
from pipeline.extract.performance.sheet import write_placed
from pipeline.extract.performance.words import Words

_GOALS = re.compile(r"(?:(?<=^)|(?<=[；;。]))(\d{1,2})[.、]")
_SENTENCE = re.compile(r"[。；%]|\d")
_UNITS = {"万元": Decimal(10000), "元": Decimal(1)}


def read_scrambled(context: Context, region: Region, known: list[dict[str, Any]], words: Words) -> None:
    """Add money, goals and indicators of the sheet; ``known`` are the indicators of the project tables."""
    heading_end = next(t for t in context.extraction.rows["tables"] if t["table_id"] == region.table_id)["end"]
    blocks = [b for b in paragraphs_of(context, region.first, region.last) if b.start >= heading_end]
    _money(context, region)
    values: list[Block] = []
    names: list[Block] = []
    levels: list[tuple[str, str]] = []
    for block in blocks:
        parts = [p for a, b in block.pieces for p in context.document.text[a:b].split()]
        if _GOALS.match(block.folded):
            _goals(context, region, block, words)
        elif parts and all(part in words.levels or part in words.levels.values() for part in parts):
            if len(parts) == 2:
                levels.append((parts[0], parts[1]))
            elif parts[0] != words.levels.get(parts[0]):
                names.append(block)  # a second level standing alone names a third-level indicator
        elif len(block.folded) >= 8 and (_SENTENCE.search(block.folded)) and not _is_money(context, block):
            values.append(block)
        elif 3 <= len(block.folded) <= 20 and not re.search(
            r"指标|合计|资金|支出|单位|情况|目标|总额|绩效|[（）:]", block.folded
        ):
            names.append(block)
    _place(context, region, values, names, levels, known, words)


def _is_money(context: Context, block: Block) -> bool:
    return (
        all(re.fullmatch(r"[\d.,\s]+", context.document.text[a:b]) for a, b in block.pieces) or "单位:" in block.folded
    )


def _place(
    context: Context,
    region: Region,
    values: list[Block],
    names: list[Block],
    levels: list[tuple[str, str]],
    known: list[dict[str, Any]],
    words: Words,
) -> None:
    open_levels, open_names = Counter(levels), list(names)
    row: dict[str, Any]
    placed: list[tuple[Block, dict[str, Any], Block | None]] = []
    left: list[Block] = []
    for value in values:
        same = [k for k in known if k["kind"] == "indicator" and _same(value.folded, k["folded"])]
        settled = {(k["level1"], k["level2"]) for k in same}
        if len(settled) != 1:
            left.append(value)
            continue
        level1, level2 = next(iter(settled))
        fits = [pair for pair in open_levels if open_levels[pair] and pair[0] == level1 and pair[1] in (level2, level1)]
        if fits:
            open_levels[fits[0]] -= 1
        called = [n for n in open_names if any(k["level3"] and _same_name(n.folded, k["level3"]) for k in same)]
        name = called[0] if len(called) == 1 else None
        row = {"level1": level1, "level2": level2, "placement": "same_text"}
        placed.append((value, row, name))
    used = {id(name) for _, _, name in placed if name is not None}
    open_names = [name for name in open_names if id(name) not in used]
    remaining = [pair for pair, count in sorted(open_levels.items()) for _ in range(count)]
    for value in left:
        row = {"level1": None, "level2": None, "placement": "layout"}
        name = None
        if len(left) == 1 and len(remaining) == 1:
            row = {"level1": remaining[0][0], "level2": remaining[0][1], "placement": "elimination"}
            name = open_names[0] if len(open_names) == 1 else None
        else:
            line = context.document.line_at(value.start).number
            context.problems.append(f"{region.title}: the levels of the value in line {line} cannot be established")
        placed.append((value, row, name))
    placed.sort(key=lambda entry: entry[0].start)
    for order, (value, row, name) in enumerate(placed, start=1):
        base = {"kind": "indicator", "ordinal": order, "horizon": "annual"}
        write_placed(context, region, base | row, value, name, words)


def _same(one: str, other: str) -> bool:
    """Whether one text is the other, or a long beginning of it, punctuation at the end aside."""
    one, other = sorted((one.rstrip("。；;."), other.rstrip("。；;.")), key=len)
    return one == other or (len(one) >= 15 and other.startswith(one))


def _same_name(one: str, other: str) -> bool:
    # The same work is called a little differently in the two tables: 国际交流工作, 国际交流和港澳工作.
    shared = len(commonprefix([one, other]))
    return shared >= min(4, len(one), len(other))


def _goals(context: Context, region: Region, block: Block, words: Words) -> None:
    marks = list(_GOALS.finditer(block.folded))
    total = len(block.folded)
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        end = following.start() if following else total
        goal = cut(context, block, mark.start(), total - end)
        row = {"kind": "goal", "ordinal": int(mark.group(1)), "horizon": "annual", "lead": mark.end() - mark.start()}
        write_placed(context, region, row, goal, None, words)


def _money(context: Context, region: Region) -> None:
    """Total, basic and project expenditure with their fiscal appropriations, as far as their sums tell them apart."""
    tokens = [
        t
        for t in context.ledger.free(region.start, region.end)
        if "." in t.printed and t.value is not None and _alone(context, t)
    ]
    if not tokens:
        return
    values = [t.value or Decimal(0) for t in tokens]
    rest = values[1:]
    half = len(rest) // 2
    fits = (len(rest) == 4 and rest[0] == rest[1] and rest[2] == rest[3] and values[0] == rest[0] + rest[2]) or (
        len(rest) == 2 and values[0] == sum(rest)
    )
    units = [u for u, worth in _UNITS.items() if _agrees(context, values[0] * worth)]
    if not fits or len(units) != 1:
        context.problems.append(f"{region.title}: the columns or the unit of its money cannot be established")
        return
    parts = [("基本支出", tokens[1 : 1 + half]), ("项目支出", tokens[1 + half :])]
    _line(context, region, tokens[0], "预算支出总额", "total", None, units[0])
    for item, found in parts:
        for token, source in zip(found, (None, "fiscal_appropriation"), strict=False):
            _line(context, region, token, item, "detail", source, units[0])


def _alone(context: Context, token: Token) -> bool:
    line = context.document.line_at(token.start)
    return bool(re.fullmatch(r"[\d.,\s]+", context.document.text[line.start : line.end]))


def _agrees(context: Context, amount: Decimal) -> bool:
    return any(
        line["amount"] == amount
        for line in context.extraction.rows["budget_lines"]
        if line["table_code"] != "department_performance"
    )


def _line(context: Context, region: Region, token: Token, item: str, kind: str, source: str | None, unit: str) -> None:
    table = next(t for t in context.extraction.rows["tables"] if t["table_id"] == region.table_id)
    row_id = context.unique(f"{region.table_id}.{item}")
    line_id = f"{row_id}.{source or 'total'}"
    table["row_count"] += 1
    table["amount_count"] += 1
    value = token.value or Decimal(0)
    at = context.document.text.find(item, region.start, region.end)
    piece = [(at, at + len(item))] if at >= 0 else []
    context.add(
        "budget_lines",
        {
            "line_id": line_id,
            "row_id": row_id,
            "table_id": region.table_id,
            "table_no": table["table_no"],
            "table_code": region.table_code,
            "row_no": table["row_count"],
            "row_kind": kind,
            "direction": "expenditure",
            "item": context.assemble("budget_lines", line_id, "item", piece),
            "item_path": item if piece else None,
            "measure": "total",
            "revenue_source": source,
            "fiscal_year": context.disclosure_year,
            "comparison": False,
            "phase": "approved",
            "amount": value * _UNITS[unit],
            "printed": token.printed,
            "printed_unit": unit,
            "unit_basis": "cross_table",
            "precision": Decimal(1).scaleb(int(value.as_tuple().exponent)) * _UNITS[unit],
            "placement": "identity",
            **context.place(token.start, token.end),
        },
    )
    context.ledger.claim(token, "data", "amount", "budget_lines", line_id)
