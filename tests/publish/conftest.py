"""A release made in this process, whole and to be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.documents import BUNDLED, read
from tests.publish.releases import release_of


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A release of the bundled document alone; not to be changed."""
    return release_of([read(BUNDLED.read_bytes(), BUNDLED.name)], tmp_path_factory.mktemp("published"))


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil, elsewhere and under another name."""
    return Path(shutil.copytree(published, tmp_path / "copied elsewhere"))
