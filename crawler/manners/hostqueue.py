"""The order of requests: hosts take turns, and none gets more than it may have at once.

Scrapy's own queue takes from the host with the least requests under way, but goes on until the
total limit is reached: one slow host with many pages then fills every place. Here a host is served
only while it has fewer requests under way than it may have, so what waits, waits here or in
`crawler.manners.waiting`, where it can be deferred when the time is up.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from scrapy import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue

from crawler.manners.courtesy import courtesy_of
from crawler.manners.waiting import waiting_of


class HostQueue(DownloaderAwarePriorityQueue):
    """Scrapy's queue of queues by host, bounded per host."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._courtesy = courtesy_of(self.crawler)
        self._waiting = waiting_of(self.crawler)
        self._turns: dict[str, int] = {}
        self._turn = 0

    def pop(self) -> Request | None:
        """The next request of the host that has waited longest, or None if no host is free."""
        downloader = self.crawler.engine.downloader
        # Not the slots' own counts: a request that waits for its robots.txt is in no slot yet.
        under_way = Counter(
            request.meta.get(downloader.DOWNLOAD_SLOT) or downloader.get_slot_key(request)
            for request in downloader.active
        )
        while True:
            free = [
                host
                for host in dict.fromkeys((*self.pqueues, *self._waiting))
                if under_way[host] < self._courtesy.limit(host) and self._is_open(host)
            ]
            if not free:
                return None
            host = min(free, key=lambda name: self._turns.get(name, 0))
            request = self._pop_of(host)
            if request is None:  # What waited cannot be asked for, and is settled.
                continue
            self._turn += 1
            self._turns[host] = self._turn
            if downloader.get_slot_key(request) == host:
                # As Scrapy notes it itself, once robots.txt has been looked at.
                request.meta[downloader.DOWNLOAD_SLOT] = host
                return request
            # Scrapy writes the host otherwise (in Punycode), and that is the one to be free.
            self.push(request)

    def _is_open(self, host: str) -> bool:
        """Whether requests to a host may go: to one that was given up too, to be refused.

        A redirect to it would else end with the run, and nobody would know until when to wait.
        """
        if not self._courtesy.is_held(host):
            return True
        return host in self.pqueues and self._courtesy.is_given_up(host)

    def _pop_of(self, host: str) -> Request | None:
        """The next request of a host; of one priority, one that was made before goes first."""
        queue, waiting = self.pqueues.get(host), self._waiting.priority(host)
        if self._courtesy.is_given_up(host):
            waiting = None  # Of what only waits no request is made any more.
        if queue is None or queue.curprio is None:
            return self._waiting.pop(host)
        # The queue counts its priorities downwards.
        if waiting is not None and waiting > -queue.curprio:
            return self._waiting.pop(host)
        request = queue.pop()
        if not len(queue):
            del self.pqueues[host]
            queue.close()
        return request

    def __len__(self) -> int:
        """What will still be served: a crawl is over when there is nothing."""
        return sum(map(len, self.pqueues.values())) + sum(
            self._waiting.count(host)
            for host in self._waiting
            if not self._courtesy.is_given_up(host)
        )
