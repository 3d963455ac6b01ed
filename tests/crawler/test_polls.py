"""Polls of feeds, sitemaps and section pages, over a loopback web."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from crawler.listings import feeds
from crawler.listings.feeds import read_listing
from crawler.listings.listing import Listing
from crawler.listings.polls import Poll
from crawler.plan import FeedTask
from crawler.records import Answer
from crawler.troubles import Trouble
from tests.crawler.crawls import NOW, Spool, plan, source
from tests.crawler.web import Web, article, rss

HOST = "http://alpha.test"
XML = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def feed_with_etag(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"1"':
        return web.Response(status=304, headers={"ETag": '"1"'})
    return web.Response(
        text=rss(HOST + "/1"),
        content_type="application/rss+xml",
        headers={"ETag": '"1"', "Last-Modified": "Tue, 18 Jun 2024 06:00:00 GMT"},
    )


def sitemap(*paths: str) -> str:
    urls = "".join(f"<url><loc>{HOST}{path}</loc></url>" for path in paths)
    return f'<?xml version="1.0"?><urlset {XML}>{urls}</urlset>'


def index(*children: tuple[str, str | None]) -> str:
    rows = "".join(
        f"<sitemap><loc>{HOST}{path}</loc>"
        + (f"<lastmod>{day}</lastmod>" if day else "")
        + "</sitemap>"
        for path, day in children
    )
    return f'<?xml version="1.0"?><sitemapindex {XML}>{rows}</sitemapindex>'


def redirect(to: str) -> web.Response:
    return web.Response(status=301, headers={"Location": to})


FEEDS: dict[str, tuple[str, Any]] = {
    "/etag.xml": ("rss", feed_with_etag),
    "/html.xml": ("rss", "<!DOCTYPE html><html><body>हमारी फ़ीड बंद है</body></html>"),
    "/gone.xml": ("rss", 410),
    "/broken.xml": ("rss", 500),
    "/home.xml": ("rss", lambda _: redirect(HOST + "/")),
    "/off.xml": ("rss", lambda _: redirect("http://other.test/feed")),
    "/robots/feed.xml": ("rss", rss(HOST + "/2")),
    "/large.xml": ("rss", "<?xml version='1.0'?>" + " " * 60_000 + rss(HOST + "/3")),
    "/torn.xml": ("rss", rss(HOST + "/4", HOST + "/5")[:-40]),
    "/index.xml": (
        "sitemap",
        index(
            ("/old.xml", "2020-01-01"),
            ("/news.xml", "2024-06-18"),
            ("/nested.xml", "2024-06-17"),
            ("/missing.xml", "2024-06-17"),
        ),
    ),
    "/dated.xml": ("sitemap", index(("/news.xml", "2024-06-18"))),
    "/undated.xml": ("sitemap", index(("/news.xml", None))),
    "/dead-index.xml": ("sitemap", index(("/missing.xml", None))),
    "/desh": ("section", "<html><body><a href='/story/s-1'>देश</a><a href='/x'>x</a></body></html>"),
    "/changed": ("section", "<html><body><a href='/kahani/1'>देश</a></body></html>"),
}
OTHERS: dict[str, Any] = {
    "/": "<html><body>मुख पृष्ठ</body></html>",
    "/robots.txt": "User-agent: *\nDisallow: /robots/",
    "/news.xml": sitemap("/n-1", "/n-2"),
    "/nested.xml": index(("/deep.xml", None)),
    "/deep.xml": sitemap("/n-2", "/n-3"),
    "/old.xml": sitemap("/never"),
}


def the_source() -> Any:
    feeds = [{"url": HOST + path, "kind": kind} for path, (kind, _) in FEEDS.items()]
    return source(feeds=feeds, links=[r"/story/.+"])


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Spool, Web]]:
    pages = {f"alpha.test{path}": answer for path, (_, answer) in FEEDS.items()}
    pages |= {f"alpha.test{path}": answer for path, answer in OTHERS.items()}
    for name in ("/1", "/4", "/5", "/n-1", "/n-2", "/n-3", "/story/s-1"):
        pages["alpha.test" + name] = article(hash(name))
    with Web(pages) as loopback:
        # Another source on a host that nobody answers for, and one whose port is closed.
        nobody = source(
            "nobody", feeds=[{"url": "http://nobody.invalid/feed"}], home="http://nobody.invalid/"
        )
        closed = source(
            "closed", feeds=[{"url": "http://closed.example/feed"}], home="http://closed.example/"
        )
        spool = Spool(
            tmp_path_factory.mktemp("polls"),
            plan(
                [the_source(), nobody, closed],
                {**loopback.host_map, "closed.example": {"80": "127.0.0.1:1"}},
                overrides={"FEED_MAXSIZE": 50_000},
            ),
        )
        spool.run()
        yield spool, loopback


def record(spool: Spool, path: str) -> dict[str, Any]:
    (found,) = [r for r in spool.feeds() if r["feed_url"].endswith(path)]
    return found


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/html.xml", "not_a_feed"),
        ("/gone.xml", "http_4xx"),
        ("/broken.xml", "http_5xx"),
        ("/home.xml", "redirected_home"),
        ("/off.xml", "off_site"),
        ("/robots/feed.xml", "robots"),
        ("/large.xml", "too_large"),
        ("/dead-index.xml", "http_4xx"),
        ("/changed", "no_links"),
        ("nobody.invalid/feed", "dns"),
        ("closed.example/feed", "connect"),
    ],
)
def test_failures_have_names(polled: tuple[Spool, Web], path: str, failure: str) -> None:
    found = record(polled[0], path)
    assert (found["status"], found["failure"]) == ("failed", failure), found["detail"]
    assert found["detail"]
    assert (found["listed"], found["taken_up"], found["etag"]) == ([], [], None)


@pytest.mark.parametrize(
    ("path", "entries"),
    [("/etag.xml", 1), ("/torn.xml", 2), ("/index.xml", 3), ("/undated.xml", 2), ("/desh", 1)],
)
def test_good_polls(polled: tuple[Spool, Web], path: str, entries: int) -> None:
    found = record(polled[0], path)
    assert (found["status"], found["failure"], found["entries"]) == ("ok", None, entries)
    assert len(found["listed"]) == entries


def test_an_entry_of_several_feeds_is_taken_up_once(polled: tuple[Spool, Web]) -> None:
    taken = [e["url_id"] for r in polled[0].feeds() for e in r["taken_up"]]
    assert len(taken) == len(set(taken)) == len(polled[0].fetches())


def test_an_index_is_followed_but_not_into_the_archive(polled: tuple[Spool, Web]) -> None:
    spool, loopback = polled
    paths = loopback.paths("alpha.test")
    assert "/old.xml" not in paths
    assert {"/news.xml", "/nested.xml", "/deep.xml", "/missing.xml"} <= set(paths)
    assert "1 of 4 sitemaps failed" in record(spool, "/index.xml")["detail"]


def test_validators_are_kept_where_they_speak_for_the_whole(polled: tuple[Spool, Web]) -> None:
    spool, _ = polled
    good = record(spool, "/etag.xml")
    assert (good["etag"], good["last_modified"]) == ('"1"', "Tue, 18 Jun 2024 06:00:00 GMT")
    assert good["body_hash"]
    # An index that says when each sitemap was changed changes with them; others do not.
    assert record(spool, "/dated.xml")["body_hash"]
    assert record(spool, "/undated.xml")["body_hash"] is None
    assert record(spool, "/index.xml")["body_hash"] is None


def test_the_next_poll_asks_with_the_validators(tmp_path: Path) -> None:
    body_hash = None
    with Web({"alpha.test/etag.xml": feed_with_etag, "alpha.test/1": article()}) as loopback:
        feeds = [FeedTask("alpha", HOST + "/etag.xml", etag='"1"', last_modified="x")]
        made = plan([source()], loopback.host_map, feeds=feeds)
        spool = Spool(tmp_path / "a", made)
        spool.run()
        (found,) = spool.feeds()
        assert (found["status"], found["http_status"], found["etag"]) == (
            "not_modified",
            304,
            '"1"',
        )
        assert spool.fetches() == {}
        # A server that lies about its ETag is not asked with it, and a body is read each time.
        feeds = [FeedTask("alpha", HOST + "/etag.xml", etag='"1"', conditional=False)]
        spool = Spool(tmp_path / "b", plan([source()], loopback.host_map, feeds=feeds))
        spool.run()
        (found,) = spool.feeds()
        assert found["status"] == "ok"
        body_hash = found["body_hash"]
        # The same body once more is no news, whatever the validators say.
        feeds = [FeedTask("alpha", HOST + "/etag.xml", body_hash=body_hash)]
        later = NOW + timedelta(minutes=30)
        spool = Spool(tmp_path / "c", plan([source()], loopback.host_map, feeds=feeds, now=later))
        spool.run()
        (found,) = spool.feeds()
        assert (found["status"], found["http_status"]) == ("not_modified", 200)
        assert found["polled_at"].startswith("2024-06-18T07:30:")


@pytest.mark.parametrize(
    "asked", [FeedTask("alpha", HOST), FeedTask("alpha", HOST, etag='"1"', conditional=False)]
)
def test_a_304_that_nobody_asked_for_is_no_good_poll(asked: FeedTask) -> None:
    poll = Poll(asked, source())
    found = asyncio.run(poll.first(Answer(HOST, 304), b"", None, redirected=False, now=NOW))
    assert isinstance(found, Trouble)
    assert found.failure == "not_a_feed"


def large(links: list[str]) -> bytes:
    """A feed that is read in a thread."""
    text = rss(*links).replace("<channel>", f"<channel><description>{'क' * 50_000}</description>")
    return text.encode()


@pytest.mark.parametrize("body", [large([HOST + "/1"]), gzip.compress(rss(HOST + "/1").encode())])
def test_others_go_on_while_a_large_feed_is_read(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_other_went_on = threading.Event()
    events = []

    def slow(body: bytes, **options: Any) -> Listing:
        # Read where the crawl runs, it would wait here in vain.
        events.append("went on" if the_other_went_on.wait(10) else "stood still")
        return read_listing(body, **options)

    async def other() -> None:
        the_other_went_on.set()

    async def both() -> list[str] | Trouble | None:
        poll = Poll(FeedTask("alpha", HOST + "/feed.xml"), source())
        answer = Answer(HOST + "/feed.xml", 200)
        reading = poll.first(answer, body, "utf-8", redirected=False, now=NOW)
        found, _ = await asyncio.gather(reading, other())
        events.extend(item.url for item in poll.listing)
        return found

    monkeypatch.setattr(feeds, "read_listing", slow)
    assert asyncio.run(both()) == []
    assert events == ["went on", HOST + "/1"]


def test_large_feeds_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way: list[int] = []

    def noted(body: bytes, **options: Any) -> Listing:
        under_way.append(+1)
        time.sleep(0.01)
        assert sum(under_way) == 1
        under_way.append(-1)
        return read_listing(body, **options)

    async def all_of_them() -> list[list[str] | Trouble | None]:
        reading = asyncio.Lock()
        tasks = [FeedTask("alpha", f"{HOST}/{n}.xml") for n in range(5)]
        polls = [Poll(task, source(), reading) for task in tasks]
        body = large([HOST + "/1"])
        answers = [
            poll.first(Answer(HOST, 200), body, None, redirected=False, now=NOW) for poll in polls
        ]
        return await asyncio.gather(*answers)

    monkeypatch.setattr(feeds, "read_listing", noted)
    assert asyncio.run(all_of_them()) == [[]] * 5
    assert under_way == [+1, -1] * 5


def test_a_small_feed_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def noted(body: bytes, **options: Any) -> Listing:
        threads.append(threading.current_thread())
        return read_listing(body, **options)

    monkeypatch.setattr(feeds, "read_listing", noted)
    poll = Poll(FeedTask("alpha", HOST + "/feed.xml"), source())
    body = rss(HOST + "/1").encode()
    asyncio.run(poll.first(Answer(HOST, 200), body, None, redirected=False, now=NOW))
    assert threads == [threading.main_thread()]


def test_large_feeds_sitemaps_and_nonsense_in_a_crawl(tmp_path: Path) -> None:
    padding = f"<!-- {'x' * 200_000} -->"
    pages = {
        "alpha.test/feed.xml": large([HOST + "/1", HOST + "/2"]),
        "alpha.test/index.xml": index(("/news.xml", "2024-06-18"), ("/torn.xml.gz", "2024-06-18")),
        "alpha.test/news.xml": sitemap("/3").replace("</urlset>", padding + "</urlset>"),
        "alpha.test/torn.xml.gz": b"\x1f\x8b" + b"nonsense" * 9,
        "alpha.test/nonsense.xml": "<nonsense>" + "x" * 200_000,
        **{f"alpha.test/{n}": article(n) for n in (1, 2, 3)},
    }
    feeds = [
        {"url": HOST + "/feed.xml"},
        {"url": HOST + "/index.xml", "kind": "sitemap"},
        {"url": HOST + "/nonsense.xml"},
    ]
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source(feeds=feeds)], loopback.host_map))
        spool.run()
    said = {r["feed_url"].removeprefix(HOST): (r["entries"], r["failure"]) for r in spool.feeds()}
    assert said == {
        "/feed.xml": (2, None),
        "/index.xml": (1, None),
        "/nonsense.xml": (0, "not_a_feed"),
    }
    assert spool.outcomes() == {f"{HOST}/{n}": "published" for n in (1, 2, 3)}
