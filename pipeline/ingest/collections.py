"""What lies in ``raw/``: a folder is a collection, a ``sources.toml`` beside the files may say more about them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from pipeline.ingest.failures import described, printable, shortened
from pipeline.ingest.opening import Unreadable, read_below
from schemas.loading import read_file

DECLARATIONS = "sources.toml"
#: What ``yusuan fetch`` says of the files that it fetched; ``DECLARATIONS`` goes before it.
FETCHED = "fetched.toml"
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
#: Keys that count; any other is for people.
PUBLISHED = (*_SHAPES, "title", "publisher", "url", "published", "licence")
_LINKED_FOLDER = "a symbolic link to a folder is not followed inside a collection; copy the folder here, or link it beside the collections"
ALIASES = {"year": "disclosure_year"}
#: The file may be this long.
_MOST = 4 << 20
_LEFT_OUT = Path(__file__).resolve().parents[2] / "schemas" / "sources" / "left-out.toml"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a collection. ``name`` is its path inside the collection; ``declared`` what sources.toml says.

    Bytes of its path that are no UTF-8 are escapes in ``name``, which is published.
    ``refusal`` is why it is not read, whatever it holds: its sources.toml cannot be, so nothing vouches for it.
    """

    path: Path
    collection: str
    name: str
    declared: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of ``raw/`` and its files in the order of their names.

    ``left_out`` are the names of what is no disclosure: see ``schemas/sources/left-out.toml``.
    """

    name: str
    files: tuple[SourceFile, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Names of files and folders that are no disclosures, as patterns in lower case."""

    files: tuple[str, ...]
    folders: tuple[str, ...]

    def file(self, name: str) -> bool:
        return any(fnmatchcase(name.lower(), pattern) for pattern in self.files)

    def folder(self, name: str) -> bool:
        return any(fnmatchcase(name.lower(), pattern) for pattern in self.folders)


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
    loose = _collection(raw, LOOSE)
    if loose.files:
        yield loose
    for name, folder in sorted(_folders(raw)):
        found = _collection(folder, name)
        if found.files:
            yield found


def find_collection(raw: Path, name: str) -> Collection | None:
    """The collection ``name`` below ``raw``, without a look at the others; None where it has no file."""
    folder = raw if name == LOOSE else raw / name
    if name != LOOSE and not _is_collection(folder):
        others = dict(_folders(raw))  # a name that is no UTF-8 stands for another one
        if name not in others:
            return None
        folder = others[name]
    found = _collection(folder, name)
    return found if found.files else None


@cache
def left_out() -> LeftOut:
    """The names that are left out. Raises SchemaFileError."""
    return read_file(_LEFT_OUT, LeftOut)


def _folders(raw: Path) -> Iterator[tuple[str, Path]]:
    """The folders that are collections, each with the name that is published."""
    return ((printable(path.name), path) for path in raw.iterdir() if _is_collection(path))


def _is_collection(path: Path) -> bool:
    return path.is_dir() and not left_out().folder(path.name)


def _collection(folder: Path, name: str) -> Collection:
    root = folder.resolve() if name == LOOSE else folder.resolve().parent
    declared, refusal = _declared(folder / DECLARATIONS, root)
    fetched, damage = _declared(folder / FETCHED, root)
    refusal = refusal or damage
    files, others = [], []
    for key, path, why in _listed(folder, recurse=name != LOOSE):
        noted = {name: value for name, value in fetched.get(key, {}).items() if name in PUBLISHED}
        said = {**noted, **declared.get(key, {})}
        if why is None and not said and (key.endswith("/") or left_out().file(path.name)):
            others.append(key)
        elif key not in (DECLARATIONS, FETCHED):
            files.append(SourceFile(path, name, key, said, why or refusal or _misshapen(said)))
    for missing in sorted(set(declared) - {file.name for file in files}):
        refusal = f"{DECLARATIONS} declares it, but no such file is there; add it, correct the name or remove the entry"
        files.append(SourceFile(folder / missing, name, missing, declared[missing], refusal))
    return Collection(name, tuple(sorted(files, key=lambda file: file.name)), tuple(sorted(others)))


def _listed(folder: Path, recurse: bool) -> Iterator[tuple[str, Path, str | None]]:
    """All below ``folder`` but folders: name inside it, path, and why it is not read. A folder that is left out ends in /.

    However deep folders lie in one another, and whether or not each can be listed.
    """
    wait = [(folder, "")]
    while wait:
        here, before = wait.pop()
        try:
            with os.scandir(here) as found:
                entries = list(found)
        except OSError as error:
            reason = f"the files of this folder cannot be listed ({error.strerror}); let this user read it, or shorten its path"
            yield before.rstrip("/") or ".", here, reason
            continue
        for entry in entries:
            key, path = before + printable(entry.name), Path(entry.path)
            if not _is_folder(entry):
                yield key, path, None
            elif recurse and left_out().folder(entry.name):
                yield key + "/", path, None
            elif recurse and entry.is_symlink():  # directly below raw/ it is a collection of its own
                yield key, path, _LINKED_FOLDER
            elif recurse:
                wait.append((path, key + "/"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a path that is too long, a circle of links: whoever reads it says so
        return False


def _declared(path: Path, root: Path) -> tuple[dict[str, dict[str, str]], str | None]:
    """What sources.toml says by file name, or why it cannot be known."""
    try:
        raw = tomllib.loads(read_below(path, root, _MOST).decode("utf-8-sig"))
        return {
            name: {ALIASES.get(k, k): str(v).strip() for k, v in entry.items()}
            for name, entry in raw.get("files", {}).items()
        }, None
    except FileNotFoundError:
        return {}, None
    except (OSError, ValueError, AttributeError, RuntimeError) as error:  # of TOML, UTF-8, long numbers, deep nesting
        why = str(error) if isinstance(error, Unreadable) else described(error)
        return {}, f"the {path.name} beside it cannot be read ({why}); correct it or remove it"


def _misshapen(declared: dict[str, str]) -> str | None:
    """Which value of a file's entry cannot be published as it is, and what it has to be."""
    for key, (shape, wanted) in _SHAPES.items():
        if key in declared and not re.fullmatch(shape, declared[key]):
            return f"{DECLARATIONS} says {key} = {shortened(repr(declared[key]))}, but it has to be {wanted}; correct it or remove the line"
    return None
