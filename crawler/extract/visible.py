"""The dates that can be seen in a page where an article shows its own.

Here belongs where such a date may stand and what its label says of it. A date counts only
between the headline and the end of the body, or above the headline in the headline's own box if
it calls itself the date of the entry. The date of today at the top of a theme is never asked,
whatever the clock says: a page from the archive shows the day on which it was fetched. Not here:
which of them is believed (`dates`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Literal

from crawler.extract import ago, datetext
from crawler.extract.dateline import FUNCTION_WORDS
from crawler.extract.normal import word_set
from crawler.extract.outline import Block, Mark, Outline
from crawler.extract.places import PLACES

# Searched in small letters, as all patterns here: asking for either case of each letter takes
# several times as long.
_LABEL: Final = re.compile(
    r"(?P<first>first\s+publish\w*|प्रथम\s+प्रकाश\S*)"
    r"|(?P<updated>(?:last\s+)?(?:updat|modif)\w*|अपडेट\S*|अद्यतन|संशोधित|अंतिम\s+बार)"
    r"|(?P<published>publish\w*|posted|created|प्रकाश\S*|पब्लिश\S*|पोस्ट\s+किया|दिनांक|तिथि)",
)
# A part of whatever says that a date is one of change, in a label or a name.
_CHANGED: Final = ("updat", "modif", "अपडेट", "अद्यतन", "संशोधित", "अंतिम")
_MODIFIED_NAME: Final = re.compile(r"updated|modified|update\b")
# Names of themes for the date of the entry; the date of today has names of its own.
_ENTRY_NAME: Final = re.compile(r"publish|posted|entry-?date|post-?date|article-?date|story-?date")
_TODAY_NAME: Final = re.compile(r"today|current|now|clock|top-?bar|header-?date|live")
# schema.org, and Dublin Core as Drupal writes it in RDFa.
_PUBLISHED_PROPERTY: Final = re.compile(r"datepublished|dc:created|dc:issued|dcterms:created")
_TIME_PROPERTY: Final = re.compile(r"datepublished|datemodified|dc:|dcterms:")
_MAX_LINE_WORDS: Final = 16
_MAX_OTHER_WORDS: Final = 9
# Without one of these a line is no date. Asking costs less than the patterns.
_MAY_BE_DATE: Final = re.compile(r"[\d०-९]|पहले|ago\b|कल|yesterday|अभी|now\b")
_MAX_AGO_WORDS: Final = 9
_AGO_TAIL: Final = re.compile(
    r"^.*?[|•,·]\s*(?=[^|•,·]*$)|^\S{1,20}(?:\s\S{1,20})?\s+(?=\S+\s+\S+\s+(?:पहले|ago)$)"
)
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
    "बजे को सुबह शाम रात दोपहर तारीख समय date time on at in",
    "min mins minute minutes मिनट read पढ\u093cें views view व्यूज",
    "comments comment टिप्पणी no leave a share शेयर follow us reply print email प्रिंट ईमेल",
)
_DESKS: Final = word_set(
    "डेस्क टीम ब्यूरो संवाददाता प्रतिनिधि नेटवर्क एजेंसी न्यूज न्यूज\u093c डिजिटल वेब",
    "desk team bureau news network admin web",
)
_MAX_NAME_WORDS: Final = 3
_FOOT_BLOCKS: Final = 6
_HEADER_BLOCKS: Final = 5

Kind = Literal["published", "updated"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date that may be the one: where it comes from, its string, and what that says."""

    source: str
    raw: str
    moment: datetext.Moment | None


@dataclass(frozen=True, slots=True)
class Region:
    """Where visible dates may stand.

    Attributes:
        headline: Index of the block of the headline, or None if it is not visible.
        first: Index of the first block of the body.
        last: Index after its last.
    """

    headline: int | None
    first: int
    last: int


def marked_dates(page: Outline, region: Region, zone: tzinfo) -> Iterator[tuple[Kind, Candidate]]:
    """Dates in elements that name themselves as dates, where an article shows its own."""
    top, foot = _limits(page, region)
    for mark in page.dates:
        if not top <= mark.at < foot or _TODAY_NAME.search(mark.name):
            continue
        above = region.headline is not None and mark.at < region.headline
        if above and not (_ENTRY_NAME.search(mark.name) or _LABEL.search(mark.text.lower())):
            continue
        inside = mark.at > region.first or (mark.at == region.first and mark.text)
        if inside and not _LABEL.search(f"{mark.text.lower()} {mark.name}"):
            continue
        if not mark.name.startswith("time ") and _in_caption(page, mark):
            continue
        yield from _of_mark(mark, zone)


