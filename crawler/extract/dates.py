"""Which of a page's dates is the date of publication.

A page has many: in its JSON-LD and meta elements, beside the headline, in the lists of other
stories, and on many themes the date of today at the top. Here belongs the order in which they are
believed and where in the page a visible one may stand. Not here: reading a date (`datetext`).

The order: JSON-LD, meta, <time> beside the headline, what the feed or sitemap said, visible text
that is a date of publication, the URL, visible text that is a date of change. A date of the day
alone is made exact by the next one that agrees on the day.

A visible date counts only between the headline and the end of the body, or above the headline in
the headline's own box if it calls itself the date of the entry. The date of today at the top of a
theme is never asked, whatever the clock says: a page from the archive shows the day on which it
was fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal
from urllib.parse import urlsplit

from crawler.extract import datetext
from crawler.extract.jsonld import Declared
from crawler.extract.meta import Head
from crawler.extract.outline import Mark, Outline
from crawler.extract.result import Listed, Precision

_EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
"""The first Hindi newspapers went online in 1996."""
_FUTURE: Final = timedelta(days=1)

_META_PUBLISHED: Final = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "publish-date",
    "publish_date",
    "published-date",
    "publishdate",
    "pubdate",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "datecreated",
    "article:created_time",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
    "dc.date",
    "date",
)
_META_MODIFIED: Final = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "article:updated_time",
    "dcterms.modified",
    "last-modified",
    "lastmod",
)
_LABEL: Final = re.compile(
    r"(?P<first>first\s+publish\w*|प्रथम\s+प्रकाश\S*)"
    r"|(?P<updated>(?:last\s+)?(?:updat|modif)\w*|अपडेट\S*|अद्यतन|संशोधित|अंतिम\s+बार)"
    r"|(?P<published>publish\w*|posted|created|प्रकाश\S*|पब्लिश\S*|पोस्ट\s+किया|दिनांक|तिथि)",
    re.IGNORECASE,
)
_MODIFIED_NAME: Final = re.compile(r"updated|modified|update\b")
# Names of themes for the date of the entry; the date of today has names of its own.
_ENTRY_NAME: Final = re.compile(r"publish|posted|entry-?date|post-?date|article-?date|story-?date")
_TODAY_NAME: Final = re.compile(r"today|current|now|clock|top-?bar|header-?date|live")
# schema.org, and Dublin Core as Drupal writes it in RDFa.
_PUBLISHED_PROPERTY: Final = re.compile(r"datepublished|dc:created|dc:issued|dcterms:created")
_TIME_PROPERTY: Final = re.compile(r"datepublished|datemodified|dc:|dcterms:")
_URL_DATE: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[/-]?)(?P<month>0?[1-9]|1[0-2])(?P=sep)"
    r"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)
_MAX_LINE_WORDS: Final = 16
_MAX_OTHER_WORDS: Final = 9
_FOOT_BLOCKS: Final = 6
_HEADER_BLOCKS: Final = 5

Kind = Literal["published", "updated"]


@dataclass(frozen=True, slots=True)
class Dated:
    """The dates of an article.

    Attributes:
        published_at: UTC, or None.
        raw: The string that it was read from; of a date that was rejected if there is no other.
        precision: second, minute or day; None without a date.
        source: json_ld, meta, time, feed, sitemap, section, url or text; None without a date.
        modified_at: UTC, or None.
    """

    published_at: datetime | None = None
    raw: str | None = None
    precision: Precision | None = None
    source: str | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
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


def find_dates(
    *,
    declared: Declared | None,
    head: Head,
    page: Outline,
    region: Region,
    listed: Listed | None,
    url: str,
    zone: tzinfo,
    now: datetime,
) -> Dated:
    """Finds when an article was published and when it was changed.

    Args:
        declared: Its JSON-LD.
        head: Its meta elements.
        page: Its outline.
        region: Where visible dates may stand.
        listed: What the feed, sitemap or section page said.
        url: Its URL.
        zone: Zone of dates that name none.
        now: The clock: dates more than a day after it are rejected.

    Returns:
        The dates. Rejected ones leave their string in `raw`.
    """
    visible = list(_visible(page, region, zone))
    candidates = [
        *_declared(declared, head, zone),
        *(c for kind, c in visible if kind == "published" and c.source == "time"),
        *_listed(listed, zone),
        *(c for kind, c in visible if kind == "published" and c.source == "text"),
        *_from_url(url, zone),
        *(c for kind, c in visible if kind == "updated"),
    ]
    good = [c for c in candidates if c.moment and _EARLIEST <= c.moment.at <= now + _FUTURE]
    modified = _modified(declared, head, visible, zone, now)
    if not good:
        raw = next((c.raw for c in candidates if c.raw), None)
        return Dated(raw=raw, modified_at=modified)
    best = _sharpened(good, zone)
    moment = best.moment
    assert moment is not None
    if modified is not None and modified < moment.at:
        modified = None
    return Dated(moment.at, best.raw, moment.precision, best.source, modified)


def _sharpened(good: list[_Candidate], zone: tzinfo) -> _Candidate:
    """The first candidate, or if it knows only the day, the first exact one of that day."""
    best = good[0]
    if best.moment is None or best.moment.precision != "day":
        return best
    day = best.moment.at.astimezone(zone).date()
    for other in good[1:]:
        exact = other.moment is not None and other.moment.precision != "day"
        if exact and other.moment and other.moment.at.astimezone(zone).date() == day:
            return other
    return best


def _declared(declared: Declared | None, head: Head, zone: tzinfo) -> Iterator[_Candidate]:
    if declared is not None and declared.published:
        yield _candidate("json_ld", declared.published, zone)
    for name in _META_PUBLISHED:
        for raw in head.meta.get(name, ()):
            if raw:
                yield _candidate("meta", raw, zone)


def _listed(listed: Listed | None, zone: tzinfo) -> Iterator[_Candidate]:
    if listed is None:
        return
    raw = listed.published_raw or ""
    read = datetext.read(raw, zone)
    if listed.published_at is not None:
        precision = read.precision if read else "second"
        moment = datetext.Moment(listed.published_at.astimezone(UTC), precision)
        yield _Candidate(listed.source, raw or listed.published_at.isoformat(), moment)
    elif raw:
        # The lister could not read it; feeds with Hindi month names are one reason.
        yield _Candidate(listed.source, raw, read)


def _candidate(source: str, raw: str, zone: tzinfo) -> _Candidate:
    return _Candidate(source, raw, datetext.read(raw, zone))


def _from_url(url: str, zone: tzinfo) -> Iterator[_Candidate]:
    try:
        path = urlsplit(url).path
    except ValueError:
        return
    for found in _URL_DATE.finditer(path):
        raw = "-".join((found["year"], found["month"].zfill(2), found["day"].zfill(2)))
        # Without separators eight digits are a date only where they stand alone: else an id.
        alone = found["sep"] or re.match(r"[/_.-]?$|[/_.-]", path[found.end() :])
        if alone and (found["sep"] or len(found[0]) == 8):
            yield _Candidate("url", found[0], datetext.read(raw, zone))


def _visible(page: Outline, region: Region, zone: tzinfo) -> Iterator[tuple[Kind, _Candidate]]:
    """Dates that can be seen where an article shows its own."""
    top, foot = _limits(page, region)
    for mark in page.dates:
        if not top <= mark.at < foot or _TODAY_NAME.search(mark.name):
            continue
        above = region.headline is not None and mark.at < region.headline
        if above and not (_ENTRY_NAME.search(mark.name) or _LABEL.search(mark.text)):
            continue
        inside = mark.at > region.first or (mark.at == region.first and mark.text)
        if inside and not _LABEL.search(mark.text + " " + mark.name):
            continue
        yield from _of_mark(mark, zone)
    for index in range(top, foot):
        block = page.blocks[index]
        if block.size > _MAX_LINE_WORDS:
            continue
        above = region.headline is not None and index < region.headline
        if (above or index >= region.first) and not _LABEL.search(block.text):
            continue
        yield from _of_line(block.text, zone)


def _limits(page: Outline, region: Region) -> tuple[int, int]:
    """First block and the block after the last that a visible date may stand in."""
    foot = min(region.last + _FOOT_BLOCKS, len(page.blocks))
    if region.headline is None or region.headline >= region.first:
        return max(region.first - _HEADER_BLOCKS, 0), foot
    top = region.headline
    element = page.blocks[region.headline].element
    for _ in range(2):
        element = page.elements[element].parent
        if element < 0 or page.elements[element].first < region.headline - _HEADER_BLOCKS:
            break
        top = page.elements[element].first
    return top, foot


def _of_mark(mark: Mark, zone: tzinfo) -> Iterator[tuple[Kind, _Candidate]]:
    name = mark.name
    is_time = name.startswith("time ") or _TIME_PROPERTY.search(name) is not None
    source = "time" if is_time else "text"
    if mark.value and is_time:
        moment = datetext.read(mark.value, zone)
        if moment is not None:
            label = _LABEL.search(mark.text)
            changed = not _PUBLISHED_PROPERTY.search(name) and (
                _MODIFIED_NAME.search(name) or (label is not None and label["updated"])
            )
            yield ("updated" if changed else "published"), _Candidate(source, mark.value, moment)
            return
    for kind, candidate in _of_line(mark.text, zone):
        yield (
            "updated" if _MODIFIED_NAME.search(name) else kind,
            _Candidate(source, candidate.raw, candidate.moment),
        )


def _of_line(text: str, zone: tzinfo) -> Iterator[tuple[Kind, _Candidate]]:
    """The dates in a line, each with what the label before it says that it is."""
    labels = list(_LABEL.finditer(text))
    spans = [(None, 0, labels[0].start() if labels else len(text))]
    parts: list[tuple[str | None, int, int]] = list(spans)
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(text)
        parts.append((label.lastgroup, label.end(), end))
    for name, start, end in parts:
        piece = text[start:end]
        moment = datetext.read(piece, zone)
        if moment is None:
            continue
        other = len((piece[: moment.start] + piece[moment.end :]).split())
        if name is None and other > _MAX_OTHER_WORDS:
            continue
        kind: Kind = "updated" if name == "updated" else "published"
        yield kind, _Candidate("text", text, moment)


def _modified(
    declared: Declared | None,
    head: Head,
    visible: list[tuple[Kind, _Candidate]],
    zone: tzinfo,
    now: datetime,
) -> datetime | None:
    """The first date of change that can be believed."""
    raws = [declared.modified] if declared is not None and declared.modified else []
    for name in _META_MODIFIED:
        raws += head.meta.get(name, ())
    moments = [datetext.read(raw, zone) for raw in raws if raw]
    moments += [candidate.moment for kind, candidate in visible if kind == "updated"]
    for moment in moments:
        if moment and _EARLIEST <= moment.at <= now + _FUTURE:
            return moment.at
    return None
