"""Templates compiled at installation: used as long as they say what the templates say, and written by nothing else."""

from __future__ import annotations

import shutil

import jinja2
import pytest

from pipeline.publish.site import rendering


class Compiled(Exception):
    """A template was compiled."""


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Environments of a new process whose templates are a copy."""
    shutil.copytree(
        rendering.FOLDER / "templates", tmp_path / "templates", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(rendering, "FOLDER", tmp_path)
    monkeypatch.setattr(rendering, "_COMPILED", tmp_path / "templates" / "__pycache__")
    monkeypatch.setattr(rendering, "environment", rendering.environment.__wrapped__)
    return tmp_path / "templates"


def refuse(*arguments: object, **settings: object) -> None:
    raise Compiled


def test_what_was_compiled_is_used_until_the_template_changes(fresh, monkeypatch):
    rendering.precompile_templates()
    monkeypatch.setattr(jinja2.Environment, "compile", refuse)
    names = sorted(path.name for path in fresh.glob("*.j2"))
    assert "front.html.j2" in names
    for name in names:
        assert rendering.environment().get_template(name).name == name
    changed = fresh / "front.html.j2"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(Compiled):
        rendering.environment().get_template("front.html.j2")


def test_without_it_templates_are_compiled_and_nothing_is_kept(fresh, monkeypatch):
    assert rendering.environment().get_template("base.html.j2").name == "base.html.j2"
    assert not (fresh / "__pycache__").exists()
    monkeypatch.setattr(jinja2.Environment, "compile", refuse)
    with pytest.raises(Compiled):
        rendering.environment().get_template("base.html.j2")


def test_what_is_damaged_is_compiled_again(fresh):
    rendering.precompile_templates()
    for path in (fresh / "__pycache__").iterdir():
        path.write_bytes(path.read_bytes()[:-40])
    assert rendering.environment().get_template("base.html.j2").name == "base.html.j2"
