"""The failing checks of a release, for a person: what disagrees, by how much, and where both sides are printed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from pipeline.publish.reading import read_manifest, read_table
from pipeline.reconcile.rules import FAMILIES, load_rules
from pipeline.terminal import LANGUAGES
from schemas.loading import nearest
from schemas.tables import TABLES
from schemas.vocabularies import vocabulary

_MARKS = {"error": "✗", "warning": "!", "info": "·"}
#: Operands listed of a side; the others are counted (``yusuan trace`` shows all).
_SHOWN = 12
_SIDES = {"left": "one side", "right": "the other"}


class UnknownName(ValueError):
    """A rule, family or severity that does not exist. Says the nearest that does."""


def list_checks(release: Path, wanted: Mapping[str, str | None], language: str | None = None) -> tuple[str, int]:
    """One paragraph a failing check, grouped by source, and how many of them are errors.

    ``wanted`` may name a rule, a family and a severity; messages are in ``language``, or in both. The source with the
    largest difference comes first, and of a source its largest; what rounding may explain comes last. The last line
    counts the checks by severity. Raises UnknownName and ReleaseError.
    """
    read_manifest(release)
    every = read_table(release, "checks")
    known = {
        "rule": {rule.id for rule in load_rules()} | set(every["rule_id"]),
        "family": FAMILIES,
        "severity": vocabulary("severity"),
    }
    checks = _wanted(every.filter(pl.col("status") == "fail"), wanted, known)
    if not checks.height:
        return "0 failing checks", 0
    disclosures = read_table(release, "disclosures").select(
        "disclosure_id", "source_file", "entity_name", "disclosure_year"
    )
    sources = {row["disclosure_id"]: row for row in disclosures.iter_rows(named=True)}
    checks = by_size(checks)
    languages = LANGUAGES if language is None else [language]
    lines = list(_paragraphs(checks, sources, _operands(release, checks), languages))
    counts = dict(checks.group_by("severity").len().iter_rows())
    said = ", ".join(f"{counts[name]} {name}" for name in _MARKS if name in counts)
    files = checks["disclosure_id"].n_unique()
    lines += ["", f"{checks.height} failing checks of {files} disclosure{'s' if files > 1 else ''}: {said}"]
    return "\n".join(lines).lstrip("\n"), counts.get("error", 0)


def _wanted(
    checks: pl.DataFrame, wanted: Mapping[str, str | None], known: Mapping[str, Collection[str]]
) -> pl.DataFrame:
    """The checks of a rule, family and severity, as far as they are named. Raises UnknownName."""
    for name, value in wanted.items():
        if value is None:
            continue
        if value not in known[name]:
            raise UnknownName(f"there is no {name} {value!r}; {nearest(value, known[name])}")
        checks = checks.filter(pl.col("rule_id" if name == "rule" else name) == value)
    return checks


def _paragraphs(
    checks: pl.DataFrame,
    sources: Mapping[str, dict[str, object]],
    operands: Mapping[str, list[dict[str, object]]],
    languages: Sequence[str],
) -> Iterator[str]:
    """The lines of each check, under those of its source."""
    current = None
    for row in checks.iter_rows(named=True):
        if row["disclosure_id"] != current:
            current = row["disclosure_id"]
            source = sources[current]
            named = " ".join(str(one) for one in (source["entity_name"], source["disclosure_year"]) if one)
            yield from ("", str(source["source_file"]), f"  {named}")
        yield from ("", f"  {_MARKS[row['severity']]} {row['severity']} · {row['rule_id']}")
        yield from (f"    {row[f'message_{each}']}" for each in languages)
        if row["other_disclosure_id"] in sources:
            yield f"    against {sources[row['other_disclosure_id']]['source_file']}"
        yield from _both_sides(operands.get(row["check_id"], []))
        yield f"    {row['check_id']}"


def by_size(checks: pl.DataFrame) -> pl.DataFrame:
    """``checks`` by what is disagreed about, in yuan: sources by their largest difference, then the checks of each."""
    money = (pl.col("unit") == "CNY") & ~pl.col("rounding_only").fill_null(False)
    sized = checks.with_columns(_size=pl.when(money).then(pl.col("difference").abs()).fill_null(0))
    sized = sized.with_columns(_largest=pl.col("_size").max().over("disclosure_id"))
    sized = sized.with_columns(_at=pl.int_range(pl.len()).min().over("disclosure_id"))
    order, descending = ["_largest", "_at", "rounding_only", "_size"], [True, False, False, True]
    return sized.sort(order, descending=descending, maintain_order=True).drop("_size", "_largest", "_at")


def _operands(release: Path, checks: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    """The operands of ``checks`` with their places, by check."""
    wanted = read_table(release, "check_operands").join(checks, on="check_id", how="semi", maintain_order="left")
    parts = []
    for kind in wanted["kind"].unique(maintain_order=True).drop_nulls():
        frame, key = read_table(release, kind), TABLES[kind].primary_key[0]
        place = [name for name in ("page", "line", "printed") if name in frame.columns]
        found = wanted.filter(pl.col("kind") == kind)
        parts.append(
            found.join(frame.select(pl.col(key).alias("id"), *place), on="id", how="left", maintain_order="left")
        )
    by_check: dict[str, list[dict[str, object]]] = {}
    if parts:
        rows = pl.concat(parts, how="diagonal").sort("check_id", "side", "seq")
        for row in rows.iter_rows(named=True):
            by_check.setdefault(row["check_id"], []).append(row)
    return by_check


def _both_sides(operands: list[dict[str, object]]) -> Iterator[str]:
    for side, words in _SIDES.items():
        of_side = [row for row in operands if row["side"] == side]
        for row in of_side[:_SHOWN]:
            place = f"page {row['page']}, line {row['line']}" if row.get("page") else f"line {row.get('line') or '—'}"
            printed = f": {row['printed']}" if row.get("printed") else ""
            minus = " (taken off)" if str(row["coefficient"]).startswith("-") else ""
            yield f"      {words}, {place}{printed}{minus}  [{row['id']}]"
        if len(of_side) > _SHOWN:
            yield f"      {words}: and {len(of_side) - _SHOWN} more"
