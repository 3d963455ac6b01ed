"""The dates that can be seen in a page where an article shows its own.

Here belongs where such a date may stand and what its label says of it. A date counts only
between the headline and the end of the body, or above the headline in the headline's own box if
it calls itself the date of the entry. The date of today at the top of a theme is never asked,
whatever the clock says: a page from the archive shows the day on which it was fetched. Not here:
what a line says of its date (`datelabel`), and which of them is believed (`dates`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from crawler.extract import ago, datetext
from crawler.extract.datelabel import LABEL, Candidate, Kind, of_line
from crawler.extract.outline import Block, Mark, Outline

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
# Without one of these a line is no date. Asking costs less than the patterns.
_MAY_BE_DATE: Final = re.compile(r"[\d०-९]|पहले|ago\b|कल|yesterday|अभी|now\b")
_MAX_AGO_WORDS: Final = 9
_AGO_TAIL: Final = re.compile(
    r"^.*?[|•,·]\s*(?=[^|•,·]*$)|^\S{1,20}(?:\s\S{1,20})?\s+(?=\S+\s+\S+\s+(?:पहले|ago)$)"
)
_FOOT_BLOCKS: Final = 6
_HEADER_BLOCKS: Final = 5


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
        if above and not (_ENTRY_NAME.search(mark.name) or LABEL.search(mark.text.lower())):
            continue
        inside = mark.at > region.first or (mark.at == region.first and mark.text)
        if inside and not LABEL.search(f"{mark.text.lower()} {mark.name}"):
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
        if elsewhere and not LABEL.search(lower):
            continue
        yield from of_line(block.text, zone, bare=_is_item(block))
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
    return not LABEL.search(block.text.lower())


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
            label = LABEL.search(mark.text.lower())
            changed = not _PUBLISHED_PROPERTY.search(name) and (
                _MODIFIED_NAME.search(name) or (label is not None and label["updated"])
            )
            yield ("updated" if changed else "published"), Candidate(source, mark.value, moment)
            return
    for kind, candidate in of_line(mark.text, zone, named=True):
        yield (
            "updated" if _MODIFIED_NAME.search(name) else kind,
            Candidate(source, candidate.raw, candidate.moment),
        )
