"""A release on an object store: uploaded file by file, verified, and only then what ``latest.json`` names.

    <url>/releases/<release_id>/…    the files of the release
    <url>/latest.json                which release is the latest: replaced last, in one step

What was uploaded before with the same digest is not uploaded again, so a mirror that was cut off goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.publish.reading import ReleaseError
from pipeline.terminal import NotInstalled

if TYPE_CHECKING:
    from obstore.store import ObjectStore

POINTER = "latest.json"
#: Files that the manifest cannot list; they go last, so that a folder with them is whole.
_LAST = ("SHA256SUMS", "manifest.json")
#: Where the digest of an object stands among its attributes.
_DIGEST = "sha256"


class MirrorError(RuntimeError):
    """A release cannot be mirrored. Says why and what to do."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a mirror did: files uploaded now, files that were there, and the address of the release."""

    release_id: str
    uploaded: int
    kept: int
    address: str

    def __str__(self) -> str:
        return f"{self.address}\n{self.uploaded} files uploaded, {self.kept} were there"


def open_store(url: str) -> ObjectStore:
    """The store at ``url`` (s3://, gs://, az://, file://); settings come from the environment, as AWS_ENDPOINT_URL does.

    Raises NotInstalled or MirrorError.
    """
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise NotInstalled("yusuan mirror", "mirror") from error
    try:
        return from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
    except (BaseError, ValueError) as error:
        raise MirrorError(f"{url} is no store that can be opened ({error})") from error


def mirror(release: Path, url: str, progress: Callable[[str], None] | None = None) -> Mirrored:
    """Upload the release at ``release`` to ``url`` and make it the latest there.

    Raises NotInstalled, MirrorError or ReleaseError.

    Every file is read once and has to be what the manifest says; every object is looked at again when all are there.
    """
    store = open_store(url)
    release = release.resolve()
    files = _listed(release)
    prefix = f"releases/{release.name}"
    try:
        uploaded = sum(
            _upload(store, release / name, f"{prefix}/{name}", digest)
            for name, digest in _shown(files.items(), len(files), progress)
        )
        _check(store, prefix, {name: (release / name).stat().st_size for name in files})
        pointer = {"release_id": release.name, "path": prefix, "sha256sums": files["SHA256SUMS"]}
        store.put(POINTER, json.dumps(pointer, indent=1).encode() + b"\n")
    except _errors() as error:
        raise MirrorError(
            f"{url} fails ({_first_line(error)}); what was uploaded stays, run it again to go on"
        ) from error
    return Mirrored(release.name, uploaded, len(files) - uploaded, f"{url.rstrip('/')}/{prefix}")


def _listed(release: Path) -> dict[str, str]:
    """The files of a release with their digests; those that list the others last. Raises ReleaseError."""
    try:
        manifest = json.loads((release / "manifest.json").read_bytes())
        files = {str(file["path"]): str(file["sha256"]) for file in manifest["files"]}
        for name in _LAST:
            files.pop(name, None)
            files[name] = hashlib.sha256((release / name).read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(
            f"{release} is no whole release ({type(error).__name__}); run `yusuan verify {release}`"
        ) from error
    return files


def _shown(files: Any, count: int, progress: Callable[[str], None] | None) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(files, start=1):
        if progress is not None:
            progress(f"mirroring {number} of {count} files")
        yield each


def _upload(store: ObjectStore, path: Path, name: str, digest: str) -> bool:
    """Upload one file unless it is there; returns whether it was. Raises ReleaseError where the file is damaged."""
    if _digest_of(store, name) == digest:
        return False
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ReleaseError(f"{path} is not what the manifest says; run `yusuan verify`, nothing was made the latest")
    store.put(name, data, attributes={_DIGEST: digest} if _keeps_attributes(store) else None)
    return True


def _digest_of(store: ObjectStore, name: str) -> str | None:
    """The digest of an object, as it says, or from its bytes where the store keeps no attributes; None without one."""
    try:
        found = store.get(name)
    except FileNotFoundError:
        return None
    if _keeps_attributes(store):
        said = found.attributes.get(_DIGEST)
        return str(said) if said else None
    return hashlib.sha256(bytes(found.bytes())).hexdigest()


def _keeps_attributes(store: ObjectStore) -> bool:
    from obstore.store import LocalStore

    return not isinstance(store, LocalStore)


def _check(store: ObjectStore, prefix: str, sizes: dict[str, int]) -> None:
    """Look for every object, with its size. Raises MirrorError where one is not there."""
    there = {each["path"].removeprefix(f"{prefix}/"): each["size"] for page in store.list(prefix) for each in page}
    wrong = sorted(name for name, size in sizes.items() if there.get(name) != size)
    if wrong:
        raise MirrorError(f"{prefix}/{wrong[0]} is not as it was uploaded ({len(wrong)} such files); run it again")


def _errors() -> tuple[type[BaseException], ...]:
    from obstore.exceptions import BaseError

    return (BaseError, OSError)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
