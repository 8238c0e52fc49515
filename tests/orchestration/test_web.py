"""Dagster's web server behind its guard: what a page of another server could make a browser send is refused."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipeline.orchestration.web import refusal
from tests.documents import ROOT

HOST = "localhost:3000"
START = "mutation { startSensor(sensorSelector: {}) { __typename } }"


def asked(kind: str = "http", method: str = "GET", path: str = "/", query: bytes = b"", **headers: str) -> dict:
    given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    encoded = [(name.encode(), value.encode()) for name, value in given.items()]
    return {"type": kind, "method": method, "path": path, "query_string": query, "headers": encoded}


def post(**headers: str) -> dict:
    return asked(method="POST", path="/graphql", **{"content_type": "application/json", **headers})


@pytest.mark.parametrize(
    "scope",
    [
        asked(),
        asked(host="127.0.0.1"),
        asked(host="[::1]:3000"),
        asked(host="LOCALHOST:3000"),
        asked(path="/graphql"),
        asked(path="/assets/graphql-of-ours", query=b"view=lineage"),
        asked(origin="http://elsewhere.example"),  # a link to a page, which changes nothing
        post(),
        post(origin="http://localhost:3000"),
        post(content_type="application/json; charset=utf-8"),
        asked("websocket", path="/graphql"),
        asked("websocket", path="/graphql", origin="http://localhost:3000"),
    ],
)
def test_what_the_pages_of_the_server_and_programs_ask_is_handed_on(scope):
    assert refusal(scope) is None


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (asked(host="elsewhere.example"), 421),
        (asked(host="localhost.elsewhere.example"), 421),
        (asked(host="localhost@elsewhere.example"), 421),
        (asked(host="[::1"), 421),
        (asked(host=""), 421),
        (asked("websocket", host="elsewhere.example"), 421),
        ({**asked(), "headers": []}, 421),
        ({**asked(), "headers": [(b"host", b"localhost"), (b"host", b"elsewhere.example")]}, 421),
        (post(origin="http://elsewhere.example"), 403),
        (post(origin="http://localhost:8000"), 403),
        (post(origin="null"), 403),
        (asked("websocket", origin="http://elsewhere.example"), 403),
        (asked("websocket", origin="null"), 403),
        (asked(path="/graphql", query=b"query=mutation"), 405),
        (asked(path="/graphql/", query=b"query=mutation"), 405),
        (asked(path="/prefix/graphql", query=b"query=mutation"), 405),
        (asked(path="/graphql", query=b"query=mutation", accept="text/html"), 405),
        (post(content_type="text/plain"), 415),
        (post(content_type="text/plain; application/json"), 415),
        (post(content_type="application/x-www-form-urlencoded"), 415),
        (post(content_type="application/graphql"), 415),
        (asked(method="POST", path="/graphql", query=b"query=mutation"), 415),
        (asked(method="POST", path="/report_asset_materialization/release"), 415),
    ],
)
def test_what_a_page_of_another_server_could_send_is_refused(scope, status):
    assert refusal(scope)[0] == status


def test_other_names_are_listed_in_the_environment(monkeypatch):
    monkeypatch.setenv("YUSUAN_UI_HOSTS", "yusuan.example, other.example")
    assert refusal(asked(host="Yusuan.example:443")) is None
    assert refusal(asked(host="elsewhere.example"))[0] == 421


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """`yusuan ui` on a free port."""
    folder = tmp_path_factory.mktemp("ui")
    (folder / "raw").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "pipeline", "ui", "--port", port]
    command += ["--raw", str(folder / "raw"), "--out", str(folder / "out")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 300
    while not _answers(address):
        assert process.poll() is None and time.monotonic() < until, (folder / "log").read_text()
        time.sleep(0.5)
    yield address
    os.kill(process.pid, signal.SIGTERM)
    process.wait(120)
    until = time.monotonic() + 120
    while _is_alive(process.pid):  # the daemon and the code servers end with it
        assert time.monotonic() < until
        time.sleep(0.5)


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/server_info", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.mark.slow
def test_the_running_server_refuses_them_and_serves_its_pages(server):
    page = requests.get(server, timeout=60)
    assert page.headers["content-type"].startswith("text/html")
    assert "__NEXT_DATA__" in page.text
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    graphql = f"{server}/graphql"
    asset = {"query": "{ assetNodes { assetKey { path } } }"}
    nodes = requests.post(graphql, json=asset, timeout=60).json()["data"]["assetNodes"]
    assert ["release"] in [node["assetKey"]["path"] for node in nodes]
    assert "SensorSelector" in requests.post(graphql, json={"query": START}, timeout=60).text  # it reaches Dagster
    refused = {
        "by GET": requests.get(graphql, params={"query": START}, timeout=60),
        "no JSON": requests.post(graphql, params={"query": START}, timeout=60),
        "text": requests.post(graphql, data=json.dumps(asset), headers={"Content-Type": "text/plain"}, timeout=60),
        "a foreign name": requests.get(server, headers={"Host": "elsewhere.example"}, timeout=60),
        "a foreign page": requests.post(
            graphql, json=asset, headers={"Origin": "http://elsewhere.example"}, timeout=60
        ),
    }
    assert {why: answer.status_code for why, answer in refused.items()} == {
        "by GET": 405,
        "no JSON": 415,
        "text": 415,
        "a foreign name": 421,
        "a foreign page": 403,
    }


@pytest.mark.slow
def test_subscriptions_of_its_own_pages_work_and_no_others(server):
    address = server.replace("http:", "ws:") + "/graphql"
    with pytest.raises(InvalidStatus, match="403"), connect(address, origin="http://elsewhere.example"):
        pass
    with connect(address, origin=server, subprotocols=["graphql-ws"], open_timeout=60) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(60)) == {"type": "connection_ack"}
        query = "subscription { locationStateChangeEvents { event { message } } }"
        for number, payload in enumerate([{"query": query}, {"query": START}]):
            socket.send(json.dumps({"type": "start", "id": str(number), "payload": payload}))
        answer = json.loads(socket.recv(60))
        assert (answer["id"], answer["type"]) == ("1", "error")  # a mutation is no subscription


@pytest.mark.slow
def test_folders_are_no_run_configuration(server):
    query = """query($runConfig: RunConfigData) { isPipelineConfigValid(mode: "default", runConfigData: $runConfig,
        pipeline: {pipelineName: "release", repositoryName: "__repository__",
                   repositoryLocationName: "pipeline.orchestration.definitions"})
        { __typename ... on RunConfigValidationInvalid { errors { message } } ... on PythonError { message } } }"""
    found = {}
    for name, config in {
        "none": {},
        "folders": {"folders": {"config": {"out": "/tmp"}}},
        "workers": {"workers": {"config": {"scheduler": "tcp://elsewhere.example:8786"}}},
    }.items():
        asked = {"query": query, "variables": {"runConfig": json.dumps({"resources": config} if config else {})}}
        answer = requests.post(f"{server}/graphql", json=asked, timeout=60).json()
        found[name] = answer["data"]["isPipelineConfigValid"]["__typename"]
    assert found == {
        "none": "PipelineConfigValidationValid",
        "folders": "RunConfigValidationInvalid",
        "workers": "RunConfigValidationInvalid",
    }
