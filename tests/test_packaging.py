"""The wheel: what it holds, and that it builds the same release anywhere without shadowing anybody's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.orchestration.releases import build_again
from tests.documents import BUNDLED, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy of what git tracks: a build leaves folders behind.
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "source" / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(folder / "source")], check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel) -> dict[str, str]:
    """An environment that finds the wheel, and beside it what it needs."""
    site = wheel.parent / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(site), str(wheel)], check=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("YUSUAN", "DAGSTER", "PYTHON"))}
    return {**clean, "PYTHONPATH": str(site)}


def run(environment: dict[str, str], cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "open_yusuan", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


def test_the_wheel_holds_one_package_with_all_data(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"open_yusuan"}
    listed = subprocess.run(["git", "ls-files", "-z", "pipeline", "schemas"], cwd=ROOT, capture_output=True, text=True)
    tracked = {f"open_yusuan/app/{name}" for name in filter(None, listed.stdout.split("\0")) if (ROOT / name).is_file()}
    assert tracked <= set(names)
    assert "open_yusuan/app/requirements.lock" in names


def test_an_installed_command_builds_what_the_checkout_builds(installed, tmp_path):
    assert run(installed, tmp_path, "init", "work").returncode == 0
    work = tmp_path / "work"
    shutil.copy(BUNDLED, work / "raw" / "my-collection" / "x.txt")
    done = run(installed, work, "build", "--workers", "1")
    assert done.returncode == 0, done.stderr
    same = build_again(work / "raw", tmp_path / "out")
    assert (work / "outputs" / "latest").resolve().name == same.release_id


def test_packages_of_the_same_names_are_not_shadowed(installed, tmp_path):
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "__init__.py").write_text("OWN = True\n")
    code = "import open_yusuan, pipeline; assert pipeline.OWN"
    own = {**installed, "PYTHONPATH": f"{tmp_path}{os.pathsep}{installed['PYTHONPATH']}"}
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=own).returncode == 0
    # And theirs does not disturb ours.
    assert run(own, tmp_path, "build", "--raw", str(tmp_path / "nothing")).stderr.startswith("yusuan build: ")


def test_dagster_loads_the_installed_definitions(installed, tmp_path):
    code = "from open_yusuan.definitions import defs; print(len(defs.resolve_asset_graph().get_all_asset_keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=installed, capture_output=True, text=True)
    assert int(done.stdout) > 15, done.stderr


def test_a_folder_that_holds_something_is_not_laid_out(installed, tmp_path):
    (tmp_path / "x").write_text("")
    done = run(installed, tmp_path, "init", ".")
    assert done.returncode == 2
    assert "name a new folder, or an empty one" in done.stderr
