"""What lies in ``raw/``: a folder is a collection, a ``sources.toml`` beside the files may say more about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DECLARATIONS = "sources.toml"
#: Files directly in the raw folder form a collection of this name.
LOOSE = "_loose"
#: Keys whose values are published, and what they have to look like; any other key is for people.
_SHAPES = {
    "disclosure_year": (r"20\d\d", "a year of four digits"),
    "division_code": (r"\d{6}", "a code of six digits (GB/T 2260)"),
    "stage": ("budget|final_accounts", "budget or final_accounts"),
    "scope": ("department|unit", "department or unit"),
    "sha256": ("[0-9a-fA-F]{64}", "64 hexadecimal digits"),
    "supersedes": ("[0-9a-fA-F]{16}|[0-9a-fA-F]{64}", "the disclosure_id or the sha256 of the one that is replaced"),
    "disclosure": ("True|False|true|false", "true or false"),
    "entity_name": (r".{2,80}", "a name"),
    "entity_short_name": (r".{2,40}", "a name"),
    "entity_code": (r"[0-9A-Za-z.-]{1,40}", "a code as printed"),
}
_LINKED_FOLDER = "a symbolic link to a folder is not followed inside a collection; copy the folder here, or link it beside the collections"
_ALIASES = {"year": "disclosure_year"}
_SKIPPED = {DECLARATIONS, "README.md", "README", "SHA256SUMS"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a collection. ``name`` is its path inside the collection; ``declared`` what sources.toml says.

    ``refusal`` is why it is not read, whatever it holds: its sources.toml cannot be, so nothing vouches for it.
    """

    path: Path
    collection: str
    name: str
    declared: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of ``raw/`` and its files in the order of their names."""

    name: str
    files: tuple[SourceFile, ...]


class NoRawFolder(RuntimeError):  # noqa: N818 - says what is missing
    """There is no folder to read from."""


def each_collection(raw: Path) -> Iterator[Collection]:
    """The collections below ``raw``, by name, one in memory at a time.

    Raises NoRawFolder, or OSError where it cannot be listed.
    """
    if not raw.is_dir():
        raise NoRawFolder(
            f"{raw} is no folder; put the disclosures there, one folder a collection, or name another with --raw"
        )
    loose = _collection(raw, LOOSE, recurse=False)
    if loose.files:
        yield loose
    for folder in sorted(path for path in raw.iterdir() if _is_collection(path)):
        found = _collection(folder, folder.name, recurse=True)
        if found.files:
            yield found


def find_collection(raw: Path, name: str) -> Collection | None:
    """The collection ``name`` below ``raw``, without a look at the others; None where it has no file."""
    folder = raw if name == LOOSE else raw / name
    if name != LOOSE and not _is_collection(folder):
        return None
    found = _collection(folder, name, recurse=name != LOOSE)
    return found if found.files else None


def _is_collection(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _collection(folder: Path, name: str, recurse: bool) -> Collection:
    declared, refusal = _declared(folder / DECLARATIONS)
    paths = folder.rglob("*") if recurse else folder.iterdir()
    files = []
    for path in sorted(paths):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or path.name in _SKIPPED or (path.is_dir() and not path.is_symlink()):
            continue
        key = inside.as_posix()
        if path.is_dir():
            if recurse:  # directly below raw/ it is a collection of its own
                files.append(SourceFile(path, name, key, {}, _LINKED_FOLDER))
            continue
        said = declared.get(key, {})
        files.append(SourceFile(path, name, key, said, refusal or _misshapen(said)))
    for missing in sorted(set(declared) - {file.name for file in files}):
        refusal = f"{DECLARATIONS} declares it, but no such file is there; add it, correct the name or remove the entry"
        files.append(SourceFile(folder / missing, name, missing, declared[missing], refusal))
    return Collection(name, tuple(sorted(files, key=lambda file: file.name)))


def _declared(path: Path) -> tuple[dict[str, dict[str, str]], str | None]:
    """What sources.toml says by file name, or why it cannot be known."""
    if not path.exists():
        return {}, None
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = raw.get("files", {})
        return {
            name: {_ALIASES.get(k, k): str(v).strip() for k, v in entry.items()} for name, entry in entries.items()
        }, None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        return {}, f"the {DECLARATIONS} beside it cannot be read ({error}); correct it or remove it"


def _misshapen(declared: dict[str, str]) -> str | None:
    """Which value of a file's entry cannot be published as it is, and what it has to be."""
    for key, (shape, wanted) in _SHAPES.items():
        if key in declared and not re.fullmatch(shape, declared[key]):
            return f"{DECLARATIONS} says {key} = {declared[key]!r}, but it has to be {wanted}; correct it or remove the line"
    return None
