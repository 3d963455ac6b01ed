"""Listings: the bytes of a feed, sitemap or section page to the items that it lists.

Here belong the choice of the reader by what the bytes are, RSS and Atom (`feedparser`), and the
bounds of a listing. Not here: sitemaps (`crawler.listings.sitemaps`), JSON Feed
(`crawler.listings.jsonfeed`), section pages (`crawler.listings.sections`), asking for any of them
(`crawler.spiders`), what is known already (`crawler.ledger`).

A listing is judged by the items that come out of it. Broken XML with items in it is a feed; an
HTML page where a feed was is a failure with a name, not an empty feed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import feedparser

from crawler.extract.charset import to_utf8
from crawler.extract.normal import line
from crawler.listings.jsonfeed import is_json, read_json_feed
from crawler.listings.listing import (
    Item,
    Listing,
    ListingError,
    listed_time,
    listed_url,
    well_formed,
)
from crawler.listings.sections import read_section
from crawler.listings.sitemaps import gunzip, read_sitemap
from crawler.source_model import FeedKind

MAX_ITEMS: Final = 2000
"""Items of one listing that are looked at, newest first; Media Cloud's bound."""

_PROLOG: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT: Final = re.compile(r"<(?![?!])(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_DOCTYPE: Final = re.compile(r"<!doctype\s+html", re.IGNORECASE)
# XML 1.0 allows three of the control characters; one other makes a strict parser give up.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# References to what is no character: half a surrogate pair (as a rule the other half follows: an
# emoji, escaped by a program that thinks in UTF-16), a control character, more than Unicode has.
# The parsers raise at one, whatever else the feed holds. Some of the matches are sound.
_REFERENCES: Final = re.compile(
    r"(?:&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|5[5-7][0-9]{3}|[0-9]{7,})"
    r"|x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|[0-9a-f]{6,}))(?:;|(?![0-9a-f])))+",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"&#(x?)([0-9a-f]+)", re.IGNORECASE)
_LONGEST_REFERENCE: Final = 20
_SNIFF_CHARS: Final = 4096
_TAGS: Final = re.compile(r"<[^<>]*>")


def read_listing(
    body: bytes,
    *,
    url: str,
    kind: FeedKind = "rss",
    charset: str | None = None,
    zone: str = "Asia/Kolkata",
    links: Sequence[str] = (),
) -> Listing:
    """Reads a feed, sitemap or section page.

    Args:
        body: The bytes received; gz or not.
        url: Where they came from; relative links start from it.
        kind: What the source says it is. A section page is read as one; of the others the bytes
            decide, as some sites serve RSS under the name of a sitemap.
        charset: Character set named by the HTTP header.
        zone: IANA zone of dates that name none.
        links: Patterns of article URLs, for section pages; without any, looks decide.

    Returns:
        The items in the order in which they are listed (see `bounded`); or, of a sitemap index,
        its children.

    Raises:
        ListingError: If it is none: `failure` is ``not_a_feed``, ``no_links`` or ``too_large``.
    """
    text = _FORBIDDEN.sub("", to_utf8(gunzip(body), charset).decode())
    if kind == "section":
        return read_section(text, url=url, links=links)
    text = _PROLOG.sub("", text.lstrip("\ufeff")).lstrip()
    if is_json(text):
        return read_json_feed(text, url=url, zone=zone)
    text = _REFERENCES.sub(_characters, text)
    root = _root_of(text)
    if root in ("urlset", "sitemapindex"):
        return read_sitemap(text, url=url, zone=zone, index=root == "sitemapindex")
    start, data = f"{line(text[:60])!r}", text.encode()
    del text  # Of a large feed megabytes, and feedparser makes copies of its own.
    return _read_feed(data, root, start, url=url, zone=zone)


def _characters(found: re.Match[str]) -> str:
    """What a row of references stands for, as far as there are such characters."""
    codes = (
        int(digits, 16 if x else 10)
        for x, digits in _REFERENCE.findall(found[0])
        if len(digits) <= _LONGEST_REFERENCE
    )
    return well_formed("".join(chr(code) for code in codes if 32 <= code <= sys.maxunicode))


def _root_of(text: str) -> str:
    """Local name of the root element, lower case; ``html`` for what a browser would show."""
    head = text[:_SNIFF_CHARS]
    if _HTML_DOCTYPE.search(head):
        return "html"
    found = _ROOT.search(head)
    return found[1].lower() if found else ""


def _read_feed(data: bytes, root: str, start: str, *, url: str, zone: str) -> Listing:
    if root == "html":
        raise ListingError("not_a_feed", f"an HTML page in place of a feed: {start}")
    parsed = feedparser.parse(
        data,
        # The text has been decoded; whatever its prolog declared no longer holds.
        response_headers={
            "content-location": url,
            "content-type": "application/xml; charset=utf-8",
        },
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = parsed.get("version") or ""
    if not version and not parsed.entries:
        if not data.strip():
            raise ListingError("not_a_feed", "nothing in place of a feed: the answer is empty")
        if not root:
            raise ListingError("not_a_feed", f"no XML in place of a feed: {start}")
        raise ListingError("not_a_feed", f"<{root}> in place of a feed: {start}")
    if not parsed.entries and parsed.bozo:
        raise ListingError("not_a_feed", f"broken XML, and no entry in it: {_reason(parsed)}")
    items = [item for entry in parsed.entries if (item := _item(entry, url, zone))]
    return Listing(form=version or root, items=tuple(items))


def _item(entry: feedparser.FeedParserDict, base: str, zone: str) -> Item | None:
    # FeedBurner puts its own redirect into <link> and the article's address beside it.
    target = listed_url(base, entry.get("feedburner_origlink") or entry.get("link"))
    if target is None:
        return None
    # Not entry.get: it answers for `updated` with `published`, and warns of it.
    dates = (dict.get(entry, key) for key in ("published", "updated", "created"))
    raw = next(filter(None, dates), None)
    return Item(
        url=target,
        title=line(_TAGS.sub(" ", entry.get("title") or "")) or None,
        published_at=listed_time(raw, zone),
        published_raw=raw,
    )


def _reason(parsed: feedparser.FeedParserDict) -> str:
    return line(str(parsed.get("bozo_exception", "")))[:120]


def bounded(items: Sequence[Item]) -> tuple[Item, ...]:
    """Each URL once, newest first (undated ones last, in their order), at most `MAX_ITEMS`."""
    once: dict[str, Item] = {}
    for item in items:
        once.setdefault(item.url, item)
    return tuple(sorted(once.values(), key=_age_key)[:MAX_ITEMS])


def _age_key(item: Item) -> tuple[bool, float]:
    moment: datetime | None = item.published_at or item.changed_at
    return (moment is None, -moment.timestamp() if moment else 0.0)
