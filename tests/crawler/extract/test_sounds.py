"""Names in two scripts."""

from __future__ import annotations

import pytest

from crawler.extract.sounds import consonants, sounds_of


@pytest.mark.parametrize(
    ("hindi", "latin"),
    [
        ("देशबन्धु", "Desh Bandhu"),
        ("पहाड़ी खबर", "pahadikhabar"),
        ("पहाड़ी ख़बर", "Pahari Khabar"),
        ("चंडीगढ़", "chandigarh"),
        ("मुंबई", "Mumbai"),
        ("क्रिकेट", "cricket"),
        ("ज्योति", "Jyoti"),
        ("फ़िल्म", "film"),
    ],
)
def test_one_name_sounds_alike(hindi: str, latin: str) -> None:
    assert consonants(hindi) == consonants(latin) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("गंगा वाणी", "Ganga Devi"), ("जयपुर", "Kanpur"), ("अमर", "Amit")]
)
def test_others_do_not(one: str, other: str) -> None:
    assert consonants(one) != consonants(other)


def test_short_words_are_left_out() -> None:
    assert sounds_of("जयपुर की मेट्रो, phase-2", 3) == {"jpr", "ntr"}
    assert consonants("2024 — ।") == ""
