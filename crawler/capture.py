"""Raw responses and their duration, caught before Scrapy's middlewares change them.

Scrapy undoes the Content-Encoding before a spider sees a response; an archive wants the bytes as
they came. Here belongs the catching; the archive itself is `crawler.warc`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response


@dataclass(frozen=True, slots=True)
class Raw:
    """A response as it came.

    Attributes:
        url: The URL asked for.
        status: HTTP status code.
        protocol: For example ``HTTP/1.1``, if it is known.
        headers: Header lines.
        body: The body, in its Content-Encoding.
        ip_address: Address that answered, if it is known.
    """

    url: str
    status: int
    protocol: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    ip_address: str | None

    @classmethod
    def of(cls, response: Response) -> Self:
        """Keeps a response. Of its headers a copy: decompression takes lines out of them."""
        return cls(
            url=response.url,
            status=response.status,
            protocol=response.protocol,
            headers=header_lines(response.headers),
            body=response.body,
            ip_address=str(response.ip_address) if response.ip_address else None,
        )


def header_lines(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Header lines as text, in their order."""
    pairs = ((name, value) for name, values in headers.items() for value in values)
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


class Capture:
    """A Scrapy extension: leaves ``raw`` and ``duration_ms`` in the meta of page requests."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        capture = cls()
        crawler.signals.connect(capture.begin, signal=signals.headers_received)
        crawler.signals.connect(capture.end, signal=signals.response_downloaded)
        return capture

    def begin(self, request: Request) -> None:
        """Notes when the headers were there; Scrapy tells how long they took."""
        request.meta["headers_at"] = time.monotonic()

    def end(self, response: Response, request: Request) -> None:
        """Keeps the response of a page as it came."""
        meta = request.meta
        body_s = time.monotonic() - meta.get("headers_at", time.monotonic())
        meta["duration_ms"] = round(1000 * (meta.get("download_latency", 0.0) + body_s))
        if "work" in meta:
            meta["raw"] = Raw.of(response)
