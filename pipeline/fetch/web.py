"""Reading the web politely: one request at a time, a pause between two to one host, and what ``robots.txt`` allows."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import requests
from urllib3.exceptions import HTTPError

from pipeline.ingest.failures import described, shortened

#: Seconds to wait for a connection, and for the next bytes.
_TIMEOUT = (10.0, 30.0)
#: Answers that another attempt may better.
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 10
_PIECE = 1 << 16


class NotFetched(RuntimeError):  # noqa: N818 - says what happened
    """An address that gave no file; the message is for a person. ``passing`` where another attempt may help."""

    def __init__(self, reason: str, passing: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.passing, self.wait = passing, wait


@dataclass(frozen=True, slots=True)
class Manners:
    """How servers are treated: ``pause`` seconds between two requests to a host (more where its robots.txt asks for it),
    ``attempts`` where a failure may pass, at most ``most`` bytes and ``seconds`` a file. ``agent`` is who we say we are.
    """

    pause: float = 2.0
    attempts: int = 4
    most: int = 256 * 1024 * 1024
    seconds: float = 600.0
    agent: str = "open-yusuan"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent for ``url``, the address after redirects. ``data`` is None where nothing changed (304)."""

    url: str
    data: bytes | None
    headers: Mapping[str, str]

    @property
    def file_name(self) -> str | None:
        """The name that the server gives the file, if it gives one."""
        said = self.headers.get("Content-Disposition")
        if not said:
            return None
        message = Message()
        # A header is read as Latin-1; servers send UTF-8 or GBK in it all the same.
        message["Content-Disposition"] = _decoded(said.encode("latin-1", "replace"))
        name = message.get_filename()
        return _decoded(unquote_to_bytes(name)) if name else None


class Web:
    """Requests of one run, one after the other. ``listed`` are the hosts that lists name."""

    def __init__(
        self, manners: Manners, listed: frozenset[str] = frozenset(), sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._manners, self._listed, self._sleep = manners, listed, sleep
        self._session = requests.Session()
        self._session.headers["User-Agent"] = manners.agent
        self._robots: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    def get(self, url: str, conditions: Mapping[str, str] | None = None) -> Answer:
        """What lies at ``url``, which may have moved. ``conditions`` are headers such as If-None-Match.

        Raises NotFetched.
        """
        return self._followed(url, conditions or {}, self._allow)

    def _followed(self, url: str, conditions: Mapping[str, str], allow: Callable[[str], None]) -> Answer:
        """The answer behind all redirects, each of which ``allow`` may refuse. Raises NotFetched."""
        for _ in range(_MOST_REDIRECTS):
            allow(url)
            answer = self._attempts(url, conditions)
            if isinstance(answer, Answer):
                return answer
            url = answer
        raise NotFetched(f"more than {_MOST_REDIRECTS} redirects; open the address in a browser and correct it")

    def _allow(self, url: str) -> None:
        """Refuse a ``url`` that may not be read. Raises NotFetched."""
        parts = _parts(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise NotFetched(f"{shortened(url)} is no address of the web (http or https)")
        if host not in self._listed and _is_inside(host):
            raise NotFetched(f"{shortened(url)} leads into a private network, and no list names {host}")
        if not self._rules(f"{parts.scheme}://{parts.netloc}").can_fetch(self._manners.agent, url):
            raise NotFetched(f"robots.txt of {host} does not allow it; fetch it by hand, or ask the publisher")

    def _rules(self, site: str) -> RobotFileParser:
        """``robots.txt`` of a site, read once. A site without one allows all, one that fails allows nothing (RFC 9309)."""
        if site not in self._robots:
            rules = self._robots[site] = RobotFileParser()
            try:
                answer = self._followed(f"{site}/robots.txt", {}, lambda _: None)
            except NotFetched as error:
                if error.passing:
                    rules.parse(["User-agent: *", "Disallow: /"])
                else:
                    rules.parse([])
            else:
                rules.parse((answer.data or b"").decode("utf-8", "replace").splitlines())
        return self._robots[site]

    def _attempts(self, url: str, conditions: Mapping[str, str]) -> Answer | str:
        """The answer of ``url``, or where it redirects to. Raises NotFetched after some attempts."""
        for attempt in range(1, self._manners.attempts + 1):
            self._pause(url)
            try:
                return self._once(url, conditions)
            except NotFetched as error:
                if not error.passing or attempt == self._manners.attempts:
                    raise
                self._sleep(max(error.wait, self._manners.pause * 2**attempt))
        raise AssertionError("there is at least one attempt")

    def _pause(self, url: str) -> None:
        parts = _parts(url)
        host = parts.netloc
        rules = self._robots.get(f"{parts.scheme}://{host}")
        # A parser that was given no text answers None.
        asked = rules.crawl_delay(self._manners.agent) if rules is not None else None
        due = self._last.get(host, 0.0) + max(self._manners.pause, float(asked or 0))
        if (left := due - time.monotonic()) > 0 and host in self._last:
            self._sleep(left)
        self._last[host] = time.monotonic()

    def _once(self, url: str, conditions: Mapping[str, str]) -> Answer | str:
        try:
            with self._session.get(
                url, headers=dict(conditions), timeout=_TIMEOUT, stream=True, allow_redirects=False
            ) as response:
                if response.status_code in _REDIRECTS and "Location" in response.headers:
                    place = response.headers["Location"].encode("latin-1", "replace")
                    return urljoin(url, _decoded(place))
                if response.status_code == 304:
                    return Answer(url, None, response.headers)
                if response.status_code != 200:
                    raise _refused(response)
                return Answer(url, self._body(response), response.headers)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise NotFetched(f"the server does not answer as it should ({described(error)})", passing=True) from error

    def _body(self, response: requests.Response) -> bytes:
        """All that the server sends, unpacked. Raises NotFetched where it is too much, or takes too long."""
        most, until = self._manners.most, time.monotonic() + self._manners.seconds
        data = bytearray()
        for piece in _pieces(response):
            data += piece
            if len(data) > most:
                raise NotFetched(f"it is larger than the {most} bytes that a source may have")
            if time.monotonic() > until:
                raise NotFetched(f"it did not arrive in {self._manners.seconds:.0f} seconds", passing=True)
        return bytes(data)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    # Whatever has arrived, so that a server which sends a byte now and then meets the limit of time.
    while piece := response.raw.read1(_PIECE, decode_content=True):
        yield piece


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise NotFetched(f"{shortened(url)} is no address ({error})") from error


def _refused(response: requests.Response) -> NotFetched:
    code = response.status_code
    reason = f"the server answers {code} {response.reason or ''}".rstrip()
    return NotFetched(reason, code in _PASSING, _wait(response.headers.get("Retry-After", "")))


def _wait(said: str) -> float:
    """Seconds that a server asks to wait, at most a minute."""
    try:
        seconds = float(said) if said.isdigit() else parsedate_to_datetime(said).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), 60.0)


def _is_inside(host: str) -> bool:
    """Whether ``host`` is, or may be, an address of this machine or of a private network."""
    try:
        found = {each[4][0] for each in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False  # it has no address at all: the request says so
    return not all(ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found)


def _decoded(raw: bytes) -> str:
    """A name or an address as servers send them: UTF-8, else GB 18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
