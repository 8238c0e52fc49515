"""``yusuan trace``: from any id of any table to the characters it was printed as."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.cli import main
from pipeline.publish.reading import ReleaseError, read_table
from pipeline.publish.trace import trace
from schemas.tables import TABLES

DID = "d346279adc975229"


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        (
            f"{DID}.statement.revenue_budget.change.2022",
            [
                "test/2022-budget-foreign-affairs-office.txt, line 30",
                "      30 | »427,156.36« 元，降低 7.28%",
            ],
        ),
        (
            f"{DID}.project_performance.外事工作经费.indicator.annual.数量指标.2",
            ["     1174 | »根据疫情情况组织线上交流活动 2«", "     1178 | »线。«"],
        ),
        (
            f"{DID}.project_performance.外事工作经费.indicator.annual.进度指标.3.target.2022年12月前",
            ["     1384 | 发事件应急演练；»2022 年 12 月前«完", "  due_end: 2022-12"],
        ),
        (f"{DID}.project.外事工作经费", ["    1021 | 项目名称 »外事工作经费«"]),
        (f"{DID}.three_public", ["     802 | »2022 年一般公共预算“三公”经费支出情况表«"]),
        (
            f"{DID}.passage.2022年部门预算情况说明/部门情况/人员构成情况",
            [
                "      18 | »北京市西城区政府外事办公室行政编制 14 人，实际 14«",
                "      20 | »人。离退休人员 9 人，其中：离休 0 人，退休 9人。«",
            ],
        ),
        (f"{DID}.number.withheld", ["class: withheld", "▇"]),
        (DID, ["test/2022-budget-foreign-affairs-office.txt: 14 tables"]),
    ],
)
def test_an_id_leads_to_the_lines_it_was_printed_on(published: Path, wanted: str, lines: list[str]) -> None:
    shown = trace(published, wanted)
    for line in lines:
        assert line.strip() in shown, shown
    assert shown.count("»") == shown.count("«")


@pytest.mark.parametrize("table", [name for name in TABLES if name not in ("spans", "check_operands", "code_names")])
def test_every_table_can_be_traced(published: Path, table: str) -> None:
    frame = read_table(published, table)
    key = "code" if table == "classifications" else TABLES[table].primary_key[0]
    for wanted in frame[key].gather_every(max(1, frame.height // 12)).to_list():
        shown = trace(published, wanted)
        assert shown.startswith(f"{table} ")
        row = frame.filter(pl.col(key) == wanted).row(0, named=True)
        if row.get("start") is not None:
            assert f"line {row['line']}" in shown
            text = (published / "sources" / f"{row['disclosure_id']}.txt").read_bytes().decode()
            first = text[row["start"] : row["end"]].strip().split("\n")[0].strip()
            assert first.split()[0] in shown


def test_both_sides_of_a_check_are_shown_with_their_places(published: Path) -> None:
    checks = read_table(published, "checks").filter(pl.col("status") == "fail", pl.col("rule_id") == "percent_of_base")
    shown = trace(published, checks["check_id"][0])
    assert "\n\nleft " in shown and "\n\nright " in shown
    assert shown.count("»") >= 2


def test_a_row_and_a_sentence_lead_to_all_that_they_hold(published: Path) -> None:
    lines = read_table(published, "budget_lines").filter(pl.col("table_code") == "expenditure")
    row_id = lines["row_id"][0]
    assert trace(published, row_id).count("\nbudget_lines ") == lines.filter(pl.col("row_id") == row_id).height - 1
    statements = read_table(published, "statements")
    sentence = statements.filter(pl.col("metric") == "revenue_budget")["sentence_id"][0]
    assert trace(published, sentence).count("statements ") >= 4


def test_an_unknown_id_is_answered_with_the_nearest(published: Path) -> None:
    with pytest.raises(LookupError, match="do you mean\n.*statement.revenue_budget.change.2022"):
        trace(published, f"{DID}.statement.revenue_budget.chang.2022")
    with pytest.raises(LookupError, match="foreign-affairs-office.txt is in it"):
        trace(published, f"{DID}.没有这样的东西一二三四五六七八九十")
    with pytest.raises(LookupError, match="first column of a table"):
        trace(published, "nothing")


def test_the_command_says_what_went_wrong(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "nothing", "--release", str(published)]) == 2
    assert "yusuan trace: no record of" in capsys.readouterr().err
    assert main(["trace", "x", "--release", str(tmp_path)]) == 2
    assert "is no release" in capsys.readouterr().err
    with pytest.raises(ReleaseError):
        trace(tmp_path, "x")


@pytest.mark.slow
def test_a_reader_that_has_read_enough_is_no_failure(published: Path) -> None:
    """``yusuan trace … | head -1`` ends without a word, as other commands do."""
    reading, writing = os.pipe()
    os.close(reading)
    wanted = read_table(published, "tables")["table_id"][0]
    command = [sys.executable, "-m", "pipeline", "trace", wanted, "--release", str(published)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
