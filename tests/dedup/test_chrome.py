from __future__ import annotations

import pytest

from dedup.text.chrome import story_paragraphs

ONE = "मंत्री ने सोमवार को कहा कि नई योजना से गांवों में पीने का पानी पहुंचेगा।"
TWO = "उन्होंने बताया कि काम अगले साल मार्च तक पूरा कर लिया जाएगा।"


@pytest.mark.parametrize(
    "line",
    [
        "यहां देखें वीडियो: दिल्ली में भारी बारिश",
        "पढ़ें पूरी खबर: दिल्ली में भारी बारिश",
        "दिल्ली में भारी बारिश, सड़कें डूबीं",
        "(फोटो: सोशल मीडिया)",
        "फाइल फोटो",
        "ट्रेंडिंग वीडियो",
        "इस खबर पर अपनी राय नीचे कमेंट बॉक्स में जरूर दें।",
        "नवीनतम समाचारों के लिए हमारी वेबसाइट पर बने रहें।",
        "शेयर करें: फेसबुक ट्विटर व्हाट्सएप",
        "Edited By: Rahul Sharma",
        "यह खबर फीड से ली गई है। शीर्षक के सिवा इसमें कोई बदलाव नहीं किया गया है।",
    ],
)
def test_what_is_no_part_of_the_story_goes(line: str) -> None:
    assert story_paragraphs([ONE, line, TWO]) == [ONE, TWO]
    assert story_paragraphs([ONE, TWO, line]) == [ONE, TWO]


@pytest.mark.parametrize(
    "prose",
    [
        # A fuel report, word for word what disclaimers say of headlines.
        "तेल कंपनियों ने सोमवार को भी पेट्रोल और डीजल की कीमतों में कोई बदलाव नहीं किया।",
        "यह आंकड़ा संयुक्त राष्ट्र की सालाना रिपोर्ट से लिया गया है।",
        "किताब दिल्ली से प्रकाशित हुई है और इसकी कीमत तीन सौ रुपये है।",
    ],
)
def test_prose_that_sounds_like_a_disclaimer_stays(prose: str) -> None:
    assert story_paragraphs([ONE, prose, TWO]) == [ONE, prose, TWO]


def test_lists_stay() -> None:
    rates = ["दिल्ली 96.72", "मुंबई 106.31", "कोलकाता 106.03"]
    assert story_paragraphs([ONE, *rates, TWO]) == [ONE, *rates, TWO]
    assert story_paragraphs(["दिल्ली 96.72", ONE]) == ["दिल्ली 96.72", ONE]
