"""What is made from the models and kept in docs/ is what the models say now."""

from __future__ import annotations

import re
import tomllib

from schemas.dictionary import TARGET, document
from schemas.tables import TABLES
from tests.documents import ROOT


def test_the_contract_describes_every_table_and_column():
    text = TARGET.read_text(encoding="utf-8")
    assert text == document(text), "run `make docs`"
    for name, spec in TABLES.items():
        section = text.split(f"\n## {name} · ")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.M) == [column.name for column in spec.columns]


def test_changelog_fragments_are_of_a_known_kind():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in tool["type"]}
    for path in (ROOT / tool["directory"]).iterdir():
        if path.name != "README.md":
            name, kind, suffix = path.name.split(".")
            assert name.startswith("+") and kind in kinds and suffix == "md", path.name
            assert path.read_text(encoding="utf-8").strip(), path.name
