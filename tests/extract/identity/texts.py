"""Short disclosures for tests of who, when and what: a cover of the test's own over tables that forms know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.extract.disclosure import extract
from pipeline.extract.forms import load_library
from pipeline.extract.records import Extraction
from pipeline.ingest.collections import SourceFile
from pipeline.ingest.limits import Limits
from pipeline.ingest.read import read_bytes

INCOME = """{lead}收支总表
{caption}                                        单位：万元
收入                                             支出
项目                     预算数                   项目                     预算数
一、一般公共预算拨款收入     120.50                   一、一般公共服务支出        100.25
二、政府性基金预算拨款收入     0.00                   二、社会保障和就业支出       20.25
本年收入合计              120.50                   本年支出合计            120.50
收入总计                 120.50                   支出总计               120.50
"""
ACCOUNTS = INCOME.replace("收支总表", "收入支出决算总表").replace("预算数", "决算数")


def budget(cover: str, lead: str = "", caption: str = "", tables: str = INCOME, prose: str = "") -> str:
    return cover + "\n" + prose + "\n" + tables.format(lead=lead, caption=caption)


def extract_text(text: str | bytes, name: str = "x.txt", **declared: str) -> Extraction:
    """The records that a text gives."""
    data = text.encode() if isinstance(text, str) else text
    file = SourceFile(Path("raw") / "test" / name, "test", name, declared)
    return extract(read_bytes(file, data, Limits()), load_library())


def read_text(text: str | bytes, name: str = "x.txt", **declared: str) -> dict[str, Any]:
    """The row of disclosures that a text gives."""
    return extract_text(text, name, **declared).disclosure
