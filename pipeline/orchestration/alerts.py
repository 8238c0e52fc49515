"""Messages about failed runs, to a chat that takes them over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from pipeline.orchestration.settings import ALERT_FORM, ALERT_URL, alert_address

_LONGEST = 500
#: What each kind of service wants to be sent: Slack, Mattermost and Teams; DingTalk and WeCom; Feishu.
FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "slack": lambda text: {"text": text},
    "dingtalk": lambda text: {"msgtype": "text", "text": {"content": text}},
    "feishu": lambda text: {"msg_type": "text", "content": {"text": text}},
}


def send(job: str, partition: str, run_id: str, error: str) -> str:
    """Send that a run failed and why; returns what was done, for the log.

    Raises ValueError for an unknown form, and requests.RequestException where the service does not take it.
    """
    address, form = alert_address()
    if not address:
        return f"{job} failed; nobody is told, since {ALERT_URL} is not set"
    if form not in FORMS:
        raise ValueError(f"{ALERT_FORM} is {form!r}; known are {', '.join(FORMS)}")
    what = f"{job} ({partition})" if partition else job
    reason = next((line for line in reversed(error.splitlines()) if line.strip()), "no reason is known")
    message = f"open-yusuan: {what} failed: {reason.strip()[:_LONGEST]} (run {run_id})"
    requests.post(address, json=FORMS[form](message), timeout=10).raise_for_status()
    return f"{job} failed; a message was sent"
