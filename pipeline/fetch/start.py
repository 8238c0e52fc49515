"""A folder to start from: ``yusuan init``."""

from __future__ import annotations

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


class CannotStart(RuntimeError):
    """A folder in which no working folder can be laid out. Says why and what to do."""

    def __init__(self, folder: object, why: str | None) -> None:
        super().__init__(f"{folder}: {why}; name a new folder, or an empty one")


def start(folder: Path) -> str:
    """Lay out a working folder, which must be new or empty; returns what to do next. Raises CannotStart."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CannotStart(folder, "Directory not empty")
        return _laid_out(folder)
    except OSError as error:
        raise CannotStart(error.filename, error.strerror) from error


def _laid_out(folder: Path) -> str:
    collection = folder / "raw" / "my-collection"
    collection.mkdir(parents=True)
    (folder / "outputs").mkdir()
    (collection / "sources.toml").write_text(_SOURCES, encoding="utf-8")
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return (
        f"{folder} is ready. Put disclosures into {collection} (rename it as you like), or list addresses in its\n"
        f"sources.toml and run `yusuan fetch`; then, in {folder}:\n\n    yusuan build\n    yusuan ui"
    )
