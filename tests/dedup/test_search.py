from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup.relations
import dedup.search
from dedup import DedupSettings, candidates, find_relations, fingerprint, verify
from dedup.prints.columns import HEAVY, LIGHT
from tests.dedup.stories import BRIDGE, COURT, CRICKET, SATELLITE, STORIES, articles, body


def library() -> pa.Table:
    """Stories whole, cut, and joined."""
    texts = {f"whole-{name}": body(story) for name, story in STORIES.items()}
    texts |= {f"cut-{name}": body(story[:4]) for name, story in STORIES.items()}
    texts["digest"] = body([*COURT[:2], *BRIDGE[:3], *SATELLITE[:3]])
    texts["empty"] = ""
    return fingerprint(articles(texts))


LIBRARY = library()


def named(table: pa.Table, column: str = "article_id") -> list[str]:
    return [str(name) for name in table.column(column).to_pylist()]


def pick(names: list[str]) -> pa.Table:
    ids = named(LIBRARY)
    return LIBRARY.take(pa.array([ids.index(name) for name in names], pa.int64()))


def fetch(article_ids: list[str]) -> pa.Table:
    return pick(article_ids).select(list(HEAVY))


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_two_steps_find_what_one_finds(seed: int) -> None:
    rng = random.Random(seed)
    names = named(LIBRARY)
    rng.shuffle(names)
    cut = rng.randrange(len(names) + 1)
    batch, rest = pick(names[:cut]), pick(names[cut:])
    parts = [rest.slice(start, 5) for start in range(0, rest.num_rows, 5)]
    options = DedupSettings(slice_rows=rng.choice((1, 3, 1000)))
    whole = find_relations(batch, parts, options)
    pairs = candidates(batch, [part.select(list(LIGHT)) for part in parts], options)
    assert verify(batch, pairs, fetch, options).equals(whole)
    assert whole.equals(find_relations(batch, [rest]))


def test_only_candidates_are_fetched() -> None:
    asked: list[str] = []

    def watched(article_ids: list[str]) -> pa.Table:
        asked.extend(article_ids)
        return fetch(article_ids)

    batch = pick([f"whole-{next(iter(STORIES))}"])
    pairs = candidates(batch, [LIBRARY.select(list(LIGHT))])
    found = verify(batch, pairs, watched)
    assert found.num_rows >= 1
    assert sorted(asked) == sorted(set(named(pairs, "other_id")))
    assert len(asked) < LIBRARY.num_rows / 2


def test_what_is_gone_is_related_to_nothing() -> None:
    name = f"whole-{next(iter(STORIES))}"
    pairs = candidates(pick([name]), [LIBRARY])
    assert pairs.num_rows
    assert verify(pick([name]), pairs, lambda _: LIBRARY.slice(0, 0)).num_rows == 0


def test_candidates_of_strangers_are_refused() -> None:
    name = f"whole-{next(iter(STORIES))}"
    pairs = candidates(pick([name]), [LIBRARY])
    with pytest.raises(ValueError, match=f"not in the batch: \\['{name}'"):
        verify(pick(["digest"]), pairs, fetch)


def test_an_article_of_the_batch_is_not_looked_for_in_the_window() -> None:
    name = f"whole-{next(iter(STORIES))}"
    batch = pick([name])
    again = pa.concat_tables([batch, batch])
    assert candidates(again, [again, batch]).num_rows == 0
    assert candidates(LIBRARY.slice(0, 0), [LIBRARY]).num_rows == 0


def test_a_search_that_finds_much_is_interrupted_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = fingerprint(articles({f"{i:03d}": body(CRICKET) for i in range(120)}))
    batch, window = texts.slice(0, 20), texts.slice(20)
    whole = candidates(batch, [window])
    monkeypatch.setattr(dedup.search, "_PAIRS_HELD", 50)
    monkeypatch.setattr("dedup.window.PAIRS_AT_ONCE", 1)
    assert candidates(batch, [window]).equals(whole)
    assert whole.num_rows == 20 * 19 // 2 + 20 * 100


def test_close_ones_are_fetched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = fingerprint(articles({f"{i:02d}": body(COURT) for i in range(12)}))
    ids = named(texts)
    asked: list[list[str]] = []

    def watched(article_ids: list[str]) -> pa.Table:
        asked.append(article_ids)
        return texts.take(pa.array([ids.index(i) for i in article_ids], pa.int64()))

    monkeypatch.setattr(dedup.relations, "FETCHED_AT_ONCE", 4)
    pairs = candidates(texts.slice(0, 1), [texts])
    whole = find_relations(texts.slice(0, 1), [texts])
    assert verify(texts.slice(0, 1), pairs, watched).equals(whole)
    assert [len(part) for part in asked] == [4, 4, 3]
