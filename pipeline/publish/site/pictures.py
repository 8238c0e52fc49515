"""The pictures of a page: a title, the drawing in both languages, and the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.publish.site.charts import bars
from pipeline.publish.site.figures import Figure, Figures
from pipeline.publish.site.labels import Both, label, money
from pipeline.publish.site.sankey import Sankey, layout

_MOST = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """``drawing`` is markup, ``sankey`` a layout; one of them is there. ``figures`` stand below, behind one click."""

    id: str
    title: Both
    note: Both | None
    series: list[tuple[str, Both]]
    figures: list[Figure]
    drawing: Both | None = None
    sankey: Sankey | None = None

    @property
    def total(self) -> Decimal:
        return sum((figure.total for figure in self.figures), Decimal(0))


def pictures(figures: Figures, year: int | None) -> list[Picture]:
    """The pictures that the figures allow, in the order in which people ask."""
    found = []
    total = [("total", label("measure", "total"))]
    streams = layout(figures.revenue.values(), figures.expenditure.values())
    if streams:
        note = None
        if not streams.balanced:
            note = Both("两边合计不相等，按印刷的数字绘制。", "The two sides differ; drawn as printed.")
        both = [*figures.revenue.values(), *figures.expenditure.values()]
        title = Both("收入如何成为支出", "How revenue becomes expenditure")
        found.append(Picture("flow", title, note, total, both, sankey=streams))
    split = [("basic", label("measure", "basic")), ("project", label("measure", "project"))]
    note = _differs(figures.functions, figures.expenditure)
    found += _bars("function", Both("支出：按功能分类", "Expenditure by function"), figures.functions, split, note=note)
    split = [("personnel", label("measure", "personnel")), ("public", label("measure", "public"))]
    found += _bars(
        "economic", Both("基本支出：按经济分类", "Basic expenditure by economic class"), figures.economic, split
    )
    this, last = str(year or ""), str(year - 1 if year else "")
    named = [("this_year", Both(this, this)), ("last_year", Both(last, last))]
    if figures.compared:
        title = Both(
            "今年与上年：按功能分类（上年见上一年的文件）",
            "This year against last, by function (last year's disclosure)",
        )
        found += _bars("compared", title, figures.compared, named, stacked=False)
    if figures.years:
        title = Both("今年与上年（文字说明所述）", "This year against last (as the text states)")
        found += _bars("years", title, figures.years, named, stacked=False)
    return found


def _differs(figures: dict[str, Figure], others: dict[str, Figure]) -> Both | None:
    """What to say where two tables of a document do not print the same expenditure."""
    one, two = (sum((f.total for f in each.values()), Decimal(0)) for each in (figures, others))
    if not one or not two or one == two:
        return None
    return Both(
        f"各行合计 {money(one)} 元，收支总表为 {money(two)} 元；按印刷的数字绘制。",
        f"The rows add up to CNY {money(one)}, the summary prints CNY {money(two)}; drawn as printed.",
    )


def _bars(
    identity: str,
    title: Both,
    figures: dict[str, Figure],
    series: list[tuple[str, Both]],
    stacked: bool = True,
    note: Both | None = None,
) -> list[Picture]:
    ordered = sorted((f for f in figures.values() if f.total), key=lambda f: -f.total)
    if not ordered:
        return []
    used = [
        pair for pair in [*series, ("total", label("measure", "total"))] if any(pair[0] in f.amounts for f in ordered)
    ]
    shown = ordered[:_MOST]
    if len(ordered) > _MOST and note is None:
        note = Both(f"图中为最大的 {_MOST} 项，其余见数字。", f"The {_MOST} largest; the figures hold all.")
    drawing = bars(shown, used, title, stacked and len(used) > 1)
    return [Picture(identity, title, note, used, ordered, drawing=drawing)]
