"""TOML files read into frozen dataclasses: a key, a value or a type that the dataclass lacks is an error.

The fields of a dataclass are the keys that an entry may have, their types what the keys may hold: texts, numbers, lists
(``tuple[X, ...]``, ``frozenset[X]``), tables (``dict[str, X]``), other dataclasses. ``OneOf`` names a closed list,
``Made`` how a value is made from what stands in the file. Every error names the file, the entry and the nearest known name.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import types
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from schemas.vocabularies import vocabulary

_Shape = TypeVar("_Shape")
#: The keys by which a person knows an entry of a list.
_NAMES = ("name", "id", "code", "words", "labels", "pattern", "elements", "of")


class SchemaFileError(ValueError):
    """A file of ``schemas`` cannot be used. Says the file, the entry and what to change."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The texts that a value may be: those of a vocabulary, or the ``values`` of a list that is named ``what``."""

    what: str
    values: Callable[[], Iterable[str]] | None = None

    def known(self) -> list[str]:
        return list(self.values() if self.values else vocabulary(self.what))


@dataclass(frozen=True, slots=True)
class Made:
    """How a value is made: ``make`` takes what the file holds, of the type ``raw``, and raises ValueError or re.error.

    ``what`` says for a person what has to stand there, where the type does not say it all.
    """

    raw: object
    make: Callable[[Any], object]
    what: str = ""


def file_key(key: str, *, default: Any = MISSING) -> Any:
    """A field whose key in the file is ``key``, which is no name that Python allows or another than the field's."""
    return field(default=default, metadata={"key": key})


def not_in_file(default: Any) -> Any:
    """A field that no file may set."""
    return field(default=default, metadata={"key": None})


def read_file(path: Path, shape: type[_Shape]) -> _Shape:
    """The content of a TOML file as a ``shape``. Raises SchemaFileError where it is not one."""
    return read_entry(*read_toml(path), shape)


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """What stands in a TOML file, and how messages call the file. Raises SchemaFileError."""
    place = "/".join(path.parts[-2:])
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), place
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SchemaFileError(f"{place} cannot be read as TOML: {error}") from error


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known one that is most like it, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(known[:40])}{' …' if len(known) > 40 else ''}"


def file_place() -> Any:
    """A field that is filled with where its entry stands, for a person: ``forms/words.toml, column 3 (合计)``."""
    return field(default="", compare=False, metadata={"key": None, "place": True})


@cache
def _keys(shape: Any) -> dict[str, tuple[str, Any, bool]]:
    """The keys of an entry, each with its field's name, its type and whether an entry must have it."""
    hints = get_type_hints(shape, include_extras=True)
    found = {}
    for each in fields(shape):
        key = each.metadata.get("key", each.name)
        if key is not None:
            needed = each.default is MISSING and each.default_factory is MISSING
            found[key] = (each.name, hints[each.name], needed)
    return found


def read_entry(raw: object, place: str, shape: type[_Shape]) -> _Shape:
    """An entry as a ``shape``; ``place`` is where it stands, for messages. Raises SchemaFileError."""
    if not isinstance(raw, Mapping):
        raise SchemaFileError(f"{place} must be a table of keys and values, not {raw!r}")
    keys = _keys(cast(Hashable, shape))
    values: dict[str, Any] = {each.name: place for each in fields(cast(Any, shape)) if "place" in each.metadata}
    for key, value in raw.items():
        if key not in keys:
            raise SchemaFileError(f"{place} has the unknown key {key!r}; {nearest(key, keys)}")
        name, kind, _ = keys[key]
        values[name] = read_value(value, f"{place}, {key}", kind)
    for key, (name, _, needed) in keys.items():
        if needed and name not in values:
            raise SchemaFileError(f"{place} lacks the key {key!r}")
    try:
        return shape(**values)
    except ValueError as error:
        raise SchemaFileError(f"{place}: {error}") from error


def read_value(raw: Any, place: str, kind: Any) -> Any:
    """``raw`` as a value of the type ``kind``, which may read entries of its own (``from_file``). Raises SchemaFileError."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _annotated(raw, place, arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        (only,) = (each for each in arguments if each is not type(None))
        return read_value(raw, place, only)
    if origin is Literal:
        return one_of(raw, place, "value", arguments)
    if origin in (tuple, frozenset):
        return origin(_items(raw, arguments[0], place))
    if origin in (dict, Mapping):
        return _table(raw, arguments[0], arguments[1], place)
    if is_dataclass(kind):
        own = getattr(kind, "from_file", None)
        return own(raw, place) if own else read_entry(raw, place, kind)  # type: ignore[arg-type]
    return _plain(raw, kind if isinstance(kind, type) else origin, place)


def _annotated(raw: Any, place: str, kind: Any, notes: Sequence[object]) -> Any:
    """``raw`` as the first of ``notes`` has it; those that are texts say for a person what the value means."""
    note = notes[0]
    if isinstance(note, OneOf):
        return one_of(read_value(raw, place, kind), place, note.what, note.known())
    if isinstance(note, Made):
        return _made(note.make, read_value(raw, place, note.raw), place)
    if isinstance(note, str):
        return read_value(raw, place, kind)
    raise TypeError(f"{place}: no rule of reading is called {note!r}")


def one_of(value: Any, place: str, what: str, known: Iterable[str]) -> Any:
    """``value``, which is one of those that are ``known``. Raises SchemaFileError with the nearest of them."""
    if value not in (known := list(known)):
        raise SchemaFileError(f"{place}: there is no {what} {value!r}; {nearest(str(value), known)}")
    return value


def _made(make: Callable[[Any], object], value: Any, place: str) -> object:
    try:
        return make(value)
    except (ValueError, InvalidOperation, re.error) as error:
        raise SchemaFileError(f"{place}: {error or f'{value!r} cannot be read'}") from error


def _items(raw: Any, kind: Any, place: str) -> list[Any]:
    if not isinstance(raw, list):
        raise SchemaFileError(f"{place} must be a list, not {raw!r}")
    return [read_value(each, f"{place} {at}{name_of(each)}", kind) for at, each in enumerate(raw, 1)]


def name_of(entry: object) -> str:
    """The name of an entry of a list in brackets, for messages: its first word stands for all. Empty without one."""
    if not isinstance(entry, Mapping):
        return ""
    named = next((entry[key] for key in _NAMES if key in entry), None)
    named = named[0] if isinstance(named, list) and named else named
    return f" ({named})" if named else ""


def _table(raw: Any, key_kind: Any, kind: Any, place: str) -> dict[Any, Any]:
    if not isinstance(raw, Mapping):
        raise SchemaFileError(f"{place} must be a table of keys and values, not {raw!r}")
    return {read_value(key, place, key_kind): read_value(value, f"{place}, {key}", kind) for key, value in raw.items()}


def _plain(raw: Any, kind: Any, place: str) -> Any:
    if kind is re.Pattern:
        return _made(re.compile, _plain(raw, str, place), place)
    if kind is Decimal:
        return _made(Decimal, _plain(raw, str, place), place)
    # True is an int to Python, and to nobody who writes a file.
    if not isinstance(raw, kind) or isinstance(raw, bool) != (kind is bool):
        raise SchemaFileError(f"{place} must be {_KINDS[kind]}, not {raw!r}")
    return raw


_KINDS = {str: "a text", int: "a whole number", bool: "true or false"}
