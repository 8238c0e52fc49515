"""Web pages: what a reader of the page sees, as paragraphs and tables; what is around the article stays out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats.attachments import Link, attachment_note
from pipeline.ingest.formats.blocks import PICTURE, Block, CellBlock, Paragraph, TableBlock, compose
from pipeline.ingest.formats.surroundings import is_breadcrumb, is_surrounding
from pipeline.ingest.limits import Limits
from pipeline.ingest.text import decode

#: The width or height of pictures that only keep space.
_THIN = re.compile(r"\s*0*[0-3](?:px)?\s*")
#: Elements whose content is shown to no reader, or is no text.
_UNSEEN = frozenset([
    "head", "script", "style", "template", "noscript", "iframe", "frame", "object", "embed", "applet", "svg",
    "canvas", "select", "option", "datalist", "input", "button", "textarea", "audio", "video", "map", "area",
    "param", "track", "source", "meta", "link", "title", "base", "rp", "rt",
])  # fmt: skip
_BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
    "ul",
])  # fmt: skip
_FRAMES = ("iframe", "frame")
_GROUPS = ("thead", "tbody", "tfoot")
_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)|mso-hide\s*:\s*all)",
    re.I,
)
#: A selector of one class, id or element of a class.
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][\w-]+)", re.I)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_SPACE = re.compile(r"[ \t\n\r\f]+")
#: Blocks nested deeper than ``_DEEP`` were left open above: all that follows is in them, and they are no menus.
_DEEPEST, _DEEP = 300, 40
#: Elements that are opened anew in the next block where they are not closed, and what ends the block before.
_INLINE = re.compile(r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.I)
_BLOCK = re.compile(
    r"<(?:p|div|t[dhr]|table|li|[uod]l|d[dt]|h[1-6]|center|section|article|pre|marquee|applet|object)[\s/>]", re.I
)
_MOST_REOPENED = 3_000_000
_NESTING = re.compile(r"<(/?)(?:(div|section|article|center|blockquote|[uod]l)|t[dhr]|table)(?=[\s/>])", re.I)
_MOST_OPEN = 1_000
#: What HTML allows.
_MOST_COLUMNS, _MOST_ROWS = 1000, 65534
#: More columns than these no table has that people read; cells that are spanned over and over would take for ever to place.
_WIDEST = 5_000
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}


def read(data: bytes, limits: Limits) -> Content:
    """What a web page shows. Raises NotReadable."""
    text, encoding = decode_page(data)
    return read_page(text, f"text/html; charset={encoding}", limits)


def read_page(html: str, media_type: str, limits: Limits, frames: dict[str, str] | None = None) -> Content:
    """What the page ``html`` shows: its paragraphs, list items and headings as lines, its tables row by row.

    ``frames`` are the pages that it may show in frames, by what a frame calls its source.
    """
    tree = _parse(html, limits)
    if tree.body is None:
        raise NotReadable("the page has no body; fetch it again")
    page = _Page(_hidden_by_style(tree), limits, dict(frames or {}))
    content = compose(page.blocks(tree.body), media_type, limits)
    notes = []
    if note := attachment_note(page.links, content.text, bool(content.tables)):
        notes.append(note)
    if lost := content.text.count("\ufffd"):
        notes.append(f"{lost} characters of the page are broken and could not be read; fetch it again")
    return replace(content, notes=tuple(notes))


def _parse(html: str, limits: Limits) -> LexborHTMLParser:
    """The tree of a page. Raises NotReadable where it is larger or nested deeper than any page."""
    if len(html) > 4 * limits.max_characters:
        raise NotReadable(f"{len(html)} characters of markup are more than the {4 * limits.max_characters} allowed")
    _refuse_open_elements(html)
    return LexborHTMLParser(html)


def _refuse_open_elements(html: str) -> None:
    """Raise NotReadable where parsing would open elements without end.

    What an inline element leaves open is opened anew in each block that follows, as HTML says: in so many, together.
    Blocks left open nest, until the cell that they stand in ends.
    """
    depth = 0
    for match in _NESTING.finditer(html):
        depth = max(depth - 1, 0) if match.group(1) else depth + 1 if match.group(2) else 0
        if depth > _MOST_OPEN:
            raise NotReadable(f"it leaves {depth} elements open, nested more than on any page that people read")
    still = most = 0
    for match in _INLINE.finditer(html):
        still = max(still - 1, 0) if match.group(1) else still + 1
        most = max(most, still)
    if most > _DEEPEST and most * sum(1 for _ in _BLOCK.finditer(html)) > _MOST_REOPENED:
        raise NotReadable(f"it leaves {most} inline elements open, nested more than on any page that people read")


def decode_page(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of a page and its encoding: that of its mark, the declared one where it fits, else what fits.

    Where none fits the declared one is taken, and the broken characters become U+FFFD, as in browsers.
    """
    found = _CHARSET.search(data[:4096])
    name = declared or (found.group(1).decode("ascii") if found else None)
    codec = _CODECS.get(name.lower(), name.lower()) if name else None
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    if codec and not marked and not codec.startswith("utf-16"):
        try:
            return data.decode(codec), codec
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        return decode(data)
    except NotReadable:
        codec = codec if codec and _is_known(codec) else "utf-8"
        return data.decode(codec, "replace"), codec


