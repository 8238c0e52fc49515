"""What tests of several stages share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builds import build
from tests.documents import ROOT


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """An output folder that holds the release of the bundled folder."""
    out = tmp_path_factory.mktemp("out")
    done = build(ROOT / "raw", out)
    assert done.returncode in (0, 1), done.stderr
    return out
