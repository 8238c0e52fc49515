"""One collection: what its list names, what is there already, and what becomes of each answer."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from requests.exceptions import InvalidURL
from requests.utils import requote_uri
from selectolax.lexbor import LexborHTMLParser

from pipeline.disk import sha256_of, write_whole
from pipeline.fetch.web import Answer, Manners, NotFetched, Web
from pipeline.ingest.collections import ALIASES, DECLARATIONS, FETCHED, PUBLISHED
from pipeline.ingest.failures import described, printable, shortened
from pipeline.ingest.formats import format_of
from pipeline.ingest.formats.attachments import Link, file_name
from pipeline.ingest.kinds import is_html, refusal

#: Keys of a list's entry that are about fetching; any other key is said of the file.
_OWN = frozenset({"url", "attachments", "file"})
#: What is said of a page and not of what is attached to it.
_OF_THE_PAGE = frozenset({"title", "sha256", "supersedes"})
#: So many bytes of UTF-8 a name may have: file systems allow 255, and a version adds some.
_LONGEST = 180
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_WEB_KINDS = re.compile(r"\.(?:s?html?|jsp|php|aspx?|do)$", re.I)

State = Literal["new", "unchanged", "changed", "failed"]


class Outcome(NamedTuple):
    """What became of one address: the file it is in, or the reason why there is none."""

    collection: str
    url: str
    state: State
    file: str = ""
    reason: str = ""


class BadList(RuntimeError):  # noqa: N818 - says what is bad
    """A list of addresses that cannot be used; says where and why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a list. ``said`` is what the list says of the file, ``name`` what it is to be called."""

    url: str
    said: Mapping[str, str]
    name: str = ""
    attachments: bool = False
    page: str = ""


def fetch_all(
    raw: Path, names: Sequence[str] = (), manners: Manners | None = None, progress: Callable[[str], None] | None = None
) -> Iterator[Outcome]:
    """Fetch what the lists of the collections below ``raw`` name, or of those called ``names`` only.

    All lists are read before the first request. Raises BadList or OSError.
    """
    folders = {path.name: path for path in sorted(raw.iterdir()) if (path / DECLARATIONS).is_file()}
    if missing := sorted(set(names) - set(folders)):
        raise BadList(f"{raw} has no collection {missing[0]} with a {DECLARATIONS}; make one, or correct the name")
    wanted = {name: listed for name in names or folders if (listed := read_list(folders[name]))}
    web = Web(manners or Manners(), hosts(chain.from_iterable(wanted.values())))
    for name, listed in wanted.items():
        yield from fetch_collection(folders[name], listed, web, progress)


def read_list(folder: Path) -> list[Listed]:
    """The addresses that ``sources.toml`` of a collection lists. Raises BadList."""
    path = folder / DECLARATIONS
    where = f"{folder.name}/{DECLARATIONS}"
    try:
        entries = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("fetch", [])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RuntimeError) as error:
        raise BadList(f"{where} cannot be read ({described(error)}); correct it") from error
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise BadList(f"{where}: fetch has to be a list; write [[fetch]] above each address")
    return [_listed(entry, f"{where}, [[fetch]] {number}") for number, entry in enumerate(entries, start=1)]


def _listed(entry: dict[str, Any], where: str) -> Listed:
    url, name, attachments = entry.get("url"), entry.get("file", ""), entry.get("attachments", False)
    if not isinstance(url, str) or not url:
        raise BadList(f'{where} has no address; add a line url = "https://…"')
    if not isinstance(attachments, bool):
        raise BadList(f"{where}: attachments has to be true or false")
    if not isinstance(name, str) or (name and _safe(name) != name):
        raise BadList(f"{where}: {shortened(repr(name))} cannot name a file of this folder; choose a plain name")
    said = {ALIASES.get(key, key): str(value) for key, value in entry.items() if key not in _OWN}
    if unknown := sorted(set(said) - set(PUBLISHED)):
        raise BadList(f"{where}: unknown key {unknown[0]}; known are {', '.join(sorted(_OWN | set(PUBLISHED)))}")
    return Listed(url, said, name, attachments)


def hosts(listed: Iterable[Listed]) -> frozenset[str]:
    """The hosts that a list names, private ones included."""
    return frozenset(host for each in listed if (host := urlsplit(each.url).hostname))


def fetch_collection(
    folder: Path, addresses: Sequence[Listed], web: Web, progress: Callable[[str], None] | None
) -> Iterator[Outcome]:
    """Fetch ``addresses`` into ``folder``, and note after each file where it came from. Raises BadList or OSError.

    An address that fails is an outcome as any other; what was fetched before stays.
    """
    notes = _read_notes(folder)
    wait = list(addresses)[::-1]
    seen: set[str] = set()
    while wait:
        listed = wait.pop()
        if listed.url in seen:
            continue
        seen.add(listed.url)
        if progress is not None:
            progress(f"fetching {listed.url}")
        outcome = _fetch_one(folder, listed, notes, web)
        yield outcome
        if listed.attachments and outcome.state != "failed":
            wait.extend(list(_attachments(listed, (folder / outcome.file).read_bytes()))[::-1])


def _fetch_one(folder: Path, listed: Listed, notes: dict[str, dict[str, str]], web: Web) -> Outcome:
    before = _latest(notes, listed.url)
    there = before is not None and (folder / before).is_file()
    asked = notes[before] if before is not None and there else {}
    conditions = {
        header: asked[key]
        for header, key in (("If-None-Match", "etag"), ("If-Modified-Since", "modified"))
        if key in asked
    }
    try:
        answer = web.get(listed.url, conditions)
        if answer.data is None:
            if before is None or not there:
                raise NotFetched("the server says that nothing changed, but was not asked for changes")
            return Outcome(folder.name, listed.url, "unchanged", before)
        _wanted(answer, listed)
    except NotFetched as error:
        return Outcome(folder.name, listed.url, "failed", reason=str(error))
    if before is not None and there and _same(answer.data, (folder / before).read_bytes()):
        return Outcome(folder.name, listed.url, "unchanged", before)
    return _keep(folder, listed, answer, answer.data, notes)


def _keep(folder: Path, listed: Listed, answer: Answer, data: bytes, notes: dict[str, dict[str, str]]) -> Outcome:
    """Write a new file, or a new version beside the one that the address gave before, and note its origin."""
    before = _latest(notes, listed.url)
    digest = hashlib.sha256(data).hexdigest()
    name = _free(folder, _name(listed, answer), digest, notes)
    write_whole(folder / name, data)
    replaced = {"supersedes": notes[before]["sha256"]} if before is not None and name != before else {}
    notes[name] = {
        **listed.said,
        **_published_on(data),
        **replaced,
        "url": listed.url,
        **({"page": listed.page} if listed.page else {}),
        "sha256": digest,
        "fetched": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{
            key: answer.headers[header]
            for header, key in (("ETag", "etag"), ("Last-Modified", "modified"))
            if header in answer.headers
        },
    }
    _write_notes(folder, notes)
    return Outcome(folder.name, listed.url, "changed" if replaced else "new", name)


def _wanted(answer: Answer, listed: Listed) -> None:
    """Refuse what was sent if a build could not read it. Raises NotFetched."""
    data = answer.data or b""
    if not data:
        raise NotFetched("the server sent an empty file")
    ending = posixpath.splitext(urlsplit(listed.url).path)[1]
    if is_html(data) and ending and file_name(Link(listed.url, "")) and not _WEB_KINDS.search(ending):
        raise NotFetched(
            f"the server sent a web page where a {ending} file was expected; open the address in a browser"
        )
    if format_of(data) is None:
        raise NotFetched(refusal(data) or "what the server sent is of no kind that is read")


def _attachments(listed: Listed, data: bytes) -> Iterator[Listed]:
    """The files that the page in ``data`` links to, on the host of the page."""
    if not is_html(data):
        return
    said = {key: value for key, value in listed.said.items() if key not in _OF_THE_PAGE} | _published_on(data)
    host = urlsplit(listed.url).hostname
    tree = LexborHTMLParser(data)
    base = tree.css_first("base[href]")
    place = urljoin(listed.url, base.attributes.get("href") or "") if base else listed.url
    for node in tree.css("a[href]"):
        link = Link((node.attributes.get("href") or "").strip(), node.text(deep=True))
        name = file_name(link)
        try:
            url = requote_uri(urljoin(place, link.target).partition("#")[0])
            same = urlsplit(url).hostname == host
        except (ValueError, InvalidURL):
            continue
        if name and same:
            yield Listed(url, said, _safe(name), page=listed.url)


def _published_on(data: bytes) -> dict[str, str]:
    """The day of publication as pages of governments state it in their head (``<meta name="PubDate">``)."""
    if not is_html(data):
        return {}
    for node in LexborHTMLParser(data).css("meta[name][content]"):
        if (node.attributes.get("name") or "").lower() == "pubdate":
            day = re.match(r"20\d\d-[01]\d-[0-3]\d", node.attributes.get("content") or "")
            return {"published": day[0]} if day else {}
    return {}


def _same(new: bytes, old: bytes) -> bool:
    """Whether two answers say the same: counters of visitors and marks of sessions change pages at every visit."""
    return new == old or (is_html(new) and is_html(old) and _seen(new) == _seen(old))


def _seen(data: bytes) -> str:
    tree = LexborHTMLParser(data)
    for node in tree.css("script, style, noscript, template"):
        node.decompose()
    return " ".join(tree.body.text(separator=" ").split()) if tree.body else ""


def _name(listed: Listed, answer: Answer) -> str:
    """The name of a new file: as the list says, as the server says, else as the address ends."""
    path = unquote(urlsplit(answer.url).path)
    name = _safe(listed.name or answer.file_name or posixpath.basename(path.rstrip("/")) or urlsplit(answer.url).netloc)
    return name if posixpath.splitext(name)[1] or not is_html(answer.data or b"") else f"{name}.html"


def _safe(name: str) -> str:
    """``name`` as any file system holds it, in this folder, and no file of the system."""
    plain = _UNSAFE.sub("_", printable(" ".join(name.split()))).lstrip(".~ ").rstrip(". ")
    stem, ending = posixpath.splitext(plain)
    while len((stem + ending).encode()) > _LONGEST and stem:
        stem = stem[:-1]
    return (stem + ending) if len(ending.encode()) < _LONGEST and plain else "file"


def _free(folder: Path, name: str, digest: str, notes: Mapping[str, Mapping[str, str]]) -> str:
    """``name``, or where another file has it, ``name`` with the start of the digest."""
    taken = (
        name in (DECLARATIONS, FETCHED)
        or ((folder / name).exists() and _digest(folder / name) != digest)
        or (name in notes and notes[name]["sha256"] != digest)
    )
    stem, ending = posixpath.splitext(name)
    return f"{stem}.{digest[:8]}{ending}" if taken else name


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def _latest(notes: Mapping[str, Mapping[str, str]], url: str) -> str | None:
    """The file that ``url`` gave last."""
    given = [name for name, note in notes.items() if note.get("url") == url]
    return max(given, key=lambda name: notes[name].get("fetched", ""), default=None)


def _read_notes(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / FETCHED
    try:
        files = tomllib.loads(path.read_text(encoding="utf-8")).get("files", {})
        return {
            name: {key: str(value) for key, value in note.items()} for name, note in files.items() if note["sha256"]
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AttributeError) as error:
        raise BadList(
            f"{folder.name}/{FETCHED} is damaged ({described(error)}); remove it, and everything is fetched again"
        ) from error


def _write_notes(folder: Path, notes: Mapping[str, Mapping[str, str]]) -> None:
    lines = [
        f"# Where the files beside this one came from; made by `yusuan fetch`. What {DECLARATIONS} says goes before it."
    ]
    for name in sorted(notes):
        lines += ["", f"[files.{_toml(name)}]", *(f"{key} = {_toml(value)}" for key, value in notes[name].items())]
    write_whole(folder / FETCHED, ("\n".join(lines) + "\n").encode())


def _toml(text: str) -> str:
    # A string of JSON is one of TOML, but for one control character.
    return json.dumps(printable(text), ensure_ascii=False).replace("\x7f", "\\u007f")
