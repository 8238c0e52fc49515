"""Which characters of a page a reader sees, and why the others are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from pipeline.ingest.pdf.page import Drawn, Glyph, Look
from pipeline.ingest.pdf.shapes import Box, Colour, Shape
from pipeline.ingest.pdf.words import Run

#: Shares of full colour by which text has to differ from what it stands on.
_CONTRAST = 0.08
#: How light a watermark is at least, and how much larger than the page's usual text.
_FAINT, _LARGER = 0.65, 1.4
#: Points below which writing is a dot on paper.
_SMALLEST = 1.0
#: Degrees by which writing may lean and still be up, down or upside down; a watermark leans more.
_LEAN = 5.0
_PAPER = Colour(255, 255, 255, 255)


def seen(drawn: Drawn, reasons: Counter[str]) -> tuple[list[Glyph], list[tuple[Glyph, float]]]:
    """The characters that show, upright and sideways ones; those left out are counted by reason."""
    panels = [shape for shape in drawn.shapes if shape.fill]
    upright = _uncovered(drawn, _painted(drawn, drawn.glyphs, panels, reasons), panels, reasons)
    if not drawn.sideways:
        return upright, []
    level = [(glyph, angle) for glyph, angle in drawn.sideways if min(angle % 90, 90 - angle % 90) <= _LEAN]
    if len(level) < len(drawn.sideways):
        reasons["leaning across the page (a watermark)"] += len(drawn.sideways) - len(level)
    held = _uncovered(drawn, _painted(drawn, [glyph for glyph, _ in level], panels, reasons), panels, reasons)
    places = {glyph.at for glyph in held}
    return upright, [each for each in level if each[0].at in places]


def on_page(drawn: Drawn, words: list[Run], reasons: Counter[str]) -> list[Run]:
    """The words of which at least a character is seen where it stands on the page. One that the edge cuts stays whole: half of it is another."""

    def stands(word: Run) -> bool:
        if word.x0 >= 0 and word.x1 <= drawn.width and 0 <= word.middle <= drawn.height:
            return True
        if not 0 <= word.middle <= drawn.height or word.x1 < 0 or word.x0 > drawn.width:
            return False
        middles = [(glyph.x0 + glyph.x1) / 2 for glyph in word.glyphs] or [(word.x0 + word.x1) / 2]
        return any(0 <= middle <= drawn.width for middle in middles)

    kept = _those(words, stands, "outside the page", reasons)
    kept = _those(kept, lambda word: not _is_clipped(drawn, word), "clipped away", reasons)
    optional = {id(word) for word in kept if word.glyphs and drawn.is_optional(word.glyphs[0])}
    if not optional:
        return kept
    shown = drawn.shown()
    return _those(
        kept, lambda word: id(word) not in optional or any(map(shown, word.glyphs)), "of a layer that is off", reasons
    )


def _those(words: list[Run], seen: Callable[[Run], bool], reason: str, reasons: Counter[str]) -> list[Run]:
    """The words that are ``seen``; the others are counted."""
    kept = [word for word in words if seen(word)]
    if len(kept) < len(words):
        reasons[reason] += sum(len(word.text) for word in words) - sum(len(word.text) for word in kept)
    return kept


def _is_clipped(drawn: Drawn, word: Run) -> bool:
    """Whether clip paths leave no character of a word."""
    box = drawn.leaves(word.glyphs[0]) if word.glyphs else None
    return box is not None and not any(_holds(box, *_middle(glyph)) for glyph in word.glyphs)


def _middle(glyph: Glyph) -> tuple[float, float]:
    return (glyph.x0 + glyph.x1) / 2, glyph.row.base - 0.38 * glyph.row.size


def _painted(drawn: Drawn, glyphs: list[Glyph], panels: Sequence[Shape], reasons: Counter[str]) -> list[Glyph]:
    """The characters whose paint shows: not invisible, not of the colour behind them, no faint words across the page."""
    doubtful = {look: _doubt(look, panels) for look in drawn.looks}
    if not any(doubtful.values()) and all(glyph.row.size >= _SMALLEST for glyph in glyphs):
        return glyphs
    usual = drawn.usual_size
    kept = []
    for glyph in glyphs:
        look = drawn.look(glyph)
        small = glyph.row.size < _SMALLEST and usual >= _SMALLEST
        reason = "too small to be seen" if small else doubtful[look] and _reason(drawn, glyph, look, panels, usual)
        if not reason:
            kept.append(glyph)
        elif not glyph.char.isspace():
            reasons[reason] += 1
    return kept


def _doubt(look: Look, panels: Sequence[Shape]) -> bool:
    """Whether characters that look like this may not show."""
    if not look.paints or look.colour.lightness >= _FAINT:
        return True
    return any(shape.fill and _alike(look.colour, shape.fill) for shape in panels)


def _reason(drawn: Drawn, glyph: Glyph, look: Look, panels: Sequence[Shape], usual: float) -> str:
    if not look.paints:
        return "invisible"
    x, y = _middle(glyph)
    if any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in drawn.pictures):
        return ""  # what a picture shows behind it is not known
    order = drawn.order(glyph)
    behind = [shape for shape in panels if shape.order < order and _holds(shape[:4], x, y)]
    ground = (behind[-1].fill if behind else None) or _PAPER
    if _alike(look.colour, ground):
        return "in the colour of what is behind it"
    if ground.lightness > 0.9 and look.colour.lightness >= _FAINT and glyph.row.size >= _LARGER * usual:
        return "faint and large (a watermark)"
    return ""


def _alike(one: Colour, other: Colour) -> bool:
    """Whether two colours can hardly be told apart on white paper."""
    mixed = [
        [255 - (255 - part) * colour.alpha / 255 for part in (colour.red, colour.green, colour.blue)]
        for colour in (one, other)
    ]
    return all(abs(a - b) <= 255 * _CONTRAST for a, b in zip(*mixed, strict=True))


def _holds(box: Box, x: float, y: float) -> bool:
    x0, top, x1, bottom = box
    return x0 <= x <= x1 and top <= y <= bottom


def _is_solid(shape: Shape) -> bool:
    return shape.fill is not None and shape.fill.alpha == 255


def _uncovered(drawn: Drawn, glyphs: list[Glyph], panels: Sequence[Shape], reasons: Counter[str]) -> list[Glyph]:
    """The characters that no filled shape and no opaque picture hides which is painted after them."""
    solid = [shape for shape in panels if shape.order > drawn.first_text and _is_solid(shape)]
    covers: list[tuple[Box, int, int]] = [(shape[:4], shape.order, 0) for shape in solid]
    covers += drawn.later_pictures()
    if not covers or not glyphs:
        return glyphs
    gone: set[int] = set()
    for box, order, picture in covers:
        under = {glyph.at for glyph in glyphs if _holds(box, *_middle(glyph)) and drawn.order(glyph) < order}
        if under and (not picture or drawn.hides(picture)):
            gone |= under
    if not gone:
        return glyphs
    reasons["under something painted over it"] += sum(glyph.at in gone and not glyph.char.isspace() for glyph in glyphs)
    return [glyph for glyph in glyphs if glyph.at not in gone]
