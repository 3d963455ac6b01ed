from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup.window
from dedup import DedupSettings, fingerprint
from dedup.prints.sheet import read_rows
from dedup.window import candidates, index_batch
from tests.dedup.stories import (
    BRIDGE,
    COURT,
    CRICKET,
    SATELLITE,
    START,
    STORIES,
    articles,
    body,
    rows,
)


def prints(texts: dict[str, str]) -> pa.Table:
    return fingerprint(articles(texts))


def proposed(
    batch: pa.Table, window: pa.Table, options: DedupSettings | None = None
) -> set[tuple[str, str]]:
    mine, theirs = (table.column("article_id").to_pylist() for table in (batch, window))
    index = index_batch(read_rows(batch))
    found: list[tuple[str, str]] = []
    for pairs in candidates(index, read_rows(window), options or DedupSettings()):
        found += [
            (mine[a], theirs[b])
            for a, b in zip(pairs.mine.tolist(), pairs.theirs.tolist(), strict=True)
        ]
    assert len(found) == len(set(found))
    return set(found)


def variants(seed: int, count: int) -> dict[str, str]:
    """Texts of invented words, each an earlier one with some of its words changed."""
    rng = random.Random(seed)
    made: list[list[str]] = []
    for _ in range(count):
        if made and rng.random() < 0.7:
            words = list(rng.choice(made))
            for _ in range(rng.randrange(len(words))):
                words[rng.randrange(len(words))] = f"शब्द{rng.randrange(400)}"
            words = words[rng.randrange(10) :]
        else:
            words = [f"शब्द{rng.randrange(400)}" for _ in range(rng.choice((0, 2, 12, 40, 90)))]
        made.append(words or [""])
    return {f"{i:02d}": " ".join(words) for i, words in enumerate(made)}


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_candidates_are_a_superset_of_datasketchs(seed: int) -> None:
    texts = prints({**variants(seed, 14), "x": body(BRIDGE), "y": body(BRIDGE[:4])})
    shingles = {row["article_id"]: row["shingles3"] for row in rows(texts)}
    lsh = MinHashLSH(num_perm=128, params=(32, 4))
    signatures = {}
    for name, hashes in shingles.items():
        signature = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=int)
        signature.update_batch(hashes)
        signatures[name] = signature
        lsh.insert(name, signature)
    theirs = {
        (name, other)
        for name, hashes in shingles.items()
        if hashes
        for other in lsh.query(signatures[name])
    }
    assert theirs <= proposed(texts, texts)
    assert ("x", "y") in theirs


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_it_makes_no_difference_which_is_in_the_batch(seed: int) -> None:
    texts = variants(seed, 14)
    names = sorted(texts)
    one = prints({name: texts[name] for name in names[:7]})
    two = prints({name: texts[name] for name in names[7:]})
    assert proposed(one, two) == {(a, b) for b, a in proposed(two, one)}


def test_a_text_contained_in_a_longer_one_is_proposed() -> None:
    texts = prints(
        {
            "digest": body([*COURT, *BRIDGE, *SATELLITE]),
            "short": BRIDGE[1],
            "long": body(BRIDGE),
            "other": body(CRICKET),
        }
    )
    found = proposed(texts, texts)
    assert ("digest", "short") in found
    assert ("digest", "long") in found
    assert ("long", "short") in found
    assert ("digest", "other") not in found
    assert ("long", "other") not in found


def test_contained_texts_of_thirty_words_are_found() -> None:
    """Sampling one shingle in eight and asking for two would lose 15 % of these."""
    rng = random.Random(7)
    found = 0
    for trial in range(60):
        words = [f"w{trial}x{rng.randrange(10**6)}" for _ in range(300)]
        at = rng.randrange(200)
        texts = prints({"a": "क " + " ".join(words), "b": "क " + " ".join(words[at : at + 30])})
        found += ("a", "b") in proposed(texts, texts)
    assert found >= 55


