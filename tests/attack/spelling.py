"""Damages to characters: widths, separators, blanks, digits and marks, as other fonts, locales and readers leave them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.attack.text import (
    AMOUNT,
    CHINESE,
    CODE,
    GAP,
    WORD,
    Line,
    Text,
    at_amount,
    edit,
    edit_all,
    header_lines,
    is_header,
    is_row,
    is_title,
    kind,
    neighbours,
    outside_rows,
    pick,
    titles_in,
)

_WIDE = str.maketrans("0123456789.,()", "０１２３４５６７８９．，（）")
#: Characters that recognition takes for one another, and the forms of some in fonts of radicals.
_LOOK_ALIKES = str.maketrans(
    "预支收项人本目未计基科总金额算财政性国单位费表", "顶攴牧顷入木日末汁墓料忌全颔箅则玫牲囯単拉贵衰"
)
_RADICALS = str.maketrans("人入支目一用行生金日大小门", "⼈⼊⽀⽬⼀⽤⾏⽣⾦⽇⼤⼩⻔")
_YEAR = re.compile(r"20[12]\d")
_NARROW = str.maketrans("（）：，；“”", '():,;""')


def _replaced(line: str, found: re.Match[str], by: str) -> str:
    """``by`` in the place of an amount, what stands to the right of it unmoved where it can be."""
    short = len(found.group()) - len(by)
    return line[: found.start()] + " " * max(0, short) + by + line[found.end() :]


@kind
def separators_lost(text: Text, rng: random.Random) -> Text:
    return [
        line.with_text(AMOUNT.sub(lambda m: m.group().replace(",", "").rjust(len(m.group())), line.text))
        if is_row(line.text)
        else line
        for line in text
    ]


@kind
def separators_lost_in_a_row(text: Text, rng: random.Random) -> Text:
    wanted = pick(text, rng, lambda line: is_row(line) and "," in line)
    return edit(text, wanted, lambda line: AMOUNT.sub(lambda m: m.group().replace(",", ""), line))


@kind
def separators_made_blanks(text: Text, rng: random.Random) -> Text:
    wanted = pick(text, rng, lambda line: is_row(line) and "," in line)
    return edit(text, wanted, lambda line: AMOUNT.sub(lambda m: m.group().replace(",", " "), line))


@kind
def separators_made_wide(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_row), lambda line: line.replace(",", "，").replace(".", "．"))


@kind
def point_lost(text: Text, rng: random.Random) -> Text:
    return at_amount(text, rng, lambda line, found: _replaced(line, found, found.group().replace(".", "")))


@kind
def point_made_comma(text: Text, rng: random.Random) -> Text:
    return at_amount(text, rng, lambda line, found: _replaced(line, found, found.group().replace(".", ",")))


@kind
def decimals_lost(text: Text, rng: random.Random) -> Text:
    return at_amount(text, rng, lambda line, found: _replaced(line, found, found.group().split(".")[0]))


@kind
def letter_for_a_digit(text: Text, rng: random.Random) -> Text:
    return at_amount(
        text, rng, lambda line, found: _replaced(line, found, found.group().replace("0", "O", 1).replace("1", "l", 1))
    )


@kind
def sign_before_an_amount(text: Text, rng: random.Random) -> Text:
    sign = rng.choice(["-", "－", "△", "▲", "¥", "+"])

    return at_amount(text, rng, lambda line, found: line[: found.start()] + sign + line[found.start() :])


@kind
def brackets_around_an_amount(text: Text, rng: random.Random) -> Text:
    return at_amount(text, rng, lambda line, found: _replaced(line, found, f"({found.group()})"))


@kind
def unit_behind_an_amount(text: Text, rng: random.Random) -> Text:
    unit = rng.choice(["元", "万元", "%"])

    return at_amount(text, rng, lambda line, found: line[: found.end()] + unit + line[found.end() :])


@kind
def star_behind_an_amount(text: Text, rng: random.Random) -> Text:
    return at_amount(
        text, rng, lambda line, found: line[: found.end()] + rng.choice(["*", "①", "(1)"]) + line[found.end() :]
    )


@kind
def amounts_glued(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        one, other = rng.choice(list(zip(list(AMOUNT.finditer(line)), list(AMOUNT.finditer(line))[1:], strict=False)))
        return line[: one.end()] + line[other.start() :]

    return edit(text, pick(text, rng, lambda line: len(AMOUNT.findall(line)) > 1 and is_row(line)), change)


@kind
def label_glued_to_its_amount(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        found = next(AMOUNT.finditer(line))
        return line[: found.start()].rstrip() + line[found.start() :]

    return edit(text, pick(text, rng, is_row), change)


@kind
def code_glued_to_its_name(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        return re.sub(r"(\d{3,7})\s+(?=[\u4e00-\u9fff])", r"\1", line, count=1)

    return edit(
        text, pick(text, rng, lambda line: is_row(line) and re.search(r"\d{3,7}\s+[\u4e00-\u9fff]", line)), change
    )


@kind
def code_cut_by_a_space(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        found = CODE.search(line)
        return line[: found.start() + 3] + " " + line[found.start() + 3 :] if found else line

    return edit(text, pick(text, rng, lambda line: is_row(line) and CODE.search(line)), change)


@kind
def codes_exchanged(text: Text, rng: random.Random) -> Text:
    found = [at for at, line in enumerate(text) if is_row(line.text) and CODE.search(AMOUNT.sub("", line.text))]
    both = neighbours(found, rng)
    if both is None:
        return text
    one, other = (CODE.search(text[at].text) for at in both)
    if one is None or other is None:
        return text
    changed = edit(text, both[0], lambda line: line[: one.start()] + other.group() + line[one.end() :])
    return edit(changed, both[1], lambda line: line[: other.start()] + one.group() + line[other.end() :])


@kind
def indent_lost(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, lambda line: is_row(line) and line[:1] in " 　"), lambda line: line.lstrip(" 　"))


@kind
def indents_of_labels_lost(text: Text, rng: random.Random) -> Text:
    """Every row begins at the left, its first gap as much wider."""
    found = []
    for line in text:
        bare = line.text.lstrip(" ")
        gap = GAP.search(bare)
        lost = len(line.text) - len(bare)
        moved = bare[: gap.end()] + " " * lost + bare[gap.end() :] if gap and is_row(line.text) else None
        found.append(line.with_text(moved) if moved is not None else line)
    return found


@kind
def indent_made_wide(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_row), lambda line: "　　" + line)


@kind
def blanks_in_a_label(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        found = re.search(r"[\u4e00-\u9fff]{2,}", line)
        return line[: found.start()] + " ".join(found.group()) + line[found.end() :] if found else line

    return edit(text, pick(text, rng, lambda line: is_row(line) and re.search(r"[\u4e00-\u9fff]{2,}", line)), change)


@kind
def blanks_in_a_title(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_title), lambda line: " ".join(line.strip()))


@kind
def blanks_in_a_header(text: Text, rng: random.Random) -> Text:
    return edit(
        text, pick(text, rng, is_header), lambda line: re.sub(r"([\u4e00-\u9fff])(?=[\u4e00-\u9fff])", r"\1 ", line)
    )


@kind
def narrow_marks(text: Text, rng: random.Random) -> Text:
    return [line.with_text(line.text.translate(_NARROW)) for line in text]


@kind
def wide_numbers(text: Text, rng: random.Random) -> Text:
    return [line.with_text(line.text.translate(_WIDE)) if is_row(line.text) else line for line in text]


@kind
def ordinal_changed(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        return re.sub("[一二三四五六七八九]、", rng.choice("一二三四五六七八九") + "、", line, count=1)

    return edit(text, pick(text, rng, lambda line: is_row(line) and re.search("[一二三四五六七八九]、", line)), change)


@kind
def ordinal_lost(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        return re.sub("[一二三四五六七八九]、|（[一二三四五六七八九]）", "", line, count=1)

    return edit(
        text, pick(text, rng, lambda line: is_row(line) and re.search("[一二三四五六七八九][、）]", line)), change
    )


@kind
def label_lost(text: Text, rng: random.Random) -> Text:
    return edit(text, pick(text, rng, is_row), lambda line: CHINESE.sub("  ", line))


@kind
def label_made_total(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        return re.sub(r"[\u4e00-\u9fff]+", lambda m: "合计".ljust(len(m.group()), " "), line, count=1)

    return edit(text, pick(text, rng, is_row), change)


@kind
def leader_dots(text: Text, rng: random.Random) -> Text:
    def change(line: str) -> str:
        gap = max(GAP.finditer(line), key=lambda match: len(match.group()))
        return line[: gap.start()] + "…" * len(gap.group()) + line[gap.end() :]

    return edit(text, pick(text, rng, lambda line: is_row(line) and GAP.search(line)), change)


@kind
def bars_for_gaps(text: Text, rng: random.Random) -> Text:
    return edit(
        text, pick(text, rng, lambda line: is_row(line) and GAP.search(line)), lambda line: GAP.sub(" | ", line)
    )


@kind
def tabs_for_all_gaps(text: Text, rng: random.Random) -> Text:
    return [line.with_text(GAP.sub("\t", line.text)) for line in text]


@kind
def years_changed(text: Text, rng: random.Random) -> Text:
    """Every year of a page, or of a line, becomes another."""
    at = rng.randrange(len(text))
    lines = range(at, at + rng.choice([1, 40]))
    return [
        line.with_text(re.sub(r"20[12]\d(?=年)", lambda m: str(int(m.group()) + 1), line.text)) if i in lines else line
        for i, line in enumerate(text)
    ]


@kind
def zero_made_blank(text: Text, rng: random.Random) -> Text:
    wanted = pick(text, rng, lambda line: is_row(line) and re.search(r"(?<![\d.,])0\.0+(?!\d)", line))
    return edit(text, wanted, lambda line: re.sub(r"(?<![\d.,])0\.0+(?!\d)", lambda m: " " * len(m.group()), line))


@kind
def blank_made_zero(text: Text, rng: random.Random) -> Text:
    """A line of text behind a row's label gets a zero as its last amount."""
    return edit(text, pick(text, rng, is_row), lambda line: line.rstrip() + "          0.00")


