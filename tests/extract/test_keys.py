"""A form that changes redoes the documents it could touch, and no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.extract import keys as module
from pipeline.extract.forms import FOLDER, load_library
from pipeline.extract.keys import Keys

FAMILY = "beijing-xicheng-budget.toml"


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER.parent, tmp_path / "schemas")
    return tmp_path / "schemas" / "forms"


def keys(folder: Path) -> Keys:
    load_library.cache_clear()
    try:
        return Keys(load_library(folder), folder)
    finally:
        load_library.cache_clear()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def source(found: Keys) -> str:
    return found.source(b"text", "a/b.txt", {})


def test_the_same_forms_give_the_same_keys(forms):
    here, there = keys(FOLDER), keys(forms)
    assert source(here) == source(there)
    assert here.forms(["general"]) == there.forms(["general"])


def test_an_identity_redoes_documents_that_print_a_title_of_its_family_only(forms):
    before = keys(forms)
    name = "beijing-xicheng-budget"
    change(forms / FAMILY, 'direction = "revenue"\n', 'direction = "revenue"\nunit = "元"\n')
    after = keys(forms)
    assert source(before) == source(after)
    others = [family.name for family in load_library(forms).families if family.name != name]
    assert others
    assert before.forms([name]) != after.forms([name])
    assert before.forms(others) == after.forms(others)


def test_a_title_or_a_word_redoes_all(forms):
    before = keys(forms)
    change(forms / FAMILY, 'titles = ["', 'titles = ["又一表", "')
    titled = keys(forms)
    assert source(before) != source(titled)
    with (forms / "words.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a word\n")
    module._common_files.cache_clear()
    assert source(keys(forms)) != source(titled)


def test_bytes_names_and_declarations_are_in_the_key(forms):
    found = keys(forms)
    assert (
        len(
            {
                found.source(b"text", "a/b.txt", {}),
                found.source(b"texts", "a/b.txt", {}),
                found.source(b"text", "a/c.txt", {}),
                found.source(b"text", "a/b.txt", {"sha256": "0"}),
                found.source(b"text", "a/b.txt", {}, "refused"),
            }
        )
        == 5
    )


def test_whether_contact_data_is_published_is_in_the_key(forms):
    assert source(Keys(load_library())) != source(Keys(load_library(), publish_contacts=True))