def _is_known(codec: str) -> bool:
    try:
        codecs.lookup(codec)
    except LookupError:
        return False
    return True


def _hidden_by_style(tree: LexborHTMLParser) -> frozenset[str]:
    """Classes (.name) and ids (#name) that the page's own style sheets hide on a screen."""
    found: set[str] = set()
    for style in tree.css("style"):
        rules = _without_conditions(_without_comments(style.text(deep=True) or ""))
        for rule in rules.split("}"):
            before, _, declarations = rule.rpartition("{")
            selectors = before.rpartition("{")[2]
            if _HIDDEN.search(declarations):
                matches = (_SIMPLE.fullmatch(each.strip()) for each in selectors.split(","))
                found |= {match.group(1) for match in matches if match}
    return frozenset(found)


def _without_comments(rules: str) -> str:
    kept, at = [], 0
    while (start := rules.find("/*", at)) >= 0:
        kept.append(rules[at:start])
        end = rules.find("*/", start + 2)
        at = end + 2 if end >= 0 else len(rules)
    return "".join([*kept, rules[at:]])


def _without_conditions(rules: str) -> str:
    """A style sheet without its @ rules: they hold for printers, narrow screens and the like."""
    kept, at = [], 0
    while (start := rules.find("@", at)) >= 0:
        kept.append(rules[at:start])
        brace, semicolon = rules.find("{", start), rules.find(";", start)
        if brace < 0 or 0 <= semicolon < brace:
            at = semicolon + 1 if semicolon >= 0 else len(rules)
            continue
        depth, at = 1, brace + 1
        while depth and at < len(rules):
            depth += {"{": 1, "}": -1}.get(rules[at], 0)
            at += 1
    return "".join([*kept, rules[at:]])


@dataclass(slots=True)
class _Text:
    """Inline text that was met since the last block. A line break is ``\\n``; ``kept`` white space is that of <pre>."""

    parts: list[str] = field(default_factory=list)

    def take(self) -> Iterator[Paragraph]:
        text = "".join(self.parts)
        self.parts.clear()
        if text.strip():
            yield Paragraph(text)

    def part_digits(self) -> None:
        """Set what follows apart from a digit before it: a raised 1 is the number of a note, and no digit of an amount."""
        if self.parts and self.parts[-1][-1:].isdigit():
            self.parts.append(" ")

    def add(self, text: str, kept: bool) -> None:
        if not kept:
            text = _SPACE.sub(" ", text)
            if text[:1] == " " and (not self.parts or self.parts[-1][-1:] in (" ", "\n")):
                text = text[1:]
        if text:
            self.parts.append(text)


