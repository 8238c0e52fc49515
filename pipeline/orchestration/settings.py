"""Settings that the command and the UI take from the environment. Imports nothing heavy."""

from __future__ import annotations

import os

PUBLISH_CONTACTS = "YUSUAN_PUBLISH_CONTACTS"


def publishes_contacts() -> bool:
    """Whether personal contact data goes into releases."""
    return os.environ.get(PUBLISH_CONTACTS) == "1"
