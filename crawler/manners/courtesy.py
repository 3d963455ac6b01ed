"""Courtesy towards hosts: how long to wait between requests, and when to stay away.

Here belongs what is known of each host during a run, and the setting of Scrapy's download slots by
it. Not here: the figures (`crawler.settings`, `seeds/sources.yaml`), which request is next
(`crawler.manners.hostqueue`).
"""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta
from typing import Final, Self

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from crawler.source_model import Source
from crawler.troubles import Refused, Trouble
from crawler.urls import host_of
from lake.outcomes import Outcome

PATIENCE_S: Final = 60.0
"""Longest wait within a run. Beyond it the host is left alone until the next run."""

_SLOWEST_S: Final = 30.0
"""What a slow server can raise the wait to, seconds."""

_LONGEST_S: Final = timedelta(days=30).total_seconds()
"""The longest Crawl-delay that is believed, as long as the longest back-off of a feed."""

_LONG: Final = 0.1
"""A Crawl-delay of more than this share of a run is given up when it does not fit any more; the
others just wait, and the end of the run comes soon."""


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
        self._reasons: dict[str, Trouble] = {}
        self._crawl_delays: dict[str, float] = {}
        self._over = False
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

    def hold(
        self, host: str, seconds: float, until: datetime | None = None, why: str | None = None
    ) -> None:
        """Stays away from a host for a while.

        Args:
            host: The host.
            seconds: How long; `math.inf`: for the rest of the run.
            until: When the host wants to be asked again, if it has said so.
            why: What it has said that in, if not in the answer to a page or feed.
        """
        self._held[host] = max(self._held.get(host, 0.0), time.monotonic() + seconds)
        before = self._reasons.get(host)
        latest = max((t for t in (until, before and before.not_before) if t), default=None)
        words = "its host asked to be left alone for longer than the run"
        if latest is not None:
            words = f"its host wants to be left alone until {latest:%Y-%m-%d %H:%M} UTC"
        if why:
            words = f"{why}; {words}"
        self._reasons[host] = Trouble(Outcome.DEFERRED, "held", words, latest)
        self._turn_away(host)

    def left_alone(self, host: str) -> Trouble | None:
        """Why a host was given up for this run, and until when; None if it was not."""
        return self._reasons.get(host) if self.is_given_up(host) else None

    def end(self) -> None:
        """Learns that the run is over: who waits for a host waits in vain."""
        self._over = True

    @property
    def is_over(self) -> bool:
        """Whether the run is over."""
        return self._over

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
            self._look_ahead(request.meta["download_slot"])

    def heed_robots(self, robotparser: RobotParser, request: Request) -> None:
        """Obeys the Crawl-delay of a robots.txt, where it is longer than our own wait."""
        delay = robotparser.crawl_delay(self._agent)
        if delay is not None and delay > 0:  # Not a number is neither.
            host, delay = host_of(request.url), min(delay, _LONGEST_S)
            self._floors[host] = max(self._floors.get(host, self._delay_s), delay)
            self._crawl_delays[host] = max(self._crawl_delays.get(host, 0.0), delay)
            self._set(host)
            self._look_ahead(host)

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

    def _look_ahead(self, host: str) -> None:
        """Gives a host up whose Crawl-delay leaves no time for another request of this run."""
        delay, spider = self._crawl_delays.get(host), self._crawler.spider
        if delay is None or self.is_given_up(host):
            return
        clock, budget_s = spider.clock, spider.plan.budget_s  # type: ignore[union-attr]
        if delay <= max(budget_s - clock.elapsed_s(), _LONG * budget_s):
            return
        self._held[host] = math.inf
        why = f"robots.txt asks for {round(delay, 1):.10g} s between requests"
        until = clock.now() + timedelta(seconds=delay)
        self._reasons[host] = Trouble(Outcome.DEFERRED, "crawl_delay", why, until)
        self._turn_away(host)

    def _turn_away(self, host: str) -> None:
        """Lets those fail that are past the queue and wait for a host that was given up."""
        trouble, slot = self.left_alone(host), self._tuned.get(host)
        if trouble is not None and slot is not None:
            turn_away(slot, trouble)

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


def turn_away(slot: Slot, trouble: Trouble) -> None:
    """Lets all requests fail that wait for their turn in a slot of the downloader.

    Args:
        slot: The slot.
        trouble: What they fail with.
    """
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(Refused(trouble)))  # type: ignore[no-untyped-call]


def courtesy_of(crawler: Crawler) -> Courtesy:
    """The extension of a crawl.

    Raises:
        RuntimeError: If it is switched off.
    """
    found = crawler.get_extension(Courtesy)
    if found is None:
        raise RuntimeError("the extension crawler.manners.courtesy.Courtesy is not there")
    return found
