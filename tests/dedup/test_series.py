"""The compiled comparison of numerals is the plain one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import fingerprint
from dedup.labels.series import compare_numerals, compare_pairs, numerals
from dedup.prints.sheet import read_sheet
from tests.dedup.stories import articles

WORDS = st.sampled_from(["सोना", "चांदी", "दर", "रुपये", "1", "12", "240", "७०", "5", "8"])
TEXTS = st.lists(st.lists(WORDS, max_size=60).map(" ".join), min_size=2, max_size=6)


@settings(deadline=None)  # The first call compiles.
@given(TEXTS)
def test_pairs_are_compared_as_the_definition_has_it(texts: list[str]) -> None:
    sheet = read_sheet(fingerprint(articles({str(i): text for i, text in enumerate(texts)})))
    size = len(sheet)
    mine = np.repeat(np.arange(size), size)
    theirs = np.tile(np.arange(size), size)
    assert compare_pairs(sheet, mine, sheet, theirs) == [
        compare_numerals(numerals(sheet, a), numerals(sheet, b))
        for a, b in zip(mine.tolist(), theirs.tolist(), strict=True)
    ]


def test_no_pairs_are_no_comparisons() -> None:
    sheet = read_sheet(fingerprint(articles({"a": "दाम 5 रुपये", "b": "दाम 6 रुपये"})))
    none = np.empty(0, dtype=np.int64)
    assert compare_pairs(sheet, none, sheet, none) == []
