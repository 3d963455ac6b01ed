"""What goes wrong with feeds out in the world: each fault, done to a feed of the press."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crawler.listings.feeds import read_listing
from crawler.listings.listing import Listing, ListingError
from crawler.plan import FeedTask
from crawler.sources import load_sources
from lake.ids import new_run_id
from press import BASE, Faults, Press
from press.answers import answer
from press.mangle import MANGLES
from press.response import Answer
from press.sites import JANREKHA, Feed
from tests.crawler.crawls import Spool, plan

HOME = JANREKHA.home.rstrip("/")
FEED = HOME + "/feed/"


def fetched(fault: str | None = None, path: str = "/feed/") -> Answer:
    press = Press(BASE, Faults(feeds={f"*{path}": fault} if fault else {}))
    return answer(press.web, JANREKHA, path, "", BASE, press.faults)


def listing(fault: str | None = None, path: str = "/feed/") -> Listing:
    given = fetched(fault, path)
    kind, _, charset = given.headers["Content-Type"].partition("charset=")
    assert kind
    return read_listing(given.body, url=HOME + path, charset=charset or None)


SOUND = listing()


@pytest.mark.parametrize(
    "fault",
    [
        *("bom", "control", "hindi_months", "large", "no_guid"),
        *("relative", "teaser", "utf16", "wrong_charset"),
    ],
)
def test_faults_that_cost_nothing(fault: str) -> None:
    assert fetched(fault).body != fetched().body
    items = listing(fault).items
    assert [(i.url, i.title, i.published_at) for i in items] == [
        (i.url, i.title, i.published_at) for i in SOUND.items
    ]
    assert len(items) > 50


def test_every_fault_is_in_a_test() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in MANGLES if f'"{name}"' not in here] == []


def test_the_raw_date_is_kept_beside_the_parsed_one() -> None:
    found = listing("hindi_months").items[0]
    assert "नवंबर" in (found.published_raw or "")
    assert found.published_at is not None


def test_unescaped_ampersands_stay_in_titles_and_addresses() -> None:
    found = listing("ampersands").items
    assert len(found) == len(SOUND.items)
    assert all("फोटो & वीडियो" in (i.title or "") for i in found)
    assert found[0].url == SOUND.items[0].url + "?utm_source=rss&utm_medium=feed"


def test_dates_in_the_future_are_kept_as_listed_and_name_no_newest() -> None:
    from crawler.listings.polls import newest_time

    items = listing("future").items
    assert all(i.published_at and i.published_at > BASE for i in items)
    assert newest_time(items, BASE) is None


def test_a_thousand_items() -> None:
    assert len(listing("many").items) == 1000


def test_five_megabytes_are_no_trouble() -> None:
    from crawler.settings import FEED_MAXSIZE

    assert 5 * 1024 * 1024 < len(fetched("large").body) < FEED_MAXSIZE


def test_a_feed_without_items_is_a_feed_and_nothing_is_none() -> None:
    assert listing("empty").items == ()
    for fault in ("html", "nothing"):
        with pytest.raises(ListingError) as caught:
            listing(fault)
        assert caught.value.failure == "not_a_feed"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing in place of a feed: the answer is empty"),
        (b" \r\n\t", "nothing in place of a feed: the answer is empty"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n", "nothing in place of a feed"),
        ("कोई फ़ीड नहीं".encode(), "no XML in place of a feed: 'कोई"),
        (b"<opml/>", "<opml> in place of a feed: '<opml/>'"),
    ],
)
def test_what_stands_in_place_of_a_feed_is_said(body: bytes, words: str) -> None:
    with pytest.raises(ListingError, match="in place of a feed") as caught:
        read_listing(body, url="http://a.test/feed", kind="rss", charset=None, zone="Asia/Kolkata")
    assert str(caught.value).startswith(words)
    assert caught.value.failure == "not_a_feed"


@pytest.mark.parametrize("feed", [f for f in JANREKHA.feeds if f.format == "json"])
def test_the_json_feed_of_the_press_lists_what_its_rss_does(feed: Feed) -> None:
    found = listing(path=feed.path)
    assert found.form == "json"
    assert [(i.url, i.title) for i in found.items] == [(i.url, i.title) for i in SOUND.items]
    assert [i.published_at for i in found.items] == [i.published_at for i in SOUND.items]


def test_a_crawl_of_faulty_feeds(tmp_path: Path) -> None:
    """Redirects, and what only shows in a crawl: dates, teasers, AMP pages, a thousand items."""
    wrong = {
        "janrekha.press.test/feed/": "to_home",
        "janrekha.press.test/category/duniya/feed/": "loop",
        "pathdarpan.press.test/feeds.xml": "many",
        "pathdarpan.press.test/category/duniya/google_feeds.xml": "future",
        "samvadkendra.press.test/hindi/rss.xml": "teaser",
    }
    with Press(BASE, Faults(specials=set(), feeds=wrong)) as press:
        sources = [
            s.model_copy(update={"politeness": s.politeness.model_copy(update={"max_pages": 8})})
            for s in load_sources(press.sources_file)
            if s.id in ("janrekha", "pathdarpan", "samvadkendra", "udgam")
        ]
        due = [
            FeedTask(s.id, feed.url)
            for s in sources
            if s.id != "udgam"
            for feed in s.polled
            if "/hindi/photos" not in feed.url and "/rdf" not in feed.url
        ]
        due += [
            FeedTask("udgam", "https://udgam.press.test/feed/amp.atom"),
            FeedTask("pathdarpan", "http://pathdarpan.press.test/utf16.xml"),
        ]
        made = plan(
            sources,
            press.host_map,
            feeds=due,
            now=BASE,
            run_id=new_run_id(BASE),
            ca_file=str(press.ca_file),
        )
        spool = Spool(tmp_path, made)
        spool.run()
    polls = {r["feed_url"].partition(".test")[2]: r for r in spool.feeds()}
    assert polls["/feed/"]["failure"] == "redirected_home"
    assert polls["/category/duniya/feed/"]["failure"] == "http_4xx"
    assert polls["/category/duniya/feed/"]["detail"] == "redirected in a circle"
    assert polls["/feeds.xml"]["entries"] == 1000
    assert polls["/utf16.xml"]["status"] == "ok"
    assert polls["/utf16.xml"]["entries"] > 50
    assert polls["/category/duniya/google_feeds.xml"]["newest_at"] is None
    # Nothing that was listed is lost, whatever the cap.
    taken = sum(len(r["taken_up"]) for r in spool.feeds())
    outcomes = Counter(spool.outcomes().values())
    assert sum(outcomes.values()) == taken > 1000
    assert outcomes["published"] >= 16
    articles = spool.articles()
    # Of the thousand, those that are asked for turn out to be of addresses that are taken up.
    assert {a["source_id"] for a in articles} >= {"janrekha", "samvadkendra", "udgam"}
    for made_of in articles:
        # A teaser is not taken for the body, nor a date to come for the time of publication.
        assert made_of["word_count"] > 60
        assert made_of["published_at"] is None or made_of["published_at"] < "2025"
        assert "/amp" not in made_of["url"]
