"""PDF to text, words and ruled cells. Runs in a worker (see ``worker``): a PDF is untrusted."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from pipeline.ingest.document import Box, CellTable, Page, Word
from pipeline.ingest.grids import Grid, cell_tables, find_grids
from pipeline.ingest.radicals import ordinary
from pipeline.ingest.touching import label_behind
from pipeline.ingest.wrapped import set_together

_TOLERANCE = 0.6
#: How far from the left rule of its cell a name begins at most.
_NEAR = 4.0
_DASHES = ("-", "－", "−", "–", "—")


class NotReadable(ValueError):
    """The PDF cannot be read, and why."""


def read_pdf(data: bytes) -> dict[str, Any]:
    """The fields of a Document that a PDF gives. Raises NotReadable.

    Radicals become characters (see ``radicals``).
    The text is the words line by line: one space between words, ``\\n`` after a line, ``\\f`` after a page.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    from pipeline.ingest.text import split_lines

    try:
        pdf = pdfplumber.open(io.BytesIO(data))
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise NotReadable("the PDF is encrypted; publish or fetch it without a password") from error
        raise NotReadable(f"the PDF is broken ({error}); fetch it again") from error
    parts: list[str] = []
    pages: list[Page] = []
    grids_of_pages: list[list[Grid]] = []
    notes: list[str] = []
    offset = 0
    with pdf:
        if not pdf.pages:
            raise NotReadable("the PDF has no pages; fetch it again")
        for number, page in enumerate(pdf.pages, start=1):
            page = _upright(page)
            text, words, grids = _page(page, offset)
            if not words and page.images:
                notes.append(f"page {number} is a picture without text (scanned); nothing of it could be read")
            pages.append(Page(number, float(page.width), float(page.height), tuple(words)))
            grids_of_pages.append(grids)
            parts.append(text + "\f")
            offset += len(text) + 1
            page.close()
    if not any(page.words for page in pages):
        raise NotReadable("the PDF has no text, only pictures of it (scanned); it would need character recognition")
    whole = "".join(parts)
    tables: list[CellTable] = []
    for one, grids in zip(pages, grids_of_pages, strict=True):
        tables += cell_tables(grids, one.words, whole, one.number)
    return {
        "text": whole,
        "lines": split_lines(whole),
        "pages": tuple(pages),
        "tables": tuple(tables),
        "page_count": len(pages),
        "notes": tuple(notes),
    }


def _upright(page: Any) -> Any:
    """The page turned so that most of its characters stand upright: wide tables are often drawn sideways.

    A page whose own Rotate entry does that already is turned by the library. Boxes are those of the turned page.
    """
    from pdfplumber.page import Page as PdfPage

    # The direction of writing after the page's own rotation: upwards or downwards.
    aslant = Counter(90 if char["matrix"][1] > 0 else 270 for char in page.chars if not char["upright"])
    if aslant.total() * 2 <= len(page.chars):
        return page
    turn = aslant.most_common(1)[0][0]
    entry = page.page_obj
    entry.rotate = (page.rotation + turn) % 360
    entry.attrs = {**entry.attrs, "Rotate": entry.rotate}
    return PdfPage(page.pdf, entry, page.page_number, page.initial_doctop)


def _page(page: Any, offset: int) -> tuple[str, list[Word], list[Grid]]:
    grids = find_grids(page)
    raw = page.extract_words(x_tolerance=2, y_tolerance=3, keep_blank_chars=False, return_chars=True)
    if grids:
        raw = set_together([piece for word in raw for piece in _cut(word, grids)], grids)
    else:
        raw = [piece for word in raw for piece in _apart(word)]
    text: list[str] = []
    words: list[Word] = []
    length = 0
    for line in _lines(raw):
        for order, word in enumerate(line):
            printed = ordinary("".join(char for char in word["text"] if char not in "\n\f\r\t "))
            if not printed:
                continue
            if order and text and text[-1] != "\n":
                # A dash that stands alone is a blank cell, not the sign of the next one: two spaces keep them apart.
                apart = "  " if text[-1] in _DASHES else " "
                text.append(apart)
                length += len(apart)
            start = offset + length
            text.append(printed)
            length += len(printed)
            x0, top, x1, bottom = (round(float(word[side]), 2) for side in ("x0", "top", "x1", "bottom"))
            words.append(Word(start, start + len(printed), x0, top, x1, bottom, _sides(word, printed)))
        text.append("\n")
        length += 1
    return "".join(text), words, grids


