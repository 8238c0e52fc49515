"""Reasons in both languages: every sentence that the code says of a document has its Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.publish.site.reasons import reasons

PIPELINE = Path(__file__).parents[2] / "pipeline"
#: What these say is for who writes forms and wordings, reads ``yusuan explain``, or stands inside other reasons.
FOR_OTHERS = [
    "extract/forms/",
    "extract/patterns.py",
    "extract/prose/grammar.py",
    "extract/ledger.py",
    "extract/identity/evidence.py",
    "extract/tables/meaning/doubts.py",
    "extract/tables/meaning/nesting.py",
    "extract/tables/meaning/record.py",
    "extract/tables/meaning/records.py",
    "extract/tables/meaning/sums.py",
    "ingest/collections.py",
    "ingest/recognition/",
]
#: Pieces of reasons that stand only inside others, and what libraries say or are told.
PIECES = {
    "its table",
    "unexpected end of data",
    "{} of them in doubt",
    "{} are not published",
    "of the row with {}",
    "the row with",
}
#: What is called the same in both languages.
NAMES = r"apt-get install \S+|docx or xlsx"
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")


def _sentence(node: ast.AST) -> str | None:
    """A string as the code has it, ``{}`` for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _sentences() -> Iterator[tuple[str, str]]:
    """The English sentences of ingest and extract but their docstrings, and where each stands."""
    for path in sorted([*PIPELINE.glob("ingest/**/*.py"), *PIPELINE.glob("extract/**/*.py")]):
        name = path.relative_to(PIPELINE).as_posix()
        if any(name.startswith(each) for each in FOR_OTHERS):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        inside |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            said = _sentence(node) if id(node) not in inside else None
            if said and ENGLISH.search(said) and "<" not in said and said not in PIECES:
                yield f"{name}:{getattr(node, 'lineno', 0)}", said


def test_every_sentence_has_its_chinese():
    sentences = list(_sentences())
    assert len(sentences) > 120
    missing = [(place, said) for place, said in sentences if not _is_known(said)]
    assert missing == [], "add them to pipeline/publish/site/reasons.toml"


def _is_known(said: str) -> bool:
    """Whether all that ``said`` says is said in Chinese, too, with something put in or with nothing."""
    return any(
        not any(ENGLISH.search(re.sub(NAMES, "", each.zh)) for each in reasons(said.replace("{}", filled)))
        for filled in ("某", "")
    )


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("the file is empty", ["文件是空的"]),
        (
            "3 of 770 numbers have no owner (lines 10, 421); and 2 more",
            ["770个数字中有3个没有读懂（第10, 421行）", "另有2处"],
        ),
        (
            "table 4 (收支总表): line 367: more amounts than the table has columns",
            ["表4（收支总表）：第367行：金额比栏目多"],
        ),
        (
            "line 367: a row has neither label nor code, and is not published",
            ["第367行：有一行既没有名称也没有编码，未公布"],
        ),
        (
            "page 3 has 2 cells with ######## in place of a number; what it is could not be read",
            ["第3页有2个单元格印的是 ######## 而不是数字", "没有读出"],
        ),
        (
            "table 2 (支出表): line 9: the row 本年支出合计 names the other side of its table, and is not published",
            ["表2（支出表）：第9行：“本年支出合计”这一行说的是表的另一边，未公布"],
        ),
        (
            "it is an archive (rar); PDF, pictures, web pages, workbooks, Word documents and text are read: unpack it here",
            ["这是压缩包（rar）", "可以读取 PDF、图片、网页、工作簿、Word 文档和文本：请先在此解压"],
        ),
        (
            "it has no ruling lines, and its rows and columns could not be told apart; none of its amounts is published",
            ["表没有框线，行和栏无法分清", "其中的金额都不公布"],
        ),
        ("something new happened", ["something new happened"]),
    ],
)
def test_reasons_are_said_in_chinese_where_they_are_known(text, zh):
    assert [each.zh for each in reasons(text)] == zh
    assert "; ".join(each.en for each in reasons(text)) == text
