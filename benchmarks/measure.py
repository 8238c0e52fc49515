"""Measuring: processor time and wall time of a call, peak memory of a process and its children, and peers to compare with."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: seconds of wall and of processor (with its children), and peak memory of all at once in MB."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


def seconds(call: Callable[[], Any], least: float = 0.3) -> float:
    """Processor seconds of one call: the best of as many as fit into ``least`` seconds, three at the least.

    Processor time, for other work on the machine does not count in it; the best, for what disturbs only adds.
    """
    best, spent, rounds = float("inf"), 0.0, 0
    while spent < least or rounds < 3:
        start = time.process_time()
        call()
        took = time.process_time() - start
        best, spent, rounds = min(best, took), spent + took, rounds + 1
    return best


def sha256_seconds(data: bytes) -> float:
    """Seconds that sha256 takes for the same bytes, measured over enough of them."""
    times = max(1, (1 << 23) // max(1, len(data)))
    return seconds(lambda: [hashlib.sha256(data) for _ in range(times)], 0.2) / times


def _memory_mb(pid: int) -> float:
    """Resident memory of a process and all below it, without what they share counted twice (PSS)."""
    total, todo = 0.0, [pid]
    while todo:
        each = todo.pop()
        try:
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
            for task in Path(f"/proc/{each}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    return total


def run(command: list[str], **environment: str) -> Run:
    """Run a command of this project's interpreter and watch it. Raises RuntimeError with its errors where it fails."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    before = os.times()
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], _memory_mb(process.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, errors = process.communicate()
    watcher.join()
    wall = time.perf_counter() - start
    after = os.times()
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {errors}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, peak[0], output)
