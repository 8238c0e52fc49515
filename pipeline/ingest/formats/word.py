"""Word documents (docx): paragraphs and tables of the body in order, with the numbers of lists, tracked changes accepted.

Headers, footers, footnotes and comments are other parts of the package and stay out; so do hidden text and deleted rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats.blocks import PICTURE, Block, CellBlock, Paragraph, TableBlock, compose
from pipeline.ingest.formats.numbering import Numbering
from pipeline.ingest.formats.packages import Package
from pipeline.ingest.limits import Limits

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Elements that hold others of their level and say nothing themselves.
_THROUGH = frozenset(
    [
        "sdt",
        "sdtContent",
        "customXml",
        "smartTag",
        "ins",
        "moveTo",
        "hyperlink",
        "fldSimple",
        "dir",
        "bdo",
        "ruby",
        "rubyBase",
        "oMath",
        "oMathPara",
        "r",
        "AlternateContent",
        "Choice",
        "Fallback",
    ]
)
#: What was taken out, or says how something is read or looks.
_GONE = frozenset(
    [
        "del",
        "moveFrom",
        "rt",
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
        "instrText",
        "delText",
        "delInstrText",
    ]
)
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DEEPEST = 200


def read(data: bytes, limits: Limits) -> Content:
    """What a Word document shows. Raises NotReadable."""
    package = Package(data, limits)
    main = package.main_part("word/document.xml")
    root = package.xml(main)
    body = root.find("body") if root is not None else None
    if body is None:
        raise NotReadable("the Word document has no body; fetch it again")
    parts = {kind: path for kind, path in package.related(main).values()}
    numbering, styles = (package.xml(parts[kind]) if kind in parts else None for kind in ("numbering", "styles"))
    reader = _Reader(Numbering(numbering, styles))
    blocks = list(reader.blocks(body, 0))
    return compose(blocks, MEDIA_TYPE, limits, reader.notes)


class _Reader:
    """Blocks of a document; ``notes`` say what it holds that is no text."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.notes: list[str] = []

    def blocks(self, parent: Iterable[Element], depth: int) -> Iterator[Block]:
        """The blocks below ``parent``: a body, a cell or a text box."""
        if depth > _DEEPEST:
            raise NotReadable(f"its tables and text boxes are nested more than {_DEEPEST} deep")
        joined = ""
        for element in parent:
            if element.tag == "p":
                text, boxes = self._paragraph(element, depth, in_cell=getattr(parent, "tag", "") == "tc")
                if _is_end_deleted(element):
                    joined += text
                else:
                    yield Paragraph(joined + text)
                    joined = ""
                for box in boxes:
                    yield from self.blocks(box, depth + 1)
            elif element.tag == "tbl":
                yield TableBlock(list(self._cells(element, depth)))
            elif element.tag == "altChunk":
                self.notes.append("a document that is embedded in this one could not be read; save it in Word once")
            elif element.tag in _THROUGH:
                yield from self.blocks(_branch(element), depth + 1)
        if joined:
            yield Paragraph(joined)

    def _paragraph(self, paragraph: Element, depth: int, in_cell: bool) -> tuple[str, list[Element]]:
        """The text of a paragraph with its number, and the text boxes that are anchored in it."""
        parts: list[str] = []
        boxes: list[Element] = []
        self._inline(paragraph, parts, boxes, depth)
        text = "".join(parts)
        number = self.numbering.number(paragraph.find("pPr"))
        # A number alone says something in a column of row numbers only.
        return (number + text.lstrip() if number and (in_cell or text.strip()) else text), boxes

    def _inline(self, parent: Iterable[Element], parts: list[str], boxes: list[Element], depth: int) -> None:
        """Add the text of the runs below ``parent`` to ``parts``, and its text boxes to ``boxes``."""
        if depth > _DEEPEST:
            raise NotReadable(f"its elements are nested more than {_DEEPEST} deep")
        for element in parent:
            tag = element.tag
            if tag == "t":
                parts.append(element.text or "")
            elif tag in _CHARACTERS:
                parts.append(_CHARACTERS[tag])
            elif tag in ("drawing", "pict", "object", "group", "shape", "rect"):
                self._drawn(element, boxes)
            elif tag in _GONE or (tag == "r" and _is_on(element.find("rPr"), "vanish")):
                continue
            else:
                if tag == "r" and _is_raised(element) and parts and parts[-1][-1:].isdigit():
                    parts.append(" ")  # a raised 1 is the number of a note, and no digit of an amount
                self._inline(_branch(element), parts, boxes, depth + 1)

    def _drawn(self, element: Element, boxes: list[Element]) -> None:
        """The text boxes of a drawing; those inside another are met when it is read."""
        wait = [element]
        while wait:
            each = wait.pop()
            if each.tag == "txbxContent":
                boxes.append(each)
            elif each.tag == "OLEObject":
                self.notes.append(
                    f"an embedded object ({each.get('ProgID') or 'unknown'}) could not be read; save what it holds as a "
                    "file of its own"
                )
            else:
                wait += reversed(list(_branch(each)))

    def _cells(self, table: Element, depth: int) -> Iterator[CellBlock]:
        """The cells of a table. A cell that goes on in the row below has no text of its own there."""
        open_cells: dict[int, CellBlock] = {}
        for at, row in enumerate(_rows(table)):
            column = _value(row.find("trPr"), "gridBefore", 0)
            going_on: dict[int, CellBlock] = {}
            before: CellBlock | None = None
            for cell in _children(row, "tc"):
                about = cell.find("tcPr")
                span = max(_value(about, "gridSpan", 1), 1)
                merged = about.find("vMerge") if about is not None else None
                above = open_cells.get(column)
                if _is_joined(about) and before is not None:
                    before.columns += span
                elif merged is not None and merged.get("val", "continue") == "continue" and above is not None:
                    above.rows += 1
                    going_on[column] = before = above
                else:
                    inside = list(self.blocks(cell, depth + 1))
                    if all(isinstance(one, Paragraph) and not one.text.strip() for one in inside) and _shows_picture(
                        cell
                    ):
                        inside = [Paragraph(PICTURE)]
                    before = CellBlock(at, column, inside, 1, span)
                    yield before
                    if merged is not None:
                        going_on[column] = before
                column += span
            open_cells = going_on


