"""What waits for its turn: URLs that were taken up, by the host that they are asked from.

Here belongs their order, and the making of a request when it is the turn of one. Scrapy's requests
take some 2 KB beside the entry that they are made of, so none is made before it can be sent: what
is held of a URL until then is its entry, and the memory of a crawl depends little on how much there
is to do. Not here: which host is next (`crawler.manners.hostqueue`), which URLs are to be asked for
at all (`crawler.page_desk`).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.records import Work
from crawler.urls import host_of

Make = Callable[[Work], Request | None]
"""Makes the request of a URL, or settles the URL and returns None if none can be made."""


class Waiting:
    """URLs that wait, by host. A Scrapy extension."""

    def __init__(self) -> None:
        # By host, then by rank: those of one rank in the order in which they came.
        self._lines: dict[str, dict[tuple[int, bool], deque[Work]]] = {}
        self._counts: Counter[str] = Counter()
        self._make: Make = _nothing

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003
        """What Scrapy calls."""
        return cls()

    def begin(self, make: Make) -> None:
        """Learns how requests are made."""
        self._make = make

    def put(self, work: Work, priority: int, *, owed: bool = False) -> None:
        """Lets a URL wait.

        Args:
            work: The URL.
            priority: As Scrapy's: the higher, the sooner.
            owed: Whether an earlier run has left it: of one priority, what is new goes first.
        """
        host = host_of(work.entry.requested_url)
        self._lines.setdefault(host, {}).setdefault((priority, not owed), deque()).append(work)
        self._counts[host] += 1

    def priority(self, host: str) -> int | None:
        """The highest priority of what waits for a host; None if nothing does."""
        line = self._lines.get(host)
        return max(line)[0] if line else None

    def pop(self, host: str) -> Request | None:
        """The request of the URL that is the next one of a host.

        Returns:
            None if nothing waits for the host of which a request can be made.
        """
        while line := self._lines.get(host):
            rank = max(line)
            work = line[rank].popleft()
            self._counts[host] -= 1
            if not line[rank]:
                del line[rank]
            if not line:
                del self._lines[host], self._counts[host]
            request = self._make(work)
            if request is not None:
                return request
        return None

    def count(self, host: str) -> int:
        """How many URLs wait for a host."""
        return self._counts[host]

    def __iter__(self) -> Iterator[str]:
        """The hosts for which something waits."""
        return iter(self._lines)


def _nothing(_: Work) -> None:
    raise RuntimeError("nobody has said how requests are made")


def waiting_of(crawler: Crawler) -> Waiting:
    """The extension of a crawl.

    Raises:
        RuntimeError: If it is switched off.
    """
    found = crawler.get_extension(Waiting)
    if found is None:
        raise RuntimeError("the extension crawler.manners.waiting.Waiting is not there")
    return found
