"""Characters that a font names by a code of their own though they look like, and are, ordinary ones: ⽀ (U+2F40) is 支.

PDFs made by browsers and by many office programs give them, and so does text taken from such PDFs. Nobody who reads a
page can tell them apart, and no search finds them, so they become the ordinary characters before anything is read.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

_FILE = Path(__file__).resolve().parents[2] / "schemas" / "forms" / "characters" / "radicals.toml"
# Kangxi Radicals, and CJK Compatibility Ideographs with their supplement: Unicode maps each to one character.
_MAPPED = (range(0x2F00, 0x2FD6), range(0xF900, 0xFADA), range(0x2F800, 0x2FA1E))


def _table() -> dict[int, str]:
    """Code points to the characters they stand for, one for one."""
    pairs = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = dict(zip(map(ord, pairs["radicals"]), pairs["characters"], strict=True))
    for block in _MAPPED:
        found |= {code: unicodedata.normalize("NFKC", chr(code)) for code in block if unicodedata.name(chr(code), "")}
    return {code: char for code, char in found.items() if char != chr(code)}


_TABLE = _table()
_ANY = re.compile("[\u2e80-\u2fd5\uf900-\ufadf\U0002f800-\U0002fa1f]")


def ordinary(text: str) -> str:
    """``text`` with such characters replaced; its length stays."""
    return text.translate(_TABLE) if _ANY.search(text) else text
