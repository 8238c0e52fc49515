"""What commands say to people: in which language, as a terminal may show it, what cannot be done and why. Imports nothing heavy."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Mapping
from importlib.metadata import requires
from pathlib import Path

LANGUAGES = ("zh", "en")

_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
_IN_THE_WAY = (errno.ENOTDIR, errno.EEXIST, errno.EISDIR)
#: Blanks that Python does not count as printable, and terminals show as such.
_BLANKS = "\n\t\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"
#: How SQLite, in which Dagster keeps its state, says the same.
_SQLITE_ROOM, _SQLITE_RIGHT = ("disk is full", "disk I/O error"), ("readonly database", "unable to open database")


class NotInstalled(RuntimeError):
    """Packages of an ``extra`` that ``what`` needs are not installed. Says how to install them."""

    def __init__(self, what: str, extra: str) -> None:
        wanted = [each.split(";")[0].strip() for each in requires("open-yusuan") or () if f'extra == "{extra}"' in each]
        packages = " ".join(f"'{each}'" for each in wanted or [f"open-yusuan[{extra}]"])
        super().__init__(f"{what} needs packages that are not installed; {sys.executable} -m pip install {packages}")


def spoken(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The language to speak: the one asked for, else Chinese where the locale is Chinese."""
    if asked:
        return asked
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def cannot_write(out: Path, error: BaseException) -> str | None:
    """What to tell of ``error``, met while writing below ``out``; None where it is about something else."""
    if isinstance(error, OSError):
        why, where = error.strerror or str(error), _where(out, error)
        if error.errno in _RIGHT:
            return _told(where, why, "let this user write there")
        if error.errno in _IN_THE_WAY:
            return _told(where, why, "move away the file that stands there")
        return _told(where, why, "make room" if error.errno in _ROOM else "see that the folder can be used")
    why = str(error).partition("\n")[0]
    if any(words in why for words in _SQLITE_RIGHT):
        return _told(out, why, "let this user write there")
    return _told(out, why, "make room") if any(words in why for words in _SQLITE_ROOM) else None


def write_anything(stream: object) -> None:
    """Let ``stream`` write UTF-8 where its locale is that of a bare machine (``C``), which knows ASCII alone."""
    if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name == "ascii":
        stream.reconfigure(encoding="utf-8")


def printable(text: str) -> str:
    """``text`` as a terminal may show it: names and reasons come from files, and may hold what terminals obey."""
    return "".join(char if char.isprintable() or char in _BLANKS else "\N{REPLACEMENT CHARACTER}" for char in text)


def _told(where: Path, why: str, todo: str) -> str:
    return f"cannot write below {where} ({why}); {todo} or name another folder with --out"


def _where(out: Path, error: OSError) -> Path:
    """The folder of ``out`` that the error names, where it is one of them: not all of it need be closed."""
    if not isinstance(error.filename, str) or error.errno in _ROOM:
        return out
    path = Path(error.filename)
    folder = path.parent
    return folder if folder.is_relative_to(out) and folder.is_dir() else out
