"""The pictures of a page: a sentence that says what is to be seen, what is drawn, and the figures behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pipeline.publish.site.charts import Chart
from pipeline.publish.site.figures import Figure, Figures
from pipeline.publish.site.labels import Both, change, label, share, yuan

_MOST = 8
#: Classes of colours by series: the first is dark and the second light, so that they differ without colour, too.
INKS = ("c1", "c2")


@dataclass(frozen=True, slots=True)
class Picture:
    """``sentence`` stands above the chart, ``figures`` below it behind one click, each with its records."""

    id: str
    sentence: Both
    note: Both | None
    series: list[tuple[str, Both]]
    figures: list[Figure]
    chart: Chart


def pictures(figures: Figures, year: int | None) -> list[Picture]:
    """The pictures that the figures of a disclosure, or of several summed, allow."""
    found = [*_revenue(figures), *_functions(figures), *_economic(figures)]
    return found + _compared(figures, year)


def picture(
    identity: str, sentence: Both, figures: list[Figure], series: list[tuple[str, Both]], stacked: bool = False
) -> Picture:
    """The chart of the first of ``figures``, one series or several; all of them stand behind the click."""
    used = [pair for pair in series if any(pair[0] in figure.amounts for figure in figures)]
    shown = figures[:_MOST]
    note = None
    if len(figures) > _MOST:
        note = Both(f"图中为前 {_MOST} 项，共 {len(figures)} 项。", f"The first {_MOST} of {len(figures)} are drawn.")
    chart = Chart(
        [figure.name for figure in shown],
        [[figure.amounts.get(key) for key, _ in used] for figure in shown],
        list(INKS) if len(used) > 1 else ["c1"] * len(shown),
        stacked and len(used) > 1,
    )
    return Picture(identity, sentence, note, used, figures, chart)


def _largest(figures: Iterable[Figure]) -> list[Figure]:
    return sorted((figure for figure in figures if figure.total), key=lambda figure: -figure.total)


def _sum(figures: Iterable[Figure]) -> Decimal:
    return sum((figure.total for figure in figures), Decimal(0))


def _revenue(figures: Figures) -> list[Picture]:
    """Where the money comes from: worth a picture only where it comes from more than one source."""
    ordered = _largest(figures.revenue.values())
    if len(ordered) < 2:
        return []
    first, total = ordered[0], _sum(ordered)
    sentence = Both(
        f"收入（含结转）{yuan(total).zh}，有{len(ordered)}个来源，{first.name.zh}占{share(first.total, total)}。",
        f"Revenue, balances included, is {yuan(total).en} from {len(ordered)} sources; "
        f"{first.name.en} is {share(first.total, total)} of it.",
    )
    return [picture("revenue", sentence, ordered, [("total", label("measure", "total"))])]


def _functions(figures: Figures) -> list[Picture]:
    ordered = _largest(figures.functions.values())
    if not ordered:
        return []
    first, total = ordered[0], _sum(ordered)
    zh = f"支出中{first.name.zh}最多，{yuan(first.total).zh}，占{share(first.total, total)}"
    en = f"Most is spent on {first.name.en}: {yuan(first.total).en}, {share(first.total, total)} of expenditure"
    project = sum((figure.amounts.get("project", Decimal(0)) for figure in ordered), Decimal(0))
    if any("project" in figure.amounts for figure in ordered):
        zh += f"；项目支出占全部支出的{share(project, total)}"
        en += f"; projects are {share(project, total)} of all"
    series = [(name, label("measure", name)) for name in ("basic", "project", "total")]
    # Where two tables disagree about the whole, a share of either would be a guess: that is what is to be seen.
    sentence = _differs(figures.functions, figures.expenditure) or Both(f"{zh}。", f"{en}.")
    return [picture("function", sentence, ordered, series, stacked=True)]


def _economic(figures: Figures) -> list[Picture]:
    ordered = _largest(figures.economic.values())
    if not ordered:
        return []
    first, total = ordered[0], _sum(ordered)
    sentence = Both(
        f"基本支出{yuan(total).zh}，其中{first.name.zh}占{share(first.total, total)}。",
        f"Of {yuan(total).en} of basic expenditure {share(first.total, total)} is {first.name.en}.",
    )
    series = [(name, label("measure", name)) for name in ("personnel", "public", "total")]
    return [picture("economic", sentence, ordered, series, stacked=True)]


def _compared(figures: Figures, year: int | None) -> list[Picture]:
    if not figures.compared or year is None:
        return []
    moved = sorted(figures.compared.values(), key=lambda figure: -abs(_moved(figure)))
    most, now, before = moved[0], _series(moved, "this_year"), _series(moved, "last_year")
    by = Both(
        ("增加" if _moved(most) > 0 else "减少") + yuan(abs(_moved(most))).zh,
        ("up " if _moved(most) > 0 else "down ") + yuan(abs(_moved(most))).en,
    )
    total = change(now, before)
    sentence = Both(
        f"支出比{year - 1}年{total.zh}；变动最大的是{most.name.zh}，{by.zh}。",
        f"Expenditure {total.en} on {year - 1}; {most.name.en} moved most, {by.en}.",
    )
    series = [("this_year", Both(str(year), str(year))), ("last_year", Both(str(year - 1), str(year - 1)))]
    return [picture("compared", sentence, moved, series)]


def _moved(figure: Figure) -> Decimal:
    return figure.amounts["this_year"] - figure.amounts["last_year"]


def _series(figures: Iterable[Figure], name: str) -> Decimal:
    return sum((figure.amounts.get(name, Decimal(0)) for figure in figures), Decimal(0))


def _differs(figures: dict[str, Figure], others: dict[str, Figure]) -> Both | None:
    """What to say where two tables of a document do not print the same expenditure by function.

    What the summary prints besides, such as balances carried over, is of no function and says nothing.
    """
    one, two = (
        sum((figure.total for code, figure in each.items() if code.isdigit()), Decimal(0)) for each in (figures, others)
    )
    if not one or not two or one == two:
        return None
    return Both(
        f"两张表不一致：各功能科目相加为{yuan(one).zh}，收支总表为{yuan(two).zh}；按印刷的数字绘制。",
        f"Two tables disagree: the functions add up to {yuan(one).en}, the summary says {yuan(two).en}. Drawn as printed.",
    )
