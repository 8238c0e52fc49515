"""What every rule is, and how what it finds becomes checks: sums of two sides, tolerance, status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar

import polars as pl

from pipeline.extract.forms.entries import Stage
from pipeline.reconcile.language import VALUE, ZERO, FormFamily, Selection, Severity, Source, Template, Term
from pipeline.tidy.queries import IN_MEMORY
from schemas.tables import TABLES

if TYPE_CHECKING:
    from pipeline.reconcile.batch import Batch

#: What a check is, whatever other disclosures the batch holds.
CHECK_KEY = ("rule", "disclosure_id", "other_disclosure_id", "key")
#: The figures on the sides of checks. ``key`` names a check within its rule and disclosure; ``term`` numbers the terms
#: that the check cannot do without (null: one that may be blank).
OPERANDS = {
    **dict.fromkeys(CHECK_KEY, pl.String()),
    "side": pl.String(),
    "kind": pl.String(),
    "id": pl.String(),
    "value": VALUE,
    "coefficient": pl.Int64(),
    "half": VALUE,
    "own_half": VALUE,
    "term": pl.Int32(),
}
#: Checks. ``note_zh`` and ``note_en`` are what they say where the rule's own messages do not.
CHECKS = {
    **dict.fromkeys(CHECK_KEY, pl.String()),
    "unit": pl.String(),
    **dict.fromkeys(("left_value", "right_value", "difference", "tolerance"), VALUE),
    "rounding_only": pl.Boolean(),
    **dict.fromkeys(("status", "severity", "note_zh", "note_en"), pl.String()),
}
Unit = Literal["CNY", "person", "count"]
#: What a check rests on: its operands alone, all cells of their rows, or all rows of their tables.
Needed = Literal["operands", "row", "table"]
Schema = Mapping[str, pl.DataType]
_Kind = TypeVar("_Kind", bound="Rule")
_MESSAGE_ZH = "左边为{left}，右边为{right}（{right_sum}），相差{difference}"
_MESSAGE_EN = "the left side is {left}, the right side {right} ({right_sum}), difference {difference}"
SubjectPart = Literal[
    "table", "row", "code", "class", "column", "measure", "year", "metric", "level", "target", "section", "project"
]


@dataclass(frozen=True, slots=True)
class Found:
    """Checks, and the operands of their sides."""

    checks: pl.DataFrame
    operands: pl.DataFrame

    @staticmethod
    def all_of(parts: Iterable[Found]) -> Found:
        """What several evaluations found, one after the other."""
        found = list(parts)
        return Found(
            pl.concat([pl.DataFrame(schema=CHECKS), *(each.checks for each in found)]),
            pl.concat([pl.DataFrame(schema=OPERANDS), *(each.operands for each in found)]),
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule says."""

    id: Annotated[str, "Its name, published as `rule_id`"]
    family: str
    title_zh: Annotated[str, "What holds where a check passes, in Chinese"]
    title_en: Annotated[str, "The same in English"]
    severity: Annotated[Severity, "How severe a failure is"] = "error"
    stage: Annotated[Stage | None, "The stage of the disclosures that it is for; all where not given"] = None
    forms: Annotated[tuple[FormFamily, ...], "The form families that it is for; all where not given"] = ()
    when: Annotated[tuple[Selection, ...], "It is for disclosures in which each of these selections has rows"] = ()
    unless: Annotated[tuple[Selection, ...], "It is not for disclosures in which one of these selections has rows"] = ()
    subject: Annotated[
        tuple[SubjectPart, ...],
        "What messages say a check is about: parts of the record that its first operand is, in their order",
    ] = ()

    #: Whether the rule holds documents against one another.
    across: ClassVar[bool] = False

    @classmethod
    def evaluate_all(cls: type[_Kind], batch: Batch, rules: Sequence[_Kind]) -> Found:
        """What all rules of this kind find in a batch of disclosures."""
        return Found.all_of(rule.evaluate(batch) for rule in rules)

    def evaluate(self, batch: Batch) -> Found:
        """What this rule finds in a batch of disclosures."""
        raise NotImplementedError

    def required_terms(self) -> Iterable[Term]:
        """The terms that checks of some disclosures may not lack, whose `required_where` says of which."""
        return ()

    def needs(self) -> Needed:
        """What must have been read for a failing check to accuse the source."""
        return "operands"

    def messages(self) -> tuple[str, str]:
        """What checks without a note of their own say, in Chinese and English."""
        return _MESSAGE_ZH, _MESSAGE_EN

    def shows_sum(self, side: str) -> bool:
        """Whether messages spell out what a side is the sum of."""
        return any(f"{{{side}_sum}}" in text for text in self.messages())

    def findings(
        self,
        rows: pl.DataFrame,
        zh: pl.Expr,
        en: pl.Expr,
        failed: pl.Expr | None = None,
        status: Literal["fail", "not_applicable"] = "fail",
    ) -> pl.DataFrame:
        """Checks that say something in words: one for each disclosure and key of ``rows``, with its notes.

        Where ``failed`` is given, the rows for which it is false pass. A note of what a row does not have is the title.
        """
        verdict = pl.lit(status)
        if failed is not None:
            verdict = pl.when(failed).then(pl.lit(status)).otherwise(pl.lit("pass"))
        return shaped(
            rows.unique(["disclosure_id", "key"], keep="first", maintain_order=True),
            CHECKS,
            rule=pl.lit(self.id),
            unit=pl.lit(None),
            status=verdict,
            severity=pl.lit(self.severity if status == "fail" else "info"),
            rounding_only=pl.lit(False),
            note_zh=zh.fill_null(pl.lit(self.title_zh)),
            note_en=en.fill_null(pl.lit(self.title_en)),
        )

    def operands_of(
        self,
        rows: pl.DataFrame,
        side: str,
        kind: str | pl.Expr,
        identity: str | None = None,
        **given: pl.Expr,
    ) -> pl.DataFrame:
        """Rows as operands of one side: their key, value, half, own_half, coefficient and term, or those ``given``.

        ``kind`` is the table that the column ``identity`` names a row of (that of its key where none is given), or says it
        row by row.
        """
        if identity is None:
            identity = TABLES[kind].primary_key[0] if isinstance(kind, str) else "id"
        made = {
            "rule": pl.lit(self.id),
            "side": pl.lit(side),
            "kind": pl.lit(kind) if isinstance(kind, str) else kind,
            "id": pl.col(identity),
            "coefficient": pl.lit(1),
        }
        return shaped(rows, OPERANDS, **{**made, **given})

    def both_sides(self, left: pl.DataFrame, right: pl.DataFrame, kind: str) -> pl.DataFrame:
        """Rows of the table ``kind`` as operands of the left and of the right side."""
        return pl.concat([self.operands_of(left, "left", kind), self.operands_of(right, "right", kind)])

    def records(self, rows: pl.DataFrame, kind: str | pl.Expr, identity: str | None = None) -> pl.DataFrame:
        """What findings are about where there is no figure: the records themselves, without a value."""
        return self.operands_of(rows, "left", kind, identity, value=pl.lit(None), half=ZERO, own_half=ZERO)


