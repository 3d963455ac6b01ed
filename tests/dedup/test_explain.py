from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup import beside, compare
from dedup.beside import SHOWN_DIFFERENCES, SIDE_BY_SIDE, differences, longest_passage
from tests.dedup.stories import (
    BRIDGE,
    BRIDGE_EDITS,
    COURT,
    CRICKET,
    FUEL_MONDAY,
    FUEL_TUESDAY,
    body,
    edited,
)

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (body(BRIDGE), body(BRIDGE), "exact"),
        (body(BRIDGE), edited(body(BRIDGE), BRIDGE_EDITS), "near"),
        (body(BRIDGE), body(BRIDGE[:2]), "partial"),
        (body(BRIDGE), body([*COURT[:2], *BRIDGE[2:4], *COURT[2:]]), "excerpt"),
        (FUEL_MONDAY, FUEL_TUESDAY, "series"),
        (body(BRIDGE), body(CRICKET), "none"),
        ("", "", "none"),
        (body(BRIDGE), "", "none"),
    ],
)
def test_kinds(a: str, b: str, kind: str) -> None:
    assert compare(a, b).kind == kind
    assert compare(b, a).kind == kind


def test_the_pieces_on_putin_and_kim() -> None:
    older = (SEEDS / "putin_kim_2023.txt").read_text(encoding="utf-8")
    newer = (SEEDS / "putin_kim_2024.txt").read_text(encoding="utf-8")
    found = compare(older, newer)
    assert found.kind == "thread"
    assert found.cosine >= 0.3
    assert found.jaccard < 0.05
    assert "पुतिन" in found.shared_terms


def test_the_explanation_names_what_differs() -> None:
    changed = edited(body(BRIDGE), {"सोनपुरा": "रामगढ़", "15 लोगों": "20 लोगों"})
    found = compare(body(BRIDGE), changed)
    assert found.only_a == ("सोनपुरा",)
    assert found.only_b == ("रामगढ़",)
    assert found.conflicts == 1
    assert found.agreements >= 5
    assert found.running > 50
    assert found.passage.startswith("लोगों की मौत")
    assert json.loads(json.dumps(found.to_dict()))["kind"] == "near"


WORDS = st.lists(st.sampled_from("कखग"), max_size=9)


@given(WORDS, WORDS)
def test_the_longest_passage(a: list[str], b: list[str]) -> None:
    found = longest_passage(a, b)
    runs = [a[i:j] for i in range(len(a)) for j in range(i + 1, len(a) + 1)]
    inside = [run for run in runs if any(b[k : k + len(run)] == run for k in range(len(b)))]
    best = max((len(run) for run in inside), default=0)
    assert found == next((run for run in inside if len(run) == best), [])


def test_every_public_name_is_there() -> None:
    for name in dedup.__all__:
        assert getattr(dedup, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        dedup.nonsense  # noqa: B018 - the access is the test.


def test_what_differs_is_laid_side_by_side() -> None:
    found = dedup.compare(body(BRIDGE), edited(body(BRIDGE), {"देर शाम": "देर रात", "काफी ": ""}))
    assert found.differences == (("शाम", "रात"), ("काफी", ""))
    assert dedup.compare(body(BRIDGE), body(COURT)).differences == ()


def test_long_differences_are_cut() -> None:
    many = [f"क{n}" for n in range(20)]
    ((first, second),) = differences(["अ", *many, "आ"], ["अ", "आ"])
    assert first.endswith("क11 … (+8)")
    assert second == ""


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (["क"] * 200_000, ["क"] * 200_000, ()),
        (["क"] * 4_000, ["क"] * 4_001, (("", "क"),)),
        (["क"] * 200_000, [*["क"] * 200_000, "ख"], (("", "ख"),)),
        (["क", "ख"] * 2_000, [*["क", "ख"] * 1_000, "ग", *["क", "ख"] * 1_000], (("", "ग"),)),
    ],
)
def test_what_differs_in_repeated_words(
    a: list[str], b: list[str], expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid: list[int] = []

    class Counted(SequenceMatcher[str]):
        def __init__(self, junk: None, one: list[str], other: list[str], *, autojunk: bool) -> None:
            laid.append(len(one) * len(other))
            super().__init__(junk, one, other, autojunk=autojunk)

    monkeypatch.setattr(beside, "SequenceMatcher", Counted)
    assert differences(a, b) == expected
    assert sum(laid) <= 1


def test_words_that_repeat_are_no_anchors_in_long_texts() -> None:
    # As anchors they would take minutes: half of a million places, sought a thousand times.
    found = differences(["क", "ख"] * 1_000, ["ख", "ख", "क"] * 1_000)
    assert 1 <= len(found) <= SHOWN_DIFFERENCES


def test_differences_are_sought_in_a_bounded_part() -> None:
    many = [f"क{n}" for n in range(3 * SIDE_BY_SIDE)]
    other = ["अ", *many[1:SIDE_BY_SIDE], *many[SIDE_BY_SIDE + 1 :], "आ"]
    assert differences(many, other) == (("क0", "अ"),)


@pytest.mark.parametrize(
    ("a", "b", "error", "told"),
    [
        (None, "क", TypeError, "text_a must be a string, not NoneType"),
        ("क", b"x", TypeError, "text_b must be a string, not bytes"),
        ("क", "क\udc80", ValueError, "text_b holds half of a surrogate pair at 1"),
    ],
)
def test_what_is_no_text_is_named(a: Any, b: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        compare(a, b)
