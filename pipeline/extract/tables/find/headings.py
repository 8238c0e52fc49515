"""Where tables begin: the lines that print a table's title, by title alone and never by number or place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from pipeline.extract.forms import Library, TableForm
from pipeline.extract.patterns import TRADITIONAL, YEAR, fold
from pipeline.extract.tables.lexicon import NAMED_UNIT, PART, UNIT, is_amount
from pipeline.ingest.document import Document, Line

# What forms name their numbers by: 附件2-1, 公开01表, 财决公开03表, 部门预算公开表一, 图表1, GK02.
_NUMBERED = r"(?:附件|附表|附|图表|(?:[省市县区]级)?(?:部门|单位|财决|财预|决算|预算){0,2}公开(?:表)?|部门(?=\d)|财[决预]|表|预算|决算|[A-Z]{1,3})"
_ORDINAL = r"(?:\d{1,2}(?:[-_.]\d{1,2})*(?:(?=20\d\d年)|(?![\d年]))|(?:[一二四五六七八九十]|三(?!公))+|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]+)"
_NUMBER = rf"{_NUMBERED}?[（]?{_ORDINAL}[）]?(?:表|号)?"
# A number is one only with a word before it (表3, 附件1), a mark after it (三、) or all of digits (2-1):
# 一般公共预算… begins with none.
_NUMBERING = re.compile(
    r"^(?:\d{1,2}(?:[-_.]\d{1,2})*(?=[^\d年])[、.:\-_]*"
    rf"|(?=[A-Z]{{1,3}}\d|(?![A-Z]){_NUMBERED}){_NUMBER}[、.:\-_）]*|{_NUMBER}[、.:\-]+"
    r"|[（][一二三四五六七八九十\d]+[）]|[①-⑳]|第[一二三四五六七八九十]+部分|(?:附|续)[:]?)"
)
_NUMBER_LINE = re.compile(rf"^{_NUMBERED}[:：]?(?:{_NUMBER}|\d{{1,2}})(?:表)?[:：.、]?$")
# What may stand between the start of the line and the title proper: a body's name, a year, whose table it is.
_CHINESE_YEAR = r"二[〇○零][〇○零一二三四五六七八九]{2}年度?"
_LEAD = re.compile(
    rf"^.{{0,40}}?(?:{YEAR}|{_CHINESE_YEAR}|局|委|委员会|办|办公室|院|处|会|中心|校|园|所|站|队|社|部|厅|室|馆|街道|镇|乡|团|党|台|库|司|"
    r"部门|单位|部门（单位）|单位（部门）|本级|机关|预算|决算|公开|的|[省市区县]|级|[》:\-]"
    r"|政府|人大|政协|..[学场联组署线]|[^（）]（[^（）]{2,12}）)$"
)
_NO_LEAD = re.compile(
    # The end of a fund's name (共预算) is the rest of a title whose beginning stands elsewhere.
    r"^(?:共|金|营|经营)预算|一般|政府性|国有资|基金|公共|资本|专户|三公|经费|拨款|项目|采购|绩效|转移|支出|收入|收支|专项|[，。；？！]|见|说明|反映|关于"
)
#: What folds to the last character of a title.
_TITLE_END = re.compile("[表" + "".join(chr(code) for code, simple in TRADITIONAL.items() if simple == "表") + "]")
_TAIL = re.compile(rf"(?:[（][^（）]{{0,24}}[）]|-+{YEAR}|》|(?<=表)-+[按分][^-表]{{2,16}})$")
#: Words behind a dash that say by what a table is parted, as words in brackets do (基本支出决算表——按经济分类).
_BY = re.compile(r"(.*表)-+([按分][^-表]{2,16})")
#: What stands in brackets behind a title.
BRACKETED = re.compile(r"(?:[（][^（）]{0,24}[）])+$")
_RIGHT_EDGE = re.compile(
    r"(?<!\s)\s+(?:[（(]?(?:金\s*额\s*)?单\s*位\s*[:：]\s*(?:人民币\s*)?[百千万亿]*元[)）]?|(?:(?:财决|财预)?(?:公开|预算|决算)\s*)?\d{1,2}\s*表|(?:公开|附)?表\s*\d{1,2})\s*$"
)
_SENTENCE = re.compile(r"[，。；？！%]|详见|见附|反映|如下|所列|公开的|填列|为空")
#: What stands between a title and its table, beside the unit of money: whose it is, the number of the form, a date.
_PREFACE = re.compile(
    r"(?:公开|预算|决算|部门|单位|附)?[（(]?\d{0,2}[）)]?表(?:\d{1,2})?|[^:：]{0,6}(?:部门|单位)[^:：]{0,8}[:：].*"
    r"|(?:日期[:：])?[12]\d{3}(?:年|[-/.])(?:\d{1,2}(?:月|[-/.]))?(?:\d{1,2}日?)?度?|[（]?续表?[一二三四五六七八九十\d]*[）]?"
)
#: A title that no form knows is made of so many words, digits being years and its number.
_WORDS = re.compile(r"[^\W\d_]")
_NO_TITLE = re.compile(r"[:：]$|^(?:注|备注|说明|附注)[:：]|^[-=_.·…\d]+$|\d[\d,]*\.\d|\d,\d{3}|[.…]{4,}")
#: Amounts, or cells beside one another: the last row of the table above, which no title begins with.
_ROW = re.compile(r"\d[.,]\d|\t|\d\s+-?\d")
_FEWEST_WORDS = 4
_LONGEST = 60
#: So many lines stand between a title and its unit of money at most.
_ABOVE_UNIT = 4


@dataclass(frozen=True, slots=True)
class Heading:
    """A printed title. ``first`` is its first line (a line like 表 3 included), ``after`` the line below it.

    ``title`` is as printed but for white space; ``forms`` are the forms that know it, the best first. ``rival`` says that
    the title of a table of another kind stands right above or below it, and that none is known of the two.
    """

    first: int
    after: int
    start: int
    end: int
    title: str
    printed_no: str | None
    forms: tuple[TableForm, ...]
    rival: bool = False


def find_headings(document: Document, library: Library) -> list[Heading]:
    """Every line that reads as a table's title, in order; contents pages may still be among them."""
    found: list[Heading] = []
    lines = document.lines
    taken = -1
    printed = _lone_cells(document)
    for index in _likely(document):
        if index <= taken:
            continue
        begin, stop = printed.get(index, lines[index][1:3])
        raw = _without_unit(document.text[begin:stop])
        folded = fold(raw) if len(raw) <= 200 else ""
        if not 3 <= len(folded) <= _LONGEST:
            continue
        after, end, text = index + 1, begin + len(raw), folded
        heading_like = _ends_as_title(folded) or ("表-" in folded and bool(match_title(folded, library)[1]))
        if not heading_like and len(folded) >= 12 and after < len(lines):
            # A title wrapped in two: only believed where a form knows the whole.
            below = lines[after]
            rest = fold(document.text[below.start : below.end]) if below.end - below.start <= 60 else ""
            whole = (
                rest
                and len(rest) <= 20
                and _ends_as_title(rest)
                and not _ROW.search(raw.strip())  # amounts of the table above
                and not match_title(rest, library)[1]
                and match_title(folded + rest, library)[1]
            )
            if whole:
                after, end, text, heading_like = after + 1, below.end, folded + rest, True
        if not heading_like or _SENTENCE.search(text):
            continue
        number, forms = match_title(text, library)
        first = index
        before = _nonblank_before(document, index)
        if before is not None:
            above = fold(document.text[lines[before].start : lines[before].end])
            if is_number(above):
                first, number = before, number or above
        start = begin + len(raw) - len(raw.lstrip())
        heading = Heading(first, after, start, end, text, number, tuple(forms))
        found.append(_with_line_above(document, heading, library))
        taken = after - 1
    above_units = _above_units(document, found, printed, library)
    return _without_rivals(document, sorted([*found, *above_units], key=lambda heading: heading.start))


