"""What sources.toml says of a file's origin stands beside its disclosure, and on its page."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.orchestration.releases import build_again
from pipeline.publish.site.build import make_site
from tests.documents import BUNDLED

pytestmark = pytest.mark.slow

DECLARED = """\
[files."x.txt"]
publisher = "区政府外办"
url = "{url}"
published = "2022-01-28"
licence = "公开"
"""


def test_origin_is_published_and_only_web_addresses_become_links(tmp_path):
    linked = {"https://example.org/a.txt": True, "javascript:alert(1)": False}
    for number, url in enumerate(linked):
        folder = tmp_path / "raw" / str(number)
        folder.mkdir(parents=True)
        (folder / "x.txt").write_bytes(BUNDLED.read_bytes() + b"\n" * number)
        (folder / "sources.toml").write_text(DECLARED.format(url=url), encoding="utf-8")
    release = build_again(tmp_path / "raw", tmp_path / "out").path
    make_site(release, tmp_path / "site")
    rows = pl.read_csv(release / "csv" / "disclosures.csv", infer_schema=False).rows(named=True)
    assert {row["source_url"] for row in rows} == set(linked)
    for row in rows:
        assert (row["publisher"], row["published_on"], row["source_licence"]) == ("区政府外办", "2022-01-28", "公开")
        page = (tmp_path / "site" / "disclosures" / f"{row['disclosure_id']}.html").read_text(encoding="utf-8")
        assert "2022-01-28" in page
        assert (f'href="{row["source_url"]}"' in page) is linked[row["source_url"]]
