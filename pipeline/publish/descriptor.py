"""What a release says of itself to programs: the Data Package descriptor and the views, made from ``schemas/tables``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.publish.manifest import Listed
from pipeline.publish.readme import readme
from schemas.tables import TABLES, ColumnSpec, TableSpec
from schemas.vocabularies import vocabulary

_SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
#: The views that are written by hand; those of the tables are put before them.
_VIEWS = _SCHEMAS / "release" / "views.sql"
_FISCAL = _SCHEMAS / "fiscal" / "columns.toml"

LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}


@cache
def column_types() -> dict[str, dict[str, str]]:
    """Fiscal Data Package column types, by table and column (schemas/fiscal)."""
    return tomllib.loads(_FISCAL.read_text(encoding="utf-8"))


def _name(path: str) -> str:
    """The resource name of a CSV file."""
    return path.rpartition("/")[2].removesuffix(".csv").replace("_", "-")


def _field(table: str, column: ColumnSpec) -> dict[str, Any]:
    """A column as the descriptor has it, with its closed list and its type of the Fiscal Data Package."""
    field: dict[str, Any] = {
        "name": column.name,
        "type": "number" if column.type.startswith("decimal") else column.type,
        "title": column.title_zh,
        "description": column.description_en,
    }
    if not column.nullable:
        field["constraints"] = {"required": True}
    if column.vocabulary:
        words = vocabulary(column.vocabulary)
        field["categories"] = [{"value": v, "label": f"{w['zh']} / {w['en']}"} for v, w in words.items()]
    if column_type := column_types().get(table, {}).get(column.name):
        field["columnType"] = column_type
    if column.unit:
        field["unit"] = column.unit
    return field


def _schema(spec: TableSpec, csvs: Mapping[str, Sequence[Listed]]) -> dict[str, Any]:
    """The fields and keys of a table. A table that is split by year has no one resource to refer to."""
    schema: dict[str, Any] = {
        "fields": [_field(spec.name, column) for column in spec.columns],
        "primaryKey": list(spec.primary_key),
        "missingValues": [""],
    }
    references = [
        {
            "fields": list(key.columns),
            "reference": {"resource": _name(csvs[key.table][0].path), "fields": list(key.references)},
        }
        for key in spec.foreign_keys
        if len(csvs.get(key.table, ())) == 1
    ]
    return schema | ({"foreignKeys": references} if references else {})


def datapackage(csvs: Mapping[str, Sequence[Listed]]) -> dict[str, Any]:
    """The descriptor of a release with these CSV files; one resource a file, with keys, bytes and sha256."""
    resources = [
        {
            "name": _name(file.path),
            "title": TABLES[table].title_zh,
            "description": TABLES[table].description_en,
            "path": file.path,
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": file.bytes,
            "hash": f"sha256:{file.sha256}",
            "schema": _schema(TABLES[table], csvs),
        }
        for table, files in csvs.items()
        for file in files
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "open-yusuan",
        "title": "Budgets and final accounts of Chinese public bodies / 部门预算与决算",
        "description": "Every amount as printed, traceable to its characters, with the contradictions of the sources published.",
        "keywords": ["budget", "final accounts", "China", "部门预算", "部门决算"],
        "licenses": [LICENCE],
        # Which documents they are, with bytes and checksums, stands in manifest.json and in the table `disclosures`.
        "sources": [{"title": "Budget disclosures as published by the bodies that the table disclosures names"}],
        "contributors": [{"title": "open-yusuan", "roles": ["wrangler"]}],
        "resources": resources,
    }


def views() -> str:
    """The text of ``views.sql``: a view a table over the Parquet files beside it, then those that are written by hand."""
    head, _, rest = _VIEWS.read_text(encoding="utf-8").partition("\n\n")
    tables = "\n".join(
        f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('parquet/{name}/*.parquet', union_by_name = true);"
        for name in TABLES
    )
    return f"{head}\n\n-- The tables.\n{tables}\n\n{rest}"


def descriptions(rows: dict[str, int], csvs: Mapping[str, Sequence[Listed]]) -> dict[str, str]:
    """The text of every file that describes a release of so many ``rows`` with these CSV files, by path."""
    return {
        "README.md": readme(rows),
        "views.sql": views(),
        "datapackage.json": json.dumps(datapackage(csvs), ensure_ascii=False, indent=1) + "\n",
    }
