"""Dagster's web server behind a guard, from an installed wheel: ``python -m open_yusuan.web`` (docs/deploy.md)."""

import sys

from open_yusuan import activate

activate()

from pipeline.orchestration.web import serve  # noqa: E402 - found only now

if __name__ == "__main__":
    serve(sys.argv[1:])
