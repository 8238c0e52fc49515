"""Placeholder of evaluators."""

from __future__ import annotations

from typing import Any

EVALUATORS: dict[str, Any] = {}
