"""Nothing that a source prints runs in a page, whatever column it ends in, and no CSV cell is altered for it."""

from __future__ import annotations

import csv
import re
import shutil

import polars as pl
import pytest

from pipeline.publish.reading import read_table
from pipeline.publish.site.build import make_site
from pipeline.publish.verify.formulas import faults
from schemas.tables import TABLES
from tests.documents import BUNDLED, read
from tests.publish.pages import Page, pages_of
from tests.publish.releases import edit, release_of, seal

pytestmark = pytest.mark.slow

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\u202e\u2066gnp.exe\u2069",
    "</title></svg></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "a\x00b\x0b\x1b[31m",
    '=HYPERLINK("javascript:alert(1)")',
    "\u2028]]>--><!--",
]
_KEPT = re.compile(r"_id$|^id$|^owner_|^kind$|^disclosure|sha256|^derived_from$|^supersedes$|_key$")


@pytest.fixture(scope="module")
def hostile(published, tmp_path_factory):
    """A release all of whose free texts, ids of other bodies and source texts are hostile, and its site."""
    release = shutil.copytree(published, tmp_path_factory.mktemp("hostile") / "release")
    for name, spec in TABLES.items():
        if name in ("spans", "numbers"):
            continue
        columns = [c.name for c in spec.columns if c.type == "string" and not c.vocabulary and not _KEPT.search(c.name)]
        columns = [c for c in columns if c not in spec.primary_key and not c.endswith("_code")]
        edit(
            release,
            name,
            lambda f, columns=columns: f.with_columns(
                [
                    pl.Series(c, [HOSTILE[(i + n) % len(HOSTILE)] for i in range(f.height)], dtype=pl.String)
                    for n, c in enumerate(columns)
                ]
            ),
        )
    text = next((release / "sources").iterdir())
    body = text.read_text(encoding="utf-8").replace(
        "第一部分", "".join(HOSTILE).replace("\x0b", " ").replace("\u2028", " "), 1
    )
    text.write_text(body, encoding="utf-8")
    seal(release)
    return make_site(release, release.parent / "site").path


def test_no_element_attribute_or_address_comes_from_a_source(hostile, published, tmp_path):
    benign = make_site(published, tmp_path / "benign").path
    allowed = {tag for page in pages_of(benign) for tag, _ in page.elements}
    names = {name for page in pages_of(benign) for _, attrs in page.elements for name in attrs}
    for page in pages_of(hostile):
        for tag, attrs in page.elements:
            assert tag in allowed, (page.path.name, tag)
            assert set(attrs) <= names, (page.path.name, attrs)
            assert not any(name.startswith("on") or name == "style" for name in attrs)
            for name in ("href", "src"):
                assert not re.match(r"\s*(javascript|data|vbscript):", attrs.get(name) or "", re.I)
            if tag == "script":
                assert attrs.get("src", "").endswith("site.js") or attrs.get("type") == "application/ld+json"


def test_what_is_hostile_is_shown_as_it_is(hostile):
    (path,) = (hostile / "disclosures").glob("*.html")
    text = Page(path).text
    for payload in ("<script>alert(1)</script>", "javascript:alert(1)", "{{ 7 * 7 }}{% raw %}"):
        assert payload in text
    assert "\x00" not in path.read_text(encoding="utf-8")


def test_every_page_has_the_strict_policy_and_nothing_inline(hostile):
    for page in pages_of(hostile):
        metas = [a for t, a in page.elements if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
        assert len(metas) == 1
        policy = metas[0]["content"] or ""
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert "unsafe" not in policy and "http" not in policy and "*" not in policy
        assert not any(tag == "style" for tag, _ in page.elements)


def test_the_search_index_cannot_end_its_script(hostile):
    for path in (hostile / "search").glob("*.js"):
        assert not re.search(r"[<>\u2028\u2029]", path.read_text(encoding="utf-8"))


def test_printed_text_that_begins_a_formula_stays_as_printed_in_the_csv(tmp_path):
    text = BUNDLED.read_text(encoding="utf-8")
    start = text.index("六、专业名词解释")
    formula = '=HYPERLINK("x","y")是指一个名词。'
    spoilt = text[:start] + f"六、专业名词解释 \n\n{formula}\n\n" + text[start + len("六、专业名词解释") :]
    release = release_of([read(spoilt.encode())], tmp_path)
    with (release / "csv" / "passages.csv").open(encoding="utf-8", newline="") as file:
        cells = [value for row in csv.DictReader(file) for value in row.values()]
    assert any('=HYPERLINK("x","y")' in value for value in cells)
    frames = {name: read_table(release, name) for name in TABLES}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (release / "sources").iterdir()}
    assert faults(frames, texts) == []


def test_no_cell_of_the_release_begins_a_formula_of_our_own(published):
    frames = {name: read_table(published, name) for name in TABLES}
    assert faults(frames, {}) == []
