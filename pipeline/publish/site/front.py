"""What the front page shows: the tables and their files, how the documents fared, and where to go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.publish.descriptor import LICENCE
from pipeline.publish.site.bodies import Books, Ranking
from pipeline.publish.site.contradictions import Contradiction, Contradictions
from pipeline.publish.site.districts import Districts
from pipeline.publish.site.labels import Both, body_page, district_page, division, label
from pipeline.reconcile.rules import FAMILIES
from schemas.tables import TABLES, ColumnSpec, TableSpec

CLASSES = ("data", "structure", "narrative", "withheld", "unclaimed")
_BAR = 300.0
_LARGEST = 3


@dataclass(slots=True)
class Tally:
    """What is counted while the disclosures go by: nothing that grows with their rows."""

    statuses: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    families: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any], checks: pl.DataFrame) -> None:
        """Count one disclosure in."""
        self.statuses[row["status"]] = self.statuses.get(row["status"], 0) + 1
        for name in CLASSES:
            self.classes[name] = self.classes.get(name, 0) + (row[f"numbers_{name}"] or 0)
        for family, status, count in checks.group_by("family", "status").len().iter_rows():
            counts = self.families.setdefault(str(family), {})
            counts[status] = counts.get(status, 0) + count


@dataclass(frozen=True, slots=True)
class TableView:
    """A published table and its files as the manifest lists them."""

    spec: TableSpec
    rows: int
    files: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A district and year: the address of its page, and what its bodies spend by stage and scope."""

    region: Both
    year: int | None
    href: str
    rankings: list[Ranking]


@dataclass(frozen=True, slots=True)
class Front:
    """Everything that the template of the front page needs."""

    documents: int
    rows: Mapping[str, int]
    statuses: Mapping[str, int]
    classes: list[dict[str, Any]]
    families: list[dict[str, Any]]
    tables: list[TableView]
    places: list[Place]
    bodies: list[tuple[str, str, Both]]
    contradictions: Contradictions
    largest: list[Contradiction]


def front_of(
    manifest: Mapping[str, Any], tally: Tally, books: Books, districts: Districts, found: Contradictions
) -> Front:
    """The front page of a release whose disclosures ``tally`` has counted."""
    total = max(1, sum(tally.classes.values()))
    classes, x = [], 0.0
    for name in CLASSES:
        width = _BAR * tally.classes.get(name, 0) / total
        classes.append({"name": name, "count": tally.classes.get(name, 0), "x": x, "width": width})
        x += width
    families = [
        {"name": label("family", name), "counts": tally.families.get(name, {})}
        for name in [*FAMILIES, *sorted(set(tally.families) - set(FAMILIES))]
    ]
    places = [
        Place(division(code), year, district_page(code, year), books.rankings_of(code, year))
        for code, year in districts.all()
    ]
    bodies = [(books.name(key, code), body_page(code, key), division(code)) for key, code in books.bodies()]
    return Front(
        documents=manifest["rows"]["disclosures"],
        rows=manifest["rows"],
        statuses=tally.statuses,
        classes=classes,
        families=families,
        tables=[TableView(spec, manifest["rows"][name], _files(manifest, name)) for name, spec in TABLES.items()],
        places=places,
        bodies=bodies,
        contradictions=found,
        # A draft that another version replaces is no news.
        largest=[each for each in found.ranked() if each.disclosure["preferred"]][:_LARGEST],
    )


def _files(manifest: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    pattern = re.compile(rf"parquet/{name}/.*|csv/{name}(-(\d+|unknown)(-\d+)?)?\.csv")
    return [entry for entry in manifest["files"] if pattern.fullmatch(entry["path"])]


#: What search engines and catalogues are told of every release.
_DATASET: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "Dataset",
    "name": "open-yusuan: budgets and final accounts of Chinese public bodies",
    "alternateName": "公共机构预算与决算公开数据",
    "description": "Amounts, facts and performance targets of budget disclosures, each as printed and traceable to "
    "its characters; with the checks that the sources pass and fail.",
    "inLanguage": ["zh-CN", "en"],
    "identifier": "",  # both are the release's id: in their place among the others
    "version": "",
    "license": LICENCE["path"],
    "isAccessibleForFree": True,
    "creator": {"@type": "Organization", "name": "open-yusuan"},
    "keywords": ["budget", "final accounts", "China", "部门预算", "部门决算", "fiscal data"],
    "measurementTechnique": "Extraction of every printed number, reconciled by published rules",
}
_VARIABLES = ("amount", "measure", "fund", "revenue_source", "fiscal_year", "function_code")


def dataset(manifest: Mapping[str, Any], years: Iterable[int | None], regions: Mapping[str, str]) -> dict[str, Any]:
    """The release as a schema.org Dataset, for search engines and catalogues (JSON-LD): its files with sizes and checksums, its years and regions, its variables."""
    made: dict[str, Any] = _DATASET | {
        "identifier": manifest["release_id"],
        "version": manifest["release_id"],
        "variableMeasured": [
            _variable(column) for column in TABLES["budget_lines"].columns if column.name in _VARIABLES
        ],
        "distribution": [
            _download(entry) for entry in manifest["files"] if entry["path"].startswith(("csv/", "parquet/"))
        ],
    }
    if known := sorted(year for year in years if year is not None):
        made["temporalCoverage"] = f"{known[0]}/{known[-1]}"
    if regions:
        places = [{"@type": "Place", "identifier": code, "name": name} for code, name in sorted(regions.items())]
        made["spatialCoverage"] = places
    return made


def _variable(column: ColumnSpec) -> dict[str, str]:
    said = {"@type": "PropertyValue", "name": column.name, "description": column.description_en}
    return said | ({"unitText": column.unit} if column.unit else {})


def _download(entry: Mapping[str, Any]) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "name": entry["path"],
        "contentUrl": f"data/{entry['path']}",
        "encodingFormat": "text/csv" if entry["path"].endswith(".csv") else "application/vnd.apache.parquet",
        "contentSize": f"{entry['bytes']} B",
        "sha256": entry["sha256"],
    }
