"""Character recognition, where the extra ``ocr`` is installed: a picture of a page to words and ruled tables.

Nothing is fetched when it runs: the models are in the wheel of the library. It runs on one thread of the processor and in
a fixed order, so that the same picture gives the same words on one kind of machine.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

#: What a person does to have pictures of text read.
COMMAND = "pip install 'open-yusuan[ocr]'"
#: Dots per inch at which pages are drawn to be recognised: as many as text is looked for at on A4 (see ``engine``). What was
#: scanned at 150 and at 200 was read alike (docs/performance.md).
DPI = 200
_PACKAGES = ("rapidocr", "onnxruntime", "opencv-python-headless", "numpy", "pillow")


@cache
def versions() -> str:
    """The packages that recognise, with their versions; empty where one of them is missing."""
    try:
        return " ".join(f"{name} {version(name)}" for name in _PACKAGES)
    except PackageNotFoundError:
        return ""


def available() -> bool:
    """Whether pictures of text can be read here."""
    return bool(versions())
