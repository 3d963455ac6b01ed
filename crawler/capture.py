"""Raw responses and their duration, caught before Scrapy's middlewares change them.

Scrapy undoes the Content-Encoding before a spider sees a response; an archive wants the bytes as
they came. Here belongs the catching; the archive itself is `crawler.warc`.
"""

from __future__ import annotations

import time
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response


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
            # A copy: decompression takes the Content-Encoding out of the headers it is given.
            meta["raw"] = response.copy()
