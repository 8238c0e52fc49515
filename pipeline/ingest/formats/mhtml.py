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
    part = _page(message)
    if part is None:
        raise NotReadable("it is a saved web page (mht) without a page in it; fetch the page again")
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise NotReadable("it is a saved web page (mht) whose page is empty; fetch the page again")
    html, encoding = decode_page(payload, part.get_content_charset())
    return read_page(html, f"multipart/related; type=text/html; charset={encoding}", limits)


def _page(message: Message) -> Message | None:
    """The part that is the page: the one that the message starts with, else its first HTML."""
    parts = [part for part in message.walk() if not part.is_multipart() and part.get_content_type() in _PAGES]
    start = message.get_param("start")
    for part in parts:
        if start and part.get("Content-ID") == start:
            return part
    return parts[0] if parts else None


_PAGES = ("text/html", "application/xhtml+xml")
