"""Nothing in the files of ``schemas/forms`` is silently ignored: a typo in any entry is an error that names its place."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.contacts.words import load_contact_words
from pipeline.extract.forms import FOLDER, load_library
from pipeline.extract.identity import lookalikes
from pipeline.extract.identity import words as identity
from pipeline.extract.performance import words as performance
from pipeline.extract.prose.grammar import load_grammar
from pipeline.extract.prose.sections import load_sections
from schemas.loading import SchemaFileError

#: Every file, with the folder that its loader is given and the loader.
LOADERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    **{path.name: ("", load_library) for path in FOLDER.glob("*.toml")},
    "identity/words.toml": ("identity", identity.load_words),
    "identity/look-alikes.toml": ("identity", lookalikes.load_look_alikes),
    "contacts/words.toml": ("contacts", load_contact_words),
    "performance/words.toml": ("performance", performance.load_words),
    "statements/metrics.toml": ("statements", load_grammar),
    "statements/forms.toml": ("statements", load_grammar),
    "statements/sections.toml": ("statements", load_sections),
}
#: Tables whose keys are words of documents, which anybody may add.
OPEN = {
    "words.toml": {"units"},
    "performance/words.toml": {"levels", "labels", "columns", "horizons", "money", "phases", "sources", "comparators", "after", "worth", "before", "lists"},
    "statements/forms.toml": {"units"},
}  # fmt: skip


def content(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def tables(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of the tables of a file, of each list those of the first and the last entry."""
    if isinstance(data, dict):
        yield path
        for key, value in data.items():
            yield from tables(value, (*path, key))
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        for at in {0, len(data) - 1}:
            yield from tables(data[at], (*path, at))


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else quoted(value)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the forms; who changes a file of it changes it back."""
    schemas = tmp_path_factory.mktemp("forms") / "schemas"
    shutil.copytree(FOLDER.parent, schemas, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return schemas / "forms"


def load(forms: Path, name: str, data: dict[str, Any] | str) -> object:
    """Load a copy of the forms in which the file ``name`` holds ``data``, past what loaders keep."""
    text = data if isinstance(data, str) else "".join(f"{quoted(key)} = {written(data[key])}\n" for key in data)
    folder, loader = LOADERS[name]
    held = (forms / name).read_bytes()
    (forms / name).write_text(text, encoding="utf-8")
    try:
        return loader.__wrapped__(forms / folder)  # type: ignore[attr-defined]
    finally:
        (forms / name).write_bytes(held)


def test_every_file_is_loaded_here() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.toml")}
    assert {name for name in found if not name.startswith("characters/")} == set(LOADERS)


@pytest.mark.parametrize("name", LOADERS)
def test_a_file_written_anew_is_the_same(forms: Path, name: str) -> None:
    assert load(forms, name, content(name))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param(name, path, id="/".join(map(str, (name, *path))))
        for name in LOADERS
        for path in tables(content(name))
        if not path or path[-1] not in OPEN.get(name, ())
    ],
)
def test_an_unknown_key_is_named_with_its_place(forms: Path, name: str, path: tuple[str | int, ...]) -> None:
    data = content(name)
    entry = at(data, path)
    # One letter of a key is wrong; where the keys are a closed list, its own value stands under the wrong one.
    key = next(iter(entry))
    entry[key + "x"] = entry[key]
    with pytest.raises(SchemaFileError) as failure:
        load(forms, name, data)
    message = str(failure.value)
    assert Path(name).name in message and repr(key + "x") in message
    assert f"did you mean {key!r}?" in message
    for step in path:
        assert (str(step) if isinstance(step, str) else str(step + 1)) in message


@pytest.mark.parametrize(
    ("name", "path", "value", "meant"),
    [
        ("words.toml", ("column", 0, "measure"), "totl", "total"),
        ("words.toml", ("column", -1, "revenue_source"), "special_fund_offfset", "special_fund_offset"),
        ("words.toml", ("column", 1, "phase"), "aproved", "approved"),
        ("words.toml", ("key", 0, "kind"), "clas", "class"),
        ("words.toml", ("key", 3, "scheme"), "functon", "function"),
        ("words.toml", ("expense", 1, "kind"), "oversea_travel", "overseas_travel"),
        ("words.toml", ("counted", 0, "metric"), "oversea_groups", "overseas_groups"),
        ("words.toml", ("counted", 0, "unit"), "goup", "group"),
        ("common.toml", ("table", 0, "code"), "income_expenditure_sumary", "income_expenditure_summary"),
        ("common.toml", ("table", 1, "direction"), "revenu", "revenue"),
        ("common.toml", ("table", 2, "scheme"), "funktion", "function"),
        ("common.toml", ("table", 2, "identities"), ["total = basic + projct"], "project"),
        ("beijing-budget.toml", ("stage",), "budgett", "budget"),
        ("beijing-budget.toml", ("based_on",), "generl", "general"),
        ("identity/words.toml", ("caption", 0, "scope"), "departmnt", "department"),
        ("identity/words.toml", ("same", 0, "at"), "strt", "start"),
        ("performance/words.toml", ("labels", "项目名称"), "nam", "name"),
        ("performance/words.toml", ("columns", "一级指标"), "levl1", "level1"),
        ("performance/words.toml", ("horizons", "年度目标"), "anual", "annual"),
        ("performance/words.toml", ("phases", "执行数"), "excuted", "executed"),
        ("performance/words.toml", ("comparators", "≥"), "gee", "ge"),
        ("performance/words.toml", ("money", "总额"), "totl", "total"),
        ("statements/metrics.toml", ("metric", 0, "name"), "revenue_budgt", "revenue_budget"),
        ("statements/metrics.toml", ("metric", 0, "direction"), "revenu", "revenue"),
        ("statements/metrics.toml", ("metric", 1, "after"), ["compre"], "compare"),
        ("statements/forms.toml", ("count", "units", "人"), "persn", "person"),
        ("statements/forms.toml", ("form", 0, "kind"), "amunt", "amount"),
        ("statements/forms.toml", ("form", 0, "about"), "bas", "base"),
        ("statements/forms.toml", ("form", 0, "elements"), "base metrc? amount", "metric"),
    ],
)  # fmt: skip
def test_an_unknown_value_is_named_with_the_nearest(
    forms: Path, name: str, path: tuple[str | int, ...], value: Any, meant: str
) -> None:
    data = content(name)
    at(data, path[:-1])[path[-1]] = value
    with pytest.raises(SchemaFileError, match=f"did you mean '{meant}'") as failure:
        load(forms, name, data)
    assert Path(name).name in str(failure.value)


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("words.toml", ("column", 0, "weak"), "yes", "true or false"),
        ("words.toml", ("column", 0, "words"), "合计", "must be a list"),
        ("words.toml", ("column", 0, "words"), ["(合计"], "brackets"),
        ("words.toml", ("units", "元"), "one", "units, 元"),
        ("common.toml", ("table", 0, "columns"), ["从未见过的列"], "从未见过的列"),
        ("common.toml", ("table", 0, "identities"), ["total"], "no equals sign"),
        ("identity/words.toml", ("caption", 0, "weight"), True, "a whole number"),
        ("beijing-budget.toml", ("division_code",), "110001", "no division .* '110001'"),
        ("statements/sections.toml", ("titles", "openings"), "(", "openings"),
        ("statements/metrics.toml", ("metric", 0, "labels"), ["收入[预算"], "brackets"),
    ],
)
def test_a_value_of_another_kind_is_refused(
    forms: Path, name: str, path: tuple[str | int, ...], value: Any, said: str
) -> None:
    data = content(name)
    at(data, path[:-1])[path[-1]] = value
    with pytest.raises(SchemaFileError, match=said):
        load(forms, name, data)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_key_is_named(forms: Path, name: str) -> None:
    data = content(name)
    # The last entry of a file that has entries, else the file itself, loses its first key.
    entry = next(
        (value[-1] for value in reversed(data.values()) if isinstance(value, list) and isinstance(value[0], dict)), data
    )
    key = "code" if "code" in entry else next(iter(entry))
    del entry[key]
    with pytest.raises(SchemaFileError, match=f"lacks the key '{key}'"):
        load(forms, name, data)


def test_a_file_that_is_not_toml_is_named(forms: Path) -> None:
    with pytest.raises(SchemaFileError, match="words.toml cannot be read as TOML"):
        load(forms, "words.toml", "[[column]\n")
