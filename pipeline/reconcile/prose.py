"""Prose against itself: changes, percentages, direction words, unchanged amounts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO, Batch
from pipeline.reconcile.messages import figure
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import CHECKS, OPERANDS, operands_of, settle, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]
_SAME = ["disclosure_id", "metric", "subject", "function_code", "fund"]
_FINE = pl.Decimal(38, 10)
_HUNDRED = pl.lit(Decimal(100), dtype=_FINE)


def _key() -> pl.Expr:
    return pl.col("statement_id").str.replace(r"^[0-9a-f]+\.statement\.", "")


def amounts_for(found: pl.DataFrame, statements: pl.DataFrame, year: str, prefix: str) -> pl.DataFrame:
    """``found`` with the amount that each row's ``year`` refers to, as columns ``<prefix>_id``, ``_value``, ``_half``.

    The nearest mention counts: the sentence, else the paragraph, else the section. Where the same place
    gives two amounts that differ, none is taken.
    """
    result = found.with_columns(
        pl.lit(None, dtype=pl.String).alias(f"{prefix}_id"),
        pl.lit(None, dtype=VALUE).alias(f"{prefix}_value"),
        pl.lit(None, dtype=VALUE).alias(f"{prefix}_half"),
    )
    amounts = statements.filter((pl.col("kind") == "amount") & (pl.col("unit") == "CNY"))
    for place in ("sentence_id", "passage", "section_path"):
        keys = [*_SAME, place, "fiscal_year", "phase"]
        if prefix == "base":
            keys.remove("phase")
        near = (
            amounts.group_by(keys, maintain_order=True)
            .agg(
                pl.col("statement_id").first().alias("_id"),
                pl.col("value").first().alias("_value"),
                pl.col("half").first().alias("_half"),
                _kinds=pl.col("value").n_unique(),
            )
            .rename({"fiscal_year": year} if year != "fiscal_year" else {})
        )
        keys = [year if name == "fiscal_year" else name for name in keys]
        result = result.join(near, on=keys, how="left", nulls_equal=True, maintain_order="left")
        take = pl.col(f"{prefix}_id").is_null() & (pl.col("_kinds") == 1) & pl.col(year).is_not_null()
        result = result.with_columns(
            pl.when(take).then(pl.col(f"_{part}")).otherwise(pl.col(f"{prefix}_{part}")).alias(f"{prefix}_{part}")
            for part in ("id", "value", "half")
        ).drop("_id", "_value", "_half", "_kinds")
    return result


def _compared(batch: Batch, kind: str) -> pl.DataFrame:
    statements = batch.statements
    rows = statements.filter((pl.col("kind") == kind) & pl.col("base_year").is_not_null())
    rows = amounts_for(rows, statements, "fiscal_year", "now")
    return amounts_for(rows, statements, "base_year", "base").with_columns(key=_key())


def _side(rows: pl.DataFrame, prefix: str, side: str, coefficient: int) -> pl.DataFrame:
    half = pl.col(f"{prefix}_half")
    rows = rows.with_columns(value=pl.col(f"{prefix}_value"), half=half, own_half=half)
    return operands_of(rows, side, "statements", f"{prefix}_id", coefficient)


def evaluate_change(batch: Batch, rule: Rule) -> Found:
    """A printed change against current minus base."""
    if not batch.statements.height:
        return settle(rule, pl.DataFrame())
    rows = _compared(batch, "change").filter(
        (pl.col("unit") == "CNY")
        & pl.col("now_id").is_not_null()
        & pl.col("base_id").is_not_null()
        & pl.col("derived_from").is_null()
    )
    parts = [
        operands_of(rows, "left", "statements", "statement_id"),
        _side(rows, "now", "right", 1),
        _side(rows, "base", "right", -1),
    ]
    return settle(rule, pl.concat(parts))


def evaluate_percent(batch: Batch, rule: Rule) -> Found:
    """A printed percentage against change ÷ base; the message says so where it is change ÷ current instead."""
    statements = batch.statements
    if not statements.height:
        return settle(rule, pl.DataFrame())
    changes = statements.filter((pl.col("kind") == "change") & (pl.col("unit") == "CNY")).select(
        *_SAME,
        "sentence_id",
        "fiscal_year",
        "base_year",
        "phase",
        change_id="statement_id",
        change_value="value",
        change_half="half",
    )
    on = [*_SAME, "sentence_id", "fiscal_year", "base_year", "phase"]
    changes = changes.unique(on, keep="none", maintain_order=True)
    rows = _compared(batch, "change_percent").join(changes, on=on, how="left", nulls_equal=True, maintain_order="left")
    rows = rows.filter(
        pl.col("base_id").is_not_null() & (pl.col("change_id").is_not_null() | pl.col("now_id").is_not_null())
    ).with_columns(
        top=pl.coalesce("change_value", pl.col("now_value") - pl.col("base_value")).cast(_FINE),
        top_half=pl.coalesce("change_half", pl.col("now_half") + pl.col("base_half")).cast(_FINE),
        bottom=pl.col("base_value").cast(_FINE),
    )
    zero = pl.col("bottom") == pl.lit(Decimal(0), dtype=_FINE)
    safe = pl.when(zero).then(None).otherwise(pl.col("bottom"))
    ratio = pl.col("top") / safe * _HUNDRED
    now = pl.when(pl.col("now_value") == ZERO).then(None).otherwise(pl.col("now_value").cast(_FINE))
    spread = (
        (pl.col("top_half") + (pl.col("top") / safe).abs() * pl.col("base_half").cast(_FINE)) / safe.abs() * _HUNDRED
    )
    rows = rows.with_columns(
        right_value=ratio.round(4).cast(VALUE),
        inverse=(pl.col("top") / now * _HUNDRED).round(4).cast(VALUE),
        tolerance=(spread.cast(VALUE) + pl.col("half") + pl.lit(Decimal("0.0001"), dtype=VALUE)),
        left_value=pl.col("value"),
    ).with_columns(difference=pl.col("left_value") - pl.col("right_value"))
    wrong = pl.col("difference").abs() > pl.col("tolerance")
    rows = rows.with_columns(
        status=pl.when(zero).then(pl.lit("not_applicable")).when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.when(zero).then(pl.lit("info")).otherwise(pl.lit(rule.severity)),
        rounding_only=(~wrong).fill_null(False) & (pl.col("difference").fill_null(ZERO) != ZERO),
        unit=pl.lit("percent"),
    )
    notes = [_percent_notes(row) for row in rows.iter_rows(named=True)]
    rows = rows.with_columns(
        note_zh=pl.Series([zh for zh, _ in notes], dtype=pl.String),
        note_en=pl.Series([en for _, en in notes], dtype=pl.String),
    )
    by_change = rows.filter(pl.col("change_id").is_not_null())
    by_now = rows.filter(pl.col("change_id").is_null())
    operands = [
        operands_of(rows, "left", "statements", "statement_id"),
        _side(by_change, "change", "right", 1),
        _side(by_now, "now", "right", 1),
        _side(rows, "base", "right", 1),
    ]
    return shaped(rows, CHECKS), pl.concat(operands)


_LABELS: dict[str, Any] = {
    "revenue_budget": "收入预算",
    "expenditure_budget": "支出预算",
    "basic_expenditure": "基本支出预算",
    "public_expenditure": "公用支出",
    "project_expenditure": "项目支出预算",
    "three_public": "“三公”经费",
    "official_reception": "公务接待费",
    "overseas_travel": "因公出国（境）费",
    "official_vehicles": "公务用车购置及运行维护费",
    "agency_operating": "机关运行经费",
}


def _percent_notes(row: dict[str, Any]) -> tuple[str | None, str | None]:
    if row["status"] == "pass":
        return None, None
    label = _LABELS.get(str(row["metric"]), str(row["metric"]))
    who = f"{row['fiscal_year']}年{label}{row['subject'] or ''}{row['function_code'] or ''}"
    name = f"{row['fiscal_year']} {row['metric']} {row['subject'] or ''}{row['function_code'] or ''}".strip()
    left, right, top, bottom, inverse = (row[n] for n in ("left_value", "right_value", "top", "bottom", "inverse"))
    assert isinstance(left, Decimal) and isinstance(top, Decimal) and isinstance(bottom, Decimal)
    if not isinstance(right, Decimal):
        return f"{who}基数为零，无法计算百分比", f"{name}: the base is zero, a percentage has no meaning"
    printed, due = f"{abs(left).normalize():f}", f"{abs(right).quantize(Decimal('0.01'))}"
    fraction = f"{figure(abs(top).quantize(Decimal('0.01')))} ÷ {figure(bottom.quantize(Decimal('0.01')))}"
    down, due_down = left < 0, right < 0
    zh = f"{who}{'降低' if down else '增长'}{printed}%，按列示数计算应为{'' if down == due_down else '降低' if due_down else '增长'}{due}%（{fraction}）"
    en = f"{name}: printed {'-' if down else ''}{printed}%, by the printed amounts it is {'-' if due_down else ''}{due}% ({fraction})"
    unit = row["own_half"]
    if isinstance(inverse, Decimal) and isinstance(unit, Decimal) and abs(left - inverse) <= unit + Decimal("0.0001"):
        zh += "；所列百分比等于变动额除以本年数"
        en += "; the printed percentage is the change divided by the current amount"
    return zh, en


def evaluate_direction(batch: Batch, rule: Rule) -> Found:
    """The word of a percentage without a change against the amounts it compares: 增加 where the amount fell."""
    if not batch.statements.height:
        return settle(rule, pl.DataFrame())
    rows = pl.concat([_compared(batch, "change"), _compared(batch, "change_percent")], how="diagonal")
    rows = rows.filter(
        pl.col("now_id").is_not_null() & pl.col("base_id").is_not_null() & pl.col("derived_from").is_null()
    )
    moved = pl.col("now_value") - pl.col("base_value")
    rows = rows.filter((pl.col("value") != ZERO) & (moved != ZERO))
    wrong = (pl.col("value") > ZERO) != (moved > ZERO)
    rows = rows.with_columns(
        left_value=pl.col("value"),
        right_value=moved,
        unit=pl.lit(None, dtype=pl.String),
        status=pl.when(wrong).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.lit(rule.severity),
        rounding_only=pl.lit(False),
    )
    operands = [
        operands_of(rows, "left", "statements", "statement_id"),
        _side(rows, "now", "right", 1),
        _side(rows, "base", "right", -1),
    ]
    return shaped(rows, CHECKS), pl.concat(operands)


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "change": evaluate_change,
    "percent": evaluate_percent,
    "direction": evaluate_direction,
}
_ = OPERANDS
