"""The command ``yusuan``. Each subcommand imports only what it needs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipeline.orchestration.settings import HOME, PUBLISH_CONTACTS, publishes_contacts
from pipeline.terminal import LANGUAGES, cannot_write, printable, spoken

if TYPE_CHECKING:
    from pipeline.publish.verification.fault import Fault


def main(argv: list[str] | None = None) -> int:
    """Run a subcommand; 0 done, 1 done with something to look at, 2 could not run."""
    parser = argparse.ArgumentParser(prog="yusuan", description="Budget disclosures to checked open data.")
    parser.add_argument("--version", action="version", version=f"yusuan {version('open-yusuan')}")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="build a release from the raw folder")
    build.add_argument("--raw", type=Path, default=HOME / "raw", help="folder of disclosures, one folder a collection")
    build.add_argument("--out", type=Path, default=HOME / "outputs", help="folder for releases")
    build.add_argument("--workers", type=_count, default=0, help="processes that do the work (default: one a core)")
    build.add_argument(
        "--here",
        action="store_true",
        help="do all work in this process, where a debugger can stop; slower, and less safe",
    )
    build.add_argument("--scheduler", default="", metavar="ADDRESS", help="do the work on the Dask cluster at ADDRESS")
    build.add_argument(
        "--publish-contacts",
        action="store_true",
        help="do not withhold names and numbers of contact persons (as does YUSUAN_PUBLISH_CONTACTS=1)",
    )
    build.add_argument("--lang", choices=LANGUAGES, help="language of the summary (default: that of the locale)")
    build.set_defaults(run=_build)
    init = commands.add_parser("init", help="make a folder to work in: raw/, outputs/ and a sources.toml to start from")
    init.add_argument("folder", type=Path)
    init.set_defaults(run=_init)
    fetch = commands.add_parser("fetch", help="fetch the addresses that sources.toml of each collection lists")
    fetch.add_argument("collections", nargs="*", help="only these collections")
    fetch.add_argument("--raw", type=Path, default=HOME / "raw")
    fetch.add_argument("--pause", type=float, default=2.0, help="seconds between two requests to a host (default: 2)")
    fetch.set_defaults(run=_fetch)
    ui = commands.add_parser("ui", help="open the Dagster UI")
    ui.add_argument("--raw", type=Path, default=HOME / "raw")
    ui.add_argument("--out", type=Path, default=HOME / "outputs")
    ui.add_argument("--port", default="3000")
    ui.set_defaults(run=_ui)
    verify = commands.add_parser("verify", help="check a release against nothing but its own files")
    verify.add_argument("release", type=Path, nargs="?", default=HOME / "outputs" / "latest")
    verify.add_argument("--id", metavar="ID", help="the release_id that was published")
    verify.add_argument("--against", type=Path, metavar="RAW", help="build again from the folder RAW, and compare")
    verify.set_defaults(run=_verify)
    prune = commands.add_parser("prune", help="remove old releases and what nothing refers to; never latest")
    prune.add_argument("--out", type=Path, default=HOME / "outputs", help="folder of releases")
    prune.add_argument("--keep", type=_count, default=2, metavar="N", help="releases to keep (default: 2)")
    prune.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")
    prune.set_defaults(run=_prune)
    site = commands.add_parser("site", help="make the pages of a release, for people")
    site.add_argument("release", type=Path, nargs="?", default=HOME / "outputs" / "latest")
    site.add_argument("--out", type=Path, help="folder of the pages (default: site, beside latest and releases)")
    site.add_argument("--page-images", type=Path, metavar="RAW", help="folder of sources: show their PDF pages, too")
    site.set_defaults(run=_site)
    mirror = commands.add_parser("mirror", help="copy a release to an object store and make it the latest there")
    mirror.add_argument("url", help="s3://bucket/folder, gs://…, az://… or file:///…")
    mirror.add_argument("release", type=Path, nargs="?", default=HOME / "outputs" / "latest")
    mirror.set_defaults(run=_mirror)
    check = commands.add_parser("check", help="list the failing checks of a release")
    check.add_argument("--release", type=Path, default=HOME / "outputs" / "latest")
    for name in ("rule", "family", "severity"):
        check.add_argument(f"--{name}", help=f"only checks of this {name}")
    check.add_argument("--lang", choices=LANGUAGES, help="only messages of this language")
    check.set_defaults(run=_check)
    diff = commands.add_parser("diff", help="what changed between two releases")
    diff.add_argument("before", type=Path)
    diff.add_argument("after", type=Path)
    diff.add_argument("--json", action="store_true", help="print the change log as JSON")
    diff.set_defaults(run=_diff)
    trace = commands.add_parser("trace", help="show where a record was printed")
    trace.add_argument("id")
    trace.add_argument("--release", type=Path, default=HOME / "outputs" / "latest")
    trace.set_defaults(run=_trace)
    sql = commands.add_parser("sql", help="ask a release in SQL, over its views")
    sql.add_argument("query", nargs="?", help="a question; without one a prompt opens, or standard input is read")
    sql.add_argument("--release", type=Path, default=HOME / "outputs" / "latest")
    forms = sql.add_mutually_exclusive_group()
    forms.add_argument("--csv", action="store_true", help="answer as CSV")
    forms.add_argument("--json", action="store_true", help="answer as JSON")
    sql.set_defaults(run=_sql)
    export = commands.add_parser("export", help="write a release as workbooks")
    export.add_argument("release", type=Path, nargs="?", default=HOME / "outputs" / "latest")
    export.add_argument("--xlsx", action="store_true", required=True, help="as workbooks of spreadsheets")
    export.add_argument("--by", choices=("disclosure", "body"), default="disclosure", help="a workbook of what")
    export.add_argument("--only", metavar="WHAT", help="only this disclosure_id, or bodies whose name holds this")
    export.add_argument("--out", type=Path, help="folder of the workbooks (default: xlsx, beside latest and releases)")
    export.set_defaults(run=_export)
    explain = commands.add_parser("explain", help="show how a table, a row or an amount was read")
    explain.add_argument("id", help="a table_id, row_id, line_id or disclosure_id of the release")
    explain.add_argument("--release", type=Path, default=HOME / "outputs" / "latest")
    explain.add_argument("--raw", type=Path, default=HOME / "raw", help="the folder that the release was built from")
    explain.add_argument("--png", type=Path, metavar="FILE", help="draw the cells over the page of a PDF")
    explain.set_defaults(run=_explain)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no such number; give 1 or more")
    return int(text)


def _reason(error: BaseException, raw: Path, out: Path) -> str:
    """Why a build failed, in one line: the first error of ours, else what lies at the bottom of it."""
    causes: list[BaseException] = [error]
    while (under := causes[-1].__cause__) is not None and not type(causes[-1]).__module__.startswith("pipeline."):
        causes.append(under)
    cause = causes[-1]
    if type(cause).__module__.startswith("pipeline."):
        return str(cause) if isinstance(cause, RuntimeError) else f"{type(cause).__name__}: {cause}"
    if isinstance(cause, OSError) and Path(str(cause.filename)).is_relative_to(raw):
        return (
            f"cannot read {cause.filename} ({cause.strerror}); let this user read it or name another folder with --raw"
        )
    return cannot_write(out, cause) or f"{type(cause).__name__}: {cause}"


def _say(text: object, file: TextIO | None = None, end: str = "\n") -> None:
    """Print for a person: names and reasons come from files and addresses, and may hold what terminals obey."""
    print(printable(str(text)), file=file, end=end)


@contextmanager
def _warnings() -> Iterator[None]:
    """Says at the end what a build found damaged and made again; Dagster leads what its steps print into files."""
    import logging

    told = logging.Handler(logging.WARNING)
    said: list[str] = []
    told.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("yusuan")
    log.addHandler(told)
    try:
        yield
    finally:
        log.removeHandler(told)
        for message in said:
            _say(f"yusuan build: {message}", file=sys.stderr)


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Shows how far long work is, where somebody waits at a terminal; the last step is wiped out at the end."""
    # Dagster leads what the steps of a build print into files: the terminal needs a way of its own.
    terminal = os.dup(sys.stderr.fileno()) if sys.stderr.isatty() else None

    def show(step: str) -> None:
        if terminal is not None:
            os.write(terminal, f"\r\033[K{printable(step)}".encode())

    try:
        yield show
    finally:
        show("")
        if terminal is not None:
            os.close(terminal)


