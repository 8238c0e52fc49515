"""The same bytes from a real cluster, also where a worker dies in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.orchestration import extraction
from pipeline.orchestration.executors import ClusterError, WorkerDied, executor, in_main_thread
from pipeline.orchestration.extraction import Entry, batches, extract_batch, extract_collection
from pipeline.orchestration.releases import make_release
from pipeline.publish.reading import read_table
from pipeline.store import Store
from pipeline.tidy.documents import read_documents
from tests.documents import BUNDLED, ROOT
from tests.ingest.test_media import pdf
from tests.orchestration.hanging import die, hang
from tests.orchestration.test_cut_off import FILE
from tests.orchestration.test_streaming import FOUR, build, fill, sums

pytestmark = pytest.mark.slow

if find_spec("distributed") is None:
    pytest.skip("the extra `cluster` is not installed", allow_module_level=True)
NUMBERS = tuple(range(1, 19))


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.file, self.folder = folder / "scheduler.json", folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
        while not self.file.exists() or not self.file.read_text():
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def _start(self, program: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", str(self.file), *arguments]
        log = (self.folder / f"{program}-{len(self.processes)}.log").open("wb")
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        process = subprocess.Popen(command, cwd=self.folder, env=env, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def worker(self, nanny: str = "--no-nanny", **environment: str) -> subprocess.Popen[bytes]:
        arguments = ("--nthreads", "1", nanny, "--no-dashboard", "--host", "127.0.0.1")
        return self._start("dask_worker", *arguments, **environment)

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield made
    finally:
        made.stop()


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "BATCH", 2)
    raw = fill(tmp_path / "raw", NUMBERS)
    wanted = sums(build(raw, tmp_path / "alone"))
    workers = [cluster.worker() for _ in range(3)]
    out = tmp_path / "out"
    killed = False
    with executor(scheduler=cluster.address) as pool:
        pool._client.wait_for_workers(3, timeout=60)

        def kill(_: str) -> None:
            nonlocal killed
            if not killed:
                os.kill(workers[0].pid, signal.SIGKILL)
                killed = True

        for folder in sorted(raw.iterdir()):
            extract_collection(raw, out, folder.name, pool, progress=kill)
        released = make_release(out, pool, sizes=FOUR)
    assert killed
    assert workers[0].wait() == -signal.SIGKILL
    assert all(worker.poll() is None for worker in workers[1:])
    assert sums(released.release.path) == wanted


def children(pid: int) -> list[int]:
    """The processes that a process has started, without the tracker of shared resources."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        found = [int(child) for task in tasks for child in (task / "children").read_text().split()]
        return [child for child in found if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()]
    except FileNotFoundError:
        return []


def row_of(entry: Entry, store: Store) -> dict[str, object]:
    """The row of a kept document in `disclosures`."""
    value = store.read(entry.document.key)
    assert value is not None
    return read_documents([(entry.document.disclosure_id, value)])[0]["disclosures"].row(0, named=True)


def test_a_document_that_hangs_on_a_worker_is_cut_off(cluster, tmp_path):
    worker = cluster.worker()
    store = Store(tmp_path / "store")
    (batch,) = batches([FILE], store)
    with executor(scheduler=cluster.address) as pool:
        pool._client.wait_for_workers(1, timeout=60)
        (entry,) = pool.submit(in_main_thread, hang, batch).result(timeout=120)
        row = row_of(entry, store)
        assert row["status"] == "quarantined"
        assert row["reason"].endswith("extracting it took more than 1 seconds, and was stopped")
        assert not entry.lasting
        # The same process, which is none the worse for it.
        found = pool.submit(extract_batch, batch).result(timeout=120)
        assert row_of(found[0], store)["status"] == "complete"
        assert worker.poll() is None
        extracting = children(worker.pid)
        if Path("/proc/self/task").exists():
            assert len(extracting) == 1
            os.kill(extracting[0], signal.SIGKILL)
            assert pool.submit(extract_batch, batch).result(timeout=120) == found
            with pytest.raises(WorkerDied, match="3 processes died of one chunk of documents"):
                pool.submit(in_main_thread, die, batch).result(timeout=120)
            assert worker.poll() is None
            assert pool.submit(extract_batch, batch).result(timeout=120) == found
            extracting = children(worker.pid)
    worker.kill()
    worker.wait()
    end = time.monotonic() + 60
    while time.monotonic() < end and any(Path(f"/proc/{child}").exists() for child in extracting):
        time.sleep(0.1)
    assert not [child for child in extracting if Path(f"/proc/{child}").exists()]


