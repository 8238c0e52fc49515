"""The bytes of a release are a function of what it is made of, and of nothing around the build."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pipeline.orchestration.releases import build_again
from tests.builds import build, build_here, latest
from tests.documents import BUNDLED
from tests.sharing import copy_of

pytestmark = pytest.mark.slow

TEXT = BUNDLED.read_text(encoding="utf-8")


def folder(raw: Path, order: list[int]) -> Path:
    """Three different disclosures in two collections, created in the given order."""
    bodies = {
        0: ("a", "z.txt", TEXT),
        1: ("a", "b.txt", TEXT.replace("外事", "体育")),
        2: ("c", "y.txt", TEXT.replace("2022", "2023").replace("2021", "2022")),
    }
    for index in order:
        collection, name, text = bodies[index]
        (raw / collection).mkdir(parents=True, exist_ok=True)
        (raw / collection / name).write_text(text, encoding="utf-8")
        os.utime(raw / collection / name, (index + 1, 1_000_000_000 - index))
    return raw


@pytest.fixture(scope="module")
def sums(tmp_path_factory) -> str:
    """Of a release that is made in this process and without Dagster."""
    base = tmp_path_factory.mktemp("reference")
    release = build_again(folder(base / "raw", [0, 1, 2]), base / "out")
    return (release.path / "SHA256SUMS").read_text(encoding="utf-8")


#: Everything around a build that differs from place to place: two at once, as far from one another as they can be.
SURROUNDINGS = {
    "one thread in the far east, long ago": (
        {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "7", "umask": "077"}
        | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "0"},
        [2, 1, 0],
        "1999-12-31 23:59:58",
    ),
    "many threads in the far west, years from now": (
        {"TZ": "Pacific/Apia", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "random", "umask": "000"}
        | {"POLARS_MAX_THREADS": "7", "PYTHONOPTIMIZE": "1"},
        [1, 2, 0],
        "2047-02-28 12:00:00",
    ),
}


@pytest.mark.parametrize("where", SURROUNDINGS)
def test_bytes_do_not_depend_on_the_surroundings(sums, tmp_path, where):
    """Where faketime is not installed (.ci/run installs it), the clock stays what it is."""
    surroundings, order, clock = SURROUNDINGS[where]
    wrap = (faketime, clock) if (faketime := shutil.which("faketime")) else ()
    done = build(folder(tmp_path / "raw", order), tmp_path / "out", cwd=tmp_path, wrap=wrap, **surroundings)
    assert done.returncode in (0, 1), done.stderr
    assert (latest(tmp_path / "out") / "SHA256SUMS").read_text(encoding="utf-8") == sums


def test_a_build_into_a_used_folder_is_the_same_as_into_a_new_one(sums, built, tmp_path, capsys):
    out = copy_of(built, tmp_path / "out")
    assert build_here(folder(tmp_path / "raw", [0, 1, 2]), out) in (0, 1)
    assert capsys.readouterr().err == ""  # nobody watches: no steps are shown
    assert (latest(out) / "SHA256SUMS").read_text(encoding="utf-8") == sums
    assert len(list((out / "releases").iterdir())) == 2
