"""A budget that agrees with itself, as frames of the contract: from expenditure by code all else follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from tests.reconcile.synthetic import disclosures, lines, row, statement, statements

_FUNCTIONS = {
    "2010301": "行政运行",
    "2010302": "一般行政管理事务",
    "2080501": "行政单位离退休",
    "2080505": "机关事业单位基本养老保险缴费支出",
    "2210201": "住房公积金",
}
_CLASSES = {"201": "一般公共服务支出", "208": "社会保障和就业支出", "221": "住房保障支出"}
_ECONOMIC = {"30101": "基本工资", "30113": "住房公积金", "30201": "办公费", "30217": "公务接待费", "30302": "退休费"}
Amounts = tuple[dict[str, tuple[int, int]], dict[str, int], tuple[int, int, int]]


@st.composite
def amounts(draw: st.DrawFn) -> Amounts:
    """Basic and project expenditure (in cents) of some functions, how basic is split, the three public expenses."""
    cents = st.integers(min_value=1, max_value=10**9)
    codes = draw(st.lists(st.sampled_from(sorted(_FUNCTIONS)), min_size=2, unique=True))
    functions = {code: (draw(cents), draw(cents)) for code in sorted(codes)}
    left = sum(basic for basic, _ in functions.values())
    economic = {}
    for code in list(_ECONOMIC)[:-1]:
        economic[code] = draw(st.integers(min_value=0, max_value=left))
        left -= economic[code]
    economic["30302"] = left
    # Travel and vehicles can be paid by projects, reception as basic expenditure is part of reception in all.
    three = (draw(cents), economic["30217"] + draw(st.integers(min_value=0, max_value=10**6)), draw(cents))
    return functions, economic, three


def money(cents: int) -> str:
    return str(Decimal(cents).scaleb(-2))


def frames(drawn: Amounts) -> dict[str, pl.DataFrame]:
    functions, economic, three = drawn
    basic = sum(b for b, _ in functions.values())
    project = sum(p for _, p in functions.values())
    total = basic + project
    public = sum(amount for code, amount in economic.items() if code.startswith("302"))
    rows: list[list[dict[str, Any]]] = []
    summary: dict[str, Any] = {"phase": "approved"}
    rows.append(
        row(
            "income_expenditure_summary",
            "r1",
            {"general_public_budget:total": money(total)},
            direction="revenue",
            item="一般公共预算拨款收入",
            item_path="一般公共预算拨款收入",
            **summary,
        )
    )
    rows.append(row("income", "r1", {"total": money(total)}, direction="revenue"))
    rows.append(
        row(
            "income",
            "r1",
            {"general_public_budget:total": money(total)},
            direction="revenue",
            revenue_source="fiscal_appropriation",
        )
    )
    rows.append(
        row(
            "appropriation_summary",
            "r1",
            {"general_public_budget:total": money(total)},
            direction="revenue",
            item="一般公共预算财政拨款",
            item_path="一般公共预算财政拨款",
        )
    )
    for code, name in _CLASSES.items():
        of = [b + p for c, (b, p) in functions.items() if c.startswith(code)]
        if not of:
            continue
        named = {"item": name, "item_path": name, "function_code": code, "code_basis": "name"}
        rows.append(row("income_expenditure_summary", code, {"total": money(sum(of))}, **named))
        rows.append(
            row(
                "appropriation_summary",
                code,
                {"total": money(sum(of)), "general_public_budget:total": money(sum(of))},
                **named,
            )
        )
        split = [(b, p) for c, (b, p) in functions.items() if c.startswith(code)]
        cells = {
            "total": money(sum(of)),
            "basic": money(sum(b for b, _ in split)),
            "project": money(sum(p for _, p in split)),
        }
        for table in ("expenditure", "general_public_budget_expenditure"):
            rows.append(
                row(
                    table,
                    code,
                    cells,
                    kind="subtotal",
                    item=name,
                    function_code=code,
                    function_name=name,
                    code_basis="printed",
                )
            )
    for code, (b, p) in functions.items():
        cells = {"total": money(b + p), "basic": money(b), "project": money(p)}
        named = {
            "item": _FUNCTIONS[code],
            "function_code": code,
            "function_name": _FUNCTIONS[code],
            "code_basis": "printed",
        }
        for table in ("expenditure", "general_public_budget_expenditure"):
            rows.append(row(table, code, cells, **named))
        rows.append(
            row(
                "project_expenditure",
                code,
                {"total": money(p)},
                item=f"项目{code}",
                project=f"项目{code}",
                function_code=code,
                code_basis="printed",
            )
        )
    cells = {"total": money(total), "basic": money(basic), "project": money(project)}
    for table in ("expenditure", "general_public_budget_expenditure"):
        rows.append(row(table, "t", cells, kind="total", item="合计"))
    rows.append(row("project_expenditure", "t", {"total": money(project)}, kind="total", item="合计"))
    for code, amount in economic.items():
        column = "public" if code.startswith("302") else "personnel"
        named = {
            "item": _ECONOMIC[code],
            "department_economic_code": code,
            "department_economic_name": _ECONOMIC[code],
            "code_basis": "printed",
        }
        rows.append(
            row(
                "general_public_budget_basic_expenditure",
                code,
                {"total": money(amount), column: money(amount)},
                **named,
            )
        )
    rows.append(
        row(
            "general_public_budget_basic_expenditure",
            "t",
            {"total": money(basic), "personnel": money(basic - public), "public": money(public)},
            kind="total",
            item="合计",
        )
    )
    for table, words in (
        ("income_expenditure_summary", ("收入总计", "支出总计")),
        ("appropriation_summary", ("收入总计", "支出总计")),
    ):
        rows.append(
            row(
                table,
                "tr",
                {"total": money(total)},
                kind="total",
                direction="revenue",
                item=words[0],
                item_path=words[0],
            )
        )
        fund = {"general_public_budget:total": money(total)} if table == "appropriation_summary" else {}
        rows.append(row(table, "te", {"total": money(total), **fund}, kind="total", item=words[1], item_path=words[1]))
    kinds = ("因公出国（境）费", "公务接待费", "公务用车购置及运行维护费")
    for key, item, amount in zip("abc", kinds, three, strict=True):
        rows.append(row("three_public", key, {"total": money(amount)}, item=item, item_path=item))
    rows.append(row("three_public", "t", {"total": money(sum(three))}, kind="total", item="合计"))
    stated = [
        statement(metric, "amount", money(value))
        for metric, value in (
            ("revenue_budget", total),
            ("expenditure_budget", total),
            ("basic_expenditure", basic),
            ("project_expenditure", project),
            ("public_expenditure", public),
            ("three_public", sum(three)),
            ("overseas_travel", three[0]),
            ("official_reception", three[1]),
            ("official_vehicles", three[2]),
        )
    ]
    return {"disclosures": disclosures(), "budget_lines": lines(*rows), "statements": statements(*stated)}
