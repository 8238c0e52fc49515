"""Output folders that cannot be written to: one line that says what, where and what to do; nothing half written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.publish.verify import verify
from pipeline.terminal import cannot_write
from tests.builds import build
from tests.documents import BUNDLED, ROOT
from tests.sharing import copy_of

pytestmark = pytest.mark.slow
#: Root may write everywhere, whatever the mode of a folder: a process started through this may not any more. The numbers
#: are PR_CAPBSET_DROP, CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of Linux.
_DROP = """
import ctypes, os, sys
for capability in (1, 2):
    if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot give up a capability")
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture(scope="module")
def plain() -> tuple[str, ...]:
    """How to start a command for which the modes of folders count."""
    if os.geteuid():
        return ()
    if not sys.platform.startswith("linux"):
        pytest.skip("root writes everywhere, and its capabilities cannot be dropped on this system")
    return (sys.executable, "-c", _DROP)


def a_file(base: Path) -> Path:
    (base / "file").write_text("a file", encoding="utf-8")
    return base / "file"


def below_a_file(base: Path) -> Path:
    return a_file(base) / "out"


def read_only(base: Path) -> Path:
    (base / "out").mkdir(mode=0o555)
    return base / "out"


def below_read_only(base: Path) -> Path:
    return read_only(base) / "out"


def of_another_user(base: Path) -> Path:
    if os.geteuid():
        pytest.skip("only root can give a folder to another user")
    (base / "out").mkdir(mode=0o755)
    os.chown(base / "out", 65534, 65534)
    return base / "out"


def contents(base: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(base)): p.read_bytes() if p.is_file() else None for p in base.rglob("*")}


@pytest.mark.parametrize("folder", [a_file, below_a_file, read_only, below_read_only, of_another_user])
def test_a_folder_that_cannot_be_used_is_one_clear_error(plain, tmp_path, folder: Callable[[Path], Path]):
    out = folder(tmp_path)
    before = contents(tmp_path)
    done = build(ROOT / "raw", out, "--here", wrap=plain)
    in_the_way = folder in (a_file, below_a_file)
    todo = "move away the file that stands there" if in_the_way else "let this user write there"
    why = "Not a directory" if in_the_way else "Permission denied"
    said = f"yusuan build: cannot write below {out} ({why}); {todo} or name another folder with --out\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("closed", ["everything", "releases", "site/disclosures"])
def test_what_was_published_before_stays_where_nothing_more_can_be_written(plain, built, tmp_path, closed):
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "a").mkdir(parents=True)
    (raw / "a" / "x.txt").write_text(BUNDLED.read_text(encoding="utf-8").replace("外事", "体育"), encoding="utf-8")
    copy_of(built, out)
    release = (out / "latest").resolve()
    folders = [out, *(path for path in out.rglob("*") if path.is_dir())] if closed == "everything" else [out / closed]
    for folder in folders:
        folder.chmod(0o555)
    try:
        done = build(raw, out, "--here", wrap=plain)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "; let this user write there or name another folder with --out" in done.stderr
    assert str(out if closed == "everything" else out / closed) in done.stderr
    published = (out / "latest").resolve()
    # Pages are made of a release that is whole already.
    assert (published == release) == (closed != "site/disclosures")
    assert verify(published) == []
    assert not [path for path in out.rglob("*") if path.name.startswith(".tmp-") or path.name.endswith(".new")]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "/o/x"), "cannot write below /o (No space left on device); make room"),
        (OSError(30, "Read-only file system", "/o"), "cannot write below /o (Read-only file system); let this user"),
        (OSError(5, "Input/output error"), "cannot write below /o (Input/output error); see that the folder can be"),
        (
            RuntimeError("database or disk is full\n[SQL]"),
            "cannot write below /o (database or disk is full); make room",
        ),
        (RuntimeError("attempt to write a readonly database"), "(attempt to write a readonly database); let this user"),
    ],
)
def test_each_reason_has_its_advice(error, said):
    assert said in (cannot_write(Path("/o"), error) or "")


def test_other_errors_are_not_about_writing():
    assert cannot_write(Path("/o"), ValueError("no number")) is None
