"""How far long work is, told to whoever waits at a terminal: jobs tell it, the command shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_shown: Callable[[str], None] | None = None


def tell(step: str) -> None:
    """Say what is being done; nothing happens where nobody waits (in the UI the run's own log tells)."""
    if _shown is not None:
        _shown(step)


@contextmanager
def shown_by(show: Callable[[str], None]) -> Iterator[None]:
    """Within, ``show`` is called with every step that is told in this process."""
    global _shown
    before, _shown = _shown, show
    try:
        yield
    finally:
        _shown = before
