"""The pages in headless Chromium: no errors, a working search, both languages, nothing wider than a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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


@pytest.mark.parametrize("page", ["index.html", "disclosures.html", "years/2022.html", "disclosure"])
def test_pages_load_without_errors_from_the_file_system(site, tmp_path, page):
    path = next((site / "disclosures").glob("*.html")) if page == "disclosure" else site / page
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
    assert re.search(r'<details open="">\s*<summary>\d+ ', dom)


@pytest.mark.parametrize("page", ["index.html", "disclosures.html", "disclosure"])
def test_nothing_is_wider_than_a_phone(site, served, tmp_path, page):
    name = f"disclosures/{next((site / 'disclosures').glob('*.html')).name}" if page == "disclosure" else page
    (site / "harness.html").write_text(_HARNESS.format(page=name), encoding="utf-8")
    try:
        dom, _ = opened(f"{served}/harness.html", tmp_path)
    finally:
        (site / "harness.html").unlink()
    width, wide = re.search(r"width (\d+) wide \[(.*?)\]", dom).groups()
    assert (int(width) <= 360, wide) == (True, "")
