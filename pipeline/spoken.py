"""The languages that commands speak to people. Imports nothing heavy."""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("zh", "en")


def spoken(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The language to speak: the one asked for, else Chinese where the locale is Chinese."""
    if asked:
        return asked
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "zh" if locale.lower().startswith("zh") else "en"
