"""How requests go out: Scrapy's HTTP client, without second tries of its own.

Here belongs the one deviation from that client. Not here: waits (`crawler.courtesy`), second tries
(Scrapy's retry middleware, `crawler.middlewares`).
"""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class PoliteHandler(HTTP11DownloadHandler):
    """The handler of http and https.

    Twisted sends a request again, at once and past every wait, when a kept-alive connection
    breaks under it. A server that resets connections under load would be asked twice as often as
    it may. The retry middleware asks again too, but waits for its turn.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
