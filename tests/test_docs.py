"""What is made from the models and kept in docs/ is what the models say now."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from selectolax.lexbor import LexborHTMLParser

from schemas.dictionary import TARGET, document
from schemas.tables import TABLES
from tests.documents import ROOT


def test_the_contract_describes_every_table_and_column():
    text = TARGET.read_text(encoding="utf-8")
    assert text == document(text), "run `make docs`"
    for name, spec in TABLES.items():
        section = text.split(f"\n## {name} · ")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.M) == [column.name for column in spec.columns]


def test_changelog_fragments_are_of_a_known_kind():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in tool["type"]}
    for path in (ROOT / tool["directory"]).iterdir():
        if path.name != "README.md":
            name, kind, suffix = path.name.split(".")
            assert name.startswith("+") and kind in kinds and suffix == "md", path.name
            assert path.read_text(encoding="utf-8").strip(), path.name


@pytest.mark.slow
def test_the_site_of_the_documentation_is_whole_and_needs_no_network(tmp_path):
    """Every page of docs/ is in it, every link inside leads somewhere, and nothing is fetched from elsewhere."""
    pytest.importorskip("sphinx")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "-d", str(tmp_path / "kept")]
    done = subprocess.run([*command, str(ROOT / "docs"), str(tmp_path / "site")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = {path: LexborHTMLParser(path.read_text(encoding="utf-8")) for path in (tmp_path / "site").glob("*.html")}
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= {path.stem for path in pages}
    for path, page in pages.items():
        fetched = [
            each.attributes.get("src") or each.attributes.get("href") for each in page.css("script, link, img, iframe")
        ]
        assert not [each for each in fetched if each and "//" in each], path.name
        for link in page.css("a[href]"):
            target, _, anchor = (link.attributes["href"] or "").partition("#")
            if "//" in target or target.startswith(("mailto:", "../site/")):
                continue
            led = (path.parent / target).resolve() if target else path
            assert led.is_file(), f"{path.name}: {target}"
            if anchor and led in pages:
                assert pages[led].css_first(f'[id="{anchor}"]') is not None, f"{path.name}: {target}#{anchor}"
