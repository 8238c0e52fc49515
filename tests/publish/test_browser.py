"""The pages in headless Chromium: no errors, a working search, both languages, nothing wider than a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.publish.site.build import make_site
from tests.documents import BUNDLED, read
from tests.publish.releases import release_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (Debian: apt-get install chromium)"),
]
_HARNESS = """<!doctype html><meta charset="utf-8"><iframe id="f" src="{page}" width="360" height="800"></iframe><p id="said"></p>
<script>document.getElementById("f").addEventListener("load", function () {{
  const root = this.contentDocument.documentElement, wide = [];
  for (const each of this.contentDocument.querySelectorAll("main *")) {{
    if (each.closest(".scroll") && !each.matches(".scroll")) continue;
    if (each.closest("svg") && !each.matches("svg")) continue;
    if (each.getBoundingClientRect().right > 361 && each.getClientRects().length) wide.push(each.tagName + "." + each.className);
  }}
  document.getElementById("said").textContent = "width " + root.scrollWidth + " wide [" + wide.slice(0, 5) + "]";
}});</script>"""


_OVERLAPS = """const faults = [];
let texts = 0;
for (const svg of document.querySelectorAll("svg.chart")) {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll("text.LANGUAGE, path")].filter(e => e.getClientRects().length).map(e => [e, e.getBoundingClientRect()]);
  for (const [one, a] of boxes) {
    if (one.tagName !== "text") continue;
    texts += 1;
    if (a.right > frame.right + 1 || a.left < frame.left - 1 || a.top < frame.top - 2) faults.push("outside " + one.textContent);
    for (const [two, b] of boxes)
      if (one !== two && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
        faults.push(one.textContent + " meets " + two.textContent);
  }
}
document.getElementById("said").textContent = texts + " texts [" + faults + "]";"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The pages of two disclosures, one of them with other words."""
    text = BUNDLED.read_text(encoding="utf-8")
    other = text.replace("2022", "2023").replace("2021", "2022").replace("外事办公室", "民政办公室")
    folder = tmp_path_factory.mktemp("browser")
    release = release_of([read(text.encode(), "a.txt"), read(other.encode(), "b.txt")], folder / "out")
    return make_site(release, folder / "site").path


@pytest.fixture(scope="module")
def served(site):
    handler = partial(_Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(5)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):  # noqa: A002
        """Nothing: requests are no news."""


def opened(url: str, tmp_path: Path) -> tuple[str, list[str]]:
    """The page as it stands after its scripts ran, and what the browser complained of."""
    done = subprocess.run(
        [
            str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--dump-dom", url,
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, re.findall(r"CONSOLE.*", done.stderr)


def rows(dom: str) -> list[str]:
    body = dom[dom.index('<tbody id="rows">') :]
    return re.findall(r"<tr>.*?</tr>", body[: body.index("</tbody>")], re.S)


PAGES = ["index.html", "disclosures.html", "contradictions.html", "disclosures", "bodies", "districts"]


def page_in(site: Path, page: str) -> Path:
    """The page ``page``, or the first of the folder of that name."""
    return site / page if page.endswith(".html") else min((site / page).glob("*.html"))


@pytest.mark.parametrize("page", [*PAGES, "years"])
def test_pages_load_without_errors_from_the_file_system(site, tmp_path, page):
    path = page_in(site, page)
    dom, complaints = opened(path.as_uri(), tmp_path)
    assert complaints == []
    assert "</main>" in dom


@pytest.mark.parametrize(
    ("scheme", "query", "found"),
    [
        ("file", "", 2),
        ("file", "?q=民政办", 1),
        ("file", "?q=外事办公室+2022", 1),
        ("file", "?year=2023&failed=1", 1),
        ("http", "?q=nowhere", 0),
    ],
)
def test_search_finds_by_name_year_and_failed_checks_without_a_server(site, served, tmp_path, scheme, query, found):
    base = site.as_uri() if scheme == "file" else served
    dom, complaints = opened(f"{base}/disclosures.html{query}", tmp_path)
    assert complaints == []
    assert len(rows(dom)) == found
    assert f"{found} / 2" in dom


@pytest.mark.parametrize(
    ("scheme", "words", "found"),
    [("file", "领事保护", 2), ("http", "领事保护 宣传", 2), ("file", "30217", 2), ("file", "领事公务", 0)],
)
def test_search_finds_words_and_codes_inside_documents(site, served, tmp_path, scheme, words, found):
    base = site.as_uri() if scheme == "file" else served
    dom, complaints = opened(f"{base}/disclosures.html?q={quote(words)}", tmp_path)
    assert complaints == []
    hits = re.findall(r'<article class="hit">.*?</article>', dom, re.S)
    assert len(hits) == found
    for hit in hits:
        assert f"<mark>{words.split()[0]}</mark>" in hit
        page, anchor = re.search(r'href="disclosures/(\w+\.html)#(\w+)"', hit).groups()
        assert f'id="{anchor}"' in (site / "disclosures" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_charts_meet_no_other_and_stay_inside(site, served, tmp_path, language):
    script = _OVERLAPS.replace("LANGUAGE", language)
    seen = 0
    for folder in ("disclosures", "bodies", "districts"):
        html = page_in(site, folder).read_text(encoding="utf-8")
        # The policy of the pages allows no script but theirs: here the drawings stand on a page of their own.
        drawings = "".join(re.findall(r'<svg class="chart".*?</svg>', html, re.S))
        (site / "drawings.html").write_text(
            f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="style.css"><input type="radio" '
            f'id="lang-en" {"checked" * (language == "en")}>{drawings}<p id="said"></p><script>{script}</script>',
            encoding="utf-8",
        )
        try:
            dom, _ = opened(f"{served}/drawings.html", tmp_path)
        finally:
            (site / "drawings.html").unlink()
        texts, faults = re.search(r'<p id="said">(\d+) texts \[(.*?)\]', dom).groups()
        assert faults == ""
        seen += int(texts)
    assert seen > 30


def test_the_language_switches_without_a_server(site, tmp_path):
    dom, complaints = opened(f"{(site / 'index.html').as_uri()}?lang=en", tmp_path)
    assert complaints == []
    assert re.search(r'<html lang="en"', dom)


def test_a_link_into_something_folded_unfolds_it(site, tmp_path):
    path = next((site / "disclosures").glob("*.html"))
    html = path.read_text(encoding="utf-8")
    (passage,) = re.findall(r'<p id="(r\w+)" class="passage"', html)[:1]
    dom, complaints = opened(f"{path.as_uri()}#{passage}", tmp_path)
    assert complaints == []
    assert re.search(r'<details class="table" open="">\s*<summary>\d+ ', dom)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_phone(site, served, tmp_path, page):
    name = page_in(site, page).relative_to(site).as_posix()
    (site / "harness.html").write_text(_HARNESS.format(page=name), encoding="utf-8")
    try:
        dom, _ = opened(f"{served}/harness.html", tmp_path)
    finally:
        (site / "harness.html").unlink()
    width, wide = re.search(r"width (\d+) wide \[(.*?)\]", dom).groups()
    assert (int(width) <= 360, wide) == (True, "")
