"""Rules that compare sums of selections, all of them at once: what they have in common is looked for once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO, Batch
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.selection import SOURCES, TERM_WORDS, condition, key_of, table_of
from pipeline.reconcile.settle import OPERANDS, Sums
from pipeline.reconcile.sides import Summed, found_rows, no_operands, repeated
from pipeline.tidy.queries import IN_MEMORY

_NO_ROWS = pl.Series(dtype=pl.UInt32)
_FIGURES = ("disclosure_id", "value", "half", "own_half")


@dataclass(frozen=True, slots=True)
class _Use:
    """A term on a side of a rule. ``number`` counts the terms that the rule cannot do without."""

    rank: int
    rule: Rule
    side: str
    term: Mapping[str, Any]
    number: int | None

    @property
    def by(self) -> tuple[str, ...]:
        return tuple(self.term.get("by", self.rule.option("by", ())))


def compare(batch: Batch, rules: Sequence[tuple[int, Rule]]) -> Summed:
    """Both sides as sums of selections, for each disclosure and each value of the columns ``by``.

    A term that finds nothing makes no check unless it is ``optional``. ``pick = "one"`` takes a figure that
    several rows repeat once, and leaves out what they contradict; ``by`` in a term renames the rule's columns
    for its rows; ``as_zero`` makes the rows count as 0 (无… stands for it).

    Gives the operands of all ``rules``, which come with their ranks, and how each is settled.
    """
    uses, sums = [], []
    for rank, rule in rules:
        required = 0
        for side in ("left", "right"):
            for term in rule.option(side):
                optional = bool(term.get("optional"))
                uses.append(_Use(rank, rule, side, term, None if optional else required))
                required += not optional
        sums.append((rank, Sums(rule, unit=rule.option("unit", "CNY"), terms=required)))
    chosen = _Chosen(batch, [*(use.term for use in uses), *(term for _, rule in rules for term in _conditions(rule))])
    rows = [chosen.where_it_holds(use.rule, use.term) for use in uses]
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for at, use in enumerate(uses):
        if rows[at].len():
            groups.setdefault((table_of(use.term), use.by), []).append(at)
    parts = [_rows(batch, table, by, ats, rows) for (table, by), ats in groups.items()]
    if not parts:
        return no_operands(), sums
    return _operands(pl.concat(parts), uses), sums


def _conditions(rule: Rule) -> list[Mapping[str, Any]]:
    return [*rule.option("when", ()), *rule.option("unless", ())]


class _Chosen:
    """The rows of terms by their numbers in the frames of a batch, found together."""

    def __init__(self, batch: Batch, terms: Sequence[Mapping[str, Any]]) -> None:
        self._rows: dict[str, pl.Series] = {}
        self._documents: dict[str, pl.Series] = {}
        self._count = batch.disclosures.height
        self._held: dict[str, pl.Series | None] = {}
        for table, (attribute, _) in SOURCES.items():
            frame: pl.DataFrame = getattr(batch, attribute)
            if frame.height:
                wanted = {_spelled(term): condition(term) for term in terms if table_of(term) == table}
                self._rows |= zip(wanted, found_rows(frame, list(wanted.values())), strict=True)
                self._documents[table] = frame["document"]

    def where_it_holds(self, rule: Rule, term: Mapping[str, Any]) -> pl.Series:
        """The rows of ``term`` in disclosures where each selection of ``when`` has rows and none of ``unless``."""
        rows = self._rows.get(_spelled(term), _NO_ROWS)
        if rule.id not in self._held:
            self._held[rule.id] = self._holding(rule) if _conditions(rule) else None
        held = self._held[rule.id]
        return rows if held is None or not rows.len() else rows.filter(held[self._documents[table_of(term)][rows]])

    def _holding(self, rule: Rule) -> pl.Series:
        """Whether the conditions of ``rule`` hold in each document."""
        there = [self._there(term) for term in rule.option("when", ())]
        lacking = [self._there(term) for term in rule.option("unless", ())]
        return pl.Series(
            [
                all(at in documents for documents in there) and not any(at in documents for documents in lacking)
                for at in range(self._count)
            ],
            dtype=pl.Boolean,
        )

    def _there(self, term: Mapping[str, Any]) -> set[int]:
        """The documents in which a term has rows."""
        rows = self._rows.get(_spelled(term), _NO_ROWS)
        return set(self._documents[table_of(term)][rows]) if rows.len() else set()


def _spelled(term: Mapping[str, Any]) -> str:
    """A term's conditions as text: the same for terms that find the same rows."""
    said = {name: value for name, value in term.items() if name not in TERM_WORDS}
    return json.dumps([table_of(term), said], ensure_ascii=False, sort_keys=True)


def _rows(batch: Batch, table: str, by: tuple[str, ...], ats: Sequence[int], rows: Sequence[pl.Series]) -> pl.DataFrame:
    """The figures of some uses of one table and one key, each with the number of its use."""
    attribute, identity = SOURCES[table]
    frame: pl.DataFrame = getattr(batch, attribute)
    chosen = [rows[at] for at in ats]
    found = frame[list(dict.fromkeys((*_FIGURES, identity, *by)))][pl.concat(chosen)]
    return found.select(*_FIGURES, id=pl.col(identity), key=key_of(by), kind=pl.lit(table), _use=repeated(ats, chosen))


def _operands(rows: pl.DataFrame, uses: Sequence[_Use]) -> pl.DataFrame:
    facts: dict[str, pl.Series] = {
        "_rank": pl.Series([use.rank for use in uses], dtype=pl.Int32),
        "side": pl.Series([use.side for use in uses]),
        "coefficient": pl.Series([use.term.get("coefficient", 1) for use in uses], dtype=pl.Int64),
        "term": pl.Series([use.number for use in uses], dtype=pl.Int32),
        "_one": pl.Series([use.term.get("pick", "sum") == "one" for use in uses]),
        "_zero": pl.Series([bool(use.term.get("as_zero")) for use in uses]),
    }
    told = (
        rows.lazy()
        .with_columns(values[rows["_use"]].alias(name) for name, values in facts.items())
        .with_columns(value=pl.when("_zero").then(ZERO.cast(VALUE)).otherwise("value"))
    )
    # A figure that several rows of a key repeat, once; none where they contradict one another.
    once = (
        told.filter("_one")
        .group_by("_use", "disclosure_id", "key", maintain_order=True)
        .agg(pl.exclude("_use", "disclosure_id", "key").first(), _values=pl.col("value").n_unique())
        .filter(pl.col("_values") == 1)
    )
    columns = [
        (pl.col(name) if name != "other_disclosure_id" else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in OPERANDS.items()
    ]
    both = [each.select(*columns, "_rank", "_use") for each in (told.filter(~pl.col("_one")), once)]
    return pl.concat(both).sort("_use", maintain_order=True).drop("_use").collect(engine=IN_MEMORY)
