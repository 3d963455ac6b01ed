"""How feeds of Hindi publishers are reported to break: each way, in one crawl."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from crawler.listings.schedule import after_poll
from crawler.plan import to_time
from crawler.source_model import Source
from tests.crawler.crawls import NOW, Spool, plan, source
from tests.crawler.web import WORDS, Web, article, rss

HOST = "http://alpha.test"
GLUED = "पहली सुर्खी यहां है। दूसरी सुर्खी भी साथ है। तीसरी भी यहीं जुड़ गई।"
MONTH_OLD = "Fri, 17 May 2024 11:30:00 +0530"
AGGREGATOR = "http://news.aggregator.test/articles/CBMi"
ENGLISH = "The government announced a new scheme for farmers on Wednesday after a meeting. " * 12


async def slow(_: web.Request) -> web.Response:
    await asyncio.sleep(1.6)
    return web.Response(text="too late")


def full_text() -> str:
    """A hundred items with the whole text in each, half a megabyte."""
    items = "".join(
        f"<item><title>पूरा {n}</title><link>{HOST}/full/{n}</link><content:encoded><![CDATA["
        f"<p>{WORDS}</p><p>फ़ीड में ही लिखा वाक्य {n}।</p>]]></content:encoded></item>"
        for n in range(100)
    )
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    pad = f"<!-- {'क' * 60_000} -->"
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{pad}{items}</channel></rss>'


FEEDS: dict[str, Any] = {
    # Works with its query string only.
    "/rssfeeds?id=home": rss(f"{HOST}/story.cms?id=1", f"{HOST}/story.cms?id=2"),
    "/rssfeeds": 404,
    "/gone": 410,
    # To readers of feeds, or to addresses of data centres.
    "/forbidden": 403,
    "/broken": 500,
    "/slow": slow,
    "/home-instead": lambda _: web.Response(status=302, headers={"Location": "/"}),
    "/full-text": full_text(),
    "/campaign": rss(f"{HOST}/campaign/1?at_medium=RSS&at_campaign=rss"),
    "/through-others": rss(f"{AGGREGATOR}1?oc=5", f"{AGGREGATOR}2?oc=5"),
    "/english": rss(f"{HOST}/english/1"),
    "/month-old": rss(f"{HOST}/old/1", date=MONTH_OLD),
    "/empty": rss(),
    "/glued": rss(f"{HOST}/glued/1").replace("समाचार 1<", f"{GLUED}<"),
}
PAGES: dict[str, Any] = {
    "alpha.test/story.cms?id=1": article(1),
    "alpha.test/story.cms?id=2": article(2),
    "alpha.test/campaign/1?at_medium=RSS&at_campaign=rss": article(3),
    "alpha.test/english/1": f"<html><body><article><h1>News</h1><p>{ENGLISH}</p></article>",
    "alpha.test/old/1": article(4),
    "alpha.test/glued/1": article(5),
    "alpha.test/": "<html><body>मुख पृष्ठ</body></html>",
    **{f"alpha.test/full/{n}": article(100 + n) for n in range(3)},
}
FAILURES = {
    "/rssfeeds": "http_4xx",
    "/gone": "http_4xx",
    "/forbidden": "http_4xx",
    "/broken": "http_5xx",
    "/slow": "timeout",
    "/home-instead": "redirected_home",
}


def publisher() -> Source:
    return source(feeds=[{"url": HOST + path} for path in FEEDS])


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Spool, Web]]:
    feeds = {f"alpha.test{path}": answer for path, answer in FEEDS.items()}
    with Web({**PAGES, **feeds}) as loopback:
        made = plan(
            [publisher()],
            loopback.host_map,
            overrides={"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 0},
        )
        spool = Spool(tmp_path_factory.mktemp("breakage"), made)
        spool.run()
        yield spool, loopback


def polls(spool: Spool) -> dict[str, dict[str, Any]]:
    return {r["feed_url"].removeprefix(HOST): r for r in spool.feeds()}


@pytest.mark.parametrize("path", FEEDS)
def test_each_feed_is_judged_and_asked_again(crawled: tuple[Spool, Web], path: str) -> None:
    record = polls(crawled[0])[path]
    assert record["failure"] == FAILURES.get(path)
    row = after_poll(None, record, publisher(), NOW)
    assert row["next_due_at"] is not None
    wait = row["next_due_at"] - NOW
    # What fails is asked later than what works, and never given up.
    assert wait == timedelta(minutes=15) if path not in FAILURES else wait > timedelta(minutes=15)
    assert wait <= timedelta(days=30)


def test_addresses_keep_the_query_that_tells_them_apart(crawled: tuple[Spool, Web]) -> None:
    fetches = crawled[0].fetches()
    assert fetches[f"{HOST}/story.cms?id=1"]["url"] == f"{HOST}/story.cms?id=1"
    assert fetches[f"{HOST}/story.cms?id=2"]["outcome"] == "published"
    (campaign,) = [f for u, f in fetches.items() if "/campaign/" in u]
    assert (campaign["url"], campaign["outcome"]) == (f"{HOST}/campaign/1", "published")


def test_a_feed_with_the_whole_text_is_no_substitute_for_the_page(
    crawled: tuple[Spool, Web],
) -> None:
    spool, _ = crawled
    assert polls(spool)["/full-text"]["entries"] == 100
    full = [f for f in spool.fetches().values() if "/full/" in f["url"]]
    assert Counter(f["outcome"] for f in full) == Counter(published=3, http_4xx=97)
    assert not [a for a in spool.articles() if "फ़ीड में ही" in a["text"]]


def test_links_through_an_aggregator_are_named_and_not_asked_for(
    crawled: tuple[Spool, Web],
) -> None:
    spool, loopback = crawled
    found = {u: f["outcome"] for u, f in spool.fetches().items() if u.startswith(AGGREGATOR)}
    assert found == {f"{AGGREGATOR}{n}?oc=5": "off_site" for n in (1, 2)}
    assert {asked.host for asked in loopback.asked} == {"alpha.test"}


def test_several_headlines_glued_into_one_give_way_to_that_of_the_page(
    crawled: tuple[Spool, Web],
) -> None:
    spool, _ = crawled
    assert spool.fetches()[f"{HOST}/glued/1"]["title"] == GLUED
    (made,) = [a for a in spool.articles() if a["url"] == f"{HOST}/glued/1"]
    assert made["title"] == "किसानों के लिए नई योजना की घोषणा, समाचार 5"


def test_english_stories_of_a_hindi_feed_are_left_out(crawled: tuple[Spool, Web]) -> None:
    assert crawled[0].fetches()[f"{HOST}/english/1"]["outcome"] == "not_hindi"


def test_a_feed_that_stands_still_shows_by_its_newest_item(crawled: tuple[Spool, Web]) -> None:
    newest = to_time(polls(crawled[0])["/month-old"]["newest_at"])
    assert newest == datetime.fromisoformat("2024-05-17T11:30:00+05:30")
    assert polls(crawled[0])["/empty"]["newest_at"] is None
    assert polls(crawled[0])["/empty"]["status"] == "ok"