@kind
def line_printed_twice_on_itself(text: Text, rng: random.Random) -> Text:
    return at_amount(text, rng, lambda line, found: line[: found.end()] + " " + found.group() + line[found.end() :])


@kind
def characters_of_a_line_lost(text: Text, rng: random.Random) -> Text:
    index = pick(text, rng, is_row)
    if index is None:
        return text
    line = text[index].text
    return [*text[:index], Line("".join(char for char in line if rng.random() > 0.1), None), *text[index + 1 :]]


# --- noise over much of a text ---------------------------------------------------------------------------------------
@kind
def look_alikes_outside_rows(text: Text, rng: random.Random) -> Text:
    much = rng.choice([0.05, 0.2, 0.6])
    return edit_all(
        text,
        outside_rows(text),
        lambda line: CHINESE.sub(lambda m: m[0].translate(_LOOK_ALIKES) if rng.random() < much else m[0], line),
    )


@kind
def look_alikes_in_a_header(text: Text, rng: random.Random) -> Text:
    return edit_all(text, header_lines(text, rng), lambda line: line.translate(_LOOK_ALIKES))


@kind
def radicals_outside_rows(text: Text, rng: random.Random) -> Text:
    return edit_all(text, outside_rows(text), lambda line: line.translate(_RADICALS))


