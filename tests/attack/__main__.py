"""``python -m tests.attack FOLDER``: mutate every document of a folder and list what was misread in silence."""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from pipeline.ingest.document import Document
from tests.attack.following import Followed, document_of, misread
from tests.attack.kinds import all_kinds, cells, pages
from tests.attack.oracle import moved_in_silence, reading
from tests.attack.text import lines_of

Content = TypeVar("Content")
#: Makes and reads damages: given the number of the document, the names of the kinds, and chance.
Attack = Callable[[int, Sequence[str], random.Random], list[str]]


def _damaged(
    original: Content,
    names: Sequence[str],
    kinds: Mapping[str, Callable[[Content, random.Random], Content]],
    rng: random.Random,
) -> Content:
    """The document with damages one after the other; what nothing is left of to damage stays as it is."""
    for name in names:
        original = kinds[name](original, rng) or original
    return original


def _on_text(paths: Sequence[Path]) -> tuple[list[str], Attack]:
    originals = [lines_of(path.read_text(encoding="utf-8")) for path in paths]
    before = [reading(text) for text in originals]

    def attack(which: int, names: Sequence[str], rng: random.Random) -> list[str]:
        mutated = _damaged(originals[which], names, all_kinds(rng.choice(originals)), rng)
        return moved_in_silence(originals[which], before[which], mutated, reading(mutated))

    return sorted(all_kinds(originals[0])), attack


def _on(
    originals: Sequence[Content],
    kinds: dict[str, Callable[[Content, random.Random], Content]],
    joined: Callable[..., Content],
    read: Callable[[Content], Followed],
    untouched: Callable[[Content, Content], set[int]],
) -> tuple[list[str], Attack]:
    before = [read(original) for original in originals]

    def attack(which: int, names: Sequence[str], rng: random.Random) -> list[str]:
        original = originals[which]
        mutated = _damaged(original, names, {**kinds, "joined": partial(joined, other=rng.choice(originals))}, rng)
        return misread(before[which], read(mutated), untouched(original, mutated))

    return sorted([*kinds, "joined"]), attack


def _documents(paths: Sequence[Path]) -> list[Document]:
    found = (document_of(path.read_bytes(), path.name) for path in paths)
    return [document for document in found if isinstance(document, Document) and document.tables]


def _attack_of(what: str, folder: Path) -> tuple[int, list[str], Attack]:
    paths = sorted(folder.rglob({"text": "*.txt", "pages": "*.pdf", "cells": "*.*"}[what]))
    if what == "text":
        return (len(paths), *_on_text(paths))
    documents = _documents(paths)
    if what == "pages":
        sheets = [pages.pages_of(document) for document in documents]
        return (len(sheets), *_on(sheets, pages.KINDS, pages.joined, pages.reading, pages.untouched))
    blocks = [cells.blocks_of(document) for document in documents]
    return (len(blocks), *_on(blocks, cells.KINDS, cells.joined, cells.reading, cells.untouched))


def main(argv: list[str] | None = None) -> int:
    """0 if nothing was misread in silence, else 1; prints each case and a summary."""
    parser = argparse.ArgumentParser(prog="tests.attack", description="Mutate disclosures and read them.")
    parser.add_argument(
        "folder",
        type=Path,
        help="texts as `pdftotext -layout` writes them; PDFs for pages; documents of any kind for cells",
    )
    parser.add_argument("--of", choices=("text", "pages", "cells"), default="text", help="what is damaged")
    parser.add_argument("--texts", type=int, default=5_000, help="how many damaged documents to read")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one, to go on from there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--damages", type=int, default=1, help="how many damages each document has, one after the other"
    )
    parser.add_argument("--kinds", nargs="+", metavar="NAME", help="the kinds of damage; without it, all")
    arguments = parser.parse_args(argv)
    documents, kinds, attack = _attack_of(arguments.of, arguments.folder)
    kinds = arguments.kinds or kinds
    silent: Counter[str] = Counter()
    for number in range(arguments.first, arguments.first + arguments.texts):
        rng = random.Random(f"{arguments.seed}/{number}")
        further = [rng.choice(kinds) for _ in range(arguments.damages - 1)]
        names = [kinds[number % len(kinds)], *further]
        wrong = attack(rng.randrange(documents), names, rng)
        if wrong:
            kind = ", ".join(names)
            silent[kind] += 1
            print(f"{number} {kind}: {len(wrong)} amounts under another key in silence", *wrong[:2], sep="\n  ")
            sys.stdout.flush()
        if (number + 1) % 100 == 0:
            print(f"{number + 1} read, {silent.total()} misread in silence", file=sys.stderr, flush=True)
    print(f"{arguments.texts} of {documents} documents, {len(kinds)} kinds: {silent.total()} misread in silence")
    for kind, count in silent.most_common():
        print(f"  {count:4} {kind}")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