def _with_line_above(document: Document, heading: Heading, library: Library) -> Heading:
    """The title with the lines above it, where all are that of another table than the last alone (财政拨款 / 收支总表)."""
    before = _nonblank_before(document, heading.first)
    if before is None or document.lines[before].page != document.lines[heading.first].page:
        return heading
    start, end = document.lines[before].start, document.lines[before].end
    raw = document.text[start:end] if end - start <= 200 else ""
    above = (
        "" if is_number(fold(raw)) or _ROW.search(raw.strip()) or _has_number_above(document, heading) else fold(raw)
    )
    forms = match_title(above + heading.title, library)[1] if 0 < len(above) <= _LONGEST else []
    if not forms or not {form.code for form in forms}.isdisjoint(form.code for form in heading.forms):
        return heading
    start = end - len(document.text[start:end].lstrip())
    whole = replace(heading, first=before, start=start, title=above + heading.title, forms=tuple(forms))
    return _with_line_above(document, whole, library)


def _has_number_above(document: Document, heading: Heading) -> bool:
    """Whether the number of a form stands above its title: nothing above that is a part of the title."""
    return document.line_at(heading.start).number - 1 > heading.first


def _without_rivals(document: Document, headings: list[Heading]) -> list[Heading]:
    """The titles; of two right above one another, of tables of two kinds, no form knows any.

    Nothing says which of them the table below has, unless each has its number. More than two are a list of contents.
    """
    below = [_stands_right_below(document, one, other) for one, other in pairwise(headings)]
    kept = list(headings)
    for at, (one, other) in enumerate(pairwise(headings)):
        alone = below[at] and not any(below[max(0, at - 1) : at]) and not any(below[at + 1 : at + 2])
        if alone and _are_rivals(one, other):
            kept[at : at + 2] = replace(one, forms=(), rival=True), replace(other, forms=(), rival=True)
    return kept


