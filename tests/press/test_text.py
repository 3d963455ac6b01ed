"""Orthography, scores and cutting."""

from __future__ import annotations

import re
import unicodedata

import pytest

from press import orthography
from press.desk import SHORTENED, cuts, sentences, shorten, word_count
from press.orthography import respell
from press.score import score, words
from press.story import load_stories
from tests.press.conftest import SAMPLES


def fold(text: str) -> str:
    """What a reader takes for the same text; written apart from the press's own tables."""
    text = unicodedata.normalize("NFD", text)
    text = re.sub("[\u093c\u200c\u200d]", "", text)
    text = text.replace("\u0901", "\u0902").replace("।", ".")
    for nasal, letters in (
        ("न", "तथदध"),
        ("म", "पफबभ"),
        ("ण", "टठडढ"),
        ("ङ", "कखगघ"),
        ("ञ", "चछजझ"),
    ):
        text = re.sub(f"{nasal}\u094d(?=[{letters}])", "\u0902", text)
    return text.translate(str.maketrans("०१२३४५६७८९", "0123456789"))


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        (orthography.without_nukta, "ज़रूर सड़क", "जरूर सड़क"),
        (orthography.with_nukta, "बाजार की खबर", "बाज़ार की ख़बर"),
        (orthography.half_to_dot, "हिन्दी सम्बन्ध जन्म", "हिंदी संबंध जन्म"),
        (orthography.dot_to_half, "हिंदी संबंध में पांच", "हिन्दी सम्बन्ध में पांच"),
        (orthography.candra_to_dot, "हाँ", "हां"),
        (orthography.dot_to_candra, "यहां गांव", "यहाँ गाँव"),
        (orthography.full_stops, "आया।", "आया."),
        (orthography.hindi_digits, "2024 में", "२०२४ में"),
        (orthography.composed, "सड़क", "स\u095cक"),
    ],
)
def test_each_habit_of_spelling(step: object, before: str, after: str) -> None:
    assert callable(step)
    assert step(before) == after


def test_joiners_are_put_after_a_virama_and_change_nothing_else() -> None:
    text = "स्थानीय प्रशासन ने व्यवस्था की समस्या पर ध्यान दिया, कर्मचारी क्षेत्र में हैं"
    joined = orthography.joined(text)
    assert "\u200d" in joined
    assert "\u200c" in joined
    assert re.sub("[\u200c\u200d]", "", joined) == text
    assert "र्\u200d" not in joined
    assert "क्\u200d" not in joined


def test_respelling_changes_every_story_and_folds_back_to_it() -> None:
    for story in load_stories():
        for key in ("a", "b", "c"):
            shown = respell(story.paragraphs, key + story.id)
            assert shown != story.paragraphs
            assert [fold(p) for p in shown] == [fold(p) for p in story.paragraphs]


def test_words_are_not_broken_at_vowel_signs() -> None:
    assert words("हिन्दी में 2024 का, Kendra!") == ("हिन्दी", "में", "2024", "का", "kendra")


def test_scores_of_small_texts() -> None:
    a = ("एक दो तीन चार पांच छह",)
    same = score(a, ("एक दो तीन", "चार पांच, छह।"))
    assert same.label == "exact"
    half = score(a, ("एक दो तीन चार",))
    # Three-word shingles: 2 of 4; the smaller has no five-word shingle.
    assert (half.jaccard, half.containment, half.label) == (0.5, 0.0, "near")
    assert score(a, ("सात आठ नौ दस",)).label == "none"


def test_partial_needs_containment_and_enough_shared() -> None:
    long = tuple(f"शब्द{n}" for n in range(200))
    text = (" ".join(long),)
    assert score(text, (" ".join(long[:60]),)).label == "partial"
    assert score(text, (" ".join(long[:20]),)).label == "none"


def test_sentences_end_where_readers_end_them() -> None:
    paragraph = "डॉ. मीना आईं। “कहा।” वह 3.5 मीटर है. क्या यह ठीक है? हां"
    assert sentences(paragraph) == [
        "डॉ. मीना आईं।",
        "“कहा।”",
        "वह 3.5 मीटर है.",
        "क्या यह ठीक है?",
        "हां",
    ]


def test_cuts_are_beginnings_of_the_size_asked_for() -> None:
    for story in load_stories(SAMPLES):
        whole = word_count(story.paragraphs)
        for cut in cuts(story.paragraphs, 0.3, 0.7):
            assert 0.3 <= word_count(cut) / whole <= 0.7
            assert " ".join(story.paragraphs).startswith(" ".join(cut))


def test_shortening_keeps_away_from_the_thresholds() -> None:
    for story in load_stories():
        cut = shorten(story, [story.paragraphs])
        share = word_count(cut) / word_count(story.paragraphs)
        assert SHORTENED[0] <= share <= SHORTENED[1]
        assert score(cut, story.paragraphs).margin > 0.02
