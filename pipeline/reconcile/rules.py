"""Rules as ``schemas/rules/*.toml`` state them. Knows their shape; how they are evaluated stands in ``engine``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "rules"
FAMILIES = (
    "inside_table",
    "between_tables",
    "prose_itself",
    "prose_tables",
    "structure",
    "codes",
    "across_documents",
)
SEVERITIES = ("error", "warning", "info")
_REQUIRED = ("id", "title_zh", "title_en", "evaluate")


class RuleError(ValueError):
    """A file of ``schemas/rules`` cannot be used. Says the file, the rule and what to change."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``stage`` and ``forms`` say what it applies to (none: all); ``options`` is what its evaluator
    reads: terms of both sides, conditions, columns.
    """

    id: str
    family: str
    title_zh: str
    title_en: str
    severity: str
    evaluate: str
    stage: str | None
    forms: tuple[str, ...]
    message_zh: str | None
    message_en: str | None
    options: Mapping[str, Any]

    @property
    def across(self) -> bool:
        """Whether the rule holds documents against one another."""
        return self.family == "across_documents"

    def option(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, default)


def load_rules(folder: Path | None = None) -> tuple[Rule, ...]:
    """All rules, in the order of the families and of their files. Raises RuleError where one cannot be used."""
    paths = sorted((folder or FOLDER).glob("*.toml"))
    rules: list[Rule] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise RuleError(f"{path.name} is not TOML: {error}") from error
        family = raw.get("family")
        if family not in FAMILIES:
            raise RuleError(f"{path.name}: family is {family!r}; it must be one of {', '.join(FAMILIES)}")
        for entry in raw.get("rule", ()):
            rule = _rule(entry, family, path.name)
            if rule.id in seen:
                raise RuleError(f"{path.name}: the rule {rule.id} stands in {seen[rule.id]}, too; rename one")
            seen[rule.id] = path.name
            rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: FAMILIES.index(rule.family)))


def _rule(entry: dict[str, Any], family: str, file: str) -> Rule:
    if missing := [name for name in _REQUIRED if not entry.get(name)]:
        raise RuleError(f"{file}: the rule {entry.get('id', '(no id)')} lacks {', '.join(missing)}")
    severity = entry.get("severity", "error")
    if severity not in SEVERITIES:
        raise RuleError(f"{file}: {entry['id']} has severity {severity!r}; use one of {', '.join(SEVERITIES)}")
    own = {*_REQUIRED, "severity", "stage", "forms", "message_zh", "message_en"}
    return Rule(
        id=entry["id"],
        family=family,
        title_zh=entry["title_zh"],
        title_en=entry["title_en"],
        severity=severity,
        evaluate=entry["evaluate"],
        stage=entry.get("stage"),
        forms=tuple(entry.get("forms", ())),
        message_zh=entry.get("message_zh"),
        message_en=entry.get("message_en"),
        options={name: value for name, value in entry.items() if name not in own},
    )
