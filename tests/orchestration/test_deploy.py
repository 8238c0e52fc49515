"""The files of deploy/: they say what they mean, and the commands of the compose file work together."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.documents import ROOT
from tests.orchestration.test_postgres import add, extracted, place, server, wait_for  # noqa: F401 - fixtures

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_the_compose_file_is_one():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(DEPLOY / "compose.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_web_server_is_on_loopback_and_nothing_runs_as_root():
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:3000:3000"]
    assert "ports" not in COMPOSE["services"]["postgres"]
    for name in ("code", "daemon", "web"):
        assert COMPOSE["services"][name]["cap_drop"] == ["ALL"]
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]


def test_the_image_copies_files_that_are_there():
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    kept = {line[1:] for line in ignored if line.startswith("!")} | {"requirements.lock", "requirements-uv.lock"}
    for line in (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[:1] == ["COPY"] and not line.startswith("COPY --from"):
            for name in (word for word in words[1:-1] if not word.startswith("--")):
                assert (ROOT / name).exists(), name
                assert name in kept or name.startswith("requirements"), name


def test_the_values_of_the_chart_name_the_definitions_and_the_versions_that_are_pinned():
    values = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))
    (location,) = values["dagster-user-deployments"]["deployments"]
    assert location["dagsterApiGrpcArgs"] == ["-m", "open_yusuan.definitions"]
    assert COMPOSE["services"]["code"]["command"][-2:] == ["-m", "open_yusuan.definitions"]
    assert {each["name"]: each["value"] for each in location["env"]} == {
        "YUSUAN_RAW": "/srv/raw",
        "YUSUAN_OUT": "/srv/outputs",
    }


@pytest.mark.parametrize("unit", ["yusuan-daemon.service", "yusuan-web.service"])
def test_units_are_well_formed(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    # The programs of an installation stand elsewhere; what is checked is all the rest.
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8").replace("/opt/yusuan/bin/", "/bin/true ")
    (tmp_path / unit).write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True)
    assert unit not in done.stderr, done.stderr


def answers_rpc(environment: dict[str, str], port: str) -> bool:
    """Whether the health check of the compose file is content."""
    program, *rest = COMPOSE["services"]["code"]["healthcheck"]["test"][1:]
    command = [str(Path(sys.executable).with_name(program)), *(word.replace("4000", port) for word in rest)]
    return subprocess.run(command, env=environment, capture_output=True).returncode == 0


@pytest.mark.slow
def test_the_services_of_the_compose_file_work_together(place, tmp_path):  # noqa: F811 - the fixture
    with socket.socket() as code, socket.socket() as web:
        code.bind(("127.0.0.1", 0))
        web.bind(("127.0.0.1", 0))
        ports = {"4000": str(code.getsockname()[1]), "3000": str(web.getsockname()[1])}
    workspace = (DEPLOY / "workspace.yaml").read_text(encoding="utf-8")
    home = Path(place["DAGSTER_HOME"])
    (home / "workspace.yaml").write_text(
        workspace.replace("host: code", "host: 127.0.0.1").replace("4000", ports["4000"]), encoding="utf-8"
    )
    environment = {**place, "PYTHONPATH": f"{ROOT / 'packaging'}"}
    log, started = tmp_path / "log", []
    try:
        for name in ("code", "daemon", "web"):
            program, *rest = COMPOSE["services"][name]["command"]
            exchanged = [
                ports.get(word, word.replace("/srv/dagster", str(home)).replace("0.0.0.0", "127.0.0.1"))
                for word in rest
            ]
            command = [str(Path(sys.executable).with_name(program)), *exchanged]
            with log.open("ab") as file:
                started.append(
                    subprocess.Popen(
                        command,
                        cwd=tmp_path,
                        env=environment,
                        stdout=file,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
            if name == "code":
                wait_for("a code server", lambda: answers_rpc(environment, ports["4000"]), log)
        add(place, "a", "外事")
        # What goes on from here, up to a release, ``test_postgres`` waits for.
        wait_for("an extraction", lambda: extracted(place) == 1, log)

        def answers() -> bool:
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{ports['3000']}/server_info", timeout=5).status == 200
            except OSError:
                return False

        wait_for("the web server", answers, log)
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            # As compose stops services: what does not end when asked to is killed.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
