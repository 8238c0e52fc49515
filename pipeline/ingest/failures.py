"""Failures of one document in words for a person, and whether it would fail the same way another time."""

from __future__ import annotations

import errno
import re

#: So many characters of an error are published: some print all that they were given.
_SHOWN = 300
#: A path from the root, as errors of libraries print it: what is published names files, and not where this machine has them.
_PATH = re.compile(r"(?<![\w/.:])/(?:[^\s/'\"]+/)+([^\s/'\"]*)")
#: What the machine is short of, whatever the document is.
_SHORT = {
    errno.EAGAIN,
    errno.EDQUOT,
    errno.EIO,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.ENOSPC,
}


def printable(text: str) -> str:
    """``text`` as UTF-8 can hold it: bytes of a name that are no UTF-8, and halves of surrogates, become escapes."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a half that stands for no byte
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shortened(text: str) -> str:
    """``text`` on one line, cut off where it is long, and as UTF-8 can hold it."""
    line = " ".join(text.split())
    return printable(line if len(line) <= _SHOWN else line[:_SHOWN] + "…")


def is_lasting(error: BaseException) -> bool:
    """Whether ``error`` comes of the document: not where memory, disk or processes were short."""
    return not isinstance(error, MemoryError) and getattr(error, "errno", None) not in _SHORT


def described(error: BaseException) -> str:
    """``error`` by its kind and what it says. What the system says of a file is given without the file's path."""
    said = (error.strerror or "") if isinstance(error, OSError) else _text(error)
    return shortened(f"{type(error).__name__}: {said}" if said else type(error).__name__)


def _text(error: BaseException) -> str:
    try:
        return _PATH.sub(r"\1", str(error))
    except Exception as unsaid:  # an integer of 5,000 digits cannot be printed, and so cannot an error that holds one
        return f"it cannot be printed ({type(unsaid).__name__})"
