"""A folder to start from: ``yusuan init``."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_SOURCES = """\
# What is known of the files beside this one, and addresses to fetch. All of it is optional: files without an entry are
# read, too. Remove the # before the lines that you want.

# [[fetch]]                      # `yusuan fetch` makes files of these addresses
# url = "https://www.example.gov.cn/2024/budget.html"
# attachments = true             # also the files that this page links to
# publisher = "…"
# licence = "…"

# [files."2024-budget.pdf"]
# division_code = "110102"       # GB/T 2260
# disclosure_year = 2024
# stage = "budget"               # budget | final_accounts
# scope = "department"           # department | unit
# url = "https://…"
"""
_IGNORED = "outputs/\n"


def start(folder: Path) -> str:
    """Lay out a working folder, which must be new or empty; returns what to do next.

    Raises FileExistsError where something lies there already, or OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(folder))
    collection = folder / "raw" / "my-collection"
    collection.mkdir(parents=True)
    (folder / "outputs").mkdir()
    (collection / "sources.toml").write_text(_SOURCES, encoding="utf-8")
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return (
        f"{folder} is ready. Put disclosures into {collection} (rename it as you like), or list addresses in its\n"
        f"sources.toml and run `yusuan fetch`; then, in {folder}:\n\n    yusuan build\n    yusuan ui"
    )
