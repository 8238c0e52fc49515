"""What the page of a body shows: its key figures over the years, budget against accounts, and its place among its peers.

Figures are those of preferred disclosures, so that no body is counted twice; each leads to where it is printed. A
department's figures include its units, so that the two are told apart everywhere and never added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline.publish.site.charts import Chart
from pipeline.publish.site.contradictions import Contradiction
from pipeline.publish.site.figures import Figure
from pipeline.publish.site.labels import Both, anchor, body_page, change, division, kind, label, share, yuan
from pipeline.publish.site.pictures import Picture, picture
from schemas.vocabularies import vocabulary

Row = Mapping[str, Any]
#: A body in one of its scopes: entity_key, division_code, scope.
Body = tuple[str, str | None, str | None]
#: A year and which side of it: ``budget`` or ``final_accounts``, as stages are called.
Column = tuple[int, str]
TOTAL = "expenditure_total"
THREE = ("three_public", "overseas_travel", "official_vehicles", "official_reception")
_STAGES = {"approved": "budget", "executed": "final_accounts"}
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A key figure and where it is printed. ``said`` is 0 where the disclosure of that year and stage prints it, 1
    where the accounts print the budget beside themselves, 2 where the disclosure of another year does.
    """

    amount: Decimal
    disclosure_id: str
    owner_id: str
    said: int

    @property
    def link(self) -> str:
        return f"disclosures/{self.disclosure_id}.html#{anchor(self.owner_id)}"


@dataclass(frozen=True, slots=True)
class Peer:
    """A body in a ranking. ``href`` leads to its page, from the root of the site."""

    rank: int
    name: str
    href: str
    amount: Decimal
    body: Body
    disclosure_id: str


@dataclass(slots=True)
class Ranking:
    """Bodies of one district, year, stage and scope by their total expenditure; the largest first."""

    division_code: str | None
    year: int
    stage: str
    scope: str | None
    peers: list[Peer] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((peer.amount for peer in self.peers), Decimal(0))

    @property
    def title(self) -> Both:
        words = kind(self.stage, self.scope)
        return Both(f"{self.year}年{words.zh}", f"{words.en} {self.year}")


@dataclass(slots=True)
class ScopeView:
    """The figures of a body as a department or as a unit."""

    scope: str | None
    columns: list[Column]
    rows: list[tuple[Both, list[Entry | None], Both | None]]
    pictures: list[Picture]
    facts: list[tuple[Both, Both]]


@dataclass(slots=True)
class BodyPage:
    """Everything that the template of a body's page needs."""

    name: str
    names: list[str]
    region: Both
    entity_key: str
    division_code: str | None
    href: str
    scopes: list[ScopeView]
    documents: list[dict[str, Any]]
    contradictions: list[Contradiction]
    districts: list[tuple[int, str]]


