from __future__ import annotations

from urllib.parse import unquote

import pytest

from press import Press, Truth, TruthPair
from press.marking import KINDS, evaluate


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Press().truth()


def labelled(truth: Truth) -> list[tuple[str, str, str]]:
    return [(p.url_a, p.url_b, p.label) for p in truth.pairs]


def test_a_perfect_system_gets_full_marks(truth: Truth) -> None:
    marks = truth.evaluate(labelled(truth))
    for kind in KINDS:
        assert marks[kind]["precision"] == marks[kind]["recall"] == 1.0
        assert marks[kind]["tp"] > 50
        assert marks[kind]["fp"] == marks[kind]["fn"] == 0
    assert truth.mistakes(labelled(truth)) == []


def test_order_spelling_and_repetition_of_addresses_do_not_matter(truth: Truth) -> None:
    found = [(unquote(b), a, k) for a, b, k in labelled(truth)] * 2
    assert truth.evaluate(found) == truth.evaluate(labelled(truth))


def test_nothing_found(truth: Truth) -> None:
    marks = truth.evaluate([])
    for kind in KINDS:
        assert marks[kind]["precision"] == marks[kind]["recall"] == 0.0
        assert marks[kind]["fn"] == sum(p.label == kind for p in truth.pairs)
    assert len(truth.mistakes([])) == sum(marks[k]["fn"] for k in KINDS)


def test_a_system_that_calls_everything_near(truth: Truth) -> None:
    marks = truth.evaluate([(a, b, "near") for a, b, _ in labelled(truth)])
    assert marks["near"]["recall"] == 1.0
    assert marks["near"]["precision"] == pytest.approx(
        sum(p.label == "near" for p in truth.pairs) / len(truth.pairs)
    )
    assert marks["exact"]["recall"] == 0.0


def _pair(a: str, b: str, label: str) -> TruthPair:
    return TruthPair(a, b, "edited", label, 0.7, 0.8, 90)


def test_each_way_of_being_wrong() -> None:
    pairs = [_pair("http://x/1", "http://x/2", "near"), _pair("http://x/3", "http://x/4", "exact")]
    aliases = {"http://x/amp/1": "http://x/1"}
    found = [
        ("http://x/2", "http://x/amp/1", "near"),  # Right, by another address.
        ("http://x/1", "http://x/amp/1", "exact"),  # A page with itself: does not count.
        ("http://x/3", "http://x/4", "near"),  # Wrong kind.
        ("http://x/1", "http://y/9", "partial"),  # Not in the truth.
        ("http://x/1", "http://x/4", "thread"),  # Not a kind that is marked.
    ]
    marks = evaluate(pairs, aliases, found)
    assert marks["near"] == {"precision": 0.5, "recall": 1.0, "tp": 1, "fp": 1, "fn": 0}
    assert marks["exact"] == {"precision": 0.0, "recall": 0.0, "tp": 0, "fp": 0, "fn": 1}
    assert marks["partial"] == {"precision": 0.0, "recall": 1.0, "tp": 0, "fp": 1, "fn": 0}
    lines = Truth(tuple(pairs), {}, aliases).mistakes(found)
    assert len(lines) == 3
    assert any("exact missed: x/3 | x/4 (edited, truly exact" in line for line in lines)
    assert any("no common past" in line for line in lines)


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    marks = evaluate([], {}, [])
    assert all(marks[k]["precision"] == marks[k]["recall"] == 1.0 for k in KINDS)
