"""Sitemaps: index, plain, and with the news extension; gz too.

Here belongs the reading of their XML, after sitemaps.org (protocol 0.9) and Google's news
extension (0.9). Not here: which children of an index are asked for (`crawler.listings.polls`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from lxml import etree

from crawler.extract.normal import line
from crawler.listings.listing import (
    GZIP_MAGIC,
    Child,
    Item,
    Listing,
    ListingError,
    listed_time,
    listed_url,
)

MAX_BYTES: Final = 50 * 1024 * 1024
"""Largest uncompressed sitemap that the protocol allows: 52,428,800 bytes."""

_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


def gunzip(body: bytes) -> bytes:
    """Unpacks a file that is gz itself (not by Content-Encoding); others are returned as given.

    Raises:
        ListingError: If it unpacks to more than `MAX_BYTES`. A file cut short gives what there is.
    """
    if not body.startswith(GZIP_MAGIC):
        return body
    unpack = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpack.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise ListingError("not_a_feed", f"damaged gz: {error}") from error
    if len(unpacked) > MAX_BYTES:
        raise ListingError("too_large", f"unpacks to more than {MAX_BYTES} bytes")
    return unpacked


def read_sitemap(text: str, *, url: str, zone: str, index: bool) -> Listing:
    """Reads a sitemap or sitemap index.

    Args:
        text: The XML, decoded, without its prolog.
        url: Where it came from; relative addresses start from it.
        zone: IANA zone of dates that name none.
        index: Whether its root is <sitemapindex>.

    Returns:
        The items or children in the order of the file; of broken XML, those before the break. The
        publication time is the one of the news extension; ``lastmod`` is only when the page was
        changed.

    Raises:
        ListingError: If the XML is broken and nothing can be read from it.
    """
    events = etree.iterparse(
        BytesIO(text.encode()),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    items: list[Item] = []
    children: list[Child] = []
    damage = None
    try:
        for fields in _rows(events, "sitemap" if index else "url"):
            target = listed_url(url, fields.get("loc"))
            if target is None:
                continue
            changed = listed_time(fields.get("lastmod"), zone)
            if index:
                children.append(Child(target, changed))
                continue
            raw = fields.get("publication_date")
            published = listed_time(raw, zone)
            title = line(fields.get("title")) or None
            items.append(Item(target, title, published, raw, changed))
    except etree.XMLSyntaxError as error:
        damage = error
    damage = damage or (events.error_log[0] if events.error_log else None)
    if damage and not items and not children:
        raise ListingError("not_a_feed", f"broken XML, and no address in it: {line(str(damage))}")
    return Listing("sitemapindex" if index else "urlset", tuple(items), tuple(children))


def _rows(events: etree.iterparse, row: str) -> Iterator[dict[str, str]]:
    """The fields of each <url> or <sitemap>, whose elements are freed as it goes."""
    for _, element in events:
        if _local(element) == row:
            yield _fields(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def _fields(element: etree._Element) -> dict[str, str]:
    """Text of the fields by local name; the news extension's are found inside its element.

    The image and video extensions also write <loc> and <title>, and are skipped.
    """
    fields: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name == "news":
            for part in child:
                if part.text and _local(part) in ("publication_date", "title"):
                    fields[_local(part)] = part.text.strip()
        elif child.text and name in ("loc", "lastmod"):
            fields[name] = child.text.strip()
    return fields


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
