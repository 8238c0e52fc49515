"""The nine budget tables as Shanghai's districts publish them: amounts in yuan, the last table in 万元."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from random import Random

from tests.rendering.amounts import Style
from tests.rendering.budgets import FUNDS, Budget, Line
from tests.rendering.model import Column, Disclosure, Row, Side, Table
from tests.rendering.words import CLASSES, ECONOMIC, ECONOMIC_CLASSES, SECTIONS, numeral

_SCOPES = {"department": "部门", "unit": "单位"}
_PARTS = [Column(("项目", "功能分类科目编码", part), key=True, width=3) for part in ("类", "款", "项")]
_NAME = Column(("项目", "功能分类科目名称"), key=True, width=15)
_BASIC_PROJECT = (("合计", "total"), ("基本支出", "basic"), ("项目支出", "project"))


def disclosure(random: Random, budget: Budget) -> Disclosure:
    """Nine tables of a budget in whole yuan or in yuan and cents."""
    scope = random.choice(("department", "unit"))
    whole = all(line.amount == int(line.amount) for line in budget.lines)
    style = Style("元", 0 if whole else 2, grouped=True, zero=random.choice(("", "0", "0.00")) if whole else "0.00")
    word, year = _SCOPES[scope], f"{budget.year}年"
    tables = [
        _summary(budget, style), _income(budget, style), _by_function(budget, style, "expenditure", "支出预算"),
        _appropriation(budget, style),
        _by_function(budget, style, "general_public_budget_expenditure", "一般公共预算支出", FUNDS[0]),
        _by_function(budget, style, "government_fund_expenditure", "政府性基金预算支出", FUNDS[1]),
        _by_function(budget, style, "state_capital_expenditure", "国有资本经营预算支出", FUNDS[2]),
        _basic(budget, style), _three_public(random, budget),
    ]  # fmt: skip
    titles = (
        f"{year}{word}财务收支预算总表", f"{year}{word}收入预算总表", f"{year}{word}支出预算总表",
        f"{year}{word}财政拨款收支预算总表", f"{year}{word}一般公共预算支出功能分类预算表",
        f"{year}{word}政府性基金预算支出功能分类预算表", f"{year}{word}国有资本经营预算支出功能分类预算表",
        f"{year}{word}一般公共预算基本支出部门预算经济分类预算表", f"{word}“三公”经费和机关运行经费预算表",
    )  # fmt: skip
    for table, title in zip(tables, titles, strict=True):
        table.title = title
    return Disclosure(budget.entity, budget.year, "budget", scope, tables, f"{budget.entity}{year}{word}预算")


def tree(lines: Iterable[Line]) -> list[tuple[str, str, str, list[Line]]]:
    """Rows by class, section and item: code, path, kind and the lines they sum, as tables by function print them."""
    rows: dict[str, tuple[str, str, list[Line]]] = {}
    for line in sorted(lines, key=lambda line: line.function):
        top = CLASSES.get(line.function[:3], "其他支出")
        middle = SECTIONS.get(line.function[:5], "其他款项")
        path = f"{top}/{middle}/{line.function_name}"
        for size, name, kind in ((3, top, "subtotal"), (5, f"{top}/{middle}", "subtotal"), (7, path, "detail")):
            rows.setdefault(line.function[:size], (name, kind, []))[2].append(line)
    return [(code, path, kind, found) for code, (path, kind, found) in sorted(rows.items())]


def parts(code: str) -> list[str]:
    """A code as 类 | 款 | 项."""
    return [code[:3], code[3:5], code[5:7]]


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def _two_sides(
    code: str,
    columns: list[Column],
    left: list[tuple[str, Decimal, dict]],
    right: list[tuple[str, list[str], Side]],
    style: Style,
) -> Table:
    """A two-sided table; the left side is label and amount, the right one label and cells."""
    table = Table(code, "", "元", columns)
    for at in range(max(len(left), len(right))):
        row = Row([""] * len(columns), [])
        if at < len(left):
            label, amount, meaning = left[at]
            row.cells[0:2] = [label, style.show(amount)]
            row.sides.append(Side(0, 2, "revenue", **meaning))
        if at < len(right):
            label, cells, side = right[at]
            row.cells[2:] = [label, *cells]
            row.sides.append(side)
        table.rows.append(row)
    return table


def _funds_listed(budget: Budget, heading: str, source: str | None) -> list[tuple[str, Decimal, dict]]:
    words = ("一般公共预算资金", "政府性基金", "国有资本经营预算")
    meaning = {"revenue_source": source} if source else {}
    found: list[tuple[str, Decimal, dict]] = [
        (f"一、{heading}", budget.sum(), {"kind": "subtotal", "path": heading, **meaning})
    ]
    for number, (fund, word) in enumerate(zip(FUNDS, words, strict=True), start=1):
        amount = budget.sum(lambda line, fund=fund: line.fund == fund)
        found.append((f"{number}、{word}", amount, {"path": f"{heading}/{word}", "fund": fund, **meaning}))
    return found


def _classes(budget: Budget) -> list[tuple[str, str, list[Line]]]:
    found = sorted(budget.by(lambda line: line.function[:3]).items())
    return [(code, CLASSES.get(code, ""), lines) for code, lines in found if code in CLASSES]


def _summary(budget: Budget, style: Style) -> Table:
    columns = [
        Column(("本年收入", "项目"), key=True, width=14), Column(("本年收入", "预算数"), width=12),
        Column(("本年支出", "项目"), key=True, width=14), Column(("本年支出", "预算数"), width=12),
    ]  # fmt: skip
    left = _funds_listed(budget, "财政拨款收入", "fiscal_appropriation")
    for number, (label, source) in enumerate(
        (("事业收入", "operating_undertaking"), ("事业单位经营收入", "business_operation"), ("其他收入", "other")),
        start=2,
    ):
        left.append((f"{numeral(number)}、{label}", Decimal(0), {"path": label, "revenue_source": source}))
    right = []
    for number, (code, name, lines) in enumerate(_classes(budget), start=1):
        side = Side(2, 4, "expenditure", path=name, codes={"function": (code, name, "name")})
        right.append((f"{numeral(number)}、{name}", [style.show(total(lines))], side))
    table = _two_sides("income_expenditure_summary", columns, left, right, style)
    known = sum((total(lines) for _, _, lines in _classes(budget)), Decimal(0))
    sides = [Side(0, 2, "revenue", "total", "收入总计"), Side(2, 4, "expenditure", "total", "支出总计")]
    table.rows.append(Row(["收入总计", style.show(budget.sum()), "支出总计", style.show(known)], sides))
    return table


def _income(budget: Budget, style: Style) -> Table:
    columns = [*_PARTS, _NAME, Column(("收入预算", "合计"), width=12)]
    for word, source in (
        ("财政拨款收入", "fiscal_appropriation"), ("事业收入", "operating_undertaking"),
        ("事业单位经营收入", "business_operation"), ("其他收入", "other"),
    ):  # fmt: skip
        columns.append(Column(("收入预算", word), meaning={"revenue_source": source}, width=12))
    table = Table("income", "", "元", columns)
    nothing = [style.show(Decimal(0))] * 3
    for code, path, kind, lines in tree(budget.lines):
        name = path.rpartition("/")[2]
        amount = style.show(total(lines))
        side = Side(0, 9, "revenue", kind, path, {"function": (code, name, "printed")})
        table.rows.append(Row([*parts(code), name, amount, amount, *nothing], [side]))
    amount = style.show(budget.sum())
    table.rows.append(Row(["合计", "", "", "", amount, amount, *nothing], [Side(0, 9, "revenue", "total", "合计")]))
    return table


def _by_function(budget: Budget, style: Style, code_: str, over: str, fund: str | None = None) -> Table:
    columns = [*_PARTS, _NAME]
    columns += [Column((over, word), meaning={"measure": measure}, width=12) for word, measure in _BASIC_PROJECT]
    table = Table(code_, "", "元", columns, fund=fund)
    chosen = [line for line in budget.lines if fund is None or line.fund == fund]

    def amounts(lines: list[Line]) -> list[str]:
        project = total(line for line in lines if line.project)
        return [style.show(a) for a in (total(lines), total(lines) - project, project)]

    for code, path, kind, lines in tree(chosen):
        name = path.rpartition("/")[2]
        side = Side(0, 7, "expenditure", kind, path, {"function": (code, name, "printed")})
        table.rows.append(Row([*parts(code), name, *amounts(lines)], [side]))
    if chosen:
        table.rows.append(Row(["合计", "", "", "", *amounts(chosen)], [Side(0, 7, "expenditure", "total", "合计")]))
    else:
        table.note = "注：本年度没有使用该项预算拨款安排的支出预算，故本表无数据。"
    return table


def _appropriation(budget: Budget, style: Style) -> Table:
    columns = [
        Column(("财政拨款收入", "项目"), key=True, width=14), Column(("财政拨款收入", "预算数"), width=12),
        Column(("财政拨款支出", "项目"), key=True, width=14), Column(("财政拨款支出", "合计"), width=12),
    ]  # fmt: skip
    for fund, word in zip(FUNDS, ("一般公共预算", "政府性基金预算", "国有资本经营预算"), strict=True):
        columns.append(Column(("财政拨款支出", word), meaning={"fund": fund}, width=12))
    words = ("一般公共预算资金", "政府性基金", "国有资本经营预算")
    left: list[tuple[str, Decimal, dict]] = []
    for number, (fund, word) in enumerate(zip(FUNDS, words, strict=True), start=1):
        amount = budget.sum(lambda line, fund=fund: line.fund == fund)
        meaning = {"path": word, "fund": fund, "revenue_source": "fiscal_appropriation"}
        left.append((f"{numeral(number)}、{word}", amount, meaning))

    def cells(lines: list[Line]) -> list[str]:
        split = [total(x for x in lines if x.fund == fund) for fund in FUNDS]
        return [style.show(amount) for amount in (total(lines), *split)]

    right, known = [], []
    for number, (code, name, lines) in enumerate(_classes(budget), start=1):
        side = Side(2, 7, "expenditure", path=name, codes={"function": (code, name, "name")})
        right.append((f"{numeral(number)}、{name}", cells(lines), side))
        known += lines
    table = _two_sides("appropriation_summary", columns, left, right, style)
    sides = [Side(0, 2, "revenue", "total", "收入总计", revenue_source="fiscal_appropriation")]
    sides.append(Side(2, 7, "expenditure", "total", "支出总计"))
    table.rows.append(Row(["收入总计", style.show(budget.sum()), "支出总计", *cells(known)], sides))
    return table


def _basic(budget: Budget, style: Style) -> Table:
    columns = [Column(("项目", "部门预算经济分类科目编码", part), key=True, width=4) for part in ("类", "款")]
    columns += [Column(("项目", "部门预算经济分类科目名称"), key=True, width=15)]
    for word, measure in (("合计", "total"), ("人员经费", "personnel"), ("公用经费", "public")):
        columns.append(Column(("一般公共预算基本支出", word), meaning={"measure": measure}, width=12))
    table = Table("general_public_budget_basic_expenditure", "", "元", columns, fund=FUNDS[0])
    chosen = [line for line in budget.lines if line.fund == FUNDS[0] and not line.project]

    def amounts(lines: list[Line]) -> list[str]:
        personnel = total(line for line in lines if line.personnel)
        return [style.show(a) for a in (total(lines), personnel, total(lines) - personnel)]

    for top, lines in sorted(budget.by(lambda line: line.economic[:3], chosen).items()):
        name = ECONOMIC_CLASSES[top]
        side = Side(0, 6, "expenditure", "subtotal", name, {"department_economic": (top, name, "printed")})
        table.rows.append(Row([top, "", name, *amounts(lines)], [side]))
        for code, some in sorted(budget.by(lambda line: line.economic, lines).items()):
            own = ECONOMIC[code][0]
            side = Side(
                0, 6, "expenditure", path=f"{name}/{own}", codes={"department_economic": (code, own, "printed")}
            )
            table.rows.append(Row([top, code[3:], own, *amounts(some)], [side]))
    table.rows.append(Row(["合计", "", "", *amounts(chosen)], [Side(0, 6, "expenditure", "total", "合计")]))
    return table


def _three_public(random: Random, budget: Budget) -> Table:
    style = Style("万元", 2, zero=random.choice(("0", "0.00")))
    kinds = {kind: now for kind, (now, _) in budget.three_public.items()}
    vehicles = kinds["official_vehicle_purchase"] + kinds["official_vehicle_operation"]
    over, under = "“三公”经费预算数", "公务用车购置及运行费"
    amounts = (
        ((over, "合计"), sum(kinds.values(), Decimal(0)), "合计", "total"),
        ((over, "因公出国(境)费"), kinds["overseas_travel"], "因公出国(境)费", "detail"),
        ((over, "公务接待费"), kinds["official_reception"], "公务接待费", "detail"),
        ((over, under, "小计"), vehicles, under, "subtotal"),
        ((over, under, "购置费"), kinds["official_vehicle_purchase"], f"{under}/购置费", "detail"),
        ((over, under, "运行费"), kinds["official_vehicle_operation"], f"{under}/运行费", "detail"),
        (("机关运行经费预算数",), Decimal(random.randint(1, 9999)) * 10000, "机关运行经费预算数", "memo"),
    )
    columns = [Column(words, meaning={"path": path, "row_kind": kind}, width=11) for words, _, path, kind in amounts]
    table = Table("three_public", "", "万元", columns)
    table.rows.append(Row([style.show(amount) for _, amount, _, _ in amounts], [Side(0, 7, "expenditure")]))
    return table
