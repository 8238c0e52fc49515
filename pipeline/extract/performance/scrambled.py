"""A department's performance sheet whose levels, names and values stand apart.

A value is placed because the same text stands in a project's table of the document, or because one value, one level
and one name are left over; what cannot be established is null, and the document says so.
"""

from __future__ import annotations

import re
from collections import Counter
from os.path import commonprefix

from pipeline.extract.context import Context, Region
from pipeline.extract.performance.blocks import Block, cut, paragraphs_of
from pipeline.extract.performance.department_money import read_department_money
from pipeline.extract.performance.records import Entry, Known, add_entry, table_of
from pipeline.extract.performance.words import Words

_GOALS = re.compile(r"(?:(?<=^)|(?<=[；;。]))(\d{1,2})[.、](?!\d)")
_SENTENCE = re.compile(r"[。；%]|\d")


def read_scrambled(context: Context, region: Region, known: list[Known], words: Words) -> None:
    """Add money, goals and indicators of the sheet; ``known`` are the indicators of the project tables."""
    heading_end = table_of(context, region).end
    blocks = [b for b in paragraphs_of(context, region.first, region.last) if b.start >= heading_end]
    read_department_money(context, region, words)
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
    known: list[Known],
    words: Words,
) -> None:
    open_levels, open_names = Counter(levels), list(names)
    placed: list[Entry] = []
    left: list[Block] = []
    indicators = [(_bare(k.folded), k.row) for k in known if k.row.kind == "indicator"]
    for value in values:
        bare = _bare(value.folded)
        same = [k for text, k in indicators if _same(bare, text)]
        settled = {(words.levels.get(k.level2 or "", k.level1), k.level1, k.level2) for k in same}
        if len(settled) != 1:
            left.append(value)
            continue
        usual, level1, level2 = next(iter(settled))
        # Two tables may call a first level differently (效果指标, 效益指标); what this one prints is its name.
        fits = [
            pair
            for pair in open_levels
            if open_levels[pair] and pair[0] in (usual, level1) and pair[1] in (level2, usual, level1)
        ]
        if fits:
            open_levels[fits[0]] -= 1
            level1, level2 = fits[0]
        called = [n for n in open_names if any(k.level3 and _same_name(n.folded, k.level3) for k in same)]
        name = called[0] if len(called) == 1 else None
        placed.append(_entry(value, name, (level1, level2), "same_text"))
    used = {id(entry.label) for entry in placed if entry.label is not None}
    open_names = [name for name in open_names if id(name) not in used]
    remaining = [pair for pair, count in sorted(open_levels.items()) for _ in range(count)]
    for value in left:
        if len(left) == 1 and len(remaining) == 1:
            name = open_names[0] if len(open_names) == 1 else None
            placed.append(_entry(value, name, remaining[0], "elimination"))
        else:
            line = context.document.line_at(value.start).number
            context.problems.append(f"{region.title}: the levels of the value in line {line} cannot be established")
            placed.append(_entry(value, None, (None, None), "layout"))
    placed.sort(key=lambda entry: entry.block.start)
    for entry in placed:
        add_entry(context, region, entry, words, None)


def _entry(value: Block, name: Block | None, levels: tuple[str | None, str | None], placement: str) -> Entry:
    return Entry("indicator", "annual", value, name, level1=levels[0], level2=levels[1], placement=placement)


def _bare(text: str) -> str:
    return text.rstrip("。；;.")


def _same(one: str, other: str) -> bool:
    """Whether one text is the other, or a long beginning of it."""
    return one == other or (min(len(one), len(other)) >= 15 and (other.startswith(one) or one.startswith(other)))


def _same_name(one: str, other: str) -> bool:
    # The same work is called a little differently in the two tables: 国际交流工作, 国际交流和港澳工作.
    shared = len(commonprefix([one, other]))
    return shared >= min(4, len(one), len(other))


def _goals(context: Context, region: Region, block: Block, words: Words) -> None:
    marks = list(_GOALS.finditer(block.folded))
    total = len(block.folded)
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        end = following.start() if following else total
        body = cut(context, block, mark.end(), total - end)
        lead = cut(context, block, mark.start(), total - mark.end())
        entry = Entry("goal", "annual", body, ordinal=int(mark.group(1)), ordinals=lead.pieces)
        add_entry(context, region, entry, words, None)
