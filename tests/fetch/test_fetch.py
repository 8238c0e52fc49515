"""``yusuan fetch`` against a server on loopback that misbehaves."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
import tomllib
from collections import Counter
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dagster as dg
import pytest

from pipeline.cli import main
from pipeline.fetch import BadList, Manners, collection, fetch_all
from pipeline.fetch.web import Web
from pipeline.ingest.collections import find_collection
from pipeline.orchestration.definitions import Folders, defs

PAGE = """<html><head><meta charset="utf-8"><meta name="PubDate" content="2024-02-06 10:00">
<title>2024年部门预算</title><script>var visit = {visit};</script></head>
<body><p>{text}</p><a href="files/a.pdf">附件1：2024年部门预算</a>
<a href="/download?id=7">附件2：收支总表.xlsx</a><a href="other.html">上一篇</a>
<a href="http://elsewhere.invalid/b.pdf">别处.pdf</a></body></html>"""
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Site:
    """What the server answers by path: bytes, or a function of the handler. ``asked`` counts requests by path."""

    def __init__(self) -> None:
        self.pages = {}
        self.asked = Counter()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.asked[path] += 1
        page = self.pages.get(path)
        if page is None:
            handler.send_error(404)
        elif callable(page):
            page(handler)
        else:
            answer(handler, page)


def answer(handler, data, code=200, length=None, **headers):
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    handler.end_headers()
    handler.wfile.write(data)


@pytest.fixture
def site():
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found.serve(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw" / "district"
    folder.mkdir(parents=True)
    return tmp_path / "raw"


def listing(raw, *entries):
    lines = []
    for entry in entries:
        lines.append("[[fetch]]")
        lines += [
            f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in entry.items()
        ]
    (raw / "district" / "sources.toml").write_text("\n".join(lines).replace("'", '"'), encoding="utf-8")


def fetched(raw, **manners):
    return list(fetch_all(raw, manners=Manners(**{"pause": 0.0, **manners})))


def only(raw, **manners):
    (outcome,) = fetched(raw, **manners)
    return outcome


def notes(raw):
    return tomllib.loads((raw / "district" / "fetched.toml").read_text(encoding="utf-8"))["files"]


def test_a_page_and_its_attachments_with_origin_day_licence_and_digest(site, raw):
    text = PAGE.format(visit=1, text="预算公开").encode()
    site.pages = {"/a/page.html": text, "/a/files/a.pdf": PDF, "/download?id=7": b"\xe8\xa1\xa8"}
    url = site.address + "/a/page.html"
    listing(raw, {"url": url, "attachments": True, "division_code": "110102", "title": "预算", "licence": "公开"})
    outcomes = fetched(raw)
    assert [(each.state, each.file) for each in outcomes] == [
        ("new", "page.html"),
        ("new", "附件1：2024年部门预算.pdf"),
        ("new", "附件2：收支总表.xlsx"),
    ]
    assert site.asked["/a/other.html"] == 0
    said = notes(raw)
    assert said["page.html"]["sha256"] == hashlib.sha256(text).hexdigest()
    assert said["page.html"]["title"] == "预算"
    pdf = said["附件1：2024年部门预算.pdf"]
    assert pdf.pop("fetched").endswith("Z")
    assert pdf == {
        "url": site.address + "/a/files/a.pdf",
        "page": url,
        "published": "2024-02-06",
        "division_code": "110102",
        "licence": "公开",
        "sha256": hashlib.sha256(PDF).hexdigest(),
    }
    files = {file.name: file.declared for file in find_collection(raw, "district").files}
    assert set(files) == set(said)
    assert files["page.html"]["published"] == "2024-02-06"
    assert "fetched" not in files["page.html"]  # the day of fetching changes nothing that is published


def test_what_did_not_change_is_asked_with_conditions_and_kept(site, raw):
    def page(handler):
        if handler.headers.get("If-None-Match") == '"1"':
            answer(handler, b"", 304)
        else:
            answer(handler, PDF, ETag='"1"')

    site.pages = {"/a.pdf": page}
    listing(raw, {"url": site.address + "/a.pdf"})
    assert only(raw).state == "new"
    before = notes(raw)
    assert only(raw).state == "unchanged"
    assert notes(raw) == before
    (raw / "district" / "a.pdf").unlink()  # what somebody removed is fetched again, without a condition
    assert only(raw).state == "new"


def test_a_changed_file_is_a_new_version_beside_the_old_one(site, raw):
    site.pages = {"/a.pdf": PDF}
    listing(raw, {"url": site.address + "/a.pdf"})
    only(raw)
    site.pages = {"/a.pdf": PDF + b"%2\n"}
    outcome = only(raw)
    digest = hashlib.sha256(PDF + b"%2\n").hexdigest()
    assert (outcome.state, outcome.file) == ("changed", f"a.{digest[:8]}.pdf")
    assert (raw / "district" / "a.pdf").read_bytes() == PDF
    assert notes(raw)[outcome.file]["supersedes"] == hashlib.sha256(PDF).hexdigest()
    assert only(raw).state == "unchanged"


def test_a_counter_in_a_page_is_no_change(site, raw):
    site.pages = {"/p.html": PAGE.format(visit=1, text="预算").encode()}
    listing(raw, {"url": site.address + "/p.html"})
    only(raw)
    site.pages = {"/p.html": PAGE.format(visit=2, text="预算").encode()}
    assert only(raw).state == "unchanged"
    site.pages = {"/p.html": PAGE.format(visit=2, text="预算（更正）").encode()}
    assert only(raw).state == "changed"


def test_failures_that_pass_are_tried_again(site, raw):
    def busy(handler):
        if site.asked["/a.pdf"] < 3:
            answer(handler, b"", 503, Retry_After="0")
        else:
            answer(handler, PDF)

    site.pages = {"/a.pdf": busy}
    listing(raw, {"url": site.address + "/a.pdf"})
    assert only(raw).state == "new"
    assert site.asked["/a.pdf"] == 3


def cut_off(handler):
    answer(handler, PDF, length=len(PDF) + 100)
    handler.close_connection = True


def slow(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"%")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (lambda handler: answer(handler, b"", 404), "the server answers 404 Not Found"),
        (lambda handler: answer(handler, b""), "the server sent an empty file"),
        (cut_off, "100 more expected"),
        (lambda handler: answer(handler, b"", 302, Location="/a.pdf"), "more than 10 redirects"),
        (lambda handler: answer(handler, b"", 302, Location="file:///etc/passwd"), "is no address of the web"),
        (lambda handler: answer(handler, b"", 302, Location="http://localhost:1/x"), "leads into a private network"),
        (lambda handler: answer(handler, b"<html><body><p>login</p></body></html>"), "a web page where a .pdf file"),
        (lambda handler: answer(handler, b"Rar!\x1a\x07"), "it is an archive (rar)"),
        (
            lambda handler: answer(handler, gzip.compress(bytes(1 << 24)), Content_Encoding="gzip"),
            "larger than the 1000000 bytes",
        ),
        (lambda handler: answer(handler, b"no gzip", Content_Encoding="gzip"), "does not answer as it should"),
    ],
)
def test_what_a_server_does_wrong_is_said_and_harms_nothing_else(site, raw, page, reason):
    site.pages = {"/a.pdf": page, "/b.pdf": PDF}
    listing(raw, {"url": site.address + "/a.pdf"}, {"url": site.address + "/b.pdf"})
    bad, good = fetched(raw, attempts=2, seconds=2.0, most=1_000_000)
    assert bad.state == "failed"
    assert reason in bad.reason
    assert good.state == "new"
    assert sorted(path.name for path in (raw / "district").iterdir()) == ["b.pdf", "fetched.toml", "sources.toml"]


def test_a_server_that_sends_a_byte_now_and_then_is_left(site, raw):
    site.pages = {"/a.pdf": slow}
    listing(raw, {"url": site.address + "/a.pdf"})
    outcome = only(raw, attempts=1, seconds=1.0)
    assert (outcome.state, outcome.reason) == ("failed", "it did not arrive in 1 seconds")


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (b"User-agent: *\nDisallow: /a", False),
        (b"User-agent: *\nDisallow: /b", True),
        (lambda handler: answer(handler, b"", 404), True),
        (lambda handler: answer(handler, b"", 500), False),
    ],
)
def test_robots_txt_is_honoured(site, raw, robots, allowed):
    site.pages = {"/robots.txt": robots, "/a.pdf": PDF}
    listing(raw, {"url": site.address + "/a.pdf"})
    outcome = only(raw, attempts=1)
    assert (outcome.state == "new") is allowed
    assert allowed or "robots.txt of 127.0.0.1 does not allow it" in outcome.reason
    assert site.asked["/a.pdf"] == int(allowed)


def test_a_host_is_asked_slowly(site, raw, monkeypatch):
    """An hour apart, which nobody waits for: what a loaded machine takes for a request does not count."""
    site.pages = {"/a.pdf": PDF, "/b.pdf": PDF}
    listing(raw, {"url": site.address + "/a.pdf"}, {"url": site.address + "/b.pdf"})
    slept: list[float] = []
    monkeypatch.setattr(collection, "Web", partial(Web, sleep=slept.append))
    fetched(raw, pause=3600.0)
    assert len(slept) == 2  # robots.txt, and two files
    assert all(3000 < seconds <= 3600 for seconds in slept)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=UTF-8''2024%E5%B9%B4%E9%A2%84%E7%AE%97.pdf", "2024年预算.pdf"),
        ('attachment; filename="' + "预算.pdf".encode("gbk").decode("latin-1") + '"', "预算.pdf"),
        ('attachment; filename="../../x/.a.pdf"', "_.._x_.a.pdf"),
        ('attachment; filename="sources.toml"', "sources.f5b90dbd.toml"),
    ],
)
def test_names_are_those_the_server_gives_made_safe(site, raw, header, name):
    site.pages = {"/d?id=1": lambda handler: answer(handler, PDF, Content_Disposition=header)}
    listing(raw, {"url": site.address + "/d?id=1"})
    outcome = only(raw)
    assert outcome.state == "new", outcome.reason
    assert outcome.file == name.replace("f5b90dbd", hashlib.sha256(PDF).hexdigest()[:8])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[fetch]]\n", "district/sources.toml, [[fetch]] 1 has no address"),
        ("[fetch]\nurl = '1'\n", "write [[fetch]] above each address"),
        ("[[fetch]]\nurl = 'http://a'\nattachments = 'yes'\n", "attachments has to be true or false"),
        ("[[fetch]]\nurl = 'http://a'\nfile = '../x'\n", "choose a plain name"),
        ("[[fetch]]\nurl = 'http://a'\nlicense = 'x'\n", "unknown key license; known are"),
        ("[[fetch", "district/sources.toml cannot be read"),
    ],
)
def test_a_bad_list_is_refused_before_anything_is_fetched(raw, text, reason):
    (raw / "district" / "sources.toml").write_text(text)
    with pytest.raises(BadList, match=".*") as caught:
        fetched(raw)
    assert reason in str(caught.value)


def test_the_asset_lists_what_failed(site, raw):
    site.pages = {"/a.pdf": PDF}
    listing(raw, {"url": site.address + "/a.pdf"}, {"url": site.address + "/b.pdf"})
    folders = {"folders": Folders(raw, raw.parent)}
    with dg.DagsterInstance.ephemeral() as instance:
        done = defs.resolve_job_def("fetch").execute_in_process(instance=instance, resources=folders)
        (made,) = done.asset_materializations_for_node("fetched")
    assert [made.metadata[state].value for state in ("new", "changed", "unchanged", "failed")] == [1, 0, 0, 1]
    assert "b.pdf: the server answers 404 Not Found" in made.metadata["failures"].value


def test_the_command_says_what_it_did(site, raw, capsys):
    site.pages = {"/a.pdf": PDF}
    listing(raw, {"url": site.address + "/a.pdf"}, {"url": site.address + "/b.pdf"})
    assert main(["fetch", "--raw", str(raw), "--pause", "0"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"district: new: a.pdf ({site.address}/a.pdf)",
        f"district: failed: the server answers 404 Not Found ({site.address}/b.pdf)",
        "1 new, 0 changed, 0 unchanged, 1 failed",
    ]
    assert main(["fetch", "--raw", str(raw), "nowhere"]) == 2
    assert "has no collection nowhere" in capsys.readouterr().err
