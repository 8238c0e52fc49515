"""The grammar's own small language, and that its data say what they must."""

from __future__ import annotations

import re

import pytest

from pipeline.extract.patterns import expand
from pipeline.extract.prose.grammar import load_grammar, trie
from schemas.vocabularies import vocabulary


def test_brackets_are_options_and_parentheses_choices() -> None:
    assert sorted(expand("(甲|乙)丙[丁|戊己]", "")) == sorted(
        ["甲丙", "甲丙丁", "甲丙戊己", "乙丙", "乙丙丁", "乙丙戊己"]
    )
    assert list(expand("[{year}]项目", "(Y年|Y年度)")) == ["Y年项目", "Y年度项目", "项目"]


def test_brackets_that_do_not_pair_are_named() -> None:
    with pytest.raises(ValueError, match="do not pair"):
        list(expand("甲[乙", ""))


def test_the_longest_word_is_taken() -> None:
    pattern = re.compile(trie(["公务", "公务用车", "公务用车购置费"]))
    match = pattern.match("公务用车购置及运行费")
    assert match is not None and match.group() == "公务用车"


def test_words_stand_where_their_first_character_does() -> None:
    pattern = re.compile(trie(["公务", "[a", "^", "-]"]))
    assert pattern.findall("务公务-[a]^-]") == ["公务", "[a", "^", "-]"]


def test_words_of_the_grammar_are_taken_whole_and_up_to_the_end_of_what_is_read() -> None:
    grammar = load_grammar()
    places = [
        ("其中公务用车购置费", 2, 9),
        ("较上年增加", 3, 5),
        ("较上年增加", 3, 4),
        ("的", 0, 1),
        ("龘", 0, 1),
        ("", 0, 0),
    ]
    found = [grammar.word_at(*place) for place in places]
    assert found == ["公务用车购置费", "增加", "", "的", "", ""]


def test_every_metric_that_entries_point_to_exists() -> None:
    grammar = load_grammar()
    for metric in grammar.metrics.values():
        for other in (metric.actual, metric.purchased, metric.persons, *metric.group):
            assert other is None or other in grammar.metrics, f"{metric.name} points to {other}"


def test_every_metric_of_the_vocabulary_has_an_entry() -> None:
    assert set(load_grammar().metrics) == set(vocabulary("metric"))
