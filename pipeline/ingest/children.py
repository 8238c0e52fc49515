"""Processes of processes, where ``multiprocessing`` forbids them."""

import multiprocessing


def allow_children() -> None:
    """Let this process start others.

    The nanny of a Dask worker makes it a daemon, and daemons may have no children, for they would be left behind when
    it is ended. Ours end with their parent, however that ends: they read from a pipe of it, or watch it.
    """
    this = multiprocessing.current_process()
    if this.daemon:
        this.daemon = False
