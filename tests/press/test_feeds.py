"""Feeds, sitemaps and section pages: what they list and that they can be read."""

from __future__ import annotations

import gzip
import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin
from xml.etree import ElementTree

import feedparser
import pytest

from crawler.sources import load_sources
from press import BASE, Press
from press.dates import IST
from tests.press.client import get

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read(press: Press, url: str) -> feedparser.FeedParserDict:
    reply = get(press, url)
    assert reply.status == 200
    return feedparser.parse(
        reply.body, response_headers={"content-type": reply.headers["content-type"]}
    )


def listed_of(press: Press, site_id: str) -> set[str]:
    return {a.url for a in press.truth().articles.values() if a.source_id == site_id}


@pytest.mark.parametrize(
    ("site_id", "url", "version"),
    [
        ("janrekha", "http://janrekha.press.test/feed/", "rss20"),
        ("pathdarpan", "http://pathdarpan.press.test/feeds.xml", "rss20"),
        ("samvadkendra", "http://samvadkendra.press.test/hindi/rss.xml", "rss20"),
        ("udgam", "https://udgam.press.test/feed/latest.atom", "atom10"),
    ],
)
def test_a_main_feed_lists_every_article_with_its_time(
    press: Press, site_id: str, url: str, version: str
) -> None:
    parsed = read(press, url)
    assert not parsed.bozo
    assert parsed.version == version
    articles = press.truth().articles
    links = [entry.link.partition("?")[0] for entry in parsed.entries]
    assert set(links) == listed_of(press, site_id)
    assert len(links) == len(set(links))
    for entry, link in zip(parsed.entries, links, strict=True):
        assert entry.title == articles[link].title
        when = articles[link].published_at.utctimetuple()
        assert entry.published_parsed == when


def test_the_newspaper_lists_addresses_with_tracking(press: Press) -> None:
    parsed = read(press, "https://udgam.press.test/feed/latest.atom")
    assert all("utm_source=rss" in entry.link for entry in parsed.entries)


def test_its_section_feed_lists_one_article_under_two_addresses(press: Press) -> None:
    parsed = read(press, "https://udgam.press.test/feed/desh.atom")
    links = {entry.link for entry in parsed.entries}
    assert set(press.truth().aliases) <= links


def test_the_wordpress_feed_has_a_teaser_where_others_have_the_text(press: Press) -> None:
    parsed = read(press, "http://janrekha.press.test/feed/")
    for entry in parsed.entries:
        words = re.sub("<[^>]+>", " ", entry.content[0].value).split()
        assert len(words) < 90
    section = read(press, "http://janrekha.press.test/category/duniya/feed/")
    assert {e.category for e in section.entries} == {"दुनिया"}


def test_rdf_is_read_as_rss_10(press: Press) -> None:
    parsed = read(press, "http://samvadkendra.press.test/hindi/taxonomy/karobar/rdf")
    assert parsed.version == "rss10"
    assert not parsed.bozo
    assert {e.link for e in parsed.entries} <= listed_of(press, "samvadkendra")
    assert len(parsed.entries) > 5


def test_the_broken_feed_is_no_xml_and_gives_some_entries_at_most(press: Press) -> None:
    url = "http://samvadkendra.press.test/hindi/photos/rss.xml"
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(get(press, url).body)
    assert {e.link for e in read(press, url).entries} <= listed_of(press, "samvadkendra")
    press.faults.specials.discard("broken_feed")
    assert not read(press, url).bozo


def test_the_html_feed_is_a_page(press: Press) -> None:
    url = "http://janrekha.press.test/videos/feed/"
    reply = get(press, url)
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text.startswith("<!DOCTYPE html>")
    press.faults.specials.discard("html_feed")
    assert read(press, url).version == "rss20"


def locations(text: bytes, root: str) -> list[ElementTree.Element]:
    tree = ElementTree.fromstring(text)
    assert tree.tag == _SITEMAP + root
    return list(tree)


def text_of(node: ElementTree.Element, path: str) -> str:
    found = node.findtext(path)
    assert found is not None
    return found


def test_the_nested_sitemaps_lead_to_every_article(press: Press) -> None:
    outer = locations(get(press, "http://khabarsagar.press.test/sitemap.xml").body, "sitemapindex")
    assert len(outer) == 1
    inner = locations(get(press, text_of(outer[0], _SITEMAP + "loc")).body, "sitemapindex")
    found: dict[str, str] = {}
    packed = 0
    for child in inner:
        url = text_of(child, _SITEMAP + "loc")
        body = get(press, url).body
        if url.endswith(".gz"):
            packed += 1
            body = gzip.decompress(body)
        for entry in locations(body, "urlset"):
            when = text_of(entry, f"{_NEWS}news/{_NEWS}publication_date")
            found[text_of(entry, _SITEMAP + "loc")] = when
    assert packed == 1
    assert set(found) == listed_of(press, "khabarsagar")
    articles = press.truth().articles
    for url, when in found.items():
        assert datetime.fromisoformat(when) == articles[url].published_at


def test_section_pages_link_to_every_article_in_devanagari(press: Press) -> None:
    site = next(s for s in press.sites if s.id == "vindhyatara")
    assert site.link_pattern
    found: set[str] = set()
    for feed in site.feeds:
        text = get(press, site.home.rstrip("/") + feed.path).text
        for href in re.findall(r'<a href="([^"]+)"', text):
            url = urljoin(site.home, unescape(href))
            if re.search(site.link_pattern, url):
                assert unquote(url) == url
                found.add(quote(url, safe=":/%"))
    assert found == listed_of(press, "vindhyatara")


def test_feeds_follow_the_clock(press: Press) -> None:
    press.set_now(datetime(2023, 9, 16, 18, tzinfo=IST))
    assert not read(press, "http://janrekha.press.test/feed/").entries
    assert not read(press, "https://udgam.press.test/feed/latest.atom").entries
    first = read(press, "http://pathdarpan.press.test/feeds.xml").entries
    assert [e.published for e in first] == ["Sat, 16 Sep 2023 08:18:00 GMT"]
    press.set_now(datetime(2024, 6, 18, 18, tzinfo=IST))
    second = read(press, "http://janrekha.press.test/feed/").entries
    assert len(second) == 1
    assert second[0].published == "Tue, 18 Jun 2024 04:10:00 +0000"
    press.set_now(BASE)
    titles = {e.link for e in read(press, "http://janrekha.press.test/feed/").entries}
    assert second[0].link in titles


def test_new_entries_appear_within_the_half_hour(press: Press) -> None:
    before = set(press.truth().articles)
    press.set_now(BASE + timedelta(minutes=30))
    after = set(press.truth().articles)
    assert len(after - before) == 6
    articles = press.truth().articles
    assert len({articles[url].source_id for url in after - before}) >= 3


def test_the_sources_file_is_one_that_the_crawler_reads(press: Press, tmp_path: Path) -> None:
    sources = load_sources(press.sources_file)
    assert [s.id for s in sources] == [s.id for s in press.sites]
    assert {s.id: s.agency for s in sources if s.agency} == {"samvadkendra": "pti"}
    kinds = {f.kind for s in sources for f in s.feeds}
    assert kinds == {"rss", "sitemap", "section"}
    for source in sources:
        for feed in source.feeds:
            assert get(press, str(feed.url)).status == 200, feed.url
    written = press.write_sources(tmp_path / "sources.yaml", delay_s=1.5)
    assert {s.politeness.delay_s for s in load_sources(written)} == {1.5}
