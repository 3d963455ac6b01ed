from __future__ import annotations

from datetime import timedelta

from dedup import derive_families, doubtful_families
from tests.dedup.stories import START
from tests.dedup.test_families import edges, members


def test_families_of_copies_raise_no_doubt() -> None:
    pairs = edges("ab", "ac", "ad", "bc:exact", "ef:partial")
    assert doubtful_families(derive_families(members(), pairs), pairs, members()) == []


def test_a_chain_that_wanders_is_doubtful() -> None:
    pairs = edges("ab", "bc", "cd", "de", "gh", "fg:series")
    families = derive_families(members(), pairs)
    (doubt,) = doubtful_families(families, pairs, members())
    assert (doubt.size, doubt.diameter) == (5, 4)
    assert doubt.why == "its ends are 4 copies apart"
    short = edges("ab", "bc", "cd")
    assert doubtful_families(derive_families(members(), short), short, members()) == []


def test_a_family_that_lasts_for_weeks_is_doubtful() -> None:
    late = members(published_at={"c": START + timedelta(days=35)})
    pairs = edges("ab", "bc")
    (doubt,) = doubtful_families(derive_families(late, pairs), pairs, late)
    assert doubt.span.days >= 34
    assert "days" in doubt.why
