"""Who published a document, for which year, at which stage and scope.

What ``sources.toml`` declares goes before what the document says; where the two differ the declared value is
taken and ``identity_note`` says what the document has. docs/identity.md describes the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.context import Context
from pipeline.extract.identity.bodies import Body, body_of, key_of
from pipeline.extract.identity.cover import Title, cover_lines, title_of
from pipeline.extract.identity.divisions import Chain, chain_at, known, resolve, within
from pipeline.extract.identity.evidence import Decision, Evidence, decide, scope_votes, stage_votes, year_votes
from pipeline.extract.identity.names import find_names
from pipeline.extract.patterns import fold

if TYPE_CHECKING:
    from pipeline.extract.tables.find.segment import Segment

_HEAD = 6000


@dataclass(frozen=True, slots=True)
class Identity:
    """What is found of a document's body beside what the context holds; by the columns of ``disclosures``."""

    title: str | None
    entity_key: str | None
    entity_code: str | None
    division_code: str | None
    correction: str | None
    identity_note: str | None


def identify(context: Context, segments: list[Segment]) -> Identity:
    """Fill the context's year, stage, scope and names, and return what else is known of the body."""
    document, declared = context.document, context.document.declared
    title = title_of(document)
    named = find_names(document, title)
    folded = fold(document.text)
    said = Evidence(
        title=title.text if title else None,
        tables=[segment.heading.title for segment in segments if segment.heading and segment.forms],
        headings=named.headings,
        # The title votes once, and not again as a line or as words of the text.
        prose=folded.replace(title.text, "", 1) if title else folded,
    )
    notes: list[str] = []

    def settle(column: str, decision: Decision) -> str | None:
        if column not in declared:
            notes.extend([f"{column}: {decision.dissent}"] if decision.dissent else [])
            return decision.value
        _compare(notes, column, declared[column], decision.value)
        return declared[column]

    year = settle("disclosure_year", decide(year_votes(said)))
    context.disclosure_year = int(year) if year else None
    context.stage = settle("stage", decide(stage_votes(said)))
    context.scope = settle("scope", decide(scope_votes(said, named.marks, named.scopes)))
    found = named.body.name if named.body else None
    name = declared.get("entity_name") or found
    if name != found and found and body_of(name or "").rest != body_of(found).rest:
        _compare(notes, "entity_name", name or "", found)
    context.entity_name = name
    context.entity_short_name = declared.get("entity_short_name") or named.short
    if named.strangers:
        notes.append(f"entity_name: {name} by the document, but {', '.join(named.strangers)} by captions of tables")
    code = _division(context, title, body_of(name) if name else None, folded)
    if "division_code" in declared:
        if not known(declared["division_code"]):
            notes.append(f"division_code: sources.toml says {declared['division_code']}, which the list has not")
        # A body named by its province alone may well lie in a district of it.
        elif code and not within(declared["division_code"], code):
            _compare(notes, "division_code", declared["division_code"], code)
        code = declared["division_code"]
    entity_code = declared.get("entity_code") or named.code
    if named.code:
        _compare(notes, "entity_code", entity_code or "", named.code)
    return Identity(
        title=_title(context, title),
        entity_key=key_of(name, code) if name else None,
        entity_code=entity_code,
        division_code=code,
        correction=title.corrected if title else None,
        identity_note="; ".join(notes) or None,
    )


def _compare(notes: list[str], column: str, declared: str, found: str | None) -> None:
    if found is not None and declared != found:
        notes.append(f"{column}: sources.toml says {declared}, the document says {found}")


def _title(context: Context, title: Title | None) -> str | None:
    """The title as printed, its pieces in spans; what sources.toml calls it where none is printed."""
    if title is None:
        return context.document.declared.get("title")
    return context.assemble("disclosures", context.document.disclosure_id, "title", title.pieces)


def _division(context: Context, title: Title | None, body: Body | None, folded: str) -> str | None:
    """The division that the body's name says, made more particular by the title's, else the one of the first pages."""
    year = context.disclosure_year
    around = context.document.declared.get("publisher", "") + folded
    chains = [chain for chain in (body.chain if body else None, chain_at(title.name) if title else None) if chain]
    codes = [code for chain in chains if (code := resolve(chain, year, around))]
    if codes:
        inside = [code for code in codes if within(code, codes[0])]
        return max(inside, key=lambda code: (len(code.rstrip("0")), code))
    if chains:
        return None  # a name that several divisions share, and nothing that tells which
    return _of_the_head(context, year, folded)


def _of_the_head(context: Context, year: int | None, folded: str) -> str | None:
    """The one division that chains of two names on the first pages agree upon, or lie in one another."""
    head = "\n".join(line[2] for line in cover_lines(context.document)) + "\n" + folded[:_HEAD]
    found: set[str] = set()
    at = 0
    while at < len(head):
        chain: Chain | None = chain_at(head, at)
        if chain is not None and chain.links > 1 and (code := resolve(chain, year)):
            found.add(code)
        at = chain.end if chain else at + 1
    if not found:
        return None
    finest = max(found, key=lambda code: (len(code.rstrip("0")), code))
    return finest if all(within(finest, code) for code in found) else None