def _are_rivals(one: Heading, other: Heading) -> bool:
    """Whether two titles are of tables of two kinds, and their numbers do not say that each has a table."""
    if not one.forms or not other.forms or (one.printed_no and other.printed_no):
        return False
    return {form.code for form in one.forms}.isdisjoint(form.code for form in other.forms)


def _stands_right_below(document: Document, one: Heading, other: Heading) -> bool:
    """Whether nothing is printed between two titles of a page."""
    lines = document.lines
    between = document.text[lines[one.after - 1].end : lines[other.first].start]
    return lines[one.first].page == lines[other.first].page and not between.strip()


def _lone_cells(document: Document) -> dict[int, tuple[int, int]]:
    """Where the cell stands that is the only one of its line: what sets cells apart there (,,, or |) is of no title."""
    found: dict[int, tuple[int, int]] = {}
    for table in document.tables:
        if table.edges:
            continue
        for _, group in groupby(table.cells, key=lambda cell: cell.row):
            pieces = [piece for cell in group for piece in cell.pieces]
            if len(pieces) == 1:
                found[document.line_at(pieces[0][0]).number - 1] = pieces[0]
    return found


def _above_units(
    document: Document, known: list[Heading], printed: Mapping[int, tuple[int, int]], library: Library
) -> Iterator[Heading]:
    """Lines that stand where titles do, right above the unit of money, whatever their last character is."""
    taken = {index for heading in known for index in range(heading.first, heading.after)}
    for match in NAMED_UNIT.finditer(document.text):
        line = document.line_at(match.start())
        index = _title_line(document, line, library, taken)
        if index is not None:
            taken.add(index)
            start, end = printed.get(index, document.lines[index][1:3])
            raw = document.text[start : min(end, match.start())].rstrip(" （(")
            number, forms = match_caption(fold(raw), library)
            start += len(raw) - len(raw.lstrip())
            yield Heading(index, index + 1, start, start + len(raw.strip()), fold(raw), number, tuple(forms))


def _title_line(document: Document, unit: Line, library: Library, taken: set[int]) -> int | None:
    """The line that reads as the title over a line that prints the unit; None where a title is known to stand there."""
    above = 0
    for index in range(unit.number - 1, -1, -1):
        line = document.lines[index]
        if line.page != unit.page or index in taken or above > _ABOVE_UNIT:
            return None
        text = fold(NAMED_UNIT.split(document.text[line.start : line.end])[0]).rstrip("（")
        if text and not is_preface(text):
            return index if reads_as_title(text, library, alone=not above and _begins_page(document, index)) else None
        above += bool(text)
    return None


