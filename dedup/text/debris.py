"""What is cut off an article before it is matched.

Here belong the lists of what agencies and desks set around a story, each with its reason:
headlines repeated in the body, datelines, credits, Latin glosses. Left in, they make copies look
different (exact copies fall to a Jaccard of .57 to .81) and strangers look alike. Not here: whole
paragraphs that are no part of a story (`dedup.text.chrome`); how words are folded (`dedup.hindi`);
cutting the page's chrome off for readers is the extractor's work and more careful than this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dedup.hindi import tokens
from dedup.text.chrome import DEVANAGARI, HEADLINE_WORDS, SENTENCE_END, story_paragraphs

CREDIT_WORDS: Final = frozenset(
    tokens(
        # Agencies as they sign in Hindi papers, in both scripts and both endings (-आई, -आइ).
        "भाषा पीटीआई पीटीआइ PTI वार्ता यूनीवार्ता यूएनआई यूएनआइ UNI एएनआई एएनआइ ANI आईएएनएस "
        "आइएएनएस IANS हिस एएफपी AFP रॉयटर रॉयटर्स रायटर रायटर्स Reuters एपी शिन्हुआ हिन्दुस्थान "
        # Desks: what a paper puts in front of the place when it signs itself.
        "एजेंसी एजेंसियां एजेंसीज एजेंसियों एजेन्सी ब्यूरो संवाददाता प्रतिनिधि संवाद डेस्क इनपुट न्यूज"
    )
)
"""Folded words that mark the line at the head or the foot of a report as a credit."""

MONTHS: Final = frozenset(
    tokens("जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर")
)
"""Folded names of the months: with the place they make a dateline."""

_LATIN_GLOSS: Final = re.compile(r"\s*\([^()\u0900-\u097F]*[A-Za-z][^()\u0900-\u097F]*\)")
# (KCNA) after the name in Hindi: added by one desk, left out by the next.
_DOT_IN_WORD: Final = re.compile(r"(?<=\S)\.(?=[^\s\d])")
# A full stop inside an abbreviation (हि.स.) is followed by a letter or a bracket.
_HEAD_BREAK: Final = re.compile(r"[:।|)\]—–]|\s-+\s|--+|\.(?=\s)|(?<=[\u0900-\u097F])-\s")
_FEW_WORDS: Final = 8
"""A line of credit at the foot has no more."""
_FEW: Final = 200
"""Characters that hold more words than these."""
_FOOT: Final = 400
"""Characters at the end of a report in which a credit is looked for: it has 80 at most."""
_TAIL_BRACKET: Final = re.compile(r"[(\[{]([^()\[\]{}]{1,80})[)\]}][\s।.]*$")
_TAIL_AFTER_END: Final = re.compile(r"(?<=[।.!?”\"'’])[\s\-–—]*([^।.!?”\"'’]{1,60})[।.]?\s*$")


def clean_for_matching(text: str, agencies: Sequence[Mapping[str, Any]] = ()) -> str:
    """Cuts everything off a body that is not the story itself.

    Args:
        text: The body as stored: paragraphs separated by blank lines or line breaks.
        agencies: The article's agencies as in the data contract: mappings with ``evidence`` (the
            exact phrase) and ``place``. Evidence found in a byline, dateline or credit marks a
            credit here too, beside the agencies known by name.

    Returns:
        The paragraphs of the story, unfolded, separated by blank lines; may be empty.
    """
    return clean_paragraphs(paragraphs_of(text), agencies)


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a body as stored, none of them empty."""
    return [p for p in map(str.strip, text.splitlines()) if p]


def clean_paragraphs(
    paragraphs: Sequence[str],
    agencies: Sequence[Mapping[str, Any]] = (),
    suspects: Sequence[bool] | None = None,
) -> str:
    """As `clean_for_matching`, of paragraphs.

    `suspects` as in `dedup.text.chrome.story_paragraphs`.
    """
    credit = CREDIT_WORDS | _evidence_words(agencies)
    story = _drop_head_lines(story_paragraphs(paragraphs, suspects))
    if story:
        story[0] = _cut_head(story[0], credit)
    story = _cut_tail(story, credit)
    plain = (_LATIN_GLOSS.sub("", p).strip() if "(" in p else p.strip() for p in story)
    return "\n\n".join(p for p in plain if p)


