"""The installed application: ``pipeline`` and ``schemas`` are inside, so that no package of these names is shadowed.

In the repository they stand at the top level; a wheel carries them in ``app`` beside this file, and whoever starts
``yusuan``, or loads ``open_yusuan.definitions``, finds them there. Nobody else does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def application() -> Path:
    """The folder that holds ``pipeline`` and ``schemas``: inside the wheel, or the checkout of an editable install."""
    here = Path(__file__).resolve().parent
    return here / "app" if (here / "app").is_dir() else here.parents[1]


def activate() -> None:
    """Make ``pipeline`` and ``schemas`` importable in this process and in those that it starts."""
    folder = str(application())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if folder not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, *filter(None, paths)])


def main() -> int:
    """The command ``yusuan``."""
    if sys.platform == "win32":
        print("yusuan: Windows is not supported; use it in WSL or in a container (docs/deploy.md)", file=sys.stderr)
        return 2
    activate()
    from pipeline.cli import main as run

    return run()
