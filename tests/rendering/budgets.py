"""A random budget: lines by function, both economic classifications and project, whose sums fill every table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from tests.rendering.words import BODIES, CAPITAL_ITEMS, ECONOMIC, FUND_ITEMS, ITEMS, PROJECTS

FUNDS = ("general_public_budget", "government_fund", "state_capital")


@dataclass(frozen=True)
class Line:
    """An appropriation: what it is for, out of what, and how much (yuan)."""

    function: str
    function_name: str
    economic: str
    fund: str
    amount: Decimal
    project: str | None = None
    carried: bool = False

    @property
    def personnel(self) -> bool:
        return ECONOMIC[self.economic][3]


@dataclass
class Budget:
    """Lines, the three public expenses (yuan: this year, last year) and who it is of."""

    entity: str
    short: str
    year: int
    lines: list[Line]
    three_public: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def sum(self, chosen: Callable[[Line], bool] = lambda line: True) -> Decimal:
        return sum((line.amount for line in self.lines if chosen(line)), Decimal(0))

    def by(self, key: Callable[[Line], str], lines: Iterable[Line] | None = None) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines if lines is None else lines:
            found[key(line)].append(line)
        return dict(found)


def budget(random: Random, size: int = 12, funds: float = 0.3, carried: float = 0.2, yuan: bool = False) -> Budget:
    """A budget of about ``size`` lines; ``funds`` and ``carried`` are how likely other funds and last year's money are."""
    year = random.randint(2019, 2026)
    body = random.choice(BODIES)
    functions = random.sample(sorted(ITEMS), random.randint(2, 6))
    lines: dict[tuple, Line] = {}

    def put(function: str, name: str, economic: str, fund: str, project: str | None = None, last: bool = False) -> None:
        cents = random.choice(
            (random.randint(1, 9_999), random.randint(10_000, 99_999_999), random.randint(1, 99) * 10**6)
        )
        amount = Decimal(cents).scaleb(-2)
        if yuan:
            amount = Decimal(max(1, int(amount)))
        lines[function, economic, fund, project, last] = Line(function, name, economic, fund, amount, project, last)

    for _ in range(max(1, size - 3)):
        function = random.choice(functions)
        put(function, ITEMS[function], random.choice(sorted(ECONOMIC)), FUNDS[0])
    for project in random.sample(PROJECTS, random.randint(1, 3)):
        function = random.choice(functions)
        put(function, ITEMS[function], "30299", FUNDS[0], project, random.random() < carried)
    for fund, items in ((FUNDS[1], FUND_ITEMS), (FUNDS[2], CAPITAL_ITEMS)):
        if random.random() < funds:
            function = random.choice(sorted(items))
            put(function, items[function], "30299", fund, random.choice(PROJECTS))
    made = Budget(f"北京市西城区{body}", f"区{body}", year, list(lines.values()))
    made.three_public = _three_public(random, yuan)
    return made


def _three_public(random: Random, yuan: bool) -> dict[str, tuple[Decimal, Decimal]]:
    def some() -> Decimal:
        if random.random() < 0.4:
            return Decimal(0)
        return Decimal(random.randint(1, 999)) * 100 if yuan else Decimal(random.randint(1, 99_999_999)).scaleb(-2)

    kinds = ("overseas_travel", "official_reception", "official_vehicle_purchase", "official_vehicle_operation")
    return {kind: (some(), some()) for kind in kinds}