def _begins_page(document: Document, index: int) -> bool:
    """Whether a line is the first of its page."""
    before = _nonblank_before(document, index)
    return document.lines[index].page is not None and (
        before is None or document.lines[before].page != document.lines[index].page
    )


def _likely(document: Document) -> list[int]:
    """The lines that print the last character of every title, and those above them, where a wrapped title begins."""
    ends = {document.line_at(match.start()).number - 1 for match in _TITLE_END.finditer(document.text)}
    return sorted(ends | {index - 1 for index in ends if index})


def _without_unit(raw: str) -> str:
    """A line without the unit of money or the number of the form that is set at its right edge (单位：元, 公开03表)."""
    match = _RIGHT_EDGE.search(raw)
    kept = raw[: match.start()].rstrip() if match else raw
    return kept if _ends_as_title(fold(kept)) else raw


def _ends_as_title(folded: str) -> bool:
    *_, bare = _without_tails(folded)
    return len(bare) >= 3 and bare.endswith("表") and not _NUMBER_LINE.match(bare)


def _without_tails(folded: str) -> Iterator[str]:
    """The text, and the text without one more of what may follow a title (（公开05表）, -2024年) each time."""
    yield folded
    if match := _BY.fullmatch(folded):
        yield f"{match.group(1)}（{match.group(2)}）"
    while (shorter := _TAIL.sub("", folded)) != folded:
        yield (folded := shorter)


def match_title(text: str, library: Library) -> tuple[str | None, list[TableForm]]:
    """The printed number and the forms that know a folded title, whatever body, year or number stands before it."""
    number = None
    if (match := _NUMBERING.match(text)) and len(match.group()) < len(text) - 2:
        number = match.group().strip("、.:-") or None
    bodies = [text[match.end() :], text] if number and match else [text]
    for body in bodies:
        body = body.strip("《》:-")
        for candidate in _without_tails(body):
            for start in range(0, max(1, len(candidate) - 3)):
                lead = candidate[:start]
                if start and (not _LEAD.match(lead) or _NO_LEAD.search(lead)):
                    continue
                if forms := library.forms_for(candidate[start:]):
                    return number, forms
            if forms := library.forms_without_first(candidate):
                return number, forms
    return number, []


def is_number(folded: str) -> bool:
    """Whether a folded text is what forms number their tables with, and nothing else: 附件2-1, 公开01表, 表3."""
    return len(folded) <= 12 and _NUMBER_LINE.match(folded) is not None


def match_caption(text: str, library: Library) -> tuple[str | None, list[TableForm]]:
    """As ``match_title``, of a line that stands where titles do: there the word 表 may be missing (一般公共预算支出情况)."""
    number, forms = match_title(text, library)
    *_, bare = _without_tails(text)
    if forms or bare.endswith("表"):
        return number, forms
    return match_title(f"{bare}表{text[len(bare) :]}", library)


def is_preface(folded: str) -> bool:
    """Whether a folded text stands between a title and its table: the unit of money, whose it is, a date."""
    return bool(UNIT.search(folded) or _PREFACE.fullmatch(folded)) and not is_amount(folded)


def reads_as_title(folded: str, library: Library, *, alone: bool = False) -> bool:
    """Whether a folded line that stands where titles do may be one: a few words, no amount, sentence or header's word.

    ``alone``: nothing stands above it on its page, and right below it the unit of money, as in no header: 机关运行经费.
    """
    return (
        len(folded) <= _LONGEST
        and len(_WORDS.findall(folded)) >= _FEWEST_WORDS
        and not _SENTENCE.search(folded)
        and not _NO_TITLE.search(folded)
        and not PART.match(folded)
        and (alone or not library.knows(folded))
        and not library.says("totals", folded)
    )


def _nonblank_before(document: Document, index: int) -> int | None:
    for before in range(index - 1, max(-1, index - 5), -1):
        line = document.lines[before]
        if document.text[line.start : line.end].strip():
            return before
    return None
