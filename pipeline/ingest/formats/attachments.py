"""Files that a page links to, where the page says that its tables are in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|xlsm|xlsb|ods|zip|rar|7z|wps|et|ofd|rtf)$", re.I)
#: Words by which a page says that the tables are not in it.
_ELSEWHERE = re.compile(
    r"(?:表|报表|附表|预算|决算|公开|内容|情况)[^。；\n]{0,20}(?:详?见(?:公开|本?页)?附件|见附表|附后|点击下载)|(?:详|请)见附件"
)
_TABLES = re.compile(r"表|预算|决算|公开|附件")
_SHOWN = 5


class Link(NamedTuple):
    """A link of a page: where it leads, and its text."""

    target: str
    text: str


def attachment_note(links: Sequence[Link], text: str, has_tables: bool) -> str | None:
    """That tables are in attachments, and in which; None where the page does not say so.

    A page says so in words, or by having no table of its own beside files that are named as tables.
    """
    files = [name for link in links if (name := file_name(link))]
    said = _ELSEWHERE.search(text) is not None
    if not files or (has_tables and not said):
        return None
    named = [name for name in files if _TABLES.search(name)] or (files if said else [])
    if not named:
        return None
    names = list(dict.fromkeys(named))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"the page says that tables are in its attachments ({'、'.join(names[:_SHOWN])}{more}); fetch them too"


def file_name(link: Link) -> str | None:
    """The name of the file that a link leads to; None where it leads to a page."""
    try:
        parts = urlsplit(link.target.strip())
    except ValueError:
        return None
    path = unquote(parts.path or parts.query)
    in_query = next((unquote(value) for value in re.split(r"[&=]", parts.query) if _FILE.search(unquote(value))), "")
    file = posixpath.basename(path if _FILE.search(path) else in_query)
    text = " ".join(link.text.split())
    if not file and not _FILE.search(text):
        return None
    ending = posixpath.splitext(file)[1]
    if not text:
        return file
    return text if _FILE.search(text) or not ending else f"{text}{ending}"
