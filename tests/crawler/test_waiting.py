"""What waits is served whole, in its order, and a request is made only for what can be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.settings import Settings
from scrapy.squeues import FifoMemoryQueue

from crawler.manners.courtesy import Courtesy
from crawler.manners.hostqueue import HostQueue
from crawler.manners.waiting import Waiting
from crawler.urls import host_of
from tests.crawler.crawls import source


@dataclass
class Downloader:
    """Scrapy's, as far as the queue looks at it."""

    DOWNLOAD_SLOT = "download_slot"
    active: set[Request] = field(default_factory=set)

    names: dict[str, str] = field(default_factory=dict)

    def get_slot_key(self, request: Request) -> str:
        host = host_of(request.url)
        return self.names.get(host, host)


class Crawl:
    """A crawl without a network: what is popped is under way until it is done."""

    def __init__(self) -> None:
        self.engine = self
        self.downloader = Downloader()
        self.settings = Settings({"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0})
        self.courtesy = Courtesy(self)  # type: ignore[arg-type]
        self.waiting = Waiting()
        self.waiting.begin(self._make)
        self.backlog: list[str] = []
        self.made: list[str] = []
        self.bad: set[str] = set()
        self.queue = HostQueue(self, FifoMemoryQueue, "")

    def get_extension(self, kind: type) -> Any:
        return {Courtesy: self.courtesy, Waiting: self.waiting}[kind]

    def _make(self, place: int) -> Request | None:
        url = self.backlog[place]
        self.made.append(url)
        return None if url in self.bad else Request(url, priority=10)

    def put(self, *urls: str, priority: int = 10, owed: bool = False) -> None:
        for url in urls:
            self.waiting.put(len(self.backlog), host_of(url), priority, owed=owed)
            self.backlog.append(url)

    def begin(self) -> list[str]:
        """Sends what can be sent."""
        begun = []
        while (request := self.queue.pop()) is not None:
            self.downloader.active.add(request)
            begun.append(request.url)
        return begun

    def drain(self) -> list[str]:
        """Serves everything, one answer at a time; the first that was sent is answered first."""
        served: list[str] = []
        under_way: list[str] = []
        while found := self.begin() or under_way:
            if found is not under_way:
                under_way += found
            answered = under_way.pop(0)
            served.append(answered)
            self.downloader.active = {r for r in self.downloader.active if r.url != answered}
        return served


def urls(host: str, *names: object) -> list[str]:
    return [f"http://{host}.test/{name}" for name in names]


def test_requests_are_made_when_they_can_be_sent() -> None:
    crawl = Crawl()
    crawl.put(*urls("alpha", *range(100)), *urls("beta", *range(100)))
    assert crawl.made == []
    assert crawl.begin() == urls("alpha", 0) + urls("beta", 0)
    assert len(crawl.made) == 2
    assert len(crawl.queue) == 198
    assert crawl.begin() == []
    assert len(crawl.made) == 2


def test_newest_first_and_what_was_left_over_last() -> None:
    crawl = Crawl()
    crawl.put(*urls("alpha", "owed1", "owed2"), owed=True)
    crawl.put(*urls("alpha", "old1", "old2"), priority=5)
    crawl.put(*urls("alpha", "new1", "new2"))
    crawl.put(*urls("alpha", "newest"), priority=30)
    crawl.put(*urls("alpha", "new3"))
    names = ["newest", "new1", "new2", "new3", "owed1", "owed2", "old1", "old2"]
    assert crawl.drain() == urls("alpha", *names)


def test_a_request_that_is_there_goes_by_its_priority() -> None:
    crawl = Crawl()
    for name, priority in (("feed", 100), ("again", 9), ("same", 10)):
        crawl.queue.push(Request(urls("alpha", name)[0], priority=priority))
    crawl.put(*urls("alpha", 0, 1))
    assert crawl.drain() == urls("alpha", "feed", "same", 0, 1, "again")


def test_hosts_take_turns_and_none_starves() -> None:
    crawl = Crawl()
    crawl.put(*urls("alpha", *range(50)), *urls("beta", *range(5)), *urls("gamma", 0))
    served = crawl.drain()
    assert sorted(served) == sorted(
        urls("alpha", *range(50)) + urls("beta", *range(5)) + urls("gamma", 0)
    )
    assert {host_of(url) for url in served[:3]} == {"alpha.test", "beta.test", "gamma.test"}
    assert [url for url in served if "beta" in url] == urls("beta", *range(5))
    assert served.index(urls("beta", 4)[0]) < 12


def test_what_no_request_can_be_made_of_holds_nobody_up() -> None:
    crawl = Crawl()
    crawl.put(*urls("alpha", 0, 1, 2), *urls("beta", 0))
    crawl.bad = {*urls("alpha", 0, 1), *urls("beta", 0)}
    assert crawl.drain() == urls("alpha", 2)
    assert len(crawl.queue) == 0
    assert list(crawl.waiting) == []


def test_a_host_that_is_held_waits_and_one_that_is_given_up_is_not_waited_for() -> None:
    crawl = Crawl()
    crawl.put(*urls("alpha", 0, 1), *urls("beta", 0, 1))
    crawl.courtesy.hold("alpha.test", 60)
    crawl.courtesy.hold("beta.test", float("inf"))
    assert crawl.begin() == []
    assert len(crawl.queue) == 2, "alpha's are still to come"


def test_a_host_under_another_name_has_no_second_place() -> None:
    crawl = Crawl()
    crawl.downloader.names["alpha.test"] = "xn--alpha.test"
    crawl.put(*urls("alpha", 0, 1))
    assert crawl.begin() == urls("alpha", 0)
    assert len(crawl.queue) == 1


@pytest.mark.parametrize("limit", [1, 3])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["alpha", "beta", "gamma"]), st.sampled_from([0, 5, 30]), st.booleans()
        ),
        max_size=40,
    )
)
def test_everything_is_served_once_and_never_too_much_at_once(
    limit: int, puts: list[tuple[str, int, bool]]
) -> None:
    crawl = Crawl()
    for name in ("alpha", "beta", "gamma"):
        crawl.courtesy.introduce(f"{name}.test", source(politeness={"concurrency": limit}))
    crawl.courtesy._concurrency = limit
    expected: dict[str, list[tuple[int, bool, int]]] = {}
    for number, (host, priority, owed) in enumerate(puts):
        crawl.put(*urls(host, number), priority=priority, owed=owed)
        expected.setdefault(host, []).append((-priority, owed, number))
    begun = crawl.begin()
    for name in ("alpha", "beta", "gamma"):
        assert sum(name in url for url in begun) == min(limit, len(expected.get(name, [])))
    crawl.downloader.active.clear()
    served = begun + crawl.drain()
    for host, order in expected.items():
        mine = [url for url in served if host in url]
        assert mine == urls(host, *(number for *_, number in sorted(order)))
    assert len(served) == len(puts)
