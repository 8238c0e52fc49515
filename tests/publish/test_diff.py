"""Change logs between releases."""

from __future__ import annotations

from pipeline.publish.diff import as_text, diff
from tests.documents import BUNDLED
from tests.publish.test_build import build


def test_a_changed_amount_is_named_with_both_values_and_its_source(tmp_path):
    raw = tmp_path / "raw"
    (raw / "a").mkdir(parents=True)
    source = raw / "a" / "x.txt"
    source.write_bytes(BUNDLED.read_bytes())
    assert build(raw, tmp_path / "out").returncode == 0
    before = (tmp_path / "out" / "latest").resolve()
    text = BUNDLED.read_text(encoding="utf-8")
    source.write_text(text.replace("0.200515 0.214752 \n\n3", "0.200515 0.314752 \n\n3"), encoding="utf-8")
    assert build(raw, tmp_path / "out").returncode == 0
    after = (tmp_path / "out" / "latest").resolve()
    changes = diff(before, after)
    assert changes["changed"] == []
    assert changes["sources_added"] == changes["sources_removed"] == ["a/x.txt"]
    assert len(changes["tables"]["budget_lines"]["added"]) == 198
    assert "budget_lines: 198 added, 198 removed, 0 changed" in as_text(changes)
    assert diff(after, after)["tables"] == {}