def _evidence_words(agencies: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Folded words of the credits found by the extractor; a phrase in mid-text is no credit."""
    lines = [
        str(agency.get("evidence") or "")
        for agency in agencies
        if agency.get("place") in {"author", "byline", "dateline", "credit"}
    ]
    if not lines:
        return frozenset()
    return frozenset(word for word in tokens(" ".join(lines)) if len(word) > 2)


def _drop_head_lines(paragraphs: list[str]) -> list[str]:
    """Drops headlines, places and bylines above the story, while most of the text remains."""
    total = sum(len(p.split()) for p in paragraphs)
    dropped = 0
    for index, paragraph in enumerate(paragraphs):
        words = len(paragraph.split())
        dropped += words
        if words >= HEADLINE_WORDS or SENTENCE_END.search(paragraph) or dropped * 3 > total:
            return paragraphs[index:]
    return paragraphs


def _cut_head(paragraph: str, credit: frozenset[str]) -> str:
    """Cuts the dateline and credit off the first paragraph: "नई दिल्ली, 18 जून (भाषा)।"."""
    # Place, date and credit, each with a mark of its own, in whatever order.
    for _ in range(4):
        match = _HEAD_BREAK.search(paragraph, 0, 120)
        if match is None:
            return paragraph
        head = paragraph[: match.start()]
        words = tokens(head)
        if words and not _is_dateline(head, words, match.group(), credit):
            return paragraph
        rest = paragraph[match.end() :].lstrip(" \t,-–—:।|.")
        if not rest:
            return paragraph
        paragraph = rest
    return paragraph


def _is_dateline(head: str, words: list[str], mark: str, credit: frozenset[str]) -> bool:
    """Says whether what stands before the first mark of a report is place, date or credit."""
    bracket = mark in ")]"
    # A bracket is a credit by what is in it; behind a name it is part of the sentence.
    told = re.split(r"[(\[]", head)[-1] if bracket else head
    telling = words if told == head and "." not in head else _spelt_out(told)
    if any(word in credit for word in telling):
        return len(words) <= 9
    if any(word in MONTHS for word in telling):
        return len(words) <= 5
    # An initial or a title ("डॉ.") ends in a full stop without ending anything.
    if bracket or (mark == "." and len(words[-1]) <= 2):
        return False
    return len(words) <= 3


def _spelt_out(text: str) -> list[str]:
    """Tokens of a line that may be a credit: abbreviations lose their dots (हि.स., P.T.I.)."""
    return tokens(_DOT_IN_WORD.sub("", text))


def _is_credit(line: str, credit: frozenset[str]) -> bool:
    """Whether the last line of a report is a credit, or nothing at all."""
    words = _spelt_out(line)
    sentence = len(words) > 4 and line.rstrip().endswith(("।", "."))
    short = len(words) <= _FEW_WORDS
    return not words or (short and not sentence and any(word in credit for word in words))


def _is_long(paragraph: str) -> bool:
    """Whether a paragraph surely has more words than a credit; each Hindi word is one at least."""
    words = paragraph[:_FEW].split()[:-1]
    return sum(1 for word in words if DEVANAGARI.search(word)) > _FEW_WORDS


def _cut_tail(paragraphs: list[str], credit: frozenset[str]) -> list[str]:
    """Cuts credits off the end: a line of its own, a bracket, or words after the last sentence."""
    paragraphs = list(paragraphs)
    for _ in range(4):
        if not paragraphs:
            break
        last = paragraphs[-1]
        if not _is_long(last) and _is_credit(last, credit):
            paragraphs.pop()
            continue
        for pattern, limit in ((_TAIL_BRACKET, 10), (_TAIL_AFTER_END, 6)):
            match = pattern.search(last, max(0, len(last) - _FOOT))
            if match is None:
                continue
            inside = _spelt_out(match.group(1))
            if len(inside) <= limit and any(word in credit for word in inside):
                paragraphs[-1] = last[: match.start()].rstrip(" -–—")
                break
        else:
            break
    return paragraphs
