"""Personal contact data: found by its labels, withheld from everything that is published.

The first reader of a document. It looks for labels (项目负责人, 联系电话 …) and takes the names, phone
numbers and addresses that stand next to them, on the label's line or, where a row of labels stands over a
row of values, on the line below. Nothing here knows a name or a number; both are recognised by their form.
"""

from __future__ import annotations

import re
from itertools import groupby

from pipeline.extract.contacts.words import SPACE, ContactWords, load_contact_words
from pipeline.extract.context import Context
from pipeline.extract.spans import united
from pipeline.ingest.document import Cell, Document

#: Stands for one withheld character, so that offsets hold in the masked text.
MARK = "▇"

_BLANK = re.compile(SPACE)
_SEPARATOR = re.compile(rf"{SPACE}(?:[、，,/；;和及|（(：:]|[为是](?={SPACE}[:：]?{SPACE}[0-9０-９+＋]))?{SPACE}")


def withhold(context: Context, publish_contacts: bool = False) -> None:
    """Claim the tokens of contact data, record ``context.masks`` and set the masked text.

    With ``publish_contacts`` nothing is withheld: the masked text is the text itself.
    """
    text = context.document.text
    if not publish_contacts:
        words = load_contact_words()
        context.masks.extend(united([*_find(text, words), *_in_columns(context.document, words)]))
    context.extraction.masked_text = text
    if not context.masks:
        return
    owner = context.document.disclosure_id
    parts, last = [], 0
    for index, (start, end) in enumerate(context.masks):
        for token in context.ledger.within(start - 24, end + 24):
            if token.start < end and token.end > start:
                start, end = min(start, token.start), max(end, token.end)
                if token.cls == "unclaimed":
                    context.ledger.claim(token, "withheld", "contact", "disclosures", owner)
        context.masks[index] = (start, end)
        start = max(start, last)
        hidden = "".join(char if char.isspace() else MARK for char in text[start:end])
        parts += [text[last:start], hidden]
        last = max(last, end)
    context.extraction.masked_text = "".join([*parts, text[last:]])


def masked(context: Context, start: int, end: int) -> str:
    """``start:end`` of the document as it may be published."""
    return (context.published)[start:end]


def _find(text: str, words: ContactWords) -> list[tuple[int, int]]:
    found = [*_by_shape(text, words), *_by_sentence(text, words)]
    if not words.hint.search(text):
        return found
    for match in words.call.finditer(text):
        found += [match.span(group) for group in ("who", "phone") if match[group]]
    for match in _labels(text, words):
        if match["weak"]:
            value = words.person.match(text, match.end() + len(_blank(text, match.end())))
            if value and value.group()[0] in words.surnames and len("".join(value.group().split())) <= 3:
                found += [value.span()] if words.is_name(value.group()) else []
            continue
        values = _beside(text, match.end(), bool(match["person"] or match["a_person"]), words)
        found += values or _below(text, match, words)
        found += _around(text, match.start(), match.end(), words)
    return found


def _by_shape(text: str, words: ContactWords) -> list[tuple[int, int]]:
    """Addresses of mail, identity numbers and mobile numbers, wherever they stand; eleven digits of an amount are none."""
    found = [match.span() for match in words.anywhere.finditer(text)]
    for match in words.mobile.finditer(text):
        start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
        around = text[start : match.start()], text[match.end() : end if end >= 0 else len(text)]
        if not words.not_mobile.search(around[0]) and not words.not_mobile.search(around[1]):
            found.append(match.span())
    return found


def _by_sentence(text: str, words: ContactWords) -> list[tuple[int, int]]:
    """Names that offices, honorifics or a number behind them show, and where somebody lives."""
    found = [match.span("where") for match in words.address.finditer(text)]
    found += [match.span("phone") for match in words.bracketed.finditer(text)]
    for pattern in (words.office, words.asked, words.caller, words.responsible, words.called):
        found += [match.span("who") for match in pattern.finditer(text) if words.is_name(match["who"])]
    return found


