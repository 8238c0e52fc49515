"""The list of contents against the tables of the body: each is there, in order, once."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from pipeline.reconcile.batch import VALUE, ZERO, Batch
from pipeline.reconcile.keys import tail
from pipeline.reconcile.rules import Rule
from pipeline.reconcile.settle import Found, findings, nothing, operands_of

_ENTRY = re.compile(
    r"(?:^|(?<=表))\s*(?:附?表?\s*[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]?[.．、\s]|(?=20\d\d年))"
)
_FOLLOWING = re.compile(r"(?:…|\.{2,}|·{2,}|-{2,}|_{2,})+\s*\d*$|\d{1,3}$")
_NOISE = re.compile(r"[\s“”\"'‘’《》（）()]|20\d\d年度?|^[\d.．、]+")


def _core(title: str) -> str:
    """A title without year, marks, brackets and white space."""
    return _NOISE.sub("", _NOISE.sub("", _FOLLOWING.sub("", title.strip())))


def entries(text: str) -> list[str]:
    """The titles of tables that an entry of the contents lists: usually one, more where lines run together."""
    return [core for part in _ENTRY.split(text) if (core := _core(part)).endswith("表") and len(core) >= 4]


def _same(one: str, other: str) -> bool:
    return one == other or one.endswith(other) or other.endswith(one)


def evaluate_contents(batch: Batch, rule: Rule) -> Found:
    """Every table that the contents list is in the body, every table of the body is listed, in this order.

    Tables that a form lets stand many times (performance tables of projects) are not held to it, and contents
    that list no table of the body say nothing of tables.
    """
    passages, tables = batch.frame("passages"), batch.frame("tables")
    if not passages.height or not tables.height or "contents" not in passages["kind"].cast(pl.String).to_list():
        return nothing()
    heading = re.compile(rule.option("headings"))
    listed: dict[str, list[tuple[str, str]]] = {}
    of_kind = passages.filter(pl.col("kind").cast(pl.String) == "contents")
    for disclosure, identity, text in of_kind.select("disclosure_id", "passage_id", "text").iter_rows():
        listed.setdefault(disclosure, []).extend((core, identity) for core in entries(text) if not heading.search(core))
    rows: list[tuple[str, str, str, str, str, str]] = []
    known = tables.filter(~pl.col("table_code").cast(pl.String).is_in(rule.option("many")).fill_null(False))
    for disclosure, group in known.group_by("disclosure_id", maintain_order=True):
        named = listed.get(str(disclosure[0]), [])
        body = [(_core(title or ""), i) for title, i in group.select("title", "table_id").iter_rows()]
        if any(_same(core, other) for core, _ in named for other, _ in body):
            rows += [(str(disclosure[0]), *finding) for finding in _compare(named, body)]
    if not rows:
        return nothing()
    frame = pl.DataFrame(
        rows, schema=["disclosure_id", "_id", "kind", "status_", "zh", "en"], orient="row"
    ).with_columns(key=tail("_id"), value=pl.lit(None, dtype=VALUE), half=ZERO, own_half=ZERO)
    checks = findings(rule, frame, pl.col("zh"), pl.col("en"), pl.col("status_") == "fail")
    return checks, operands_of(frame, "left", pl.col("kind"), "_id")


def _compare(named: list[tuple[str, str]], body: list[tuple[str, str]]) -> list[tuple[str, str, str, str, str]]:
    found = []
    last = -1
    for core, identity in body:
        at = next((n for n, (entry, _) in enumerate(named) if core == entry), None)
        if at is None:  # 部门 before it, or the body's name: 收入总表 is the end of 2024年部门收入总表
            at = next((n for n, (entry, _) in enumerate(named) if _same(core, entry)), None)
        if at is None:
            said = (f"“{core}”在正文中有，目录没有列出", f"“{core}” stands in the body, the contents do not list it")
            found.append((identity, "tables", "fail", *said))
        elif at < last:
            said = (f"“{core}”在正文中的次序与目录不同", f"“{core}” stands in another order than in the contents")
            found.append((identity, "tables", "fail", *said))
        else:
            found.append((identity, "tables", "pass", "", ""))
            last = at
    for entry, identity in named:
        if not any(_same(entry, core) for core, _ in body):
            said = (f"目录列有“{entry}”，正文中没有", f"the contents list “{entry}”, the body has no such table")
            found.append((identity, "passages", "fail", *said))
    return found


EVALUATORS: dict[str, Callable[[Batch, Rule], Found]] = {"contents": evaluate_contents}
