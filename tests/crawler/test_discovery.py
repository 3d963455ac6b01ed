"""Where a site lists its articles: link elements, anchors, robots.txt, guesses; looks of links."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from crawler.listings.discovery import Found, find_listings, find_sitemaps, guesses
from crawler.listings.feeds import read_listing
from crawler.listings.sections import looks_like_article
from press import BASE, Press
from press.answers import answer
from press.sites import SITES, Site

URL = "https://www.x.in/"


def found(*pairs: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    return list(pairs)


def brief(listings: list[Found]) -> list[tuple[str, str, str]]:
    return [(f.url, f.kind, f.by) for f in listings]


def test_a_home_page_names_its_feeds_and_sitemaps() -> None:
    home = """<html><head>
      <link rel="alternate" type="application/rss+xml" title="ख़बरें &raquo; फ़ीड" href="/feed/">
      <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
      <link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed?u=x">
      <link rel="ALTERNATE" type="application/feed+json; charset=utf-8" href="//www.x.in/feed/json">
      <link rel="sitemap" type="application/xml" href="/map.xml">
      <link rel="alternate" hreflang="en" href="https://www.x.in/en/">
      <link rel="alternate" type="application/rss+xml" href="mailto:a@x.in">
      </head><body><a href="/rss/desh.xml">देश</a><a href="/feed/">फ़ीड</a><a href="/about">x</a>
      <a href="https://other.in/feed/">और</a><a href="news-sitemap.xml.gz"></a></body></html>"""
    listings = find_listings(home.encode(), url=URL)
    assert brief(listings) == found(
        ("https://www.x.in/feed/", "rss", "link"),
        ("https://www.x.in/feed/json", "rss", "link"),
        ("https://www.x.in/map.xml", "sitemap", "link"),
        ("https://www.x.in/rss/desh.xml", "rss", "anchor"),
        ("https://www.x.in/news-sitemap.xml.gz", "sitemap", "anchor"),
    )
    assert listings[0].title == "ख़बरें » फ़ीड"


def test_a_page_that_is_none_names_nothing() -> None:
    assert find_listings(b"", url=URL) == []
    assert find_listings(b"<" * 3_000_000, url=URL) == []


def test_robots_txt_names_sitemaps() -> None:
    robots = (
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\nSITEMAP:https://www.x.in/a.xml\n"
        b"Sitemap: /b.xml # new\nsitemap : https://www.x.in/a.xml\nSitemap:\n"
    )
    assert brief(find_sitemaps(robots, url=URL + "robots.txt")) == found(
        ("https://www.x.in/a.xml", "sitemap", "robots"),
        ("https://www.x.in/b.xml", "sitemap", "robots"),
    )


def test_a_mark_at_the_front_of_robots_txt_hides_no_sitemap() -> None:
    robots = b"\xef\xbb\xbfSitemap: /news.xml\n"
    assert brief(find_sitemaps(robots, url=URL + "robots.txt")) == found(
        (URL + "news.xml", "sitemap", "robots")
    )


def test_guesses_only_fill_what_is_missing() -> None:
    assert [g.kind for g in guesses(URL + "hindi/", [])] == ["rss"] * 3 + ["sitemap"] * 2
    named = [Found(URL + "f.xml", "rss", "link")]
    assert {g.url for g in guesses(URL, named)} == {URL + "news-sitemap.xml", URL + "sitemap.xml"}
    assert guesses(URL, [*named, Found(URL + "s.xml", "sitemap", "robots")]) == []


@pytest.mark.parametrize(
    ("path", "title"),
    [
        # Forms of address of Hindi sites: dates, ids, slugs, Devanagari, queries.
        ("/india-news/centre-new-scheme-for-farmers-2024-06-18", "केंद्र की नई योजना"),
        ("/india/news/kisan-yojana-133456789.html", "किसानों के लिए सरकार की नई योजना"),
        ("/2024/06/18/kisan-ke-liye-yojana/", "किसान"),
        ("/hindi/desh/story/123456", "किसानों के लिए सरकार की नई योजना"),
        ("/desh/किसानों-के-लिए-नई-योजना-का-ऐलान-123456.html", ""),
        ("/article/kisan/articleshow/110055443.cms", "किसानों के लिए सरकार की नई योजना"),
        ("/news.php?id=9876", "किसानों के लिए सरकार की नई योजना"),
        ("/sarkar-ne-kisano-ke-liye-nai-yojana/", "किसानों के लिए सरकार की नई योजना"),
    ],
)
def test_links_that_look_like_articles(path: str, title: str) -> None:
    assert looks_like_article("https://www.x.in" + path, title, page=URL)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://www.x.in/", "होम"),
        ("https://www.x.in/desh/", "देश"),
        ("https://www.x.in/desh/uttar-pradesh/", "उत्तर प्रदेश की सभी ताज़ा ख़बरें पढ़ें"),
        ("https://www.x.in/tags/sarkar-ki-nai-kisan-yojana-12345", "सरकार की नई किसान योजना पर"),
        ("https://www.x.in/author/ramesh-kumar-12345", "रमेश कुमार के सभी लेख यहाँ पढ़ें"),
        ("https://www.x.in/privacy-policy", "गोपनीयता नीति के बारे में सब कुछ यहाँ"),
        ("https://www.x.in/i/chitra-1234567.jpg", "किसानों के लिए सरकार की नई योजना"),
        ("https://other.in/india/kisan-yojana-nai-ghoshna-133456.html", "किसानों के लिए सरकार की नई"),
        ("https://www.x.in/category/12345", "देश की सभी ताज़ा और बड़ी ख़बरें"),
    ],
)
def test_links_that_do_not(url: str, title: str) -> None:
    assert not looks_like_article(url, title, page=URL)


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.id)
def test_looks_find_the_articles_of_every_site_of_the_press(site: Site) -> None:
    press = Press(BASE)
    home = answer(press.web, site, "/", "", BASE, press.faults)
    listing = read_listing(home.body, url=site.home, kind="section")
    urls = {unquote(item.url) for item in listing.items}
    truth = {unquote(page.url) for page in press.web.of_site(site, BASE, press.faults)}
    shown = {url for url in truth if url.split(site.host)[1] in unquote(home.body.decode())}
    assert len(shown) >= 9
    assert len(urls & shown) >= 0.9 * len(shown)
    assert urls <= truth


def test_the_press_names_its_listings() -> None:
    press = Press(BASE)
    named = 0
    for site in SITES:
        home = answer(press.web, site, "/", "", BASE, press.faults)
        robots = answer(press.web, site, "/robots.txt", "", BASE, press.faults)
        listings = find_listings(home.body, url=site.home) + find_sitemaps(
            robots.body, url=site.home
        )
        polled = {site.home.rstrip("/") + feed.path for feed in site.feeds}
        assert {f.url for f in listings} <= polled
        named += bool(listings)
    assert named >= 5
