"""What steps print, kept for the UI in the files where Dagster keeps it, and not repeated at the terminal.

To repeat it, Dagster starts four processes a step, two of them Python, which take longer than a small step. Whoever
waits for a build is told by ``progress`` and, in the end, why it failed; the UI and the instance show the rest.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from dagster._core.execution.compute_logs import redirect_to_file
from dagster._core.storage.compute_log_manager import CapturedLogContext, ComputeIOType
from dagster._core.storage.local_compute_log_manager import IO_TYPE_EXTENSION, LocalComputeLogManager
from dagster._serdes import ConfigurableClassData
from dagster._utils import ensure_file, touch_file


class ComputeLogs(LocalComputeLogManager):
    """The files below ``base_dir``, the folder of the instance, where Dagster's own would put them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None, **settings: Any) -> None:
        super().__init__(os.path.join(base_dir, "storage"), inst_data=inst_data, **settings)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> ComputeLogs:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Generator[CapturedLogContext, None, None]:
        out, err = (
            self.get_captured_local_path(log_key, IO_TYPE_EXTENSION[kind])
            for kind in (ComputeIOType.STDOUT, ComputeIOType.STDERR)
        )
        for path in (out, err):
            ensure_file(path)
        with redirect_to_file(sys.stdout, out), redirect_to_file(sys.stderr, err):
            yield CapturedLogContext(log_key)
        # Only then the UI takes them for complete.
        touch_file(self.complete_artifact_path(log_key))
