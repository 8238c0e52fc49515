"""The command ``yusuan``. Each subcommand imports only what it needs."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from pipeline.orchestration.settings import HOME, PUBLISH_CONTACTS, publishes_contacts
from pipeline.terminal import LANGUAGES, cannot_write, printable, spoken, write_anything

if TYPE_CHECKING:
    from pipeline.publish.verify.fault import Fault

Arguments = argparse.Namespace
#: A command's argument: its names, and what argparse makes of it.
Argument = tuple[tuple[str, ...], dict[str, Any]]


class _Command(NamedTuple):
    """A subcommand: what it is for, what it takes (a list: only one of these), and what does it."""

    help: str
    takes: tuple[Argument | list[Argument], ...]
    run: Callable[[Arguments], int]


_COMMANDS: dict[str, _Command] = {}


def main(argv: list[str] | None = None) -> int:
    """Run a subcommand; 0 done, 1 done with something to look at, 2 could not run."""
    for stream in (sys.stdout, sys.stderr):
        write_anything(stream)
    arguments = _parser().parse_args(argv)
    try:
        code = _COMMANDS[arguments.command].run(arguments)
        with _printing():
            sys.stdout.flush()
        return code
    except _NoReader:  # | head has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        reason = _reason(error, arguments)
        if reason is None and arguments.command != "build":
            raise  # nobody foresaw it: its traceback says more; that of a build is in the Dagster run
        _say(f"yusuan {arguments.command}: {reason or _named(error)}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yusuan", description="Budget disclosures to checked open data.")
    parser.add_argument("--version", action="version", version=f"yusuan {version('open-yusuan')}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in _COMMANDS.items():
        own = commands.add_parser(name, help=command.help)
        for each in command.takes:
            group = own.add_mutually_exclusive_group() if isinstance(each, list) else own
            for names, settings in each if isinstance(each, list) else [each]:
                group.add_argument(*names, **settings)
    return parser


def _command(
    help: str, *takes: Argument | list[Argument]
) -> Callable[[Callable[[Arguments], int]], Callable[[Arguments], int]]:
    """Register the decorated function ``_<name>`` as the command ``<name>``."""

    def add(run: Callable[[Arguments], int]) -> Callable[[Arguments], int]:
        _COMMANDS[run.__name__.removeprefix("_")] = _Command(help, takes, run)
        return run

    return add


def _argument(*names: str, **settings: Any) -> Argument:
    return names, settings


def _folder(text: str) -> Path:
    return Path(text).absolute()


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no such number; give 1 or more")
    return int(text)


def _raw(help: str = "folder of disclosures, one folder a collection") -> Argument:
    return _argument("--raw", type=_folder, default=_folder(f"{HOME}/raw"), help=help)


def _out() -> Argument:
    return _argument("--out", type=_folder, default=_folder(f"{HOME}/outputs"), help="folder of releases")


_LATEST = HOME / "outputs" / "latest"
#: The release that a command is about: as its argument, or where that is something else, as an option.
_RELEASE = _argument("release", type=Path, nargs="?", default=_LATEST)
_OF_RELEASE = _argument("--release", type=Path, default=_LATEST)


def _is_ours(error: BaseException) -> bool:
    """Whether what ``error`` says was written for a person to read."""
    return type(error).__module__.startswith(("pipeline.", "schemas."))


def _cause(error: BaseException) -> BaseException:
    """The first error of ours, else what lies at the bottom: Dagster wraps what steps raise."""
    while (under := error.__cause__) is not None and not _is_ours(error):
        error = under
    return error


def _named(error: BaseException) -> str:
    cause = _cause(error)
    return f"{type(cause).__name__}: {cause}"


def _reason(error: BaseException, arguments: Arguments) -> str | None:
    """Why a command could not run, in one line; None where nobody foresaw it."""
    cause = _cause(error)
    if _is_ours(cause):
        return str(cause)
    if (out := getattr(arguments, "out", None)) is None:
        return str(cause) if isinstance(cause, OSError) else None
    if isinstance(cause, OSError) and isinstance(cause.filename, str):
        path, raw = Path(cause.filename), getattr(arguments, "raw", None)
        if raw is not None and path.is_relative_to(raw):
            return f"cannot read {path} ({cause.strerror}); let this user read it or name another folder with --raw"
        if not path.is_relative_to(out.parent):
            return str(cause)
    return cannot_write(out, cause)


def _say(text: object, file: TextIO | None = None, end: str = "\n") -> None:
    """Print for a person: names and reasons come from files and addresses, and may hold what terminals obey."""
    with _printing():
        print(printable(str(text)), file=file, end=end)


class _NoReader(Exception):
    """Nobody reads what is printed any more."""


@contextmanager
def _printing() -> Iterator[None]:
    """Tell the end of a reader from that of any other pipe. Raises _NoReader."""
    try:
        yield
    except BrokenPipeError as error:
        raise _NoReader from error


@contextmanager
def _warnings() -> Iterator[None]:
    """Say at the end what a build found damaged and made again: Dagster redirects what its steps print into files."""
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
def _reason_alone(arguments: Arguments) -> Iterator[None]:
    """Drop the tracebacks that Dagster prints when it cannot write its log, where one line says why the build ended."""
    printed, known = io.StringIO(), False
    try:
        with redirect_stderr(printed):
            yield
    except Exception as error:
        known = _reason(error, arguments) is not None
        raise
    finally:
        if not known:
            sys.stderr.write(printed.getvalue())


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Show the progress of long work where standard error is a terminal; clear the line at the end."""
    # Dagster redirects what the steps of a build print into files: the terminal needs a descriptor of its own.
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


