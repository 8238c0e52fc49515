"""Radicals that fonts put in the place of characters become the characters: ⽀ (U+2F40) is read and published as 支."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from pipeline.ingest.radicals import ordinary
from schemas.rows import ROWS
from tests.documents import BUNDLED, read

TEXT = BUNDLED.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("收⼊⽀出决算总表", "收入支出决算总表"),
        ("⻋辆购置，机关⻓期⻔诊，⺠政，⻛险，⻚", "车辆购置，机关长期门诊，民政，风险，页"),
        ("一般公共预算 2,022.50", "一般公共预算 2,022.50"),
        ("⾔", "言"),
        ("\uf967", "不"),
        ("⺡", "⺡"),  # a part of characters, no character
    ],
)
def test_each_becomes_one_character(given, wanted):
    assert ordinary(given) == wanted


def test_a_document_in_radicals_gives_what_the_document_gives():
    radicals = {ord(ordinary(chr(code))): chr(code) for code in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6))}
    text = TEXT.translate(radicals)
    assert sum(a != b for a, b in zip(TEXT, text, strict=True)) > 500
    there, here = read(TEXT.encode()), read(text.encode())
    drop = {"disclosure_id", "source_sha256", "source_bytes", "series_id"}
    for name in ROWS:
        plain = [
            [{k: _bare(v, e) for k, v in asdict(r).items() if k not in drop} for r in e.rows.of(name)]
            for e in (there, here)
        ]
        assert plain[0] == plain[1], name


def _bare(value, extraction):
    return value.replace(extraction.disclosure_id, "") if isinstance(value, str) else value
