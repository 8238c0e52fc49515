"""Which body a document is of: names after captions, in titles and headings and beside a short form, weighed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.extract.identity.bodies import Body, body_of, is_body
from pipeline.extract.identity.cover import Title, read_title
from pipeline.extract.identity.divisions import chain_at
from pipeline.extract.identity.words import load_words
from pipeline.extract.patterns import fold
from pipeline.ingest.document import Document

_SHORT = re.compile(r"（(?:以下|下文)?(?:统称|简称)(?:为|:)?(?P<short>[\u4e00-\u9fff]{2,20})）")
_LONGEST = 40
_BEFORE_SHORT = re.compile(rf"[\u4e00-\u9fff·]{{4,{_LONGEST}}}$")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+部分|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d{1,2}[.、])"
)
_PLACEHOLDER = re.compile(r"[XＸx×*＊]{2,}|某某|某(?=[\u4e00-\u9fff]{1,6}$)")
_HEAD = 20_000
_GOES_ON = re.compile(
    r"[，。；、（）\d]|是|为|的|主要|负责|内设|设有|下设|现有|行政编制|事业编制|编制|预算|决算|部门(?:预算|决算)|本级|机关"
)
#: A character that every title and every heading with a name has; most lines have none and need no folding.
_MAYBE = re.compile("[算况況能责責置介]")


@dataclass(slots=True)
class Named:
    """The names found. ``body`` is the fullest name of the likeliest body, ``others`` every name of the same body."""

    body: Body | None = None
    others: tuple[str, ...] = ()
    short: str | None = None
    code: str | None = None
    scopes: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)


def find_names(document: Document, title: Title | None) -> Named:
    """Every name that the document declares for itself, weighed: captions, title, headings, 简称."""
    words = load_words()
    text = document.text
    scores: dict[str, float] = {}
    heard: set[tuple[str, float]] = set()
    bodies: dict[str, list[Body]] = {}
    found = Named()
    codes: list[tuple[str, str]] = []

    def add(printed: str, weight: float, scope: str | None = None, at_least: int = 4) -> bool:
        body = body_of(printed)
        if not is_body(body.name, at_least) or _PLACEHOLDER.search(body.name):
            return False
        # The first time counts in full, each repetition little: a name is not truer for standing on every page.
        more = weight if (body.rest, weight) not in heard else 0.25
        scores[body.rest] = scores.get(body.rest, 0) + more
        heard.add((body.rest, weight))
        bodies.setdefault(body.rest, []).append(body)
        if scope:
            found.scopes.append(scope)
        if body.scope:
            found.marks.append(body.scope)
        return True

    for match in _matches(words.caption, words.caption_mark, text):
        caption = words.captions[fold(match["word"])]
        whole = match["name"].strip()
        for printed in dict.fromkeys((whole, whole.split(" ")[0])):
            if add(printed, caption.weight, caption.scope):
                if match["code"]:
                    codes.append((body_of(printed).rest, match["code"]))
                break
    if title is not None:
        add(title.name, 5, at_least=3)  # 教育部
    pieces = set(title.pieces) if title else set()
    for index in dict.fromkeys(document.line_at(match.start()).number - 1 for match in _MAYBE.finditer(text)):
        line = document.lines[index]
        if line.end - line.start > 90 or (line.start, line.end) in pieces:
            continue
        folded = fold(text[line.start : line.end])
        if not 6 <= len(folded) <= 60:
            continue
        bare = _NUMBERED.sub("", folded).rstrip(".…0123456789")
        if (bare.endswith(("表", "说明", "预算", "决算")) and "算" in bare) and (
            heading := read_title(bare)
        ) is not None:
            found.headings.append(heading.text)
            if heading.name:
                add(heading.name, 2)
        elif (end := words.heading_end.search(bare)) and end.start() >= 4:
            add(bare[: end.start()], 2)
    head = fold(text[:_HEAD])
    shorts = _shorts(head)
    for name, _ in shorts:
        if (at := _begins(name)) is not None:
            add(name[at:], 3)
    if not scores:
        for printed in _in_prose(head):
            add(printed, 1)
    if not scores:
        return found
    rest = max(scores, key=lambda key: (scores[key], len(key), key))
    same = Counter(body.name for body in bodies[rest])
    name = max(same, key=lambda each: (len(each), same[each], each))
    found.body, found.others = body_of(name), tuple(sorted(same))
    found.short = next((s for n, s in shorts if any(n.endswith(each) for each in same)), None)
    codes += [
        (body_of(match["name"]).rest if match["name"] else rest, match["code"])
        for match in _matches(words.code_caption, words.code_mark, text)
    ]
    printed = Counter(code for whose, code in codes if whose == rest or whose == body_of(found.short or name).rest)
    if printed:
        (code, most), *others = printed.most_common()
        found.code = None if others and others[0][1] == most else code
    return found


def _matches(pattern: re.Pattern[str], mark: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of a ``pattern`` that crosses no line and never matches without ``mark``, looked for where it stands."""
    done = 0
    for found in mark.finditer(text):
        if found.start() < done:
            continue
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        done = len(text) if end < 0 else end
        yield from pattern.finditer(text, start, done)


def _shorts(head: str) -> list[tuple[str, str]]:
    """What stands before a short form, up to ``_LONGEST`` characters, and the short form: …办公室（简称区政府外办）."""
    return [
        (before.group(), match["short"])
        for match in _SHORT.finditer(head)
        if (before := _BEFORE_SHORT.search(head, max(0, match.start() - _LONGEST), match.start()))
    ]


def _in_prose(head: str) -> list[str]:
    """Names that the text itself says twice or more, each from its division to its last character.

    Only asked where no caption, title, heading or 简称 names a body; of the words after a division the longest that
    ends as names do, and after which a sentence goes on, is the name.
    """
    counted: Counter[str] = Counter()
    at = 0
    while at < len(head):
        chain = chain_at(head, at)
        if chain is None:
            at += 1
            continue
        if chain.links > 1:
            run = re.match(r"[\u4e00-\u9fff]{2,24}", head[chain.end :])
            ends = range(chain.end + (run.end() if run else 0), chain.end + 1, -1)
            name = next((head[at:end] for end in ends if is_body(head[at:end]) and _GOES_ON.match(head, end)), None)
            if name:
                counted[name] += 1
        at = chain.end
    most = max(counted.values(), default=0)
    return [name for name, count in counted.items() if count == most] if most > 1 else []


def _begins(name: str) -> int | None:
    """Where a body's name begins in a run of characters that ends with it: at a division or a party's name."""
    for at in range(max(0, len(name) - 3)):
        body = body_of(name[at:])
        if body.chain is not None and is_body(body.name):
            return at
    return None
