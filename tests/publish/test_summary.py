"""What a build says: how documents fared, what contradicts, in the reader's language."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.publish.summary import summary
from pipeline.terminal import spoken
from tests.publish.releases import edit
from tests.sharing import copy_of


@pytest.fixture
def out(_published: Path, tmp_path: Path) -> Path:
    """The folder of builds that holds the release of the bundled document; may be changed."""
    return copy_of(_published, tmp_path / "out")


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "de_DE", "LC_ALL": "zh_TW.utf8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("zh", {"LANG": "C"}, "zh"),
    ],
)
def test_the_language_is_that_of_the_locale_unless_another_is_asked_for(asked, environment, language):
    assert spoken(asked, environment) == language


def test_contradictions_are_counted_by_family_the_largest_first(out):
    text, clean = summary(out, True)
    assert clean
    assert "contradictions  10 found, the largest first\n  Prose against itself  8\n" in text
    shown = text.split("  Prose against tables  2\n")[1].splitlines()
    assert "348,583.67" in shown[0] and "2,147.52" in shown[1] and shown[2].startswith("release ")


def test_a_chinese_summary_says_the_same_in_chinese(out):
    text, _ = summary(out, False, ["Thumbs.db"], "zh")
    assert text.startswith("文件            1  (1 完整)\n")
    assert "矛盾            10 处，最大的在前\n  文字之间  8\n" in text
    assert "没有变化：什么也没有写" in text and "略过            1 个" in text
    assert "文字所列为348,583.67元，表中为384,374.06元" in text


def test_reasons_of_a_kind_are_told_once(out):
    reasons = [*(f"{at} of 90 numbers have no owner (line {at})" for at in range(1, 6)), "the file is encrypted"]
    status = ["partial"] * 5 + ["quarantined"]

    def more(frame: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(
            frame.with_columns(
                disclosure_id=pl.lit(f"{at:016}"), status=pl.lit(status[at]), reason=pl.lit(reason), source_file=pl.lit(f"a/{at}.txt")
            )
            for at, reason in enumerate(reasons)
        )  # fmt: skip

    edit((out / "latest").resolve(), "disclosures", more)
    text, clean = summary(out, True)
    assert not clean
    assert text.splitlines()[:5] == [
        "documents       6  (5 partial, 1 refused)",
        "  5 partial: 1 of 90 numbers have no owner (line 1)",
        "      a/0.txt, a/1.txt, a/2.txt and 2 more",
        "  1 refused: the file is encrypted",
        "      a/5.txt",
    ]