def _in_columns(document: Document, words: ContactWords) -> list[tuple[int, int]]:
    """Names and numbers in columns of a table whose header row holds two labels of contact data and no value."""
    found: list[tuple[int, int]] = []
    for table in document.tables:
        printed = [cell for cell in table.cells if cell.pieces]
        headed: dict[int, int] = {}  # column to the row of its label
        for row, group in groupby(sorted(printed), key=lambda cell: cell.row):
            cells = list(group)
            labels = [cell for cell in cells if _heads_contacts(_text_of(document, cell), words)]
            if len(labels) >= 2 and not any(words.number.fullmatch(_text_of(document, cell)) for cell in cells):
                for label in labels:
                    headed.setdefault(label.column, row)
        for cell in printed:
            if cell.row > headed.get(cell.column, cell.row) and _is_value(_text_of(document, cell), words):
                found += cell.pieces
    return found


def _heads_contacts(text: str, words: ContactWords) -> bool:
    label = words.label.fullmatch(text)
    return text in words.columns or (label is not None and not label["weak"])


def _text_of(document: Document, cell: Cell) -> str:
    return "".join(document.text[start:end] for start, end in cell.pieces).strip()


def _is_value(text: str, words: ContactWords) -> bool:
    value = words.any_value.fullmatch(text)
    return value is not None and (_is_number(text) or (text[0] in words.surnames and words.is_name(text)))


def _labels(text: str, words: ContactWords) -> list[re.Match[str]]:
    """The labels of ``text``; looked for only on lines that have what every label ends with."""
    labels: list[re.Match[str]] = []
    position = 0
    while hint := words.hint.search(text, position):
        start = text.rfind("\n", 0, hint.start()) + 1
        # A label may be broken over lines by its cell: begin a line early, never before the last one found.
        early = text.rfind("\n", 0, max(0, start - 1)) + 1
        end = text.find("\n", hint.end())
        end = len(text) if end < 0 else end
        seen = labels[-1].end() if labels else 0
        labels += words.label.finditer(text, max(early, seen), end)
        # A label may end on the next line; look at the end of this one again.
        position = max(hint.end(), end - 3)
    return labels


def _blank(text: str, position: int) -> str:
    match = _BLANK.match(text, position)
    return match.group() if match else ""


def _beside(text: str, position: int, person: bool, words: ContactWords) -> list[tuple[int, int]]:
    """The values that follow a label on its line, one after the other."""
    found: list[tuple[int, int]] = []
    named = False
    while True:
        gap = _SEPARATOR.match(text, position)
        start = gap.end() if gap else position
        # A second name needs a mark before it: what stands behind a name and a blank is another cell.
        apart = not found or (gap is not None and bool(gap.group().strip()))
        pattern = words.any_value if not found or (person and apart) else words.number
        value = pattern.match(text, start)
        if value is None or words.label.match(text, start) or not _plausible(value.group(), words):
            return found
        named = named or not _is_number(value.group())
        found.append(value.span())
        position = value.end()
        while position < len(text) and text[position] in ")）":
            position += 1


def _is_number(value: str) -> bool:
    return value[0].isascii() or value[0].isdigit() or value[0] in "（＋"


def _plausible(value: str, words: ContactWords) -> bool:
    return _is_number(value) or words.is_name(value)


def _below(text: str, label: re.Match[str], words: ContactWords) -> list[tuple[int, int]]:
    """The values of the line below, where label and line hold nothing but labels over nothing but values."""
    end = text.find("\n", label.end())
    start = text.rfind("\n", 0, label.start()) + 1
    if end < 0 or not words.columns.issuperset(words.label.sub("", text[start:end]).split()):
        return []
    below = end + 1
    while below < len(text) and (stop := text.find("\n", below)) >= 0 and not text[below:stop].strip():
        below = stop + 1
    stop = text.find("\n", below)
    stop = len(text) if stop < 0 else stop
    if words.label.search(text, below, stop):
        return []
    found, position = [], below
    while position < stop:
        gap = _SEPARATOR.match(text, position)
        position = gap.end() if gap else position
        value = words.any_value.match(text, position, stop)
        if position >= stop:
            break
        if value is None or not _plausible(value.group(), words):
            return []
        found.append(value.span())
        position = value.end()
    return found


def _around(text: str, start: int, end: int, words: ContactWords) -> list[tuple[int, int]]:
    """Phone numbers without a label of their own on the line of a label and on the two lines after it."""
    first = text.rfind("\n", 0, start) + 1
    last = end
    for _ in range(3):
        last = text.find("\n", last + 1)
        if last < 0:
            last = len(text)
            break
    return [match.span() for pattern in words.loose for match in pattern.finditer(text, first, last)]
