"""The instance of deploy/dagster.yaml on a real PostgreSQL server: builds, the daemon, and kills of both."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.documents import BUNDLED, ROOT

if find_spec("dagster_postgres") is None:
    pytest.skip("needs pip install 'open-yusuan[postgres]'", allow_module_level=True)
pytestmark = pytest.mark.slow

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
if not _BINARIES:
    pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)", allow_module_level=True)
PATIENCE = 600.0


class Server:
    """A PostgreSQL server of its own in a new folder, on a free port of loopback. It does not run as root."""

    def __init__(self, folder: Path) -> None:
        self._bin, self._data = _BINARIES[-1].parent, folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._as = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self._call("initdb", "-A", "trust", "-U", "dagster", "-E", "UTF8", "--locale=C.UTF-8")
        self.url = f"postgresql+psycopg2://dagster@127.0.0.1:{self._port}/postgres"
        self.start()

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self._port} -k {self._data}"
        self._call("pg_ctl", "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        """End it at once, as a power cut does."""
        self._call("pg_ctl", "-m", "immediate", "stop")

    def _call(self, name: str, *arguments: str) -> None:
        command = [*self._as, str(self._bin / name), "-D", str(self._data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="yusuan-postgres-"))
    found = Server(folder)
    yield found
    found.stop()
    shutil.rmtree(folder)


@pytest.fixture
def place(server, tmp_path) -> dict[str, str]:
    """The environment of an instance whose folders are below ``tmp_path``."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
    for name in ("raw", "out"):
        (tmp_path / name).mkdir()
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(home),
        "YUSUAN_POSTGRES_URL": server.url,
        "YUSUAN_RAW": str(tmp_path / "raw"),
        "YUSUAN_OUT": str(tmp_path / "out"),
        "YUSUAN_DEAD_AFTER": "30",
    }


def add(place: dict[str, str], collection: str, office: str) -> None:
    folder = Path(place["YUSUAN_RAW"]) / collection
    folder.mkdir()
    text = BUNDLED.read_text(encoding="utf-8").replace("外事", office)
    (folder / "x.txt").write_text(text, encoding="utf-8")


def published(place: dict[str, str]) -> int:
    """Disclosures of the latest release."""
    table = Path(place["YUSUAN_OUT"]) / "latest" / "csv" / "disclosures.csv"
    return len(table.read_text(encoding="utf-8").splitlines()) - 1 if table.is_file() else 0


def start_daemon(place: dict[str, str], log: Path) -> subprocess.Popen:
    program = Path(sys.executable).with_name("dagster-daemon")
    command = [str(program), "run", "-m", "pipeline.orchestration.definitions"]
    with log.open("ab") as file:
        return subprocess.Popen(
            command, cwd=ROOT, env=place, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )


def wait_for(what: str, happened: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, f"{what}: not seen\n{log.read_text(errors='replace')[-3000:]}"
        time.sleep(0.5)


def extracted(place: dict[str, str]) -> int:
    return len(list((Path(place["YUSUAN_OUT"]) / ".work" / "collections").glob("*.json")))


def test_a_build_keeps_its_runs_in_the_server(place):
    add(place, "a", "外事")
    command = [sys.executable, "-m", "pipeline", "build", "--raw", place["YUSUAN_RAW"], "--out", place["YUSUAN_OUT"]]
    done = subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert published(place) == 1
    ask = "import dagster as dg; i = dg.DagsterInstance.get(); print(sorted(r.job_name for r in i.get_runs()))"
    runs = subprocess.run([sys.executable, "-c", ask], env=place, capture_output=True, text=True, check=True).stdout
    assert runs.strip() == "['extract', 'release']"
    assert not list(Path(place["DAGSTER_HOME"]).rglob("*.db"))


def test_nothing_is_lost_when_daemon_and_server_are_killed_in_the_middle(place, server, tmp_path):
    log = tmp_path / "log"
    offices = ["外事", "体育", "审计"]
    for number, office in enumerate(offices[:2]):
        add(place, f"c{number}", office)
    daemon = start_daemon(place, log)
    try:
        wait_for("an extraction", lambda: extracted(place) >= 1, log)
        os.killpg(daemon.pid, signal.SIGKILL)  # the runs go with it: a machine that is switched off
        daemon.wait(60)
        daemon = start_daemon(place, log)
        wait_for("the second collection", lambda: extracted(place) >= 2, log)
        server.stop()
        time.sleep(5)
        server.start()
        add(place, "c2", offices[2])
        if daemon.poll() is not None:  # as a supervisor does
            daemon = start_daemon(place, log)
        wait_for("a release of all", lambda: published(place) == len(offices), log)
    finally:
        os.killpg(daemon.pid, signal.SIGTERM)
        daemon.wait(120)
    verify = [sys.executable, "-m", "pipeline", "verify", str(Path(place["YUSUAN_OUT"]) / "latest")]
    assert subprocess.run(verify, cwd=ROOT, env=place, stdout=subprocess.DEVNULL).returncode == 0
