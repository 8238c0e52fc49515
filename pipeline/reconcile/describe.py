"""Writes ``docs/rules.md`` from the rules: ``python -m pipeline.reconcile.describe``."""

from __future__ import annotations

from pathlib import Path

from pipeline.reconcile.rules import Rule, load_rules

TARGET = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def describe(rules: tuple[Rule, ...]) -> str:
    """A sentence for each rule, by family, as Markdown."""
    out = ["# Rules", "", "Made from `schemas/rules/*.toml` by `python -m pipeline.reconcile.describe`."]
    family = None
    for rule in rules:
        if rule.family != family:
            family = rule.family
            out += [
                "",
                f"## {family}",
                "",
                "| rule | what it says | 说明 | severity | stage |",
                "| --- | --- | --- | --- | --- |",
            ]
        out.append(f"| `{rule.id}` | {rule.title_en} | {rule.title_zh} | {rule.severity} | {rule.stage or 'any'} |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    TARGET.write_text(describe(load_rules()), encoding="utf-8")
