"""Names of bodies: what they are called, what joins them, and which division a name lies in."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.identity.divisions import Chain, chain_at
from pipeline.extract.identity.words import load_words
from pipeline.extract.patterns import fold


@dataclass(frozen=True, slots=True)
class Body:
    """A name taken apart. ``name`` is folded and without marks; ``rest`` is what identifies the body in its division.

    ``scope`` is what a mark after the name says (（本级）: unit, （汇总）: department).
    """

    name: str
    rest: str
    chain: Chain | None
    scope: str | None


def body_of(printed: str) -> Body:
    """``printed`` taken apart. Never fails: a name of which nothing is known is its own rest."""
    words = load_words()
    name, scope = fold(printed), None
    while marked := next(
        (mark for mark in words.marks if name.endswith(mark[0]) and len(name) > len(mark[0]) + 3), None
    ):
        name, scope = name[: -len(marked[0])], scope or marked[1]
    kept, start = "", 0
    for prefix in words.prefixes:
        if name.startswith(prefix.of):
            kept, start = prefix.kept, len(prefix.of)
            break
    chain = chain_at(name, start)
    rest = name[chain.end if chain else start :]
    if chain is None and (level := words.level.match(rest)):
        rest = rest[level.end() :]
    return Body(name, kept + _same(rest), chain, scope)


def _same(rest: str) -> str:
    """``rest`` in the words that all names of one body share."""
    words = load_words()
    for same in words.same:
        if same.at == "whole" and rest == same.of:
            rest = same.name
        elif same.at == "start" and rest.startswith(same.of):
            rest = same.name + rest[len(same.of) :]
        elif same.at == "end" and rest.endswith(same.of) and not rest.endswith(same.name):
            rest = rest[: -len(same.of)] + same.name
    if rest.startswith(words.state) and rest[len(words.state) :] not in words.state_kept_before:
        rest = rest[len(words.state) :]
    return rest


def key_of(printed: str, division: str | None) -> str:
    """The key under which every document of the body is found.

    With a division it is the code and what identifies the body there; without one it is the whole name, for
    bodies of different places must not join.
    """
    body = body_of(printed)
    return f"{division}:{body.rest or body.name}" if division else f"unknown:{body.name}"


def is_body(name: str, at_least: int = 4) -> bool:
    """Whether folded ``name`` ends as names of bodies do and has ``at_least`` so many characters."""
    words = load_words()
    return at_least <= len(name) <= 40 and bool(words.body_end.search(name)) and not words.not_names.fullmatch(name)
