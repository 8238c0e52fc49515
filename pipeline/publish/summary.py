"""What a build says at its end, read from the release it made."""

from __future__ import annotations

from pathlib import Path

from pipeline.publish.reading import read_table
from schemas.tables import TABLES


def summary(out: Path, written: bool) -> tuple[str, bool]:
    """Text for a person, and whether every document is complete."""
    release = (out / "latest").resolve()
    disclosures = read_table(release, "disclosures")
    counts = dict(sorted(disclosures["status"].value_counts().iter_rows()))
    lines = [f"documents  {disclosures.height}  ({', '.join(f'{n} {status}' for status, n in counts.items())})"]
    for row in disclosures.filter(disclosures["status"] != "complete").iter_rows(named=True):
        lines.append(f"  {row['status']}: {row['source_file']}: {row['reason']}")
    lines.append("rows")
    lines += [f"  {name:<18}{read_table(release, name).height:>10,}" for name in TABLES]
    numbers = read_table(release, "numbers")
    classes = dict(sorted(numbers["class"].value_counts().iter_rows()))
    lines.append(f"numbers    {', '.join(f'{count:,} {name}' for name, count in classes.items())}")
    lines.append(f"release    {release.name} {'written' if written else 'unchanged: nothing was written'}")
    lines.append(f"           {out / 'latest'}")
    site = out / "site" / "index.html"
    if site.is_file():
        lines.append(f"pages      {site}")
    return "\n".join(lines), set(counts) <= {"complete"}
