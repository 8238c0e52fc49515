"""``yusuan sql`` answers questions to a release, exactly, and can change nothing and read nothing else."""

from __future__ import annotations

import builtins
import csv
import io
import json
import sys
from decimal import Decimal

import pytest

from pipeline.cli import main
from pipeline.publish.sql import SHOWN, Asked, QueryError, write_table


def asked(published, capsys, *arguments):
    status = main(["sql", "--release", str(published), *arguments])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_columns_stand_under_their_names_as_wide_as_a_terminal_shows_them(published, capsys):
    status, out, _ = asked(published, capsys, "SELECT '三公' AS 名, 1.50 AS b UNION ALL SELECT 'ab', NULL ORDER BY b")
    assert status == 0
    assert out.splitlines() == ["名       b", "────  ────", "三公  1.50", "ab    NULL", "(2 rows)"]


def test_amounts_have_all_their_digits_in_csv_and_json(published, capsys):
    question = "SELECT entity_name, expenditure_total, three_public, NULL AS nothing, true AS yes FROM totals"
    _, out, _ = asked(published, capsys, "--csv", question)
    assert list(csv.reader(io.StringIO(out)))[1] == [
        "北京市西城区人民政府外事办公室",
        "5864768.37",
        "2005.15",
        "",
        "true",
    ]
    _, out, _ = asked(published, capsys, "--json", question)
    (row,) = json.loads(out, parse_float=Decimal)
    assert row["expenditure_total"] == Decimal("5864768.37") and row["nothing"] is None and row["yes"] is True


def test_columns_of_one_name_are_told_apart(published, capsys):
    _, out, _ = asked(published, capsys, "--json", "SELECT 1 AS a, 2 AS a")
    assert json.loads(out) == [{"a": 1, "a_1": 2}]


def test_an_empty_answer_is_one(published, capsys):
    assert json.loads(asked(published, capsys, "--json", "SELECT 1 WHERE false")[1]) == []
    assert asked(published, capsys, "SELECT 1 AS a WHERE false")[1].splitlines() == ["a", "─", "(0 rows)"]


def test_how_many_rows_are_not_shown_is_said(published):
    out = io.StringIO()
    (answer,) = Asked(published).answers(f"SELECT * FROM range({SHOWN + 5})")
    write_table(answer, out)
    assert out.getvalue().splitlines()[-1] == "(1,005 rows; 5 more are not shown: --csv and --json give all)"


def test_what_is_wider_than_the_terminal_is_shown_a_line_a_value(published):
    out = io.StringIO()
    (answer,) = Asked(published).answers("SELECT 'aaaaaaaa' AS one, '甲' AS two")
    write_table(answer, out, width=10)
    assert out.getvalue().splitlines() == ["— 1", "one  aaaaaaaa", "two  甲", "(1 row)"]


def test_a_terminal_gets_no_commands_from_a_source(published):
    out = io.StringIO()
    (answer,) = Asked(published).answers("SELECT chr(27) || '[2J' AS a")
    write_table(answer, out)
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize(
    "question",
    [
        "COPY (SELECT 1) TO '{release}/parquet/x.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{release}/parquet/x.csv'",
        "SELECT 1; COPY (SELECT 1) TO '{release}/parquet/x.csv'",
        "EXPORT DATABASE '{release}/parquet/x'",
        "ATTACH '{release}/parquet/x.db'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{release}/manifest.json')",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "CREATE PERSISTENT SECRET a (TYPE s3)",
        "no question",
    ],
)
def test_a_question_reads_the_tables_and_nothing_else_and_writes_nothing(copied, capsys, question):
    before = sorted(path.relative_to(copied) for path in copied.rglob("*"))
    status, _, err = asked(copied, capsys, question.format(release=copied))
    assert status == 2 and err.startswith("yusuan sql: ")
    assert sorted(path.relative_to(copied) for path in copied.rglob("*")) == before


def test_a_release_may_lie_where_quotes_and_spaces_are(copied):
    moved = copied.rename(copied.with_name("the analyst's copy"))
    (answer,) = Asked(moved).answers("SELECT count(*) FROM totals")
    assert list(answer.rows) == [(1,)]


def test_questions_may_come_from_standard_input(published, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT 1 AS a; SELECT 2 AS b;"))
    assert asked(published, capsys, "--csv")[1] == "a\n1\nb\n2\n"


def test_the_prompt_answers_until_it_is_left_and_outlives_mistakes(published, capsys, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    lines = iter(["", ".views", "SELECT entity_name", "FROM totals;", "SELECT nothing;", "SELECT 7 AS seven;", ".quit"])
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(builtins, "input", lambda prompt: next(lines))
    status, out, err = asked(published, capsys)
    assert status == 0
    assert "three_public_expenses" in out and "北京市西城区人民政府外事办公室" in out and "seven" in out
    assert "nothing" in err


def test_where_duckdb_is_missing_it_says_how_to_install_it(published, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    status, _, err = asked(published, capsys, "SELECT 1")
    assert status == 2 and "-m pip install '" in err and err.count("\n") == 1


def test_what_is_no_release_is_named(tmp_path, capsys):
    status, _, err = asked(tmp_path, capsys, "SELECT 1")
    assert status == 2 and "is no release" in err


def test_a_view_that_does_not_exist_is_said_with_the_nearest(published):
    with pytest.raises(QueryError, match="totals"):
        next(Asked(published).answers("SELECT * FROM total"))
