"""What the Dagster UI shows of each table: columns, what they are made of, rows, and the checks of its rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.extract.records import EXTRACTED_TABLES
from pipeline.fetch import Outcome
from pipeline.keys import extraction_digest, key_of, release_digest
from pipeline.orchestration.extraction import Entry
from pipeline.orchestration.releases import Released
from pipeline.orchestration.settings import pages_address
from pipeline.reconcile.rules import load_rules
from pipeline.tidy.validation import ValidationFailure
from schemas.tables import TABLES

#: Who answers for all of it, as Dagster names people.
OWNERS = ["team:open-yusuan"]
#: A day's release is due by six in the morning: the schedule ``daily`` makes one at three.
TIMEZONE = "Asia/Shanghai"
_DUE = dg.FreshnessPolicy.cron(deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=6), timezone=TIMEZONE)
#: Names of files that are listed of a collection.
_LISTED = 200
_RECONCILED = ("checks", "check_operands")
#: One asset check a family of rules: what fails in the sources, shown where people look.
_FAMILIES = sorted({rule.family for rule in load_rules()})

#: Tables that are made of other tables. The rest comes from the documents.
MADE_OF: dict[str, tuple[str, ...]] = {
    "classifications": (),
    "code_names": ("budget_lines", "classifications"),
    "key_figures": ("budget_lines", "disclosures", "statements"),
    "checks": ("budget_lines", "classifications", "disclosures", "indicators", "statements", "tables", "targets"),
    "check_operands": ("budget_lines", "checks", "statements", "targets"),
}
#: Their columns, as ``column: (table.column, …)``.
_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "code_names": {
        "scheme": ("classifications.scheme",),
        "code": tuple(
            f"budget_lines.{scheme}_code" for scheme in ("function", "government_economic", "department_economic")
        ),
        "name": tuple(
            f"budget_lines.{scheme}_name" for scheme in ("function", "government_economic", "department_economic")
        ),
        "disclosure_year": ("budget_lines.disclosure_year",),
        "documents": ("budget_lines.disclosure_id",),
        "official": ("classifications.name", "classifications.valid_from", "classifications.valid_to"),
    },
    "key_figures": {
        "amount": ("budget_lines.amount", "statements.value"),
        "agrees": ("budget_lines.amount", "budget_lines.precision", "statements.value", "statements.precision"),
        "fiscal_year": ("budget_lines.fiscal_year", "statements.fiscal_year"),
        "comparison": ("budget_lines.comparison", "statements.comparison"),
        "phase": ("budget_lines.phase", "statements.phase"),
        "fund": ("budget_lines.fund", "statements.fund"),
        "owner_id": ("budget_lines.line_id", "statements.statement_id"),
        "other_id": ("statements.statement_id",),
        **{
            column: (f"disclosures.{column}",)
            for column in (
                "disclosure_id",
                "disclosure_year",
                "entity_key",
                "entity_name",
                "division_code",
                "scope",
                "stage",
                "preferred",
            )
        },
    },
    "checks": {
        "left_value": ("budget_lines.amount", "statements.value", "targets.value"),
        "right_value": ("budget_lines.amount", "statements.value", "targets.value"),
        "difference": ("budget_lines.amount", "statements.value", "targets.value"),
        "tolerance": ("budget_lines.precision", "statements.precision"),
        "disclosure_id": ("disclosures.disclosure_id",),
        "disclosure_year": ("disclosures.disclosure_year",),
        "other_disclosure_id": ("disclosures.disclosure_id",),
    },
    "check_operands": {
        "check_id": ("checks.check_id",),
        "id": ("budget_lines.line_id", "statements.statement_id", "targets.target_id"),
        "value": ("budget_lines.amount", "statements.value", "targets.value"),
        "disclosure_id": ("checks.disclosure_id",),
    },
}


def made_of(table: str) -> tuple[str, ...]:
    """The assets that ``table`` is made of."""
    return MADE_OF.get(table, ("extracted",))


def column_lineage(table: str) -> dg.TableColumnLineage:
    """Where the columns of ``table`` come from: the records of documents, or columns of other tables."""
    if table in EXTRACTED_TABLES:
        deps = {
            column.name: [dg.TableColumnDep(asset_key="extracted", column_name=f"{table}.{column.name}")]
            for column in TABLES[table].columns
        }
    else:
        deps = {
            column: [dg.TableColumnDep(*_split(source)) for source in sources]
            for column, sources in _COLUMNS.get(table, {}).items()
        }
    return dg.TableColumnLineage(deps)


def column_schema(table: str) -> dg.TableSchema:
    """The columns of ``table`` with types and descriptions in both languages."""
    return dg.TableSchema(
        [
            dg.TableColumn(column.name, type=column.type, description=f"{column.title_zh}: {column.description_en}")
            for column in TABLES[table].columns
        ]
    )


def extracted_schema() -> dg.TableSchema:
    """The columns of all records that documents give."""
    return dg.TableSchema(
        [
            dg.TableColumn(f"{table}.{column.name}", type=column.type, description=column.description_en)
            for table in EXTRACTED_TABLES
            for column in TABLES[table].columns
        ]
    )


def _split(source: str) -> tuple[dg.AssetKey, str]:
    table, _, column = source.partition(".")
    return dg.AssetKey(table), column


def _spec(name: str) -> dg.AssetSpec:
    table = TABLES[name]
    return dg.AssetSpec(
        name,
        deps=list(made_of(name)),
        group_name="reconcile" if name in _RECONCILED else "tidy",
        kinds={"polars", "parquet"},
        owners=OWNERS,
        tags={"contract": "published"},
        code_version=release_digest()[:16],
        description=f"{table.title_zh}: {table.description_en}",
        metadata={"dagster/column_schema": column_schema(name), "dagster/column_lineage": column_lineage(name)},
    )


EXTRACTED = [
    dg.AssetSpec(
        "sources",
        deps=["fetched"],
        group_name="ingest",
        kinds={"file"},
        owners=OWNERS,
        description="The files of each collection, as published.",
    ),
    dg.AssetSpec(
        "extracted",
        deps=["sources"],
        group_name="extract",
        kinds={"python"},
        owners=OWNERS,
        code_version=extraction_digest()[:16],
        description="Records of each collection's documents, and the ledger of their numbers.",
    ),
]
RELEASED = [
    *map(_spec, TABLES),
    dg.AssetSpec(
        "release",
        deps=list(TABLES),
        group_name="publish",
        kinds={"parquet", "csv"},
        owners=OWNERS,
        tags={"contract": "published"},
        code_version=release_digest()[:16],
        freshness_policy=_DUE,
        description="All tables as Parquet and CSV, the source texts, the descriptions and the manifest.",
    ),
]
CHECKS = [
    *(dg.AssetCheckSpec(name, asset="checks", description="Rules of this family that fail.") for name in _FAMILIES),
    *(
        dg.AssetCheckSpec("valid", asset=name, blocking=True, description="Every row satisfies its pandera model.")
        for name in TABLES
    ),
    dg.AssetCheckSpec("complete_is_complete", asset="numbers", description="What says complete has no number left."),
]


def fetched(outcomes: Sequence[Outcome]) -> dg.MaterializeResult[Any]:
    """How many addresses gave something new, and every one that gave nothing, with the reason."""
    counts = Counter(each.state for each in outcomes)
    failed = "\n".join(f"- {each.collection}: {each.url}: {each.reason}" for each in outcomes if each.state == "failed")
    return dg.MaterializeResult(
        metadata={
            **{state: counts[state] for state in ("new", "changed", "unchanged", "failed")},
            "failures": dg.MetadataValue.md(failed or "none"),
        }
    )


def extracted(entries: Sequence[Entry]) -> Iterator[dg.MaterializeResult[Any]]:
    """The files of a collection, and its documents. Their data versions are digests of bytes and of what was extracted."""
    listed = dg.MetadataValue.md("\n".join(f"- {entry.file.name}" for entry in entries[:_LISTED]))
    yield dg.MaterializeResult(
        asset_key="sources",
        data_version=dg.DataVersion(key_of(*(f"{entry.file.name}\0{entry.sha256}" for entry in entries))[:16]),
        metadata={"files": len(entries), "names": listed},
    )
    yield dg.MaterializeResult(
        asset_key="extracted",
        data_version=dg.DataVersion(key_of(*(entry.document.key for entry in entries))[:16]),
        metadata={"dagster/row_count": len(entries), "dagster/column_schema": extracted_schema()},
    )


def released(made: Released, selected: AbstractSet[str]) -> Iterator[dg.MaterializeResult[Any]]:
    """Every table of a release with its checks, then the release; those that are ``selected``.

    The data version of a table is a digest of its files, that of the release its id.
    """
    release = made.release
    versions = _versions(release.path)
    for name in (name for name in TABLES if name in selected):
        yield dg.MaterializeResult(
            asset_key=name,
            data_version=dg.DataVersion(versions[name]),
            metadata={
                "dagster/row_count": release.rows[name],
                "dagster/column_schema": column_schema(name),
                "dagster/column_lineage": column_lineage(name),
            },
            check_results=list(_checks(name, release.rows[name], made)),
        )
    if "release" in selected:
        yield dg.MaterializeResult(
            asset_key="release",
            data_version=dg.DataVersion(release.release_id),
            metadata={
                "release_id": release.release_id,
                "path": f"releases/{release.path.name}",
                "written": release.written,
            },
        )


def _versions(release: Path) -> dict[str, str]:
    """A digest of the Parquet files of each table, from the manifest."""
    files = json.loads((release / "manifest.json").read_bytes())["files"]
    digests: dict[str, list[str]] = {name: [] for name in TABLES}
    for file in files:
        folder, _, rest = file["path"].partition("/")
        if folder == "parquet":
            digests[rest.partition("/")[0]].append(file["sha256"])
    return {name: key_of(*sorted(found))[:16] for name, found in digests.items()}


def invalid(failure: ValidationFailure) -> Iterator[dg.AssetCheckResult]:
    """The checks of the tables that hold invalid rows, with every row and reason; nothing was published."""
    for name in TABLES:
        faults = [fault for fault in failure.faults if fault.table == name]
        if faults:
            listed = "\n".join(f"- `{fault.row}` {fault.column}: {fault.reason}" for fault in faults)
            yield dg.AssetCheckResult(
                passed=False,
                asset_key=name,
                check_name="valid",
                metadata={"faults": len(faults), "rows": dg.MetadataValue.md(listed)},
            )


def _checks(name: str, rows: int, made: Released) -> Iterator[dg.AssetCheckResult]:
    # Every row was validated before anything was written: see ``invalid``.
    yield dg.AssetCheckResult(passed=True, asset_key=name, check_name="valid", metadata={"rows": rows})
    if name == "numbers":
        left = {"left": made.left}
        yield dg.AssetCheckResult(
            passed=made.left == 0, asset_key=name, check_name="complete_is_complete", metadata=left
        )
    if name == "checks":
        for family in _FAMILIES:
            nothing: dict[str, Any] = {"failing": 0, "errors": 0, "rules": {}, "messages": []}
            yield _family(family, made.failing.get(family, nothing))


def _page(document: str) -> str:
    """The page of a document as Markdown: a link where the pages are served, else where it lies in the output folder."""
    page = f"disclosures/{document}.html"
    return f"[{document}]({address}/{page})" if (address := pages_address()) else f"`site/{page}`"


def _family(family: str, failing: dict[str, Any]) -> dg.AssetCheckResult:
    """How many checks of a family fail, by rule, and the first of them with the pages of their documents.

    It has not passed where one of them is an error. Contradictions of sources stop nothing: they are published.
    """
    by_rule = "\n".join(f"| {rule} | {count} |" for rule, count in sorted(failing["rules"].items()))
    listed = "\n".join(f"- {_page(document)} {message}" for document, message in failing["messages"])
    return dg.AssetCheckResult(
        passed=failing["errors"] == 0,
        asset_key="checks",
        check_name=family,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "failing": failing["failing"],
            "errors": failing["errors"],
            "rules": dg.MetadataValue.md(f"| rule | failing |\n|---|---|\n{by_rule}" if by_rule else "none"),
            "rows": dg.MetadataValue.md(listed or "none"),
        },
    )
