"""Folding and the places of what it keeps: offsets of cells and targets are counted in folded characters."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.extract.patterns import fold, place_kept, places_kept, simplified

_PRINTED = st.text(
    st.sampled_from("算預表 \u3000\n\t“”（(—２2.,\u200b\u00a0第") | st.characters(codec="utf-8"), max_size=80
)


@settings(deadline=None)
@given(_PRINTED)
@example("支 出“總”表\u3000")
def test_each_folded_character_has_the_place_where_it_is_printed(text: str) -> None:
    places = places_kept(text, 0, len(text))
    assert fold(text) == "".join(fold(text[at]) for at in places)
    assert all(len(fold(text[at])) == 1 for at in places)
    assert places == sorted(set(places))


def test_places_count_from_the_beginning_of_the_text() -> None:
    assert places_kept("甲 乙“丙 丁”", 2, 6) == [2, 4]


@settings(deadline=None)
@given(_PRINTED, st.integers(0, 5))
def test_one_place_is_found_without_all_others(text: str, start: int) -> None:
    places = places_kept(text, start, len(text))
    assert [place_kept(text, start, nth) for nth in range(len(places))] == places
    with pytest.raises(IndexError):
        place_kept(text, start, len(places))


def test_traditional_characters_are_exchanged_one_for_one() -> None:
    assert simplified("預算 “總” 2") == "预算 “总” 2"


@settings(deadline=None)
@given(st.lists(_PRINTED, max_size=4))
def test_a_long_text_folds_to_what_its_characters_fold_to(parts: list[str]) -> None:
    long = "\n".join([*parts, "单位：万元 " * 1000])
    assert fold(long) == "".join(map(fold, long))
    assert fold(long + "甲") == fold(long) + "甲"