@_command(
    "build a release from the raw folder",
    _raw(),
    _out(),
    _argument("--workers", type=_count, default=0, help="processes that do the work (default: one a core)"),
    _argument(
        "--here",
        action="store_true",
        help="do all work in this process, where a debugger can stop; slower, and less safe",
    ),
    _argument("--scheduler", default="", metavar="ADDRESS", help="do the work on the Dask cluster at ADDRESS"),
    _argument(
        "--publish-contacts",
        action="store_true",
        help="do not withhold names and numbers of contact persons (as does YUSUAN_PUBLISH_CONTACTS=1)",
    ),
    _argument("--lang", choices=LANGUAGES, help="language of the summary (default: that of the locale)"),
)
def _build(arguments: Arguments) -> int:
    from pipeline.orchestration.build import build, remember, said_before

    raw, out, language = arguments.raw, arguments.out, spoken(arguments.lang)
    if arguments.publish_contacts:
        os.environ[PUBLISH_CONTACTS] = "1"
    if (before := said_before(raw, out, language)) is not None:
        text, clean = before
    else:
        from pipeline.orchestration.executors import executor
        from pipeline.orchestration.extraction import left_out

        with _steps() as progress, _warnings(), _reason_alone(arguments):
            written = build(raw, out, progress, executor(arguments.workers, arguments.scheduler, arguments.here))
        from pipeline.publish.summary import summary

        others = left_out(out)
        text, clean = summary(out, written, others, language)
        remember(out, summary(out, False, others, language)[0], clean, language)
    _say(text)
    return 0 if clean else 1


@_command("make a folder to work in: raw/, outputs/ and a sources.toml to start from", _argument("folder", type=Path))
def _init(arguments: Arguments) -> int:
    from pipeline.fetch.start import start

    _say(start(arguments.folder))
    return 0


@_command(
    "fetch the addresses that sources.toml of each collection lists",
    _argument("collections", nargs="*", help="only these collections"),
    _raw(),
    _argument("--pause", type=float, default=2.0, help="seconds between two requests to a host (default: 2)"),
)
def _fetch(arguments: Arguments) -> int:
    from pipeline.fetch import Manners, fetch_all

    with _steps() as progress:
        fetched = list(fetch_all(arguments.raw, arguments.collections, Manners(pause=arguments.pause), progress))
    for outcome in fetched:
        if outcome.state != "unchanged":
            _say(f"{outcome.collection}: {outcome.state}: {outcome.file or outcome.reason} ({outcome.url})")
    counts = {
        state: sum(each.state == state for each in fetched) for state in ("new", "changed", "unchanged", "failed")
    }
    _say(", ".join(f"{count} {state}" for state, count in counts.items()))
    return 1 if counts["failed"] else 0


@_command(
    "open the Dagster UI",
    _raw(),
    _out(),
    _argument("--port", type=_count, default=3000, help="port on this machine (default: 3000)"),
)
def _ui(arguments: Arguments) -> int:
    from pipeline.orchestration.instance import instance_home
    from pipeline.orchestration.settings import OUT, RAW
    from pipeline.orchestration.web import serve_with_daemon

    home = instance_home(arguments.out)
    os.chdir(home)  # elsewhere Dagster warns of the `dagster.yaml` of the checkout, which it does not use then
    os.environ.update({"DAGSTER_HOME": str(home), RAW: str(arguments.raw), OUT: str(arguments.out)})
    serve_with_daemon(arguments.port)
    return 0


@_command(
    "check a release against nothing but its own files",
    _RELEASE,
    _argument("--id", metavar="ID", help="the release_id that was published"),
    _argument("--against", type=_folder, metavar="RAW", help="build again from the folder RAW, and compare"),
)
def _verify(arguments: Arguments) -> int:
    from pipeline.publish.verify import made_by_another_version, verify

    with _steps() as progress:
        faults = verify(arguments.release, progress, arguments.id)
        if arguments.against is not None:
            faults += _built_again(arguments.release, arguments.against, progress)
    if faults and (note := made_by_another_version(arguments.release)) is not None:
        _say(note)
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


