"""The rules of ``schemas/rules/*.toml``: their kinds, by the name of their evaluator, and how files are read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.reconcile import across, codes, columns, compare, prose, ratios, rows, structure, targets
from pipeline.reconcile.base import Rule, SumRule
from schemas.loading import SchemaFileError, name_of, nearest, one_of, read_entry, read_toml
from schemas.vocabularies import vocabulary

__all__ = ["FAMILIES", "KINDS", "Rule", "SumRule", "load_rules"]

FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "rules"
FAMILIES = tuple(vocabulary("family"))
#: What a rule is, by what it says as `evaluate`.
KINDS: Mapping[str, type[Rule]] = {
    "row": rows.RowRule,
    "declared": rows.DeclaredRule,
    "column": columns.ColumnRule,
    "total_row": columns.TotalRowRule,
    "totals": columns.TotalsRule,
    "hierarchy": columns.HierarchyRule,
    "items": columns.ItemsRule,
    "compare": compare.CompareRule,
    "change": prose.ChangeRule,
    "direction": prose.DirectionRule,
    "comparison_word": prose.ComparisonWordRule,
    "repeated": prose.RepeatedRule,
    "own_year": prose.OwnYearRule,
    "excluded": prose.ExcludedRule,
    "within": prose.WithinRule,
    "change_parts": prose.ChangePartsRule,
    "percent": ratios.PercentRule,
    "share": ratios.ShareRule,
    "completion": ratios.CompletionRule,
    "declared_empty": structure.DeclaredEmptyRule,
    "undeclared_empty": structure.UndeclaredEmptyRule,
    "unit_words": structure.UnitWordsRule,
    "magnitude": structure.MagnitudeRule,
    "scaled": structure.ScaledRule,
    "placeholders": structure.PlaceholdersRule,
    "title_year": structure.TitleYearRule,
    "headings": structure.HeadingsRule,
    "dates": structure.DatesRule,
    "contradiction": structure.ContradictionRule,
    "table_numbers": structure.TableNumbersRule,
    "contents": structure.ContentsRule,
    "identity": structure.IdentityRule,
    "settled": structure.SettledRule,
    "horizons": targets.HorizonsRule,
    "repeated_targets": targets.RepeatedTargetsRule,
    "due_targets": targets.DueTargetsRule,
    "establishment": targets.EstablishmentRule,
    "padded": codes.PaddedRule,
    "code_known": codes.CodeKnownRule,
    "code_name": codes.CodeNameRule,
    "code_of_another": codes.CodeOfAnotherRule,
    "code_stray": codes.CodeStrayRule,
    "code_alike": codes.CodeAlikeRule,
    "code_orphan": codes.CodeOrphanRule,
    "code_pairs": codes.CodePairsRule,
    "versions": across.VersionsRule,
    "restated": across.RestatedRule,
    "previous_year": across.PreviousYearRule,
    "units": across.UnitsRule,
}


@cache
def load_rules(folder: Path = FOLDER) -> tuple[Rule, ...]:
    """All rules, in the order of the families and of their files. Raises SchemaFileError where one cannot be used."""
    rules: list[Rule] = []
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for rule in _rules_of(path):
            if rule.id in files:
                raise SchemaFileError(f"{path.name}: the rule {rule.id} stands in {files[rule.id]}, too; rename one")
            files[rule.id] = path.name
            rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: FAMILIES.index(rule.family)))


def _rules_of(path: Path) -> list[Rule]:
    """The rules of a file. Raises SchemaFileError."""
    content, place = read_toml(path)
    for name in content:
        if name not in ("family", "rule"):
            raise SchemaFileError(f"{place} has the unknown key {name!r}; {nearest(name, ('family', 'rule'))}")
    family = one_of(content.get("family"), place, "family", FAMILIES)
    return [
        _rule(entry, family, f"{place}, rule {at}{name_of(entry)}")
        for at, entry in enumerate(content.get("rule", ()), 1)
    ]


def _rule(entry: Mapping[str, Any], family: str, place: str) -> Rule:
    kind = one_of(entry.get("evaluate"), place, "evaluator", KINDS)
    stated = {name: value for name, value in entry.items() if name != "evaluate"}
    return read_entry({**stated, "family": family}, place, KINDS[kind])
