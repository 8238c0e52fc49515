"""The README of a release, and the questions that analysts ask first: both made from ``schemas/release``.

``python -m pipeline.publish.readme`` writes ``docs/quick-starts.md`` from the same questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.loading import read_file
from schemas.tables import TABLES

_ROOT = Path(__file__).resolve().parents[2]
_FOLDER = _ROOT / "schemas" / "release"
QUICK_STARTS = _ROOT / "docs" / "quick-starts.md"
#: The tools, each with its name and the language of its blocks.
TOOLS = {
    "duckdb": ("DuckDB", "python"),
    "polars": ("polars", "python"),
    "pandas": ("pandas", "python"),
    "r": ("R", "r"),
}


@dataclass(frozen=True, slots=True)
class Blocks:
    """A block of code a tool."""

    duckdb: str
    polars: str
    pandas: str
    r: str


@dataclass(frozen=True, slots=True)
class Question(Blocks):
    """A question in both languages, with the code that answers it."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions, and what the code of each tool needs first."""

    setup: Blocks
    question: tuple[Question, ...]


@cache
def load_questions() -> Questions:
    """The questions in the order of their file. Raises SchemaFileError."""
    return read_file(_FOLDER / "questions.toml", Questions)


def _blocks(blocks: Blocks) -> str:
    return "\n".join(
        f"{name}\n\n```{language}\n{getattr(blocks, tool).strip()}\n```\n" for tool, (name, language) in TOOLS.items()
    )


def _asked(level: str) -> str:
    """The questions with their code, as Markdown under headings of a level."""
    asked = load_questions()
    parts = [f"{level} Set-up / 准备\n\n{_blocks(asked.setup)}"]
    parts += [
        f"{level} {at}. {each.en} / {each.zh}\n\n{_blocks(each)}" for at, each in enumerate(asked.question, start=1)
    ]
    return "\n".join(parts)


_VIEWS = (
    ("totals", "key figures side by side, a row a body, year and phase", "主要数字并列，每个单位、年度和阶段一行"),
    ("budget_and_accounts", "budget and accounts of each figure side by side", "各项数字的预算与决算并列"),
    ("execution", "accounts in percent of the budget", "决算占预算的百分比"),
    ("three_public_expenses", "three public expenses, budget and accounts", "“三公”经费的预算与决算"),
    ("personnel_share", "personnel in percent of basic expenditure", "人员经费占基本支出的百分比"),
    ("expenditure_by_item", "expenditure of a body by functional code", "各单位按功能分类科目的支出"),
    ("expenditure_by_class", "the same by class", "同上，按类级科目"),
    ("change_by_class", "the change from one year to the next by class", "与上年相比的变化，按类级科目"),
    ("district_items", "functional items of a district, the sums of its bodies", "某区各项级科目，各单位之和"),
    ("economic_items", "expenditure by economic code, table by table", "按部门经济分类科目的支出，逐表"),
    ("contradictions", "what documents contradict themselves in, the largest first", "文件的自相矛盾之处，从大到小"),
    ("satisfaction_targets", "the satisfaction that is aimed at", "满意度目标"),
    ("places, figure_places", "where an amount, a key figure stands on its page", "金额、主要数字在原文中的位置"),
    (
        "preferred, lines, figures",
        "the documents to add up, their lines, their key figures",
        "汇总所用的文件及其金额、主要数字",
    ),
)


def readme(rows: Mapping[str, int]) -> str:
    """The README of a release with so many rows in each table."""
    table = "\n".join(f"| `{n}` | {TABLES[n].title_zh} | {TABLES[n].description_en} | {c} |" for n, c in rows.items())
    views = "\n".join(f"| `{name.replace(', ', '`, `')}` | {en} | {zh} |" for name, en, zh in _VIEWS)
    text = (_FOLDER / "readme.md").read_text(encoding="utf-8")
    return text.format(table=table, views=views, questions=_asked("###"))


def quick_starts() -> str:
    """The text of ``docs/quick-starts.md``."""
    return f"""# Quick starts

<!-- made by python -m pipeline.publish.readme from schemas/release: change those, not this -->

Ten questions that analysts ask, answered with DuckDB, polars, pandas and R. The README of every release holds them, too,
with what to know first about scopes, versions, phases and row kinds. Run them from inside a release, `outputs/latest`; what
was found is in `answer`. A test runs the blocks and holds the answers of the tools against one another.

`make run` installs polars; for the others `.venv/bin/python -m pip install duckdb pandas`, in R `install.packages(c("arrow",
"dplyr"))`. In one line, without any of them: `.venv/bin/yusuan sql "SELECT entity_name, fiscal_year, expenditure_total FROM
totals"`.

{_asked("##")}"""


if __name__ == "__main__":
    QUICK_STARTS.write_text(quick_starts(), encoding="utf-8")