def _sides(word: dict[str, Any], printed: str) -> tuple[tuple[float, float], ...]:
    """Where each character of a word begins and ends, where the word is more than a number."""
    if not any(char.isdigit() for char in printed) or not any(char.isalpha() for char in printed):
        return ()
    sides = [
        (round(float(char["x0"]), 2), round(float(char["x1"]), 2))
        for char in word.get("chars", ())
        for _ in char["text"].strip("\n\f\r\t ")
    ]
    return tuple(sides) if len(sides) == len(printed) else ()


def _lines(raw: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Words grouped to lines by their middles, left to right."""
    lines: list[list[dict[str, Any]]] = []
    middle = None
    for word in sorted(raw, key=lambda w: ((w["top"] + w["bottom"]) / 2, w["x0"])):
        centre = (word["top"] + word["bottom"]) / 2
        if middle is None or centre - middle > min(3.0, (word["bottom"] - word["top"]) * 0.4):
            lines.append([])
            middle = centre
        lines[-1].append(word)
    for line in lines:
        line.sort(key=lambda w: w["x0"])
    return lines


def _cut(word: dict[str, Any], grids: list[Grid]) -> list[dict[str, Any]]:
    """A word that runs over a ruled edge is two words: amounts of narrow columns touch.

    A long name that leaves its cell is one, and belongs to the cell at whose left it begins, however far it goes on.
    """
    centre = (word["top"] + word["bottom"]) / 2
    cells = [box for grid in grids for row in grid for box in row if box and box.top <= centre <= box.bottom]
    borders = sorted({box.x1 for box in cells if word["x0"] + _TOLERANCE < box.x1 < word["x1"] - _TOLERANCE})
    if not borders:
        return [word]
    pieces = []
    chars, at = word["chars"], 0
    while at < len(chars):
        border = next((x for x in borders if x > _middle(chars[at])), None)
        end = next((i for i in range(at, len(chars)) if border is not None and _middle(chars[i]) > border), len(chars))
        inside = end
        if end < len(chars) and border is not None and _goes_on(chars[end - 1], chars[end], border):
            while end < len(chars) and _follows(chars[end - 1], chars[end]):
                end += 1
        held = chars[at:end]
        pieces.append(
            {
                "text": "".join(char["text"] for char in held),
                "x0": min(char["x0"] for char in held),
                "x1": border if end > inside and _leaves(held, cells) else max(char["x1"] for char in held),
                "top": word["top"],
                "bottom": word["bottom"],
                "chars": held,
            }
        )
        at = end
    return pieces


def _apart(word: dict[str, Any]) -> list[dict[str, Any]]:
    """A word that is an amount and a label right behind it is two, where no rule shows it: columns that touch."""
    at = label_behind(word["text"])
    if not at or len(word["chars"]) != len(word["text"]):
        return [word]
    amount, label = word["chars"][:at], word["chars"][at:]
    return [
        {**word, "text": word["text"][:at], "x1": amount[-1]["x1"], "chars": amount},
        {**word, "text": word["text"][at:], "x0": label[0]["x0"], "chars": label},
    ]


def _leaves(name: list[dict[str, Any]], cells: list[Box]) -> bool:
    """Whether a name begins at the left of a cell, and is not one that is centred in another and leaves it both ways."""
    x0, x1 = name[0]["x0"], name[-1]["x1"]
    if any(box.x0 > x0 and box.x1 < x1 and abs(box.x0 + box.x1 - x0 - x1) < 2 * _NEAR for box in cells):
        return False
    return any(box.x0 - _TOLERANCE <= x0 <= box.x0 + _NEAR + _TOLERANCE for box in cells)


def _middle(char: dict[str, Any]) -> float:
    return float(char["x0"] + char["x1"]) / 2


def _goes_on(before: dict[str, Any], after: dict[str, Any], border: float) -> bool:
    """Whether a name goes on beyond the border: it goes through the middle of a letter, or between two of one word."""
    if not (_is_letter(before) and _is_letter(after)):
        return False
    margin = 0.2 * (after["x1"] - after["x0"])
    through = any(char["x0"] + margin < border < char["x1"] - margin for char in (before, after))
    return through or _follows(before, after)


def _follows(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether two letters stand as close as those of one word, where words of two cells keep a distance."""
    close = after["x0"] - before["x1"] < 0.05 * (after["x1"] - after["x0"])
    return bool(close and _is_letter(before) and _is_letter(after))


def _is_letter(char: dict[str, Any]) -> bool:
    return not (char["text"].isascii() or char["text"].isdigit())
