"""JSON Feed: versions 1 and 1.1 (jsonfeed.org).

Here belongs the reading of their items. Not here: the bounds of a listing and the choice of the
reader (`crawler.listings.feeds`).
"""

from __future__ import annotations

import json
from typing import Any, Final

from crawler.extract.normal import line
from crawler.listings.listing import (
    Item,
    Listing,
    ListingError,
    listed_time,
    listed_url,
    well_formed,
)

_VERSION: Final = "jsonfeed.org/version/"


def is_json(text: str) -> bool:
    """Whether a listing is meant as JSON: no XML begins with a brace."""
    return text.startswith("{")


def read_json_feed(text: str, *, url: str, zone: str) -> Listing:
    """Reads a JSON Feed.

    Args:
        text: The JSON, decoded.
        url: Where it came from; relative addresses start from it.
        zone: IANA zone of dates that name none.

    Returns:
        The items in the order of the file. An item goes by its ``url``, else by an ``id`` that is
        an address, else by ``external_url``.

    Raises:
        ListingError: If it is no JSON, or is the answer of some other service (``not_a_feed``).
    """
    try:
        # Not strict: line breaks inside of strings are common, and harmless.
        found: Any = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise ListingError("not_a_feed", f"broken JSON: {line(str(error))[:120]}") from error
    rows = found.get("items") if isinstance(found, dict) else None
    version = str(found.get("version", "")) if isinstance(found, dict) else ""
    if not isinstance(rows, list) or (_VERSION not in version and not rows):
        raise ListingError("not_a_feed", f"JSON, but no JSON Feed: {line(text[:60])!r}")
    items = [item for row in rows if isinstance(row, dict) and (item := _item(row, url, zone))]
    if _VERSION not in version and not items:
        raise ListingError("not_a_feed", "JSON with items, but no address in them")
    return Listing("json", tuple(items))


def _item(row: dict[str, Any], base: str, zone: str) -> Item | None:
    target = listed_url(base, _text(row, "url"))
    identity = _text(row, "id") or ""
    if target is None and identity.startswith(("http://", "https://")):
        target = listed_url(base, identity)
    target = target or listed_url(base, _text(row, "external_url"))
    if target is None:
        return None
    raw = _text(row, "date_published") or _text(row, "date_modified")
    return Item(
        url=target,
        title=line(_text(row, "title")) or None,
        published_at=listed_time(raw, zone),
        published_raw=raw,
    )


def _text(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    return well_formed(value) or None if isinstance(value, str) else None
