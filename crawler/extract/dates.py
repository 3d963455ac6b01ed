"""Which of a page's dates is the date of publication.

A page has many: in its JSON-LD and meta elements, beside the headline, in the lists of other
stories, and on many themes the date of today at the top. Here belongs the order in which they are
believed and where in the page a visible one may stand. Not here: reading a date (`datetext`).

The order: JSON-LD, meta, <time> beside the headline, what the feed or sitemap said, visible text
that is a date of publication, the URL, visible text that is a date of change. A date of the day
alone is made exact by the next one that agrees on the day.

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import chain
from typing import Final
from urllib.parse import urlsplit

from crawler.extract import datetext
from crawler.extract.datelabel import Candidate, Kind
from crawler.extract.jsonld import Declared
from crawler.extract.meta import Head
from crawler.extract.outline import Outline
from crawler.extract.result import Listed, Precision
from crawler.extract.visible import Region, marked_dates, says_updated, written_dates

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
# Behind one of these a date in a slug is that of what the story tells.
_TELLS_OF: Final = re.compile(
    r"(?:^|[-_])(?:on|of|till|until|upto|to|from|since|for|by|before|after|between|and|in|the|dated|se|tak|ko)[-_]$"
)
_ENDS_SLUG: Final = re.compile(r"(?:[-_]\d{3,})?(?:/|$|\.[A-Za-z]{2,5}/?$)")
_URL_DATE: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[/-]?)(?P<month>0?[1-9]|1[0-2])(?P=sep)"
    r"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """The dates of an article.

    Attributes:
        published_at: UTC, or None.
        raw: The string that it was read from; of a date that was rejected if there is no other.
        precision: second, minute or day; None without a date.
        source: selectors, json_ld, meta, time, feed, sitemap, section, url or text; None without
            a date.
        modified_at: UTC, or None.
    """

    published_at: datetime | None = None
    raw: str | None = None
    precision: Precision | None = None
    source: str | None = None
    modified_at: datetime | None = None


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
    selected: str | None = None,
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
        selected: The date that a source's selector found, as written; believed first.

    Returns:
        The dates. Rejected ones leave their string in `raw`.
    """
    seen = _Seen(page, region, zone, now)
    raw: str | None = None
    best: Candidate | None = None
    for candidate in _candidates(selected, declared, head, seen, listed, url, zone, now):
        raw = raw or candidate.raw
        if not _good(candidate.moment, now):
            continue
        if best is None:
            best = candidate
            if not _is_day(candidate):
                break
        elif not _is_day(candidate) and _date(candidate, zone) == _date(best, zone):
            best = candidate
            break
    modified = _modified(declared, head, seen, zone, now)
    if best is None or best.moment is None:
        return Dated(raw=raw or None, modified_at=modified)
    moment = best.moment
    if modified is not None and modified < moment.at:
        modified = None
    return Dated(moment.at, best.raw, moment.precision, best.source, modified)


class _Seen:
    """The dates that can be seen, each kind when first asked for: most pages declare theirs."""

    def __init__(self, page: Outline, region: Region, zone: tzinfo, now: datetime) -> None:
        self._where = (page, region, zone, now)

    @cached_property
    def marked(self) -> list[tuple[Kind, Candidate]]:
        """Those in elements, with what the page says that they are."""
        page, region, zone, _ = self._where
        return list(marked_dates(page, region, zone))

    @cached_property
    def written(self) -> list[tuple[Kind, Candidate]]:
        """Those in lines, likewise."""
        return list(written_dates(*self._where))

    def in_time(self) -> Iterator[Candidate]:
        """Those of publication from <time> and kin."""
        return (c for kind, c in self.marked if kind == "published" and c.source == "time")

    def in_text(self) -> Iterator[Candidate]:
        """Those of publication from text."""
        found = chain(self.marked, self.written)
        return (c for kind, c in found if kind == "published" and c.source == "text")

    def updated(self) -> Iterator[Candidate]:
        """Those of change. Most pages say of none, which is asked before any is read."""
        page, region, _, _ = self._where
        if not says_updated(page, region):
            return iter(())
        return (c for kind, c in chain(self.marked, self.written) if kind == "updated")


def _candidates(
    selected: str | None,
    declared: Declared | None,
    head: Head,
    seen: _Seen,
    listed: Listed | None,
    url: str,
    zone: tzinfo,
    now: datetime,
) -> Iterator[Candidate]:
    """What may be the date of publication, in the order in which it is believed."""
    if selected:
        yield _in_order(_candidate("selectors", selected, zone), listed, url, zone, now)
    for candidate in _declared(declared, head, zone):
        yield _in_order(candidate, listed, url, zone, now)
    yield from seen.in_time()
    yield from _listed(listed, zone, now)
    yield from seen.in_text()
    yield from _from_url(url, zone)
    yield from seen.updated()


