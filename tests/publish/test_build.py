"""Whole builds: same bytes everywhere, nothing written twice, faults found."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from pipeline.publish.verify import verify
from tests.builds import build, build_here
from tests.documents import BUNDLED, ROOT
from tests.sharing import copy_of

pytestmark = pytest.mark.slow

GOLDEN = ROOT / "tests" / "golden" / "csv"


def test_the_release_is_the_golden_one(built):
    made = built / "latest" / "csv"
    if os.environ.get("UPDATE_GOLDEN"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        shutil.copytree(made, GOLDEN)
    assert sorted(p.name for p in made.iterdir()) == sorted(p.name for p in GOLDEN.iterdir())
    for path in sorted(GOLDEN.iterdir()):
        assert (made / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), path.name


def test_building_again_writes_nothing_and_says_so(built, tmp_path):
    out = copy_of(built, tmp_path / "out")
    before = (out / "latest").resolve()
    done = build(ROOT / "raw", out)
    assert "unchanged" in done.stdout
    assert (out / "latest").resolve() == before
    assert len(list((out / "releases").iterdir())) == 1


def test_a_release_verifies_and_its_checksums_hold(built):
    assert verify(built / "latest") == []
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=built / "latest", capture_output=True)
    assert done.returncode == 0


def test_a_flipped_byte_and_a_missing_file_are_named(built, tmp_path):
    copy = tmp_path / "release"
    shutil.copytree((built / "latest").resolve(), copy)
    path = copy / "csv" / "budget_lines.csv"
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    assert {fault.file for fault in verify(copy)} == {"csv/budget_lines.csv"}
    (copy / "csv" / "tables.csv").unlink()
    assert "csv/tables.csv: is missing" in {str(fault) for fault in verify(copy)}


def test_a_bad_document_is_quarantined_and_harms_no_other(built, tmp_path, capsys):
    raw = tmp_path / "raw"
    shutil.copytree(ROOT / "raw", raw)
    (raw / "beijing-xicheng" / "empty.txt").write_bytes(b"")
    assert build_here(raw, tmp_path / "out") == 1
    assert "1 refused: the file is empty\n      beijing-xicheng/empty.txt\n" in capsys.readouterr().out
    ours = (tmp_path / "out" / "latest" / "csv" / "budget_lines.csv").read_bytes()
    assert ours == (built / "latest" / "csv" / "budget_lines.csv").read_bytes()


def test_nothing_to_build_is_one_clear_line(tmp_path):
    (tmp_path / "raw").mkdir()
    done = build(tmp_path / "raw", tmp_path / "out")
    assert done.returncode == 2
    assert "holds no documents" in done.stderr


def test_contact_data_is_in_no_file_of_a_release(built):
    text = BUNDLED.read_text(encoding="utf-8")
    after = text[text.index("项目负责人") :].split()
    withheld = [after[1], after[3]]
    for path in (built / "latest").resolve().rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            found = path.read_bytes()
            assert not any(word.encode() in found for word in withheld), path
