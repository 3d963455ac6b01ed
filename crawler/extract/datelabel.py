"""What a line says of the date in it: that of the article, of its change, or of something else.

Here belong labels, and what may stand beside a date without one. Not here: where such a line may
stand (`visible`), and reading the date (`datetext`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, Literal

from crawler.extract import datetext
from crawler.extract.dateline import FUNCTION_WORDS
from crawler.extract.normal import word_set
from crawler.extract.places import PLACES

# Searched in small letters, as all patterns here: asking for either case of each letter takes
# several times as long.
LABEL: Final = re.compile(
    r"(?P<first>first\s+publish\w*|प्रथम\s+प्रकाश\S*)"
    r"|(?P<updated>(?:last\s+)?(?:updat|modif)\w*|अपडेट\S*|अद्यतन|संशोधित|अंतिम\s+बार)"
    r"|(?P<published>publish\w*|posted|created|प्रकाश\S*|पब्लिश\S*|पोस्टेड|पोस्ट\s+किया|दिनांक|तिथि)",
)
"""What stands before a date and says what date it is."""
_MAX_OTHER_WORDS: Final = 9
# "तिथि" and "दिनांक" name any day; behind other words they are those of an exam or a vote.
_ANY_DAY: Final = ("तिथि", "दिनांक")
# Right behind a date these make it a part of a sentence: what happened, or will, on that day.
_OF_SENTENCE: Final = re.compile(r"\s*(?:को|से|तक|में|के|की|का|पर)(?=\s+\S)")
_TODAY: Final = re.compile(
    r"(?:^|[^\w\u0900-\u0963])(?:today(?:'s)?|आज|current|now)(?![\w\u0900-\u0963])"
)
_SENTENCE: Final = re.compile(r"[।?!]")
_BARS: Final = re.compile(r"\s*(?:[|•·,/()\[\]]|(?<!\S)[-–—](?!\S))\s*")
_BYLINE: Final = re.compile(
    r"(?:^|[\s|])(?:by|author|reporter|लेखक|रिपोर्टर?|संपादन|प्रस्तुति|द्वारा)(?:\s|[:\-–]|$)"
)
# What else a line that is nothing but a date holds: names of days, of clocks, of its counters.
_NEUTRAL: Final = word_set(
    "सोमवार मंगलवार बुधवार गुरुवार गुरूवार बृहस्पतिवार वीरवार शुक्रवार शनिवार रविवार",
    "सोम मंगल बुध गुरु शुक्र शनि रवि",
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue tues wed thu thur thurs fri sat sun",
    "ist gmt utc npt hrs am pm a.m p.m आईएसटी जीएमटी भारतीय समयानुसार",
    "बजे को सुबह शाम सायं प्रातः अपराह्न पूर्वाह्न रात दोपहर तारीख समय date time on at in",
    "min mins minute minutes मिनट read पढ\u093cें views view व्यूज",
    "comments comment टिप्पणी no leave a share शेयर follow us reply print email प्रिंट ईमेल",
)
_DESKS: Final = word_set(
    "डेस्क टीम ब्यूरो संवाददाता प्रतिनिधि नेटवर्क एजेंसी न्यूज न्यूज\u093c डिजिटल वेब",
    "desk team bureau news network admin web",
)
_MAX_NAME_WORDS: Final = 3
_DIGIT: Final = re.compile("[0-9]")
# What looks like a date and is none is kept for its string alone, and only a short one.
_MAX_LIKE_CHARS: Final = 60

Kind = Literal["published", "updated"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date that may be the one: where it comes from, its string, and what that says."""

    source: str
    raw: str
    moment: datetext.Moment | None


