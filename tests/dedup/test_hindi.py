from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.hindi import NASALS, SPELLINGS, SUFFIXES, fold, is_number, tokens
from tests.dedup.stories import STORIES, body

DEVANAGARI = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0900, max_codepoint=0x097F),
        st.sampled_from("\u200c\u200d .,:;0123456789%|-'\"“”‘’&#;()aZ"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("फ़ैसला क़ानून पढ़ें", "फैसला कानून पढें"),
        ("\u0915\u093c\u0932\u092e", "\u0958\u0932\u092e"),
        ("हिन्दी सम्भव पञ्चायत दण्ड गङ्गा", "हिंदी संभव पंचायत दंड गंगा"),
        ("पाँच आँख", "पांच आंख"),
        ("स्\u200dकूल प्रधानमंत्री\u200c", "स्कूल प्रधानमंत्री"),
        ("२०२४ में १५ लोग", "2024 में 15 लोग"),
        ("1,50,000 रुपये", "150000 रुपये"),
        ("सुबह 10:30 बजे", "सुबह 10.30 बजे"),
        ("कहा।उन्होंने", "कहा. उन्होंने"),
        ("PTI Delhi", "pti DELHI"),
        ("&#2361;&#x93F;न्दी &amp;quot;यह&amp;quot;", "हिंदी यह"),
        ("‘दृढ़ समर्थन’ “बहुत”", "'दृढ़ समर्थन' \"बहुत\""),
        ("पांच फीसदी", "5 प्रतिशत"),
        ("20%", "20 फ़ीसदी"),
        ("500 रुपए", "500 रुपये"),
        ("500 रूपये", "500 रु."),
        ("नयी गये जायेंगे चाहिये", "नई गए जाएंगे चाहिए"),
        ("दुःख अंत:करण नि:शुल्क", "दुख अंतकरण निशुल्क"),
        ("डॉक्टर ऑटो", "डाक्टर आटो"),
        ("एक दो तीन चार पाँच छः सात आठ नौ दस", "1 2 3 4 5 6 7 8 9 10"),
    ],
)
def test_two_spellings_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ये लोग", "ए लोग"),
        ("उन्नत", "उंनत"),
        ("वाक्ये", "वाक्ए"),
        ("94.72", "9472"),
        ("कहा: यह", "कहायह"),
        ("बाल", "बल"),
    ],
)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_tokens_never_cut_a_syllable() -> None:
    assert tokens("हिन्दी में दिल्ली, लखनऊ—पटना।") == ["हिंदी", "में", "दिल्ली", "लखनऊ", "पटना"]
    assert tokens("तीन-तरफा") == ["3", "तरफा"]


def test_a_mark_without_a_letter_is_dropped() -> None:
    assert tokens("\u093f \u094d क\u093f") == ["कि"]


def test_numbers() -> None:
    assert [t for t in tokens("दर 94.72, १,२०० और 17वां v2") if is_number(t)] == ["94.72", "1200"]


def test_every_normal_form_is_a_fixed_point() -> None:
    for form in [*SPELLINGS.values(), *(f"कर{new}" for _, new in SUFFIXES)]:
        assert fold(form) == form
    for nasal, stops in NASALS:
        for stop in stops:
            assert fold(f"क{nasal}्{stop}") == f"कं{stop}"


@example("कंन्त")
@given(st.one_of(st.text(max_size=80), DEVANAGARI))
def test_folding_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert unicodedata.is_normalized("NFC", folded)


@given(st.one_of(st.text(max_size=80), DEVANAGARI))
def test_folding_does_not_see_canonical_equivalence(text: str) -> None:
    if "&" in text:
        return  # A reference may be spelt in a way that only one form has.
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.one_of(st.text(max_size=80), DEVANAGARI))
def test_tokens_are_letters_marks_and_numbers(text: str) -> None:
    for token in tokens(text):
        assert token
        assert unicodedata.category(token[0])[0] in "LN"
        assert all(unicodedata.category(c)[0] in "LMN" or c == "." for c in token)


def test_a_whole_story_in_another_orthography_folds_to_the_same() -> None:
    for paragraphs in STORIES.values():
        text = body(paragraphs)
        other = (
            unicodedata.normalize("NFD", text)
            .replace("\u093c", "")
            .replace("।", ".")
            .replace("हिंद", "हिन्द")
            .replace("अंतर", "अन्तर")
            .translate({ord(str(d)): chr(0x0966 + d) for d in range(10)})
        )
        assert other != text
        assert fold(other) == fold(text)