class Books:
    """The key figures of all bodies of a release, by body, figure, year and stage."""

    def __init__(self, disclosures: pl.DataFrame, key_figures: pl.DataFrame) -> None:
        self._documents: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
        for row in disclosures.filter(pl.col("entity_key").is_not_null()).iter_rows(named=True):
            self._documents.setdefault((row["entity_key"], row["division_code"]), []).append(row)
        self._entries: dict[Body, dict[str, dict[Column, Entry]]] = {}
        known = key_figures.filter("preferred", pl.col("entity_key").is_not_null(), pl.col("fiscal_year").is_not_null())
        for row in known.iter_rows(named=True):
            self._add(row)
        self.rankings = self._rank()

    def _add(self, row: Row) -> None:
        stage = _STAGES.get(row["phase"])
        if stage is None:
            return
        said = 2 if row["comparison"] else int(stage != row["stage"])
        body = (row["entity_key"], row["division_code"], row["scope"])
        held = self._entries.setdefault(body, {}).setdefault(row["figure"], {})
        entry = Entry(row["amount"], row["disclosure_id"], row["owner_id"], said)
        column = (row["fiscal_year"], stage)
        if column not in held or said < held[column].said:
            held[column] = entry

    def _rank(self) -> dict[tuple[Any, ...], Ranking]:
        """Rankings by division, year, stage and scope, of what the disclosures of that year and stage print."""
        found: dict[tuple[Any, ...], Ranking] = {}
        for body, figures in self._entries.items():
            for (year, stage), entry in figures.get(TOTAL, {}).items():
                if entry.said == 0:
                    key = (body[1], year, stage, body[2])
                    ranking = found.setdefault(key, Ranking(body[1], year, stage, body[2]))
                    name, href = self.name(body[0], body[1]), body_page(body[1], body[0])
                    ranking.peers.append(Peer(0, name, href, entry.amount, body, entry.disclosure_id))
        for ranking in found.values():
            ordered = sorted(ranking.peers, key=lambda peer: (-peer.amount, peer.body[0]))
            ranking.peers = [
                Peer(rank, p.name, p.href, p.amount, p.body, p.disclosure_id) for rank, p in enumerate(ordered, start=1)
            ]
        return found

    def rankings_of(self, division_code: str | None, year: int | None) -> list[Ranking]:
        """The rankings of a district and year: departments before units, budgets before accounts."""
        mine = [each for each in self.rankings.values() if (each.division_code, each.year) == (division_code, year)]
        return sorted(mine, key=lambda each: (each.scope or "~", each.stage))

    def amount(self, body: Body, figure: str, column: Column) -> Entry | None:
        """What a body's disclosures print as ``figure``, None where none does."""
        return self._entries.get(body, {}).get(figure, {}).get(column)

    def name(self, entity_key: str, division_code: str | None) -> str:
        """The name in the newest of a body's disclosures that prints one."""
        rows = self._documents.get((entity_key, division_code), [])
        names = [row["entity_name"] for row in sorted(rows, key=_age) if row["entity_name"]]
        return str(names[-1]) if names else entity_key.partition(":")[2] or entity_key

    def bodies(self) -> list[tuple[str, str | None]]:
        """All bodies, by division and name."""
        return sorted(self._documents, key=lambda each: (each[1] or "~", self.name(*each), each[0]))

    def page(self, entity_key: str, division_code: str | None, found: Iterable[Contradiction]) -> BodyPage:
        """What the page of a body shows; ``found`` are the contradictions of its disclosures."""
        documents = sorted(self._documents[entity_key, division_code], key=_age, reverse=True)
        scopes = [
            self._scope((entity_key, division_code, scope))
            for scope in ("department", "unit", None)
            if (entity_key, division_code, scope) in self._entries
        ]
        name = self.name(entity_key, division_code)
        years = sorted({row["disclosure_year"] for row in documents if row["disclosure_year"]}, reverse=True)
        return BodyPage(
            name=name,
            names=sorted({row["entity_name"] for row in documents if row["entity_name"]} - {name}),
            region=division(division_code),
            entity_key=entity_key,
            division_code=division_code,
            href=body_page(division_code, entity_key),
            scopes=scopes,
            documents=documents,
            contradictions=list(found),
            districts=[(year, f"../districts/{division_code or 'unknown'}-{year}.html") for year in years],
        )

    def _scope(self, body: Body) -> ScopeView:
        entries = self._entries[body]
        columns = _columns(entries)
        rows = []
        for figure in vocabulary("figure"):
            if figure in entries and any(column in entries[figure] for column in columns):
                cells = [entries[figure].get(column) for column in columns]
                rows.append((label("figure", figure), cells, _moved(entries[figure])))
        drawn = [*self._trend(body), *self._three(body), *self._among_peers(body)]
        return ScopeView(body[2], columns, rows, drawn, self._facts(body))

    def _facts(self, body: Body) -> list[tuple[Both, Both]]:
        """The newest total, how it moved, how much of the newest budget with accounts was spent."""
        totals = self._entries[body].get(TOTAL, {})
        found = []
        if totals:
            year, stage = max(totals)
            words = label("stage", stage)
            title = Both(f"{year}年支出{words.zh}", f"Expenditure {year}, {words.en}")
            found.append((title, yuan(totals[year, stage].amount)))
            if before := totals.get((year - 1, stage)):
                moved = change(totals[year, stage].amount, before.amount)
                found.append((Both(f"比{year - 1}年", f"on {year - 1}"), moved))
        if rate := _execution(totals):
            year, percent = rate
            found.append((Both(f"{year}年预算执行率", f"Execution rate {year}"), Both(percent, percent)))
        if (three := self._entries[body].get("three_public")) and max(three):
            year, stage = max(three)
            words = label("stage", stage)
            title = Both(f"{year}年“三公”经费{words.zh}", f"Three public expenses {year}, {words.en}")
            found.append((title, yuan(three[year, stage].amount)))
        return found

    def _trend(self, body: Body) -> list[Picture]:
        totals = self._entries[body].get(TOTAL, {})
        years = sorted({year for year, _ in totals}, reverse=True)
        if len(totals) < 2:
            return []
        figures = [
            Figure(
                Both(f"{year}年", str(year)),
                {stage: totals[year, stage].amount for stage in _STAGES.values() if (year, stage) in totals},
                [],
            )
            for year in years
        ]
        series = [(stage, label("stage", stage)) for stage in _STAGES.values()]
        return [picture("trend", _trend_words(totals), figures, series)]

    def _three(self, body: Body) -> list[Picture]:
        held = {name: self._entries[body].get(name, {}) for name in THREE}
        columns = sorted({column for entries in held.values() for column in entries})
        if not columns:
            return []
        year = columns[-1][0]
        figures = []
        for name in THREE:
            amounts = {
                stage: held[name][year, stage].amount for stage in _STAGES.values() if (year, stage) in held[name]
            }
            if amounts:
                figures.append(Figure(label("figure", name), amounts, []))
        if not any(figure.total for figure in figures):
            return []
        series = [(stage, label("stage", stage)) for stage in _STAGES.values()]
        return [picture("three", _three_words(held["three_public"], year), figures, series)]

    def _among_peers(self, body: Body) -> list[Picture]:
        """The newest ranking that the body stands in and is not alone in."""
        mine = [
            ranking
            for ranking in self.rankings.values()
            if len(ranking.peers) > 1 and any(peer.body == body for peer in ranking.peers)
        ]
        if not mine:
            return []
        ranking = max(mine, key=lambda each: (each.year, each.stage))
        return [ranking_picture(ranking, body)]


