"""Cleaning many bodies at once leaves what cleaning each of them does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.yardstick.texts import written
from dedup.text import chrome
from dedup.text.cleaning import clean_all
from dedup.text.debris import clean_for_matching
from tests.dedup.stories import STORIES, body

PHRASES = [
    *("हमारे व्हाट्सएप चैनल को फॉलो करें", "ऐप डाउनलोड करने के लिए यहाँ क्लिक करें", "डिस्\u200dक्लेमर: यह खबर"),
    *("अस्\u200dवीकरण", "DISCLAIMER: the story", "यह आर्टिकल सिंडिकेटेड फीड से ली गई है, शीर्षक के अलावा"),
    *("हेडलाइन के अलावा एडिट नहीं किया", "कमे&#2306;ट करें", "बने रहिये हमारे साथ", "ताज़ा ख़बरें पढ़ें यहाँ"),
    *(
        "सरकार ने कीमतों में कोई बदलाव नहीं किया",
        "संपादित अंश प्रकाशित हुए",
        "(PTI)",
        "भाषा",
        "Related Post",
    ),
    *("यह भी पढ़ें: बाजार में तेजी", "ये भी जरूर देखें", "Also Read | गोल्ड", "और पढ़ें", "खबर यहां पढ़ें"),
    *("पढ़ें पूरी खबर", "संबंधित खबरें", "वीडियो देखें", "टैग: दिल्ली", "आगे पढें", "यहां पढ़िए", "यहाँ देखें वीडियो"),
]
SENTENCES = [s.strip() + "।" for p in STORIES.values() for s in body(p).split("।") if s.strip()]
PARAGRAPH = st.lists(st.sampled_from([*PHRASES, *SENTENCES[:12]]), min_size=1, max_size=4).map(
    " ".join
)


@given(st.lists(st.lists(PARAGRAPH, max_size=6).map("\n\n".join), max_size=5))
@settings(max_examples=150, deadline=None)
def test_many_are_cleaned_as_each(texts: list[str]) -> None:
    credited = [
        [{"evidence": "भाषा", "place": "credit"}] if i % 2 else None for i in range(len(texts))
    ]
    assert clean_all(texts, credited) == [
        clean_for_matching(text, agencies or ())
        for text, agencies in zip(texts, credited, strict=True)
    ]


def test_every_phrase_is_found_among_many() -> None:
    for phrase in chrome.PROMOTIONS:
        text = f"{SENTENCES[0]}\n\nहमारे {phrase}ों\n\n{SENTENCES[1]}"
        assert clean_all([text], [None]) == [f"{SENTENCES[0]}\n\n{SENTENCES[1]}"], phrase


def test_texts_of_the_yardstick_are_cleaned_as_each() -> None:
    texts = ["\n\n".join(text.shown) for text in written()]
    assert clean_all(texts, [None] * len(texts)) == [clean_for_matching(t) for t in texts]


@given(PARAGRAPH)
def test_no_line_that_leads_on_is_overlooked(paragraph: str) -> None:
    if chrome._ALSO_READ.search(paragraph):
        assert chrome._may_lead_on(paragraph.lower())


def test_nothing_is_made_of_nothing() -> None:
    assert clean_all([], []) == []
    assert clean_all([None, "", "\n \n"], [None, (), []]) == ["", "", ""]
