"""Damages to pages: words and rules of a PDF moved, lost, doubled, exchanged, and the PDF drawn anew."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest.document import Document
from tests.attack.following import Followed, document_of, extraction_of, followed
from tests.attack.text import AMOUNT, CHINESE

_FONT = "STSong-Light"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word where it stands on a page, in points; ``origin`` is its number in the original, None for a new one."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    origin: int | None

    def anew(self, text: str | None = None) -> Mark:
        """The word as a new one, of no place in the original; with another text where one is given."""
        return replace(self, text=self.text if text is None else text, origin=None)

    def moved(self, right: float = 0, down: float = 0) -> Mark:
        return replace(self, x0=self.x0 + right, x1=self.x1 + right, top=self.top + down, bottom=self.bottom + down)


@dataclass(slots=True)
class Sheet:
    """A page: its words and its rules (x0, top, x1, bottom)."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)


Pages = list[Sheet]
Mutation = Callable[[Pages, random.Random], Pages]
KINDS: dict[str, Mutation] = {}


def kind(mutation: Mutation) -> Mutation:
    """Register a mutation under the name of its function."""
    KINDS[mutation.__name__] = mutation
    return mutation


def pages_of(document: Document) -> Pages:
    """The pages of a PDF that hold tables, and the first."""
    ruled = {table.page for table in document.tables}
    number = 0
    sheets = []
    for page in document.pages:
        if page.number != 1 and page.number not in ruled:
            continue
        sheet = Sheet(page.width, page.height)
        for word in page.words:
            text = document.text[word.start : word.end]
            sheet.marks.append(Mark(text, word.x0, word.top, word.x1, word.bottom, number))
            number += 1
        rules = set()
        for box in (cell.box for table in document.tables if table.page == page.number for cell in table.cells):
            if box is not None:
                x0, top, x1, bottom = (round(each, 1) for each in (box.x0, box.top, box.x1, box.bottom))
                rules |= {(x0, top, x1, top), (x0, bottom, x1, bottom), (x0, top, x0, bottom), (x1, top, x1, bottom)}
        sheet.rules = sorted(rules)
        sheets.append(sheet)
    return sheets


