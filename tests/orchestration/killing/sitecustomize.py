"""For a build whose PYTHONPATH leads here: list its processes, and kill it where one of them touches a certain path.

``KILL_AT`` is a pattern of what a process is about to write or to make by renaming; ``KILL_LOG`` lists the processes.
"""

import os
import re
import signal
import sys

_build = int(os.environ.setdefault("KILL_BUILD", str(os.getpid())))
_pattern = re.compile(os.environ["KILL_AT"])
_log = os.open(os.environ["KILL_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(_log, f"{os.getpid()}\n".encode())
os.close(_log)


def _kill(event: str, args: tuple) -> None:
    if event == "open" and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        return
    if event in ("open", "os.rename"):
        path = args[event == "os.rename"]
        if isinstance(path, str | os.PathLike) and _pattern.search(os.fspath(path)):
            os.kill(_build, signal.SIGKILL)


sys.addaudithook(_kill)
