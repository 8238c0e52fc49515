"""The evaluation of rules over the frames of a batch of disclosures, to the contract's two tables of the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipeline.reconcile.base import CHECK_KEY, Found, Rule
from pipeline.reconcile.batch import Batch
from pipeline.reconcile.language import Selection
from pipeline.reconcile.messages import with_messages
from pipeline.reconcile.unread import without_unread
from pipeline.tidy.queries import IN_MEMORY
from schemas.tables import TABLES


def reconcile(frames: Mapping[str, pl.DataFrame], rules: Iterable[Rule]) -> dict[str, pl.DataFrame]:
    """The frames ``checks`` and ``check_operands``, in the order of documents, families and rules.

    Rules across documents are evaluated between the documents of ``frames``.
    """
    batch, rules = Batch(frames), tuple(rules)
    kinds: dict[type[Rule], list[Rule]] = {}
    for rule in rules:
        kinds.setdefault(type(rule), []).append(rule)
    found = Found.all_of(kind.evaluate_all(batch, alike) for kind, alike in kinds.items())
    checks = without_unread(batch, found, rules)
    checks = _ordered(_applying(batch, checks, rules), batch, rules)
    operands = _numbered(found.operands, checks)
    checks = with_messages(batch, checks, operands, rules)
    return {
        name: frame.select(pl.col(column).cast(dtype) for column, dtype in _published(name).items())
        for name, frame in (("checks", checks), ("check_operands", operands))
    }


def _published(name: str) -> dict[str, pl.DataType]:
    return {column.name: column.dtype for column in TABLES[name].columns}


def _applying(batch: Batch, checks: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """``checks`` without those of disclosures that their rule is not for: by stage, form, `when`, `unless` and terms."""
    selections = [selection for rule in rules for selection in (*rule.when, *rule.unless)]
    terms = [term for rule in rules for term in rule.required_terms()]
    holding = _holding(batch, [*selections, *terms, *(where for term in terms for where in term.required_where)])
    tests = []
    for rule in rules:
        of = _disclosures_for(rule, batch.disclosures, holding)
        if of.height < batch.disclosures.height:
            tests.append((pl.col("rule") != rule.id) | pl.col("disclosure_id").is_in(of["disclosure_id"].implode()))
    return checks.filter(tests) if tests else checks


def _disclosures_for(rule: Rule, of: pl.DataFrame, holding: Mapping[Selection, pl.Series]) -> pl.DataFrame:
    """The disclosures that a rule is for; ``holding`` are those in which a selection has rows."""

    def has(selection: Selection) -> pl.Expr:
        return pl.col("disclosure_id").is_in(holding[selection].implode())

    if rule.stage:
        of = of.filter(pl.col("stage").cast(pl.String) == rule.stage)
    if rule.forms:
        of = of.filter(pl.col("form_family").cast(pl.String).is_in(rule.forms))
    needed = [~has(where) | has(term) for term in rule.required_terms() for where in term.required_where]
    tests = [*map(has, rule.when), *(~has(selection) for selection in rule.unless), *needed]
    return of.filter(tests) if tests else of


def _holding(batch: Batch, selections: Iterable[Selection]) -> dict[Selection, pl.Series]:
    """The disclosures in which each of ``selections`` has rows."""
    holding: dict[Selection, pl.Series] = {}
    for selection in dict.fromkeys(selections):
        holding[selection] = batch.rows(selection)[0]["disclosure_id"].unique()
    return holding


def _ordered(checks: pl.DataFrame, batch: Batch, rules: Sequence[Rule]) -> pl.DataFrame:
    """``checks`` with their ids, by document, rule, and the order in which the rule found them; ``_order`` counts them."""
    facts = pl.DataFrame(
        [(rule.id, at, rule.family, rule.across) for at, rule in enumerate(rules)],
        schema={"rule": pl.String, "_rank": pl.UInt32, "family": pl.String, "_across": pl.Boolean},
        orient="row",
    )
    order = batch.disclosures.lazy().select("disclosure_id", "disclosure_year").with_row_index("_at")
    identity = pl.format("{}.check.{}.{}", "disclosure_id", "rule", "key")
    other = pl.concat_str(identity, "other_disclosure_id", separator=".", ignore_nulls=True)
    return (
        checks.lazy()
        .join(facts.lazy(), on="rule", how="left", maintain_order="left")
        .join(order, on="disclosure_id", how="left", maintain_order="left")
        .sort("_at", "_rank", maintain_order=True)
        .with_columns(check_id=pl.when("_across").then(other).otherwise(identity), rule_id="rule")
        .with_row_index("_order")
        .collect(engine=IN_MEMORY)
    )


def _numbered(operands: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    """The operands of ``checks`` in their order, numbered within each side."""
    named = checks.select(*CHECK_KEY, "check_id", "disclosure_year", "_order")
    return (
        operands.lazy()
        .join(named.lazy(), on=CHECK_KEY, nulls_equal=True, maintain_order="left")
        .sort("_order", "side", maintain_order=True)
        .with_columns(seq=pl.int_range(pl.len()).over("_order", "side"))
        .collect(engine=IN_MEMORY)
    )
