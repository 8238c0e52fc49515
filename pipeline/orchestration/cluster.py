"""Work on a Dask cluster: the same tasks over the workers of a scheduler, which read and write one shared folder.

Knows nothing of what is done. Dask is imported only when a scheduler's address is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

_SECONDS = 10.0
_WORKERS = 60.0


class ClusterError(RuntimeError):
    """The cluster cannot be used. Says why and what to do."""


@contextmanager
def cluster_executor(address: str) -> Iterator[Executor]:
    """An executor over the workers of the scheduler at ``address`` (tcp://host:port). Raises ClusterError.

    The tasks of a worker that dies are done by the others; a task that three workers died of is an error.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise ClusterError(
            f"a cluster needs Dask, which is not installed ({error}); pip install 'open-yusuan[cluster]'"
        ) from error
    try:
        client = Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler` or correct the address"
        ) from error
    try:
        try:
            client.wait_for_workers(1, timeout=_WORKERS)
        except TimeoutError as error:
            raise ClusterError(
                f"the Dask scheduler at {address} has no workers; start some with `dask worker {address}`"
            ) from error
        with client.get_executor(pure=False) as found:
            yield found
    except KilledWorker as error:
        raise ClusterError(f"several workers died of one task ({error}); look at the logs of the workers") from error
    finally:
        client.close()
