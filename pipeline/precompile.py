"""``python -m pipeline.precompile``: compile modules and templates where they are, as pip does with what it copies."""

from __future__ import annotations

import compileall
import sys
from pathlib import Path

from pipeline.publish.site.rendering import precompile_templates

PROJECT = Path(__file__).resolve().parents[1]


def main() -> int:
    """0 if all could be compiled, else 1; what is wrong is printed."""
    done = all([compileall.compile_dir(PROJECT / folder, quiet=1) for folder in ("pipeline", "schemas")])
    precompile_templates()
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
