"""The release as a schema.org Dataset, for search engines and catalogues (JSON-LD, written directly)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.publish.descriptor import LICENCE
from schemas.tables import TABLES


def dataset(manifest: Mapping[str, Any], years: Iterable[int | None], regions: Mapping[str, str]) -> dict[str, Any]:
    """The Dataset of the release: its files with sizes and checksums, its years and regions, its variables."""
    known = sorted(year for year in years if year is not None)
    files = [
        {
            "@type": "DataDownload",
            "name": entry["path"],
            "contentUrl": f"data/{entry['path']}",
            "encodingFormat": "text/csv" if entry["path"].endswith(".csv") else "application/vnd.apache.parquet",
            "contentSize": f"{entry['bytes']} B",
            "sha256": entry["sha256"],
        }
        for entry in manifest["files"]
        if entry["path"].startswith(("csv/", "parquet/"))
    ]
    made: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": "open-yusuan: budgets and final accounts of Chinese public bodies",
        "alternateName": "公共机构预算与决算公开数据",
        "description": "Amounts, facts and performance targets of budget disclosures, each as printed and traceable to "
        "its characters; with the checks that the sources pass and fail.",
        "inLanguage": ["zh-CN", "en"],
        "identifier": manifest["release_id"],
        "version": manifest["release_id"],
        "license": LICENCE["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "open-yusuan"},
        "keywords": ["budget", "final accounts", "China", "部门预算", "部门决算", "fiscal data"],
        "measurementTechnique": "Extraction of every printed number, reconciled by published rules",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": c.name, "description": c.description_en}
            | ({"unitText": c.unit} if c.unit else {})
            for c in TABLES["budget_lines"].columns
            if c.name in ("amount", "measure", "fund", "revenue_source", "fiscal_year", "function_code")
        ],
        "distribution": files,
    }
    if known:
        made["temporalCoverage"] = f"{known[0]}/{known[-1]}"
    if regions:
        places = [{"@type": "Place", "identifier": code, "name": name} for code, name in sorted(regions.items())]
        made["spatialCoverage"] = places
    return made
