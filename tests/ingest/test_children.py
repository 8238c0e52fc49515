"""Processes of processes find the project also where the way to it was taken back, as Dagster does after loading."""

from __future__ import annotations

import subprocess
import sys

from tests.documents import ROOT

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pipeline.orchestration.executors import Processes
from pipeline.orchestration.settings import worker_processes
if __name__ == "__main__":
    sys.path.remove(sys.argv[1])
    pool = Processes(1)
    print(pool.submit(worker_processes).result())
    print(pool.submit(eval, "__import__('pipeline').__file__").result())
    pool.shutdown()
"""


def test_children_import_the_project_of_their_parent(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(ROOT)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    ours = str(ROOT / "pipeline" / "__init__.py")
    assert done.stdout.splitlines() == ["0", ours], done.stderr