class _Page:
    """Blocks of a page. ``links`` are those that were met on the way, ``frames`` the pages of frames that were not yet."""

    def __init__(self, hidden: frozenset[str], limits: Limits, frames: dict[str, str]) -> None:
        self.hidden, self.limits, self.slots, self.frames = hidden, limits, 0, frames
        self.links: list[Link] = []

    def blocks(self, node: LexborNode, depth: int = 0, kept: bool = False) -> Iterator[Block]:
        """The blocks inside ``node``; ``kept``: its white space is that of <pre>."""
        text = _Text()
        yield from self._inside(node, text, depth, kept)
        yield from text.take()

    def _inside(self, node: LexborNode, text: _Text, depth: int, kept: bool) -> Iterator[Block]:
        if depth > _DEEPEST:
            raise NotReadable(f"its elements are nested more than {_DEEPEST} deep, as on no page that people read")
        child = node.first_child
        while child is not None:
            if child.is_text_node:
                text.add(child.text_content or "", kept)
            elif child.is_element_node:
                yield from self._element(child, text, depth, kept)
            child = child.next

    def _element(self, node: LexborNode, text: _Text, depth: int, kept: bool) -> Iterator[Block]:
        tag = node.tag or ""
        if tag in _FRAMES and node.attributes.get("src") in self.frames and not self._is_hidden(node):
            yield from text.take()
            yield from self._frame(node.attributes.get("src") or "", depth)
        if self._unseen(node, tag):
            return
        if tag == "br":
            text.parts.append("\n")
        elif tag == "table":
            yield from text.take()
            yield from self._table(node, depth + 1)
        elif tag in _BLOCKS:
            yield from text.take()
            if depth <= _DEEP and is_surrounding(node, tag):
                return
            inner = self.blocks(node, depth + 1, kept or tag == "pre")
            first = list(islice(inner, 2))
            if not (len(first) == 1 and isinstance(first[0], Paragraph) and is_breadcrumb(first[0].text)):
                yield from first
                yield from inner
        else:
            if tag == "sup":
                text.part_digits()
            if tag == "a" and (target := node.attributes.get("href")):
                self.links.append(Link(target, (node.text(deep=True) or "").strip()))
            yield from self._inside(node, text, depth + 1, kept)

    def _unseen(self, node: LexborNode, tag: str) -> bool:
        return tag in _UNSEEN or self._is_hidden(node)

    def _frame(self, source: str, depth: int) -> Iterator[Block]:
        """The blocks of the page that a frame shows; once, for frames may show each other."""
        tree = _parse(self.frames.pop(source), self.limits)
        if tree.body is not None:
            around, self.hidden = self.hidden, _hidden_by_style(tree)
            yield from self.blocks(tree.body, depth + 1)
            self.hidden = around

    def _is_hidden(self, node: LexborNode) -> bool:
        attributes = node.attributes
        if not attributes:
            return False
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            return True
        if not self.hidden:
            return False
        names = [f".{name}" for name in (attributes.get("class") or "").split()] + [f"#{attributes.get('id')}"]
        return any(name in self.hidden for name in names)

    def _table(self, node: LexborNode, depth: int) -> Iterator[Block]:
        """A table and what stands above it (its caption, and what is misplaced between its rows)."""
        groups: dict[str, list[list[LexborNode]]] = {"thead": [], "tbody": [], "tfoot": []}
        for child in node.iter():
            tag = child.tag or ""
            if self._unseen(child, tag):
                continue
            if tag == "caption":
                yield from self.blocks(child, depth)
            elif tag in _GROUPS:
                groups[tag].append([row for row in child.iter() if row.tag == "tr"])
            elif tag == "tr":
                groups["tbody"].append([child])
        cells: list[CellBlock] = []
        first = 0
        for group in (rows for name in _GROUPS for rows in groups[name]):
            shown = [row for row in group if not self._unseen(row, "tr")]
            cells += self._rows(shown, first, depth)
            first += len(shown)
        if cells:
            yield TableBlock(cells)

    def _rows(self, rows: list[LexborNode], first: int, depth: int) -> Iterator[CellBlock]:
        """The cells of a group of rows, of which the first is row ``first``.

        A cell begins at the first place that no cell from above reaches, and ends before the next such place and with
        the group, whatever it declares.
        """
        free: dict[int, int] = {}  # column to the first row in which it is free again
        for at, row in enumerate(rows):
            column = 0
            for cell in row.iter():
                if cell.tag not in ("td", "th") or self._unseen(cell, cell.tag):
                    continue
                while free.get(column, 0) > at:
                    column += 1
                across = _span(cell, "colspan", _MOST_COLUMNS) or 1
                down = _span(cell, "rowspan", _MOST_ROWS) or len(rows)
                end = next((c for c in range(column + 1, column + across) if free.get(c, 0) > at), column + across)
                down = min(down, len(rows) - at)
                self.slots += end - column
                if self.slots > 4 * self.limits.max_cells or end > _WIDEST:
                    raise NotReadable(
                        f"its tables have more than the {self.limits.max_cells} cells or {_WIDEST} columns that a source may have"
                    )
                free.update(dict.fromkeys(range(column, end), at + down))
                inside = list(self.blocks(cell, depth + 1)) or _picture_in(cell)
                yield CellBlock(first + at, column, inside, down, end - column)
                column = end


def _picture_in(cell: LexborNode) -> list[Block]:
    """A mark for the picture that is all a cell shows: what it says is not known. Pictures that keep space show nothing."""
    for picture in cell.css("img"):
        sizes = [picture.attributes.get(name) for name in ("width", "height")]
        if not any(size and _THIN.fullmatch(size) for size in sizes):
            return [Paragraph(PICTURE)]
    return []


def _span(cell: LexborNode, name: str, most: int) -> int:
    """A span as HTML reads it: the digits at its beginning, at most ``most``; 1 where it is no number."""
    digits = re.match(r"\s*\+?(\d{1,9})", cell.attributes.get(name) or "")
    return min(int(digits.group(1)), most) if digits else 1