@dataclass(frozen=True, kw_only=True)
class WordedRule(Rule):
    """A rule with messages of its own.

    A message may say `{left}`, `{right}` and `{difference}` (with their unit), `{left_sum}` and `{right_sum}` (the
    figures that were added up). What the check is about is put before it.
    """

    message_zh: Annotated[Template, "What a check that fails says, in Chinese"] = _MESSAGE_ZH
    message_en: Annotated[Template, "The same in English"] = _MESSAGE_EN

    def messages(self) -> tuple[str, str]:
        """What checks say, in Chinese and English."""
        return self.message_zh, self.message_en


@dataclass(frozen=True, kw_only=True)
class SumRule(WordedRule):
    """A rule whose two sides are sums of figures.

    A side without a figure makes no check, nor does a check that lacks a term that it cannot do without: what is not
    printed is not zero. Inside a table a total over cells that are all blank is held against nothing.
    """

    compare: Annotated[
        Literal["equal", "at_most"], "Whether the left side must equal the right one or must not be above it"
    ] = "equal"
    unit: Annotated[Unit, "What the figures are measured in"] = "CNY"

    #: Whether a left side other than 0 is held against a right side that is all blank, which counts as nothing.
    blank_parts: ClassVar[bool] = False

    def terms(self) -> int:
        """How many terms a check cannot do without."""
        return 0

    def evaluate(self, batch: Batch) -> Found:
        """The checks that the rule's operands give."""
        operands = self.operands(batch)
        return Found(compare_sums(operands, [self]), operands)

    def operands(self, batch: Batch) -> pl.DataFrame:
        """The figures of both sides of all checks."""
        raise NotImplementedError


