"""Year, stage and scope: what title, captions, tables and prose each say, weighed.

No source of evidence is believed alone: a falsified title is outvoted by the tables under it, and where two
kinds of evidence of the same weight contradict each other nothing is claimed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

#: Votes: who says so (for a person), what, and the weight.
Vote = tuple[str, str, int]

_DIGITS = str.maketrans("〇○Ｏ零一二三四五六七八九", "0000123456789")
_YEARS = re.compile(r"(?<!\d)(20\d\d)年度?(?!\d{1,2}月)|(?<!\d)(20\d\d)(?=部门|单位|预算|决算|度)")
_CHINESE_YEAR = re.compile(r"二[〇○Ｏ零0][〇○零一二三四五六七八九]{2}(?=年(?![一二三四五六七八九十\d]+月))")
# Words of table titles that say 部门 or 单位 and not whose table it is (行政参公单位机关运行经费, 按单位列示).
_NO_SCOPE = re.compile(
    r"部门预算经济|部门（单位）|[分按]单位|[分按]部门|(?:行政|参公|事业|下属|所属|附属|基层|其他)+单位"
)
# Not what the year is compared with (与2023年预算). The digits stand first, for they are quickly looked for.
_STATED = re.compile(
    r"20(?<![\d比较与和同]..)(\d\d)年度?[收入支出财政拨款一般公共部门单位本级总当年初]{0,12}(?:预算|决算)(?!执行)"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document says of itself, folded: its title, the titles of its tables, its headings, and all other text."""

    title: str | None
    tables: list[str]
    headings: list[str]
    prose: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the votes decide (None: nothing, or a tie) and, for a person, who says otherwise."""

    value: str | None
    dissent: str | None


def decide(votes: list[Vote]) -> Decision:
    """The value with the most weight behind it."""
    weights: Counter[str] = Counter()
    for _, value, weight in votes:
        weights[value] += weight
    if not weights:
        return Decision(None, None)
    (value, most), *others = weights.most_common()
    said = {v: ", ".join(dict.fromkeys(who for who, each, _ in votes if each == v)) for v in weights}
    if others and others[0][1] == most:
        both = "; ".join(f"{said[v]}: {v}" for v in sorted(weights))
        return Decision(None, f"the document contradicts itself ({both})")
    if others:
        against = "; ".join(f"{said[v]}: {v}" for v in sorted(weights) if v != value)
        return Decision(value, f"{value} by {said[value]}, but {against}")
    return Decision(value, None)


def years_of(folded: str) -> list[str]:
    """The years that a folded title names, of dates not counted."""
    text = _CHINESE_YEAR.sub(lambda match: match.group().translate(_DIGITS), folded)
    return [a or b for a, b in _YEARS.findall(text)]


def year_votes(said: Evidence) -> list[Vote]:
    """Votes on the year that the document is for."""
    votes: list[Vote] = []
    if said.title and (named := set(years_of(said.title))):
        votes += [("title", year, 3) for year in sorted(named)] if len(named) == 1 else []
    for who, titles, weight in (("table titles", said.tables, 4), ("headings", said.headings, 2)):
        counted = Counter(year for each in titles for year in set(years_of(each)))
        if year := _majority(counted):
            votes.append((who, year, weight if sum(counted.values()) > 2 else 2))
    stated = Counter("20" + digits for digits in _STATED.findall(said.prose))
    if year := _majority(stated):
        votes.append(("prose", year, 2))
    return votes


def stage_votes(said: Evidence) -> list[Vote]:
    """Votes on budget or final_accounts."""
    votes: list[Vote] = []
    for who, text, weight in (("title", said.title or "", 3), ("headings", "".join(said.headings), 2)):
        if value := _more(text.count("决算"), _budgets(text)):
            votes.append((who, value, weight))
    accounts = sum("决算" in each for each in said.tables)
    budgets = sum("决算" not in each and bool(_budgets(each)) for each in said.tables)
    if value := _more(accounts, budgets):
        votes.append(("table titles", value, 3))
    accounts = said.prose.count("部门决算") + said.prose.count("单位决算")
    budgets = said.prose.count("部门预算") - said.prose.count("部门预算经济") + said.prose.count("单位预算")
    if value := _more(accounts, budgets):
        votes.append(("prose", value, 2))
    return votes


def scope_votes(said: Evidence, marks: list[str], captions: list[str]) -> list[Vote]:
    """Votes on department or unit. ``marks`` and ``captions`` are the scopes that marks and captions say.

    Forms print 部门 for every body (部门收支总表, 部门：某某馆): that says nothing against a title that says 单位预算.
    """
    votes: list[Vote] = []
    title = said.title
    of_unit = title is not None and ("单位预算" in title or "单位决算" in title)
    if title:
        both = re.search(r"部门(?:（单位）|和单位|[、及]单位)", title)
        if not both and (value := _scope(title.count("部门"), title.count("单位"))):
            votes.append(("title", value, 4))
    if marks and (value := _majority(Counter(marks))):
        votes.append(("mark after the name", value, 5))
    if captions and (value := _majority(Counter(captions))):
        votes.append(("captions", value, 1))
    for who, titles in (("table titles", said.tables), ("headings", said.headings)):
        bare = [_NO_SCOPE.sub("", each) for each in titles]
        if value := _scope(sum("部门" in each for each in bare), sum("单位" in each for each in bare)):
            votes.append((who, value, 2))
    department = said.prose.count("部门决算") + said.prose.count("部门预算") - said.prose.count("部门预算经济")
    if value := _scope(department, said.prose.count("单位预算") + said.prose.count("单位决算")):
        votes.append(("prose", value, 2))
    if of_unit and ("title", "unit", 4) in votes:
        votes = [vote for vote in votes if vote[1] == "unit" or vote[0] == "mark after the name"]
    return votes


def _budgets(text: str) -> int:
    """How often 预算 says a stage: 一般公共预算 and the like name a fund."""
    return text.count("预算") - sum(text.count(fund) for fund in ("一般公共预算", "基金预算", "资本经营预算"))


def _majority(counted: Counter[str]) -> str | None:
    if not counted:
        return None
    (value, most), *others = counted.most_common()
    return None if others and others[0][1] == most else value


def _more(accounts: int, budgets: int) -> str | None:
    return None if accounts == budgets else "final_accounts" if accounts > budgets else "budget"


def _scope(department: int, unit: int) -> str | None:
    return None if department == unit else "department" if department > unit else "unit"
