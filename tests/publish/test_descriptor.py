"""The descriptor of a release against the standard it follows, by others' code and not by ours."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from tests.builds import latest


@pytest.fixture(scope="module")
def profile() -> dict:
    return json.loads((files("dplib") / "profiles" / "2.0" / "datapackage.json").read_text(encoding="utf-8"))


def faults(descriptor: dict, profile: dict) -> list[str]:
    validator = jsonschema.validators.validator_for(profile)(profile)
    return [error.message for error in validator.iter_errors(descriptor)]


def test_the_descriptor_satisfies_the_schema_of_data_package_2(built, profile):
    descriptor = json.loads((latest(built) / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert faults(descriptor, profile) == []


def test_the_schema_refuses_what_is_no_data_package(profile):
    assert faults({"name": "x", "resources": []}, profile)


def test_frictionless_accepts_the_package_and_its_csv_files(built):
    import frictionless

    report = frictionless.validate(str(latest(built) / "datapackage.json"))
    assert report.valid, report.flatten(["message"])[:3]
    assert len(report.tasks) == len(list((latest(built) / "csv").iterdir()))
