"""Courtesy towards hosts: how long to wait between requests, and when to stay away.

Here belongs what is known of each host during a run, and the setting of Scrapy's download slots by
it. Not here: the figures (`crawler.settings`, `seeds/sources.yaml`), which request is next
(`crawler.manners.hostqueue`).
"""

from __future__ import annotations

import math
import time
from datetime import datetime
from typing import Final, Self

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.source_model import Source
from crawler.urls import host_of

_SLOWEST_S: Final = 30.0
"""What a slow server can raise the wait to, seconds."""


class Courtesy:
    """A Scrapy extension: waits and holds, by host."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._delay_s = settings.getfloat("DOWNLOAD_DELAY")
        self._jitter = min(max(settings.getfloat("DOWNLOAD_DELAY_JITTER"), 0.0), 0.9)
        self._concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._agent = settings["ROBOTSTXT_USER_AGENT"]
        self._floors: dict[str, float] = {}
        self._limits: dict[str, int] = {}
        self._latencies: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._held_until: dict[str, datetime] = {}
        self._tuned: dict[str, Slot] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        courtesy = cls(crawler)
        # Signals hold their handlers weakly; the extension manager holds us.
        crawler.signals.connect(courtesy.tune, signal=signals.request_reached_downloader)
        crawler.signals.connect(courtesy.heed_robots, signal=signals.robots_parsed)
        crawler.signals.connect(courtesy.observe, signal=signals.response_downloaded)
        return courtesy

    def introduce(self, host: str, source: Source) -> None:
        """Learns what a source wants for a host; of two sources on one host the slower counts."""
        wanted = source.politeness
        delay = self._delay_s if wanted.delay_s is None else wanted.delay_s
        limit = self._concurrency if wanted.concurrency is None else wanted.concurrency
        self._floors[host] = max(self._floors.get(host, 0.0), delay)
        self._limits[host] = min(self._limits.get(host, limit), limit)

    def limit(self, host: str) -> int:
        """How many requests a host may have at once."""
        return self._limits.get(host, self._concurrency)

    def hold(self, host: str, seconds: float, until: datetime | None = None) -> None:
        """Stays away from a host for a while.

        Args:
            host: The host.
            seconds: How long; `math.inf`: for the rest of the run.
            until: When the host wants to be asked again, if it has said so.
        """
        self._held[host] = max(self._held.get(host, 0.0), time.monotonic() + seconds)
        if until is not None:
            self._held_until[host] = max(self._held_until.get(host, until), until)

    def held_until(self, host: str) -> datetime | None:
        """When a host wants to be asked again that was given up for this run."""
        return self._held_until.get(host) if self.is_given_up(host) else None

    def is_held(self, host: str) -> bool:
        """Whether a host is not to be asked for now."""
        return self._held.get(host, 0.0) > time.monotonic()

    def is_given_up(self, host: str) -> bool:
        """Whether a host is held for the rest of the run."""
        return math.isinf(self._held.get(host, 0.0))

    def tune(self, request: Request, spider: Spider) -> None:  # noqa: ARG002
        """Sets a download slot when it is new; Scrapy makes and discards them as it goes."""
        host = request.meta["download_slot"]
        slot = self._crawler.engine.downloader.slots[host]
        if self._tuned.get(host) is not slot:
            self._tuned[host] = slot
            self._set(host)

    def begin_wait(self, request: Request) -> None:
        """Lets the wait for a host begin now, when an answer has ended or a request has failed.

        Scrapy counts it from the moment of sending. But the first request over a new connection
        arrives later than the next over the same one, so that the server would see them closer
        together than it may.
        """
        slot = self._tuned.get(request.meta.get("download_slot", ""))
        if slot is not None and slot.delay:
            slot.lastseen = time.monotonic()

    def heed_robots(self, robotparser: RobotParser, request: Request) -> None:
        """Obeys the Crawl-delay of a robots.txt, where it is longer than our own wait."""
        delay = robotparser.crawl_delay(self._agent)
        if delay:
            host = host_of(request.url)
            self._floors[host] = max(self._floors.get(host, self._delay_s), delay)
            self._set(host)

    def observe(self, response: Response, request: Request, spider: Spider) -> None:  # noqa: ARG002
        """Waits at least as long between requests as the server takes to answer one."""
        latency = request.meta.get("download_latency")
        host = request.meta.get("download_slot")
        if latency is None or host is None:
            return
        # Down by halves, up at once: the way of Scrapy's AutoThrottle.
        before = self._latencies.get(host, latency)
        self._latencies[host] = min(max(latency, (before + latency) / 2), _SLOWEST_S)
        self._set(host)

    def _set(self, host: str) -> None:
        slot = self._tuned.get(host)
        if slot is None:
            return
        floor = self._floors.get(host, self._delay_s)
        # A wait of zero is a wish (tests, benchmarks), not a floor to raise.
        wait = max(floor, self._latencies.get(host, 0.0)) if floor else 0.0
        slot.concurrency = self.limit(host)
        slot.jitter = self._jitter
        slot.delay = wait / (1 - self._jitter)
