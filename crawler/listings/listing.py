"""What a feed, sitemap or section page lists: what their readers share.

Here belong the records that they return, and the readings that they share: a time as listed, an
address as listed, characters that are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from crawler.urls import is_web_url

GZIP_MAGIC: Final = b"\x1f\x8b"
"""What a file that is packed itself begins with (RFC 1952)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a listing.

    Attributes:
        url: Absolute URL, as listed.
        title: Title, in NFC without markup.
        published_at: Publication time, UTC, if there is one that can be read.
        published_raw: The string that stood there, whether it could be read or not.
        changed_at: Of a sitemap: when the page was last changed. It is no publication time; it
            only says which items are the newest.
    """

    url: str
    title: str | None = None
    published_at: datetime | None = None
    published_raw: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that a sitemap index lists."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What was listed.

    Attributes:
        form: What it turned out to be: rss20, atom10, urlset, sitemapindex, section, ...
        items: The items; empty for an index.
        children: Sitemaps to ask for next; only an index has any.
    """

    form: str
    items: tuple[Item, ...] = ()
    children: tuple[Child, ...] = ()

    @property
    def is_index(self) -> bool:
        """Whether it lists sitemaps, not pages."""
        return self.form == "sitemapindex"


class ListingError(ValueError):
    """The bytes are no listing.

    Attributes:
        failure: One word for the ``failure`` of a feed record.
    """

    def __init__(self, failure: str, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure


def listed_time(raw: str | None, zone: str) -> datetime | None:
    """The time that a listing gives for an item, UTC.

    Args:
        raw: The string of the listing, in any of the forms of `crawler.extract.datetext`.
        zone: IANA name of the zone of a string that names none.

    Returns:
        The time (midnight in its zone for a day), or None if there is no date in it.
    """
    # Loaded when there is something to read: most polls of most runs find nothing changed.
    from crawler.extract.datetext import read

    moment = read(raw, ZoneInfo(zone)) if raw else None
    return moment.at if moment else None


def listed_url(base: str, link: str | None) -> str | None:
    """The absolute address of a link, or None if it leads to no web page.

    Args:
        base: Where relative links start from.
        link: The link as listed.
    """
    link = (link or "").strip()
    try:
        target = urljoin(base, link)
    except ValueError:  # Brackets that hold no address.
        return None
    return target if link and is_web_url(target) else None


def well_formed(text: str) -> str:
    """The text as it can be written: pairs of surrogates joined, half ones left out.

    JSON and numeric references can name half a pair, which no encoding can hold: a record with one
    in it cannot be written, nor anything behind it.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
