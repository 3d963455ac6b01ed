"""Pairs that share keywords are those that a look at every pair finds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.compiled import sharing as searched
from dedup.compiled.sharing import sharing
from dedup.prints.sheet import Ragged

TEXTS = st.lists(
    st.tuples(st.sets(st.integers(0, 12), max_size=6), st.integers(0, 50)), min_size=1, max_size=25
)


@settings(deadline=None)  # The first call compiles.
@given(TEXTS, st.integers(1, 4), st.integers(0, 40), st.sampled_from([1, 1 << 20]))
def test_each_pair_is_found_once(
    texts: list[tuple[set[int], int]], least: int, reach: int, room: int
) -> None:
    ends = np.cumsum([0, *(len(keys) for keys, _ in texts)])
    values = [key for keys, _ in texts for key in sorted(keys)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searched, "PAIRS_AT_ONCE", room)
        parts = list(
            sharing(
                Ragged(np.array(values, dtype=np.uint32), ends.astype(np.int64)),
                np.array([time for _, time in texts], dtype=np.int64),
                least,
                reach,
            )
        )
    found = [pair for a, b in parts for pair in zip(a.tolist(), b.tolist(), strict=True)]
    assert sorted(found) == [
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if len(texts[a][0] & texts[b][0]) >= least and abs(texts[a][1] - texts[b][1]) <= reach
    ]
