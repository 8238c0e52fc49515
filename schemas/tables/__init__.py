"""The published tables: one module a table, and ``TABLES`` with all of them in their published order."""

from __future__ import annotations

from schemas.tables import (
    budget_lines,
    check_operands,
    checks,
    classifications,
    code_names,
    disclosures,
    indicators,
    key_figures,
    numbers,
    passages,
    projects,
    spans,
    statements,
    tables,
    targets,
)
from schemas.tables.fields import ColumnSpec, ForeignKey, Table, TableSpec

__all__ = ["TABLES", "ColumnSpec", "ForeignKey", "Table", "TableSpec"]

TABLES: dict[str, TableSpec] = {
    module.SPEC.name: module.SPEC
    for module in (
        disclosures,
        tables,
        budget_lines,
        classifications,
        code_names,
        projects,
        statements,
        key_figures,
        indicators,
        targets,
        passages,
        checks,
        check_operands,
        numbers,
        spans,
    )
}
