"""Waits between requests, as the server sees them: delays, Crawl-delay, Retry-After, order."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from crawler.listings.schedule import after_poll, due_feeds
from crawler.manners.middlewares import RETRY_AFTER_CAP, retry_after
from tests.crawler.crawls import NOW, Spool, entry, plan, recheck, source
from tests.crawler.web import Web, article, rss


def site(name: str, count: int, **others: Any) -> dict[str, Any]:
    """A feed and its pages."""
    links = [f"http://{name}.test/{n}" for n in range(count)]
    pages: dict[str, Any] = {f"{name}.test/{n}": article(n) for n in range(count)}
    pages[f"{name}.test/feed.xml"] = rss(*links)
    return {**pages, **{f"{name}.test/{path}": answer for path, answer in others.items()}}


def gaps(loopback: Web, host: str) -> list[float]:
    """Seconds between the requests that a host received, robots.txt included."""
    times = [asked.at for asked in loopback.asked if asked.host == host]
    return [later - earlier for earlier, later in pairwise(times)]


def test_the_delay_is_a_floor(tmp_path: Path) -> None:
    with Web(site("alpha", 4)) as loopback:
        made = plan([source()], loopback.host_map, overrides={"DOWNLOAD_DELAY": 0.4})
        Spool(tmp_path, made).run()
    waits = gaps(loopback, "alpha.test")
    assert len(waits) == 5
    assert min(waits) >= 0.4
    assert len({round(wait, 2) for wait in waits}) > 1, "no jitter"


def test_a_source_may_want_more(tmp_path: Path) -> None:
    pages = {**site("alpha", 2), **site("beta", 2)}
    with Web(pages) as loopback:
        slow = source(politeness={"delay_s": 0.5})
        Spool(tmp_path, plan([slow, source("beta")], loopback.host_map)).run()
    assert min(gaps(loopback, "alpha.test")) >= 0.5
    # Not all of them: on a busy machine one answer may take its time.
    assert min(gaps(loopback, "beta.test")) < 0.5


def test_crawl_delay_is_obeyed(tmp_path: Path) -> None:
    robots = "User-agent: Taar\nCrawl-delay: 0.7\n"
    with Web(site("alpha", 2, **{"robots.txt": robots})) as loopback:
        Spool(tmp_path, plan([source()], loopback.host_map)).run()
    assert min(gaps(loopback, "alpha.test")) >= 0.7


def test_hosts_take_turns(tmp_path: Path) -> None:
    names = ["alpha", "beta", "gamma"]
    pages: dict[str, Any] = {}
    for name in names:
        pages |= site(name, 6)
    with Web(pages) as loopback:
        made = plan(
            [source(n) for n in names], loopback.host_map, overrides={"DOWNLOAD_DELAY": 0.1}
        )
        Spool(tmp_path, made).run()
    hosts = [asked.host for asked in loopback.asked if asked.path != "/robots.txt"]
    # One host after the other would make three runs of seven; a busy machine breaks the turns of
    # equals at times, but never makes them that.
    assert len(hosts) == 21
    assert len(_runs(hosts)) >= 9, hosts


def _runs(hosts: list[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for host in hosts:
        if runs[-1] and runs[-1][-1] != host:
            runs.append([])
        runs[-1].append(host)
    return runs


def test_one_request_at_a_time(tmp_path: Path) -> None:
    under_way: list[int] = [0, 0]

    async def page(request: web.Request) -> web.Response:
        import asyncio

        under_way[0] += 1
        under_way[1] = max(under_way)
        await asyncio.sleep(0.05)
        under_way[0] -= 1
        return web.Response(text=article(int(request.path[1:])), content_type="text/html")

    pages = site("alpha", 8) | {f"alpha.test/{n}": page for n in range(8)}
    with Web(pages) as loopback:
        Spool(tmp_path, plan([source()], loopback.host_map)).run()
        assert under_way[1] == 1
        wider = source(politeness={"concurrency": 4})
        spool = Spool(tmp_path / "wide", plan([wider], loopback.host_map))
        spool.run()
        assert 2 <= under_way[1] <= 4
    assert set(spool.outcomes().values()) == {"published"}


class Busy:
    """Answers 429 so many times, then the page."""

    def __init__(self, times: int, wait: str | None) -> None:
        self.left = times
        self.wait = wait

    def __call__(self, request: web.Request) -> web.Response:
        if self.left > 0:
            self.left -= 1
            headers = {"Retry-After": self.wait} if self.wait is not None else {}
            return web.Response(status=429, headers=headers)
        return web.Response(text=article(int(request.path[1:])), content_type="text/html")


def test_retry_after_holds_the_whole_host(tmp_path: Path) -> None:
    pages = site("alpha", 3) | {"alpha.test/0": Busy(1, "2")}
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        spool.run()
    assert set(spool.outcomes().values()) == {"published"}
    at = {asked.path: asked.at for asked in loopback.asked}
    first = next(asked.at for asked in loopback.asked if asked.path == "/0")
    assert min(at["/1"], at["/2"]) - first >= 2


def test_a_long_retry_after_leaves_the_host_to_the_next_run(tmp_path: Path) -> None:
    date = (NOW + timedelta(hours=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    pages = {**site("alpha", 3), **site("beta", 1), "alpha.test/0": Busy(9, date)}
    with Web(pages) as loopback:
        made = plan([source(), source("beta")], loopback.host_map)
        spool = Spool(tmp_path, made)
        spool.run()
    outcomes = spool.outcomes()
    assert outcomes["http://beta.test/0"] == "published"
    assert outcomes["http://alpha.test/0"] == "http_4xx"
    assert outcomes["http://alpha.test/1"] == outcomes["http://alpha.test/2"] == "deferred"
    assert loopback.paths("alpha.test").count("/0") == 1
    # The host is asked for nothing before then, neither for what it refused nor for the rest.
    for path in "012":
        fetch = spool.fetches()[f"http://alpha.test/{path}"]
        assert fetch["next_try_at"] == "2024-06-18T10:00:00.000000+00:00"
    assert fetch["tries"] == 0


def test_a_feed_that_asks_to_wait_keeps_its_host_waiting(tmp_path: Path) -> None:
    def busy(_: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "7200"})

    feeds = [{"url": f"http://alpha.test/{n}.xml"} for n in range(3)]
    with Web({f"alpha.test/{n}.xml": busy for n in range(3)}) as loopback:
        spool = Spool(tmp_path, plan([source(feeds=feeds)], loopback.host_map))
        spool.run()
    assert len(loopback.paths()) == 1
    first, *others = spool.feeds()
    assert first["failure"] == "http_5xx"
    assert [feed["failure"] for feed in others] == ["held", "held"]
    assert {feed["not_before"][:15] for feed in spool.feeds()} == {"2024-06-18T09:0"}


def test_what_a_host_asked_an_earlier_run_for_holds_for_its_feeds_and_second_looks(
    tmp_path: Path,
) -> None:
    until = NOW + timedelta(hours=2)
    pages = {**site("alpha", 2), **site("beta", 2), **site("gamma", 2)}
    soon = NOW + timedelta(seconds=3)
    pending = {
        # Nobody has tried it: it is its host that it waits for.
        "alpha": (entry("http://alpha.test/0", not_before=until),),
        # It was tried, and waits for itself.
        "beta": (entry("http://beta.test/0", not_before=until, tries=1),),
        # What is over soon is waited for.
        "gamma": (entry("http://gamma.test/0", not_before=soon),),
    }
    looks = (recheck("http://alpha.test/1"),)
    with Web(pages) as loopback:
        every = [source(), source("beta"), source("gamma")]
        made = plan(every, loopback.host_map, pending=pending, rechecks=looks)
        spool = Spool(tmp_path, made)
        spool.run()
    assert loopback.paths("alpha.test") == []
    polls = {feed["source_id"]: feed for feed in spool.feeds()}
    assert (polls["alpha"]["failure"], polls["beta"]["status"]) == ("held", "ok")
    assert datetime.fromisoformat(polls["alpha"]["not_before"]) == until
    assert datetime.fromisoformat(polls["gamma"]["polled_at"]) >= soon
    assert spool.outcomes() == {
        "http://alpha.test/1": "deferred",
        "http://beta.test/1": "published",
        "http://gamma.test/1": "published",
    }


def test_a_sitemap_of_an_index_that_asks_to_wait_is_waited_for(tmp_path: Path) -> None:
    def busy(_: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "7200"})

    maps = "".join(f"<sitemap><loc>http://alpha.test/{n}.xml</loc></sitemap>" for n in range(3))
    urls = "<?xml version='1.0'?><urlset><url><loc>http://alpha.test/news</loc></url></urlset>"
    pages = {
        "alpha.test/index.xml": f"<?xml version='1.0'?><sitemapindex>{maps}</sitemapindex>",
        "alpha.test/0.xml": urls,
        "alpha.test/1.xml": busy,
        "alpha.test/2.xml": urls,
    }
    feed = {"url": "http://alpha.test/index.xml", "kind": "sitemap"}
    with Web(pages) as loopback:
        every = source(feeds=[feed])
        spool = Spool(tmp_path, plan([every], loopback.host_map))
        spool.run()
        assert loopback.paths() == ["/index.xml", "/0.xml", "/1.xml"]
    (poll,) = spool.feeds()
    assert (poll["status"], poll["entries"]) == ("ok", 1)
    assert poll["detail"].startswith("2 of 3 sitemaps failed: ")
    assert poll["not_before"][:15] == "2024-06-18T09:0"
    row = after_poll(None, poll, every, NOW)
    assert not due_feeds([every], [row], NOW + timedelta(hours=2))
    assert due_feeds([every], [row], NOW + timedelta(hours=2, minutes=5))


def test_a_host_that_keeps_saying_no_is_left_alone(tmp_path: Path) -> None:
    pages = site("alpha", 6) | {f"alpha.test/{n}": Busy(9, "0") for n in range(6)}
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        began = time.monotonic()
        spool.run()
    # Nobody waits for it: the crawl is over when nothing else is left.
    assert time.monotonic() - began < 30
    assert sorted(set(spool.outcomes().values())) == ["deferred", "http_4xx"]
    assert len(loopback.paths()) == 1 + 3


@pytest.mark.parametrize(("answer", "word"), [(503, "http_5xx"), (429, "http_4xx")])
def test_without_robots_txt_nothing_is_asked_for(tmp_path: Path, answer: int, word: str) -> None:
    with Web(site("alpha", 2, **{"robots.txt": answer})) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        spool.run()
    (feed,) = spool.feeds()
    assert (feed["failure"], feed["detail"]) == (word, f"robots.txt: HTTP {answer}")
    # A second try would not wait for its turn.
    assert [asked.path for asked in loopback.asked] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("status", "wait", "seconds"), [(503, "25", 25), (429, "7200", 7200), (503, "1", 1)]
)
def test_retry_after_of_robots_txt_holds_the_whole_host(
    tmp_path: Path, status: int, wait: str, seconds: int
) -> None:
    def busy(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": wait})

    feeds = [{"url": f"http://alpha.test/{n}.xml"} for n in range(2)]
    waiting = [entry(f"http://alpha.test/{n}") for n in range(2)]
    pages = {**site("alpha", 2, **{"robots.txt": busy}), **site("beta", 1)}
    with Web(pages) as loopback:
        every = [source(feeds=feeds), source("beta")]
        made = plan(every, loopback.host_map, pending={"alpha": tuple(waiting)})
        spool = Spool(tmp_path, made)
        spool.run()
    assert [asked.path for asked in loopback.asked if asked.host == "alpha.test"] == ["/robots.txt"]
    polls = {feed["feed_url"]: feed for feed in spool.feeds()}
    first, second = (polls[feed["url"]] for feed in feeds)
    assert first["detail"] == f"robots.txt: HTTP {status}"
    assert (second["failure"], second["detail"][:20]) == ("held", f"robots.txt: HTTP {status}")
    for poll in (first, second):
        assert NOW + timedelta(seconds=seconds) <= datetime.fromisoformat(poll["not_before"])
    # Nobody has tried the pages, and nobody does before the host wants it.
    for work in waiting:
        fetch = spool.fetches()[work.url]
        assert (fetch["outcome"], fetch["tries"]) == ("deferred", 0)
        assert fetch["next_try_at"] >= first["not_before"][:19]
    assert spool.outcomes()["http://beta.test/0"] == "published"


def test_a_page_waits_for_a_host_that_its_tdmrep_json_asks_to_leave_alone(tmp_path: Path) -> None:
    answers = {
        "alpha.test/.well-known/tdmrep.json": lambda _: web.Response(
            status=503, headers={"Retry-After": "2"}
        ),
        "beta.test/.well-known/tdmrep.json": lambda _: web.Response(
            status=429, headers={"Retry-After": "3600"}
        ),
    }
    pages = {**site("alpha", 1), **site("beta", 1), **answers}
    with Web(pages) as loopback:
        every = [source(), source("beta")]
        spool = Spool(tmp_path, plan(every, loopback.host_map, honour_rights=True))
        spool.run()
    at = {(asked.host, asked.path): asked.at for asked in loopback.asked}
    assert at["alpha.test", "/0"] - at["alpha.test", "/.well-known/tdmrep.json"] >= 2
    assert ("beta.test", "/0") not in at
    assert spool.outcomes()["http://beta.test/0"] == "deferred"


def test_a_crawl_delay_that_does_not_fit_is_named_and_waited_for_by_later_runs(
    tmp_path: Path,
) -> None:
    robots = {
        "alpha": "User-agent: *\nCrawl-delay: 99999\n",
        "gamma": "User-agent: *\nCrawl-delay: 9999999\n",
    }
    pages = {**site("beta", 1)}
    for name, text in robots.items():
        pages |= site(name, 2, **{"robots.txt": text})
    waiting = entry("http://alpha.test/1")
    with Web(pages) as loopback:
        every = [source(name) for name in ("alpha", "beta", "gamma")]
        made = plan(every, loopback.host_map, pending={"alpha": (waiting,)})
        spool = Spool(tmp_path, made)
        began = time.monotonic()
        spool.run()
    assert time.monotonic() - began < made.budget_s / 2, "it waited for what cannot come"
    assert loopback.paths("alpha.test") == loopback.paths("gamma.test") == []
    polls = {feed["source_id"]: feed for feed in spool.feeds()}
    assert polls["beta"]["status"] == "ok"
    assert polls["alpha"]["failure"] == polls["gamma"]["failure"] == "crawl_delay"
    assert polls["alpha"]["detail"] == "robots.txt asks for 99999 s between requests"
    assert polls["gamma"]["not_before"][:10] == "2024-07-18", "no more than 30 days"
    fetch = spool.fetches()[waiting.url]
    assert (fetch["outcome"], fetch["detail"]) == ("deferred", polls["alpha"]["detail"])
    for told in (polls["alpha"]["not_before"], fetch["next_try_at"]):
        waits = datetime.fromisoformat(told) - NOW
        assert timedelta(seconds=99999) <= waits < timedelta(seconds=100060)


def test_a_crawl_delay_that_fits_some_times_makes_progress(tmp_path: Path) -> None:
    robots = {"robots.txt": "User-agent: *\nCrawl-delay: 1.5\n"}
    with Web(site("alpha", 6, **robots)) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map, budget_s=8.0))
        spool.run()
    assert min(gaps(loopback, "alpha.test")) >= 1.5
    ended = list(spool.outcomes().values())
    assert "published" in ended
    assert "deferred" in ended
    details = {f["detail"] for f in spool.fetches().values() if f["outcome"] == "deferred"}
    # Jitter may make the last wait too long that would just have fitted.
    named = {"robots.txt asks for 1.5 s between requests", "the time for crawling was over"}
    assert details <= named


@pytest.mark.parametrize("value", ["-5", "nan", "abc", "inf", "0", ""])
def test_a_crawl_delay_that_is_none_delays_nothing(tmp_path: Path, value: str) -> None:
    robots = {"robots.txt": f"User-agent: *\nCrawl-delay: {value}\nDisallow: /1\n"}
    with Web(site("alpha", 2, **robots)) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        spool.run()
    assert sorted(spool.outcomes().values()) == ["published", "robots"]


def test_a_robots_txt_that_is_not_there_forbids_nothing(tmp_path: Path) -> None:
    # Its text is no rules, whatever it says.
    gone = web.Response
    pages = site("alpha", 1) | {
        "alpha.test/robots.txt": lambda _: gone(status=404, text="User-agent: *\nDisallow: /")
    }
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        spool.run()
    assert list(spool.outcomes().values()) == ["published"]


def test_a_robots_txt_that_cannot_be_read_allows_nothing(tmp_path: Path) -> None:
    text = b"User-agent: *\nDisallow: /0\n"

    def packed(body: bytes, label: str) -> Any:
        return lambda _: web.Response(body=body, headers={"Content-Encoding": label})

    away = {"Location": "http://127.0.0.1:9/robots.txt"}
    wrong = "robots.txt: labelled {}, and cannot be unpacked as that"
    answers = {
        "plain": (packed(text, "gzip"), wrong.format("gzip")),
        "brotli": (packed(text, "br"), wrong.format("br")),
        "bomb": (
            packed(gzip.compress(text + b"#" * 6_000_000), "gzip"),
            "robots.txt: larger than the size limit",
        ),
        "large": (text + b"#" * 6_000_000, "robots.txt: larger than the size limit"),
        "private": (
            lambda _: web.Response(status=302, headers=away),
            "robots.txt: 127.0.0.1 is at 127.0.0.1, which is not a public address",
        ),
    }
    pages: dict[str, Any] = {}
    for name, (answer, _) in answers.items():
        pages |= site(name, 1, **{"robots.txt": answer})
    # What can be unpacked, and holds nothing, allows everything.
    pages |= site("empty", 1, **{"robots.txt": packed(gzip.compress(b""), "gzip")})
    with Web(pages) as loopback:
        every = [source(name) for name in (*answers, "empty")]
        spool = Spool(tmp_path, plan(every, loopback.host_map))
        done = spool.run()
    assert "Traceback" not in done.stderr
    assert spool.outcomes() == {"http://empty.test/0": "published"}
    polls = {feed["source_id"]: (feed["failure"], feed["detail"]) for feed in spool.feeds()}
    for name, (_, words) in answers.items():
        assert polls[name] == ("robots", words)
        assert loopback.paths(f"{name}.test") == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"120", timedelta(minutes=2)),
        (b" 0 ", timedelta(0)),
        (b"Tue, 18 Jun 2024 07:05:00 GMT", timedelta(minutes=5)),
        (b"Tue, 18 Jun 2024 06:00:00 GMT", timedelta(0)),
        (b"Tue, 18 Jun 2024 07:05:00 -0000", timedelta(minutes=5)),
        (b"9" * 400, RETRY_AFTER_CAP),
        (b"Tue, 18 Jun 2034 07:05:00 GMT", RETRY_AFTER_CAP),
        (b"soon", None),
        (b"-5", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after(header: bytes | None, expected: timedelta | None) -> None:
    now = datetime(2024, 6, 18, 7, 0, tzinfo=UTC)
    assert retry_after(header, now) == expected
