"""Whatever a source holds: no exception, bounded time, every number in the ledger exactly once."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline.extract
from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.ledger import Ledger, tokenize
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.document import Document
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes
from tests.documents import BUNDLED, ROOT, read

TEXT = BUNDLED.read_text(encoding="utf-8")
HEAD = "2022 年部门预算收支总表\n单位：万元\n收入 支出\n项目 预算数 项目 预算数\n"
BOUNDED = settings(max_examples=25, deadline=None, derandomize=True)
# What documents are made of, so that random text comes near to one.
PIECES = st.sampled_from(
    ["（", "）", "(", ")", "[", "1", "2022", "年", "万元", "12.50", "1,234.00", "合计", "一、", "（一）", "其中：", "2010301", "-",
     "行政运行", " ", "  ", "   ", "\n", "\n\n", "\f", "\t", "表 1", "2022 年部门支出总表", "单位：万元", "第二部分", "，", "。", "比2021年",
     "增加", "%", "：", "０", "．", "\u3000", "\ud7ff", "\U0001f600", "\u202e", "\x00", "\x1b", "\r"]
)  # fmt: skip


def source(data: bytes) -> Document | object:
    return read_bytes(SourceFile(ROOT / "raw" / "x" / "x.txt", "x", "x.txt"), data, Limits())


def check(data: bytes) -> None:
    """Reads ``data`` to the end and holds the ledger against the text."""
    extraction = extract(source(data), load_library())  # type: ignore[arg-type]
    assert extraction.disclosure.status in ("complete", "partial", "quarantined")
    numbers = extraction.rows.numbers
    assert len({(n.start, n.end) for n in numbers}) == len(numbers)
    read_ = source(data)
    if numbers and isinstance(read_, Document):
        assert [(t.start, t.end) for t in tokenize(read_.text)] == [(n.start, n.end) for n in numbers]
    for line in extraction.rows.budget_lines:
        assert read_.text[line.start : line.end] == line.printed  # type: ignore[union-attr]


@BOUNDED
@given(st.binary(max_size=2000))
def test_random_bytes(data):
    check(data)


@BOUNDED
@given(st.text(max_size=1000))
def test_random_text(text):
    check(text.encode("utf-8", "surrogatepass"))


@BOUNDED
@given(st.lists(PIECES, max_size=200))
def test_pieces_of_documents_in_any_order(pieces):
    check((HEAD + "".join(pieces)).encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@BOUNDED
@given(st.lists(PIECES, max_size=60), st.integers(min_value=0, max_value=len(TEXT)))
def test_pieces_put_into_a_document(pieces, at):
    check((TEXT[:at] + "".join(pieces) + TEXT[at:]).encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@BOUNDED
@given(st.integers(min_value=0, max_value=len(TEXT)), st.integers(min_value=0, max_value=3000))
def test_a_document_with_a_part_missing(start, length):
    check((TEXT[:start] + TEXT[start + length :]).encode())


@BOUNDED
@given(st.text(alphabet="0123456789０１２３,，.．-－ （(\n", max_size=300))
def test_numbers_never_overlap_and_none_is_passed_over(text):
    tokens = list(tokenize(text))
    for one, other in zip(tokens, tokens[1:], strict=False):
        assert one.end <= other.start
    inside = {at for token in tokens for at in range(token.start, token.end)}
    assert all(match.start() in inside for match in re.finditer("[0-9０-９]", text))
    ledger = Ledger(text)
    assert [token.printed for token in ledger.within(0, len(text))] == [token.printed for token in tokens]


GIANTS = {
    "a giant line of digits": HEAD + "1" * 200_000,
    "a giant line of words": HEAD + "预算" * 100_000,
    "a giant line of amounts": HEAD + "合计 " + "12.50 " * 40_000,
    "brackets in brackets": HEAD + "（" * 50_000 + "）" * 50_000,
    "ordinals without labels": HEAD + "一、" * 50_000,
    "labels without amounts": HEAD + "一、教育支出\n" * 20_000,
    "separators": HEAD + "1,1,1,1.1.1." * 40_000,
    "spaces": HEAD + " " * 60_000 + "1.00",
    "empty lines": HEAD + "\n" * 200_000 + "1.00",
    "thousands of tables": (HEAD + "一、教育支出 1.00\n") * 1_500,
    "rows of codes": "2022 年部门支出总表\n单位：万元\n支出功能分类科目 合计 基本支出 项目支出\n" + "2010301-行政运行 1.00 1.00\n" * 5_000,
    "form feeds and wide gaps": (HEAD + "项目        合计        1.00\n" * 20 + "\f") * 200,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", GIANTS)
def test_giants_cost_time_in_proportion(what):
    """Twice as much takes about twice as long: nothing grows with the square of the length."""
    text = GIANTS[what]
    half, whole = text[: len(text) // 2], text
    started = time.process_time()
    check(half.encode())
    between = time.process_time()
    check(whole.encode())
    first, second = between - started, time.process_time() - between
    assert second < 30
    assert second < 3.5 * first + 1.0, f"{what}: {first:.2f} s for half of it, {second:.2f} s for the whole"


def test_no_pattern_is_slow_on_white_space():
    """Two thousand spaces in a line are nothing, whatever pattern looks at them."""
    slow = []

    def cost(pattern: re.Pattern[str]) -> float:
        started = time.process_time()
        pattern.search("表" + " " * 2_000 + "x")
        return time.process_time() - started

    for module in pkgutil.walk_packages(pipeline.extract.__path__, "pipeline.extract."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if not isinstance(value, re.Pattern):
                continue
            # Once may be a moment in which memory is collected.
            if cost(value) > 0.2 and cost(value) > 0.2:
                slow.append((module.name, name))
    assert slow == []


def test_reading_twice_gives_the_same():
    assert read(TEXT.encode()).rows == read(TEXT.encode()).rows
