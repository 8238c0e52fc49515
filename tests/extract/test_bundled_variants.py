"""The bundled text changed in ways that must not change, or must change exactly so, what is read from its tables."""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import product

import pytest

from schemas.rows import BudgetLine
from tests.documents import BUNDLED, changed, read
from tests.documents import bundled as read_bundled

TEXT = BUNDLED.read_text(encoding="utf-8")
TABLES = TEXT.index(" 第二部分")
END = TEXT.index(" 表 13")
AMOUNT = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")
CODES = ("function_code", "government_economic_code", "department_economic_code")
NAMES = ("function_name", "government_economic_name", "department_economic_name")
WHAT = ("table_code", "row_no", "row_kind", "direction", "item_path", *CODES, *NAMES, "project", "measure", "fund")
WHAT += ("revenue_source", "comparison", "phase")


def lines(text: str) -> list[BudgetLine]:
    """The budget lines of tables 1 to 12. No number up to there may be without an owner."""
    extraction = read(text.encode())
    end = text.replace("\r\n", "\n").index("部门整体支出绩效目标申报表")
    unclaimed = [n.printed for n in extraction.rows.numbers if n.class_ == "unclaimed" and n.end < end]
    assert unclaimed == []
    rows = extraction.rows.budget_lines
    return [row for row in rows if "performance" not in row.table_code]


def cells(rows: list[BudgetLine]) -> Counter:
    """What stands where: every column but ids, places and the table's position."""
    return Counter(tuple(getattr(row, name) for name in (*WHAT, "printed", "amount")) for row in rows)


@pytest.fixture(scope="module")
def bundled() -> list[BudgetLine]:
    return lines(TEXT)


def in_tables(change) -> str:
    return TEXT[:TABLES] + change(TEXT[TABLES:END]) + TEXT[END:]


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "   \n") + "   ",
        lambda text: re.sub(r"(?m)^(?=.)", "  ", text),
        lambda text: "      " + text.replace("\n", "\n      "),
        lambda text: "　　" + text.replace("\n", "\n　　"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n\n\n" + text,
        lambda text: "政府信息公开\n" + text,
    ],
    ids=["byte order mark", "trailing spaces", "narrow margin", "margin", "wide margin", "line ends", "blank lines", "a line above"],
)  # fmt: skip
def test_what_says_nothing_changes_nothing(bundled, changed):
    text = changed(TEXT)
    assert cells(lines(text)) == cells(bundled)
    (found, rows), (before, others) = ((one.disclosure, one.rows) for one in (read(text.encode()), read_bundled()))
    assert found.status == before.status
    for table, columns in (
        ("statements", ("metric", "kind", "value", "fiscal_year", "phase")),
        ("indicators", ("level1", "level2", "level3", "horizon", "text")),
    ):
        told = [[tuple(getattr(row, name) for name in columns) for row in each.of(table)] for each in (rows, others)]
        assert told[0] == told[1]


def test_no_blank_lines(bundled):
    assert cells(lines(in_tables(lambda text: re.sub(r"\n{2,}", "\n", text)))) == cells(bundled)


def test_more_blank_lines(bundled):
    assert cells(lines(in_tables(lambda text: text.replace("\n", "\n\n")))) == cells(bundled)


def test_blanks_at_the_ends_of_lines_lost_and_no_blank_lines(bundled):
    changed = re.sub(r"[ \t]+\n", "\n", TEXT)
    assert cells(lines(changed)) == cells(bundled)
    assert cells(lines(re.sub(r"\n{2,}", "\n", changed))) == cells(bundled)


def _whole(text: str) -> str:
    """Cells that were wrapped on one line each: a line without a space at its end breaks off inside a cell.

    Where a page tears a row, the rest of its cells is on the next page, and another cell follows.
    """
    return re.sub(r"(?<=\S)\n\n?(?=[^\s\d])", "", text)


