from __future__ import annotations

import tracemalloc
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.labels import passages
from dedup.labels.passages import gaps, in_order, longest_run
from dedup.prints.hashing import U32, hash_shingles, hash_tokens

WORDS = st.lists(st.sampled_from(["क", "ख", "ग", "घ", "च"]), max_size=30)


def threes(words: list[str]) -> U32:
    return hash_shingles(hash_tokens(words), 3) if words else np.empty(0, dtype=np.uint32)


def by_hand(a: list[str], b: list[str]) -> int:
    runs = [
        size
        for i in range(len(a))
        for j in range(len(b))
        for size in range(1, min(len(a) - i, len(b) - j) + 1)
        if a[i : i + size] == b[j : j + size]
    ]
    longest = max(runs, default=0)
    return longest if longest >= 3 else 0


@given(WORDS, WORDS)
def test_the_longest_run_is_counted_exactly(a: list[str], b: list[str]) -> None:
    assert longest_run(threes(a), threes(b)) == by_hand(a, b)


@given(WORDS, WORDS)
def test_it_is_counted_as_exactly_where_passages_repeat(a: list[str], b: list[str]) -> None:
    with patch.object(passages, "_MATCHES", 0):
        assert longest_run(threes(a), threes(b)) == by_hand(a, b)


def test_one_word_over_and_over_takes_little_memory() -> None:
    words = hash_shingles(hash_tokens(["और"] * 100_000), 3)
    tracemalloc.start()
    assert longest_run(words, words[7:]) == 99_993
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All pairs of equal shingles would be ten thousand million.
    assert peak < 300 * len(words)


def test_many_short_passages_make_no_long_one() -> None:
    a = [word for i in range(10) for word in (*["अ", "आ", "इ", "ई", "उ", "ऊ"], f"एक{i}")]
    b = [word for i in range(10) for word in (*["अ", "आ", "इ", "ई", "उ", "ऊ"], f"दो{i}")]
    assert longest_run(threes(a), threes(b)) == 6


def test_the_order_of_shingles_gives_the_text_back() -> None:
    words = ["क", "ख", "ग", "क", "ख", "ग", "घ"]
    shingles, order = np.unique(threes(words), return_inverse=True)
    assert in_order(shingles, order.astype(np.uint32)).tolist() == threes(words).tolist()


def test_gaps_are_known_by_what_stands_around_them() -> None:
    frame = "क ख ग घ", "च छ ज झ", "ट ठ ड ढ"
    one = " एक ".join(frame).split()
    two = f"पहले {frame[0]} दो {frame[1]} तीन {frame[2]} फिर".split()
    common = np.intersect1d(threes(one), threes(two))
    found = gaps(threes(one), common), gaps(threes(two), common)
    assert found[0].keys() == found[1].keys()
    assert len(found[0]) == 2
    assert all(found[0][gap] != found[1][gap] for gap in found[0])
    assert gaps(threes(one), np.unique(threes(one))) == {}
