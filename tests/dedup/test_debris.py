from __future__ import annotations

import pytest

from dedup.text.debris import clean_for_matching
from tests.dedup.stories import BRIDGE, SATELLITE, STORIES, body

FIRST = "मंत्री ने सोमवार को कहा कि नई योजना से गांवों में पीने का पानी पहुंचेगा और रोजगार भी बढ़ेगा।"
SECOND = "उन्होंने बताया कि काम अगले साल मार्च तक पूरा कर लिया जाएगा और इस पर 20 करोड़ रुपये खर्च होंगे।"
PLAIN = f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    "head",
    [
        "नई दिल्ली, 18 जून (भाषा) ",
        "नई दिल्ली, 18 जून (भाषा)। ",
        "नई दिल्ली: ",
        "लखनऊ। ",
        "लखनऊ (ब्यूरो)। ",
        "जागरण संवाददाता, कानपुर : ",
        "एजेंसी, वाशिंगटन। ",
        "डिजिटल डेस्क, भोपाल। ",
        "पटना, 3 मार्च (एएनआई): ",
        "(पीटीआई) ",
        "रांची — ",
        "शिमला, 18 नवंबर (हि.स.)। ",
        "शिमला (हि.स.): ",
        "चेन्नई, पी.टी.आई. ",
        "जयपुर. ",
    ],
)
def test_datelines_and_credits_at_the_head_go(head: str) -> None:
    assert clean_for_matching(head + PLAIN) == PLAIN


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nभाषा राजेश पवनेश",
        "\n\n(इनपुट: भाषा)",
        " (भाषा)",
        "\n\n--आईएएनएस",
        " -एजेंसी",
        "\n\n(इनपुट: हि.स.)",
        " (हि.स.)",
        "\n\n(यह खबर सिंडिकेट फीड से प्रकाशित हुई है, हमारी टीम ने इसे संपादित नहीं किया है।)",
        "\n\nडिस्क्लेमर: लेख में दी गई जानकारी की पुष्टि हम नहीं करते।",
        "\n\nहमारे व्हाट्सएप चैनल से जुड़ें और फॉलो करें",
        "\n\nयह भी पढ़ें- राजधानी में भारी बारिश, सड़कें डूबीं",
        "\n\nये भी पढ़ें:\n\nराजधानी में भारी बारिश, सड़कें डूबीं",
        " यह भी पढ़ें: राजधानी में भारी बारिश",
        "\n\nRelated Post\n\nLeave a Reply",
        "\n\nTags:",
    ],
)
def test_credits_disclaimers_and_promotions_at_the_foot_go(tail: str) -> None:
    assert clean_for_matching(PLAIN + tail) == PLAIN


def test_lines_that_lead_elsewhere_go_from_the_middle() -> None:
    text = f"{FIRST}\n\nइसे भी पढ़ें: क्रिकेट में जीत\n\n{SECOND}"
    assert clean_for_matching(text) == PLAIN


def test_headlines_above_the_story_go() -> None:
    headline = "गांवों में पीने का पानी पहुंचाएगी नई योजना"
    story = body(BRIDGE)
    assert (
        clean_for_matching(f"Fri. Nov 22nd, 2024\n\n{headline}\n\n{headline}\n\n{story}") == story
    )


def test_latin_glosses_go_and_ages_stay() -> None:
    text = "कोरियाई समाचार एजेंसी (KCNA) ने कहा कि राम (20) और श्याम (25) घायल हुए हैं।"
    assert clean_for_matching(text) == (
        "कोरियाई समाचार एजेंसी ने कहा कि राम (20) और श्याम (25) घायल हुए हैं।"
    )


def test_evidence_of_the_extractor_marks_a_credit_unless_it_is_a_phrase() -> None:
    text = f"नवजीवन सहारा समूह। {PLAIN}"
    credit = [{"id": "x", "evidence": "नवजीवन सहारा समूह", "place": "credit"}]
    assert clean_for_matching(f"अपने नवजीवन सहारा समूह से: {PLAIN}", credit) == PLAIN
    phrase = [{"id": "x", "evidence": "मंत्री सोमवार", "place": "phrase"}]
    assert clean_for_matching(PLAIN, phrase) == PLAIN
    assert clean_for_matching(text) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "डॉ. मनमोहन सिंह के साथी ने कहा कि अब समय आ गया है।",
        "महाराष्ट्र के कई इलाकों में मंगलवार (2 जनवरी) को हिंसा हुई और दुकानें बंद रहीं।",
        "राम (20) और श्याम (25) घायल हुए हैं और अस्पताल में भर्ती हैं।",
        "दोनों देशों के बीच वार्ता अगले महीने भी जारी रहेगी।",
    ],
)
def test_prose_stays(text: str) -> None:
    assert clean_for_matching(text) == text


def test_clean_stories_stay_whole() -> None:
    for paragraphs in [*STORIES.values(), SATELLITE]:
        assert clean_for_matching(body(paragraphs)) == body(paragraphs)


@pytest.mark.parametrize("text", ["", "\n\n", "Read more", "भाषा", "(भाषा)"])
def test_nothing_may_remain(text: str) -> None:
    assert clean_for_matching(text) == ""
