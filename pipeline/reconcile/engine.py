"""Evaluates rules over the frames of a batch of disclosures and writes the contract's two tables of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.extract.forms import Library, load_library
from pipeline.reconcile import across, codes, columns, contents, parts, prose, structure, targets
from pipeline.reconcile.batch import VALUE, Batch
from pipeline.reconcile.compares import compare
from pipeline.reconcile.rows import evaluate_declared, evaluate_row
from pipeline.reconcile.rules import Rule, RuleError
from pipeline.reconcile.settle import CHECK_KEY, CHECKS, OPERANDS, Found, Sums, ranked, settle_all
from pipeline.reconcile.sides import Summed
from pipeline.reconcile.telling import told
from pipeline.tidy.queries import IN_MEMORY

Evaluate = Callable[[Batch, Rule], Found | Sums]
EVALUATORS: dict[str, Evaluate] = {
    **columns.EVALUATORS,
    **parts.EVALUATORS,
    **prose.EVALUATORS,
    **structure.EVALUATORS,
    **targets.EVALUATORS,
    **contents.EVALUATORS,
    **codes.EVALUATORS,
}
#: Evaluators of which the rules are evaluated together.
TOGETHER: dict[str, Callable[[Batch, Sequence[tuple[int, Rule]]], Summed]] = {
    "compare": compare,
    "row": evaluate_row,
    "column": columns.evaluate_column,
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
    rules, batch = tuple(rules), Batch(frames)
    gathered = _Gathered()
    _evaluate(gathered, batch, _of(rules, across=False), library)
    if between := _of(rules, across=True):
        _evaluate_across(gathered, across.compared_of(batch), between)
    return _assembled(gathered, batch, rules, batch.disclosures)


def reconcile_within(frames: dict[str, pl.DataFrame], rules: Iterable[Rule], library: Library | None = None) -> Result:
    """What ``reconcile`` gives of the rules within a document: the same for any batch that the document is in."""
    rules, batch = tuple(rules), Batch(frames)
    gathered = _Gathered()
    _evaluate(gathered, batch, _of(rules, across=False), library)
    return _assembled(gathered, batch, rules, batch.disclosures)


def reconcile_across(compared: dict[str, pl.DataFrame], rules: Iterable[Rule]) -> Result:
    """The rules across documents over what ``across.compared`` kept of each: keys and compared amounts, no more."""
    rules = tuple(rules)
    gathered = _Gathered()
    _evaluate_across(gathered, compared, _of(rules, across=True))
    return _assembled(gathered, None, rules, compared["disclosures"])


_KEY = ["_rank", *CHECK_KEY]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What rules gave, with their ranks: checks and their operands, and operands of which the sums are to be compared."""

    checks: list[tuple[int, pl.DataFrame]] = field(default_factory=list)
    operands: list[tuple[int, pl.DataFrame]] = field(default_factory=list)
    sums: list[tuple[int, Sums]] = field(default_factory=list)
    #: Operands that carry the ranks of several rules.
    summed: list[pl.DataFrame] = field(default_factory=list)

    def take(self, rank: int, found: Found | Sums) -> None:
        if isinstance(found, Sums):
            self.sums.append((rank, found))
        else:
            self.checks.append((rank, found[0]))
            self.operands.append((rank, found[1]))


def _of(rules: Sequence[Rule], across: bool) -> list[tuple[int, Rule]]:
    return [(at, rule) for at, rule in enumerate(rules) if rule.across == across]


def _evaluate(gathered: _Gathered, batch: Batch, rules: Sequence[tuple[int, Rule]], library: Library | None) -> None:
    together: dict[str, list[tuple[int, Rule]]] = {}
    for rank, rule in rules:
        if rule.evaluate == "declared":
            gathered.take(rank, evaluate_declared(batch, rule, library or load_library()))
        elif rule.evaluate in EVALUATORS:
            gathered.take(rank, EVALUATORS[rule.evaluate](batch, rule))
        elif rule.evaluate in TOGETHER:
            together.setdefault(rule.evaluate, []).append((rank, rule))
        else:
            known = ", ".join(sorted({*EVALUATORS, *TOGETHER, *across.EVALUATORS, "declared"}))
            raise RuleError(f"the rule {rule.id} says evaluate = {rule.evaluate!r}; it must be one of {known}")
    for name, of_name in together.items():
        operands, sums = TOGETHER[name](batch, of_name)
        gathered.sums.extend(sums)
        gathered.summed.append(operands)


def _evaluate_across(gathered: _Gathered, compared: dict[str, pl.DataFrame], rules: Sequence[tuple[int, Rule]]) -> None:
    for rank, rule in rules:
        if rule.evaluate not in across.EVALUATORS:
            known = ", ".join(sorted(across.EVALUATORS))
            raise RuleError(f"the rule {rule.id} says evaluate = {rule.evaluate!r}; across documents use {known}")
        gathered.take(rank, across.EVALUATORS[rule.evaluate](compared, rule))


