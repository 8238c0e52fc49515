"""Whether documents that say they are complete are: every number owned, and no amount only told in passing."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

#: Free text: what stands here may merely contain an amount.
_FREE = ("definition", "note")


def left_in_complete(frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """The numbers of complete documents that nothing owns, or that are narrative where they may not be.

    An amount of money may be narrative in definitions and notes, and nowhere else.
    """
    complete = frames["disclosures"].filter(pl.col("status") == "complete")["disclosure_id"].to_list()
    numbers = frames["numbers"].filter(pl.col("disclosure_id").is_in(complete))
    free = frames["passages"].filter(pl.col("kind").is_in(_FREE))["passage_id"].to_list()
    told = (pl.col("class") == "narrative") & (pl.col("role") == "amount") & ~pl.col("owner_id").is_in(free)
    in_cells = (pl.col("class") == "narrative") & (pl.col("owner_table") == "budget_lines")
    left = numbers.filter((pl.col("class") == "unclaimed") | told | in_cells)
    return [f"{row[0]}: {row[1]}" for row in left.select("number_id", "class").iter_rows()]
