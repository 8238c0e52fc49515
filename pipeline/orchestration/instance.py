"""The Dagster instance of an output folder: state below it, telemetry off, one release at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_CONFIG = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      - key: yusuan/job
        value: release
        limit: 1
"""


def instance_home(out: Path) -> Path:
    """The folder of the instance, made and configured where it is not there yet."""
    home = out / ".dagster"
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists() or config.read_text(encoding="utf-8") != _CONFIG:
        config.write_text(_CONFIG, encoding="utf-8")
    return home


def open_instance(out: Path) -> Any:
    from dagster import DagsterInstance

    return DagsterInstance.from_config(str(instance_home(out)))
