"""A disclosure as a web page: clean, or as content systems, Word and Excel write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from random import Random

from tests.rendering.grids import GridRow, Spanned, body, header, wide
from tests.rendering.model import Disclosure, Table

WRITERS = ("clean", "content system", "word", "excel")


@dataclass(frozen=True)
class How:
    """Who wrote the page, and how its tables are cut: rows in one part (0: all), the header anew in each or not."""

    writer: str
    part: int
    repeated: bool
    joined: bool
    titled: bool
    encoding: str
    declared: bool


def how(random: Random, writer: str | None = None) -> How:
    """A random way to write a page."""
    return How(
        writer or random.choice(WRITERS), random.choice((0, 0, 4, 9)), random.random() < 0.6, random.random() < 0.5,
        random.random() < 0.4, random.choice(("utf-8", "gb18030")), random.random() < 0.7,
    )  # fmt: skip


def render(disclosure: Disclosure, how: How, random: Random) -> bytes:
    """The page, encoded."""
    write = _Writer(how, random)
    parts = [write.heading(disclosure.title), *map(write.paragraph, disclosure.prose)]
    for table in disclosure.tables:
        parts += write.table(table)
    article = "".join([*parts, *map(write.paragraph, disclosure.after)])
    charset = f'<meta http-equiv="Content-Type" content="text/html; charset={how.encoding}">' if how.declared else ""
    page = f"<html><head>{charset}<title>{escape(disclosure.title)}</title>{_STYLE}</head><body>{write.around(article)}</body></html>"
    return page.encode(how.encoding)


_STYLE = """<style><!-- .xl65{mso-number-format:"\\@";text-align:center} p.MsoNormal{margin:0} .hide{display:none}
--></style><!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets>99.00</x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->"""
_BEFORE = """<script>var a = "<table><tr><td>1.00</td></tr></table>";</script>
<div class="top"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/a/">政务公开</a></li></ul></div>
<div class="wzwz">当前位置：<a href="/">首页</a> &gt; <a href="/b/">财政信息</a></div>
<table width="980" border="0" align="center" cellpadding="0" cellspacing="0"><tr><td><table width="100%"><tr><td>"""
_TOOLS = """<div class="xxgk"><span>发布时间：2025-02-14 10:32</span>&nbsp;&nbsp;<span>【字体：<a>大</a> <a>中</a> <a>小</a>】</span>
<a href="javascript:window.print()">打印</a></div><div class="TRS_Editor"><!-- content -->"""
_AFTER = """</div></td></tr></table></td></tr></table><div class="footer"><p>主办单位：某区人民政府办公室</p>
<p>京ICP备05000000号-1 政府网站标识码1101020001 京公网安备11010202000001号</p></div>"""


class _Writer:
    def __init__(self, how: How, random: Random) -> None:
        self.how, self.random = how, random

    def around(self, article: str) -> str:
        """The article in the page of a content system; the others write a page of their own."""
        if self.how.writer != "content system":
            return article
        return f"{_BEFORE}{_TOOLS}{article}{_AFTER}"

    def heading(self, text: str) -> str:
        if self.how.writer == "clean":
            return f"<h1>{escape(text)}</h1>"
        return (
            f'<p align="center" style="text-align:center"><b><span style="font-size:22pt">{escape(text)}</span></b></p>'
        )

    def paragraph(self, text: str) -> str:
        if self.how.writer == "word":
            return (
                f'<p class=MsoNormal style="text-indent:2em">{self._runs(text)}<span lang=EN-US><o:p></o:p></span></p>'
            )
        return f"<p>{'&nbsp;' * self.random.choice((0, 4))}{escape(text)}</p>"

    def table(self, table: Table) -> list[str]:
        """Title, unit, grids and note."""
        columns = len(table.columns)
        head, rows = header(table.columns), body(table)
        before = [wide(table.title, columns), wide(f"单位：{table.unit}", columns)]
        if self.how.writer == "excel" or self.how.titled:
            head, above = [*before, *head], []
        else:
            above = [self.heading(table.title), self.paragraph(f"单位：{table.unit}")]
        size = self.how.part or max(len(rows), 1)
        cut = [rows[at : at + size] for at in range(0, len(rows), size)] or [[]]
        own = head if above else head[2:]
        if self.how.joined and not self.how.repeated:
            cut = [rows]
        grids: list[list[GridRow]] = []
        for at, part in enumerate(cut):
            again = own if self.how.repeated else []
            grids.append([*(head if at == 0 else again), *part])
        if self.how.joined:
            grids = [[row for grid in grids for row in grid]]
        return [
            *above,
            *(self._grid(grid, columns) for grid in grids),
            *([self.paragraph(table.note)] if table.note else []),
        ]

    def _grid(self, rows: Sequence[GridRow], columns: int) -> str:
        written = "".join(f"<tr>{''.join(map(self._cell, row))}</tr>" for row in rows)
        if self.how.writer == "excel":
            spacer = "<td width=72 style='width:54pt'></td>" * columns
            written += f"<![if supportMisalignedColumns]><tr height=0 style='display:none'>{spacer}</tr><![endif]>"
            return f"<table border=0 cellpadding=0 width={72 * columns} style='border-collapse:collapse'><col width=72 span={columns}>{written}</table>"
        if self.how.writer == "word":
            return f'<div align=center><table class=MsoTableGrid border=1 cellspacing=0 style="border:none">{written}</table></div>'
        return f'<table border="1"><tbody>{written}</tbody></table>'

    def _cell(self, cell: Spanned) -> str:
        spans = f' rowspan="{cell.rows}"' * (cell.rows > 1) + f' colspan="{cell.columns}"' * (cell.columns > 1)
        if self.how.writer == "clean":
            return f"<td{spans}>{escape(cell.text)}</td>"
        if self.how.writer == "excel":
            number = f' x:num="{cell.text.replace(",", "")}"' if cell.amount and cell.text else ""
            filling = "<span style='mso-spacerun:yes'>&nbsp;&nbsp;</span>" if cell.amount and cell.text else ""
            return f"<td{spans} class=xl65{number}>{filling}{escape(cell.text) or '　'}</td>"
        if self.how.writer == "word":
            inner = self._runs(cell.text) if cell.text else "<span lang=EN-US><o:p>&nbsp;</o:p></span>"
            return f'<td{spans} valign=top style="border:solid windowtext 1.0pt"><p class=MsoNormal align=center>{inner}</p></td>'
        return f'<td{spans} style="text-align: center"><span style="font-family: 宋体"><font>{escape(cell.text) or "&nbsp;"}</font></span></td>'

    def _runs(self, text: str) -> str:
        """``text`` in runs, cut anywhere, as Word writes it where fonts change."""
        at = self.random.randint(0, len(text))
        runs = [piece for piece in (text[:at], text[at:]) if piece]
        return "".join(f"<span lang=EN-US style='font-family:宋体'>{escape(run)}</span>" for run in runs)
