"""Named selections: which figures stand on a side of a rule, by table, row, measure, fund; never by position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipeline.reconcile.batch import ZERO, Batch
from pipeline.reconcile.rules import Rule, RuleError
from pipeline.reconcile.settle import operands_of, settle

_SOURCES = {
    "budget_lines": ("lines", "line_id"),
    "statements": ("statements", "statement_id"),
    "targets": ("targets", "target_id"),
}
_WORDS = ("from", "coefficient", "pick", "optional")


def condition(wanted: Mapping[str, Any]) -> pl.Expr:
    """The rows a term of a rule means.

    A column may be given one value or a list; ``null`` and ``filled`` list columns; ``<column>_like`` and
    ``not_<column>_like`` are regular expressions; ``nonzero`` asks for an amount that is not 0.
    """
    tests = [pl.lit(True)]
    for name, value in wanted.items():
        if name in _WORDS:
            continue
        if name == "null":
            tests += [pl.col(column).is_null() for column in value]
        elif name == "filled":
            tests += [pl.col(column).is_not_null() for column in value]
        elif name == "nonzero":
            tests.append(pl.col("value") != ZERO)
        elif name == "any":
            tests.append(pl.any_horizontal(condition(choice) for choice in value))
        elif name.startswith("not_") and name.endswith("_like"):
            tests.append(~pl.col(name[4:-5]).cast(pl.String).str.contains(value).fill_null(False))
        elif name.endswith("_like"):
            tests.append(pl.col(name[:-5]).cast(pl.String).str.contains(value).fill_null(False))
        elif isinstance(value, bool):
            tests.append(pl.col(name) == value)
        elif isinstance(value, list):
            tests.append(pl.col(name).cast(pl.String).is_in([str(one) for one in value]))
        else:
            tests.append(pl.col(name).cast(pl.String) == str(value))
    return pl.all_horizontal(tests)


def rows_of(batch: Batch, term: Mapping[str, Any]) -> tuple[pl.DataFrame, str, str]:
    """The rows of a term, the table they come from and the name of its id."""
    table = term.get("from", "budget_lines")
    if table not in _SOURCES:
        raise RuleError(f"a term says from = {table!r}; it must be one of {', '.join(_SOURCES)}")
    attribute, identity = _SOURCES[table]
    frame: pl.DataFrame = getattr(batch, attribute)
    return (frame.filter(condition(term)) if frame.height else frame), table, identity


def evaluate_compare(batch: Batch, rule: Rule) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both sides as sums of selections, for each disclosure and each value of the columns ``by``.

    ``pick = "one"`` takes a figure that several rows repeat once, and leaves out what they contradict.
    ``when`` and ``unless`` are selections: the rule holds only where the first has rows and the second none.
    """
    by = ["disclosure_id", *rule.option("by", ())]
    parts = []
    for side in ("left", "right"):
        for number, term in enumerate(rule.option(side)):
            rows, table, identity = rows_of(batch, term)
            if rule.stage and rows.height:
                rows = rows.filter(pl.col("stage") == rule.stage)
            if not rows.height:
                if term.get("optional") or number:
                    continue
                return settle(rule, pl.DataFrame())
            names = [pl.col(name).cast(pl.String).fill_null("") for name in by[1:]]
            key = pl.concat_str(names, separator=".").str.strip_chars(".") if names else pl.lit("document")
            rows = rows.with_columns(key=key)
            if term.get("pick", "sum") == "one":
                groups = ["disclosure_id", "key"]
                rows = rows.filter(pl.col("value").n_unique().over(groups) == 1)
                rows = rows.unique(groups, keep="first", maintain_order=True)
            parts.append(operands_of(rows, side, table, identity, term.get("coefficient", 1)))
    operands = pl.concat(parts)
    for name, how in (("when", "semi"), ("unless", "anti")):
        for term in rule.option(name, ()):
            rows, _, _ = rows_of(batch, term)
            if not rows.height:
                operands = operands.clear() if how == "semi" else operands
                continue
            operands = operands.join(rows, on="disclosure_id", how=how, maintain_order="left")  # type: ignore[arg-type]
    return settle(rule, operands, rule.option("unit", "CNY"))
