"""Seeking many strings at once finds what seeking each by itself finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.needles import Finder, codes

NEEDLES = ("©", "ट्स", "अपडेट", "पडे", "update", "ते रह", "डाउनलोड")
TEXTS = st.lists(
    st.one_of(st.sampled_from(NEEDLES), st.text(alphabet="अपडेट ते\n©ud😀\ud800", max_size=6)),
    max_size=20,
).map("".join)


def one_by_one(text: str) -> set[tuple[int, str]]:
    return {
        (place, needle)
        for needle in NEEDLES
        for place in range(len(text))
        if text.startswith(needle, place)
    }


@given(TEXTS)
def test_each_place_is_found(text: str) -> None:
    found = list(Finder(NEEDLES).find(text))
    assert set(found) == one_by_one(text)
    assert len(found) == len(set(found))


def test_a_place_counts_characters_and_not_bytes() -> None:
    assert set(Finder(NEEDLES).find("😀 अपडेट")) == {(2, "अपडेट"), (3, "पडे")}
    assert codes("अ😀a").tolist() == [0x905, 0xFFFD, 0x61]
