"""Texts as ``pdftotext -layout`` gives them, for tests of what is set apart by spaces alone."""

from __future__ import annotations

from pipeline.extract.records import Extraction
from tests.documents import read

#: The part that most disclosures end with: what stands above it is a whole document then.
_TERMS = """\
\f第三部分 名词解释
一、财政拨款收入：指财政当年拨付的资金。
二、基本支出：指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。
三、项目支出：指在基本支出之外为完成特定行政任务所发生的支出。
四、事业收入：指事业单位开展专业业务活动所取得的收入。
"""


def read_with_terms(text: str) -> Extraction:
    """What is read of ``text`` with an explanation of terms behind it."""
    return read((text + _TERMS).encode())
