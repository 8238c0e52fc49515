"""Documents of any size, one kind each of what documents and their enemies are made of: what is read of them must cost
time in proportion to their size.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, seconds

_TEXT = (ROOT / "raw" / "beijing-xicheng" / "2022-budget-foreign-affairs-office.txt").read_text(encoding="utf-8")
_COVER = "北京市西城区人民政府外事办公室2022年部门预算\n"
_HEAD = "2022 年部门支出总表\n单位：万元\n支出功能分类科目 合计 基本支出 项目支出\n"
_PROSE = _COVER + "第二部分 2022年部门预算情况说明\n一、支出预算情况说明\n"


def _part(start: str, stop: str) -> str:
    """A table of the bundled document, up to the number of the next."""
    at = _TEXT.index(start)
    return _TEXT[at : _TEXT.index(stop, at)]


def _longer(table: str, rows: int) -> str:
    """``table`` with its middle rows printed again and again, until there are some ``rows`` more."""
    lines = table.split("\n")
    middle = len(lines) // 2
    body = lines[middle - 8 : middle + 8] * (rows // 16)
    return _COVER + "\n".join([*lines[:middle], *body, *lines[middle:]])


def _each(count: int, line: Callable[[int], str]) -> str:
    return "".join(map(line, range(count)))


_SPENDING, _ECONOMIC = _part("2022 年部门支出总表", "表 4"), _part("2022 年一般公共预算基本支出表", "表 8")
_REVENUE = _part("2022 年部门预算收支总表", "表 2")

#: The text of a document of each kind, ``n`` of its parts long.
KINDS: dict[str, Callable[[int], str]] = {
    "a long table of codes": lambda n: _longer(_SPENDING, n),
    "a long table of classes": lambda n: _longer(_ECONOMIC, n),
    "a long table of two sides": lambda n: _longer(_REVENUE, n),
    "many short tables": lambda n: _COVER + _REVENUE * (n // 20),
    "tables without rows": lambda n: _COVER + _HEAD * (n // 2),
    "titles": lambda n: _COVER + "2022 年部门支出总表\n" * n,
    "a table in columns of spaces": lambda n: (
        _COVER
        + "2022 年部门支出总表\n科目编码      科目名称          合计       基本支出\n"
        + _each(n, lambda i: f"20103{i % 90 + 10}    行政{i}        {i}.00     {i}.00\n")
    ),
    "a flow of lines of one character": lambda n: (
        _COVER + "收支总表\n单位：万元\n收\n入\n项目\n预算数\n" + _each(n, lambda i: f"一\n般\n预\n算\n{i}.00\n")
    ),
    "a long line of amounts": lambda n: _COVER + _HEAD + _each(n, lambda i: f"20103{i % 90 + 10}-行政运行 {i}.12 "),
    "a long line in columns": lambda n: (
        _COVER
        + "科目编码      科目名称          合计       基本支出\n" * 12
        + _each(n, lambda i: f"20{i % 90 + 10}   行政   {i}.00      ")
    ),
    "brackets in brackets": lambda n: _COVER + _HEAD + "（" * n + "1.00" + "）" * n + "([{【" * n + "2.00" + "】}])" * n,
    "digits": lambda n: _COVER + _HEAD + "教育支出 " + "7" * (9 * n) + "\n" + "8" * (9 * n) + ".12 万元\n",
    "page heads": lambda n: _each(n // 2, lambda i: f"{_COVER}第 {i} 页 共 {n} 页\n正文一段，安排{i}.00万元。\n\f"),
    "headings without tables": lambda n: _COVER + _each(n, lambda i: f"（{i}）关于第{i}项情况说明\n"),
    "headings with prose": lambda n: (
        _PROSE + _each(n // 2, lambda i: f"{i}、支出预算情况说明\n2022年支出{i}.00万元，比2021年增加{i % 7}.00万元。\n")
    ),
    "a paragraph without a full stop": lambda n: (
        _PROSE + _each(n, lambda i: f"安排支出{i}.00万元其中基本支出{i}.00万元比上年增加{i}.00万元")
    ),
    "a paragraph of many lines": lambda n: _PROSE + "预算安排情况说明，比上年增加了许多，还有其他\n" * n,
    "a sentence with many parts": lambda n: (
        f"{_PROSE}2022年支出预算9.00万元，其中：" + _each(n, lambda i: f"教育支出{i}.00万元，占{i}.00%、")
    ),
    "definitions": lambda n: _COVER + "第五部分 名词解释\n" + _each(n, lambda i: f"{i}.名词{i}：是指一个名词{i}。\n"),
    "contacts": lambda n: _COVER + _each(n, lambda i: f"联系人：张三 联系电话：010-6601{i % 10000:04}\n"),
    "names": lambda n: _each(n, lambda i: f"北京市西城区第{i}办公室2022年部门预算\n"),
    "indicators": lambda n: (
        _COVER
        + "项目支出绩效目标表\n（2022年度）\n项目名称 项目\n年度资金总额： 1.00\n绩效指标 一级指标 二级指标 三级指标 指标值\n"
        + _each(n, lambda i: f"产出指标 数量指标 指标{i} {i}次\n")
    ),
    "whole documents one after another": lambda n: _TEXT * (n // 400),
}  # fmt: skip


def growth(size: int = 1_500) -> dict[str, Any]:
    """How many times the processor time of half of it a document of each kind takes: 2 is in proportion, 4 a square."""
    from pipeline.extract.disclosure import extract
    from pipeline.extract.forms import load_library
    from pipeline.ingest.collections import SourceFile
    from pipeline.ingest.limits import Limits
    from pipeline.ingest.read import read_bytes

    file, library, limits = SourceFile(Path("x.txt"), "growing", "x.txt"), load_library(), Limits()

    def took(text: str) -> float:
        data = text.encode()
        return seconds(lambda: extract(read_bytes(file, data, limits), library), 0.0)

    ratios = {kind: took(made(2 * size)) / took(made(size)) for kind, made in KINDS.items()}
    return {"twice_the_size": ratios, "bar": "at most 2.6 times", "reached": max(ratios.values()) <= 2.6}
