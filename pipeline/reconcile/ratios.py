"""Printed ratios: a change in percent, a share of a whole, a rate of completion.

A ratio passes when the interval that its digits stand for meets the interval computed from its operands (the
digits that they were printed with). One unit of the last digit off is cut instead of rounded: severity info.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import polars as pl

from pipeline.reconcile.base import CHECKS, Found, Rule, shaped
from pipeline.reconcile.batch import Batch
from pipeline.reconcile.language import VALUE, ZERO, Selection
from pipeline.reconcile.messages import Words, figure, label
from pipeline.reconcile.prose import of_amount
from pipeline.reconcile.relations import THING
from pipeline.tidy.queries import IN_MEMORY

#: What rules read of the statements that relate amounts, beside these.
_RELATED = (
    *("disclosure_id", "statement_id", "key", "kind", "metric", "subject", "function_code", "fund"),
    *("sentence_id", "fiscal_year", "base_year", "base_phase", "phase", "value", "half", "own_half"),
)
_FINE = pl.Decimal(38, 10)
_HUNDRED = pl.lit(Decimal(100), dtype=_FINE)
_NO_BASE = pl.lit(Decimal(0), dtype=_FINE)
_LAST = pl.lit(Decimal("0.0001"), dtype=VALUE)
_CENT = Decimal("0.01")
#: A row of a ratio with its operands, by column, as polars gives it.
_Ratio = dict[str, Any]


def _with_ratio(rows: pl.DataFrame, top: str, bottom: str, name: str) -> pl.DataFrame:
    """``rows`` with ``name``: top ÷ bottom in percent, and ``<name>_tolerance``; null where the base is 0."""
    base = pl.col(f"{bottom}_value").cast(_FINE)
    safe = pl.when(base == _NO_BASE).then(None).otherwise(base)
    over = pl.col(f"{top}_value").cast(_FINE)
    ratio = over / safe * _HUNDRED
    spread = pl.col(f"{top}_half").cast(_FINE) + (over / safe).abs() * pl.col(f"{bottom}_half").cast(_FINE)
    tolerance = (spread / safe.abs() * _HUNDRED).cast(VALUE) + pl.col("half") + _LAST
    return rows.with_columns(ratio.round(4).cast(VALUE).alias(name), tolerance.alias(f"{name}_tolerance"))


def _judged(rule: Rule, rows: pl.DataFrame, bottom: str, notes: Callable[[_Ratio], Words]) -> pl.DataFrame:
    """Each printed ratio (``value``) against ``right_value`` within ``tolerance``, with a note where it does not pass."""
    zero = pl.col(f"{bottom}_value") == ZERO
    off = pl.col("difference").abs()
    cut = off <= pl.col("tolerance") + pl.col("own_half")
    wrong = off > pl.col("tolerance")
    rows = rows.with_columns(difference=pl.col("value") - pl.col("right_value"), left_value=pl.col("value"))
    rows = rows.with_columns(
        status=pl.when(zero).then(pl.lit("not_applicable")).when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.when(zero | cut).then(pl.lit("info")).otherwise(pl.lit(rule.severity)),
        rounding_only=(cut & (off > _LAST)).fill_null(False),
        unit=pl.lit("percent"),
        rule=pl.lit(rule.id),
    )
    said = [notes(row) if row["status"] != "pass" else (None, None) for row in rows.iter_rows(named=True)]
    return rows.with_columns(
        note_zh=pl.Series([zh for zh, _ in said], dtype=pl.String),
        note_en=pl.Series([en for _, en in said], dtype=pl.String),
    )


@dataclass(frozen=True, kw_only=True)
class PercentRule(Rule):
    """A change in percent against change ÷ base; the message says so where it is change ÷ current instead.

    The change is the printed one or current less base: where these differ another rule says so, and the
    percentage is right if it is right by one of them.
    """

    def evaluate(self, batch: Batch) -> Found:
        """The changes in percent of which the base is known."""
        on = [*THING, "sentence_id", "fiscal_year", "base_year", "base_phase", "phase"]
        changes = (
            batch.relations.lazy()
            .filter((pl.col("kind") == "change") & (pl.col("unit") == "CNY"))
            .select(*on, change_id="statement_id", change_value="value", change_half="half")
            .unique(on, keep="none", maintain_order=True)
        )
        rows = (
            batch.relations.lazy()
            .filter((pl.col("kind") == "change_percent") & pl.col("base_id").is_not_null())
            .select(*_RELATED, *(f"{name}_{part}" for name in ("now", "base") for part in ("id", "value", "half")))
            .join(changes, on=on, how="left", nulls_equal=True, maintain_order="left")
            .filter(pl.col("change_id").is_not_null() | pl.col("now_id").is_not_null())
            .with_columns(
                moved_value=pl.col("now_value") - pl.col("base_value"),
                moved_half=pl.col("now_half") + pl.col("base_half"),
            )
            .with_columns(
                top_value=pl.coalesce("change_value", "moved_value"), top_half=pl.coalesce("change_half", "moved_half")
            )
            .collect(engine=IN_MEMORY)
        )
        for top, bottom, name in (
            ("change", "base", "by_change"),
            ("moved", "base", "by_amounts"),
            ("top", "now", "inverse"),
        ):
            rows = _with_ratio(rows, top, bottom, name)
        near = ((pl.col("value") - pl.col("by_amounts")).abs() <= pl.col("by_amounts_tolerance")).fill_null(False)
        rows = rows.with_columns(
            pl.when(near)
            .then(f"by_amounts{part}")
            .otherwise(pl.coalesce(f"by_change{part}", f"by_amounts{part}"))
            .alias(name)
            for name, part in (("right_value", ""), ("tolerance", "_tolerance"))
        )
        rows = _judged(self, rows, "base", _percent_notes)
        return _found(self, rows, ("change", "now", "base"))


def _found(rule: Rule, rows: pl.DataFrame, names: tuple[str, ...]) -> Found:
    """Checks on judged ratios; the amounts ``names`` stand on their right sides."""
    printed = rule.operands_of(rows, "left", "statements")
    return Found(shaped(rows, CHECKS), pl.concat([printed, *(of_amount(rule, rows, name) for name in names)]))


def _of_part(rule: Rule, rows: pl.DataFrame, notes: Callable[[_Ratio], Words]) -> Found:
    """Checks on ratios of a part to its whole."""
    rows = _with_ratio(rows, "part", "whole", "right_value").with_columns(tolerance=pl.col("right_value_tolerance"))
    return _found(rule, _judged(rule, rows, "whole", notes), ("part", "whole"))


def _in_role(name: str, role: str) -> dict[str, pl.Expr]:
    """The amount ``name`` of relations in the role that it has in a ratio."""
    return {f"{role}_{part}": pl.col(f"{name}_{part}") for part in ("id", "value", "half")}


@dataclass(frozen=True, kw_only=True)
class ShareRule(Rule):
    """A share against its part ÷ its whole: `share` selects the shares, `whole` the amount they are of."""

    share: Annotated[Selection, "The shares"]
    whole: Annotated[Selection, "The amount that they are of"]

    def evaluate(self, batch: Batch) -> Found:
        """The shares of which both amounts are known."""
        shares = (pl.col("kind") == "share") & pl.col("now_id").is_not_null() & self.share.expression()
        rows = batch.relations.filter(shares).select(*_RELATED, **_in_role("now", "part"))
        on = ["disclosure_id", "fiscal_year", "phase"]
        whole = (
            batch.statements.lazy()
            .filter((pl.col("kind") == "amount") & self.whole.expression())
            .filter((pl.col("value").n_unique() == 1).over(on))
            .unique(on, keep="first", maintain_order=True)
            .select(*on, whole_id="statement_id", whole_value="value", whole_half="half")
        )
        both = rows.lazy().join(whole, on=on, nulls_equal=True, maintain_order="left").collect(engine=IN_MEMORY)
        return _of_part(self, both, _share_notes)


@dataclass(frozen=True, kw_only=True)
class CompletionRule(Rule):
    """A rate of completion (完成年初预算的 95.89%) against executed ÷ the budget that it names."""

    def evaluate(self, batch: Batch) -> Found:
        """The rates of which both amounts are known."""
        known = pl.col("executed_id").is_not_null() & pl.col("now_id").is_not_null()
        rows = batch.relations.filter((pl.col("kind") == "completion_rate") & known)
        roles = {**_in_role("executed", "part"), **_in_role("now", "whole"), **_in_role("adjusted", "second")}
        rows = _with_ratio(rows.select(*_RELATED, **roles), "part", "second", "inverse")
        found = _of_part(self, rows, _completion_notes)
        # A budget of 0 cannot be completed by part of it: what is printed is the rate of another budget.
        other = (pl.col("status") == "not_applicable") & (pl.col("left_value") != ZERO)
        checks = found.checks.with_columns(
            status=pl.when(other).then(pl.lit("fail")).otherwise("status"),
            severity=pl.when(other).then(pl.lit(self.severity)).otherwise("severity"),
        )
        return Found(checks, found.operands)


# What checks on ratios say: the figures, what they give, and how the printed one may have come about


def _who(row: _Ratio) -> Words:
    zh, en = label("metric", row["metric"])
    fund = label("fund", row["fund"])
    subject = row["subject"]
    if row["metric"] == "function_expenditure" and subject:
        return f"{row['fiscal_year']}年“{subject}”支出", f"expenditure on “{subject}” in {row['fiscal_year']}"
    more_zh, more_en = (f"（{subject}）", f" ({subject})") if subject else ("", "")
    return f"{row['fiscal_year']}年{fund[0]}{zh}{more_zh}", f"{en}{more_en} in {row['fiscal_year']}"


def _percent(value: Decimal) -> str:
    return f"{abs(value).quantize(_CENT)}%"


def _printed(value: Decimal) -> str:
    return f"{abs(value).normalize():f}%"


def _fraction(top: Decimal, bottom: Decimal) -> str:
    return f"{figure(abs(top).quantize(_CENT))} ÷ {figure(bottom.quantize(_CENT))}"


def _is_inverse(row: _Ratio) -> bool:
    """Whether the printed ratio is the one of the other base, rounded or cut."""
    inverse, half = row["inverse"], row["own_half"] + Decimal("0.0001")
    if inverse is None:
        return False
    rounded = abs(row["value"] - inverse) <= half
    return bool(rounded or 0 <= abs(inverse) - abs(row["value"]) < half * 2)


def _percent_notes(row: _Ratio) -> Words:
    """What is said of a change in percent: of what, printed and due, and whether it is of the other base."""
    who_zh, who_en = _who(row)
    value, due = row["value"], row["right_value"]
    word_zh, word_en = ("降低", "decrease") if value < 0 else ("增长", "increase")
    if due is None:
        return (
            f"{who_zh}{word_zh}{_printed(value)}，而基数为零，无法计算百分比",
            f"{who_en}: {word_en} of {_printed(value)}, but the base is zero: a percentage has no meaning",
        )
    fell = due < 0
    due_zh = "" if fell == (value < 0) or due == 0 else ("降低" if fell else "增长")
    due_en = "a decrease of " if fell else "an increase of "
    fraction = _fraction(row["top_value"], row["base_value"])
    why_zh, why_en = _percent_reasons(row)
    return (
        f"{who_zh}{word_zh}{_printed(value)}，按列示数计算应为{due_zh}{_percent(due)}（{fraction}）{why_zh}",
        f"{who_en}: printed {word_en} of {_printed(value)}, the printed amounts give {due_en}{_percent(due)} "
        f"({fraction}){why_en}",
    )


def _percent_reasons(row: _Ratio) -> Words:
    """How a change in percent may have come about."""
    zh = en = ""
    if row["by_change"] is not None and row["by_amounts"] is not None and row["change_value"] != row["moved_value"]:
        by, fraction = _percent(row["by_amounts"]), _fraction(row["moved_value"], row["base_value"])
        zh = f"；按本年数减基数计算则为{by}（{fraction}）"
        en = f"; by current less base it is {by} ({fraction})"
    if _is_inverse(row):
        zh += "；所列百分比等于变动额除以本年数"
        en += "; the printed percentage is the change divided by the current amount"
    elif row["rounding_only"]:
        zh += "（可能是截断未进位）"
        en += " (may be cut off instead of rounded)"
    return zh, en


def _share_notes(row: _Ratio) -> Words:
    """What is said of a share of a whole: of what, printed and due."""
    who_zh, who_en = _who(row)
    if row["right_value"] is None:
        return f"{who_zh}占{_printed(row['value'])}，而总数为零", f"{who_en}: share of a whole that is zero"
    due, fraction = _percent(row["right_value"]), _fraction(row["part_value"], row["whole_value"])
    cut = ("（可能是截断未进位）", " (may be cut off instead of rounded)") if row["rounding_only"] else ("", "")
    return (
        f"{who_zh}占{_printed(row['value'])}，按列示数计算应为{due}（{fraction}）{cut[0]}",
        f"{who_en}: printed share {_printed(row['value'])}, the printed amounts give {due} ({fraction}){cut[1]}",
    )


def _completion_notes(row: _Ratio) -> Words:
    """What is said of a rate of completion: of what, printed and due, and whether it is of the other budget."""
    who_zh, who_en = _who(row)
    base_zh, base_en = ("全年预算", "adjusted budget") if row["phase"] == "adjusted" else ("年初预算", "initial budget")
    value = _printed(row["value"])
    if row["right_value"] is None:
        zh = f"{who_zh}完成{base_zh}的{value}，而{base_zh}为0"
        en = f"{who_en}: {value} of the {base_en} completed, but the {base_en} is 0"
    else:
        due, fraction = _percent(row["right_value"]), _fraction(row["part_value"], row["whole_value"])
        zh = f"{who_zh}完成{base_zh}的{value}，按列示数计算应为{due}（{fraction}）"
        en = f"{who_en}: {value} of the {base_en} completed, the printed amounts give {due} ({fraction})"
    if row["phase"] != "adjusted" and _is_inverse(row):
        fraction = _fraction(row["part_value"], row["second_value"])
        zh += f"；所列百分比等于决算数除以全年预算数（{fraction}）"
        en += f"; it is the rate of the adjusted budget ({fraction})"
    return zh, en
