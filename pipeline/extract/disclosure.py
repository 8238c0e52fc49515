"""One document to records: the order in which readers take their part of the ledger."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from pipeline.extract.contacts import withhold
from pipeline.extract.context import Context
from pipeline.extract.families import name_family
from pipeline.extract.forms import Library
from pipeline.extract.identity import identify
from pipeline.extract.identity.lookalikes import judge
from pipeline.extract.ledger import Ledger
from pipeline.extract.numbers import add_numbers
from pipeline.extract.performance import read_performance
from pipeline.extract.prose import read_prose
from pipeline.extract.records import Extraction
from pipeline.extract.tables import family_of, read_tables
from pipeline.extract.tables.segments import find_segments
from pipeline.ingest.document import Document, Rejected

_REASONS = 12
#: So many lines of numbers without an owner are named.
_LINES = 6
#: What sources.toml says of where a file comes from, by column.
_ORIGIN = {"publisher": "publisher", "source_url": "url", "published_on": "published", "source_licence": "licence"}


def extract(source: Document | Rejected, library: Library, publish_contacts: bool = False) -> Extraction:
    """The records of one source. A rejected one, or one that is no disclosure, gives only its row in disclosures.

    Personal contact data is withheld unless ``publish_contacts`` is set.
    """
    extraction = Extraction(source.disclosure_id)
    if isinstance(source, Rejected):
        extraction.rows["disclosures"].append(_quarantined(source, source.reason))
        return extraction
    segments = find_segments(source, library)
    extraction.families = frozenset(form.family for segment in segments for form in segment.forms)
    verdict = judge(source, segments)
    if verdict.refusal is not None:
        extraction.rows["disclosures"].append(_quarantined(source, verdict.refusal))
        return extraction
    context = Context(source, Ledger(source.text), extraction)
    context.problems += [*source.notes, *([verdict.problem] if verdict.problem else [])]
    withhold(context, publish_contacts)
    found = identify(context, segments)
    family = family_of(segments)
    read_tables(context, segments, family, library)
    read_performance(context)
    read_prose(context)
    add_numbers(context)
    extraction.masked_text = extraction.masked_text or source.text
    division, stage = found["division_code"], context.stage
    found["form_family"] = name_family(segments, library, family, str(division) if division else None, stage)
    extraction.rows["disclosures"].append(_disclosure(context, found))
    return extraction


def _quarantined(source: Document | Rejected, reason: str) -> dict[str, Any]:
    return {
        "disclosure_id": source.disclosure_id,
        "disclosure_year": None,
        "collection": source.collection,
        "source_file": source.source_file,
        "source_sha256": source.source_sha256,
        "source_bytes": source.source_bytes,
        "media_type": source.media_type,
        "table_count": 0,
        "status": "quarantined",
        "reason": reason,
        **{f"numbers_{name}": 0 for name in ("total", "data", "structure", "narrative", "withheld", "unclaimed")},
    }


def _told_in_passing(context: Context) -> int:
    """How many amounts are narrative where the form marks no free text: none, if every reader keeps the rule."""
    free = {row["passage_id"] for row in context.extraction.rows["passages"] if row["kind"] in ("definition", "note")}
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


def _disclosure(context: Context, found: dict[str, object]) -> dict[str, Any]:
    source = context.document
    classes = Counter(token.cls for token in context.ledger.tokens)
    unclaimed = classes["unclaimed"]
    problems = list(context.problems)
    if told := _told_in_passing(context):
        problems.append(f"{told} amounts of money stand in text that no statement understands")
    if unclaimed:
        problems.append(f"{unclaimed} of {len(context.ledger.tokens)} numbers have no owner ({_where(context)})")
    key = "\x1f".join(
        str(part) for part in (found["entity_key"], context.disclosure_year, context.stage, context.scope)
    )
    more = f"; and {len(problems) - _REASONS} more" if len(problems) > _REASONS else ""
    said = [*problems[:_REASONS], *source.remarks]
    return {
        "disclosure_id": source.disclosure_id,
        "series_id": hashlib.sha256(key.encode()).hexdigest()[:16] if found["entity_key"] else None,
        "disclosure_year": context.disclosure_year,
        "collection": source.collection,
        "source_file": source.source_file,
        "source_sha256": source.source_sha256,
        "source_bytes": source.source_bytes,
        "media_type": source.media_type,
        **found,
        "page_count": source.page_count,
        "line_count": len(source.lines),
        "table_count": len(context.extraction.rows["tables"]),
        "numbers_total": len(context.ledger.tokens),
        **{f"numbers_{name}": classes[name] for name in ("data", "structure", "narrative", "withheld", "unclaimed")},
        "status": "partial" if problems else "complete",
        "reason": "; ".join(said) + more or None,
        "supersedes": (source.declared.get("supersedes") or "")[:16].lower() or None,
        **{column: source.declared.get(key) for column, key in _ORIGIN.items()},
    }