def shaped(frame: pl.DataFrame, schema: Schema, **given: pl.Expr) -> pl.DataFrame:
    """``frame`` with exactly the columns of ``schema``: as ``given``, else its own; what both lack is null."""
    own = set(frame.columns)
    return frame.select(
        given.get(name, pl.col(name) if name in own else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def one_of_each(rows: pl.DataFrame, *groups: str) -> pl.DataFrame:
    """A figure that several rows of a group repeat, once; none where they contradict one another."""
    alike = rows.filter(pl.col("value").n_unique().over(groups) == 1)
    return alike.unique(groups, keep="first", maintain_order=True)


@dataclass(frozen=True, slots=True)
class SideRows:
    """The rows of a frame that stand on a side of the checks of a rule; ``rows`` is the condition that they fit.

    ``term``, ``pick_one`` and ``as_zero`` are as operands and terms of rules have them.
    """

    rule: str
    side: str
    rows: pl.Expr
    term: int | None = None
    pick_one: bool = False
    as_zero: bool = False


def operands_where(frame: pl.DataFrame, source: Source, key: pl.Expr, sides: Sequence[SideRows]) -> pl.DataFrame:
    """The operands of ``sides`` in their order, found in one query; ``key`` makes the keys of their checks."""
    tests = [each.rows.alias(str(at)) for at, each in enumerate(sides)]
    held = frame.lazy().with_columns(tests).select(str(at) for at in range(len(sides))).collect(engine=IN_MEMORY)
    numbers = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    rows = [numbers.filter(column) for column in held]
    facts = pl.DataFrame(
        [(at, *(getattr(each, name) for name in _SIDE)) for at, each in enumerate(sides)],
        schema={"_at": pl.UInt32, **_SIDE},
        orient="row",
    )
    of_side = [at for at, found in enumerate(rows) for _ in range(found.len())]
    columns = dict.fromkeys(("disclosure_id", "value", "half", "own_half", source.identity, *key.meta.root_names()))
    found = frame[list(columns)][pl.concat([numbers.clear(), *rows])]
    found = found.with_columns(key=key, kind=pl.lit(source.table), coefficient=pl.lit(1))
    found = found.hstack(facts[pl.Series(of_side, dtype=pl.UInt32)])
    found = found.with_columns(value=pl.when("as_zero").then(ZERO).otherwise("value").cast(VALUE))
    once = one_of_each(found.filter("pick_one"), "_at", "disclosure_id", "key")
    found = pl.concat([found.filter(~pl.col("pick_one")), once]).sort("_at", maintain_order=True)
    return shaped(found, OPERANDS, id=pl.col(source.identity))


_SIDE = {
    "rule": pl.String(),
    "side": pl.String(),
    "term": pl.Int32(),
    "pick_one": pl.Boolean(),
    "as_zero": pl.Boolean(),
}


def with_parts(
    operands: pl.DataFrame, records: pl.DataFrame, group: Sequence[str], blank: pl.Series | None = None
) -> pl.DataFrame:
    """``operands`` without left sides of groups (columns of a table) in which nothing stands on the right anywhere.

    ``records`` are the lines that operands are, with the columns of ``group``. A blank cell is one of a column, or of a
    row, that is there: where the table has no such parts at all there is nothing to add up. ``blank`` are ids of tables
    whose parts are rows that print a label and no amount.
    """
    columns = ["rule", *group]
    placed = operands.join(records.select(group, id="line_id"), on="id", how="left", maintain_order="left")
    there = pl.col("side") == "right"
    if blank is not None:
        there |= pl.col("table_id").is_in(blank.implode())
    parted = placed.filter(there).select(columns).unique()
    return placed.join(parted, on=columns, how="semi", nulls_equal=True, maintain_order="left").select(list(OPERANDS))


def _cut_off() -> pl.Expr:
    """Whether the side of fewer digits is the lower one by less than what its digits are worth: cut off, not rounded."""
    left, right = pl.col("_own_left"), pl.col("own") - pl.col("_own_left")
    low = pl.col("left_value").abs() < pl.col("right_value").abs()
    coarse = pl.when(low & (left > right)).then(left).when(~low & (right > left)).then(right).otherwise(ZERO)
    return pl.col("excess") < coarse + coarse


def _asked(rules: Sequence[SumRule]) -> pl.DataFrame:
    """How each of ``rules`` compares: its unit, terms, whether at most, the severity of a failure, blank parts."""
    return pl.DataFrame(
        [
            (rule.id, rule.unit, rule.terms(), rule.compare == "at_most", rule.severity, rule.blank_parts)
            for rule in rules
        ],
        schema={
            "rule": pl.String,
            "unit": pl.String,
            "_terms": pl.UInt32,
            "_at_most": pl.Boolean,
            "_as": pl.String,
            "_blank": pl.Boolean,
        },
        orient="row",
    )


def _summed(operands: pl.LazyFrame) -> pl.LazyFrame:
    """The sums of both sides of each check, what rounding can hide in them, and which sides and terms have figures."""
    coefficient = pl.col("coefficient").cast(VALUE)
    return (
        operands.select(
            *CHECK_KEY,
            _is_left=pl.col("side") == "left",
            _signed=pl.col("value") * coefficient,
            _half=pl.col("half") * coefficient.abs(),
            _own=pl.col("own_half") * coefficient.abs(),
            _term="term",
        )
        .group_by(CHECK_KEY, maintain_order=True)
        .agg(
            left_value=pl.col("_signed").filter("_is_left").sum(),
            right_value=pl.col("_signed").filter(~pl.col("_is_left")).sum(),
            tolerance=pl.col("_half").sum(),
            own=pl.col("_own").sum(),
            _own_left=pl.col("_own").filter("_is_left").sum(),
            _left=pl.col("_is_left").any(),
            _right=~pl.col("_is_left").all(),
            terms=pl.col("_term").drop_nulls().n_unique(),
        )
    )


def compare_sums(operands: pl.DataFrame, rules: Sequence[SumRule]) -> pl.DataFrame:
    """The checks of ``rules`` that ``operands`` give: one for each rule, disclosure and key with figures on both sides."""
    off = pl.col("difference")
    excess = pl.when(~pl.col("_at_most")).then(off.abs()).when(off > ZERO).then(off).otherwise(ZERO)
    as_if_rounded = pl.col("excess") <= pl.max_horizontal(pl.col("own"), pl.col("tolerance"))
    return (
        _summed(operands.lazy())
        .join(_asked(rules).lazy(), on="rule", maintain_order="left")
        .filter("_left", pl.col("_right") | (pl.col("_blank") & (pl.col("left_value") != ZERO)))
        .filter(pl.col("terms") >= pl.col("_terms"))
        .with_columns(difference=pl.col("left_value") - pl.col("right_value"))
        .with_columns(excess=excess)
        .with_columns(
            status=pl.when(pl.col("excess") <= pl.col("tolerance")).then(pl.lit("pass")).otherwise(pl.lit("fail")),
            rounding_only=(pl.col("excess") > ZERO) & (as_if_rounded | _cut_off()),
        )
        .with_columns(severity=pl.when("rounding_only").then(pl.lit("info")).otherwise("_as"))
        .with_columns(note_zh=pl.lit(None), note_en=pl.lit(None))
        .select(pl.col(name).cast(dtype) for name, dtype in CHECKS.items())
        .collect(engine=IN_MEMORY)
    )
