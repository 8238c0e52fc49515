"""The language of forms: what cannot be read is named, also where another pattern would put it right."""

from __future__ import annotations

import itertools
import re

import pytest

from pipeline.extract.patterns import compile_words, source_of


def compiles(pattern: str) -> bool:
    try:
        re.compile(source_of(pattern))
    except re.error:
        return False
    return True


def test_exactly_the_patterns_that_stand_for_an_expression_are_taken():
    taken = 0
    for length in range(6):
        for pattern in map("".join, itertools.product("()[]|…a", repeat=length)):
            if compiles(pattern):
                compile_words.__wrapped__((pattern,))
                taken += 1
            else:
                with pytest.raises(ValueError, match="do its brackets pair"):
                    compile_words.__wrapped__((pattern,))
    assert taken > 1000


def test_what_one_pattern_opens_no_other_may_close():
    with pytest.raises(ValueError, match=re.escape("'(收入'")):
        compile_words(("支出", "(收入", "合计)"))


def test_one_of_several_patterns_matches_in_full():
    expression = compile_words(("一般公共预算[财政拨款]支出表", "(收入|支出)总表", "…说明"))
    for text in ("一般公共预算支出表", "一般公共预算财政拨款支出表", "支出总表", "关于预算的说明"):
        assert expression.fullmatch(text), text
    assert not expression.fullmatch("收入支出总表")
    assert not compile_words(()).fullmatch("")
