"""One document to records: the order in which readers take their part of the ledger."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from pipeline.extract.contacts import withhold
from pipeline.extract.context import Context
from pipeline.extract.families import name_family
from pipeline.extract.forms import Library
from pipeline.extract.identity import Identity, identify
from pipeline.extract.identity.lookalikes import judge
from pipeline.extract.ledger import Ledger
from pipeline.extract.performance import read_performance
from pipeline.extract.prose import read_prose
from pipeline.extract.recognised import withdraw_unproved
from pipeline.extract.records import Extraction
from pipeline.extract.tables import TableReading, family_of, read_tables
from pipeline.extract.tables.find.segments import find_segments
from pipeline.extract.tables.settling import settle_digits
from pipeline.ingest.document import Document, Rejected
from schemas.rows import Disclosure, Number

_REASONS = 12
#: So many lines of numbers without an owner are named.
_LINES = 6


@dataclass(frozen=True, slots=True)
class DisclosureReading:
    """The records of one source and how its tables were read; ``context`` is None for one that is quarantined."""

    extraction: Extraction
    context: Context | None = None
    tables: list[TableReading] = field(default_factory=list)


def extract(source: Document | Rejected, library: Library, publish_contacts: bool = False) -> Extraction:
    """The records of one source. A rejected one, or one that is no disclosure, gives only its row in disclosures.

    Personal contact data is withheld unless ``publish_contacts`` is set.
    """
    return read_disclosure(source, library, publish_contacts).extraction


def read_disclosure(source: Document | Rejected, library: Library, publish_contacts: bool) -> DisclosureReading:
    """The records of one source as ``extract`` gives them, with the steps by which its tables were read."""
    extraction = Extraction(source.disclosure_id)
    if isinstance(source, Rejected):
        extraction.rows.add(_quarantined(source, source.reason))
        return DisclosureReading(extraction)
    segments = find_segments(source, library)
    source, settled, told = settle_digits(source, segments, library)
    verdict = judge(source, segments)
    if verdict.refusal is not None:
        extraction.rows.add(_quarantined(source, verdict.refusal))
        return DisclosureReading(extraction)
    context = Context(source, Ledger(source.text, _cuts(source)), extraction, settled=settled)
    context.problems += [*source.notes, *([verdict.problem] if verdict.problem else [])]
    withhold(context, publish_contacts)
    found = identify(context, segments)
    family = family_of(segments)
    tables = read_tables(context, segments, family, library, told)
    read_performance(context)
    read_prose(context)
    withdraw_unproved(context)
    add_numbers(context)
    extraction.masked_text = extraction.masked_text or source.text
    form_family = name_family(segments, library, family, found.division_code, context.stage)
    extraction.rows.add(_disclosure(context, found, form_family))
    return DisclosureReading(extraction, context, tables)


def _cuts(source: Document) -> list[int]:
    """Where cells begin behind a comma that sets them apart: 1,300.00 are two numbers there."""
    cells = (cell for table in source.tables if not table.edges for cell in table.cells if cell.pieces)
    return sorted(start for cell in cells if source.text[(start := cell.pieces[0][0]) - 1] == ",")


def add_numbers(context: Context) -> None:
    """Add the ledger as published, a row a token, after every reader has made its claims."""
    document = context.document
    words = [word for page in document.pages for word in page.words] if document.points else []
    starts = [word.start for word in words]
    prefix = f"{document.disclosure_id}.number."
    for token in context.ledger.tokens:
        withheld = token.cls == "withheld"
        key = "withheld" if withheld else token.printed.replace(" ", "")
        row = Number(
            number_id=context.unique(prefix + key),
            printed=None if withheld else token.printed,
            value=None if withheld else token.value,
            role=token.role,
            class_=token.cls,
            owner_table=token.owner_table,
            owner_id=token.owner_id,
            place=context.place(token.start, token.end),
        )
        if words and (at := bisect_right(starts, token.start) - 1) >= 0 and words[at].end >= token.end:
            word = words[at]
            row.x0, row.x1 = word.across(token.start, token.end)
            row.top, row.bottom = word.top, word.bottom
            row.confidence = min(word.confidences[token.start - word.start : token.end - word.start], default=None)
        row.read_by = "text" if row.confidence is None else "ocr"
        if not context.settled.isdisjoint(range(token.start, token.end)):
            row.read_by = "sums"
        context.add(row)


def _quarantined(source: Document | Rejected, reason: str) -> Disclosure:
    return Disclosure(
        disclosure_id=source.disclosure_id,
        collection=source.collection,
        source_file=source.source_file,
        source_sha256=source.source_sha256,
        source_bytes=source.source_bytes,
        media_type=source.media_type,
        table_count=0,
        numbers_total=0,
        numbers_data=0,
        numbers_structure=0,
        numbers_narrative=0,
        numbers_withheld=0,
        numbers_unclaimed=0,
        status="quarantined",
        reason=reason,
    )


def _told_in_passing(context: Context) -> int:
    """How many amounts are narrative where the form marks no free text: none, if every reader keeps the rule."""
    free = {row.passage_id for row in context.extraction.rows.passages if row.kind in ("definition", "note")}
    return sum(
        token.cls == "narrative" and token.role == "amount" and token.owner_id not in free
        for token in context.ledger.tokens
    )


def _where(context: Context) -> str:
    """The lines of the first numbers without an owner."""
    at = (context.document.line_at(token.start).number for token in context.ledger.tokens if token.cls == "unclaimed")
    lines = list(dict.fromkeys(at))
    more = " …" if len(lines) > _LINES else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:_LINES]))}{more}"


def _disclosure(context: Context, found: Identity, form_family: str | None) -> Disclosure:
    source = context.document
    classes = Counter(token.cls for token in context.ledger.tokens)
    unclaimed = classes["unclaimed"]
    problems = list(dict.fromkeys(context.problems))  # a row is left out once, whatever its amounts
    if told := _told_in_passing(context):
        problems.append(f"{told} amounts of money stand in text that no statement understands")
    if context.disclosure_year is None and any(row.fiscal_year is None for row in context.extraction.rows.budget_lines):
        problems.append("no line says which year its amounts are of")
    if context.stage is None and any(row.phase is None for row in context.extraction.rows.budget_lines):
        problems.append("no line says whether its amounts are of a budget or of final accounts")
    if unclaimed:
        problems.append(f"{unclaimed} of {len(context.ledger.tokens)} numbers have no owner ({_where(context)})")
    more = f"; and {len(problems) - _REASONS} more" if len(problems) > _REASONS else ""
    said = [*problems[:_REASONS], *source.remarks]
    declared = source.declared
    return Disclosure(
        disclosure_id=source.disclosure_id,
        series_id=_series(context, found.entity_key),
        disclosure_year=context.disclosure_year,
        collection=source.collection,
        source_file=source.source_file,
        source_sha256=source.source_sha256,
        source_bytes=source.source_bytes,
        media_type=source.media_type,
        title=found.title,
        entity_name=context.entity_name,
        entity_short_name=context.entity_short_name,
        entity_key=found.entity_key,
        entity_code=found.entity_code,
        division_code=found.division_code,
        stage=context.stage,
        scope=context.scope,
        form_family=form_family,
        page_count=source.page_count,
        line_count=len(source.lines),
        table_count=len(context.extraction.rows.tables),
        numbers_total=len(context.ledger.tokens),
        numbers_data=classes["data"],
        numbers_structure=classes["structure"],
        numbers_narrative=classes["narrative"],
        numbers_withheld=classes["withheld"],
        numbers_unclaimed=unclaimed,
        status="partial" if problems else "complete",
        reason="; ".join(said) + more or None,
        supersedes=(declared.get("supersedes") or "")[:16].lower() or None,
        read_by=source.read_by,
        correction=found.correction,
        identity_note=found.identity_note,
        publisher=declared.get("publisher"),
        source_url=declared.get("url"),
        published_on=declared.get("published"),
        source_licence=declared.get("licence"),
    )


def _series(context: Context, entity_key: str | None) -> str | None:
    """What two versions of one disclosure share, where it is known whose they are."""
    if not entity_key:
        return None
    parts = (entity_key, context.disclosure_year, context.stage, context.scope)
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
