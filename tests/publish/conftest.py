"""A release made in this process, whole and to be spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.variations import variation
from tests.builds import latest
from tests.documents import BUNDLED, read
from tests.publish.releases import release_of
from tests.sharing import shared


@pytest.fixture(scope="session")
def _published(tmp_path_factory) -> Iterator[Path]:
    def make(out: Path) -> None:
        release_of([read(BUNDLED.read_bytes(), BUNDLED.name)], out)

    yield from shared(tmp_path_factory, "published", make)


@pytest.fixture(scope="session")
def published(_published: Path) -> Path:
    """A release of the bundled document alone; not to be changed."""
    return latest(_published)


@pytest.fixture(scope="session")
def _years(tmp_path_factory) -> Iterator[Path]:
    def make(out: Path) -> None:
        release_of([read(variation(number).encode(), f"{number}.txt") for number in (0, 6, 7)], out)

    yield from shared(tmp_path_factory, "years", make)


@pytest.fixture(scope="session")
def years(_years: Path) -> Path:
    """A release of two years of one body and of another body, written as one part; not to be changed."""
    return latest(_years)


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil, elsewhere and under another name."""
    return Path(shutil.copytree(published, tmp_path / "copied elsewhere"))
