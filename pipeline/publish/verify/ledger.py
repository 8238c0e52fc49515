"""The ledger: every number of a text stands there once, in its class, and belongs to one record."""

from __future__ import annotations

import polars as pl

from pipeline.extract.ledger import tokenize, value_of
from pipeline.publish.verify.fault import Fault, in_table

_OWNED = ("data", "structure", "narrative", "withheld")
#: What numbers of a class say; those that label or stand in free text say many things.
_ROLES = {
    "data": ("amount", "count", "percent", "score"),
    "withheld": ("contact",),
    "unclaimed": ("unknown",),
}

_Place = tuple[int, int]


def faults(frames: dict[str, pl.DataFrame], texts: dict[str, str]) -> list[Fault]:
    """Faults of `numbers` against the texts and against the records that own them."""
    numbers = frames["numbers"]
    found = _tokens(numbers, texts) + _owners(numbers)
    data = numbers.filter(pl.col("class") == "data")
    lines = frames["budget_lines"].select("line_id", "disclosure_id", "start", "end")
    owned = data.filter(pl.col("owner_table") == "budget_lines").select(
        pl.col("owner_id").alias("line_id"), "disclosure_id", "start", "end", "number_id"
    )
    for line_id in lines.join(owned, on=["line_id", "disclosure_id", "start", "end"], how="anti")["line_id"]:
        found.append(in_table("budget_lines", line_id, "no number of the ledger at its place is its own"))
    # What the end of a line breaks is a number in each of its pieces.
    pieces = frames["spans"].filter((pl.col("owner_table") == "budget_lines") & (pl.col("field") == "printed"))
    twice = owned.filter(pl.col("line_id").is_duplicated() & ~pl.col("line_id").is_in(pieces["owner_id"].to_list()))
    for line_id in twice["line_id"].unique().sort():
        found.append(in_table("budget_lines", line_id, "owns more than one number as its amount"))
    return found


def _tokens(numbers: pl.DataFrame, texts: dict[str, str]) -> list[Fault]:
    """The tokens of the text are the rows of the ledger: none too few, none too many, none twice.

    What stands in place of an amount and has no digit (########) is a number that nobody could read.
    Withheld numbers are masked in the text: they stand in the ledger and nowhere else.
    """
    found = []
    parts = numbers.partition_by("disclosure_id", as_dict=True, maintain_order=True)
    listed = {str(key[0]): part for key, part in parts.items()}
    for identity, text in texts.items():
        part = listed.pop(identity, numbers.clear())
        places = {(a, b): i for i, a, b in part.select("number_id", "start", "end").iter_rows()}
        if len(places) < part.height:
            doubled = part.filter(pl.struct("start", "end").is_duplicated())["number_id"]
            found += [in_table("numbers", number, "stands at the place of another number") for number in doubled]
        withheld = set(part.filter(pl.col("class") == "withheld").select("start", "end").iter_rows())
        for start, end in withheld:
            if any(char.isdigit() for char in text[start:end]):
                found.append(in_table("numbers", places[start, end], "is withheld, but its text is not masked"))
        here = runs(text, {start for start, _ in places})
        unread = set(
            part.filter((pl.col("class") == "unclaimed") & pl.col("value").is_null()).select("start", "end").iter_rows()
        )
        without_digits = {(a, b) for a, b in unread if text[a:b].strip() and not any(map(str.isdigit, text[a:b]))}
        joined = _joined(text, set(places) - here - withheld, here)
        for start, end in sorted(here - set(places) - set().union(*joined.values())):
            found.append(
                Fault(
                    f"sources/{identity}.txt", f"{start}:{end}", f"the number {text[start:end]!r} is not in the ledger"
                )
            )
        for place in sorted(set(places) - here - withheld - without_digits - set(joined)):
            found.append(in_table("numbers", places[place], f"no number of the text stands at {place[0]}:{place[1]}"))
    for identity, part in listed.items():
        found.append(in_table("numbers", identity, f"{part.height} numbers of a disclosure without text"))
    return found


def runs(text: str, starts: set[int]) -> set[_Place]:
    """The runs of digits of a text. A cell of CSV without quotes that has a comma is two where a number ``starts`` behind it.

    A text says nothing of cells: that commas set cells apart is seen where they stand on both sides of the whole.
    """
    tokens = tokenize(text)
    cuts = [
        token.start + at + 1
        for token in tokens
        for at, char in enumerate(token.printed)
        if char == "," and token.start + at + 1 in starts and _is_between_commas(text, token.start, token.end)
    ]
    return {(token.start, token.end) for token in (tokenize(text, cuts) if cuts else tokens)}


def _is_between_commas(text: str, start: int, end: int) -> bool:
    first = text.rfind("\n", 0, start) + 1
    unquoted = text.count('"', first, start) % 2 == 0
    return (
        unquoted and text[max(first, start - 1) : start] in ("", ",") and text[end : end + 1] in ("", ",", "\r", "\n")
    )


def _joined(text: str, places: set[_Place], tokens: set[_Place]) -> dict[_Place, set[_Place]]:
    """The places that are one number of several runs of digits, or one with its marks (5 984 800.00, (50.00)), and the
    runs that they hold: all digits of such a place stand in them.
    """
    found = {}
    for start, end in places:
        inside = {(a, b) for a, b in tokens if start <= a and b <= end}
        digits = sum(char.isdigit() for char in text[start:end])
        whole = sum(char.isdigit() for a, b in inside for char in text[a:b]) == digits
        if inside and whole and value_of(text[start:end]) is not None:
            found[start, end] = inside
    return found


def _owners(numbers: pl.DataFrame) -> list[Fault]:
    found = []
    has_owner = pl.col("owner_table").is_not_null() & pl.col("owner_id").is_not_null()
    for number, cls in (
        numbers.filter(~has_owner & pl.col("class").is_in(_OWNED)).select("number_id", "class").iter_rows()
    ):
        found.append(in_table("numbers", number, f"is {cls}, but belongs to no record"))
    unclaimed = (pl.col("class") == "unclaimed") & pl.col("owner_id").is_not_null()
    for number in numbers.filter(unclaimed)["number_id"]:
        found.append(in_table("numbers", number, "is unclaimed, but has an owner"))
    bare = (pl.col("class") == "withheld") & (pl.col("printed").is_not_null() | pl.col("value").is_not_null())
    for number in numbers.filter(bare)["number_id"]:
        found.append(in_table("numbers", number, "is withheld, but published"))
    mute = (pl.col("class") != "withheld") & pl.col("printed").is_null()
    for number in numbers.filter(mute)["number_id"]:
        found.append(in_table("numbers", number, "has no printed text"))
    of_line = (pl.col("class") == "data") & (pl.col("owner_table") == "budget_lines") & (pl.col("role") != "amount")
    strange = [(pl.col("class") == cls) & ~pl.col("role").is_in(roles) for cls, roles in _ROLES.items()]
    odd = numbers.filter(pl.any_horizontal(of_line, *strange).fill_null(True))
    for number, cls, role in odd.select("number_id", "class", "role").iter_rows():
        found.append(in_table("numbers", number, f"is {cls}, its role is {role}"))
    return found
