"""What a build says at its end, read from the release it made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.publish.reading import parquet_files, read_columns, read_manifest
from pipeline.publish.writing import printable
from schemas.tables import TABLES
from schemas.vocabularies import vocabulary

#: Files that are named of those left out.
_SHOWN = 10


def summary(out: Path, written: bool, left_out: Sequence[str] = ()) -> tuple[str, bool]:
    """Text for a person, and whether every document is complete. ``left_out`` are files that are no disclosures."""
    release = (out / "latest").resolve()
    classes = [f"numbers_{name}" for name in vocabulary("number_class")]
    wanted = ["status", "source_file", "reason", *classes]
    disclosures = read_columns(parquet_files(release, "disclosures"), "disclosures", wanted)
    counts = dict(sorted(disclosures["status"].value_counts().iter_rows()))
    lines = [f"documents  {disclosures.height}  ({', '.join(f'{n} {status}' for status, n in counts.items())})"]
    for row in disclosures.filter(disclosures["status"] != "complete").iter_rows(named=True):
        lines.append(f"  {row['status']}: {row['source_file']}: {row['reason']}")
    if left_out:
        more = f" and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
        lines.append(f"left out   {len(left_out)}, no disclosures by their names: {', '.join(left_out[:_SHOWN])}{more}")
    lines.append("rows")
    rows = read_manifest(release)["rows"]
    lines += [f"  {name:<18}{rows[name]:>10,}" for name in TABLES]
    sums = {name.removeprefix("numbers_"): disclosures[name].sum() for name in classes}
    shown = ", ".join(f"{count:,} {name}" for name, count in sorted(sums.items()) if count)
    lines.append(f"numbers    {shown}")
    lines.append(f"release    {release.name} {'written' if written else 'unchanged: nothing was written'}")
    lines.append(f"           {out / 'latest'}")
    from pipeline.publish.site.build import left_out as pages_left_out

    site = out / "site" / "index.html"
    if (reason := pages_left_out(release)) is not None:
        lines.append(f"pages      {reason}")
    elif site.is_file():
        lines.append(f"pages      {site}")
    return printable("\n".join(lines)), set(counts) <= {"complete"}
