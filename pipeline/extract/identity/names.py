"""Which body a document is of: names after captions, in titles and headings and beside a short form, weighed."""

from __future__ import annotations

import re
from collections import Counter
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
#: Captions of those who made a table; others may name a unit that a row is of.
_OF_TABLE = re.compile(r"(?:编制|编报|填制|公开)(?:单位|部门)(?:名称)?")
_TITLE_ENDS = ("表", "说明", "预算", "决算")


@dataclass(slots=True)
class Named:
    """The names found. ``body`` is the fullest name of the likeliest body."""

    body: Body | None = None
    short: str | None = None
    code: str | None = None
    scopes: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    #: bodies that captions of tables name, and nothing else in the document
    strangers: list[str] = field(default_factory=list)


class _Votes:
    """The names found so far, each with its weight, by what identifies the body."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = {}
        self.scopes: list[str] = []
        self._bodies: dict[str, list[Body]] = {}
        self._heard: set[tuple[str, float]] = set()

    def add(self, printed: str, weight: float, scope: str | None = None, at_least: int = 4) -> bool:
        """Count a vote for ``printed``; False where it is no name of a body."""
        body = body_of(printed)
        if not is_body(body.name, at_least) or _PLACEHOLDER.search(body.name):
            return False
        # The first time counts in full, each repetition little: a name is not truer for standing on every page.
        more = weight if (body.rest, weight) not in self._heard else 0.25
        self.scores[body.rest] = self.scores.get(body.rest, 0) + more
        self._heard.add((body.rest, weight))
        self._bodies.setdefault(body.rest, []).append(body)
        self.scopes += [scope] if scope else []
        return True

    def likeliest(self) -> tuple[str, Counter[str]]:
        """What identifies the body with the most weight, and how often each of its names was found."""
        rest = max(self.scores, key=lambda key: (self.scores[key], len(key), key))
        return rest, Counter(body.name for body in self._bodies[rest])

    def marks(self, rest: str) -> list[str]:
        """The scopes that marks after the body's names say, where more of its names have one than have none.

        A file that joins the disclosures of a department and of its units names 某某局（本级） as one of them.
        """
        said = [body.scope for body in self._bodies[rest] if body.scope]
        return said if 2 * len(said) > len(self._bodies[rest]) else []


def find_names(document: Document, title: Title | None) -> Named:
    """Every name that the document declares for itself, weighed: captions, title, headings, 简称."""
    votes = _Votes()
    codes = _after_captions(document.text, votes)
    if title is not None:
        votes.add(title.name, 5, at_least=3)  # 教育部
    headings = _in_headings(document, title, votes)
    head = fold(document.text[:_HEAD])
    shorts = _shorts(head)
    for name, _ in shorts:
        if (at := _begins(name)) is not None:
            votes.add(name[at:], 3)
    if not votes.scores:
        for printed in _in_prose(head):
            votes.add(printed, 1)
    found = Named(scopes=votes.scopes, headings=headings)
    if votes.scores:
        rest, names = votes.likeliest()
        name = max(names, key=lambda each: (len(each), names[each], each))
        found.body, found.marks = body_of(name), votes.marks(rest)
        found.short = next((s for n, s in shorts if any(n.endswith(each) for each in names)), None)
        found.code = _code(document.text, codes, rest, found.short or name)
        found.strangers = _strangers(document.text, {*names, *filter(None, [found.short])})
    return found


def _strangers(text: str, own: set[str]) -> list[str]:
    """The bodies that stand on the unit lines of tables (编制单位：…), are not the document's, and are named nowhere else.

    A department's tables may be of its units: its text then names them, or several tables are of each, beside its own.
    """
    words = load_words()
    counted: Counter[str] = Counter()
    for match in words.caption.finditer(text):
        name = body_of(match["name"].strip().split(" ")[0]).name
        if _OF_TABLE.fullmatch(fold(match["word"])) and is_body(name) and not _PLACEHOLDER.search(name):
            counted[name] += 1
    rests = {body_of(each).rest for each in own} | own
    others = [
        name
        for name in counted
        if not any(one in other or other in one for one in rests for other in (name, body_of(name).rest))
    ]
    has_own = len(others) < len(counted)
    folded = fold(text)
    return [name for name in others if folded.count(name) == counted[name] and not (has_own and counted[name] > 1)]


def _after_captions(text: str, votes: _Votes) -> list[tuple[str, str]]:
    """Vote for the names that stand after captions; returns the codes printed with them and whose they are."""
    words = load_words()
    codes: list[tuple[str, str]] = []
    for match in words.caption.finditer(text):
        caption = words.captions[fold(match["word"])]
        whole = match["name"].strip()
        for printed in dict.fromkeys((whole, whole.split(" ")[0])):
            if votes.add(printed, caption.weight, caption.scope):
                if match["code"]:
                    codes.append((body_of(printed).rest, match["code"]))
                break
    return codes


def _in_headings(document: Document, title: Title | None, votes: _Votes) -> list[str]:
    """Vote for the names in headings and titles of tables; returns those that are titles of the document's kind."""
    words = load_words()
    pieces = set(title.pieces) if title else set()
    headings: list[str] = []
    for line in document.lines:
        if line.end - line.start > 90 or (line.start, line.end) in pieces:
            continue
        folded = fold(document.text[line.start : line.end])
        if not 6 <= len(folded) <= 60:
            continue
        bare = _NUMBERED.sub("", folded).rstrip(".…0123456789")
        heading = read_title(bare) if bare.endswith(_TITLE_ENDS) and "算" in bare else None
        if heading is not None:
            headings.append(heading.text)
            if heading.name:
                votes.add(heading.name, 2)
        elif (end := words.heading_end.search(bare)) and end.start() >= 4:
            votes.add(bare[: end.start()], 2)
    return headings


def _code(text: str, codes: list[tuple[str, str]], rest: str, short: str) -> str | None:
    """The code printed most often for the body that ``rest`` identifies; None where two are printed as often."""
    words = load_words()
    codes = codes + [
        (body_of(match["name"]).rest if match["name"] else rest, match["code"])
        for match in words.code_caption.finditer(text)
    ]
    printed = Counter(code for whose, code in codes if whose == rest or whose == body_of(short).rest)
    if not printed:
        return None
    (code, most), *others = printed.most_common()
    return None if others and others[0][1] == most else code


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
