from __future__ import annotations

import random

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup.window
from dedup import DedupSettings, fingerprint
from dedup.sheet import Sheet, read_sheet
from dedup.window import candidates, index_batch
from tests.dedup.stories import BRIDGE, COURT, CRICKET, SATELLITE, articles, body


def sheet(texts: dict[str, str]) -> Sheet:
    return read_sheet(fingerprint(articles(texts)))


def proposed(
    batch: Sheet, window: Sheet, options: DedupSettings | None = None
) -> set[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for pairs in candidates(index_batch(batch), window, options or DedupSettings()):
        found += [
            (batch.ids[a], window.ids[b])
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
    texts = sheet({**variants(seed, 14), "x": body(BRIDGE), "y": body(BRIDGE[:4])})
    lsh = MinHashLSH(num_perm=128, params=(32, 4))
    signatures = {}
    for row, name in enumerate(texts.ids):
        signature = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=int)
        signature.update_batch(texts.shingles3.row(row).tolist())
        signatures[name] = signature
        lsh.insert(name, signature)
    theirs = {
        (name, other)
        for row, name in enumerate(texts.ids)
        if len(texts.shingles3.row(row))
        for other in lsh.query(signatures[name])
    }
    assert theirs <= proposed(texts, texts)
    assert ("x", "y") in theirs


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_it_makes_no_difference_which_is_in_the_batch(seed: int) -> None:
    texts = variants(seed, 14)
    names = sorted(texts)
    one = sheet({name: texts[name] for name in names[:7]})
    two = sheet({name: texts[name] for name in names[7:]})
    assert proposed(one, two) == {(a, b) for b, a in proposed(two, one)}


def test_a_text_contained_in_a_longer_one_is_proposed() -> None:
    texts = sheet(
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
        texts = sheet({"a": "क " + " ".join(words), "b": "क " + " ".join(words[at : at + 30])})
        found += ("a", "b") in proposed(texts, texts)
    assert found >= 55


def test_empty_texts_match_nothing() -> None:
    texts = sheet({"a": "", "b": "", "c": "Tags:", "d": body(BRIDGE)})
    pairs = {(a, b) for a, b in proposed(texts, texts) if a != b}
    assert pairs == set()


def test_two_words_match_by_their_body_alone() -> None:
    texts = sheet({"a": "सब ठीक", "b": "सब ठीक", "c": "ठीक सब"})
    found = {pair for pair in proposed(texts, texts) if pair[0] < pair[1]}
    assert found == {("a", "b")}


def test_versions_of_one_url_are_always_compared() -> None:
    table = articles({"a": body(BRIDGE), "b": body(CRICKET)}, url_id={"a": "u", "b": "u"})
    texts = read_sheet(fingerprint(table))
    assert ("a", "b") in proposed(texts, texts)


def test_a_passage_in_every_article_does_not_burst_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = sheet({f"{i:02d}": body(BRIDGE) for i in range(24)})
    whole = proposed(texts, texts)
    held: list[int] = []
    join = dedup.window._join

    def watched(*args: object) -> object:
        matches = join(*args)  # type: ignore[arg-type]
        if matches is not None:
            held.append(len(matches))
        return matches

    monkeypatch.setattr(dedup.window, "MATCHES_AT_ONCE", 100)
    monkeypatch.setattr(dedup.window, "_join", watched)
    assert proposed(texts, texts) == whole
    assert len(whole) == 24 * 24
    # One article of the window matches 24 times for each of its sampled shingles at most.
    assert max(held) <= max(100, 24 * int(texts.sketch.lengths.max()))


def test_an_empty_window_gives_nothing() -> None:
    full = sheet({"a": body(BRIDGE)})
    empty = read_sheet(fingerprint(articles({"a": ""}).slice(0, 0)))
    assert proposed(full, empty) == set()
    assert proposed(empty, full) == set()
    assert np.array_equal(empty.sketch.offsets, [0])
