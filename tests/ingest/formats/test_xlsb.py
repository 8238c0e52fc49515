"""Binary workbooks: values as their formats show them, merged cells, what is hidden."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from pipeline.ingest.document import NotReadable
from tests.documents import read as extracted
from tests.ingest.formats.reading import content, grid, spans

RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(kind: int, body: bytes = b"") -> bytes:
    length = len(body)
    size = b""
    while length > 0x7F:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + size + bytes([length]) + body


def string(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def counted(kind: int, *counts: int) -> bytes:
    return record(kind, struct.pack(f"<{len(counts)}I", *counts))


def cell(column: int, value: object, style: int = 0) -> bytes:
    """A cell: bytes are those of an RK number, a tuple is a formula and its value."""
    at = struct.pack("<II", column, style)
    if isinstance(value, tuple):
        return record(9, at + struct.pack("<d", value[0]) + b"\0\0")
    if isinstance(value, bytes):
        return record(2, at + value)
    if isinstance(value, int):
        return record(7, at + struct.pack("<I", value))
    if isinstance(value, float):
        return record(5, at + struct.pack("<d", value))
    return record(6, at + string(str(value)))


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBB", number, 0, 300, 0, 0x10 if hidden else 0)) + b"".join(cells)


def column(first: int, last: int, hidden: bool = True) -> bytes:
    return record(60, struct.pack("<IIIIH", first, last, 2000, 0, hidden))


def merged(top: int, bottom: int, left: int, right: int) -> bytes:
    return record(176, struct.pack("<IIII", top, bottom, left, right))


def xlsb(*sheets: tuple[str, int, bytes], strings: tuple[str, ...] = (), formats: tuple[str, ...] = ()) -> bytes:
    """A workbook of sheets: their names, whether they are hidden (0, 1, 2), and their records."""
    numbered = range(1, len(sheets) + 1)
    main = record(153, struct.pack("<II", 0, 0) + string("")) + b"".join(
        record(156, struct.pack("<II", state, n) + string(f"r{n}") + string(name))
        for n, (name, state, _) in zip(numbered, sheets, strict=True)
    )
    links = "".join(f'<Relationship Id="r{n}" Type="{RELATED}/worksheet" Target="s{n}.bin"/>' for n in numbered)
    links += f'<Relationship Id="a" Type="{RELATED}/sharedStrings" Target="strings.bin"/>'
    links += f'<Relationship Id="b" Type="{RELATED}/styles" Target="styles.bin"/>'
    styles = b"".join(record(44, struct.pack("<H", 164 + n) + string(code)) for n, code in enumerate(formats))
    ids = [0, *range(164, 164 + len(formats))]
    xfs = b"".join(record(47, struct.pack("<HH", 0, each) + b"\0" * 12) for each in ids)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", main)
        archive.writestr("xl/_rels/workbook.bin.rels", f"<Relationships>{links}</Relationships>")
        shared = b"".join(record(19, b"\0" + string(text)) for text in strings)
        archive.writestr("xl/strings.bin", counted(159, len(strings), len(strings)) + shared + record(160))
        own = counted(615, len(formats)) + styles + record(616) + counted(626, 1) + record(47, bytes(16))
        archive.writestr("xl/styles.bin", own + record(627) + counted(617, len(ids)) + xfs + record(618))
        for n, (_, _, records) in zip(numbered, sheets, strict=True):
            archive.writestr(f"xl/s{n}.bin", record(129) + records + record(130))
    return out.getvalue()


def test_values_are_shown_as_their_formats_say():
    # The RK numbers are 106520 hundredths, -12, and the upper half of 1.5.
    rk = [struct.pack("<i", number) for number in (106520 << 2 | 3, -12 << 2 | 2, 0x3FF80000)]
    records = row(0, cell(0, 0), cell(1, 1), cell(2, "丙")) + row(
        1, cell(0, rk[0], 1), cell(1, rk[1], 2), cell(2, rk[2])
    )
    records += row(2, cell(0, 15620000.0, 3), cell(1, (0.25,), 4), cell(2, 1065.2000000000001))
    read = content(
        xlsb(("表", 0, records), strings=("甲", "乙"), formats=("#,##0.00", "#,##0_);(#,##0)", "0!.0,", "0%"))
    )
    assert grid(read) == [["甲", "乙", "丙"], ["1,065.2", "-12", "1.5"], ["1562", "25%", "1065.2"]]


def test_what_is_hidden_is_left_out_and_said():
    rows = [row(n, cell(0, f"甲{n}"), cell(1, float(n)), cell(2, 5.0), hidden=n == 1) for n in range(3)]
    read = content(xlsb(("表", 0, column(1, 1) + b"".join(rows)), ("旧", 2, rows[0]), ("空", 1, b"")))
    assert grid(read) == [["甲0", "5"], ["甲2", "5"]]
    assert read.remarks == (
        "sheet 表: hidden rows 2 and columns B are left out", "hidden sheets are left out: 旧",
    )  # fmt: skip


def test_its_tables_are_read_like_those_of_other_workbooks():
    head = row(0, cell(0, "某某市水利局2025年部门支出总表")) + row(1, cell(2, "单位：万元"))
    head += row(2, cell(0, "科目编码"), cell(1, "科目名称"), cell(2, "合计"))
    body = row(3, cell(0, 2130301.0), cell(1, "行政运行"), cell(2, 621.58)) + row(4, cell(1, "合计"), cell(2, 621.58))
    data = xlsb(("1", 0, head + body + merged(0, 0, 0, 2)))
    assert spans(content(data)) == {"某某市水利局2025年部门支出总表": (1, 3)}
    extraction = extracted(data, "x.xlsb")
    assert [(line.function_code, str(line.amount)) for line in extraction.rows.budget_lines] == [
        ("2130301", "6215800.00"), (None, "6215800.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("records", [b"\x05\x04\x00", record(0, b"\x01"), record(156), b"\xff" * 9, record(60, b"")])
def test_broken_records_are_a_reason(records):
    with pytest.raises(NotReadable):
        content(xlsb(("表", 0, records)))