@kind
def characters_lost_outside_rows(text: Text, rng: random.Random) -> Text:
    much = rng.choice([0.01, 0.05, 0.15])
    return edit_all(
        text, outside_rows(text), lambda line: CHINESE.sub(lambda m: " " if rng.random() < much else m[0], line)
    )


@kind
def words_lost_outside_rows(text: Text, rng: random.Random) -> Text:
    much = rng.choice([0.03, 0.1, 0.25])
    return edit_all(
        text,
        outside_rows(text),
        lambda line: WORD.sub(lambda m: " " * len(m[0]) if rng.random() < much else m[0], line),
    )


@kind
def words_of_a_header_lost(text: Text, rng: random.Random) -> Text:
    return edit_all(
        text,
        header_lines(text, rng),
        lambda line: WORD.sub(lambda m: " " * len(m[0]) if rng.random() < 0.4 else m[0], line),
    )


@kind
def words_of_a_header_shortened(text: Text, rng: random.Random) -> Text:
    """Words that leave their cells lose their last characters."""
    return edit_all(
        text,
        header_lines(text, rng),
        lambda line: re.sub(
            r"(\S{3,}?)\S{1,2}(?!\S)", lambda m: m[1].ljust(len(m[0])) if rng.random() < 0.6 else m[0], line
        ),
    )


@kind
def characters_doubled(text: Text, rng: random.Random) -> Text:
    """Bold letters, which some files print twice."""
    wanted = header_lines(text, rng) if rng.random() < 0.5 else titles_in(text)
    return edit_all(text, wanted, lambda line: CHINESE.sub(lambda m: m[0] * 2, line))


@kind
def soft_marks_in_words(text: Text, rng: random.Random) -> Text:
    mark = rng.choice(["\u200b", "\u00ad", "\ufeff", "\u2060"])
    return edit_all(
        text,
        [*header_lines(text, rng), *titles_in(text)],
        lambda line: CHINESE.sub(lambda m: m[0] + mark * (rng.random() < 0.3), line),
    )


@kind
def years_misread(text: Text, rng: random.Random) -> Text:
    """The digits of a year with a letter or blanks among them, or some lost, on every other line."""
    forms: list[Callable[[str], str]] = [lambda y: y.replace("0", "O"), " ".join, lambda y: y[:3], lambda y: y[2:]]
    how = rng.choice(forms)
    return edit_all(
        text,
        {at for at in outside_rows(text) if rng.random() < 0.5},
        lambda line: _YEAR.sub(lambda m: how(m[0]), line),
    )


@kind
def years_lost(text: Text, rng: random.Random) -> Text:
    return edit_all(text, outside_rows(text), lambda line: re.sub(r"20[12]\d年?度?", lambda m: " " * len(m[0]), line))