def ranking_picture(ranking: Ranking, body: Body | None = None) -> Picture:
    """The largest of a ranking; ``body`` stands out and is there whatever its place."""
    place = next((peer for peer in ranking.peers if peer.body == body), ranking.peers[0])
    shown = ranking.peers[:_SHOWN]
    if place not in shown:
        shown = [*shown[:-1], place]
    names = [Both(f"{peer.rank}. {peer.name}", f"{peer.rank}. {peer.name}") for peer in shown]
    inks = ["c1" if body is None or peer.body == body else "c0" for peer in shown]
    count, part, title = len(ranking.peers), share(place.amount, ranking.total), ranking.title
    where = division(ranking.division_code)
    if body is None:
        sentence = Both(
            f"{title.zh}共{count}个，支出合计{yuan(ranking.total).zh}；{place.name}最多，占{part}。",
            f"{title.en}: {count} bodies spend {yuan(ranking.total).en} in all; {place.name} spends most, {part} of it.",
        )
    else:
        sentence = Both(
            f"{title.zh}：在此处收有的{where.zh}{count}个中，支出列第{place.rank}位，占合计的{part}。",
            f"{title.en}: no. {place.rank} of the {count} held here of {where.en} by expenditure, {part} of their sum.",
        )
    figures = [Figure(Both(p.name, p.name), {"total": p.amount}, []) for p in ranking.peers]
    more = (
        Both(f"图中为 {len(shown)} 个，共 {count} 个。", f"{len(shown)} of {count} are drawn.")
        if count > _SHOWN
        else None
    )
    chart = Chart(names, [[peer.amount] for peer in shown], inks)
    return Picture("peers", sentence, more, [("total", label("figure", TOTAL))], figures[:_SHOWN], chart)


def _columns(entries: Mapping[str, Mapping[Column, Entry]]) -> list[Column]:
    """The newest years and sides of which something is known, but for those where other years say no more than nil."""
    told = {column for held in entries.values() for column, entry in held.items() if entry.said < 2 or entry.amount}
    return sorted(told)[-_SHOWN:]


def _age(row: Row) -> tuple[Any, ...]:
    return row["disclosure_year"] or 0, row["stage"] or "", bool(row["preferred"]), row["disclosure_id"]


def _moved(held: Mapping[Column, Entry]) -> Both | None:
    """How the newest amount differs from that of the same stage a year before."""
    for year, stage in sorted(held, reverse=True):
        if before := held.get((year - 1, stage)):
            return change(held[year, stage].amount, before.amount)
    return None


def _pairs(held: Mapping[Column, Entry]) -> Iterator[tuple[int, Decimal, Decimal]]:
    """Years with both a budget and accounts, the newest first."""
    for year in sorted({year for year, _ in held}, reverse=True):
        budget, accounts = (held.get((year, stage)) for stage in _STAGES.values())
        if budget and accounts and budget.amount:
            yield year, budget.amount, accounts.amount


def _execution(held: Mapping[Column, Entry]) -> tuple[int, str] | None:
    for year, budget, accounts in _pairs(held):
        return year, share(accounts, budget)
    return None


def _trend_words(totals: Mapping[Column, Entry]) -> Both:
    year, stage = max(totals)
    words, amount = label("stage", stage), totals[year, stage].amount
    zh, en = f"{year}年支出{words.zh}{yuan(amount).zh}", f"Expenditure {year} ({words.en}): {yuan(amount).en}"
    if before := totals.get((year - 1, stage)):
        moved = change(amount, before.amount)
        zh, en = f"{zh}，比{year - 1}年{moved.zh}", f"{en}, which {moved.en} on {year - 1}"
    if rate := _execution(totals):
        zh, en = (
            f"{zh}；{rate[0]}年决算为预算的{rate[1]}",
            f"{en}; the accounts of {rate[0]} are {rate[1]} of the budget",
        )
    return Both(f"{zh}。", f"{en}.")


def _three_words(totals: Mapping[Column, Entry], year: int) -> Both:
    stages = [stage for stage in _STAGES.values() if (year, stage) in totals]
    if not stages:
        return Both(f"{year}年“三公”经费。", f"Three public expenses {year}.")
    amount, words = totals[year, stages[-1]].amount, label("stage", stages[-1])
    zh = f"{year}年“三公”经费{words.zh}{yuan(amount).zh}"
    en = f"Three public expenses {year} ({words.en}): {yuan(amount).en}"
    if before := totals.get((year - 1, stages[-1])):
        moved = change(amount, before.amount)
        zh, en = f"{zh}，比{year - 1}年{moved.zh}", f"{en}, which {moved.en} on {year - 1}"
    if len(stages) > 1 and (budget := totals[year, stages[0]].amount):
        zh, en = f"{zh}，为预算的{share(amount, budget)}", f"{en}; {share(amount, budget)} of the budget"
    return Both(f"{zh}。", f"{en}.")
