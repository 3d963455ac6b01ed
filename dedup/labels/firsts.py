"""Who published first.

Here belongs the comparison of publication times that are known to different precisions, and the
decision over a family. Not here: who is in a family (`dedup.families`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

NEWS_ZONE: Final = ZoneInfo("Asia/Kolkata")
"""A date without a time is a day in India; in UTC it would be cut at half past five."""
_PRECISIONS: Final = ("second", "minute", "day")


class DecidedBy(StrEnum):
    """What told the first publisher from the others; the stronger comes first."""

    PUBLISHED_AT = "published_at"
    AGENCY = "agency"
    FIRST_LISTED_AT = "first_listed_at"


@dataclass(frozen=True, slots=True)
class Publication:
    """What is known about when and by whom one URL of a family was published.

    Attributes:
        article_id: Its earliest version.
        source_id: The source.
        published_at: As the publisher says; with a time zone.
        precision: ``second``, ``minute`` or ``day``; anything else counts as ``day``.
        first_listed_at: When a feed, sitemap or section page first showed it.
        own_agency: Whether the source is the agency whose copy this may be.
    """

    article_id: str
    source_id: str
    published_at: datetime | None
    precision: str | None
    first_listed_at: datetime | None
    own_agency: bool = False


def first_publisher(
    publications: Sequence[Publication],
) -> tuple[Publication, DecidedBy] | None:
    """Finds the one that was published before all the others.

    Two times are compared at the coarser of their precisions. Where that leaves a tie, the
    agency's own page wins, then the one that was listed first; where a time is missing, only the
    listing counts.

    Args:
        publications: One for each URL of the family, in any order; one at least.

    Returns:
        The first publication and the weakest evidence that was needed to tell it from the
        others, or None when it cannot be told.

    Raises:
        ValueError: If there are no publications.
    """
    if not publications:
        raise ValueError("a family has one publication or more")
    # Were there one that beats all others, it would survive this round, in whatever order.
    champion = publications[0]
    for rival in publications[1:]:
        if _beats(champion, rival) is None:
            champion = rival
    needed = [_beats(champion, other) for other in publications if other is not champion]
    if None in needed:
        return None
    order = list(DecidedBy)
    reasons = [reason for reason in needed if reason is not None]
    if not reasons:
        alone = DecidedBy.PUBLISHED_AT if champion.published_at else DecidedBy.FIRST_LISTED_AT
        return champion, alone
    return champion, max(reasons, key=order.index)


def _beats(a: Publication, b: Publication) -> DecidedBy | None:
    """Says by what evidence `a` was published before `b`; None if it cannot be told, or was not."""
    if a.published_at is not None and b.published_at is not None:
        precision = max(_rank(a.precision), _rank(b.precision))
        time_a, time_b = _cut(a.published_at, precision), _cut(b.published_at, precision)
        if time_a != time_b:
            return DecidedBy.PUBLISHED_AT if time_a < time_b else None
    if a.own_agency != b.own_agency:
        return DecidedBy.AGENCY if a.own_agency else None
    if a.first_listed_at is not None and b.first_listed_at is not None:
        return DecidedBy.FIRST_LISTED_AT if a.first_listed_at < b.first_listed_at else None
    return None


def _rank(precision: str | None) -> int:
    return _PRECISIONS.index(precision) if precision in _PRECISIONS else len(_PRECISIONS) - 1


def _cut(time: datetime, rank: int) -> datetime:
    local = time.astimezone(NEWS_ZONE)
    if rank == 0:
        return local.replace(microsecond=0)
    if rank == 1:
        return local.replace(second=0, microsecond=0)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