def _applying(checks: pl.DataFrame, rules: Sequence[Rule], disclosures: pl.DataFrame) -> pl.DataFrame:
    """``checks`` without those of rules that are of another stage or of other forms than the disclosure."""
    tests = []
    for rank, rule in enumerate(rules):
        if (rule.stage or rule.forms) and not rule.across:
            fits = disclosures
            if rule.stage:
                fits = fits.filter(pl.col("stage").cast(pl.String) == rule.stage)
            if rule.forms:
                fits = fits.filter(pl.col("form_family").cast(pl.String).is_in(rule.forms))
            tests.append((pl.col("_rank") != rank) | pl.col("disclosure_id").is_in(fits["disclosure_id"].implode()))
    return checks.filter(tests) if tests else checks


def _assembled(gathered: _Gathered, batch: Batch | None, rules: Sequence[Rule], disclosures: pl.DataFrame) -> Result:
    """The two tables of all rules, sorted by document, rule, and the order in which the rule found its checks."""
    alone = [(rank, each.operands) for rank, each in gathered.sums]
    summed = pl.concat([ranked(alone, OPERANDS), *gathered.summed])
    judged = ranked(gathered.operands, OPERANDS)
    own = _with_sides(ranked(gathered.checks, CHECKS), judged, summed.height)
    checks = pl.concat([settle_all(summed, gathered.sums), own])
    checks = _ordered(_applying(checks, rules, disclosures), rules, disclosures)
    operands = pl.concat([summed, judged])
    sides = pl.concat([_side(checks, side) for side in ("left", "right")]).sort("_order", maintain_order=True)
    sides = sides.hstack(operands.select("kind", "id", "value", "coefficient")[sides["_row"]])
    checks = told(batch, checks, sides, rules)
    return {
        "checks": checks.select(pl.col(name).cast(dtype) for name, dtype in CHECK_COLUMNS.items()),
        "check_operands": sides.select(pl.col(name).cast(dtype) for name, dtype in OPERAND_COLUMNS.items()),
    }


def _with_sides(checks: pl.DataFrame, operands: pl.DataFrame, start: int) -> pl.DataFrame:
    """The checks of evaluators that judge themselves, with the numbers of their operands, which begin at ``start``."""
    is_left = pl.col("side") == "left"
    rows = (
        operands.lazy()
        .with_columns(_row=pl.int_range(start, start + pl.len(), dtype=pl.UInt32))
        .group_by(_KEY, maintain_order=True)
        .agg(_left=pl.col("_row").filter(is_left), _right=pl.col("_row").filter(~is_left))
    )
    return (
        checks.lazy().join(rows, on=_KEY, how="left", nulls_equal=True, maintain_order="left").collect(engine=IN_MEMORY)
    )


def _side(checks: pl.DataFrame, side: str) -> pl.DataFrame:
    """One side of all checks: a row an operand, numbered within the side, with the number of the operand."""
    rows = pl.col(f"_{side}")
    return (
        checks.lazy()
        .filter(rows.list.len() > 0)
        .select("check_id", "_order", side=pl.lit(side), seq=pl.int_ranges(0, rows.list.len()), _row=rows)
        .explode("seq", "_row")
        .collect(engine=IN_MEMORY)
    )


def _ordered(checks: pl.DataFrame, rules: Sequence[Rule], disclosures: pl.DataFrame) -> pl.DataFrame:
    """``checks`` with their ids and in their order, which ``_order`` counts."""
    named = pl.DataFrame(
        [(rank, rule.id, rule.family, f"check.{rule.id}", rule.across) for rank, rule in enumerate(rules)],
        schema={
            "_rank": pl.Int32,
            "rule_id": pl.String,
            "family": pl.String,
            "_check": pl.String,
            "_across": pl.Boolean,
        },
        orient="row",
    )
    order = disclosures.lazy().select("disclosure_id", "disclosure_year").with_row_index("_at")
    identity = pl.concat_str("disclosure_id", "_check", "key", separator=".")
    other = pl.concat_str(identity, "other_disclosure_id", separator=".", ignore_nulls=True)
    return (
        checks.lazy()
        .join(named.lazy(), on="_rank", how="left", maintain_order="left")
        .join(order, on="disclosure_id", how="left", maintain_order="left")
        .with_columns(check_id=pl.when("_across").then(other).otherwise(identity))
        .with_row_index("_seq")
        .sort("_at", "_rank", "_seq")
        .with_row_index("_order")
        .collect(engine=IN_MEMORY)
    )
