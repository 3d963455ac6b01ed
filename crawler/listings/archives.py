"""Archives: which sitemaps of an index, and which of their entries, fall into a range of time.

Here belong pure functions over what was listed. A name that holds a date says more than the time
of the last change: old sitemaps are often written anew. Not here: the course of a poll
(`crawler.listings.polls`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from crawler.listings.listing import Child, Item

_DAY: Final = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])[-_/]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH: Final = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SLACK: Final = timedelta(days=1)
"""A day in a name is one of the site's zone."""


def span_of(url: str) -> tuple[datetime, datetime] | None:
    """The time that the date in a URL stands for: a day, a month or a year, a day of slack around.

    Args:
        url: Such as ``https://a.in/sitemap-2024-11.xml`` or ``https://a.in/2024/11/05/x``.

    Returns:
        Begin and end, UTC; None if there is no date in it.
    """
    path = url.partition("://")[2].partition("/")[2]
    for pattern in (_DAY, _MONTH, _YEAR):
        for found in pattern.finditer(path):
            numbers = [int(part) for part in found.groups()]
            try:
                first = date(*[*numbers, 1, 1][:3])
            except ValueError:
                continue  # 30 February.
            begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
            days = {3: 1, 2: 31, 1: 366}[len(numbers)]
            return begin - _SLACK, begin + timedelta(days=days) + _SLACK
    return None


def of_range(children: Iterable[Child], since: datetime, until: datetime) -> list[Child]:
    """The sitemaps of an index that may list what was published in a range, in their order.

    Args:
        children: Of the index.
        since: Begin.
        until: End, not included.
    """
    found = []
    for child in {c.url: c for c in children}.values():
        span = span_of(child.url)
        if span is not None:
            fits = span[0] < until and span[1] > since
        else:  # What was changed last before the range lists nothing of it.
            fits = child.changed_at is None or child.changed_at >= since
        if fits:
            found.append(child)
    return found


def in_range(item: Item, since: datetime, until: datetime) -> bool:
    """Whether an entry is of a range: by its time, its URL, else the time of its last change.

    One that says nothing of its time is not.

    Args:
        item: As listed.
        since: Begin.
        until: End, not included.
    """
    if item.published_at is not None:
        return since <= item.published_at < until
    span = span_of(item.url)
    if span is not None and span[1] - span[0] <= timedelta(days=4):
        return span[0] < until and span[1] > since
    return item.changed_at is not None and since <= item.changed_at < until