def test_cells_that_are_not_wrapped(bundled):
    rows = lines(in_tables(_whole))
    torn = [r for r in rows if r.line and (r.function_code == "2080505")]
    assert torn
    assert cells(rows) == cells(bundled)


def _ways_to_wrap():
    """All combinations; the fast tests take each width, each blank and each kind of end a few times."""
    for number, (width, blank, stripped) in enumerate(product((3, 4, 5, 7, 9, 12), ("\n", "\n\n"), (False, True))):
        # At three characters a line, nothing tells the rest of a label from a label of its own.
        if not (stripped and width == 3):
            yield pytest.param(width, blank, stripped, marks=[pytest.mark.slow] if number % 5 else [])


@pytest.mark.parametrize(("width", "blank", "stripped"), [*_ways_to_wrap()])
def test_cells_wrapped_at_another_width(bundled, width, blank, stripped):
    def wrap(text: str) -> str:
        out = []
        for line in _whole(text).split("\n"):
            words = line.split(" ")
            for at, word in enumerate(words):
                name = re.fullmatch(r"(\d{3,7}-)?[^\x00-\xff]+(\d{4,7}-.*)?", word)
                if name and len(word) > width and not re.search("[表年：]|部分", word):
                    pieces = [word[i : i + width] for i in range(0, len(word), width)]
                    before = "\n" if at and words[at - 1] else ""
                    words[at] = before + blank.join(pieces) + " \n"
            out.append(" ".join(words).replace("\n ", "\n").replace(" \n\n", " \n"))
        return "\n".join(out)

    changed = in_tables(wrap)
    if stripped:  # then nothing but the words themselves says where a cell ends
        changed = in_tables(lambda text: re.sub(r"[ \t]+\n", "\n", wrap(text)))
    assert cells(lines(changed)) == cells(bundled)


def test_full_width_digits(bundled):
    wide = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
    changed = in_tables(lambda text: AMOUNT.sub(lambda m: m.group().translate(wide), text))
    rows = lines(changed)
    for row in rows:
        assert changed[row.start : row.end] == row.printed
        row.printed = row.printed.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,"))
    assert cells(rows) == cells(bundled)


@pytest.mark.parametrize("factor", [3, 1000])
def test_other_amounts_that_add_up(bundled, factor):
    def scaled(printed: str) -> str:
        whole, _, decimals = printed.partition(".")
        digits = str(int(whole + decimals) * factor).rjust(len(decimals) + 1, "0")
        return f"{digits[: -len(decimals)]}.{digits[-len(decimals) :]}"

    expected = Counter()
    for row in bundled:
        row = changed(row, printed=scaled(row.printed), amount=row.amount * factor)
        expected += cells([row])
    assert cells(lines(in_tables(lambda text: AMOUNT.sub(lambda m: scaled(m.group()), text)))) == expected


def _falsified(bundled: list[BudgetLine], which: list[BudgetLine]) -> list[tuple]:
    wrong = []
    for target in which:
        printed = target.printed
        other = f"{int(printed[0]) % 9 + 1}{printed[1:-1]}{(int(printed[-1]) + 3) % 10}"
        text = TEXT[: target.start] + other + TEXT[target.end :]
        expected = [changed(r, printed=other if r is target else r.printed, amount=None) for r in bundled]
        found = lines(text)
        if cells([changed(r, amount=None) for r in found]) != cells(expected):
            wrong.append((target.table_no, target.line, printed, other))
    return wrong


def test_a_falsified_amount_is_published_as_printed_in_its_cell(bundled):
    sample = random.Random(1).sample(bundled, 6)
    assert _falsified(bundled, sample) == []


@pytest.mark.slow
def test_any_falsified_amount_is_published_as_printed_in_its_cell(bundled):
    assert _falsified(bundled, bundled) == []


