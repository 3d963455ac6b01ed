"""A short form of `python -m benchmarks.extract.fuzz`: nothing raised, nothing slow or large."""

from __future__ import annotations

import resource

from benchmarks.extract import fuzz


def test_mutated_pages_raise_nothing_and_take_no_time() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = fuzz.run(300, seed=7)
    assert found["raised"] == 0.0
    assert found["slowest_s"] < fuzz.LIMIT_S
    # The process has run other tests, and may have grown more in them than here.
    assert found["peak_mb"] - before < fuzz.LIMIT_MB
