"""Settings from the environment, read when they are used. Imports nothing heavy."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
#: Where raw/ and outputs/ are looked for: in the checkout, or, installed from a wheel, in the folder one stands in.
HOME = PROJECT if (PROJECT / "pyproject.toml").is_file() else Path()
RAW, OUT, PUBLISH_CONTACTS = "YUSUAN_RAW", "YUSUAN_OUT", "YUSUAN_PUBLISH_CONTACTS"
ALERT_URL, ALERT_FORM = "YUSUAN_ALERT_URL", "YUSUAN_ALERT_FORM"
DEAD_AFTER = "YUSUAN_DEAD_AFTER"
MIRROR = "YUSUAN_MIRROR"
WORKERS, SCHEDULER = "YUSUAN_WORKERS", "YUSUAN_SCHEDULER"
UI_HOSTS, PAGES_URL = "YUSUAN_UI_HOSTS", "YUSUAN_PAGES_URL"


def raw_folder() -> Path:
    """Folder of disclosures, one folder a collection."""
    return Path(os.environ.get(RAW) or HOME / "raw").absolute()


def out_folder() -> Path:
    """Folder for releases."""
    return Path(os.environ.get(OUT) or HOME / "outputs").absolute()


def publishes_contacts() -> bool:
    """Whether personal contact data goes into releases."""
    return os.environ.get(PUBLISH_CONTACTS) == "1"


def worker_processes() -> int:
    """Processes of this machine that do the work; 0: one a core."""
    return int(os.environ.get(WORKERS) or 0)


def scheduler_address() -> str:
    """Address of the Dask scheduler whose workers do the work; empty: processes of this machine do it."""
    return os.environ.get(SCHEDULER, "")


def alert_address() -> tuple[str, str]:
    """Where messages about failed runs are sent (empty: nowhere), and the form that the service there wants."""
    return os.environ.get(ALERT_URL, ""), os.environ.get(ALERT_FORM, "slack")


def dead_after() -> float:
    """Seconds after which a run that says nothing, while nobody uses the store, counts as killed."""
    return float(os.environ.get(DEAD_AFTER) or 600)


def mirror_address() -> str:
    """The object store that releases are copied to; empty: none."""
    return os.environ.get(MIRROR, "")


def ui_hosts() -> frozenset[str]:
    """The names under which Dagster's web server answers: those of loopback, and others that are listed."""
    listed = (name.strip().lower() for name in os.environ.get(UI_HOSTS, "").split(","))
    return frozenset({"localhost", "127.0.0.1", "::1", *filter(None, listed)})


def pages_address() -> str:
    """Where a web server serves the pages of the release; empty: nowhere that is known."""
    return os.environ.get(PAGES_URL, "").rstrip("/")
