"""Evaluates rules over the frames of a batch of disclosures and writes the contract's two tables of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.extract.forms import Library, load_library
from pipeline.reconcile import across, codes, inside, prose, structure
from pipeline.reconcile.batch import VALUE, Batch
from pipeline.reconcile.messages import messages
from pipeline.reconcile.rules import Rule, RuleError
from pipeline.reconcile.selection import evaluate_compare

Found = tuple[pl.DataFrame, pl.DataFrame]
EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {
    "row": inside.evaluate_row,
    "column": inside.evaluate_column,
    "hierarchy": inside.evaluate_hierarchy,
    "compare": evaluate_compare,
    **prose.EVALUATORS,
    **structure.EVALUATORS,
    **codes.EVALUATORS,
    **across.EVALUATORS,
}
CHECK_COLUMNS: dict[str, Any] = {
    "check_id": pl.String,
    "disclosure_id": pl.String,
    "disclosure_year": pl.Int32,
    "other_disclosure_id": pl.String,
    "rule_id": pl.String,
    "family": pl.String,
    "subject": pl.String,
    "unit": pl.String,
    "left_value": VALUE,
    "right_value": VALUE,
    "difference": VALUE,
    "tolerance": VALUE,
    "rounding_only": pl.Boolean,
    "status": pl.String,
    "severity": pl.String,
    "message_zh": pl.String,
    "message_en": pl.String,
}
OPERAND_COLUMNS: dict[str, Any] = {
    "check_id": pl.String,
    "side": pl.String,
    "seq": pl.Int32,
    "kind": pl.String,
    "id": pl.String,
    "value": VALUE,
    "coefficient": VALUE,
}


def reconcile(
    frames: dict[str, pl.DataFrame], rules: Iterable[Rule], library: Library | None = None
) -> dict[str, pl.DataFrame]:
    """The frames ``checks`` and ``check_operands``, in the order of documents, families and rules.

    Raises RuleError where a rule names an evaluator that does not exist.
    """
    batch = Batch(frames)
    checks, operands = [], []
    for rank, rule in enumerate(rules):
        if rule.evaluate == "declared":
            found, theirs = inside.evaluate_declared(batch, rule, library or load_library())
        elif rule.evaluate in EVALUATORS:
            found, theirs = EVALUATORS[rule.evaluate](batch, rule)
        else:
            known = ", ".join(sorted({*EVALUATORS, "declared"}))
            raise RuleError(f"the rule {rule.id} says evaluate = {rule.evaluate!r}; it must be one of {known}")
        if rule.stage and found.height:
            staged = batch.disclosures.filter(pl.col("stage") == rule.stage)
            found = found.join(staged, on="disclosure_id", how="semi", maintain_order="left")
        found = _named(found, rule)
        if found.height:
            same = ["disclosure_id", "other_disclosure_id", "key"]
            theirs = theirs.join(found.select(*same, "check_id"), on=same, nulls_equal=True, maintain_order="left")
            checks.append(_told(found, theirs, rule).with_columns(_rank=pl.lit(rank)))
            operands.append(theirs)
    if not checks:
        return {
            "checks": pl.DataFrame(schema=CHECK_COLUMNS),
            "check_operands": pl.DataFrame(schema=OPERAND_COLUMNS),
        }
    order = batch.disclosures.select("disclosure_id", "disclosure_year").with_row_index("_at")
    whole = (
        pl.concat(checks)
        .join(order, on="disclosure_id", how="left", maintain_order="left")
        .with_row_index("_seq")
        .sort("_at", "_rank", "_seq")
        .with_row_index("_order")
    )
    sides = (
        pl.concat(operands)
        .join(whole.select("check_id", "_order"), on="check_id", maintain_order="left")
        .with_row_index("_seq")
        .sort("_order", "side", "_seq")
        .with_columns(seq=pl.int_range(pl.len()).over("check_id", "side"))
    )
    return {
        "checks": whole.select(pl.col(name).cast(dtype) for name, dtype in CHECK_COLUMNS.items()),
        "check_operands": sides.select(pl.col(name).cast(dtype) for name, dtype in OPERAND_COLUMNS.items()),
    }


def _named(found: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    identity = pl.concat_str([pl.col("disclosure_id"), pl.lit(f"check.{rule.id}"), pl.col("key")], separator=".")
    if rule.family == "across_documents":
        identity = pl.concat_str([identity, pl.col("other_disclosure_id")], separator=".", ignore_nulls=True)
    return found.with_columns(
        check_id=identity, subject=pl.col("key"), rule_id=pl.lit(rule.id), family=pl.lit(rule.family)
    )


def _told(found: pl.DataFrame, operands: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Messages. Those of passing checks are the rule's title alone: few checks fail, so only they are spelled out."""
    failing = found.filter(pl.col("status") != "pass")
    sides: dict[str, dict[str, list[tuple[Decimal, int]]]] = {}
    if failing.height:
        theirs = operands.join(failing, on="check_id", how="semi", maintain_order="left")
        for check_id, side, value, coefficient in theirs.select("check_id", "side", "value", "coefficient").iter_rows():
            if value is not None:
                sides.setdefault(check_id, {}).setdefault(side, []).append((value, int(coefficient)))
    told = [
        (check["check_id"], *messages(rule, check, sides.get(check["check_id"], {})))
        for check in failing.iter_rows(named=True)
    ]
    texts = pl.DataFrame(
        told, schema={"check_id": pl.String, "message_zh": pl.String, "message_en": pl.String}, orient="row"
    )
    return found.join(texts, on="check_id", how="left", maintain_order="left").with_columns(
        pl.col("message_zh").fill_null(f"{rule.title_zh}：相符"),
        pl.col("message_en").fill_null(f"{rule.title_en}: agrees"),
    )
