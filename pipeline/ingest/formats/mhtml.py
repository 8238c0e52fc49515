"""A web page that a browser saved whole (mht, mhtml): the page among the parts of the message."""

from __future__ import annotations

import email
import email.policy
from email.message import Message

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats.html import decode_page, read_page
from pipeline.ingest.limits import Limits


def read(data: bytes, limits: Limits) -> Content:
    """What the saved page shows. Raises NotReadable."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart() and part.get_content_type() in _PAGES]
    part = _page(parts, message.get_param("start"))
    if part is None:
        raise NotReadable("it is a saved web page (mht) without a page in it; fetch the page again")
    html, encoding = _html(part)
    if not html.strip():
        raise NotReadable("it is a saved web page (mht) whose page is empty; fetch the page again")
    frames = {
        name: _html(other)[0] for other in parts[:_MOST_FRAMES] if other is not part for name in _names(other, part)
    }
    return read_page(html, f"multipart/related; type=text/html; charset={encoding}", limits, frames)


def _html(part: Message) -> tuple[str, str]:
    """The text of a part and its encoding."""
    payload = part.get_payload(decode=True)
    return decode_page(payload if isinstance(payload, bytes) else b"", part.get_content_charset())


def _names(part: Message, page: Message) -> set[str]:
    """What a frame of ``page`` may call ``part``: by its id, its address, or that as seen from the page."""
    place, around = (str(each.get("Content-Location", "")) for each in (part, page))
    return {
        f"cid:{str(part.get('Content-ID', '')).strip('<> ')}",
        place,
        place.removeprefix(around[: around.rfind("/") + 1]),
    }


def _page(parts: list[Message], start: object) -> Message | None:
    """The part that is the page: the one that the message starts with, else its first HTML."""
    for part in parts:
        if start and part.get("Content-ID") == start:
            return part
    return parts[0] if parts else None


#: So many parts are looked at for what frames show.
_MOST_FRAMES = 100
_PAGES = ("text/html", "application/xhtml+xml")
