"""What each published table is made of, table by table and column by column, as the Dagster UI shows it."""

from __future__ import annotations

import dagster as dg

from pipeline.extract.records import EXTRACTED_TABLES
from schemas.tables import TABLES

#: Tables that are made of other tables. The rest comes from the documents.
MADE_OF: dict[str, tuple[str, ...]] = {
    "classifications": (),
    "code_names": ("budget_lines", "classifications"),
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
