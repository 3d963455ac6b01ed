"""Paragraphs that are no part of a story.

Here belong the lines that lead to other stories, promotions, disclaimers, captions and headlines
left among the paragraphs of a page, each list with its reason. Not here: what stands within a
paragraph of the story, datelines and credits (`dedup.text.debris`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dedup.hindi import fold, tokens

PROMOTIONS: Final = tuple(
    fold(phrase)
    for phrase in (
        # Follow us, install the app, join the channel.
        "फॉलो करें",
        "फॉलो कर सकते",
        "सब्सक्राइब करें",
        "लाइक करें",
        "ऐप डाउनलोड",
        "एप डाउनलोड",
        "व्हाट्सएप चैनल",
        "व्हाट्सऐप चैनल",
        "वॉट्सऐप चैनल",
        "टेलीग्राम चैनल",
        "यूट्यूब चैनल",
        "यहां क्लिक करें",
        "लिए क्लिक करें",
        "हमसे जुड़ें",
        "हमारे साथ जुड़",
        "साथ जुड़े रहें",
        "बने रहें",
        "बने रहिए",
        "हमारी वेबसाइट",
        "ताजा खबरों के लिए",
        "ताज़ा ख़बरें पढ़ें",
        "ब्रेकिंग न्यूज और",
        "कॉपी लिंक",
        "विज्ञापन के बाद",
        # Tell us what you think, tell others.
        "कमेंट बॉक्स",
        "कमेंट करके",
        "कमेंट कर",
        "शेयर करें",
        "शेयर जरूर करें",
        # Who edited what: set under syndicated copy.
        "डिस्क्लेमर",
        "अस्वीकरण",
        "disclaimer",
        "सिंडिकेट फीड",
        "सिंडिकेटेड फीड",
        "ऑटो जेनरेट",
        "ऑटो जनरेट",
        "एजेंसी फीड",
        "न्यूज फीड से",
    )
)
"""Folded phrases: a paragraph of at most `PROMOTION_WORDS` that holds one is no part of a story."""
PROMOTION_WORDS: Final = 60
"""Disclaimers run to about 50 words; a longer paragraph is prose that mentions such a thing."""

DISCLAIMERS: Final = tuple(
    fold(phrase)
    for phrase in (
        "संपादित नहीं किया",
        "एडिट नहीं किया",
        "सीधे प्रकाशित",
        "शीर्षक के अलावा",
        "शीर्षक के सिवा",
        "हेडलाइन के अलावा",
        "कोई बदलाव नहीं किया",
        "से ली गई है",
        "से लिया गया है",
        "से प्रकाशित",
    )
)
"""Folded phrases of disclaimers that news uses too: prices that nobody changed, facts taken from
a report. They count where the paragraph also names the copy (`COPY_WORDS`)."""
COPY_WORDS: Final = frozenset(tokens("फीड हेडलाइन शीर्षक आर्टिकल सिंडिकेट सिंडिकेटेड संपादित प्रकाशित"))
"""Words for what a disclaimer is about. Two at least have to be there, one phrase of
`DISCLAIMERS` included."""

_ALSO_READ: Final = re.compile(
    r"[(\[]?\s*(?:"
    r"(?:यह|ये|इसे|इन्हें|इन्हे|यहां|यहाँ)\s+(?:खबर\s+|ख़बर\s+)?भी\s+(?:जरूर\s+)?(?:पढ़?|देख|जान|सुन)\S*"
    r"|यहां पढ़?\S*|आगे पढ़?ें|और पढ़?ें|(?:यह\s+)?(?:पूरी\s+)?(?:खबर|ख़बर)\s+(?:यहां\s+)?पढ़?ें"
    r"|पढ़?ें\s+(?:पूरी|यह|ये)\s+(?:खबर|ख़बर)|संबंधित खबर\S*"
    r"|(?:यहां\s+|यहाँ\s+)?देखें वीडियो|वीडियो देखें|टैग्?स?\s*:|टैग्स"
    r"|also\s+read|read\s+also|read\s+more|related\s+(?:news|post)s?"
    r")",
    re.IGNORECASE,
)
"""The beginning of a line that leads to another story."""
ALSO_READ_WORDS: Final = 40
"""Such a line is a marker and a headline, two at most."""

HEADLINE_WORDS: Final = 25
"""A line without an end of sentence and below this length is a headline, a place, a byline or a
caption."""
_ALSO_TOO: Final = re.compile(r"भी\s+(?:जरूर\s+)?(?:पढ|देख|जान|सुन)")
SENTENCE_END: Final = re.compile(r"[।॥.!?…|:][\s\"'”’»)\]]*$")
_SENTENCES: Final = re.compile(r"[।॥!?]|\.\s")
DEVANAGARI: Final = re.compile(r"[\u0904-\u0939\u0958-\u0961]")


def story_paragraphs(
    paragraphs: Sequence[str], suspects: Sequence[bool] | None = None
) -> list[str]:
    """Drops lines that lead elsewhere, promotions, disclaimers, captions and stray headlines.

    Args:
        paragraphs: The paragraphs of a page, none of them empty.
        suspects: Which of them have a word that `dedup.text.cleaning` takes for telling; of the
        others
            only a phrase of one word makes a promotion. None: all are looked at.

    Returns:
        Those of the story; an "also read" box that was glued to one of them is cut off it.
    """
    kept: list[str] = []
    marker_before = False
    for place, paragraph in enumerate(paragraphs):
        # A line in another script inside a Hindi story is chrome: dates, "Related Post", "Tags:".
        if not DEVANAGARI.search(paragraph):
            continue
        words = len(paragraph.split())
        small = paragraph.lower()
        leads = _may_lead_on(small)
        also = _ALSO_READ.match(paragraph) if leads else None
        if also and words <= ALSO_READ_WORDS:
            # "यह भी पढ़ें:" on a line of its own: the headline that it leads to comes next.
            marker_before = len(tokens(paragraph[also.end() :])) == 0
            continue
        if marker_before and _is_line(paragraph):
            marker_before = False
            continue
        marker_before = False
        suspect = suspects is None or suspects[place] or _may_warn(small)
        if suspect and words <= PROMOTION_WORDS and _is_promotion(paragraph):
            continue
        kept.append(_cut_also_read(paragraph) if leads else paragraph)
    return _without_stray_lines(kept)


def _may_lead_on(small: str) -> bool:
    """Whether `_ALSO_READ` may be in a paragraph: it looks at each letter, and this does not."""
    # One of these is in each of its beginnings. Spelt out: a loop takes as long as the search.
    return (
        ("ढ" in small and ("ढ\u093cें" in small or "ढें" in small or "यहां पढ" in small))
        or "संबंधित" in small
        or "वीडियो" in small
        or "टैग" in small
        or "read" in small
        or "related" in small
        or ("भी" in small and _ALSO_TOO.search(small) is not None)
    )


def _may_warn(small: str) -> bool:
    """Whether one of `PROMOTIONS` that are one word may be in a paragraph, however it is spelt.

    A word may hide in a character reference.
    """
    return "लेमर" in small or "वीकर" in small or "laimer" in small or "&" in small


def _is_line(paragraph: str) -> bool:
    """Whether a paragraph is a headline, a caption or a label rather than prose."""
    if _SENTENCES.search(paragraph) or SENTENCE_END.search(paragraph):
        return False
    return len(paragraph.split()) < HEADLINE_WORDS


def _without_stray_lines(paragraphs: list[str]) -> list[str]:
    """Drops single lines among sentences: captions, buttons, headlines of other stories.

    Lines that follow one another are a list (rates, names, results) and stay, and so do those
    above the first sentence, which `dedup.text.debris` looks at.
    """
    lines = [_is_line(paragraph) for paragraph in paragraphs]
    kept: list[str] = []
    for place, paragraph in enumerate(paragraphs):
        above = place == 0 or lines[place - 1]
        below = place + 1 < len(paragraphs) and lines[place + 1]
        if not lines[place] or above or below:
            kept.append(paragraph)
    return kept


def _is_promotion(paragraph: str) -> bool:
    folded = f" {fold(paragraph)} "
    if any(f" {phrase}" in folded for phrase in PROMOTIONS):
        return True
    named = COPY_WORDS.intersection(folded.split())
    return len(named) > 1 and any(f" {phrase}" in folded for phrase in DISCLAIMERS)


def _cut_also_read(paragraph: str) -> str:
    """Cuts an "also read" box that was glued to the end of a paragraph."""
    for match in _ALSO_READ.finditer(paragraph):
        before, after = paragraph[: match.start()], paragraph[match.start() :]
        if SENTENCE_END.search(before) and len(after.split()) <= ALSO_READ_WORDS:
            return before.rstrip()
    return paragraph