def test_workers_under_nannies_read_pdfs_cut_off_what_hangs_and_are_started_again(cluster, tmp_path, monkeypatch):
    """As ``dask worker`` starts them: a nanny makes its worker a daemon, which may have no children."""
    monkeypatch.setattr(extraction, "BATCH", 2)
    raw = fill(tmp_path / "raw", NUMBERS[:6])
    (raw / "pdfs").mkdir()
    (raw / "pdfs" / "a.pdf").write_bytes(pdf(["a page of a PDF"]))
    wanted = sums(build(raw, tmp_path / "alone"))
    nannies = [cluster.worker("--nanny") for _ in range(2)]
    out = tmp_path / "out"
    killed: list[int] = []
    with executor(scheduler=cluster.address) as pool:
        pool._client.wait_for_workers(2, timeout=60)

        def kill(_: str) -> None:
            if not killed:
                killed.extend(children(nannies[0].pid)[:1])
                os.kill(killed[0], signal.SIGKILL)

        for folder in sorted(raw.iterdir()):
            extract_collection(raw, out, folder.name, pool, progress=kill)
        assert killed
        assert sums(make_release(out, pool, sizes=FOUR).release.path) == wanted
        pool._client.wait_for_workers(2, timeout=60)
        store = Store(tmp_path / "hangs")
        (batch,) = batches([FILE], store)
        (entry,) = pool.submit(in_main_thread, hang, batch).result(timeout=120)
        assert row_of(entry, store)["status"] == "quarantined"
    assert [nanny.poll() for nanny in nannies] == [None, None]


def test_a_document_that_ends_every_worker_harms_itself_alone(cluster, tmp_path):
    """As a worker dies for which the kernel has no memory: the process that extracts is killed with every attempt."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    (raw / "c").mkdir(parents=True)
    for number, name in enumerate(("a.txt", "deadly.txt")):
        (raw / "c" / name).write_text(BUNDLED.read_text(encoding="utf-8") + "\n" * number, encoding="utf-8")
    killing = os.pathsep.join((str(Path(__file__).parent / "deadly"), str(ROOT)))
    command = [sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--out", str(out)]
    worker = cluster.worker("--no-nanny", PYTHONPATH=killing)
    environment = {**os.environ, "PYTHONPATH": killing}
    done = subprocess.run(
        [*command, "--scheduler", cluster.address],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 1, done.stderr
    rows = read_table((out / "latest").resolve(), "disclosures").to_dicts()
    assert {Path(row["source_file"]).name: row["status"] for row in rows} == {
        "a.txt": "complete",
        "deadly.txt": "quarantined",
    }
    assert worker.poll() is None


def test_a_cluster_without_workers_is_one_clear_error(cluster, monkeypatch):
    monkeypatch.setattr("pipeline.orchestration.executors._WORKER_SECONDS", 1.0)
    with pytest.raises(ClusterError, match="has no workers; start some with"), executor(scheduler=cluster.address):
        pass


def test_an_address_where_nobody_listens_is_one_clear_error(monkeypatch):
    monkeypatch.setattr("pipeline.orchestration.executors._SCHEDULER_SECONDS", 1.0)
    with pytest.raises(ClusterError, match="no Dask scheduler answers at"), executor(scheduler="tcp://127.0.0.1:9"):
        pass


def test_no_build_imports_dask_unless_asked(tmp_path):
    fill(tmp_path / "raw", (1,))
    script = (
        "import sys; from pathlib import Path; from pipeline.orchestration.build import build\n"
        "build(Path(sys.argv[1]), Path(sys.argv[2]), lambda step: None)\n"
        "assert not {'dask', 'distributed'} & set(sys.modules), 'dask was imported'"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "raw"), str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
