"""``python -m tests.attack.robustness``: every other attack of the tests, with counts, as docs/reliability.md has them."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import redirect_stdout

import pytest

#: Attacks by name, and the tests that make them.
ATTACKS = {
    "failures injected at a stage": ["tests/orchestration/test_one_fate.py"],
    "hostile files": ["tests/ingest/test_hostile_input.py", "tests/ingest/test_bad_input.py", "tests/ingest/test_opening.py"],
    "kills": ["tests/orchestration/test_crashes.py", "tests/orchestration/test_random_kills.py"],
    "requests of other servers' pages": ["tests/orchestration/test_web.py"],
    "hangs": ["tests/orchestration/test_cut_off.py"],
    "folders that cannot be written": ["tests/orchestration/test_closed_folders.py"],
    "flipped bytes and damaged releases": ["tests/orchestration/test_healing.py"],
    "resealed releases": ["tests/publish/test_resealed.py"],
    "wordings of contacts": ["tests/extract/test_contacts.py", "tests/publish/test_contacts_in_releases.py"],
}  # fmt: skip


class _Counts:
    """What became of the tests of one run."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.found[report.outcome] += 1


def main(names: list[str]) -> int:
    """Make the attacks that are named, or all; 0 if nothing was lost."""
    print("| attack | cases | lost |\n|---|---:|---:|", flush=True)
    lost = 0
    for name, tests in ATTACKS.items():
        if names and name not in names:
            continue
        counts = _Counts()
        with redirect_stdout(sys.stderr):  # what failed, and why
            pytest.main(["-q", "--no-header", *tests], plugins=[counts])
        lost += counts.found["failed"]
        print(f"| {name} | {counts.found['passed'] + counts.found['failed']} | {counts.found['failed']} |", flush=True)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