@pytest.mark.parametrize("code", ["2050803", "2010302", "2080501", "2101101"])
def test_rows_taken_out(bundled, code):
    rows = {(r.table_no, r.row_no) for r in bundled if r.function_code == code and r.table_no == 6}
    ((_, row_no),) = rows
    start = TEXT.index(f"\n{code} ", TEXT.index("2022 年一般公共预算支出表"))
    text = TEXT[:start] + TEXT[TEXT.index("\n", start + 1) :]
    expected = []
    for row in bundled:
        if row.table_no == 6 and row.row_no == row_no:
            continue
        later = row.table_no == 6 and row.row_no > row_no
        expected.append(changed(row, row_no=row.row_no - later))
    assert cells(lines(text)) == cells(expected)


def test_rows_put_in(bundled):
    new = "2049901 其他公共安全支出 12.5  12.500000 \n\n2240199 其他应急管理支出 3.25 3.250000  \n\n"
    at = TEXT.index("2210201 住房公积金 33")
    rows = [r for r in lines(TEXT[:at] + new + TEXT[at:]) if r.table_no == 6]
    added = [r for r in rows if r.function_code in ("2049901", "2240199")]
    assert [(r.function_name, r.measure, r.printed) for r in added] == [
        ("其他公共安全支出", "total", "12.5"),
        ("其他公共安全支出", "project", "12.500000"),
        ("其他应急管理支出", "total", "3.25"),
        ("其他应急管理支出", "basic", "3.250000"),
    ]
    assert len(rows) == 20 + 4


def test_other_codes_and_names(bundled):
    other = TEXT.replace("2010301", "2013601").replace("30217-公务接待", "30299-另类接待")
    rows = lines(other)
    assert {r.function_code for r in rows if r.function_name == "行政运行"} == {"2013601"}
    assert len(rows) == len(bundled)


@pytest.mark.parametrize("year", ["2019", "2025"])
def test_another_year(bundled, year):
    text = TEXT.replace("2021", "@").replace("2022", year).replace("@", str(int(year) - 1))
    rows = lines(text)
    assert {r.disclosure_year for r in rows} == {int(year)}
    assert {r.fiscal_year for r in rows} == {int(year), int(year) - 1}
    assert cells(rows) == cells(bundled)


TITLES = {
    "表 1 \n\n2022 年部门预算收支总表": "表一、部门收支总体情况表",
    "表 2 \n\n2022 年部门预算收入总表": "表二、部门收入总体情况表",
    "2022 年部门支出总表": "表三、部门支出总体情况表",
    "2022 年部门项目支出表": "表四、项目支出表",
    "2022 年财政拨款收支总表": "表五、财政拨款收支总体情况表",
    "2022 年一般公共预算支出表": "表六、一般公共预算支出情况表",
    "2022 年一般公共预算基本支出表": "表七、一般公共预算基本支出情况表",
    "2022 年政府性基金预算财政拨款支出表": "表八、政府性基金预算支出情况表",
    "2022 年国有资本经营预算财政拨款支出表": "表九、国有资本经营预算财政拨款支出表",
    "2022 年一般公共预算“三公”经费支出情况表": "表十、一般公共预算“三公”经费支出情况表",
    "政府购买服务预算财政拨款明细表": "表十一、政府购买服务预算表",
    "2022 年上级转移支付细化明细表": "表十二、上级转移支付细化明细表",
}


def test_titles_of_another_year(bundled):
    text = TEXT
    for old, new in TITLES.items():
        assert old in text
        text = text.replace(old, new)
    assert cells(lines(text)) == cells(bundled)


@pytest.mark.parametrize("seed", range(2))
def test_tables_in_another_order(bundled, seed):
    starts = [m.start() for m in re.finditer(r"(?m)^ ?表 \d+ *$", TEXT)]
    parts = [TEXT[a:b] for a, b in zip(starts, [*starts[1:], len(TEXT)], strict=True)][:12]
    random.Random(seed).shuffle(parts)
    text = (
        TEXT[: starts[0]] + "".join(part if part.endswith("\n") else part + "\n" for part in parts) + TEXT[starts[12] :]
    )
    assert cells(lines(text)) == cells(bundled)
