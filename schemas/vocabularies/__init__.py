"""The closed lists of the contract: one TOML file a list, each value with a Chinese and an English label."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def vocabulary(name: str) -> dict[str, dict[str, str]]:
    """The values of a list with their labels (``zh``, ``en``). Raises FileNotFoundError."""
    content = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return dict(content["values"])
