"""Printed codes against the official classifications, as far as those are known."""

from __future__ import annotations

import polars as pl

from pipeline.reconcile.batch import ZERO, Batch
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import CHECKS, OPERANDS, operands_of, shaped

Found = tuple[pl.DataFrame, pl.DataFrame]
_SCHEMES = ("function", "government_economic", "department_economic")


def evaluate_known(batch: Batch, rule: Rule) -> Found:
    """The class of every printed code is in its classification. One check a code and document."""
    official = batch.frame("classifications")
    checks, operands = [pl.DataFrame(schema=CHECKS)], [pl.DataFrame(schema=OPERANDS)]
    for scheme in _SCHEMES if batch.lines.height and official.height else ():
        classes = official.filter(pl.col("scheme").cast(pl.String) == scheme)["code"].unique().to_list()
        coded = batch.lines.filter(pl.col(f"{scheme}_code").is_not_null()).with_columns(
            key=pl.concat_str([pl.lit(scheme), pl.col(f"{scheme}_code")], separator="."),
            known=pl.col(f"{scheme}_code").str.slice(0, 3).is_in(classes),
        )
        _one_a_code(rule, coded, ~pl.col("known"), checks, operands)
    return pl.concat(checks), pl.concat(operands)


def evaluate_padded(batch: Batch, rule: Rule) -> Found:
    """Parts of codes have two digits (款, 项); one that was printed with one was padded."""
    checks, operands = [pl.DataFrame(schema=CHECKS)], [pl.DataFrame(schema=OPERANDS)]
    for scheme in _SCHEMES if batch.lines.height else ():
        padded = batch.lines.filter(
            pl.col(f"{scheme}_code").is_not_null() & (pl.col("code_basis").cast(pl.String) == "padded")
        ).with_columns(key=pl.concat_str([pl.lit(scheme), pl.col(f"{scheme}_code")], separator="."))
        _one_a_code(rule, padded, pl.lit(True), checks, operands)
    return pl.concat(checks), pl.concat(operands)


def _one_a_code(
    rule: Rule, rows: pl.DataFrame, fails: pl.Expr, checks: list[pl.DataFrame], operands: list[pl.DataFrame]
) -> None:
    first = rows.unique(["disclosure_id", "key"], keep="first", maintain_order=True).with_columns(failed=fails)
    if not first.height:
        return
    found = first.with_columns(
        tolerance=ZERO,
        rounding_only=pl.lit(False),
        status=pl.when(pl.col("failed")).then(pl.lit("fail")).otherwise(pl.lit("pass")),
        severity=pl.lit(rule.severity),
    )
    checks.append(shaped(found.drop("unit", strict=False), CHECKS))
    operands.append(operands_of(first, "left", "budget_lines", "line_id"))


EVALUATORS = {"code_known": evaluate_known, "code_padded": evaluate_padded}