def _good(moment: datetext.Moment | None, now: datetime) -> bool:
    return moment is not None and _EARLIEST <= moment.at <= now + _FUTURE


def _is_day(candidate: Candidate) -> bool:
    return candidate.moment is not None and candidate.moment.precision == "day"


def _date(candidate: Candidate, zone: tzinfo) -> date | None:
    """The day of a candidate on the site's calendar."""
    return candidate.moment.at.astimezone(zone).date() if candidate.moment else None


def _declared(declared: Declared | None, head: Head, zone: tzinfo) -> Iterator[Candidate]:
    if declared is not None and declared.published:
        yield _candidate("json_ld", declared.published, zone)
    for name in _META_PUBLISHED:
        for raw in head.all(name):
            if raw:
                yield _candidate("meta", raw, zone)


def _in_order(
    candidate: Candidate, listed: Listed | None, url: str, zone: tzinfo, now: datetime
) -> Candidate:
    """Settles which is the month in "7/6/2024 10:30:00 AM", a habit of .NET.

    The reading that is not ahead of the clock and on whose day the list or the URL agrees; else
    the day is first as in India, and the clock is not trusted to tell a part of it.
    """
    moment = candidate.moment
    if moment is None or candidate.raw[-1:] not in "mM" or "/" not in candidate.raw:
        return candidate
    other = datetext.month_first(candidate.raw, zone)
    if other is None:
        return candidate
    swapped = Candidate(candidate.source, candidate.raw, other)
    told = [
        c for c in chain(_listed(listed, zone, now), _from_url(url, zone)) if _good(c.moment, now)
    ]
    days = {_date(c, zone) for c in told}
    if _date(candidate, zone) in days or not _good(other, now):
        return candidate
    if _date(swapped, zone) in days or not _good(moment, now):
        return swapped
    at = moment.at.astimezone(zone).replace(hour=0, minute=0, second=0)
    return Candidate(candidate.source, candidate.raw, datetext.Moment(datetext.utc(at), "day"))


def _listed(listed: Listed | None, zone: tzinfo, now: datetime) -> Iterator[Candidate]:
    if listed is None:
        return
    raw = listed.published_raw or ""
    read = datetext.read(raw, zone)
    if listed.published_at is not None:
        precision = read.precision if read else "second"
        moment = datetext.Moment(listed.published_at.astimezone(UTC), precision)
        yield Candidate(listed.source, raw or listed.published_at.isoformat(), moment)
    elif raw:
        # The lister could not read it; feeds with Hindi month names are one reason.
        yield Candidate(listed.source, raw, read or datetext.read_near(raw, zone, now))


def _candidate(source: str, raw: str, zone: tzinfo) -> Candidate:
    return Candidate(source, raw, datetext.read(raw, zone))


def _from_url(url: str, zone: tzinfo) -> Iterator[Candidate]:
    try:
        path = urlsplit(url).path
    except ValueError:
        return
    for found in _URL_DATE.finditer(path):
        raw = "-".join((found["year"], found["month"].zfill(2), found["day"].zfill(2)))
        if not _stands_apart(path, found):
            continue
        # Without separators eight digits are a date only where they stand alone: else an id.
        alone = found["sep"] or re.match(r"[/_.-]?$|[/_.-]", path[found.end() :])
        if alone and (found["sep"] or len(found[0]) == 8):
            yield Candidate("url", found[0], datetext.read(raw, zone))


def _stands_apart(path: str, found: re.Match[str]) -> bool:
    """Whether a date in a path can be that of the page.

    As folders, or at one end of a slug, where the number of the story may stand behind it. In the
    midst of one, or at its end behind words that tie it to what goes before, it is a day that the
    story tells of.
    """
    before, after = path[: found.start()], path[found.end() :]
    if found["sep"] == "/":
        return before.endswith("/") and (not after or after[0] in "/-_.")
    slug = before.rpartition("/")[2]
    if _TELLS_OF.search(slug.lower()):
        return False
    if not found["sep"]:
        return True
    return not slug.strip("-_") or _ENDS_SLUG.match(after) is not None


def _modified(
    declared: Declared | None, head: Head, seen: _Seen, zone: tzinfo, now: datetime
) -> datetime | None:
    """The first date of change that can be believed."""
    raws = [declared.modified] if declared is not None and declared.modified else []
    for name in _META_MODIFIED:
        raws += head.all(name)
    for raw in raws:
        moment = datetext.read(raw, zone)
        if moment is not None and _good(moment, now):
            return moment.at
    for candidate in seen.updated():
        if candidate.moment is not None and _good(candidate.moment, now):
            return candidate.moment.at
    return None
