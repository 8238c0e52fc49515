"""Releases on object stores: a folder, and an S3 server on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

import pytest

from pipeline.cli import main
from pipeline.publish.mirror import MirrorError, mirror, open_store
from pipeline.publish.reading import ReleaseError

pytestmark = pytest.mark.slow
obstore = pytest.importorskip("obstore", reason="needs pip install 'open-yusuan[mirror]'")


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server."""
    pytest.importorskip("moto.server", reason="needs moto[server]")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(60)


@pytest.fixture
def bucket(server, monkeypatch) -> str:
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"b{uuid.uuid4()}"
    urllib.request.urlopen(urllib.request.Request(f"{server}/{name}", method="PUT"), timeout=30).close()
    return f"s3://{name}/data"


@pytest.fixture(params=["file", "s3"])
def url(request, tmp_path) -> str:
    return (tmp_path / "mirror").as_uri() if request.param == "file" else request.getfixturevalue("bucket")


def objects(url: str) -> dict[str, bytes]:
    store = open_store(url)
    names = [each["path"] for page in store.list() for each in page]
    return {name: bytes(store.get(name).bytes()) for name in names}


def test_a_mirror_holds_every_byte_and_names_the_latest(published, url):
    done = mirror(published, url)
    files = {
        path.relative_to(published).as_posix(): path.read_bytes() for path in published.rglob("*") if path.is_file()
    }
    there = objects(url)
    pointer = json.loads(there.pop("latest.json"))
    assert pointer["release_id"] == published.name
    assert there == {f"{pointer['path']}/{name}": data for name, data in files.items()}
    assert (done.uploaded, done.kept) == (len(files), 0)
    again = mirror(published, url)
    assert (again.uploaded, again.kept) == (0, len(files))


def test_one_that_was_cut_off_goes_on_and_is_never_the_latest_meanwhile(published, url, monkeypatch):
    shown = []

    def cut(step: str) -> None:
        shown.append(step)
        if len(shown) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror(published, url, cut)
    assert "latest.json" not in objects(url)
    done = mirror(published, url)
    assert done.kept == 3
    assert "latest.json" in objects(url)


def test_an_object_that_was_damaged_is_uploaded_again(published, url):
    mirror(published, url)
    store = open_store(url)
    name = f"releases/{published.name}/README.md"
    store.put(name, b"other")
    assert mirror(published, url).uploaded == 1
    assert objects(url)[name] == (published / "README.md").read_bytes()


def test_a_damaged_release_is_not_mirrored(published, tmp_path):
    copied = tmp_path / published.name
    for path in published.rglob("*"):
        if path.is_file():
            target = copied / path.relative_to(published)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (copied / "views.sql").write_bytes(b"other")
    url = (tmp_path / "mirror").as_uri()
    with pytest.raises(ReleaseError, match="views.sql is not what the manifest says"):
        mirror(copied, url)
    assert "latest.json" not in objects(url)


def test_a_store_that_fails_is_named_with_what_to_do(published, monkeypatch, capsys):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with pytest.raises(MirrorError, match="no store that can be opened"):
        mirror(published, "ftp://x/y")
    assert main(["mirror", "nowhere://x", str(published)]) == 2
    assert capsys.readouterr().err.startswith("yusuan mirror: nowhere://x is no store")
    assert os.environ["AWS_ENDPOINT_URL"]
