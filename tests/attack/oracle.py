"""What a mutated text may give: an amount that was left alone stands under its key, or nowhere, or something says so.

The oracle knows nothing of how tables are read. It follows each published amount by the line that it stands in and its
position in that line, and compares the key that the original text gave it with the one it has now.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.extract.patterns import fold
from pipeline.extract.records import Extraction
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from schemas.rows import BudgetLine
from tests.attack.text import Text
from tests.documents import read
from tests.tables import tables_of

_SPACE = re.compile(r"\s+")
#: Where an amount stands: the line of the original and how many characters stand before it there, blanks not counted.
Where = tuple[int, int]
Key = tuple[object, ...]


@dataclass
class Reading:
    """What one text gave: the keys of its amounts by place, and how it was judged."""

    extraction: Extraction
    keys: dict[Where, Key] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return self.extraction.disclosure.status

    @cached_property
    def failures(self) -> Counter[str]:
        """How many checks of each rule fail or cannot be made."""
        checks = reconcile(tables_of([self.extraction]), load_rules())["checks"]
        return Counter(checks.filter(checks["status"] == "fail")["rule_id"].to_list())


def key_of(line: BudgetLine) -> Key:
    """What an amount is of."""
    item = fold(line.item or "")
    return (
        line.table_code,
        line.direction,
        line.measure,
        line.fund,
        line.revenue_source,
        line.function_code,
        line.government_economic_code,
        line.department_economic_code,
        item,
        line.fiscal_year,
        line.phase,
        line.amount,
    )


def reading(text: Text) -> Reading:
    """Read ``text``; keys by the lines of the original that it holds unchanged but for white space."""
    found = Reading(read("\n".join(line.text for line in text).encode("utf-8")))
    times = Counter(line.origin for line in text)
    body = "\n".join(line.text for line in text)
    starts = [0]
    for line in text:
        starts.append(starts[-1] + len(line.text) + 1)
    whole = found.extraction.masked_text
    if len(whole) != len(body):  # the text as ingested is not the text as written: places cannot be followed
        return found
    at = 0
    for row in sorted(found.extraction.rows.budget_lines, key=lambda row: row.start):
        while at + 1 < len(starts) and starts[at + 1] <= row.start:
            at += 1
        line = text[at]
        if line.origin is None or times[line.origin] > 1:
            continue
        before = line.text[: row.start - starts[at]]
        found.keys[line.origin, len(_SPACE.sub("", before))] = key_of(row)
    return found


def moved_in_silence(original: Text, before: Reading, mutated: Text, after: Reading) -> list[str]:
    """Amounts on untouched lines that stand under another key although nothing says so; empty where all is well."""
    words = {line.origin: _SPACE.sub("", line.text) for line in mutated if line.origin is not None}
    same = {
        line.origin for line in original if line.origin in words and words[line.origin] == _SPACE.sub("", line.text)
    }
    wrong = [
        f"line {where[0] + 1}: {before.keys[where]} became {key}"
        for where, key in after.keys.items()
        if where[0] in same and where in before.keys and before.keys[where] != key
    ]
    if not wrong or (after.status != "complete" and after.status != before.status):
        return []
    return [] if after.failures - before.failures else wrong
