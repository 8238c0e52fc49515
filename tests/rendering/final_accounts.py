"""The nine tables of final accounts after the national template: amounts in 万元 with two decimals."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.rendering.amounts import Style
from tests.rendering.budgets import FUNDS, Budget, Line
from tests.rendering.model import Column, Disclosure, Row, Side, Table
from tests.rendering.shanghai import total, tree
from tests.rendering.words import CLASSES, ECONOMIC, ECONOMIC_CLASSES, numeral

_CODE = Column(("项目", "功能分类科目编码"), key=True, width=6)
_NAME = Column(("项目", "科目名称"), key=True, width=12)


def disclosure(random: Random, budget: Budget) -> Disclosure:
    """Nine tables of final accounts. The template prints blanks or 0.00 for nothing."""
    style = Style("万元", 2, grouped=random.random() < 0.5, zero=random.choice(("", "0.00")))
    tables = [
        _summary(budget, style), _income(budget, style), _expenditure(budget, style), _appropriation(budget, style),
        _general(budget, style), _basic(budget, style), _three_public(budget, style),
        _fund(budget, style, "government_fund_expenditure", FUNDS[1], "政府性基金预算财政拨款收入支出"),
        _fund(budget, style, "state_capital_expenditure", FUNDS[2], "国有资本经营预算财政拨款收入支出"),
    ]  # fmt: skip
    titles = (
        "收入支出决算总表", "收入决算表", "支出决算表", "财政拨款收入支出决算总表", "一般公共预算财政拨款支出决算表",
        "一般公共预算财政拨款基本支出决算表", "财政拨款“三公”经费支出决算表", "政府性基金预算财政拨款收入支出决算表",
        "国有资本经营预算财政拨款收入支出决算表",
    )  # fmt: skip
    for table, title in zip(tables, titles, strict=True):
        table.title = title
    name = f"{budget.entity}{budget.year}年度部门决算"
    return Disclosure(budget.entity, budget.year, "final_accounts", "department", tables, name)


def _listed(budget: Budget) -> list[tuple[str, str, Decimal, dict[str, Decimal]]]:
    found = []
    for code, name in CLASSES.items():
        lines = [line for line in budget.lines if line.function.startswith(code)]
        found.append((code, name, total(lines), {f: total(x for x in lines if x.fund == f) for f in FUNDS}))
    return found


def _summary(budget: Budget, style: Style) -> Table:
    columns = [
        Column(("收入", "项目"), key=True, width=16), Column(("收入", "决算数"), width=9),
        Column(("支出", "项目"), key=True, width=16), Column(("支出", "决算数"), width=9),
    ]  # fmt: skip
    words = ("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入", "国有资本经营预算财政拨款收入")
    left: list[tuple[str, Decimal, dict]] = []
    for fund, word in zip(FUNDS, words, strict=True):
        left.append((word, budget.sum(lambda line, fund=fund: line.fund == fund), {"fund": fund}))
    for word, source in (
        ("上级补助收入", "superior_subsidy"),
        ("事业收入", "operating_undertaking"),
        ("其他收入", "other"),
    ):
        left.append((word, Decimal(0), {"revenue_source": source}))
    table = Table("income_expenditure_summary", "", "万元", columns)
    right = _listed(budget)
    for at in range(max(len(left), len(right))):
        row = Row([""] * 4, [])
        if at < len(left):
            word, amount, meaning = left[at]
            row.cells[0:2] = [f"{numeral(at + 1)}、{word}", style.show(amount)]
            row.sides.append(Side(0, 2, "revenue", path=word, **meaning))
        if at < len(right):
            code, name, amount, _ = right[at]
            row.cells[2:4] = [f"{numeral(at + 1)}、{name}", style.show(amount)]
            row.sides.append(Side(2, 4, "expenditure", path=name, codes={"function": (code, name, "name")}))
        table.rows.append(row)
    known = sum((amount for _, _, amount, _ in right), Decimal(0))
    for (a, x), (b, y), kind in (
        (("本年收入合计", budget.sum()), ("本年支出合计", known), "subtotal"),
        (("使用非财政拨款结余", Decimal(0)), ("结余分配", Decimal(0)), "detail"),
        (("总计", budget.sum()), ("总计", known), "total"),
    ):
        source = "special_fund_offset" if kind == "detail" else None
        sides = [Side(0, 2, "revenue", kind, a, revenue_source=source), Side(2, 4, "expenditure", kind, b)]
        table.rows.append(Row([a, style.show(x), b, style.show(y)], sides))
    return table


def _rows_by_function(table: Table, lines: list[Line], amounts, direction: str) -> None:  # type: ignore[no-untyped-def]
    width = len(table.columns)
    if not lines:
        return
    table.rows.append(Row(["", "合计", *amounts(lines)], [Side(0, width, direction, "total", "合计")]))
    for code, path, kind, found in tree(lines):
        name = path.rpartition("/")[2]
        side = Side(0, width, direction, kind, path, {"function": (code, name, "printed")})
        table.rows.append(Row([code, name, *amounts(found)], [side]))


def _income(budget: Budget, style: Style) -> Table:
    columns = [_CODE, _NAME, Column(("本年收入合计",), width=8)]
    for word, source in (
        ("财政拨款收入", "fiscal_appropriation"), ("上级补助收入", "superior_subsidy"), ("事业收入", "operating_undertaking"),
        ("经营收入", "business_operation"), ("附属单位上缴收入", "subordinate_remittance"), ("其他收入", "other"),
    ):  # fmt: skip
        columns.append(Column((word,), meaning={"revenue_source": source}, width=8))
    table = Table("income", "", "万元", columns)
    nothing = [style.show(Decimal(0))] * 5
    _rows_by_function(table, budget.lines, lambda lines: [style.show(total(lines))] * 2 + nothing, "revenue")
    return table


def _expenditure(budget: Budget, style: Style) -> Table:
    columns = [_CODE, _NAME]
    for word, measure in (
        ("本年支出合计", "total"), ("基本支出", "basic"), ("项目支出", "project"), ("上缴上级支出", "remitted_up"),
        ("经营支出", "operating"), ("对附属单位补助支出", "subordinate_subsidy"),
    ):  # fmt: skip
        columns.append(Column((word,), meaning={"measure": measure}, width=8))
    table = Table("expenditure", "", "万元", columns)
    nothing = [style.show(Decimal(0))] * 3
    _rows_by_function(table, budget.lines, lambda lines: [*_split(lines, style), *nothing], "expenditure")
    return table


def _split(lines: list[Line], style: Style) -> list[str]:
    project = total(line for line in lines if line.project)
    return [style.show(amount) for amount in (total(lines), total(lines) - project, project)]


def _appropriation(budget: Budget, style: Style) -> Table:
    columns = [
        Column(("收入", "项目"), key=True, width=14), Column(("收入", "决算数"), width=8),
        Column(("支出", "项目"), key=True, width=14), Column(("支出", "合计"), width=8),
    ]  # fmt: skip
    funds = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
    columns += [Column(("支出", word), meaning={"fund": f}, width=8) for f, word in zip(FUNDS, funds, strict=True)]
    table = Table("appropriation_summary", "", "万元", columns)
    known = {fund: Decimal(0) for fund in FUNDS}
    for at, (code, name, amount, split) in enumerate(_listed(budget)):
        row = Row([""] * 7, [])
        if at < 3:
            own = budget.sum(lambda line, at=at: line.fund == FUNDS[at])
            row.cells[0:2] = [f"{numeral(at + 1)}、{funds[at]}", style.show(own)]
            row.sides.append(Side(0, 2, "revenue", path=funds[at], fund=FUNDS[at]))
        row.cells[2:] = [f"{numeral(at + 1)}、{name}", style.show(amount), *(style.show(split[f]) for f in FUNDS)]
        row.sides.append(Side(2, 7, "expenditure", path=name, codes={"function": (code, name, "name")}))
        known = {fund: known[fund] + split[fund] for fund in FUNDS}
        table.rows.append(row)
    sides = [Side(0, 2, "revenue", "subtotal", "本年收入合计"), Side(2, 7, "expenditure", "subtotal", "本年支出合计")]
    cells = [style.show(sum(known.values(), Decimal(0))), *(style.show(known[fund]) for fund in FUNDS)]
    table.rows.append(Row(["本年收入合计", style.show(budget.sum()), "本年支出合计", *cells], sides))
    sides = [Side(0, 2, "revenue", "total", "总计"), Side(2, 7, "expenditure", "total", "总计")]
    table.rows.append(Row(["总计", style.show(budget.sum()), "总计", *cells], sides))
    return table


def _general(budget: Budget, style: Style) -> Table:
    columns = [_CODE, _NAME, Column(("合计",), width=9), Column(("基本支出",), meaning={"measure": "basic"}, width=9)]
    columns += [Column(("项目支出",), meaning={"measure": "project"}, width=9)]
    table = Table("general_public_budget_expenditure", "", "万元", columns, fund=FUNDS[0])
    lines = [line for line in budget.lines if line.fund == FUNDS[0]]
    _rows_by_function(table, lines, lambda some: _split(some, style), "expenditure")
    return table


def _basic(budget: Budget, style: Style) -> Table:
    """Two groups of code, name and amount side by side: personnel left, running costs right."""
    columns = [
        Column(("经济分类科目编码",), key=True, width=6),
        Column(("科目名称",), key=True, width=11),
        Column(("决算数",), width=8),
    ] * 2
    table = Table("general_public_budget_basic_expenditure", "", "万元", columns, fund=FUNDS[0])
    chosen = [line for line in budget.lines if line.fund == FUNDS[0] and not line.project]
    groups: list[list[tuple[str, str, str, str, Decimal]]] = [[], []]
    for top, lines in sorted(budget.by(lambda line: line.economic[:3], chosen).items()):
        name = ECONOMIC_CLASSES[top]
        group = groups[top == "302"]
        group.append((top, name, name, "subtotal", total(lines)))
        for code, some in sorted(budget.by(lambda line: line.economic, lines).items()):
            own = ECONOMIC[code][0]
            group.append((code, own, f"{name}/{own}", "detail", total(some)))
    for at in range(max(map(len, groups))):
        row = Row([""] * 6, [])
        for first, group in ((0, groups[0]), (3, groups[1])):
            if at < len(group):
                code, name, path, kind, amount = group[at]
                row.cells[first : first + 3] = [code, name, style.show(amount, always=True)]
                side = Side(
                    first, first + 3, "expenditure", kind, path, {"department_economic": (code, name, "printed")}
                )
                row.sides.append(side)
        table.rows.append(row)
    return table


def _three_public(budget: Budget, style: Style) -> Table:
    kinds = budget.three_public
    over, under = "财政拨款“三公”经费", "公务用车购置及运行维护费"
    both = tuple(kinds["official_vehicle_purchase"][i] + kinds["official_vehicle_operation"][i] for i in (0, 1))
    whole = tuple(sum((pair[i] for pair in kinds.values()), Decimal(0)) for i in (0, 1))
    columns, cells = [], []
    for words, pair, path, kind in (
        ((over, "合计"), whole, "合计", "total"),
        ((over, "因公出国（境）费"), kinds["overseas_travel"], "因公出国（境）费", "detail"),
        ((over, under, "小计"), both, under, "subtotal"),
        ((over, under, "公务用车购置费"), kinds["official_vehicle_purchase"], f"{under}/公务用车购置费", "detail"),
        (
            (over, under, "公务用车运行维护费"),
            kinds["official_vehicle_operation"],
            f"{under}/公务用车运行维护费",
            "detail",
        ),
        ((over, "公务接待费"), kinds["official_reception"], "公务接待费", "detail"),
    ):
        for word, phase, amount in zip(("预算数", "决算数"), ("approved", "executed"), pair, strict=True):
            columns.append(Column((*words, word), meaning={"path": path, "row_kind": kind, "phase": phase}, width=7))
            cells.append(Style("万元", 2, zero="0.00").show(amount))
    table = Table("three_public", "", "万元", columns)
    table.rows.append(Row(cells, [Side(0, 12, "expenditure")]))
    return table


def _fund(budget: Budget, style: Style, code: str, fund: str, what: str) -> Table:
    columns = [
        _CODE,
        _NAME,
        Column(("年初结转和结余",), meaning={"measure": "opening_balance", "direction": "revenue"}, width=8),
    ]
    columns += [Column(("本年收入",), meaning={"measure": "current_year", "direction": "revenue"}, width=8)]
    for word, measure in (("合计", "total"), ("基本支出", "basic"), ("项目支出", "project")):
        columns.append(Column(("本年支出", word), meaning={"measure": measure}, width=8))
    columns += [Column(("年末结转和结余",), meaning={"measure": "closing_balance"}, width=8)]
    table = Table(code, "", "万元", columns, fund=fund)
    lines = [line for line in budget.lines if line.fund == fund]

    def amounts(some: list[Line]) -> list[str]:
        carried, last = total(x for x in some if x.carried), style.show(Decimal(0))
        return [style.show(carried), style.show(total(some) - carried), *_split(some, style), last]

    _rows_by_function(table, lines, amounts, "expenditure")
    if not lines:
        table.note = f"说明：本部门本年度没有{what}，故本表无数据。"
    return table
