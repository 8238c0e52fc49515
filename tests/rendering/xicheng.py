"""The twelve budget tables as Beijing Xicheng publishes them, of 2022 and of the years after."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.rendering.amounts import Style
from tests.rendering.budgets import FUNDS, Budget, Line
from tests.rendering.model import Column, Disclosure, Row, Side, Table
from tests.rendering.words import CLASSES, ECONOMIC, numeral

TITLES = {
    "2022": (
        "{y} 年部门预算收支总表", "{y} 年部门预算收入总表", "{y} 年部门支出总表", "{y} 年部门项目支出表",
        "{y} 年财政拨款收支总表", "{y} 年一般公共预算支出表", "{y} 年一般公共预算基本支出表",
        "{y} 年政府性基金预算财政拨款支出表", "{y} 年国有资本经营预算财政拨款支出表",
        "{y} 年一般公共预算“三公”经费支出情况表", "政府购买服务预算财政拨款明细表", "{y} 年上级转移支付细化明细表",
    ),
    "later": (
        "部门收支总体情况表", "部门收入总体情况表", "部门支出总体情况表", "项目支出表", "财政拨款收支总体情况表",
        "一般公共预算支出情况表", "一般公共预算基本支出情况表", "政府性基金预算支出情况表",
        "国有资本经营预算财政拨款支出表", "一般公共预算“三公”经费支出情况表", "政府购买服务预算表",
        "上级转移支付细化明细表",
    ),
}  # fmt: skip
_WORDS = {
    "general_public_budget": ("一般公共预算", "一般公共预算财政拨款"),
    "government_fund": ("政府性基金预算", "政府性基金预算财政拨款"),
    "state_capital": ("国有资本经营预算", "国有资本经营预算资金"),
}
_KEYS = [Column((f"{name}分类科目",), key=True, width=9) for name in ("支出功能", "政府支出经济", "部门支出经济")]
Codes = dict[str, tuple[str, str | None, str]]


def disclosure(random: Random, budget: Budget, titles: str) -> Disclosure:
    """Tables 1 to 12 of a budget. ``titles``: 2022 or later."""
    style = Style(zero=random.choice(("", "", "0.00", "0.000000")))
    made = (
        _summary(random, budget, style), _income(budget, style), _expenditure(random, budget, style),
        _projects(budget, style), _appropriation(random, budget, style), _general(random, budget, style),
        _basic(budget, style), _fund(budget, style), _capital(budget, style), _three_public(budget),
        _services(), _transfers(random, budget),
    )  # fmt: skip
    for table, title in zip(made, TITLES[titles], strict=True):
        table.title = title.format(y=budget.year)
    return Disclosure(budget.entity, budget.year, "budget", "department", list(made))


def codes_of(line: Line, *schemes: str) -> Codes:
    """The codes of a line, printed with their names, in the given schemes."""
    name, government, government_name, _ = ECONOMIC[line.economic]
    every: Codes = {
        "function": (line.function, line.function_name, "printed"),
        "government_economic": (government, government_name, "printed"),
        "department_economic": (line.economic, name, "printed"),
    }
    return {scheme: every[scheme] for scheme in schemes}


def _coded(codes: Codes) -> list[str]:
    return [f"{code}-{name}" for code, name, _ in codes.values()]


def _classes(budget: Budget, fund: str | None = None) -> dict[str, list[Line]]:
    chosen = [line for line in budget.lines if fund is None or line.fund == fund]
    return {code: lines for code, lines in sorted(budget.by(lambda line: line.function[:3], chosen).items())}


def _summary(random: Random, budget: Budget, style: Style) -> Table:
    columns = [
        Column(("收    入", "项    目"), key=True, width=18), Column(("收    入", "预算数"), meaning={"direction": "revenue"}),
        Column(("支出", "项    目"), key=True, width=18), Column(("支出", "预算数"), meaning={"direction": "expenditure"}),
    ]  # fmt: skip
    carried = budget.sum(lambda line: line.carried)
    left: list[tuple[str, Decimal, dict]] = []
    for fund, label in zip(
        FUNDS, ("一般公共预算拨款收入", "政府性基金预算拨款收入", "国有资本经营预算拨款收入"), strict=True
    ):
        left.append((label, budget.sum(lambda line, fund=fund: line.fund == fund and not line.carried), {"fund": fund}))
    for label, source in (
        ("事业收入", "operating_undertaking"),
        ("上级补助收入", "superior_subsidy"),
        ("其他收入", "other"),
    ):
        left.append((label, Decimal(0), {"revenue_source": source}))
    known = {
        code: sum((x.amount for x in lines), Decimal(0)) for code, lines in _classes(budget).items() if code in CLASSES
    }
    absent = random.sample(sorted(set(CLASSES) - set(known)), 2)
    right = [(CLASSES[code], known.get(code, Decimal(0)), code) for code in sorted([*known, *absent])]
    table = Table("income_expenditure_summary", "", "万元", columns)
    for at in range(max(len(left), len(right))):
        row = Row([""] * 4, [])
        if at < len(left):
            label, amount, meaning = left[at]
            row.cells[0:2] = [f"{numeral(at + 1)}、{label}", style.show(amount)]
            row.sides.append(Side(0, 2, "revenue", path=label, **meaning))
        if at < len(right):
            label, amount, code = right[at]
            row.cells[2:4] = [f"{numeral(at + 1)}、{label}", style.show(amount)]
            row.sides.append(Side(2, 4, "expenditure", path=label, codes={"function": (code, label, "name")}))
        table.rows.append(row)
    unknown = budget.sum() - sum(known.values())
    for (a, x), (b, y) in (
        (("本年收入合计", budget.sum() - carried), ("本年支出合计", budget.sum() - unknown)),
        (("上年结转结余", carried), ("年终结转结余", unknown)),
        (("收入总计", budget.sum()), ("支出总计", budget.sum())),
    ):
        kind = {"上年结转结余": "detail", "收入总计": "total"}.get(a, "subtotal")
        sides = [Side(0, 2, "revenue", kind, a), Side(2, 4, "expenditure", kind, b)]
        table.rows.append(Row([a, style.show(x), b, style.show(y)], sides))
    return table


def _income(budget: Budget, style: Style) -> Table:
    appropriation = "财政拨款收入"
    columns = [
        Column(("合计",)),
        Column((appropriation, "小计"), meaning={"measure": "subtotal", "revenue_source": "fiscal_appropriation"}),
    ]
    amounts = [budget.sum(), budget.sum()]
    for fund in FUNDS:
        word = _WORDS[fund][0]
        columns.append(
            Column((appropriation, f"{word}拨款收入"), meaning={"fund": fund, "revenue_source": "fiscal_appropriation"})
        )
        amounts.append(budget.sum(lambda line, fund=fund: line.fund == fund))
    for word, source in (
        ("上级补助收入", "superior_subsidy"), ("事业收入", "operating_undertaking"), ("经营收入", "business_operation"),
        ("附属单位上缴收入", "subordinate_remittance"), ("其他收入", "other"), ("用事业基金弥补收支差额", "special_fund_offset"),
    ):  # fmt: skip
        columns.append(Column((word,), meaning={"revenue_source": source}))
        amounts.append(Decimal(0))
    table = Table("income", "", "万元", columns)
    table.rows.append(Row([style.show(a) for a in amounts], [Side(0, len(columns), "revenue")]))
    return table


def _expenditure(random: Random, budget: Budget, style: Style) -> Table:
    columns = [*_KEYS, Column(("合计",)), Column(("基本支出",), meaning={"measure": "basic"})]
    columns += [Column(("项目支出",), meaning={"measure": "project"})]
    for word, measure in (
        ("事业单位经营支出", "operating"), ("上缴上级支出", "remitted_up"), ("对附属单位补助支出", "subordinate_subsidy"),
    ):  # fmt: skip
        columns.append(Column(("其中", word), meaning={"measure": measure}))
    bare = Style(style.unit, style.decimals, zero=style.zero, bare=random.random() < 0.5)
    table = Table("expenditure", "", "万元", columns)

    def amounts(lines: list[Line]) -> list[str]:
        total = sum((x.amount for x in lines), Decimal(0))
        project = sum((x.amount for x in lines if x.project), Decimal(0))
        return [bare.show(total), style.show(total - project), style.show(project), *[style.show(Decimal(0))] * 3]

    for lines in budget.by(lambda line: f"{line.function}{line.economic}").values():
        codes = codes_of(lines[0], "function", "government_economic", "department_economic")
        table.rows.append(Row([*_coded(codes), *amounts(lines)], [Side(0, 9, "expenditure", codes=codes)]))
    _total(table, amounts(budget.lines), "expenditure", "合    计")
    return table


def _total(table: Table, amounts: list[str], direction: str, label: str) -> None:
    keys = sum(column.key for column in table.columns)
    side = Side(0, len(table.columns), direction, "total", label.replace(" ", ""))
    table.rows.append(Row([label, *[""] * (keys - 1), *amounts], [side]))


def _projects(budget: Budget, style: Style) -> Table:
    columns = [Column(("项目名称",), key=True, width=5), *_KEYS, Column(("合计",))]
    for word, measure in (("本年拨款", "current_year"), ("财政拨款结转结余", "carried_over")):
        columns += [Column((word, _WORDS[fund][0]), meaning={"measure": measure, "fund": fund}) for fund in FUNDS]
    table = Table("project_expenditure", "", "万元", columns)

    def amounts(lines: list[Line]) -> list[str]:
        parts = [
            sum((x.amount for x in lines if (x.carried, x.fund) == (carried, fund)), Decimal(0))
            for carried in (False, True)
            for fund in FUNDS
        ]
        return [style.show(amount) for amount in (sum(parts), *parts)]

    projects = [line for line in budget.lines if line.project]
    for line in projects:
        codes = codes_of(line, "function", "government_economic", "department_economic")
        side = Side(0, 11, "expenditure", path=line.project, codes=codes, project=line.project)
        table.rows.append(Row([line.project or "", *_coded(codes), *amounts([line])], [side]))
    _total(table, amounts(projects), "expenditure", "合计")
    return table


def _appropriation(random: Random, budget: Budget, style: Style) -> Table:
    columns = [
        Column(("收入项目类别",), key=True, width=14), Column(("收入预算金额",), meaning={"direction": "revenue"}),
        Column(("支出项目类别",), key=True, width=14), Column(("支出预算金额",), meaning={"direction": "expenditure"}),
    ]  # fmt: skip
    left: list[tuple[str, Decimal, Side]] = []
    for number, (label, carried) in enumerate((("本年收入", False), ("上年结转", True)), start=1):
        amount = budget.sum(lambda line, carried=carried: line.carried == carried)
        left.append((f"{numeral(number)}、{label}", amount, Side(0, 2, "revenue", "subtotal", label)))
        for order, fund in enumerate(FUNDS, start=1):
            part = budget.sum(lambda x, fund=fund, carried=carried: (x.fund, x.carried) == (fund, carried))
            word = _WORDS[fund][1]
            left.append((f"（{numeral(order)}）{word}", part, Side(0, 2, "revenue", path=f"{label}/{word}", fund=fund)))
    right: list[tuple[str, Decimal, Side]] = []
    for number, fund in enumerate(FUNDS, start=1):
        label = f"{_WORDS[fund][0]}财政拨款本年支出"
        classes = {code: lines for code, lines in _classes(budget, fund).items() if code in CLASSES}
        listed = fund == FUNDS[0]
        kind = "subtotal" if listed and classes else "detail"
        amount = budget.sum(lambda line, fund=fund: line.fund == fund)
        right.append((f"{numeral(number)}、{label}", amount, Side(2, 4, "expenditure", kind, label, fund=fund)))
        for order, (code, lines) in enumerate(classes.items() if listed else (), start=1):
            name = CLASSES[code]
            side = Side(
                2, 4, "expenditure", path=f"{label}/{name}", codes={"function": (code, name, "name")}, fund=fund
            )
            right.append((f"（{numeral(order)}）{name}", sum((x.amount for x in lines), Decimal(0)), side))
    right.append((f"{numeral(4)}、结转下年", Decimal(0), Side(2, 4, "expenditure", path="结转下年")))
    printed = Style(style.unit, style.decimals, zero="0.00")
    table = Table("appropriation_summary", "", "万元", columns)
    for at in range(max(len(left), len(right))):
        row = Row([""] * 4, [])
        for first, entries in ((0, left), (2, right)):
            if at < len(entries):
                label, amount, side = entries[at]
                row.cells[first : first + 2] = [label, printed.show(amount)]
                row.sides.append(side)
        table.rows.append(row)
    total = printed.show(budget.sum())
    sides = [Side(0, 2, "revenue", "total", "收入总计"), Side(2, 4, "expenditure", "total", "支出总计")]
    table.rows.append(Row(["收入总计：", total, "支出总计：", total], sides))
    return table


def _split(lines: list[Line], style: Style) -> list[str]:
    total = sum((x.amount for x in lines), Decimal(0))
    project = sum((x.amount for x in lines if x.project), Decimal(0))
    return [style.show(total), style.show(total - project), style.show(project)]


_TOTAL_BASIC_PROJECT = [
    Column(("总计",)), Column(("基本支出",), meaning={"measure": "basic"}), Column(("项目支出",), meaning={"measure": "project"}),
]  # fmt: skip


def _by_item(code: str, budget: Budget, fund: str, style: Style, random: Random | None = None) -> Table:
    columns = [
        Column(("科目编码",), key=True),
        Column(("科目名称（项级）",), key=True, width=18),
        *_TOTAL_BASIC_PROJECT,
    ]
    table = Table(code, "", "万元", columns, fund=fund)
    lines = [line for line in budget.lines if line.fund == fund]
    groups = list(budget.by(lambda line: line.function, lines).values())
    if random:
        random.shuffle(groups)
    for group in groups:
        codes = codes_of(group[0], "function")
        name = group[0].function_name
        side = Side(0, 5, "expenditure", path=name, codes=codes)
        table.rows.append(Row([group[0].function, name, *_split(group, style)], [side]))
    if lines:
        _total(table, _split(lines, style), "expenditure", "合    计")
    else:
        table.rows.append(Row(["", "", "0.00", "0.00", "0.00"], [Side(0, 5, "expenditure")]))
    return table


def _general(random: Random, budget: Budget, style: Style) -> Table:
    return _by_item("general_public_budget_expenditure", budget, FUNDS[0], style, random)


def _fund(budget: Budget, style: Style) -> Table:
    return _by_item("government_fund_expenditure", budget, FUNDS[1], style)


def _basic(budget: Budget, style: Style) -> Table:
    columns = [
        *_KEYS[1:], Column(("本年预算数", "合计")), Column(("本年预算数", "人员经费"), meaning={"measure": "personnel"}),
        Column(("本年预算数", "公用经费"), meaning={"measure": "public"}),
    ]  # fmt: skip
    table = Table("general_public_budget_basic_expenditure", "", "万元", columns, fund=FUNDS[0])
    lines = [line for line in budget.lines if line.fund == FUNDS[0] and not line.project]

    def amounts(some: list[Line]) -> list[str]:
        total = sum((x.amount for x in some), Decimal(0))
        personnel = sum((x.amount for x in some if x.personnel), Decimal(0))
        return [style.show(total), style.show(personnel), style.show(total - personnel)]

    for group in budget.by(lambda line: line.economic, lines).values():
        codes = codes_of(group[0], "government_economic", "department_economic")
        table.rows.append(Row([*_coded(codes), *amounts(group)], [Side(0, 5, "expenditure", codes=codes)]))
    _total(table, amounts(lines), "expenditure", "合    计")
    return table


def _capital(budget: Budget, style: Style) -> Table:
    word = "本年国有资本经营预算支出"
    columns = [
        *_KEYS,
        *[Column((word, c.words[0].replace("总", "合")), meaning=c.meaning) for c in _TOTAL_BASIC_PROJECT],
    ]
    table = Table("state_capital_expenditure", "", "万元", columns, fund=FUNDS[2])
    lines = [line for line in budget.lines if line.fund == FUNDS[2]]
    for line in lines:
        codes = codes_of(line, "function", "government_economic", "department_economic")
        table.rows.append(Row([*_coded(codes), *_split([line], style)], [Side(0, 6, "expenditure", codes=codes)]))
    if not lines:
        table.rows.append(Row(["", "", "", "0.00", "", ""], [Side(0, 6, "expenditure")]))
    return table


def _three_public(budget: Budget) -> Table:
    columns = [Column(("项目",), key=True, width=18), Column((f"{budget.year} 年预算数",))]
    columns.append(Column((f"{budget.year - 1} 年预算数",), meaning={"year_offset": -1}))
    table = Table("three_public", "", "万元", columns, fund=FUNDS[0])
    style = Style(zero="0.00")
    kinds = budget.three_public
    vehicles = "公务用车购置及运行维护费"
    of = {name: kinds[f"official_vehicle_{name}"] for name in ("purchase", "operation")}
    both = tuple(of["purchase"][i] + of["operation"][i] for i in (0, 1))
    for label, kind, path, pair in (
        ("1、因公出国（境）费", "detail", "因公出国（境）费", kinds["overseas_travel"]),
        ("2、公务接待费", "detail", "公务接待费", kinds["official_reception"]),
        (f"3、{vehicles}", "subtotal", vehicles, both),
        ("其中：公务用车购置费", "detail", f"{vehicles}/公务用车购置费", of["purchase"]),
        ("      公务用车运行维护费", "detail", f"{vehicles}/公务用车运行维护费", of["operation"]),
        ("总计", "total", "总计", tuple(sum(pair[i] for pair in kinds.values()) for i in (0, 1))),
    ):
        side = Side(0, 3, "expenditure", kind, path)
        table.rows.append(Row([label, *(style.show(amount) for amount in pair)], [side]))
    return table


def _services() -> Table:
    columns = [
        Column(("编码(代码)",), key=True), Column(("政府购买服务目录及项目名称",), key=True, width=12),
        Column(("支出功能分类科目",), key=True), Column(("预算批复数",)),
    ]  # fmt: skip
    return Table("service_procurement", "", "万元", columns, [Row(["", "", "", "0.00"], [Side(0, 4, "expenditure")])])


def _transfers(random: Random, budget: Budget) -> Table:
    words = ("预算单位代码", "预算单位名称", "功能科目代码", "部门经济分类代码", "政府经济分类代码", "项目名称")
    columns = [Column((word,), key=True, width=6) for word in words]
    columns += [Column(("指标金额",)), Column(("市指标文号",), key=True, width=30)]
    table = Table("transfer_detail", "", "万元", columns)
    for line in random.sample([x for x in budget.lines if x.project], random.randint(0, 1)):
        codes: Codes = {
            scheme: (code, None, basis)
            for scheme, (code, _, basis) in codes_of(
                line, "function", "department_economic", "government_economic"
            ).items()
        }
        side = Side(0, 8, "expenditure", path=line.project, codes=codes, project=line.project)
        digits = [code for code, _, _ in codes.values()]
        cells = ["101001", budget.short, *digits, line.project or "", Style().show(line.amount), "京财预指标"]
        table.rows.append(Row(cells, [side]))
    if not table.rows:
        table.rows.append(Row([""] * 6 + ["0.00", ""], [Side(0, 8, "expenditure")]))
    return table
