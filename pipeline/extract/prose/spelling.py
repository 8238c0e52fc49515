"""How the grammar's words are spelt: the texts that a pattern stands for, and one expression for many words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any


def expand(pattern: str) -> Iterator[str]:
    """All the texts that ``pattern`` stands for: ``[a|b]`` a, b or nothing; ``(a|b)`` one of them.

    Raises ValueError naming the pattern where brackets do not pair.
    """
    pattern = pattern.replace("{year}", "(Y年|Y年度)")
    texts, rest = _alternatives(pattern, 0, "")
    if rest != len(pattern):
        raise ValueError(f"brackets do not pair in {pattern!r}")
    yield from dict.fromkeys(texts)


def _alternatives(pattern: str, at: int, closing: str) -> tuple[list[str], int]:
    done: list[str] = []
    current = [""]
    while at < len(pattern) and pattern[at] != closing:
        char = pattern[at]
        if char in "[(":
            inner, at = _alternatives(pattern, at + 1, "]" if char == "[" else ")")
            if at >= len(pattern):
                raise ValueError(f"brackets do not pair in {pattern!r}")
            choices = inner + [""] if char == "[" else inner
            current = [head + tail for head in current for tail in choices]
        elif char == "|" and closing:
            done += current
            current = [""]
        else:
            current = [head + char for head in current]
        at += 1
    return done + current, at


def trie(words: Iterable[str]) -> str:
    """A regular expression that matches the longest of ``words``, shared beginnings taken together."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    # One look at the first character rules out nearly all places, at which else every branch would be tried.
    first = "".join(re.escape(char) for char in root)
    return f"(?=[{first}]){_render(root)}" if len(root) > 1 and "" not in root else _render(root)


def _render(node: dict[str, Any]) -> str:
    branches = [re.escape(char) + _render(below) for char, below in node.items() if char]
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"
    return f"(?:{body})?" if "" in node else body
