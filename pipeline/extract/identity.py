"""Who published a document, for which year, at which stage and scope, as far as its text says."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from pipeline.extract.context import Context, Piece
from pipeline.extract.patterns import fold
from pipeline.extract.segments import Segment

_CODES = Path(__file__).resolve().parents[2] / "schemas" / "codes"
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年")
_LABEL = re.compile(
    r"(?:编制|填报|公开|预算|填制)?(?:部门|单位)(?:名称)?(?:[（(](?:盖?章|公章)[）)])?\s*[:：]\s*(?P<name>[\u4e00-\u9fff（）()·]{4,40})"
)
_NOT_A_BODY = re.compile(r"^(?:人民币|万元|千元|元|.*[年月日]|金额)")
_SHORT = re.compile(
    r"(?P<name>[\u4e00-\u9fff·]{4,40})\s*[（(]\s*(?:以下)?简称[:：]?\s*[“\"]?(?P<short>[\u4e00-\u9fff]{2,20})[”\"]?"
)
_COVER = re.compile(r"^(?P<name>[\u4e00-\u9fff（）·]{4,40}?)(?:20\d\d|XX|××|xx)年度?(?:部门|单位|本级)?(?:预算|决算)")
_COVER_AFTER = re.compile(r"^20\d\d年度?(?P<name>[\u4e00-\u9fff（）·]{4,40}?)(?:部门|单位)?(?:预算|决算)")
_TITLE = re.compile(r"(?:预算|决算)(?:公开|说明|情况|信息|报告|编制)*(?:说明)?$")
_ENTITY_CODE = re.compile(
    r"(?:(?:部门|单位)(?:编码|代码)|主管部门及代码)\s*[:：]?\s*(?:[\u4e00-\u9fff]+\s*)?[\[【(（]?(?P<code>\d{3,9})(?!\d)"
)
_BODY_END = re.compile(
    r"(?:局|委|委员会|办|办公室|院|处|会|中心|校|学|园|所|站|队|社|部|厅|室|馆|街道|镇|乡|政府|团|厂|台|库|司|机关|本级|法院|公安|大队)$"
)


def identify(context: Context, segments: list[Segment]) -> dict[str, object]:
    """Fill the context's year, stage, scope and names; returns the columns of ``disclosures`` that follow from them."""
    document = context.document
    text, declared = document.text, document.declared
    titles = [segment.heading.title for segment in segments if segment.heading and segment.forms]
    head = text[:6000]
    context.disclosure_year = _integer(declared.get("disclosure_year")) or _year(titles, head)
    context.stage = declared.get("stage") or _stage(titles, text)
    context.scope = declared.get("scope") or _scope(titles, text)
    name, short = _entity(context)
    context.entity_name, context.entity_short_name = declared.get("entity_name") or name, short
    division = declared.get("division_code") or division_of(context.entity_name or "") or division_of(head[:400], True)
    code = declared.get("entity_code")
    if code is None and (match := _ENTITY_CODE.search(text)):
        code = match.group("code")
    key = f"{division or 'unknown'}:{fold(context.entity_name)}" if context.entity_name else None
    return {
        "entity_name": context.entity_name,
        "entity_short_name": short,
        "entity_key": key,
        "entity_code": code,
        "division_code": division,
        "stage": context.stage,
        "scope": context.scope,
    }


def title_of(context: Context) -> str | None:
    """The document's own title: the first line near its top that ends like one; recorded in spans."""
    lines = [line for line in context.document.lines[:60] if line.end > line.start]
    for line in lines[:30]:
        folded = fold(context.document.text[line.start : line.end])
        if (
            6 <= len(folded) <= 60
            and _TITLE.search(folded)
            and not re.match(r"第|[（\d]*[一二三四五六七八九十\d]+[）、.]", folded)
            and not re.search(r"[，。；]|\.{4,}|…", folded)
        ):
            pieces: list[Piece] = [(line.start, line.end)]
            return context.assemble("disclosures", context.document.disclosure_id, "title", pieces)
    return None


