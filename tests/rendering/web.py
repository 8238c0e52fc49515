"""A disclosure as a web page printed to PDF by Chromium: cells wrapped, tables broken and headers repeated by a browser.

Nothing of this is drawn by the project, fonts and rules are those of a browser, and its fonts name characters as radicals.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path
from random import Random

from tests.rendering.grids import header
from tests.rendering.model import Column, Disclosure

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --no-pdf-header-footer"
).split()


def page(disclosure: Disclosure, random: Random) -> str:
    """The disclosure as HTML in a random look."""
    size = random.choice((7, 8, 9, 10))
    narrow = random.random() < 0.3
    # Numbers break in narrow cells; that they are one is told by others of the table, so a small one stays whole.
    number = "" if narrow else "white-space:nowrap;"
    style = f"""
@page{{size:A4 {random.choice(("landscape", "portrait"))};margin:15mm}}
body{{font-family:"Noto Serif CJK SC","Noto Sans CJK SC";font-size:{size}pt}}
h1{{font-size:22pt;text-align:center;margin-top:200px;break-after:page}}
h2{{font-size:{size + 4}pt;text-align:center;{random.choice(("break-before:page", "margin-top:30px"))}}}
table{{width:100%;border-collapse:{random.choice(("collapse", "collapse", "separate"))};border-spacing:0}}
table.m{{table-layout:{"fixed" if narrow else "auto"}}}
td,th{{border:{random.choice(("0.5pt solid #000", "1px solid #000", "1.5pt solid #333"))};font-weight:normal;
padding:{random.choice(("1px", "3px 4px", "6px"))};vertical-align:{random.choice(("middle", "top", "bottom"))};
overflow-wrap:{"anywhere" if narrow else "normal"}}}
table:not(.m) td{{white-space:nowrap}}
td.n{{text-align:{random.choice(("right", "center"))};{number}}}
tr{{break-inside:{random.choice(("auto", "avoid", "avoid"))}}}
thead{{display:{random.choice(("table-header-group", "table-row-group"))}}}
p{{text-indent:2em;line-height:1.8;font-size:12pt}} p.s{{text-align:right;margin:2px;font-size:{size}pt;text-indent:0}}"""
    parts = [f'<meta charset="utf-8"><style>{style}</style><h1>{escape(disclosure.title)}</h1>']
    parts += [f"<p>{escape(text)}</p>" for text in disclosure.prose]
    for table in disclosure.tables:
        parts.append(f'<h2>{escape(table.title)}</h2><p class="s">单位：{table.unit}</p>')
        parts.append(
            f'<table class="{"m" if len(table.rows) > 5 else ""}"><thead>{_header(table.columns)}</thead><tbody>'
        )
        for row in table.rows:
            cells = zip(table.columns, row.cells, strict=True)
            parts.append("<tr>" + "".join(f'<td class="{"" if c.key else "n"}">{escape(x)}</td>' for c, x in cells))
        parts.append("</tbody></table>")
        if table.note:
            parts.append(f"<p>{escape(table.note)}</p>")
    parts += [f"<p>{escape(text)}</p>" for text in disclosure.after]
    return "".join(parts)


def _header(columns: list[Column]) -> str:
    rows = (
        "".join(f'<th rowspan="{cell.rows}" colspan="{cell.columns}">{escape(cell.text)}</th>' for cell in row)
        for row in header(columns)
    )
    return "".join(f"<tr>{row}</tr>" for row in rows)


def printed(html: str) -> bytes:
    """``html`` as a PDF. Raises CalledProcessError where the browser fails, and TypeError where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(html, encoding="utf-8")
        here = (f"--user-data-dir={folder}/profile", f"--print-to-pdf={out}", source.as_uri())
        subprocess.run([CHROMIUM, *_SWITCHES, *here], check=True, capture_output=True, timeout=120)
        return out.read_bytes()
