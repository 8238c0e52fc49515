"""``python -m pipeline.reconcile.describe`` prints docs/rules.md: every rule in a sentence, made from the data."""

from __future__ import annotations

from pipeline.reconcile.rules import load_rules


def describe() -> str:
    """The page of rules, family by family."""
    lines = ["# Rules", "", "Made from `schemas/rules/` by `python -m pipeline.reconcile.describe`.", ""]
    family = None
    for rule in load_rules():
        if rule.family != family:
            family = rule.family
            lines += [f"## {family}", "", "| rule | 规则 | what must hold | severity |", "|---|---|---|---|"]
        lines.append(f"| `{rule.id}` | {rule.title_zh} | {rule.title_en} | {rule.severity} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(describe(), end="")
