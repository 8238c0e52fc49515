"""What a build derives from other rows is derived again, by the same code: preferred versions, key figures, and all rules.

Rules read nothing but published tables, and of them only rows of one body at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from pipeline.publish.verify.fault import Fault, in_table, keyed
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.rules import load_rules
from pipeline.tidy.codes import added_up, code_names, load_codes
from pipeline.tidy.frames import order
from pipeline.tidy.key_figures import key_figures
from pipeline.tidy.versions import prefer, superseding
from schemas.tables import TABLES

_CHECKED = ("checks", "check_operands")


def faults(frames: Mapping[str, pl.DataFrame]) -> list[Fault]:
    """Where the derived rows of ``frames``, which are of whole bodies and keep their models, are not what others give."""
    again = _derived(frames)
    return [fault for name, frame in again.items() for fault in differences(name, frames[name], frame)]


def _derived(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    published = {name: frame for name, frame in frames.items() if name not in _CHECKED}
    published["classifications"] = load_codes()
    disclosures = frames["disclosures"]
    return {
        "disclosures": prefer(superseding(disclosures)),
        "key_figures": order("key_figures", key_figures(frames, TABLES["key_figures"]), disclosures),
        **reconcile(published, load_rules()),
    }


def differences(name: str, published: pl.DataFrame, again: pl.DataFrame) -> Iterator[Fault]:
    """What rows of a table are missing, too many or other than they are ``again``."""
    if published.equals(again := again.select(published.columns)):
        return
    here, there = (frame.with_columns(keyed(name).alias("_key")) for frame in (published, again))
    for key in here.join(there, on="_key", how="anti", maintain_order="left")["_key"]:
        yield in_table(name, key, "is not derived from the other rows")
    for key in there.join(here, on="_key", how="anti", maintain_order="left")["_key"]:
        yield in_table(name, key, "follows from the other rows and is not here")
    both = here.join(there, on="_key", suffix="_again", maintain_order="left")
    for column in published.columns:
        other = column if column == "_key" else f"{column}_again"
        for key, said, right in (
            both.filter(pl.col(column).ne_missing(pl.col(other))).select("_key", column, other).iter_rows()
        ):
            yield in_table(name, key, f"{column} is {said!s}, the other rows make it {right!s}")


class OfWhole:
    """The tables that are made of the whole release, made again: `classifications`, and `code_names` batch by batch."""

    def __init__(self) -> None:
        self._codes = load_codes()
        self._names = TABLES["code_names"].empty()

    def count(self, frames: Mapping[str, pl.DataFrame]) -> list[Fault]:
        """Add the names that the lines of a batch print; of one batch alone there are no faults."""
        self._names = added_up(pl.concat([self._names, code_names(frames["budget_lines"], self._codes)]))
        return []

    def faults(self, whole: Mapping[str, pl.DataFrame]) -> list[Fault]:
        """Where the tables ``whole`` are others, once all batches were counted."""
        again = {"classifications": self._codes, "code_names": self._names}
        return [fault for name, frame in again.items() for fault in differences(name, whole[name], frame)]
