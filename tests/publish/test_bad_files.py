"""A raw folder full of what cannot be read: each file has its row and its reason, and the good one is published."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.builds import build_here
from tests.documents import BUNDLED
from tests.extract.identity.test_lookalikes import CONGRESS, CONTRACT
from tests.ingest.test_media import PNG, pdf, zipped

pytestmark = pytest.mark.slow

BAD = {
    "archive.zip": (zipped("a.pdf"), "unpack it"),
    "binary.txt": (bytes(range(32)) * 50, "binary"),
    "congress.txt": (CONGRESS.encode(), "a people's congress"),
    "contract.txt": (CONTRACT.encode(), "a contract"),
    "cut.pdf": (pdf(["budget"] * 3)[:200], "fetch it again"),
    "empty.txt": (b"", "empty"),
    "page.html": ("<html><body>部门预算</body></html>".encode(), "no disclosure of a budget"),
    "picture.png": (PNG, "fetch the document itself"),
    "scanned.pdf": (pdf([""], picture=True), "scanned"),
    "table.xlsx": (zipped("xl/workbook.xml"), "xl/workbook.xml is broken"),
    "wrong.txt": (BUNDLED.read_bytes() + b"\n", "sources.toml says"),
}


def test_every_bad_file_has_its_row_and_harms_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "raw" / "a"
    folder.mkdir(parents=True)
    shutil.copy(BUNDLED, folder / "good.txt")
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    (folder / "outside.txt").symlink_to("/etc/hostname")
    (tmp_path / "elsewhere").mkdir()
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "sources.toml").write_text(f'[files."wrong.txt"]\nsha256 = "{"0" * 64}"\n', encoding="utf-8")
    os.mkfifo(folder / "pipe.txt")
    (folder / "Thumbs.db").touch()
    assert build_here(tmp_path / "raw", tmp_path / "out") == 1
    rows = pl.read_csv(tmp_path / "out" / "latest" / "csv" / "disclosures.csv", infer_schema=False)
    found = {Path(row["source_file"]).name: row for row in rows.iter_rows(named=True)}
    assert set(found) == {*BAD, "good.txt", "outside.txt", "linked", "pipe.txt"}
    assert found["good.txt"]["status"] == "complete"
    for name, (_, said) in BAD.items():
        assert found[name]["status"] == "quarantined", name
        assert said in found[name]["reason"], name
    assert "symbolic link" in found["outside.txt"]["reason"]
    assert "it is a pipe" in found["pipe.txt"]["reason"]
    assert "left out        1, no disclosures by their names: a/Thumbs.db" in capsys.readouterr().out
    lines = pl.read_csv(tmp_path / "out" / "latest" / "csv" / "budget_lines.csv", infer_schema=False)
    assert lines["disclosure_id"].unique().to_list() == [found["good.txt"]["disclosure_id"]]
