"""Whole builds in processes of their own: same bytes everywhere, nothing written twice, faults found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.publish.verify import verify
from tests.documents import BUNDLED, ROOT

GOLDEN = ROOT / "tests" / "golden" / "csv"


def build(
    raw: Path, out: Path, cwd: Path = ROOT, umask: str = "022", **environment: str
) -> subprocess.CompletedProcess:
    command = f"umask {umask}; exec {sys.executable} -m pipeline build --raw {raw} --out {out}"
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(["sh", "-c", command], cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    done = build(ROOT / "raw", out)
    assert done.returncode in (0, 1), done.stderr
    return out


def test_the_release_is_the_golden_one(built):
    made = built / "latest" / "csv"
    if os.environ.get("UPDATE_GOLDEN"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        shutil.copytree(made, GOLDEN)
    assert sorted(p.name for p in made.iterdir()) == sorted(p.name for p in GOLDEN.iterdir())
    for path in sorted(GOLDEN.iterdir()):
        assert (made / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), path.name


def test_building_again_writes_nothing_and_says_so(built):
    before = (built / "latest").resolve()
    done = build(ROOT / "raw", built)
    assert "unchanged" in done.stdout
    assert (built / "latest").resolve() == before
    assert len(list((built / "releases").iterdir())) == 1


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_machine(built, tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(ROOT / "raw", raw)
    os.utime(raw / "beijing-xicheng" / BUNDLED.name, (1, 1))
    surroundings = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1"}
    done = build(raw, tmp_path / "out", cwd=tmp_path, umask="077", **surroundings)
    assert done.returncode in (0, 1), done.stderr
    ours = (tmp_path / "out" / "latest" / "SHA256SUMS").read_text(encoding="utf-8")
    assert ours == (built / "latest" / "SHA256SUMS").read_text(encoding="utf-8")


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
    assert [fault.file for fault in verify(copy)] == ["csv/budget_lines.csv"]
    (copy / "csv" / "tables.csv").unlink()
    assert "csv/tables.csv: is missing" in {str(fault) for fault in verify(copy)}


def test_frictionless_accepts_the_package(built):
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(built / "latest" / "datapackage.json"))
    assert report.valid, report.flatten(["message"])[:3]


def test_a_bad_document_is_quarantined_and_harms_no_other(built, tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(ROOT / "raw", raw)
    (raw / "beijing-xicheng" / "empty.txt").write_bytes(b"")
    done = build(raw, tmp_path / "out")
    assert done.returncode == 1
    assert "quarantined: beijing-xicheng/empty.txt: beijing-xicheng/empty.txt: the file is empty" in done.stdout
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
