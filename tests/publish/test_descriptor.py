"""The descriptor of a release against the standard it follows, by others' code and not by ours."""

from __future__ import annotations

import csv
import json
from importlib.resources import files

import jsonschema
import pytest

from pipeline.publish.descriptor import column_types
from tests.documents import ROOT


@pytest.fixture(scope="module")
def profile() -> dict:
    return json.loads((files("dplib") / "profiles" / "2.0" / "datapackage.json").read_text(encoding="utf-8"))


def faults(descriptor: dict, profile: dict) -> list[str]:
    validator = jsonschema.validators.validator_for(profile)(profile)
    return [error.message for error in validator.iter_errors(descriptor)]


def test_the_descriptor_satisfies_the_schema_of_data_package_2(published, profile):
    descriptor = json.loads((published / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert faults(descriptor, profile) == []


def test_the_schema_refuses_what_is_no_data_package(profile):
    assert faults({"name": "x", "resources": []}, profile)


@pytest.mark.slow
def test_frictionless_accepts_the_package_and_its_csv_files(published):
    import frictionless

    report = frictionless.validate(str(published / "datapackage.json"))
    assert report.valid, report.flatten(["message"])[:3]
    assert len(report.tasks) == len(list((published / "csv").iterdir()))


def test_every_column_type_is_one_of_the_published_list_and_fits_the_column(published):
    with (ROOT / "schemas" / "fiscal" / "column-types.csv").open(encoding="utf-8", newline="") as file:
        types = {row["name"]: row["data_type"] for row in csv.DictReader(file)}
    assert len(types) == 155
    descriptor = json.loads((published / "datapackage.json").read_text(encoding="utf-8"))
    seen = set()
    for resource in descriptor["resources"]:
        typed = {f["name"]: f for f in resource["schema"]["fields"] if "columnType" in f}
        for field in typed.values():
            assert types[field["columnType"]] == field["type"], field["name"]
        assert len({f["columnType"] for f in typed.values()}) == len(typed), resource["name"]
        seen |= {(resource["name"].replace("-", "_"), name) for name in typed}
    assert seen == {(table, column) for table, columns in column_types().items() for column in columns}


def test_closed_lists_travel_with_their_labels(published):
    descriptor = json.loads((published / "datapackage.json").read_text(encoding="utf-8"))
    (lines,) = [r for r in descriptor["resources"] if r["name"] == "budget-lines"]
    (kind,) = [f for f in lines["schema"]["fields"] if f["name"] == "row_kind"]
    assert {"value": "of_which", "label": "其中 / named part of a row that stays detail"} in kind["categories"]
