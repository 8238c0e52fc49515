"""``python -m tests.attack FOLDER``: mutate every text of a folder and list what was misread in silence."""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

from tests.attack.kinds import all_kinds
from tests.attack.oracle import moved_in_silence, reading
from tests.attack.text import lines_of


def main(argv: list[str] | None = None) -> int:
    """0 if nothing was misread in silence, else 1; prints each case and a summary."""
    parser = argparse.ArgumentParser(prog="tests.attack", description="Mutate laid-out texts of disclosures.")
    parser.add_argument("folder", type=Path, help="texts of disclosures, as `pdftotext -layout` writes them")
    parser.add_argument("--texts", type=int, default=5_000, help="how many mutated texts to read")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one, to go on from there")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    originals = [lines_of(path.read_text(encoding="utf-8")) for path in sorted(arguments.folder.rglob("*.txt"))]
    before = [reading(text) for text in originals]
    kinds = sorted(all_kinds(originals[0]))
    silent: Counter[str] = Counter()
    for number in range(arguments.first, arguments.first + arguments.texts):
        rng = random.Random(f"{arguments.seed}/{number}")
        which, kind = number % len(originals), kinds[number // len(originals) % len(kinds)]
        mutated = all_kinds(rng.choice(originals))[kind](originals[which], rng)
        wrong = moved_in_silence(originals[which], before[which], mutated, reading(mutated))
        if wrong:
            silent[kind] += 1
            print(
                f"{number} {kind}: {len(wrong)} amounts under another key in silence",
                *wrong[:2],
                sep="\n  ",
                flush=True,
            )
        if (number + 1) % 100 == 0:
            print(f"{number + 1} texts, {silent.total()} misread in silence", file=sys.stderr, flush=True)
    print(
        f"{arguments.texts} texts of {len(originals)} documents, {len(kinds)} kinds: {silent.total()} misread in silence"
    )
    for kind, count in silent.most_common():
        print(f"  {count:4} {kind}")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