def _shows_picture(cell: Element) -> bool:
    """Whether a picture stands in a cell: in a drawing (blip), or as Word drew them before (imagedata)."""
    return any(one.tag in ("blip", "imagedata") for one in cell.iter())


def _branch(element: Element) -> Iterable[Element]:
    """What is below ``element``: of alternatives that show the same, the first that holds something."""
    if element.tag != "AlternateContent":
        return element
    choices = [each for each in element if each.tag == "Choice"] + [each for each in element if each.tag == "Fallback"]
    return next((each for each in choices if next(each.iter("t"), None) is not None), choices[0] if choices else ())


def _rows(table: Element) -> Iterator[Element]:
    """The rows of a table as they are after all tracked changes are accepted."""
    for row in _children(table, "tr"):
        about = row.find("trPr")
        if about is None or (about.find("del") is None and not _is_on(about, "hidden")):
            yield row


def _children(parent: Element, tag: str) -> Iterator[Element]:
    """The children of that name, also those in content controls and the like."""
    for element in parent:
        if element.tag == tag:
            about = element.find("tcPr")
            if about is None or about.find("cellDel") is None:
                yield element
        elif element.tag in _THROUGH:
            yield from _children(element, tag)


def _is_end_deleted(paragraph: Element) -> bool:
    """Whether the end of a paragraph was deleted, so that the next one goes on with it."""
    about = paragraph.find("pPr/rPr")
    return about is not None and about.find("del") is not None


def _value(about: Element | None, name: str, default: int) -> int:
    found = about.find(name) if about is not None else None
    text = found.get("val", "") if found is not None else ""
    return min(int(text), 1000) if text.isascii() and text.isdigit() else default


def _is_joined(about: Element | None) -> bool:
    """Whether a cell is the rest of the one to its left (hMerge, of old documents)."""
    merged = about.find("hMerge") if about is not None else None
    return merged is not None and merged.get("val", "continue") == "continue"


def _is_raised(run: Element) -> bool:
    about = run.find("rPr")
    raised = about.find("vertAlign") if about is not None else None
    return raised is not None and raised.get("val") == "superscript"


def _is_on(about: Element | None, name: str) -> bool:
    found = about.find(name) if about is not None else None
    return found is not None and found.get("val", "1") not in ("0", "false", "off")
