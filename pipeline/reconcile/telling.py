"""Checks in words: what each is about, and what is wrong. Few checks fail, so only those are spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pipeline.reconcile.batch import Batch
from pipeline.reconcile.labels import Wanted, subjects
from pipeline.reconcile.messages import messages, shows_sum
from pipeline.reconcile.rules import Rule

_SAID = ("unit", "left_value", "right_value", "difference", "rounding_only", "note_zh", "note_en")


def told(batch: Batch | None, checks: pl.DataFrame, sides: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """``checks`` with subject and messages. Those of passing checks are the key and the rule's title.

    ``sides`` are the operands of all checks in their order; both count checks by ``_order``.
    """
    titles = pl.DataFrame(
        [(rank, rule.title_zh, rule.title_en) for rank, rule in enumerate(rules)],
        schema={"_rank": pl.Int32, "_zh": pl.String, "_en": pl.String},
        orient="row",
    )
    off = pl.col("difference").abs().cast(pl.Decimal(38, 2)).cast(pl.String)
    rounded = pl.col("rounding_only").fill_null(False)
    return (
        checks.lazy()
        .join(_spelled_out(batch, checks, sides, rules).lazy(), on="_order", how="left", maintain_order="left")
        .join(titles.lazy(), on="_rank", how="left", maintain_order="left")
        .with_columns(
            pl.col("subject").fill_null(pl.col("key")),
            message_zh=pl.coalesce(
                "message_zh",
                pl.when(rounded)
                .then(pl.format("{}：相符（差{}，在四舍五入之内）", "_zh", off))
                .otherwise(pl.format("{}：相符", "_zh")),
            ),
            message_en=pl.coalesce(
                "message_en",
                pl.when(rounded)
                .then(pl.format("{}: agrees (difference {}, within rounding)", "_en", off))
                .otherwise(pl.format("{}: agrees", "_en")),
            ),
        )
        .collect()
    )


def _spelled_out(batch: Batch | None, checks: pl.DataFrame, sides: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Subject and messages of every check that does not pass."""
    failing = checks.filter(pl.col("status") != "pass").select("_order", "_rank", "key", *_SAID)
    theirs = sides.join(failing.select("_order", "_rank"), on="_order", maintain_order="left")
    shown = {side: [rank for rank, rule in enumerate(rules) if shows_sum(rule, side)] for side in ("left", "right")}
    listed = [(pl.col("side") == side) & pl.col("_rank").is_in(ranks) for side, ranks in shown.items()]
    figures: dict[int, dict[str, list[tuple[Decimal, int]]]] = {}
    for order, side, value, coefficient in (
        theirs.filter(pl.any_horizontal(listed) & pl.col("value").is_not_null())
        .select("_order", "side", "value", "coefficient")
        .iter_rows()
    ):
        figures.setdefault(order, {}).setdefault(side, []).append((value, coefficient))
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
    schema = {"_order": pl.UInt32, "subject": pl.String, "message_zh": pl.String, "message_en": pl.String}
    return pl.DataFrame(texts, schema=schema, orient="row")
