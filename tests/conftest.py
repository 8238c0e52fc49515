"""What tests of several stages share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builds import build
from tests.documents import ROOT
from tests.sharing import shared

# What is imported stays: the garbage collector need not look through it again and again, which takes two seconds of
# collecting tests in every worker.
gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put modules of which everything is slow first: two workers then end together, with modules that take no time."""

    def takes_long(item: pytest.Item) -> bool:
        module = item.getparent(pytest.Module)
        return module is not None and any(mark.name == "slow" for mark in module.own_markers)

    items.sort(key=lambda item: not takes_long(item))


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Iterator[Path]:
    """An output folder that holds the release of the bundled folder, one for all workers; not to be changed."""

    def make(out: Path) -> None:
        done = build(ROOT / "raw", out)
        assert done.returncode in (0, 1), done.stderr

    yield from shared(tmp_path_factory, "built", make)
