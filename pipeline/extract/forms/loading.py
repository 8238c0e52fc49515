"""``schemas/forms/*.toml`` and the code lists beside them, read and checked into a library."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pipeline.extract.forms.entries import Counted, Expense, Family, FormError, KeyMeaning, Meaning, TableForm
from pipeline.extract.forms.library import Library
from pipeline.extract.patterns import compile_words, fold

_Entry = TypeVar("_Entry")
FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "forms"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"{path.name} is not TOML: {error}") from error


def _table(entry: Mapping[str, Any], family: str, path: Path) -> TableForm:
    known = {"code", "titles", "kind", "direction", "fund", "scheme", "name_scheme", "items", "columns"}
    known |= {"identities", "unit"}
    if extra := set(entry) - known:
        raise FormError(f"{path.name}: the table {entry.get('code')} has {sorted(extra)}, which no table may have")
    try:
        return TableForm(
            code=entry["code"],
            family=family,
            titles=compile_words(tuple(entry["titles"])),
            **{k: entry[k] for k in known - {"code", "titles", "columns", "identities"} if k in entry},
            columns=tuple(entry.get("columns", ())),
            identities=tuple(entry.get("identities", ())),
        )
    except (KeyError, ValueError) as error:
        raise FormError(f"{path.name}: the table {entry.get('code', '(no code)')}: {error}") from error


def _family(path: Path) -> Family:
    raw = _read(path)
    if "family" not in raw:
        raise FormError(f'{path.name} has no `family = "…"` line; every file beside words.toml is a form family')
    return Family(
        name=raw["family"],
        title_zh=raw.get("title_zh", raw["family"]),
        title_en=raw.get("title_en", raw["family"]),
        tables=tuple(_table(entry, raw["family"], path) for entry in raw.get("table", ())),
        stage=raw.get("stage"),
        division_code=raw.get("division_code"),
        based_on=raw.get("based_on"),
        typical=compile_words(tuple(raw["typical"])) if "typical" in raw else None,
        at_least=raw.get("at_least", 1),
    )


def _names(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    for scheme in ("function", "government_economic", "department_economic"):
        path = folder / f"{scheme}.csv"
        by_code = names.setdefault(scheme, {})
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    by_code[row["code"]] = (*by_code.get(row["code"], ()), row["name"])
    return names


def _entries(entries: Sequence[Mapping[str, Any]], make: Callable[..., _Entry]) -> list[tuple[re.Pattern[str], _Entry]]:
    """What entries of words.toml say of their words."""
    found = []
    for entry in entries:
        said = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
        found.append((compile_words(said.pop("words")), make(**said)))
    return found


@lru_cache(maxsize=4)
def load_library(folder: Path | None = None) -> Library:
    """The library of ``folder`` (the project's own where None). Raises FormError where a file cannot be used."""
    folder = folder or FOLDER
    paths = sorted(folder.glob("*.toml"))
    words_path = folder / "words.toml"
    if words_path not in paths:
        raise FormError(f"{words_path} is missing; it says what the words of headers mean")
    words = _read(words_path)
    families = [_family(path) for path in paths if path != words_path]
    # The general family is asked last: what a family says of its own tables goes before it.
    families.sort(key=lambda family: (family.name == "general", family.name))
    codes = folder.parent / "codes"
    names = _names(codes)
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.toml"), *codes.glob("*.csv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    library = Library(
        families=tuple(families),
        units={unit: Decimal(worth) for unit, worth in words["units"].items()},
        names=names,
        fingerprint=digest.hexdigest(),
    )
    library._columns = _entries(words["column"], Meaning)
    library._keys = _entries(words["key"], KeyMeaning)
    library._expenses = _entries(words["expense"], Expense)
    library._counted = _entries(words["counted"], Counted)
    library._lists = {
        "totals": compile_words(tuple(words["totals"]["words"])),
        "year_totals": compile_words(tuple(words["year_totals"]["words"])),
        "subtotals": compile_words(tuple(words["subtotals"]["words"])),
        "counts": compile_words(tuple(words["counts"]["words"])),
        "memos": compile_words(tuple(words["memos"]["words"])),
        "balances": compile_words(tuple(words["balances"]["words"])),
        "alone": compile_words(tuple(words["alone"]["words"])),
        "empty.rows": compile_words(tuple(words["empty"]["rows"])),
        "empty.notes": compile_words(tuple(words["empty"]["notes"])),
        "revenue": compile_words(tuple(words["sides"]["revenue"])),
        "expenditure": compile_words(tuple(words["sides"]["expenditure"])),
    }
    library._lost_first = words["titles"]["first_characters"]
    library._title_funds = {fund: compile_words(tuple(found)) for fund, found in words["titles"]["funds"].items()}
    library._by_name = {
        scheme: {fold(name): code for code, all_names in by_code.items() for name in all_names if len(code) == 3}
        for scheme, by_code in names.items()
    }
    return library
