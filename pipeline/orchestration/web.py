"""Dagster's web server behind a guard: it has no login, so that any page a browser shows might start runs through it.

``python -m pipeline.orchestration.web`` takes what ``dagster-webserver`` takes. Dagster has no setting for middleware of
one's own; its command hands its application to ``uvicorn.run``, and there it is wrapped.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.orchestration.settings import PROJECT, UI_HOSTS, ui_hosts

_DEFINITIONS = ("-m", "pipeline.orchestration.definitions", "-d", str(PROJECT))
#: Seconds in which the daemon ends what it is doing.
_PATIENCE = 60.0

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]


class Guard:
    """An ASGI application that hands on only what the pages of this server, or programs on this machine, may ask."""

    def __init__(self, app: _App) -> None:
        self._app = app

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif reason := refusal(scope):
            await _refuse(scope, send, reason)
        else:
            await self._app(scope, receive, _unframed(send))


def refusal(scope: _Message) -> tuple[int, str] | None:
    """The status and the reason with which a request is refused; None where it is handed on."""
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    host = headers.get("host", [])
    if len(host) != 1 or _name(host[0]) not in ui_hosts():
        return 421, f"this server answers only as localhost, and as the names in {UI_HOSTS}"
    reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    if not reads and any(urlsplit(origin).netloc != host[0] for origin in headers.get("origin", [])):
        return 403, "this request comes from a page of another server"
    if reads and scope["path"].rstrip("/").endswith("/graphql") and scope.get("query_string"):
        return 405, "GraphQL is asked by POST: an address that can be linked to must change nothing"
    if scope["type"] == "http" and not reads and not _is_json(headers.get("content-type", [])):
        return 415, "only application/json is taken: other kinds can be sent by a page of another server"
    return None


def _name(host: str) -> str:
    """The name in a Host header, without the port; empty where there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_json(content_types: Sequence[str]) -> bool:
    return [each.partition(";")[0].strip().lower() for each in content_types] == ["application/json"]


async def _refuse(scope: _Message, send: _Send, reason: tuple[int, str]) -> None:
    if scope["type"] == "websocket":  # closed before it is accepted: the server answers 403
        await send({"type": "websocket.close", "code": 1008, "reason": reason[1]})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": reason[0], "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason[1]}\n".encode()})


def _unframed(send: _Send) -> _Send:
    """``send`` that forbids pages of other servers to frame the answer, and lead clicks to it."""

    async def sending(message: _Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), (b"x-frame-options", b"SAMEORIGIN")]
        await send(message)

    return sending


def serve(arguments: Sequence[str]) -> None:
    """Dagster's web server behind the guard, with the ``arguments`` of its command, until it is ended."""
    import uvicorn
    from dagster_webserver.cli import cli

    run = uvicorn.run
    uvicorn.run = lambda app, **settings: run(Guard(app), **settings)
    cli(args=list(arguments), prog_name="dagster-webserver", auto_envvar_prefix="DAGSTER_WEBSERVER")


def serve_with_daemon(port: int) -> None:
    """Serve the UI on loopback at ``port``, and run the daemon beside it as long as the server runs."""
    program = Path(sys.executable).with_name("dagster-daemon")
    with subprocess.Popen([str(program), "run", *_DEFINITIONS]) as daemon:
        try:
            serve(["-h", "127.0.0.1", "-p", str(port), *_DEFINITIONS])
        finally:
            daemon.terminate()
            try:
                daemon.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()


if __name__ == "__main__":
    serve(sys.argv[1:])
