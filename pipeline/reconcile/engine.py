"""Evaluates rules over the frames of a batch of disclosures and writes the contract's two tables of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.extract.forms import Library, load_library
from pipeline.reconcile import across, codes, contents, inside, parts, prose, structure, targets
from pipeline.reconcile.batch import VALUE, Batch
from pipeline.reconcile.labels import subjects
from pipeline.reconcile.messages import messages
from pipeline.reconcile.rules import Rule, RuleError
from pipeline.reconcile.selection import evaluate_compare
from pipeline.reconcile.settle import CHECK_KEY, Found

Evaluate = Callable[[Batch, Rule], Found]
EVALUATORS: dict[str, Evaluate] = {
    "compare": evaluate_compare,
    **inside.EVALUATORS,
    **parts.EVALUATORS,
    **prose.EVALUATORS,
    **structure.EVALUATORS,
    **targets.EVALUATORS,
    **contents.EVALUATORS,
    **codes.EVALUATORS,
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
Result = dict[str, pl.DataFrame]


def reconcile(frames: dict[str, pl.DataFrame], rules: Iterable[Rule], library: Library | None = None) -> Result:
    """The frames ``checks`` and ``check_operands``, in the order of documents, families and rules.

    All rules are evaluated, those across documents between the documents of ``frames``. Where documents come
    batch by batch: ``reconcile_within`` for each batch, ``across.compared`` to keep what is compared, and
    ``reconcile_across`` once. Raises RuleError where a rule names an evaluator that does not exist.
    """
    ranked = list(enumerate(rules))
    batch = Batch(frames)
    pieces = _evaluate(batch, [(at, rule) for at, rule in ranked if not rule.across], library)
    between = [(at, rule) for at, rule in ranked if rule.across]
    pieces += _evaluate_across(across.compared(frames), between) if between else []
    return _assembled(pieces, batch.disclosures)


def reconcile_within(frames: dict[str, pl.DataFrame], rules: Iterable[Rule], library: Library | None = None) -> Result:
    """What ``reconcile`` gives of the rules within a document: the same for any batch that the document is in."""
    ranked = [(at, rule) for at, rule in enumerate(rules) if not rule.across]
    batch = Batch(frames)
    return _assembled(_evaluate(batch, ranked, library), batch.disclosures)


def reconcile_across(compared: dict[str, pl.DataFrame], rules: Iterable[Rule]) -> Result:
    """The rules across documents over what ``across.compared`` kept of each: keys and compared amounts, no more."""
    ranked = [(at, rule) for at, rule in enumerate(rules) if rule.across]
    return _assembled(_evaluate_across(compared, ranked), compared["disclosures"])


Piece = tuple[pl.DataFrame, pl.DataFrame]


def _evaluate(batch: Batch, ranked: Sequence[tuple[int, Rule]], library: Library | None) -> list[Piece]:
    pieces = []
    for rank, rule in ranked:
        if rule.evaluate == "declared":
            found, theirs = inside.evaluate_declared(batch, rule, library or load_library())
        elif rule.evaluate in EVALUATORS:
            found, theirs = EVALUATORS[rule.evaluate](batch, rule)
        else:
            known = ", ".join(sorted({*EVALUATORS, *across.EVALUATORS, "declared"}))
            raise RuleError(f"the rule {rule.id} says evaluate = {rule.evaluate!r}; it must be one of {known}")
        if found.height and (rule.stage or rule.forms):
            fits = batch.disclosures
            if rule.stage:
                fits = fits.filter(pl.col("stage").cast(pl.String) == rule.stage)
            if rule.forms:
                fits = fits.filter(pl.col("form_family").cast(pl.String).is_in(rule.forms))
            found = found.join(fits, on="disclosure_id", how="semi", maintain_order="left")
        if found.height:
            pieces.append(_piece(batch, rank, rule, found, theirs))
    return pieces


def _evaluate_across(compared: dict[str, pl.DataFrame], ranked: Sequence[tuple[int, Rule]]) -> list[Piece]:
    pieces = []
    for rank, rule in ranked:
        if rule.evaluate not in across.EVALUATORS:
            known = ", ".join(sorted(across.EVALUATORS))
            raise RuleError(f"the rule {rule.id} says evaluate = {rule.evaluate!r}; across documents use {known}")
        found, theirs = across.EVALUATORS[rule.evaluate](compared, rule)
        if found.height:
            pieces.append(_piece(None, rank, rule, found, theirs))
    return pieces


def _piece(batch: Batch | None, rank: int, rule: Rule, found: pl.DataFrame, operands: pl.DataFrame) -> Piece:
    """Checks with their ids and messages, and their operands."""
    identity = pl.concat_str([pl.col("disclosure_id"), pl.lit(f"check.{rule.id}"), pl.col("key")], separator=".")
    if rule.across:
        identity = pl.concat_str([identity, pl.col("other_disclosure_id")], separator=".", ignore_nulls=True)
    found = found.with_columns(
        check_id=identity, rule_id=pl.lit(rule.id), family=pl.lit(rule.family), _rank=pl.lit(rank)
    )
    operands = operands.join(
        found.select(*CHECK_KEY, "check_id"), on=CHECK_KEY, nulls_equal=True, maintain_order="left"
    )
    return _told(batch, found, operands, rule), operands


def _told(batch: Batch | None, found: pl.DataFrame, operands: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Subjects and messages.

    Those of passing checks are the key and the rule's title: few checks fail, so only they are spelled out.
    """
    texts = []
    failing = found.filter(pl.col("status") != "pass")
    if failing.height:
        theirs = operands.join(failing, on="check_id", how="semi", maintain_order="left")
        sides: dict[str, dict[str, list[tuple[Decimal, int]]]] = {}
        firsts: dict[str, tuple[str, str, str]] = {}
        for check_id, side, kind, identity, value, coefficient in theirs.select(
            "check_id", "side", "kind", "id", "value", "coefficient"
        ).iter_rows():
            if value is not None:
                sides.setdefault(check_id, {}).setdefault(side, []).append((value, int(coefficient)))
            if check_id not in firsts or (side == "left" and firsts[check_id][0] != "left"):
                firsts[check_id] = (side, kind, identity)
        said = subjects(batch, rule, [(i, kind, to) for i, (_, kind, to) in firsts.items()]) if batch else {}
        for check in failing.iter_rows(named=True):
            subject = said.get(check["check_id"], ("", ""))
            zh, en = messages(rule, check, sides.get(check["check_id"], {}), subject)
            texts.append((check["check_id"], subject[0] or check["key"], zh, en))
    schema = {name: pl.String for name in ("check_id", "subject", "message_zh", "message_en")}
    off = pl.col("difference").abs().cast(pl.Decimal(38, 2)).cast(pl.String)
    rounded = pl.col("rounding_only").fill_null(False)
    return found.join(
        pl.DataFrame(texts, schema=schema, orient="row"), on="check_id", how="left", maintain_order="left"
    ).with_columns(
        pl.col("subject").fill_null(pl.col("key")),
        message_zh=pl.coalesce(
            "message_zh",
            pl.when(rounded)
            .then(pl.format(f"{rule.title_zh}：相符（差{{}}，在四舍五入之内）", off))
            .otherwise(pl.lit(f"{rule.title_zh}：相符")),
        ),
        message_en=pl.coalesce(
            "message_en",
            pl.when(rounded)
            .then(pl.format(f"{rule.title_en}: agrees (difference {{}}, within rounding)", off))
            .otherwise(pl.lit(f"{rule.title_en}: agrees")),
        ),
    )


def _assembled(pieces: list[Piece], disclosures: pl.DataFrame) -> Result:
    """The two tables of all rules, sorted by document, rule, and the order in which the rule found its checks."""
    if not pieces:
        return {"checks": pl.DataFrame(schema=CHECK_COLUMNS), "check_operands": pl.DataFrame(schema=OPERAND_COLUMNS)}
    order = disclosures.select("disclosure_id", "disclosure_year").with_row_index("_at")
    whole = (
        pl.concat([checks for checks, _ in pieces])
        .join(order, on="disclosure_id", how="left", maintain_order="left")
        .with_row_index("_seq")
        .sort("_at", "_rank", "_seq")
        .with_row_index("_order")
    )
    sides = (
        pl.concat([operands for _, operands in pieces])
        .join(whole.select("check_id", "_order"), on="check_id", maintain_order="left")
        .with_row_index("_seq")
        .sort("_order", "side", "_seq")
        .with_columns(seq=pl.int_range(pl.len()).over("check_id", "side"))
    )
    return {
        "checks": whole.select(pl.col(name).cast(dtype) for name, dtype in CHECK_COLUMNS.items()),
        "check_operands": sides.select(pl.col(name).cast(dtype) for name, dtype in OPERAND_COLUMNS.items()),
    }
