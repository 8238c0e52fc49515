"""The shape of the project: data flows one way, one place knows Dagster, files name no place."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

from tests.documents import ROOT

STAGES = ("ingest", "fetch", "extract", "tidy", "reconcile", "publish", "orchestration")
MODULES = sorted((ROOT / "pipeline").rglob("*.py")) + sorted((ROOT / "schemas").rglob("*.py"))


@cache
def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def stage(path: Path) -> str | None:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "pipeline" and parts[1] in STAGES else None


def test_a_stage_imports_only_stages_to_its_left():
    wrong = []
    for path in MODULES:
        own = stage(path)
        if own is None and path.is_relative_to(ROOT / "pipeline"):
            continue  # the command, which runs them all
        rank = STAGES.index(own) if own else -1
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "pipeline" and len(parts) > 1 and parts[1] in STAGES and STAGES.index(parts[1]) > rank:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_only_orchestration_knows_dagster():
    knowing = {path for path in MODULES if any(name.split(".")[0] == "dagster" for name in imports(path))}
    assert knowing
    assert all(stage(path) == "orchestration" for path in knowing)


def test_nothing_private_of_dagster_is_used():
    assert [path for path in MODULES if "dagster._" in path.read_text(encoding="utf-8")] == []


def test_tracked_files_name_no_index_and_no_place_of_a_machine():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    assert len(paths) > 100
    # Written in pieces, so that this file does not name them either.
    places = re.compile(
        "|".join(("pypi" + r"\.org", "python" + "hosted", "/wor" + "k/", "/ro" + "ot/", "--index" + "-url http"))
    )
    for path in paths:
        if path.is_file() and not path.is_symlink():
            assert not places.search(path.read_text(encoding="utf-8", errors="replace")), path.relative_to(ROOT)
