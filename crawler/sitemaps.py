"""Sitemaps: index, plain, and with the news extension; gz too.

Here belongs the reading of their XML, after sitemaps.org (protocol 0.9) and Google's news
extension (0.9). Not here: which children of an index are asked for (`crawler.polls`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from crawler.extract.normal import line
from crawler.listing import Child, Item, Listing, ListingError, listed_time, listed_url

MAX_BYTES: Final = 50 * 1024 * 1024
"""Largest uncompressed sitemap that the protocol allows: 52,428,800 bytes."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


def gunzip(body: bytes) -> bytes:
    """Unpacks a file that is gz itself (not by Content-Encoding); others are returned as given.

    Raises:
        ListingError: If it unpacks to more than `MAX_BYTES`. A file cut short gives what there is.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    unpack = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpack.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise ListingError("not_a_feed", f"damaged gz: {error}") from error
    if len(unpacked) > MAX_BYTES:
        raise ListingError("too_large", f"unpacks to more than {MAX_BYTES} bytes")
    return unpacked


def read_sitemap(text: str, *, url: str, zone: str) -> Listing:
    """Reads a sitemap or sitemap index.

    Args:
        text: The XML, decoded, without its prolog.
        url: Where it came from; relative addresses start from it.
        zone: IANA zone of dates that name none.

    Returns:
        The items or children in the order of the file. The publication time is the one of the
        news extension; ``lastmod`` is only when the page was changed.

    Raises:
        ListingError: If nothing can be read from it.
    """
    items: list[Item] = []
    children: list[Child] = []
    root = "urlset"
    try:
        for name, element in _elements(text):
            if name == "root":
                root = _local(element)
                continue
            fields = _fields(element)
            target = listed_url(url, fields.get("loc"))
            if target is None:
                continue
            changed = listed_time(fields.get("lastmod"), zone)
            if name == "sitemap":
                children.append(Child(target, changed))
                continue
            raw = fields.get("publication_date")
            items.append(
                Item(
                    url=target,
                    title=line(fields.get("title")) or None,
                    published_at=listed_time(raw, zone),
                    published_raw=raw,
                    changed_at=changed,
                )
            )
    except etree.XMLSyntaxError as error:
        # What came before the break counts.
        if not items and not children:
            detail = f"broken XML, and no address in it: {line(str(error))[:120]}"
            raise ListingError("not_a_feed", detail) from error
    return Listing(
        "sitemapindex" if root == "sitemapindex" else "urlset", tuple(items), tuple(children)
    )


def _elements(text: str) -> Iterator[tuple[str, etree._Element]]:
    """The root under the name ``root``, then each <url> and <sitemap>, freed once it is used."""
    events = etree.iterparse(
        BytesIO(text.encode()),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    for event, element in events:
        if first:
            first = False
            yield "root", element
        name = _local(element)
        if event == "end" and name in ("url", "sitemap"):
            yield name, element
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
