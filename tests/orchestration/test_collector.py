"""The collector is left as it was found, and does not look at what was made to stay."""

from __future__ import annotations

import gc

import pytest

from pipeline.orchestration.collector import kept_to_the_end, no_collector


def test_the_collector_runs_again_afterwards_whatever_happens():
    assert gc.isenabled()
    for without in (no_collector, kept_to_the_end):
        with pytest.raises(ZeroDivisionError), without():
            assert not gc.isenabled()
            1 / 0  # noqa: B018
        assert gc.isenabled()


def test_within_another_one_it_stays_off():
    with no_collector():
        with no_collector():
            pass
        assert not gc.isenabled()


def test_what_is_kept_is_not_searched():
    with kept_to_the_end():
        kept = [[] for _ in range(1000)]
    try:
        assert gc.get_freeze_count() > len(kept)
        seen = {id(each) for each in gc.get_objects()}
        assert not any(id(each) in seen for each in kept)
    finally:
        gc.unfreeze()
