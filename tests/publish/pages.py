"""Reading pages as a browser would, as far as tests need: elements, attributes, texts, anchors."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path


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

    @property
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
