"""Reading pages as a browser would, as far as tests need: elements, attributes, texts, anchors."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Page(HTMLParser):
    """The elements of a page as (tag, attributes), its anchors, links and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    @cached_property
    def ids(self) -> list[str]:
        return [value for _, attrs in self.elements if (value := attrs.get("id"))]

    @property
    def links(self) -> list[str]:
        return [attrs["href"] or "" for _, attrs in self.elements if "href" in attrs]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]


def pages_of(site: Path) -> list[Page]:
    return [Page(path) for path in sorted(site.rglob("*.html"))]


def broken_links(site: Path) -> list[str]:
    """Links of the pages that lead to no file or no anchor, and anchors that a page has twice."""
    pages = {page.path.resolve(): page for page in pages_of(site)}
    broken = []
    for path, page in pages.items():
        broken += [f"{path.name}: {each} twice" for each in [i for i, count in Counter(page.ids).items() if count > 1]]
        for link in page.links:
            if link.startswith("https://creativecommons.org/"):
                continue
            target, _, fragment = unquote(link).partition("#")
            there = (path.parent / target.partition("?")[0]).resolve() if target else path
            if not there.is_file() or fragment and fragment not in pages[there].ids:
                broken.append(f"{path.name}: {link}")
    return broken