def test_empty_texts_match_nothing() -> None:
    texts = prints({"a": "", "b": "", "c": "Tags:", "d": body(BRIDGE)})
    pairs = {(a, b) for a, b in proposed(texts, texts) if a != b}
    assert pairs == set()


def test_two_words_match_by_their_body_alone() -> None:
    texts = prints({"a": "सब ठीक", "b": "सब ठीक", "c": "ठीक सब"})
    found = {pair for pair in proposed(texts, texts) if pair[0] < pair[1]}
    assert found == {("a", "b")}


def test_versions_of_one_url_are_always_compared() -> None:
    table = articles({"a": body(BRIDGE), "b": body(CRICKET)}, url_id={"a": "u", "b": "u"})
    texts = fingerprint(table)
    assert ("a", "b") in proposed(texts, texts)


def test_a_passage_in_every_article_does_not_burst_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = prints({f"{i:02d}": body(BRIDGE) for i in range(24)})
    whole = proposed(texts, texts)
    assert len(whole) == 24 * 24
    monkeypatch.setattr(dedup.window, "PAIRS_AT_ONCE", 100)
    rows = read_rows(texts)
    parts = [len(pairs.mine) for pairs in candidates(index_batch(rows), rows)]
    assert sum(parts) == 24 * 24
    # One more row of the window may be added to what is full.
    assert max(parts) <= 100 + 24
    assert proposed(texts, texts) == whole


def test_articles_too_far_apart_are_not_compared() -> None:
    texts = fingerprint(
        articles(
            {"a": body(BRIDGE), "b": body(BRIDGE)},
            published_at={"b": START + timedelta(days=31)},
        )
    )
    assert proposed(texts, texts) == {("a", "a"), ("b", "b")}
    assert len(proposed(texts, texts, DedupSettings(copy_window=timedelta(days=31)))) == 4


def test_an_empty_window_gives_nothing() -> None:
    full = prints({"a": body(BRIDGE)})
    empty = fingerprint(articles({"a": ""}).slice(0, 0))
    assert proposed(full, empty) == set()
    assert proposed(empty, full) == set()
    assert read_rows(empty).offsets.tolist() == [0]


def test_a_slice_of_a_table_is_read_from_its_place() -> None:
    texts = prints(
        {name: body(story) for name, story in zip("abcd", STORIES.values(), strict=False)}
    )
    whole, part = read_rows(texts), read_rows(texts.slice(2, 1))
    assert part.urls.tolist() == whole.urls[2:3].tolist()
    assert part.bands.tolist() == whole.bands[2:3].tolist()
    assert part.sketches.tolist() == (whole.sketches[whole.offsets[2] : whole.offsets[3]].tolist())


@given(st.dictionaries(st.integers(0, 2**32 - 1), st.integers(0, 5), max_size=200))
def test_postings_hold_every_key(owners: dict[int, int]) -> None:
    keys = np.array([k for k, n in owners.items() for _ in range(n)], dtype=np.uint32)
    rows = np.arange(len(keys), dtype=np.int32)
    made = dedup.window._postings([keys], rows)
    buckets = made.heads.shape[1] - 1
    spread = keys * np.uint32(0x9E3779B1)
    for table, mixed in ((made.bits, spread), (made.more, keys * np.uint32(0x85EBCA6B))):
        bits = mixed >> _shift(table.size * 32)
        assert np.all(table[0][bits >> 5] >> (bits & 31) & 1)
    places = spread >> _shift(buckets)
    for key, row, place in zip(keys, rows, places, strict=True):
        held = slice(int(made.heads[0, place]), int(made.heads[0, place + 1]))
        assert (int(key), int(row)) in zip(
            made.keys[0, held].tolist(), made.rows[0, held].tolist(), strict=True
        )


def _shift(size: int) -> np.uint32:
    return np.uint32(33 - size.bit_length())
