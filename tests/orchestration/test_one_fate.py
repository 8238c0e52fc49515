"""Whatever one document does at any stage, it is quarantined with the reason and every other is published."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html import escape
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest
import xlwt
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.extract import disclosure
from pipeline.extract.ledger import Token, TwoOwnersError
from pipeline.ingest import read as reading
from pipeline.ingest.collections import SourceFile, each_collection
from pipeline.ingest.formats import format_of
from pipeline.ingest.limits import Limits
from pipeline.orchestration import extraction
from pipeline.orchestration.executors import WorkerDied, executor
from pipeline.orchestration.extraction import extract_collection, extracted_collections, read_index
from pipeline.orchestration.releases import make_release
from pipeline.publish import parts
from pipeline.publish.reading import read_table
from pipeline.publish.verify import verify
from pipeline.tidy import documents, frames
from pipeline.tidy.documents import read_documents
from pipeline.tidy.validation import RowFault, ValidationFailure
from tests.builds import build, build_here
from tests.documents import BUNDLED, ROOT
from tests.orchestration.hanging import die_of_one

TEXT = BUNDLED.read_text(encoding="utf-8")
LINES = [line for line in TEXT.split("\n") if line.strip()]


def _pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    held = io.BytesIO()
    canvas = Canvas(held)
    for at in range(0, len(LINES), 60):
        text = canvas.beginText(40, 800)
        text.setFont("STSong-Light", 9, 12)
        text.textLines(LINES[at : at + 60])
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line.split())
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _word() -> bytes:
    made = docx.Document()
    for line in LINES:
        made.add_paragraph(line)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _page() -> bytes:
    return (
        "<!doctype html><html><body>" + "".join(f"<p>{escape(line)}</p>" for line in LINES) + "</body></html>"
    ).encode()


def _saved_page() -> bytes:
    made = MIMEMultipart("related", type="text/html")
    made.attach(MIMEText(_page().decode(), "html", "utf-8"))
    return made.as_bytes()


def _separated() -> bytes:
    return "\n".join(",".join(line.split()) for line in LINES).encode()


def _picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(held, "PNG")
    return held.getvalue()


def _old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    for row, line in enumerate(LINES):
        for column, cell in enumerate(line.split()[:200]):
            sheet.write(row, column, cell)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _old_word() -> bytes:
    return b"{\\rtf1 " + b" ".join(b"\\u%d?" % ord(each) for each in LINES[0]) + b"}"


#: Reading these takes a model or an office: what they hold is that of the text.
SLOW = {"png", "doc"}
KINDS = {
    "text": TEXT.encode,
    "pdf": _pdf,
    "html": _page,
    "mhtml": _saved_page,
    "xlsx": _workbook,
    "docx": _word,
    "csv": _separated,
    "png": _picture,
    "doc": _old_word,
    "xls": _old_workbook,
}


@pytest.fixture(scope="module")
def sources() -> dict[str, tuple[bytes, object]]:
    """A document of each kind, and what its reader makes of it."""
    made = {kind: make() for kind, make in KINDS.items()}
    read = {kind: format_of(data).read(data, Limits()) for kind, data in made.items() if kind not in SLOW}
    return {kind: (data, read.get(kind, read["text"])) for kind, data in made.items()}


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("a fault of ours")


STAGES: dict[str, tuple[object, str]] = {
    "recognised": (reading, "format_of"),
    "read": (reading, "Document"),
    **{
        f"extracted: {name}": (disclosure, name)
        for name in (
            "find_segments", "judge", "withhold", "identify", "family_of", "read_tables", "read_performance",
            "read_prose", "add_numbers", "name_family", "_disclosure",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("stage", [*STAGES, "typed"])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in ("text", "pdf") else [pytest.mark.slow]) for kind in KINDS]
)
def test_a_failure_at_any_stage_quarantines_the_document_and_says_so(sources, monkeypatch, kind, stage):
    data, content = sources[kind]
    assert format_of(data).apart == (kind not in ("text", "csv"))
    monkeypatch.setattr(reading, "read_apart", lambda *_: content)
    if stage == "typed":
        monkeypatch.setattr(documents, "to_bytes", unless_quarantined(documents.to_bytes))
    else:
        monkeypatch.setattr(*STAGES[stage], fail)
    name = f"x.{kind}"
    kept, lasting = extraction._made(SourceFile(Path("raw/c") / name, "c", name), data, False)
    built, texts = read_documents([("x", kept)])
    (row,) = built["disclosures"].to_dicts()
    assert (row["status"], row["source_file"], row["source_bytes"]) == ("quarantined", f"c/{name}", len(data))
    assert "RuntimeError: a fault of ours" in row["reason"]
    assert lasting
    assert texts == {}
    assert all(frame.height == 0 for table, frame in built.items() if table != "disclosures")


def unless_quarantined(do: Callable[..., bytes]) -> Callable[..., bytes]:
    return lambda found: do(found) if found.disclosure.status == "quarantined" else fail()


def test_a_reader_that_fails_on_a_text_harms_no_other(monkeypatch):
    from pipeline.ingest.formats import plain

    monkeypatch.setattr(plain, "read", fail)
    kept, _ = extraction._made(SourceFile(BUNDLED, "c", "x.txt"), TEXT.encode(), False)
    assert read_documents([("x", kept)])[0]["disclosures"]["status"].to_list() == ["quarantined"]


def test_a_number_with_two_owners_quarantines_its_document(monkeypatch):
    def harm(*_: object) -> None:
        raise TwoOwnersError(Token(0, 1, "1", None), ("tables", "x"))

    monkeypatch.setattr(disclosure, "read_tables", harm)
    kept, lasting = extraction._made(SourceFile(BUNDLED, "c", "x.txt"), TEXT.encode(), False)
    (reason,) = read_documents([("x", kept)])[0]["disclosures"]["reason"].to_list()
    assert reason.startswith("two readers claim one number of it, which would be published twice")
    assert lasting


def released(raw: Path, out: Path) -> dict[str, dict[str, object]]:
    """The disclosures of a release of all in ``raw/c``, which verifies, by file."""
    extract_collection(raw, out, "c")
    release = make_release(out).release.path
    assert verify(release) == []
    rows = read_table(release, "disclosures").to_dicts()
    return {Path(str(row["source_file"])).name: row for row in rows}


def _holds(frames: object, files: set[str]) -> bool:
    disclosures = frames["disclosures"]  # type: ignore[index]
    read = disclosures.filter(pl.col("status") != "quarantined")["source_file"].to_list()
    return any(Path(name).name in files for name in read)


@pytest.mark.slow
@pytest.mark.parametrize("stage", [(frames, "key_figures"), (frames, "validate"), (parts, "reconcile")])
def test_what_cannot_be_validated_cast_or_checked_is_found_among_others(tmp_path, monkeypatch, stage):
    folder = tmp_path / "raw" / "c"
    folder.mkdir(parents=True)
    bad = {f"{number}.txt" for number in (1, 3)}
    for number in range(4):
        (folder / f"{number}.txt").write_text(TEXT + "\n" * number, encoding="utf-8")
    before = getattr(*stage)

    def harm(found: object, *rest: object, **more: object) -> object:
        return fail() if _holds(found, bad) else before(found, *rest, **more)

    monkeypatch.setattr(*stage, harm)
    found = released(tmp_path / "raw", tmp_path / "out")
    assert {name for name, row in found.items() if row["status"] == "quarantined"} == bad
    assert all("a fault of ours" in str(found[name]["reason"]) for name in bad)
    # The next release knows them, and does not look for them again.
    attempts = []
    monkeypatch.setattr(stage[0], stage[1], lambda *given, **more: attempts.append(1) or harm(*given, **more))
    assert released(tmp_path / "raw", tmp_path / "out") == found
    assert attempts == []


@pytest.mark.slow
def test_what_two_documents_are_only_together_stops_the_build(tmp_path, monkeypatch):
    folder = tmp_path / "raw" / "c"
    folder.mkdir(parents=True)
    for number in range(2):
        (folder / f"{number}.txt").write_text(TEXT + "\n" * number, encoding="utf-8")
    before = frames.validate

    def collide(found: object, *rest: object, **more: object) -> None:
        if found["disclosures"].height > 1:  # type: ignore[index]
            raise ValidationFailure([RowFault("tables", "x", "table_id", "the key stands more than once")])
        before(found, *rest, **more)

    monkeypatch.setattr(frames, "validate", collide)
    extract_collection(tmp_path / "raw", tmp_path / "out", "c")
    with pytest.raises(ValidationFailure, match="more than once"):
        make_release(tmp_path / "out")


DIGITS = "9" * 5_000


def nasty() -> dict[bytes, bytes]:
    """Files that stopped builds, or might."""
    return {
        b"a-million-times.txt": TEXT.replace("单位：元", "单位：亿元").replace("单位：万元", "单位：亿元").encode(),
        b"digits.txt": TEXT.replace("合计", f"合计 {DIGITS}", 3).encode(),
        b"digits.html": f"<html><body><table><tr><td>部门预算</td><td>{DIGITS}</td></tr></table></body></html>".encode(),
        b"account.txt": (
            TEXT + "\n开户行账号 6222021234567890123 元\n项目资金总额：6222021234567890123 万元\n"
        ).encode(),
        b"big.txt": TEXT.replace("元。", "元，合计10000000000000000亿元。", 5).encode(),
        b"deep.html": b"<html><body>" + b"<div>" * 50_000 + "部门预算".encode() + b"</body></html>",
        b"\xb2\xbf\xc3\xc5.txt": (TEXT + "\n ").encode(),
        b"n" * 251 + b".txt": (TEXT + "\n  ").encode(),
        b"spaces.txt": TEXT.replace("\n", "   \n", 200).encode(),
        b"good.txt": TEXT.encode(),
    }


@pytest.mark.slow
def test_a_folder_of_nasty_files_is_published_but_for_those(tmp_path):
    folder = tmp_path / "raw" / "c"
    folder.mkdir(parents=True)
    for name, data in nasty().items():
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_bytes(data)
    os.mkfifo(folder / "pipe.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    with (folder / "sparse.txt").open("wb") as file:
        file.truncate(1 << 40)
    (folder / "Thumbs.db").write_bytes(b"\0")
    found = released(tmp_path / "raw", tmp_path / "out")
    assert set(found) == {
        *(os.fsdecode(name) for name in nasty() if name.isascii()),
        "\\xb2\\xbf\\xc3\\xc5.txt",
        "pipe.txt",
        "device.txt",
        "sparse.txt",
    }
    assert found["good.txt"]["status"] == "complete"
    assert found["\\xb2\\xbf\\xc3\\xc5.txt"]["status"] == "complete"
    for name, why in {
        "pipe.txt": "a pipe",
        "device.txt": "outside the raw folder",
        "sparse.txt": "bytes are more",
    }.items():
        assert found[name]["status"] == "quarantined"
        assert why in str(found[name]["reason"])
    assert not any(str(tmp_path) in str(row["reason"]) for row in found.values())


@pytest.mark.slow
def test_nothing_that_is_published_logged_or_shown_holds_a_path_of_the_machine_or_obeys_a_name(tmp_path, monkeypatch):
    folder, out = tmp_path / "raw" / "c", tmp_path / "out"
    folder.mkdir(parents=True)
    pdf = KINDS["pdf"]()
    (tmp_path / "elsewhere.txt").write_text(TEXT, encoding="utf-8")
    for name, data in {
        "\x1b[31mred\x07.txt": b"", "\u202egnp.txt": b"\0\1\2", "\x9b2J.pdf": pdf[:200], "a\nb.txt": b"",
        "broken.xlsx": KINDS["xlsx"]()[:900], "broken.docx": KINDS["docx"]()[:900], "broken.png": b"\x89PNG\r\n\x1a\n",
        "good.txt": TEXT.encode(), "=cmd.txt": TEXT.encode() + b"\n",
    }.items():  # fmt: skip
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "pipe.txt")
    (folder / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    done = build(tmp_path / "raw", out)
    assert done.returncode == 1, done.stderr
    assert not set(done.stdout + done.stderr) & set("\x1b\x07\u202e\x9b")
    rows = read_table((out / "latest").resolve(), "disclosures").to_dicts()
    assert sum(row["status"] == "quarantined" for row in rows) == 10
    # The folders of the build, and of nothing else: the store notes where it found files, and nobody is given that.
    written = [path for path in out.rglob("*") if path.is_file() and ".work" not in path.parts]
    assert [path for path in written if str(tmp_path).encode() in path.read_bytes()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [b"\xb2\xbf\xc3\xc5", b"c" * 255])
def test_a_collection_may_have_any_name(tmp_path, name):
    folder = Path(os.fsdecode(os.fsencode(tmp_path / "raw") + b"/" + name))
    folder.mkdir(parents=True)
    (folder / "x.txt").write_text(TEXT, encoding="utf-8")
    (published,) = {found.name for found in each_collection(tmp_path / "raw")}
    extract_collection(tmp_path / "raw", tmp_path / "out", published)
    assert extracted_collections(tmp_path / "out") == [published]
    assert published.isprintable()
    row = read_table(make_release(tmp_path / "out").release.path, "disclosures").row(0, named=True)
    assert (row["status"], row["collection"]) == ("complete", published)


@pytest.mark.slow
def test_a_document_that_ends_its_process_ends_no_build_and_is_tried_again(tmp_path, monkeypatch):
    folder = tmp_path / "raw" / "c"
    folder.mkdir(parents=True)
    for number, name in enumerate(("a.txt", "deadly.txt", "z.txt")):
        (folder / name).write_text(TEXT + "\n" * number, encoding="utf-8")
    monkeypatch.setattr(extraction, "BATCH", 1)
    monkeypatch.setattr(extraction, "extract_batch", die_of_one)
    with executor(workers=2) as pool:
        extract_collection(tmp_path / "raw", tmp_path / "out", "c", pool)
    entries = {entry.file.name: entry for entry in read_index(tmp_path / "out", "c")}
    assert {name: entry.lasting for name, entry in entries.items()} == {
        "a.txt": True,
        "deadly.txt": False,
        "z.txt": True,
    }
    monkeypatch.undo()
    found = released(tmp_path / "raw", tmp_path / "out")
    assert {row["status"] for row in found.values()} == {"complete"}


@pytest.mark.slow
@pytest.mark.parametrize(("names", "workers"), [(("deadly.txt",), ()), (("a.txt", "deadly.txt"), ("--workers", "1"))])
def test_no_document_is_extracted_in_the_process_of_the_build(tmp_path, names, workers):
    folder, out = tmp_path / "raw" / "c", tmp_path / "out"
    folder.mkdir(parents=True)
    for number, name in enumerate(names):
        (folder / name).write_text(TEXT + "\n" * number, encoding="utf-8")

    def statuses() -> dict[str, str]:
        rows = read_table((out / "latest").resolve(), "disclosures").to_dicts()
        return {Path(row["source_file"]).name: row["status"] for row in rows}

    killing = os.pathsep.join((str(Path(__file__).parent / "deadly"), str(ROOT)))
    done = build(tmp_path / "raw", out, *workers, PYTHONPATH=killing)
    assert done.returncode == 1, done.stderr
    assert statuses() == {name: "quarantined" if name == "deadly.txt" else "complete" for name in names}
    assert build_here(tmp_path / "raw", out) == 0
    assert statuses() == dict.fromkeys(names, "complete")


@pytest.mark.slow
@pytest.mark.parametrize("error", [WorkerDied("three processes died"), BrokenProcessPool()])
def test_a_batch_that_ends_workers_elsewhere_is_extracted_one_by_one_here(tmp_path, monkeypatch, error):
    folder = tmp_path / "raw" / "c"
    folder.mkdir(parents=True)
    for number, name in enumerate(("a.txt", "deadly.txt")):
        (folder / name).write_text(TEXT + "\n" * number, encoding="utf-8")

    def died(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(extraction, "each", died)
    monkeypatch.setattr(extraction, "extract_batch", die_of_one)
    extract_collection(tmp_path / "raw", tmp_path / "out", "c")
    monkeypatch.undo()
    entries = {entry.file.name: entry.lasting for entry in read_index(tmp_path / "out", "c")}
    assert entries == {"a.txt": True, "deadly.txt": False}
    assert {row["status"] for row in released(tmp_path / "raw", tmp_path / "out").values()} == {"complete"}


def test_a_fault_of_the_machinery_is_no_document_s(tmp_path, monkeypatch):
    folder = tmp_path / "raw" / "c"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(extraction, "each", fail)
    with pytest.raises(RuntimeError, match="a fault of ours"):
        extract_collection(tmp_path / "raw", tmp_path / "out", "c")