def of_line(
    text: str, zone: tzinfo, *, named: bool = False, bare: bool = False
) -> Iterator[tuple[Kind, Candidate]]:
    """The dates in a line, each with what the label before it says that it is.

    Args:
        text: The line.
        zone: Zone of the site.
        named: Whether the element calls itself a date: it may then hold more than other lines.
        bare: Whether it may hold nothing else than a date.
    """
    if not any(map(str.isdecimal, text)):
        return
    plain = datetext.plain(text)
    lower = plain.lower()
    lower = lower if len(lower) == len(plain) else plain
    labels = [found for found in LABEL.finditer(lower) if _is_label(lower, found)]
    parts: list[tuple[str | None, int, int]] = [
        (None, 0, labels[0].start() if labels else len(plain))
    ]
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(plain)
        parts.append((label.lastgroup, label.end(), end))
    for name, start, end in parts:
        piece = plain[start:end]
        moment = datetext.read(piece, zone)
        if moment is not None:
            span: tuple[int, int] | None = (moment.start, moment.end)
        elif name == "updated" or end - start > _MAX_LIKE_CHARS or not _DIGIT.search(piece):
            continue
        else:
            span = datetext.like_date(piece)
        if span is None or _OF_SENTENCE.match(piece, span[1]):
            continue
        if name is None and not _is_own(lower[start:end], span, moment, named=named, bare=bare):
            continue
        kind: Kind = "updated" if name == "updated" else "published"
        yield kind, Candidate("text", text, moment)


def _is_label(lower: str, found: re.Match[str]) -> bool:
    """Whether a word that may be a label is that of the date of the article."""
    if found[0] not in _ANY_DAY:
        return True
    before = lower[: found.start()].rstrip()
    last = before.rpartition(" ")[2]
    return not before or before[-1] in "|•·,:-–" or LABEL.fullmatch(last) is not None


def _is_own(
    piece: str,
    span: tuple[int, int],
    moment: datetext.Moment | None,
    *,
    named: bool,
    bare: bool,
) -> bool:
    """Whether a date without a label is all that a piece is about.

    Args:
        piece: What stands around it, in small letters.
        span: Where in it the date stands.
        moment: The date; None if it is none of the calendar, or has no year.
        named: As for `of_line`.
        bare: As for `of_line`.
    """
    before, after = piece[: span[0]], piece[span[1] :]
    rest = f"{before} | {after}"
    if len(rest.split()) > _MAX_OTHER_WORDS + 1 or _SENTENCE.search(rest) or _TODAY.search(rest):
        return False
    if named and moment is not None:
        return True
    if before.rstrip().endswith((":", "：")) and not _neutral(before.rstrip(" :：")):
        return False
    if bare or moment is None:
        return _neutral(before) and _neutral(after)
    exact = moment.precision != "day"
    return _is_beside(before, -1, exact=exact) and _is_beside(after, 0, exact=exact)


def _neutral(text: str) -> bool:
    """Whether nothing is said in what stands beside a date."""
    words = re.sub(r"[\W\d_]+(?=\s|$)|(?<!\S)[\W\d_]+", " ", text.replace("|", " "))
    return all(word.strip(".") in _NEUTRAL for word in _words(words))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w\u0900-\u0963.'’]*[^\W\d_][\w\u0900-\u0963.'’]*", text)


def _is_beside(text: str, near: int, *, exact: bool) -> bool:
    """Whether all parts of what stands on one side of a date can stand beside an article's own.

    Args:
        text: What stands there.
        near: Index of the part that no bar or comma parts from the date.
        exact: Whether the date has a time of day, as few have that are told of.
    """
    parts = _BARS.split(text)
    byline = _BYLINE.search(text) is not None
    for at, part in enumerate(parts):
        words = [word for word in part.split() if word.strip(".:") not in _NEUTRAL]
        words = [word for word in words if _words(word)]
        if not words or part.strip() in PLACES or _is_place(words) or byline:
            continue
        if FUNCTION_WORDS.intersection(words) or len(words) > _MAX_NAME_WORDS + 1:
            return False
        if not _DESKS.isdisjoint(words):
            continue
        touching = at == near % len(parts)
        if len(words) > _MAX_NAME_WORDS or re.search(r"\d", part):
            return False
        if touching and not (exact and len(words) > 1):
            return False
    return True


def _is_place(words: list[str]) -> bool:
    return " ".join(words) in PLACES
