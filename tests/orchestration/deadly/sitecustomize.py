"""For a build whose PYTHONPATH leads here: a document named deadly.txt ends whatever process extracts it."""

import os
import signal
import sys


def _kill(event: str, args: tuple) -> None:
    if event == "open" and isinstance(args[0], str | os.PathLike) and os.fspath(args[0]).endswith("deadly.txt"):
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(_kill)
