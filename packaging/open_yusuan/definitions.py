"""What Dagster loads from an installed wheel: ``dagster dev -m open_yusuan.definitions``."""

from open_yusuan import activate

activate()

from pipeline.orchestration.definitions import defs  # noqa: E402 - found only now

__all__ = ["defs"]
