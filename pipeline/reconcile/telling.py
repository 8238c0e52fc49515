"""Checks in words: what each is about, and what is wrong. Few checks fail, so only those are spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.labels import Wanted, subjects
from pipeline.reconcile.messages import messages, shows_sum
from pipeline.reconcile.rules import Rule
from pipeline.tidy.queries import IN_MEMORY

_SHOWN = {"_order": pl.UInt32, "subject": pl.String, "message_zh": pl.String, "message_en": pl.String}
_SAID = ("unit", "left_value", "right_value", "difference", "rounding_only", "note_zh", "note_en")


def told(batch: Batch | None, checks: pl.DataFrame, sides: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """``checks`` with subject and messages. Those of passing checks are the key and the rule's title.

    ``sides`` are the operands of all checks in their order; both count checks by ``_order``.
    """
    shown = [_spelled_out(batch, checks, sides, rules), _rounded(checks, rules)]
    title_zh, title_en = (
        pl.Series([f"{title}{agrees}" for title in titles], dtype=pl.String)[checks["_rank"]]
        for titles, agrees in (
            ([rule.title_zh for rule in rules], "：相符"),
            ([rule.title_en for rule in rules], ": agrees"),
        )
    )
    return (
        checks.lazy()
        .join(pl.concat(shown).lazy(), on="_order", how="left", maintain_order="left")
        .with_columns(
            pl.col("subject").fill_null(pl.col("key")),
            pl.col("message_zh").fill_null(title_zh),
            pl.col("message_en").fill_null(title_en),
        )
        .collect(engine=IN_MEMORY)
    )


def _rounded(checks: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Messages of checks that pass, but not to the digit."""
    rows = checks.filter((pl.col("status") == "pass") & pl.col("rounding_only"))
    off = pl.col("difference").abs().cast(pl.Decimal(38, 2)).cast(pl.String)
    texts = [
        (
            order,
            None,
            f"{rules[rank].title_zh}：相符（差{by}，在四舍五入之内）",
            f"{rules[rank].title_en}: agrees (difference {by}, within rounding)",
        )
        for order, rank, by in rows.select("_order", "_rank", off).iter_rows()
    ]
    return pl.DataFrame(texts, schema=_SHOWN, orient="row")


def _spelled_out(batch: Batch | None, checks: pl.DataFrame, sides: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Subject and messages of every check that does not pass."""
    failing = checks.filter(pl.col("status") != "pass").select("_order", "_rank", "key", *_SAID)
    theirs = (
        sides.lazy()
        .select("_order", "side", "kind", "id", "value", "coefficient")
        .join(failing.lazy().select("_order", "_rank"), on="_order", maintain_order="left")
        .collect(engine=IN_MEMORY)
    )
    shown = {side: [rank for rank, rule in enumerate(rules) if shows_sum(rule, side)] for side in ("left", "right")}
    listed = [(pl.col("side") == side) & pl.col("_rank").is_in(ranks) for side, ranks in shown.items()]
    summed = theirs.filter(pl.any_horizontal(listed) & pl.col("value").is_not_null())
    figures: dict[int, dict[str, list[tuple[Decimal, int]]]] = {}
    for order, side, *figure in summed.select("_order", "side", "value", "coefficient").iter_rows():
        figures.setdefault(order, {}).setdefault(side, []).append(tuple(figure))
    first = theirs.unique("_order", keep="first", maintain_order=True)  # left stands before right
    wanted = [
        Wanted(order, rules[rank], kind, identity)
        for order, rank, kind, identity in first.select("_order", "_rank", "kind", "id").iter_rows()
        if not rules[rank].across
    ]
    said = subjects(batch, wanted) if batch else {}
    texts = []
    for check in failing.iter_rows(named=True):
        order = check["_order"]
        subject = said.get(order, ("", ""))
        zh, en = messages(rules[check["_rank"]], check, figures.get(order, {}), subject)
        texts.append((order, subject[0] or check["key"], zh, en))
    return pl.DataFrame(texts, schema=_SHOWN, orient="row")
