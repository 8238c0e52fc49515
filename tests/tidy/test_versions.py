"""A printed correction replaces the one disclosure it can mean; otherwise both stand."""

from __future__ import annotations

import polars as pl

from pipeline.tidy.versions import superseding
from tests.extract.identity.texts import budget, extract_text
from tests.tables import tables_of


def rows(*found: tuple[str, str | None, str | None, str | None]) -> dict[str, str | None]:
    frame = pl.DataFrame(
        found,
        schema={"disclosure_id": pl.String, "series_id": pl.String, "correction": pl.String, "supersedes": pl.String},
        orient="row",
    )
    return dict(superseding(frame).select("disclosure_id", "supersedes").iter_rows())


def test_a_correction_replaces_the_one_it_corrects():
    assert rows(("a", "s", None, None), ("b", "s", "更正", None)) == {"a": None, "b": "a"}


def test_two_versions_of_which_none_says_so_both_stand():
    assert rows(("a", "s", None, None), ("b", "s", None, None)) == {"a": None, "b": None}


def test_where_several_could_be_meant_none_is():
    assert set(rows(("a", "s", None, None), ("b", "s", None, None), ("c", "s", "更正", None)).values()) == {None}
    assert set(rows(("a", "s", None, None), ("b", "s", "更正", None), ("c", "s", "修订", None)).values()) == {None}
    assert rows(("a", "s", "更正", None)) == {"a": None}


def test_without_a_series_nothing_is_claimed():
    assert rows(("a", None, None, None), ("b", None, "更正", None)) == {"a": None, "b": None}


def test_what_sources_toml_says_stands():
    assert rows(("a", "s", None, None), ("b", "s", "更正", "z")) == {"a": None, "b": "z"}


def test_two_documents_are_joined_from_their_text():
    first = extract_text(budget("苏州市吴中区城市管理局2023年部门预算"))
    second = extract_text(budget("苏州市吴中区城市管理局2023年部门预算（更正）"))
    frame = tables_of([second, first])["disclosures"]
    assert dict(frame.select("disclosure_id", "supersedes").iter_rows()) == {
        first.disclosure_id: None,
        second.disclosure_id: first.disclosure_id,
    }
