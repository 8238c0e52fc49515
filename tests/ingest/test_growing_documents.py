"""What is read of a document costs in proportion to its size: counted in executed lines of Python, not in seconds.

What regular expressions cost besides is measured by ``make bench BENCH="--only growth"``.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from benchmarks.growing import KINDS
from tests.documents import BUNDLED, read

pytestmark = pytest.mark.slow
SIZE = 400


def lines_executed(data: bytes) -> int:
    """How many lines of Python reading ``data`` executes, and as many calls."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read(data)
    finally:
        sys.settrace(before)
    return count


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """What is loaded once for all documents."""
    read(BUNDLED.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_twice_as_much_takes_twice_as_many_steps(kind):
    once, twice, four = (lines_executed(KINDS[kind](SIZE * by).encode()) for by in (1, 2, 4))
    # Of what grows in proportion the second doubling adds twice what the first did, of a square four times.
    grown = 2.6 * (twice - once) + once / 10
    assert four - twice < grown, f"{once:,} for {SIZE}, {twice:,} for twice, {four:,} for four times that"
