"""What a build says at its end, read from the release it made: in Chinese where the reader's system speaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.reading import parquet_files, read_columns, read_manifest
from pipeline.publish.site.reasons import reasons
from pipeline.terminal import LANGUAGES, printable
from schemas.vocabularies import vocabulary

#: Files that are named of those left out, groups of reasons, files of a group and contradictions of a family.
_SHOWN, _GROUPS, _FILES, _LARGEST = 10, 10, 3, 3
#: Sizes and places tell two reasons apart that are of one kind.
_PARTICULAR = re.compile(r"\d[\d,.]*|\(.*?\)|'.*?'|“.*?”")
_WORDS = {
    "documents": ("文件", "documents"),
    "complete": ("完整", "complete"),
    "partial": ("部分", "partial"),
    "quarantined": ("未读", "refused"),
    "left_out": ("略过", "left out"),
    "left_out_why": ("{count} 个，从名称看不是公开文件：{names}", "{count}, no disclosures by their names: {names}"),
    "more": ("等，另有 {count} 个", "and {count} more"),
    "more_reasons": ("另有 {count} 种原因", "and {count} more reasons"),
    "amounts": ("金额", "amounts"),
    "amounts_in": ("{lines:,} 个，在 {tables:,} 张表中；文字中 {statements:,} 项事实", "{lines:,} in {tables:,} tables; {statements:,} facts of prose"),
    "numbers": ("数字", "numbers"),
    "contradictions": ("矛盾", "contradictions"),
    "none": ("未发现", "none found"),
    "found": ("{count:,} 处，最大的在前", "{count:,} found, the largest first"),
    "release": ("发布版", "release"),
    "written": ("已写入", "written"),
    "unchanged": ("没有变化：什么也没有写", "unchanged: nothing was written"),
    "pages": ("网页", "pages"),
}  # fmt: skip


def summary(out: Path, written: bool, left_out: Sequence[str] = (), language: str = "en") -> tuple[str, bool]:
    """Text for a person, and whether every document is complete. ``left_out`` are files that are no disclosures."""
    release = (out / "latest").resolve()
    said = _Said(LANGUAGES.index(language))
    classes = [f"numbers_{name}" for name in vocabulary("number_class")]
    wanted = ["status", "source_file", "reason", *classes]
    disclosures = read_columns(parquet_files(release, "disclosures"), "disclosures", wanted)
    rows = read_manifest(release)["rows"]
    lines = [*said.fates(disclosures, left_out)]
    lines.append(
        said.line(
            "amounts",
            said("amounts_in", lines=rows["budget_lines"], tables=rows["tables"], statements=rows["statements"]),
        )
    )
    counts = {name: disclosures[name].sum() for name in classes}
    shown = [
        f"{counts[name]:,} {said.number_class(name.removeprefix('numbers_'))}"
        for name in sorted(classes)
        if counts[name]
    ]
    lines.append(said.line("numbers", ", ".join(shown)))
    lines += said.contradictions(release)
    lines.append(said.line("release", f"{release.name} {said('written' if written else 'unchanged')}"))
    lines.append(said.line("", str(out / "latest")))
    from pipeline.publish.site.build import left_out as pages_left_out

    site = out / "site" / "index.html"
    if (reason := pages_left_out(release)) is not None:
        lines.append(said.line("pages", reason))
    elif site.is_file():
        lines.append(said.line("pages", str(site)))
    return printable("\n".join(lines)), set(disclosures["status"]) <= {"complete"}


class _Said:
    """A summary in one language."""

    def __init__(self, language: int) -> None:
        self._language = language

    def __call__(self, name: str, **values: object) -> str:
        return _WORDS[name][self._language].format(**values)

    def label(self, name: str, value: str) -> str:
        return str(vocabulary(name)[value][LANGUAGES[self._language]])

    def number_class(self, name: str) -> str:
        """A class of numbers: the English label is a sentence, the name a word."""
        return self.label("number_class", name) if self._language == 0 else name

    def reason(self, text: str) -> str:
        """A reason in the language: releases say it in English."""
        return "；".join(part.zh for part in reasons(text)) if self._language == 0 else text

    def line(self, name: str, text: str) -> str:
        """A line under its heading: headings are as wide in both languages."""
        heading = self(name) if name else ""
        width = len(heading) * (2 if self._language == 0 else 1)
        return heading + " " * (max(16 - width, 1)) + text

    def fates(self, disclosures: pl.DataFrame, left_out: Sequence[str]) -> Iterator[str]:
        """How many documents were read how, and why not all are complete: reasons of a kind together."""
        counts = dict(disclosures["status"].value_counts().iter_rows())
        told = ", ".join(
            f"{counts[status]:,} {self(status)}" for status in vocabulary("disclosure_status") if status in counts
        )
        yield self.line("documents", f"{disclosures.height:,}  ({told})")
        for status in ("partial", "quarantined"):
            yield from self._reasons(status, disclosures.filter(pl.col("status") == status))
        if left_out:
            more = f" {self('more', count=len(left_out) - _SHOWN)}" if len(left_out) > _SHOWN else ""
            names = ", ".join(left_out[:_SHOWN]) + more
            yield self.line("left_out", self("left_out_why", count=len(left_out), names=names))

    def _reasons(self, status: str, rows: pl.DataFrame) -> Iterator[str]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for file, reason in rows.select("source_file", "reason").iter_rows():
            # The first of several reasons is the kind; a document is told of once.
            groups.setdefault(_PARTICULAR.sub("…", (reason or "").partition("; ")[0]), []).append((file, reason or ""))
        found = sorted(groups.values(), key=lambda group: (-len(group), group[0]))
        for group in found[:_GROUPS]:
            yield f"  {len(group):,} {self(status)}: {self.reason(group[0][1])}"
            files = ", ".join(file for file, _ in group[:_FILES])
            yield f"      {files}" + (f" {self('more', count=len(group) - _FILES)}" if len(group) > _FILES else "")
        if len(found) > _GROUPS:
            yield f"  {self('more_reasons', count=len(found) - _GROUPS)}"

    def contradictions(self, release: Path) -> Iterator[str]:
        """What the documents contradict themselves in: a count a family, and its largest three."""
        failing = failing_errors(release)
        if not failing.height:
            yield self.line("contradictions", self("none"))
            return
        yield self.line("contradictions", self("found", count=failing.height))
        sized = failing.with_columns(size=pl.when(pl.col("unit") == "CNY").then(pl.col("difference").abs()))
        message = "message_zh" if self._language == 0 else "message_en"
        for family in vocabulary("family"):
            mine = sized.filter(pl.col("family") == family)
            if not mine.height:
                continue
            yield f"  {self.label('family', family)}  {mine.height:,}"
            largest = mine.sort("size", descending=True, nulls_last=True, maintain_order=True).head(_LARGEST)
            for row in largest.iter_rows(named=True):
                yield f"      {_whose(row)}{row[message]}"


def _whose(row: Mapping[str, Any]) -> str:
    words = " ".join(str(each) for each in (row["entity_name"], row["disclosure_year"]) if each)
    return f"{words or row['source_file']}: "


def failing_errors(release: Path) -> pl.DataFrame:
    """The checks that fail as errors, but for what rounding may explain, each with its body."""
    columns = ["disclosure_id", "family", "unit", "difference", "message_zh", "message_en"]
    wrong = (pl.col("status") == "fail") & (pl.col("severity") == "error") & ~pl.col("rounding_only").fill_null(False)
    checks = pl.scan_parquet(parquet_files(release, "checks")).filter(wrong).select(columns)
    bodies = pl.scan_parquet(parquet_files(release, "disclosures"))
    named = bodies.select("disclosure_id", "entity_name", "disclosure_year", "source_file")
    return checks.join(named, on="disclosure_id", how="left", maintain_order="left").collect()
