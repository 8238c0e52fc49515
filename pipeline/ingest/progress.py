"""Word from a reader that it is still at work: a worker gives a source its time anew for each page that is recognised."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever a reader in this process begins a page that takes seconds."""
    _listeners.append(listener)


def at_work() -> None:
    """Say that a page begins that takes seconds."""
    for listener in _listeners:
        listener()