def drawn(pages: Pages) -> bytes:
    """The pages as a PDF: each word as wide as it was."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for sheet in pages:
        canvas.setPageSize((sheet.width, sheet.height))
        canvas.setLineWidth(0.5)
        for x0, top, x1, bottom in sheet.rules:
            canvas.line(x0, sheet.height - top, x1, sheet.height - bottom)
        for mark in sheet.marks:
            size = min(mark.bottom - mark.top, 12.0)
            natural = pdfmetrics.stringWidth(mark.text, _FONT, size) or 1.0
            line = canvas.beginText(mark.x0, sheet.height - mark.bottom + size * 0.15)
            line.setFont(_FONT, size)
            line.setHorizScale(100 * (mark.x1 - mark.x0) / natural)
            line.textOut(mark.text)
            canvas.drawText(line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def reading(pages: Pages) -> Followed:
    """Read the pages drawn; amounts by the words that print them."""
    document = document_of(drawn(pages), "x.pdf")
    extraction = extraction_of(document)
    origins: dict[int, int] = {}
    if isinstance(document, Document):
        for sheet, page in zip(pages, document.pages, strict=False):
            left = {(round(m.x0), round(m.bottom)): m.origin for m in sheet.marks if m.origin is not None}
            for word in page.words:
                near = (
                    left.get((round(word.x0) + dx, round(word.bottom) + dy))
                    for dx in (0, -1, 1)
                    for dy in (0, -1, 1, -2, 2)
                )
                origin = next((each for each in near if each is not None), None)
                if origin is not None:
                    origins[word.start] = origin
    return followed(extraction, origins)


def _rows(pages: Pages) -> dict[int, tuple[tuple[int, str, int, int], ...]]:
    """For each word its row: the words beside it, where they stand from the first one on."""
    found: dict[int, tuple[tuple[int, str, int, int], ...]] = {}
    for sheet in pages:
        for mark in sheet.marks:
            if mark.origin is None:
                continue
            middle = (mark.top + mark.bottom) / 2
            beside = [other for other in sheet.marks if other.top - 3 < middle < other.bottom + 3]
            x, y = min(other.x0 for other in beside), min(other.top for other in beside)
            found[mark.origin] = tuple(
                sorted(
                    (
                        -1 if other.origin is None else other.origin,
                        other.text,
                        round(other.x0 - x),
                        round(other.top - y),
                    )
                    for other in beside
                )
            )
    return found


def untouched(original: Pages, mutated: Pages) -> set[int]:
    """The words whose row prints the same, in the same places from its first one on."""
    rows = _rows(mutated)
    return {origin for origin, row in _rows(original).items() if rows.get(origin) == row}


# --- what mutations pick ---------------------------------------------------------------------------------------------
def copy(pages: Pages) -> Pages:
    return [replace(sheet, marks=list(sheet.marks), rules=list(sheet.rules)) for sheet in pages]


def pick(pages: Pages, rng: random.Random, wanted: Callable[[Mark], object]) -> tuple[Sheet, int] | None:
    found = [(sheet, at) for sheet in pages for at, mark in enumerate(sheet.marks) if wanted(mark)]
    return rng.choice(found) if found else None


def is_amount(mark: Mark) -> bool:
    return AMOUNT.fullmatch(mark.text) is not None


def is_word(mark: Mark) -> bool:
    return CHINESE.search(mark.text) is not None


def is_title(mark: Mark) -> bool:
    return mark.text.strip().endswith("表") and len(mark.text) > 5


def row_of(sheet: Sheet, mark: Mark) -> list[Mark]:
    middle = (mark.top + mark.bottom) / 2
    return [other for other in sheet.marks if other.top < middle < other.bottom]


def changed(
    pages: Pages, rng: random.Random, wanted: Callable[[Mark], object], change: Callable[[Mark], list[Mark]]
) -> Pages:
    """The pages with one word that is ``wanted`` in the place of what ``change`` makes of it."""
    pages = copy(pages)
    picked = pick(pages, rng, wanted)
    if picked is not None:
        sheet, at = picked
        sheet.marks[at : at + 1] = change(sheet.marks[at])
    return pages


def is_header(pages: Pages) -> Callable[[Mark], bool]:
    """Whether a word stands among the words above the first amount of its page."""
    tops = {
        id(mark): min((m.top for m in sheet.marks if is_amount(m)), default=0)
        for sheet in pages
        for mark in sheet.marks
    }
    return lambda mark: is_word(mark) and not is_title(mark) and mark.top < tops.get(id(mark), 0)


def _garbled(mark: Mark, rng: random.Random) -> Mark:
    at = rng.choice([match.start() for match in CHINESE.finditer(mark.text)])
    return mark.anew(mark.text[:at] + rng.choice("口曰巳入末己士") + mark.text[at + 1 :])


# --- words -----------------------------------------------------------------------------------------------------------
@kind
def word_lost(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_word, lambda mark: [])


@kind
def amount_lost(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_amount, lambda mark: [])


@kind
def amount_moved(pages: Pages, rng: random.Random) -> Pages:
    by = rng.choice([-60, -30, -10, 10, 30, 60])
    return changed(pages, rng, is_amount, lambda mark: [mark.moved(by)])


@kind
def amount_off_its_line(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_amount, lambda mark: [mark.moved(0, rng.choice([-12, -6, 6, 12]))])


@kind
def amount_doubled(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_amount, lambda mark: [mark, mark.moved(40).anew()])


@kind
def word_doubled_below(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_word, lambda mark: [mark, mark.moved(0, 14).anew()])


@kind
def word_garbled(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_word, lambda mark: [_garbled(mark, rng)])


@kind
def words_exchanged(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet = rng.choice([sheet for sheet in pages if len(sheet.marks) > 1])
    one, other = rng.sample(range(len(sheet.marks)), 2)
    first, second = sheet.marks[one], sheet.marks[other]
    sheet.marks[one] = first.anew(second.text)
    sheet.marks[other] = second.anew(first.text)
    return pages


@kind
def title_lost(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_title, lambda mark: [])


@kind
def title_garbled(pages: Pages, rng: random.Random) -> Pages:
    return changed(pages, rng, is_title, lambda mark: [_garbled(mark, rng)])


@kind
def title_with_a_suffix(pages: Pages, rng: random.Random) -> Pages:
    suffix = rng.choice(["（续表）", "—工资福利支出", "（二）", "情况"])
    return changed(
        pages,
        rng,
        is_title,
        lambda mark: [replace(mark, text=mark.text + suffix, x1=mark.x1 + 10 * len(suffix), origin=None)],
    )


@kind
def unknown_title_among_rows(pages: Pages, rng: random.Random) -> Pages:
    title = rng.choice(["部门资金安排明细", "附：专项资金分配情况", "其中：本级支出", "重点项目清单表"])
    return changed(
        pages,
        rng,
        is_amount,
        lambda mark: [mark, Mark(title, 250, mark.bottom + 1, 250 + 10 * len(title), mark.bottom + 11, None)],
    )


@kind
def header_word_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    return _changed_in(pages, rng, lambda mark: [])


@kind
def header_word_garbled(pages: Pages, rng: random.Random) -> Pages:
    return _changed_in(copy(pages), rng, lambda mark: [_garbled(mark, rng)])


@kind
def header_word_moved(pages: Pages, rng: random.Random) -> Pages:
    by = rng.choice([-50, -20, 20, 50])
    return _changed_in(copy(pages), rng, lambda mark: [mark.moved(by)])


@kind
def header_word_lower(pages: Pages, rng: random.Random) -> Pages:
    by = rng.choice([-15, 15, 25])
    return _changed_in(copy(pages), rng, lambda mark: [mark.moved(0, by)])


def _changed_in(pages: Pages, rng: random.Random, change: Callable[[Mark], list[Mark]]) -> Pages:
    wanted = is_header(pages)
    picked = pick(pages, rng, wanted)
    if picked is not None:
        sheet, at = picked
        sheet.marks[at : at + 1] = change(sheet.marks[at])
    return pages


# --- rows and columns ------------------------------------------------------------------------------------------------
@kind
def row_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is not None:
        sheet, at = picked
        gone = row_of(sheet, sheet.marks[at])
        sheet.marks = [mark for mark in sheet.marks if mark not in gone]
    return pages


@kind
def rows_exchanged(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is None:
        return pages
    sheet, at = picked
    one = row_of(sheet, sheet.marks[at])
    amounts = [mark for mark in sheet.marks if is_amount(mark) and mark not in one]
    if not amounts:
        return pages
    other = row_of(sheet, rng.choice(amounts))
    by = min(mark.top for mark in other) - min(mark.top for mark in one)
    sheet.marks = [
        mark.moved(0, by) if mark in one else mark.moved(0, -by) if mark in other else mark for mark in sheet.marks
    ]
    return pages


@kind
def rows_below_moved_down(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is not None:
        sheet, at = picked
        top, by = sheet.marks[at].top, rng.choice([4, 8, 20, 40])
        sheet.marks = [mark.moved(0, by) if mark.top >= top else mark for mark in sheet.marks]
    return pages


@kind
def amounts_moved_right(pages: Pages, rng: random.Random) -> Pages:
    """All amounts of a page stand off their columns."""
    pages = copy(pages)
    sheet, by = rng.choice(pages), rng.choice([-40, -15, 15, 40])
    sheet.marks = [mark.moved(by) if is_amount(mark) else mark for mark in sheet.marks]
    return pages


@kind
def column_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is not None:
        sheet, at = picked
        right = sheet.marks[at].x1
        sheet.marks = [mark for mark in sheet.marks if not (is_amount(mark) and abs(mark.x1 - right) < 3)]
    return pages


# --- rules -----------------------------------------------------------------------------------------------------------
def _without_a_rule(pages: Pages, rng: random.Random, axis: int) -> Pages:
    """A sheet without one of its upright rules (``axis`` 0) or level ones (1), in all its pieces."""
    pages = copy(pages)
    sheet = rng.choice([sheet for sheet in pages if sheet.rules] or pages)
    along = sorted({rule[axis] for rule in sheet.rules if rule[axis] == rule[axis + 2]})
    if along:
        gone = rng.choice(along)
        sheet.rules = [
            rule for rule in sheet.rules if not (rule[axis] == rule[axis + 2] and abs(rule[axis] - gone) < 1)
        ]
    return pages


@kind
def rules_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    rng.choice(pages).rules = []
    return pages


@kind
def upright_rules_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet = rng.choice(pages)
    sheet.rules = [rule for rule in sheet.rules if rule[1] == rule[3]]
    return pages


@kind
def one_upright_rule_lost(pages: Pages, rng: random.Random) -> Pages:
    return _without_a_rule(pages, rng, 0)


@kind
def some_rules_lost(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet = rng.choice(pages)
    sheet.rules = [rule for rule in sheet.rules if rng.random() > 0.05]
    return pages


@kind
def level_rule_lost(pages: Pages, rng: random.Random) -> Pages:
    return _without_a_rule(pages, rng, 1)


# --- pages -----------------------------------------------------------------------------------------------------------
@kind
def pages_exchanged(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    at = rng.randrange(max(1, len(pages) - 1))
    pages[at : at + 2] = pages[at : at + 2][::-1]
    return pages


@kind
def page_lost(pages: Pages, rng: random.Random) -> Pages:
    at = rng.randrange(len(pages))
    return pages[:at] + pages[at + 1 :] or pages


@kind
def page_doubled(pages: Pages, rng: random.Random) -> Pages:
    at = rng.randrange(len(pages))
    sheet = pages[at]
    again = replace(sheet, marks=[mark.anew() for mark in sheet.marks])
    return [*pages[:at], again, *pages[at:]]


@kind
def page_without_its_top(pages: Pages, rng: random.Random) -> Pages:
    pages = copy(pages)
    sheet, part = rng.choice(pages), rng.choice([0.1, 0.2, 0.3])
    sheet.marks = [mark for mark in sheet.marks if mark.top > sheet.height * part]
    sheet.rules = [rule for rule in sheet.rules if rule[1] > sheet.height * part]
    return pages


@kind
def page_moved(pages: Pages, rng: random.Random) -> Pages:
    """A page stands further down and to the right as a whole."""
    pages = copy(pages)
    sheet, right, down = rng.choice(pages), rng.choice([0, 5, 20]), rng.choice([3, 15])
    sheet.marks = [mark.moved(right, down) for mark in sheet.marks]
    sheet.rules = [(a + right, b + down, c + right, d + down) for a, b, c, d in sheet.rules]
    return pages


@kind
def page_cut_in_two(pages: Pages, rng: random.Random) -> Pages:
    """The lower part of a page goes to a page of its own."""
    pages = copy(pages)
    picked = pick(pages, rng, is_amount)
    if picked is None:
        return pages
    sheet, at = picked
    cut = sheet.marks[at].top - 3
    below = replace(
        sheet,
        marks=[mark.moved(0, 60 - cut) for mark in sheet.marks if mark.top > cut],
        rules=[(a, b + 60 - cut, c, d + 60 - cut) for a, b, c, d in sheet.rules if b >= cut - 4],
    )
    sheet.marks = [mark for mark in sheet.marks if mark.top <= cut]
    sheet.rules = [rule for rule in sheet.rules if rule[3] <= cut + 4]
    place = next(index for index, each in enumerate(pages) if each is sheet)
    return [*pages[: place + 1], below, *pages[place + 1 :]]


def joined(pages: Pages, rng: random.Random, other: Pages) -> Pages:
    """A page of another document comes among those of this one."""
    sheet = rng.choice(other)
    at = rng.randrange(len(pages) + 1)
    return [*pages[:at], replace(sheet, marks=[mark.anew() for mark in sheet.marks]), *pages[at:]]
