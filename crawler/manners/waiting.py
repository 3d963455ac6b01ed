"""What waits for its turn: URLs that were taken up, by the host that they are asked from.

Here belongs their order, and the making of a request when it is the turn of one. Scrapy's requests
take some 2 KB beside the entry that they are made of, so none is made before it can be sent. What
is held of a URL until then is its place in the backlog, 8 bytes: the memory of a crawl hardly
depends on how much there is to do. Not here: the URLs themselves (`crawler.backlog`), which host is
next (`crawler.manners.hostqueue`), which URLs are to be asked for at all (`crawler.page_desk`).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

Make = Callable[[int], Request | None]
"""Makes the request of the URL at a place of the backlog, or settles it and returns None if none
can be made."""


class Waiting:
    """URLs that wait, by host. A Scrapy extension."""

    def __init__(self) -> None:
        # By host, then by rank: those of one rank in the order in which they came. To take the
        # first of an array moves all others, which for 20,000 takes no longer than one page does.
        self._lines: dict[str, dict[tuple[int, bool], array[int]]] = {}
        self._counts: Counter[str] = Counter()
        self._make: Make = _nothing

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003
        """What Scrapy calls."""
        return cls()

    def begin(self, make: Make) -> None:
        """Learns how requests are made."""
        self._make = make

    def put(self, place: int, host: str, priority: int, *, owed: bool = False) -> None:
        """Lets a URL wait.

        Args:
            place: Its place in the backlog.
            host: The host that it is asked from.
            priority: As Scrapy's: the higher, the sooner.
            owed: Whether an earlier run has left it: of one priority, what is new goes first.
        """
        line = self._lines.setdefault(host, {}).setdefault((priority, not owed), array("q"))
        line.append(place)
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
            place = line[rank].pop(0)
            self._counts[host] -= 1
            if not line[rank]:
                del line[rank]
            if not line:
                del self._lines[host], self._counts[host]
            request = self._make(place)
            if request is not None:
                return request
        return None

    def count(self, host: str) -> int:
        """How many URLs wait for a host."""
        return self._counts[host]

    def __iter__(self) -> Iterator[str]:
        """The hosts for which something waits."""
        return iter(self._lines)


def _nothing(_: int) -> None:
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
