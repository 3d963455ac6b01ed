"""An HTTP response before it is sent: validators and compression.

Here belongs what is the same for pages, feeds and lists.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final

from press.sites import Site

_ZIPPING: Final = frozenset({"wordpress", "newspaper", "tv"})
"""Looks whose servers compress for clients that take it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, before it is compressed or broken.

    Attributes:
        status: HTTP status.
        body: Bytes of the body.
        headers: Header fields, Content-Type included.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def conditional(given: Answer, request: Mapping[str, str]) -> Answer:
    """Turns an answer into a 304 if the client has it already.

    Args:
        given: The answer to a plain GET.
        request: Headers of the request; names in any case, so a case-insensitive mapping.
    """
    if given.status != 200:
        return given
    etag, known = given.headers.get("ETag"), request.get("If-None-Match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        same = known.strip() == "*" or (etag is not None and etag.removeprefix("W/") in tags)
    else:
        same = _not_newer(given.headers.get("Last-Modified"), request.get("If-Modified-Since"))
    if not same:
        return given
    kept = {k: v for k, v in given.headers.items() if k in ("ETag", "Last-Modified")}
    return Answer(304, b"", kept)


def _not_newer(changed: str | None, since: str | None) -> bool:
    if changed is None or since is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        # A date that cannot be read counts as none.
        return False


def compressed(given: Answer, site: Site, request: Mapping[str, str]) -> Answer:
    """Compresses a body if the site does so and the client takes gzip."""
    wanted = "gzip" in request.get("Accept-Encoding", "")
    plain = given.headers.get("Content-Type", "").startswith("text/html")
    if not (wanted and plain and given.body and site.look in _ZIPPING):
        return given
    headers = {**given.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Answer(given.status, gzip.compress(given.body, 5, mtime=0), headers)
