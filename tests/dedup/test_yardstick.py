from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from benchmarks.yardstick import KINDS, Yardstick, build, engine, marks
from benchmarks.yardstick.edits import replace_words, synonyms, update_toll
from benchmarks.yardstick.reference import label, longest_run
from benchmarks.yardstick.texts import stories, written
from dedup.hindi import fold
from press.score import words

EVERY = 6
FLOORS = {
    # table: precision, recall; the goal for the whole yardstick.
    "exact": (1.0, 1.0),
    "near": (0.99, 0.99),
    "partial": (0.97, 0.97),
    "excerpt": (0.9, 0.9),
    "roundup": (0.95, 0.9),
    "series": (0.97, 0.97),
}


@lru_cache(maxsize=1)
def yardstick() -> Yardstick:
    return build(EVERY)


@lru_cache(maxsize=1)
def found() -> engine.Found:
    return engine.relations(yardstick())


@pytest.mark.parametrize("table", FLOORS)
def test_quality_does_not_fall(table: str) -> None:
    row = marks.by_kind(yardstick(), found())[table]
    precision, recall = FLOORS[table]
    assert row["true_pairs"] >= 100
    assert row["precision"] >= precision
    assert row["recall"] >= recall


def test_of_series_at_most_one_in_a_hundred_pairs_is_called_a_copy() -> None:
    assert marks.by_kind(yardstick(), found())["series"]["called_copies"] <= 0.01


def test_threads_do_not_get_worse() -> None:
    row = marks.of_threads(yardstick(), engine.threads(yardstick()))
    assert row["precision"] >= 0.9
    assert row["recall"] >= 0.8
    assert row["unrelated"] <= 0.01


def test_every_way_of_making_pairs_is_there_and_mostly_labelled_right() -> None:
    shares = marks.by_making(yardstick(), found())
    assert set(shares) >= set(KINDS)
    assert all(share >= 0.85 for share in shares.values()), shares


def test_the_yardstick_is_the_same_every_time() -> None:
    again = build.__wrapped__(EVERY)
    assert again.pairs == yardstick().pairs
    assert again.texts == yardstick().texts


def test_the_pairs_are_what_they_are_called() -> None:
    texts = yardstick().texts
    for pair in yardstick().pairs:
        a, b = texts[pair.a], texts[pair.b]
        if pair.kind in ("copy", "chrome", "credit", "orthography"):
            assert a.paragraphs == b.paragraphs
        elif pair.kind == "unrelated":
            assert a.section == b.section
            assert a.story != b.story
            assert pair.jaccard < 0.1
        elif pair.kind == "series":
            assert a.story == b.story
            assert abs(a.at - b.at).total_seconds() > 12 * 3600
        elif pair.kind == "excerpt":
            assert longest_run(a.paragraphs, b.paragraphs) >= 20
    assert all(text.shown != text.paragraphs for text in texts.values() if text.how == "chrome")


def test_what_was_written_is_enough() -> None:
    parts = Counter(text.base.partition("-")[2] for text in written())
    assert parts["twin"] >= 30
    assert parts["followup"] + parts["sequel"] >= 39
    bodies = [text.paragraphs for text in written()]
    assert len(set(bodies)) == len(bodies)


def test_the_reference_counts() -> None:
    a = ("एक दो तीन चार पांच छह सात आठ नौ दस " * 3,)
    assert label(a, a)[0] == "exact"
    assert longest_run(("क ख ग घ च",), ("अ ख ग घ आ",)) == 3
    assert longest_run(("क ख",), ("ग घ",)) == 0


def test_edits_replace_the_share_asked_for_and_nothing_that_folds_away() -> None:
    text = stories()["001"].paragraphs
    before = words(" ".join(text))
    for rate in (0.05, 0.1, 0.3):
        after = words(" ".join(replace_words(text, rate, "key")))
        changed = sum(old != new for old, new in zip(before, after, strict=True))
        assert abs(changed / len(before) - rate) < 0.02
    for word, others in synonyms().items():
        assert all(fold(word) != fold(other) for other in others), word


def test_a_toll_changes_wherever_it_stands() -> None:
    updated = update_toll(("हादसे में 15 लोग मरे।", "15 में से 4 बच्चे थे, खर्च 1,500 रुपये हुआ।"), "k")
    assert updated is not None
    assert "1,500" in updated[1]
    assert ("15" in updated[0]) == ("15 में" in updated[1])
    assert updated != ("हादसे में 15 लोग मरे।", "15 में से 4 बच्चे थे, खर्च 1,500 रुपये हुआ।")
    assert update_toll(("कोई संख्या नहीं।",), "k") is None
