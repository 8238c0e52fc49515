"""Puts ``pipeline`` and ``schemas`` into the wheel below ``open_yusuan/app``: see packaging/open_yusuan/__init__.py."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


class WithApplication(build_py):
    """Copies the application beside the package that starts it. An editable install finds it in the checkout."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            app = Path(self.build_lib) / "open_yusuan" / "app"
            for name in ("pipeline", "schemas"):
                shutil.copytree(
                    ROOT / name, app / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
                )
            # The lock is part of what a release says it was made with.
            shutil.copy(ROOT / "requirements.lock", app)


setup(cmdclass={"build_py": WithApplication})