def _integer(text: str | None) -> int | None:
    return int(text) if text and str(text).isdigit() else None


def _year(titles: list[str], head: str) -> int | None:
    found = Counter(int(year) for title in titles for year in re.findall(r"(?<!\d)(20\d\d)年", title))
    if found:
        return max(found, key=lambda year: (found[year], year))
    named = re.findall(
        r"(20\d\d)\s*年\s*度?\s*(?:[\u4e00-\u9fff]{0,30})?(?:部\s*门|单\s*位|本\s*级)?\s*(?:预|决)\s*算", head
    )
    counted = Counter(int(year) for year in named)
    return max(counted, key=lambda year: (counted[year], year)) if counted else None


def _stage(titles: list[str], text: str) -> str | None:
    joined = "".join(titles) or fold(text[:3000])
    accounts, budgets = (
        joined.count("决算"),
        joined.count("预算") - joined.count("一般公共预算") - joined.count("基金预算"),
    )
    budgets -= joined.count("资本经营预算")
    if accounts == budgets:
        body = fold(text[:20000])
        accounts, budgets = (
            body.count("部门决算") + body.count("单位决算"),
            body.count("部门预算") + body.count("单位预算"),
        )
    if accounts == budgets == 0:
        return None
    return "final_accounts" if accounts > budgets else "budget"


def _scope(titles: list[str], text: str) -> str | None:
    joined = "".join(title.replace("部门预算经济分类", "") for title in titles)
    department, unit = joined.count("部门"), joined.count("单位")
    if department == unit:
        body = fold(text)
        department = body.count("部门预算") + body.count("部门决算") + body.count("编制部门")
        unit = body.count("单位预算") + body.count("单位决算") + body.count("编制单位:") + body.count("预算单位")
    if department == unit == 0:
        return None
    return "department" if department >= unit else "unit"


def _entity(context: Context) -> tuple[str | None, str | None]:
    """The fullest declared name, and a short one where the text gives it."""
    text = context.document.text
    short = None
    names: list[str] = []
    if match := _SHORT.search(text):
        found = re.sub(r"^第[一二三四五六七八九十]+部分", "", fold(match.group("name")))
        names.append(found)
        short = fold(match.group("short"))
    labelled = Counter(fold(m.group("name")) for m in _LABEL.finditer(text))
    labelled = Counter({name: n for name, n in labelled.items() if not _NOT_A_BODY.match(name) and len(name) >= 4})
    if labelled:
        return max(labelled, key=lambda name: (labelled[name], len(name), name)), short
    if names and _BODY_END.search(names[0]):
        return names[0], short
    for line in context.document.lines[:40]:
        folded = fold(text[line.start : line.end])
        for pattern in (_COVER, _COVER_AFTER):
            if (match := pattern.match(folded)) and _BODY_END.search(match.group("name")):
                return re.sub(r"^第[一二三四五六七八九十]+部分", "", match.group("name")), short
    for line in context.document.lines[:12]:
        folded = fold(text[line.start : line.end])
        if 6 <= len(folded) <= 40 and _BODY_END.search(folded) and re.fullmatch(r"[\u4e00-\u9fff（）·]+", folded):
            return folded, short
    return (names[0] if names else None), short


@lru_cache(maxsize=1)
def _divisions() -> dict[str, str]:
    with (_CODES / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["code"] for row in csv.DictReader(file)}


def division_of(text: str, anywhere: bool = False) -> str | None:
    """GB/T 2260 code of the most particular division whose full name ``text`` begins with (or holds, if ``anywhere``)."""
    folded = fold(text)
    found = [n for n in _divisions() if (n in folded if anywhere else folded.startswith(n))]
    return _divisions()[max(found, key=lambda name: (len(name), name))] if found else None
