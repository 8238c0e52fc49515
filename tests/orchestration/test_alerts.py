"""Messages about failed runs."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import dagster as dg
import pytest
import requests

from pipeline.orchestration import alerts, settings
from pipeline.orchestration.definitions import failed_runs


@pytest.fixture
def chat():
    """A service that takes messages; ``received`` are their bodies, ``code`` is what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.server.code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.code = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_nobody_is_told_where_no_address_is_set(monkeypatch):
    monkeypatch.delenv(settings.ALERT_URL, raising=False)
    assert alerts.send("extract", "", "1", "x") == "extract failed; nobody is told, since YUSUAN_ALERT_URL is not set"


@pytest.mark.parametrize("form", alerts.FORMS)
def test_a_message_says_what_failed_and_why(monkeypatch, chat, form):
    monkeypatch.setenv(settings.ALERT_URL, f"http://127.0.0.1:{chat.server_port}/hook")
    monkeypatch.setenv(settings.ALERT_FORM, form)
    alerts.send("extract", "110102", "run-1", "Traceback\n  File\nOSError: no space left\n")
    text = "open-yusuan: extract (110102) failed: OSError: no space left (run run-1)"
    assert chat.received == [alerts.FORMS[form](text)]
    assert text in json.dumps(chat.received[0])
    chat.code = 500
    with pytest.raises(requests.HTTPError):
        alerts.send("extract", "110102", "run-1", "x")


def test_an_unknown_form_is_refused_with_the_known_ones(monkeypatch):
    monkeypatch.setenv(settings.ALERT_URL, "http://127.0.0.1:1/")
    monkeypatch.setenv(settings.ALERT_FORM, "mail")
    with pytest.raises(ValueError, match="known are slack, dingtalk, feishu"):
        alerts.send("extract", "", "1", "x")


def test_the_sensor_sends_the_error_of_the_step_that_failed(monkeypatch, chat):
    monkeypatch.setenv(settings.ALERT_URL, f"http://127.0.0.1:{chat.server_port}/hook")

    @dg.op
    def breaks():
        raise OSError("the disk is full")

    @dg.job
    def release():
        breaks()

    with dg.DagsterInstance.ephemeral() as instance:
        result = release.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="failed_runs",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        failed_runs(context)
    (sent,) = chat.received
    assert "release failed" in sent["text"]
    assert "failed: OSError: the disk is full (run " in sent["text"]