@_command(
    "remove old releases and what nothing refers to; never latest",
    _out(),
    _argument("--keep", type=_count, default=2, metavar="N", help="releases to keep (default: 2)"),
    _argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing"),
)
def _prune(arguments: Arguments) -> int:
    from pipeline.orchestration.pruning import prune

    _say(prune(arguments.out, arguments.keep, arguments.dry_run))
    return 0


@_command(
    "make the pages of a release, for people",
    _RELEASE,
    _argument("--out", type=_folder, help="folder of the pages (default: site, beside latest and releases)"),
    _argument("--page-images", type=Path, metavar="RAW", help="folder of sources: show their PDF pages, too"),
)
def _site(arguments: Arguments) -> int:
    from pipeline.publish.reading import site_of
    from pipeline.publish.site.build import make_site

    arguments.out = arguments.out or site_of(arguments.release)
    with _steps() as progress:
        made = make_site(arguments.release, arguments.out, progress, arguments.page_images)
    _say(made)
    return 0


@_command(
    "copy a release to an object store and make it the latest there",
    _argument("url", help="s3://bucket/folder, gs://…, az://… or file:///…"),
    _RELEASE,
)
def _mirror(arguments: Arguments) -> int:
    from pipeline.publish.mirror import mirror

    with _steps() as progress:
        done = mirror(arguments.release, arguments.url, progress)
    _say(done)
    return 0


@_command(
    "list the failing checks of a release",
    _OF_RELEASE,
    *(_argument(f"--{name}", help=f"only checks of this {name}") for name in ("rule", "family", "severity")),
    _argument("--lang", choices=LANGUAGES, help="only messages of this language"),
)
def _check(arguments: Arguments) -> int:
    from pipeline.publish.failing import list_checks

    wanted = {name: getattr(arguments, name) for name in ("rule", "family", "severity")}
    text, errors = list_checks(arguments.release, wanted, arguments.lang)
    _say(text)
    return 1 if errors else 0


@_command(
    "what changed between two releases",
    _argument("before", type=Path),
    _argument("after", type=Path),
    _argument("--json", action="store_true", help="print the change log as JSON"),
)
def _diff(arguments: Arguments) -> int:
    from pipeline.publish.diff import as_json, as_text, diff

    changes = diff(arguments.before, arguments.after)
    if arguments.json:
        print(as_json(changes), end="")
    else:
        _say(as_text(changes), end="")
    return 0


@_command("show where a record was printed", _argument("id"), _OF_RELEASE)
def _trace(arguments: Arguments) -> int:
    from pipeline.publish.trace import trace

    _say(trace(arguments.release, arguments.id))
    return 0


@_command(
    "ask a release in SQL, over its views",
    _argument("query", nargs="?", help="a question; without one a prompt opens, or standard input is read"),
    _OF_RELEASE,
    [
        _argument("--csv", action="store_true", help="answer as CSV"),
        _argument("--json", action="store_true", help="answer as JSON"),
    ],
)
def _sql(arguments: Arguments) -> int:
    from pipeline.publish.sql import Asked, QueryError, prompt, write_csv, write_json, write_table

    width = os.get_terminal_size().columns if sys.stdout.isatty() else None
    asked = Asked(arguments.release)

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

    with _printing():
        if arguments.query is None and sys.stdin.isatty():
            prompt(asked.views(), answer_or_say)
        else:
            answer(sys.stdin.read() if arguments.query is None else arguments.query)
    return 0


@_command(
    "write a release as workbooks",
    _RELEASE,
    _argument("--xlsx", action="store_true", required=True, help="as workbooks of spreadsheets"),
    _argument("--by", choices=("disclosure", "body"), default="disclosure", help="a workbook of what"),
    _argument("--only", metavar="WHAT", help="only this disclosure_id, or bodies whose name holds this"),
    _argument("--out", type=_folder, help="folder of the workbooks (default: xlsx, beside latest and releases)"),
)
def _export(arguments: Arguments) -> int:
    from pipeline.publish.export import export
    from pipeline.publish.reading import site_of

    arguments.out = arguments.out or site_of(arguments.release).with_name("xlsx")
    _say(export(arguments.release, arguments.out, arguments.by, arguments.only))
    return 0


@_command(
    "show how a table, a row or an amount was read",
    _argument("id", help="a table_id, row_id, line_id or disclosure_id of the release"),
    _OF_RELEASE,
    _raw("the folder that the release was built from"),
    _argument("--png", type=Path, metavar="FILE", help="draw the cells over the page of a PDF"),
)
def _explain(arguments: Arguments) -> int:
    from pipeline.explain import explain

    _say(explain(arguments.release, arguments.id, arguments.raw, arguments.png, publishes_contacts()))
    return 0
