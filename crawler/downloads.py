"""How requests go out: Scrapy's HTTP client, without second tries of its own; its end is told.

Here belong the deviations from that client. Not here: waits (`crawler.manners.courtesy`), second
tries (Scrapy's retry middleware, `crawler.manners.middlewares`).
"""

from __future__ import annotations

from typing import Final

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.manners.courtesy import Courtesy

_KEPT: Final = 8
"""Idle connections to one host that are kept; few sources want more than one at a time."""


class PoliteHandler(HTTP11DownloadHandler):
    """The handler of http and https.

    Twisted sends a request again, at once and past every wait, when a kept-alive connection
    breaks under it. A server that resets connections under load would be asked twice as often as
    it may. The retry middleware asks again too, but waits for its turn.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._pool.retryAutomatically = False
        # Scrapy keeps as many connections to a host as the setting for all hosts allows requests.
        # Of a source that wishes for more, all but one would be made anew for every page.
        self._pool.maxPersistentPerHost = _KEPT

    async def download_request(self, request: Request) -> Response:
        """As Scrapy has it; then the host's wait begins, whatever came."""
        try:
            return await super().download_request(request)
        finally:
            courtesy = self._crawler.get_extension(Courtesy)
            if courtesy is not None:
                courtesy.begin_wait(request)
