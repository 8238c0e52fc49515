"""``yusuan export``: workbooks of a release, one a disclosure or one a body.

Numbers are numbers in yuan and codes are text; nothing that a source printed can become a formula or a link. The bytes
of a workbook depend on the release and on nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.disk import write_whole
from pipeline.publish.reading import ReleaseError, parquet_files, read_manifest, site_of
from pipeline.publish.site.labels import anchor, label
from pipeline.publish.site.printed import Side, sides
from schemas.loading import nearest
from schemas.vocabularies import vocabulary

Row = dict[str, Any]

EXPORTED = (
    "disclosures",
    "tables",
    "budget_lines",
    "statements",
    "key_figures",
    "indicators",
    "targets",
    "checks",
    "check_operands",
)
#: What a cell, a name of a sheet and a name of a file may hold at most.
_CELL, _SHEET, _FILE = 32_767, 31, 60
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
#: Any time will do, as long as it is always the same.
_MADE = datetime(2000, 1, 1)
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "code": {"num_format": "@", "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "failed": {"num_format": "#,##0.00", "valign": "top", "bg_color": "#F9D9D2", "font_color": "#7A1C00"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF2", "border": 1},
    "strong": {"bold": True, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "link": {"font_color": "#0B5394", "underline": 1, "valign": "top"},
    **{f"depth{depth}": {"text_wrap": True, "valign": "top", "indent": depth} for depth in range(4)},
}
_YES = {True: "是 yes", False: "否 no", None: ""}
_STRONG = ("total", "subtotal")


@dataclass(frozen=True, slots=True)
class Document:
    """A disclosure with its rows of the other tables."""

    row: Row
    rows: dict[str, list[Row]]


@dataclass(slots=True)
class Exported:
    """Where workbooks were written."""

    folder: Path
    files: list[Path] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.files)} workbook{'s' * (len(self.files) != 1)} below {self.folder}"


def export(release: Path, out: Path, by: str = "disclosure", only: str | None = None) -> Exported:
    """Write the workbooks of ``release`` below ``out``; of ``only``, a disclosure_id or part of a body's name.

    Raises ReleaseError where there is no release or nothing of that name, and OSError.
    """
    read_manifest(release)
    bodies = _bodies(release, only)
    pages = site_of(release) / "disclosures"
    out.mkdir(parents=True, exist_ok=True)
    made, taken = Exported(out), set[str]()
    for key, wanted in bodies:
        documents = list(_documents(release, key, wanted))
        groups = [[each] for each in documents]
        if by == "body":
            preferred = [each for each in documents if each.row["preferred"]]
            groups = [preferred or documents]
        for group in groups:
            name = _file_name(group, by, taken)
            write_whole(out / name, workbook(group, lambda identity: _page(pages, identity, out)))
            made.files.append(out / name)
    return made


def _bodies(release: Path, only: str | None) -> list[tuple[str | None, set[str]]]:
    """Each body with the disclosures that are wanted of it, in the order of the release."""
    rows = pl.read_parquet(
        parquet_files(release, "disclosures"), columns=["entity_key", "entity_name", "disclosure_id"]
    )
    found: dict[str | None, set[str]] = {}
    for key, name, identity in rows.iter_rows():
        if only is None or only == identity or only in (name or ""):
            found.setdefault(key, set()).add(identity)
    if only is not None and not found:
        raise ReleaseError(
            f"there is no disclosure or body {only!r}; {nearest(only, set(rows['entity_name'].drop_nulls()))}"
        )
    return list(found.items())


def _documents(release: Path, key: str | None, wanted: set[str]) -> Iterator[Document]:
    """The disclosures ``wanted`` of a body; of files, only those that may hold it are read."""
    by: dict[str, dict[str, list[Row]]] = {}
    for name in EXPORTED:
        for row in _rows(release, name, key, wanted):
            by.setdefault(row["disclosure_id"], {}).setdefault(name, []).append(row)
    for mine in sorted(by.values(), key=lambda rows: _order(rows["disclosures"][0])):
        yield Document(mine["disclosures"][0], {name: mine.get(name, []) for name in EXPORTED})


def _order(row: Row) -> tuple[int, str, str]:
    return row["disclosure_year"] or 0, row["stage"] or "", row["disclosure_id"]


def _rows(release: Path, name: str, key: str | None, wanted: set[str]) -> list[Row]:
    scanned = pl.scan_parquet(parquet_files(release, name))
    if "entity_key" in scanned.collect_schema():  # ids are hashes: only the body tells which files hold it
        scanned = scanned.filter(pl.col("entity_key").eq_missing(pl.lit(key, pl.String)))
    return scanned.filter(pl.col("disclosure_id").is_in(sorted(wanted))).collect().to_dicts()


def _file_name(group: Sequence[Document], by: str, taken: set[str]) -> str:
    """A name that any file system takes and that no other workbook has."""
    row = group[0].row
    if by == "disclosure":
        words = [str(row["disclosure_year"] or "unknown"), row["entity_name"] or "unknown", row["disclosure_id"]]
    else:
        words = [row["division_code"] or "unknown", row["entity_name"] or row["disclosure_id"]]
    stem = "-".join("".join(each if each.isalnum() else "_" for each in word)[:_FILE] for word in words)
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    return f"{name}.xlsx"


def _page(pages: Path, identity: str, out: Path) -> str | None:
    """The page of a disclosure as the workbook may name it: by a way that holds where both folders are moved together."""
    page = pages / f"{identity}.html"
    return Path(os.path.relpath(page, out)).as_posix() if page.is_file() else None


def workbook(documents: Sequence[Document], page_of: Any = lambda identity: None) -> bytes:
    """The workbook of some disclosures of one body. ``page_of`` gives the page of a disclosure, if there is one."""
    data = BytesIO()
    book = Workbook(
        data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": _MADE, "title": documents[0].row["entity_name"] or "", "comments": "open-yusuan"})
    pages = {each.row["disclosure_id"]: page_of(each.row["disclosure_id"]) for each in documents}
    _Book(book, documents, pages).fill()
    book.close()
    return data.getvalue()


class _Book:
    """A workbook while its sheets are written."""

    def __init__(self, book: Workbook, documents: Sequence[Document], pages: dict[str, str | None]) -> None:
        self._book, self._documents, self._pages = book, documents, pages
        self._formats = {name: book.add_format(values) for name, values in _FORMATS.items()}
        self._names: set[str] = set()

    def fill(self) -> None:
        """Write all sheets: what this is, key figures, contradictions, tables, performance."""
        front = self._sheet("说明 About", (26, 70, 40))
        self._figures()
        self._contradictions()
        tables = [(each, table) for each in self._documents for table in each.rows["tables"]]
        listed = [(table, each, self._table(each, table)) for each, table in tables]
        self._performance()
        self._about(front, listed)

    def _sheet(self, name: str, widths: Iterable[int]) -> _Sheet:
        plain = " ".join("".join(each if each.isprintable() else " " for each in name).translate(_FORBIDDEN).split())
        cut, count = plain[:_SHEET], 1
        while cut.casefold() in self._names:
            count += 1
            cut = f"{plain[: _SHEET - len(str(count)) - 1]} {count}"
        self._names.add(cut.casefold())
        sheet = self._book.add_worksheet(cut)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        return _Sheet(sheet, self._formats)

    def _about(self, sheet: _Sheet, listed: Sequence[tuple[Row, Document, str | None]]) -> None:
        sheet.row([self._documents[0].row["entity_name"]], "title")
        sheet.row(["金额单位：元，精确到分，如原文所印；单元格为数值，代码为文本。红色：未通过核对的金额。"])
        sheet.row(
            [
                "Amounts are in yuan, to the cent, as the source prints them; numbers are numbers, codes are text. Red: in a failed check."
            ]
        )
        for each in self._documents:
            row = each.row
            sheet.row([])
            for words, value in (
                ("文件 Document", row["title"] or row["source_file"]),
                ("年度 Year", str(row["disclosure_year"] or "")),
                ("类别 Stage", _both("stage", row["stage"])),
                ("范围 Scope", _both("scope", row["scope"])),
                ("读取 Status", _both("disclosure_status", row["status"])),
                ("说明 Reason", row["reason"]),
                ("文件编号 disclosure_id", row["disclosure_id"]),
                ("来源 Source", row["source_file"]),
                ("原文网址 Source URL", row["source_url"]),
            ):
                if value:
                    sheet.row([words, value])
            if (page := self._pages[row["disclosure_id"]]) is not None:
                sheet.row(["网页 Page"])
                sheet.link(1, page)
        sheet.row([])
        sheet.row(["表 Table", "题名 Title", "工作表 Sheet"], "head")
        for table, each, name in listed:
            sheet.row([self._short(each), table["title"], name or "（无金额 no amounts）"])
            if name:
                sheet.link_inside(2, name)

    def _short(self, each: Document) -> str:
        """What tells a disclosure from the others of its body."""
        row = each.row
        return f"{row['disclosure_year'] or ''}{label('stage', row['stage']).zh}{label('scope', row['scope']).zh if row['scope'] == 'unit' else ''}"

    def _figures(self) -> None:
        sheet = self._sheet("主要数字 Key figures", (14, 24, 34, 9, 16, 20, 12, 10, 8, 8, 26))
        sheet.row(
            [
                "文件 Document",
                "数字",
                "Figure",
                "年度 Year",
                "阶段 Phase",
                "金额（元）Amount (yuan)",
                "依据 Basis",
                "一致 Agrees",
                "页 Page",
                "行 Line",
                "网页 Page",
            ],
            "head",
        )
        sheet.freeze()
        for each in self._documents:
            places = _places(each)
            for row in each.rows["key_figures"]:
                words, place = label("figure", row["figure"]), places.get(row["owner_id"], {})
                sheet.row(
                    [self._short(each), words.zh, words.en, row["fiscal_year"], _both("phase", row["phase"]), row["amount"],
                     _both("figure_basis", row["basis"]), _YES[row["agrees"]], place.get("page"), place.get("line")],
                    money=(5,),
                )  # fmt: skip
                self._link(sheet, 10, row["disclosure_id"], row["owner_id"])

    def _link(self, sheet: _Sheet, column: int, identity: str, record: str | None) -> None:
        if (page := self._pages.get(identity)) is not None and record:
            sheet.link(column, f"{page}#{anchor(record)}")

    def _contradictions(self) -> None:
        sheet = self._sheet("矛盾 Contradictions", (14, 12, 50, 50, 20, 20, 20, 8, 30, 30, 26, 26))
        sheet.row(["文件 Document", "程度 Severity", "说明", "What disagrees", "一方 One side", "另一方 The other", "相差 Difference",
                   "单位 Unit", "一方位置 Place of one", "另一方位置 Place of the other", "一方网页 Page of one", "另一方网页 Page of the other"], "head")  # fmt: skip
        sheet.freeze()
        for each in self._documents:
            places = _places(each)
            operands: dict[tuple[str, str], list[str]] = {}
            for row in each.rows["check_operands"]:
                operands.setdefault((row["check_id"], row["side"]), []).append(row["id"])
            for row in sorted((row for row in each.rows["checks"] if row["status"] == "fail"), key=_by_size):
                left, right = (operands.get((row["check_id"], side), []) for side in ("left", "right"))
                sheet.row(
                    [self._short(each), _both("severity", row["severity"]), row["message_zh"], row["message_en"], row["left_value"],
                     row["right_value"], row["difference"], _UNITS.get(row["unit"], row["unit"]), _told(left, places), _told(right, places)],
                    money=(4, 5, 6),
                )  # fmt: skip
                for column, ids in ((10, left), (11, right)):
                    self._link(sheet, column, row["disclosure_id"], ids[0] if ids else None)

    def _table(self, each: Document, table: Row) -> str | None:
        """Write a table as it was printed: its rows and columns. None where it has no amounts."""
        lines = [line for line in each.rows["budget_lines"] if line["table_id"] == table["table_id"]]
        if not lines:
            return None
        failed = frozenset(
            row["id"]
            for check in each.rows["checks"]
            if check["status"] == "fail"
            for row in each.rows["check_operands"]
            if row["check_id"] == check["check_id"] and row["id"]
        )
        parts = sides(lines, failed)
        widths = [width for part in parts for width in (*_label_widths(part), *([18] * len(part.columns)))]
        prefix = f"{self._short(each)} " if len(self._documents) > 1 else ""
        sheet = self._sheet(f"{prefix}{table['table_no']} {table['title'] or ''}", widths)
        printed = sorted({line["printed_unit"] for line in lines if line["printed_unit"]})
        sheet.row([table["title"]], "title")
        sheet.row([f"单位：元 Unit: yuan（原文 printed in：{'、'.join(printed)}）"])
        sheet.row([words.zh for part in parts for words in (*part.heads, *part.columns)], "head")
        sheet.row([words.en for part in parts for words in (*part.heads, *part.columns)], "head")
        sheet.freeze()
        for at in range(max(len(part.rows) for part in parts)):
            self._printed_row(sheet, parts, at)
        return sheet.name

    def _printed_row(self, sheet: _Sheet, parts: Sequence[Side], at: int) -> None:
        column = 0
        for part in parts:
            if at < len(part.rows):
                row = part.rows[at]
                strong = row.kind in _STRONG
                for offset, (kind, text) in enumerate(row.labels):
                    style = "code" if kind == "code" else "strong" if strong else f"depth{row.depth}"
                    sheet.cell(column + offset, text, style)
                for offset, cell in enumerate(row.cells, start=len(row.labels)):
                    if cell is not None:
                        sheet.cell(column + offset, cell.amount, "failed" if cell.failed else "money")
            column += len(part.heads) + len(part.columns)
        sheet.next()

    def _performance(self) -> None:
        if not any(each.rows["indicators"] for each in self._documents):
            return
        sheet = self._sheet("绩效 Performance", (14, 12, 16, 18, 30, 50, 40, 8, 8))
        sheet.row(
            [
                "文件 Document",
                "期间 Horizon",
                "一级 Level 1",
                "二级 Level 2",
                "三级 Level 3",
                "内容 Text",
                "目标值 Targets",
                "页 Page",
                "行 Line",
            ],
            "head",
        )
        sheet.freeze()
        for each in self._documents:
            targets: dict[str, list[str]] = {}
            for row in each.rows["targets"]:
                told = " ".join(filter(None, (row["subject"], _both("comparator", row["comparator"]), row["printed"])))
                targets.setdefault(row["indicator_id"], []).append(told)
            for row in each.rows["indicators"]:
                told = "\n".join(targets.get(row["indicator_id"], []))
                sheet.row(
                    [
                        self._short(each),
                        _both("horizon", row["horizon"]),
                        row["level1"],
                        row["level2"],
                        row["level3"],
                        row["text"],
                        told,
                        row["page"],
                        row["line"],
                    ]
                )


_UNITS = {"CNY": "元 yuan", "percent": "%"}


class _Sheet:
    """A worksheet that is written row by row."""

    def __init__(self, sheet: Worksheet, formats: dict[str, Any]) -> None:
        self._sheet, self._formats, self._at = sheet, formats, 0
        self.name = str(sheet.get_name())

    def row(self, values: Sequence[Any], style: str = "text", money: Sequence[int] = ()) -> None:
        """Write the next row; the columns of ``money`` are shown with cents."""
        for column, value in enumerate(values):
            self.cell(column, value, "money" if column in money else style)
        self.next()

    def next(self) -> None:
        self._at += 1

    def freeze(self) -> None:
        """Keep what is written so far, the head, in sight."""
        self._sheet.freeze_panes(self._at, 0)

    def cell(self, column: int, value: Any, style: str) -> None:
        """Write a cell of the row that is next: a number as a number, all else as text and never as a formula."""
        if value is None or value == "":
            return
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(repr(float(value))) == value:
            self._sheet.write_number(self._at, column, float(value), self._formats[style])
            return
        text = value if isinstance(value, str) else format(value, "f")
        if len(text) > _CELL:
            text = text[: _CELL - 1] + "…"
        self._sheet.write_string(self._at, column, text, self._formats[style])

    def link(self, column: int, target: str) -> None:
        """Make a cell of the row written last lead to a page."""
        self._link(column, f"external:{target}", "网页 page")

    def link_inside(self, column: int, name: str) -> None:
        """Make a cell of the row written last lead to a sheet."""
        self._link(column, f"internal:'{name}'!A1", name)

    def _link(self, column: int, url: str, words: str) -> None:
        self._sheet.write_url(self._at - 1, column, url, self._formats["link"], words)


def _both(name: str, value: str | None) -> str:
    words = label(name, value)
    return "" if value is None else words.zh if words.zh == words.en else f"{words.zh} {words.en}"


def _label_widths(part: Side) -> list[int]:
    return [12 if words.en == "Code" else 34 for words in part.heads]


def _by_size(row: Row) -> tuple[int, bool, bool, Decimal]:
    rank = list(vocabulary("severity")).index(row["severity"])
    return rank, bool(row["rounding_only"]), row["unit"] != "CNY", -abs(row["difference"] or Decimal(0))


def _places(each: Document) -> dict[str, Row]:
    """Where each record of a document stands."""
    lines = {row["line_id"]: row for row in each.rows["budget_lines"]}
    return lines | {row["statement_id"]: row for row in each.rows["statements"]}


def _told(ids: Sequence[str], places: dict[str, Row]) -> str:
    """The place of the first figure of a side, and how many more it has."""
    found = [places[each] for each in ids if each in places]
    if not found:
        return ""
    place = found[0]
    page = f"第{place['page']}页 page {place['page']}, " if place["page"] else ""
    more = f"（共{len(found)}处 of {len(found)}）" if len(found) > 1 else ""
    return f"{page}第{place['line']}行 line {place['line']}: {place['printed']} {place['printed_unit'] or ''}{more}"