def written_dates(
    page: Outline, region: Region, zone: tzinfo, now: datetime
) -> Iterator[tuple[Kind, Candidate]]:
    """Dates in the lines where an article shows its own; all of them are from "text".

    Those that count from the clock ("2 घंटे पहले") are believed between headline and body alone:
    below stand the readers' comments and other stories, each with its own.
    """
    top, foot = _limits(page, region)
    for index in range(top, foot):
        block = page.blocks[index]
        if block.size > _MAX_LINE_WORDS:
            continue
        lower = block.text.lower()
        if not _MAY_BE_DATE.search(lower):
            continue
        above = region.headline is not None and index < region.headline
        # A caption tells when its picture was taken, unless it says that it is about the story.
        elsewhere = above or index >= region.first or block.kind == "caption"
        if elsewhere and not _LABEL.search(lower):
            continue
        yield from _of_line(block.text, zone, bare=_is_item(block))
        if not above and index < region.first and block.size <= _MAX_AGO_WORDS:
            moment = ago.read(block.text, zone, now) or ago.read(_tail(block.text), zone, now)
            if moment is not None:
                yield "published", Candidate("text", block.text, moment)


def says_updated(page: Outline, region: Region) -> bool:
    """Whether there can be a date of change among those that can be seen; no date is read."""
    top, foot = _limits(page, region)
    texts = [block.text for block in page.blocks[top:foot] if block.size <= _MAX_LINE_WORDS]
    texts += [f"{mark.name} {mark.text}" for mark in page.dates if top <= mark.at < foot]
    text = "\n".join(texts).lower()
    return any(part in text for part in _CHANGED)


def _is_item(block: Block) -> bool:
    """Whether a line is a heading or an item of a list: it may be a date, and tell of nothing."""
    return block.heading or block.kind == "li"


def _in_caption(page: Outline, mark: Mark) -> bool:
    if mark.at >= len(page.blocks):
        return False
    block = page.blocks[mark.at]
    if block.kind != "caption" or not mark.text or mark.text not in block.text:
        return False
    return not _LABEL.search(block.text.lower())


def _tail(text: str) -> str:
    """What stands behind the last bar or comma, as the time behind a place: "पटना | 2 घंटे पहले"."""
    return _AGO_TAIL.sub("", text)


def _limits(page: Outline, region: Region) -> tuple[int, int]:
    """First block and the block after the last that a visible date may stand in."""
    foot = min(region.last + _FOOT_BLOCKS, len(page.blocks))
    if region.headline is None or region.headline >= region.first:
        return max(region.first - _HEADER_BLOCKS, 0), foot
    top = region.headline
    element = page.blocks[region.headline].element
    for _ in range(2):
        element = page.elements.parent[element]
        if element < 0 or page.elements.first[element] < region.headline - _HEADER_BLOCKS:
            break
        top = page.elements.first[element]
    return top, foot


def _of_mark(mark: Mark, zone: tzinfo) -> Iterator[tuple[Kind, Candidate]]:
    name = mark.name
    is_time = name.startswith(("time ", "abbr ")) or _TIME_PROPERTY.search(name) is not None
    source = "time" if is_time else "text"
    if mark.value and is_time:
        moment = datetext.read(mark.value, zone)
        if moment is not None:
            label = _LABEL.search(mark.text.lower())
            changed = not _PUBLISHED_PROPERTY.search(name) and (
                _MODIFIED_NAME.search(name) or (label is not None and label["updated"])
            )
            yield ("updated" if changed else "published"), Candidate(source, mark.value, moment)
            return
    for kind, candidate in _of_line(mark.text, zone, named=True):
        yield (
            "updated" if _MODIFIED_NAME.search(name) else kind,
            Candidate(source, candidate.raw, candidate.moment),
        )


def _of_line(
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
    labels = [found for found in _LABEL.finditer(lower) if _is_label(lower, found)]
    spans = [(None, 0, labels[0].start() if labels else len(plain))]
    parts: list[tuple[str | None, int, int]] = list(spans)
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(plain)
        parts.append((label.lastgroup, label.end(), end))
    for name, start, end in parts:
        piece = plain[start:end]
        moment = datetext.read(piece, zone)
        span = (moment.start, moment.end) if moment else datetext.like_date(piece)
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
    return not before or before[-1] in "|•·,:-–" or _LABEL.fullmatch(last) is not None


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
        named: As for `_of_line`.
        bare: As for `_of_line`.
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
