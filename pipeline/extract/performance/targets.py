"""Quantities inside an indicator: what clear rules understand becomes a target, the rest stays text."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.extract.context import Context
from pipeline.extract.ledger import Token
from pipeline.extract.patterns import fold
from pipeline.extract.performance.blocks import Block
from pipeline.extract.performance.words import Words

_MONEY = re.compile(r"(万|亿)?元(?:/([\u4e00-\u9fff]{1,3}?)(?=[，。；、,;)）]|$|制|举|外))?")
_WORTH = {None: Decimal(1), "万": Decimal(10000), "亿": Decimal(100000000)}
_DUE = re.compile(r"(20\d\d)年(?:(\d{1,2})月(?:底|份)?|年?底|上半年|下半年)?(?:之?前|底前)?")
_CLAUSE = "，。；,;"
_STOP = "。；;"


def read_targets(context: Context, indicator_id: str, block: Block, words: Words) -> None:
    """Add the targets of an indicator and claim all of its numbers; ``block`` is the indicator's text."""
    text = context.document.text
    chars = [(i, c) for a, b in block.pieces for i in range(a, b) if (c := fold(text[i]))]
    joined = "".join(c[0] for _, c in chars)
    index = {offset: position for position, (offset, _) in enumerate(chars)}
    for start, end in block.pieces:
        for token in context.ledger.free(start, end):
            first = index.get(token.start)
            if first is None:
                continue
            last = first + len(fold(token.printed))
            _one(context, indicator_id, token, joined, first, last, words)


def _one(context: Context, indicator_id: str, token: Token, joined: str, first: int, last: int, words: Words) -> None:
    ledger, after = context.ledger, joined[last : last + 8]
    if re.match(r"年|月(?!\w*/)", after) and "." not in token.printed and not after.startswith("年期"):
        ledger.claim(token, "structure", "date", "indicators", indicator_id)
        return
    if joined[max(0, first - 2) : first].endswith(("目标", "指标")) or (first == 0 and after.startswith((".", "、"))):
        ledger.claim(token, "structure", "ordinal", "indicators", indicator_id)
        return
    unit, value, suffix = _unit(token, after, words)
    if unit is None or value is None:
        ledger.claim(token, "narrative", "unknown", "indicators", indicator_id)
        return
    clause_from = max(joined.rfind(mark, 0, first) for mark in _CLAUSE) + 1
    clause = joined[clause_from:first]
    comparator, subject = "eq", clause
    found = [(clause.rfind(word), word) for word in words.comparators if word in clause]
    if found:
        at, word = max(found, key=lambda pair: (pair[0] + len(pair[1]), len(pair[1])))
        comparator, subject = words.comparators[word], clause[:at]
    elif joined[last + suffix :].startswith(("以上", "及以上")):
        comparator = "ge"
    elif joined[last + suffix :].startswith(("以下", "以内", "及以下")):
        comparator = "le"
    # Of several quantities in a clause each has the words since the one before it.
    subject = re.split(r"\d[\d.]*(?:%|[^\d、和及%]{1,2})[、和及]", subject)[-1]
    subject = re.sub(r"[\d.]+[^\d]{0,3}$", "", subject).strip("、：:")
    sentence_from = max(joined.rfind(mark, 0, first) for mark in _STOP) + 1
    target_id = context.unique(f"{indicator_id}.target.{fold(token.printed)}{unit}")
    context.add(
        "targets",
        {
            "target_id": target_id,
            "indicator_id": indicator_id,
            "subject": subject or None,
            "comparator": comparator,
            "value": value,
            "unit": unit,
            **_due(joined[sentence_from:first]),
            "basis": "printed",
            "printed": token.printed,
            **context.place(token.start, token.end),
        },
    )
    role = "percent" if unit == "percent" else "amount" if unit.startswith("CNY") else "count"
    ledger.claim(token, "data", role, "targets", target_id)


def _unit(token: Token, after: str, words: Words) -> tuple[str | None, Decimal | None, int]:
    if token.value is None:
        return None, None, 0
    if after.startswith("%"):
        return "percent", token.value, 1
    if match := _MONEY.match(after):
        thing = match.group(2)
        return f"CNY/{thing}" if thing else "CNY", token.value * _WORTH[match.group(1)], match.end()
    for word in words.counted:
        if after.startswith(word):
            return word, token.value, len(word)
    return None, None, 0


def _due(before: str) -> dict[str, str | None]:
    found = list(_DUE.finditer(before))
    if not found or "前" not in before[found[-1].start() :]:
        return {}
    year, month = found[-1].group(1), found[-1].group(2)
    return {"due_end": f"{year}-{int(month):02d}" if month else year}
