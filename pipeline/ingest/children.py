"""Processes of processes, where ``multiprocessing`` forbids them."""

import multiprocessing
import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[2])


def allow_children() -> None:
    """Let this process start others.

    The nanny of a Dask worker makes it a daemon, and daemons may have no children, for they would be left behind when
    it is ended. Ours end with their parent, however that ends: they read from a pipe of it, or watch it.
    """
    # They look for modules where this process does, and Dagster takes back what definitions added to the path.
    if _ROOT not in sys.path:
        sys.path.insert(0, _ROOT)
    this = multiprocessing.current_process()
    if this.daemon:
        this.daemon = False
