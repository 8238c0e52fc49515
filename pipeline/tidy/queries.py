"""How queries over the frames of a part of a release are run."""

from __future__ import annotations

from typing import Final

#: The frames are there already, and small. The default engine streams: it starts tasks for every query, and takes up
#: to ten times as long for frames of this size.
IN_MEMORY: Final = "in-memory"