def _build(arguments: argparse.Namespace) -> int:
    raw, out = arguments.raw.absolute(), arguments.out.absolute()
    if arguments.publish_contacts:
        os.environ[PUBLISH_CONTACTS] = "1"
    try:
        from pipeline.orchestration.built import remember, said_before

        language = spoken(arguments.lang)
        if (before := said_before(raw, out, language)) is not None:
            _say(before[0])
            return 0 if before[1] else 1
        from pipeline.orchestration.build import build
        from pipeline.orchestration.executors import executor

        with _steps() as progress, _warnings():
            written = build(raw, out, progress, executor(arguments.workers, arguments.scheduler, arguments.here))
        from pipeline.orchestration.extraction import left_out
        from pipeline.publish.summary import summary

        others = left_out(out)
        text, clean = summary(out, written, others, language)
        remember(out, summary(out, False, others, language)[0], clean, language)
    except Exception as error:  # the reason, in one line; the traceback is in the Dagster run
        _say(f"yusuan build: {_reason(error, raw, out)}", file=sys.stderr)
        return 2
    _say(text)
    return 0 if clean else 1


def _init(arguments: argparse.Namespace) -> int:
    from pipeline.fetch.start import start

    try:
        _say(start(arguments.folder))
    except OSError as error:
        _say(f"yusuan init: {error.filename}: {error.strerror}; name a new folder, or an empty one", file=sys.stderr)
        return 2
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from pipeline.fetch import BadList, Manners, fetch_all

    try:
        with _steps() as progress:
            fetched = list(fetch_all(arguments.raw, arguments.collections, Manners(pause=arguments.pause), progress))
    except (BadList, OSError) as error:
        _say(f"yusuan fetch: {error}", file=sys.stderr)
        return 2
    for outcome in fetched:
        if outcome.state != "unchanged":
            _say(f"{outcome.collection}: {outcome.state}: {outcome.file or outcome.reason} ({outcome.url})")
    counts = {
        state: sum(each.state == state for each in fetched) for state in ("new", "changed", "unchanged", "failed")
    }
    _say(", ".join(f"{count} {state}" for state, count in counts.items()))
    return 1 if counts["failed"] else 0


