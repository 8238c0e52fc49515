"""The prose of a budget: its sections, with figures that agree with the tables."""

from __future__ import annotations

from decimal import Decimal

from tests.rendering.budgets import Budget
from tests.rendering.model import Disclosure


def add_prose(disclosure: Disclosure, budget: Budget) -> None:
    """Fill the part before the tables."""
    year, total = budget.year, budget.sum()
    project = budget.sum(lambda line: line.project is not None)
    last = (total * Decimal("1.1")).quantize(Decimal("0.01"))
    disclosure.prose = [
        "一、部门情况",
        "（一）部门机构设置、职责",
        f"{budget.entity}（简称{budget.short}）是负责本区有关工作的区政府工作部门，设3个内设机构。",
        "（二）人员构成情况",
        f"{budget.entity}行政编制14人，实际14人。离退休人员9人，其中：离休0人，退休9人。",
        "二、部门预算收支及增减变化情况说明",
        "（一）收入预算说明",
        f"{year}年收入预算{total:,.2f}元，比{year - 1}年收入预算{last:,.2f}元减少{last - total:,.2f}元，"
        "主要原因是：项目有所减少。",
        "（二）支出预算说明",
        f"1.基本支出预算{total - project:,.2f}元。",
        f"2.项目支出预算{project:,.2f}元。",
    ]
