"""A short form of `python -m benchmarks.extract.fuzz`: nothing raised, nothing slow or large."""

from __future__ import annotations

from benchmarks.extract import fuzz


def test_mutated_pages_raise_nothing_and_take_no_time() -> None:
    found = fuzz.run(300, seed=7)
    assert found["raised"] == 0.0
    assert found["slowest_s"] < fuzz.LIMIT_S
    assert found["peak_mb"] < 2 * fuzz.LIMIT_MB  # Of the whole test process.
