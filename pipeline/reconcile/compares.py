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
from pipeline.reconcile.sides import Summed, no_operands

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
        self._none = pl.Series(dtype=pl.UInt32)
        self._held: dict[str, pl.Series] = {}
        for table, (attribute, _) in SOURCES.items():
            self._documents[table] = pl.Series(dtype=pl.String)
            frame: pl.DataFrame = getattr(batch, attribute)
            wanted = {_spelled(term): condition(term) for term in terms if table_of(term) == table}
            if wanted and frame.height:
                tests = [pl.arg_where(test).implode().alias(name) for name, test in wanted.items()]
                found = frame.lazy().select(tests).collect()
                self._rows |= {name: found[name][0] for name in wanted}
                self._documents[table] = frame["disclosure_id"]

    def _where(self, term: Mapping[str, Any]) -> pl.Series:
        """The disclosures in which a term has rows, as one list."""
        spelled = _spelled(term)
        if spelled not in self._held:
            documents, rows = self._documents[table_of(term)], self._rows.get(spelled, self._none)
            self._held[spelled] = documents.gather(rows).unique().implode()
        return self._held[spelled]

    def where_it_holds(self, rule: Rule, term: Mapping[str, Any]) -> pl.Series:
        """The rows of ``term`` in disclosures where each selection of ``when`` has rows and none of ``unless``."""
        rows = self._rows.get(_spelled(term), self._none)
        for name in ("when", "unless"):
            for other in rule.option(name, ()):
                if rows.len():
                    there = self._documents[table_of(term)].gather(rows).is_in(self._where(other))
                    rows = rows.filter(there if name == "when" else ~there)
        return rows


def _spelled(term: Mapping[str, Any]) -> str:
    """A term's conditions as text: the same for terms that find the same rows."""
    said = {name: value for name, value in term.items() if name not in TERM_WORDS}
    return json.dumps([table_of(term), said], ensure_ascii=False, sort_keys=True)


def _rows(batch: Batch, table: str, by: tuple[str, ...], ats: Sequence[int], rows: Sequence[pl.Series]) -> pl.DataFrame:
    """The figures of some uses of one table and one key, each with the number of its use."""
    attribute, identity = SOURCES[table]
    frame: pl.DataFrame = getattr(batch, attribute)
    numbers = pl.concat([rows[at] for at in ats])
    use = pl.concat([pl.repeat(at, rows[at].len(), dtype=pl.Int32, eager=True) for at in ats])
    columns = dict.fromkeys((*_FIGURES, identity, *by))
    found = frame.select(list(columns))[numbers]
    return found.select(*_FIGURES, id=pl.col(identity), key=key_of(by), kind=pl.lit(table), _use=use)


def _operands(rows: pl.DataFrame, uses: Sequence[_Use]) -> pl.DataFrame:
    facts = pl.DataFrame(
        [
            (
                at,
                use.rank,
                use.side,
                use.term.get("coefficient", 1),
                use.number,
                use.term.get("pick", "sum") == "one",
                bool(use.term.get("as_zero")),
            )
            for at, use in enumerate(uses)
        ],
        schema={
            "_use": pl.Int32,
            "_rank": pl.Int32,
            "side": pl.String,
            "coefficient": pl.Int64,
            "term": pl.Int32,
            "_one": pl.Boolean,
            "_zero": pl.Boolean,
        },
        orient="row",
    )
    told = (
        rows.lazy()
        .join(facts.lazy(), on="_use", maintain_order="left")
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
    return pl.concat(both).sort("_use", maintain_order=True).drop("_use").collect()