def _ui(arguments: argparse.Namespace) -> int:
    from pipeline.orchestration.build import instance_home
    from pipeline.orchestration.settings import OUT, RAW

    raw, out = arguments.raw.absolute(), arguments.out.absolute()
    try:
        home = instance_home(out)
    except OSError as error:
        _say(f"yusuan ui: {_reason(error, raw, out)}", file=sys.stderr)
        return 2
    from pipeline.orchestration.web import serve_with_daemon

    os.chdir(home)  # elsewhere Dagster warns of the `dagster.yaml` of the checkout, which it does not use then
    os.environ.update({"DAGSTER_HOME": str(home), RAW: str(raw), OUT: str(out)})
    serve_with_daemon(arguments.port)
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from pipeline.publish.verify import ReleaseError, verify

    try:
        with _steps() as progress:
            faults = verify(arguments.release, progress, arguments.id)
            if arguments.against is not None:
                faults += _built_again(arguments.release, arguments.against.absolute(), progress)
    except (ReleaseError, RuntimeError, OSError) as error:
        _say(f"yusuan verify: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        _say(fault)
    count = f"{len(faults)} fault{'s' * (len(faults) > 1)}"
    _say(f"{arguments.release}: {count if faults else 'every file and every row verifies'}")
    return 1 if faults else 0


def _built_again(release: Path, raw: Path, progress: Callable[[str], None]) -> list[Fault]:
    """How the release differs from one that is built again from ``raw``. Raises what building does."""
    from tempfile import TemporaryDirectory

    from pipeline.orchestration.executors import executor
    from pipeline.orchestration.releases import build_again
    from pipeline.publish.verify import against

    progress(f"building again from {raw}")
    with TemporaryDirectory(prefix="yusuan-") as folder, executor() as pool:
        return against(release, build_again(raw, Path(folder), pool, publishes_contacts()).path)


def _prune(arguments: argparse.Namespace) -> int:
    from pipeline.orchestration.pruning import prune
    from pipeline.publish.locking import Locked

    out = arguments.out.absolute()
    if not (out / "releases").is_dir():
        _say(f"yusuan prune: {out} holds no releases; name the folder that builds write to with --out", file=sys.stderr)
        return 2
    try:
        _say(prune(out, arguments.keep, arguments.dry_run))
    except Locked as error:
        _say(f"yusuan prune: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        _say(f"yusuan prune: {cannot_write(out, error)}", file=sys.stderr)
        return 2
    return 0


def _site(arguments: argparse.Namespace) -> int:
    from pipeline.publish.locking import Locked
    from pipeline.publish.reading import ReleaseError, site_of
    from pipeline.publish.site.build import make_site
    from pipeline.publish.site.charts import NoRenderer
    from pipeline.publish.site.images import NoPillow

    out = (arguments.out or site_of(arguments.release)).absolute()
    try:
        with _steps() as progress:
            made = make_site(arguments.release, out, progress, arguments.page_images)
    except (ReleaseError, Locked, NoPillow, NoRenderer) as error:
        _say(f"yusuan site: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        _say(f"yusuan site: {cannot_write(out, error)}", file=sys.stderr)
        return 2
    _say(made)
    return 0


def _mirror(arguments: argparse.Namespace) -> int:
    from pipeline.publish.mirror import MirrorError, mirror
    from pipeline.publish.reading import ReleaseError

    try:
        with _steps() as progress:
            done = mirror(arguments.release, arguments.url, progress)
    except (MirrorError, ReleaseError) as error:
        _say(f"yusuan mirror: {error}", file=sys.stderr)
        return 2
    _say(done)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from pipeline.publish.failing import UnknownName, list_checks
    from pipeline.publish.reading import ReleaseError

    wanted = {name: getattr(arguments, name) for name in ("rule", "family", "severity")}
    try:
        text, errors = list_checks(arguments.release, wanted, arguments.lang)
    except (UnknownName, ReleaseError) as error:
        _say(f"yusuan check: {error}", file=sys.stderr)
        return 2
    _say(text)
    return 1 if errors else 0


def _diff(arguments: argparse.Namespace) -> int:
    from pipeline.publish.diff import as_json, as_text, diff
    from pipeline.publish.reading import ReleaseError

    try:
        changes = diff(arguments.before, arguments.after)
    except ReleaseError as error:
        _say(f"yusuan diff: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(as_json(changes), end="")
    else:
        _say(as_text(changes), end="")
    return 0


def _trace(arguments: argparse.Namespace) -> int:
    from pipeline.publish.reading import ReleaseError
    from pipeline.publish.trace import trace

    try:
        _say(trace(arguments.release, arguments.id))
    except (LookupError, ReleaseError) as error:
        _say(f"yusuan trace: {error}", file=sys.stderr)
        return 2
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    from pipeline.explain import NotExplained, explain
    from pipeline.publish.reading import ReleaseError

    contacts = publishes_contacts()
    try:
        _say(explain(arguments.release, arguments.id, arguments.raw.absolute(), arguments.png, contacts))
    except (NotExplained, ReleaseError) as error:
        _say(f"yusuan explain: {error}", file=sys.stderr)
        return 2
    return 0


def _sql(arguments: argparse.Namespace) -> int:
    from pipeline.publish.reading import ReleaseError
    from pipeline.publish.sql import Asked, NotInstalled, QueryError, prompt, write_csv, write_json, write_table

    width = os.get_terminal_size().columns if sys.stdout.isatty() else None

    def answer(text: str) -> None:
        for found in asked.answers(text):
            if arguments.csv:
                write_csv(found, sys.stdout)
            elif arguments.json:
                write_json(found, sys.stdout)
            else:
                write_table(found, sys.stdout, width)

    def answer_or_say(text: str) -> None:
        try:
            answer(text)
        except QueryError as error:
            _say(error, file=sys.stderr)

    try:
        asked = Asked(arguments.release)
        if arguments.query is None and sys.stdin.isatty():
            prompt(asked.views(), answer_or_say)
        else:
            answer(sys.stdin.read() if arguments.query is None else arguments.query)
        sys.stdout.flush()
    except (ReleaseError, NotInstalled, QueryError) as error:
        _say(f"yusuan sql: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from pipeline.publish.export import export
    from pipeline.publish.reading import ReleaseError, site_of

    out = (arguments.out or site_of(arguments.release).with_name("xlsx")).absolute()
    try:
        _say(export(arguments.release, out, arguments.by, arguments.only))
    except ReleaseError as error:
        _say(f"yusuan export: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        _say(f"yusuan export: {cannot_write(out, error)}", file=sys.stderr)
        return 2
    return 0
