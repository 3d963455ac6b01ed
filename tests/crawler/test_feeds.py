"""Listings: what comes out of feeds, sitemaps and section pages, whole and broken."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.listings.feeds import MAX_ITEMS, bounded, read_listing
from crawler.listings.listing import Item, Listing, ListingError, listed_url
from crawler.listings.sitemaps import MAX_BYTES, gunzip
from crawler.source_model import FeedKind

URL = "https://x.in/feed/"
ITEM = "<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def rss(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>'


def item(link: str = "https://x.in/1", title: str = "ख़बर", date: str = "") -> str:
    return ITEM.format(link=link, title=title, date=date)


def read(body: str | bytes, kind: FeedKind = "rss", charset: str | None = None) -> Listing:
    data = body.encode() if isinstance(body, str) else body
    return read_listing(data, url=URL, kind=kind, charset=charset, links=[r"/news/.*-\d+\.html$"])


def failure(body: str | bytes, kind: FeedKind = "rss") -> str:
    with pytest.raises(ListingError) as caught:
        read(body, kind)
    return caught.value.failure


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (rss(item()), "rss20"),
        (f'<rss version="0.91"><channel>{item()}</channel></rss>', "rss091u"),
        (f'<rss version="0.92"><channel>{item()}</channel></rss>', "rss092"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="c"/>'
            '<item rdf:about="https://x.in/1"><title>ख़बर</title><link>https://x.in/1</link></item>'
            "</rdf:RDF>",
            "rss10",
        ),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>ख़बर</title>'
            '<link rel="self" href="/no"/><link href="/1"/></entry></feed>',
            "atom10",
        ),
        (f"<urlset {SITEMAP}><url><loc>https://x.in/1</loc></url></urlset>", "urlset"),
    ],
)
def test_forms(body: str, form: str) -> None:
    listing = read(body)
    assert listing.form == form
    assert [found.url for found in listing.items] == ["https://x.in/1"]


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("Tue, 18 Jun 2024 12:30:00 +0530", "2024-06-18T07:00"),
        ("Tue, 18 Jun 2024 12:30:00 GMT", "2024-06-18T12:30"),
        # Libraries know no IST, or Israel's.
        ("Tue, 18 Jun 2024 12:30:00 IST", "2024-06-18T07:00"),
        # No zone: the source's.
        ("Tue, 18 Jun 2024 12:30:00", "2024-06-18T07:00"),
        ("2024-06-18 12:30:00", "2024-06-18T07:00"),
        ("2024-06-18T12:30:00Z", "2024-06-18T12:30"),
        # Hindi months, Devanagari digits.
        ("मंगल, 18 जून 2024 12:30:00 +0530", "2024-06-18T07:00"),
        ("18 सितंबर 2024 12:30", "2024-09-18T07:00"),
        ("१८ सितम्बर २०२४ १२:३०", "2024-09-18T07:00"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_read_and_their_strings_kept(raw: str, at: str | None) -> None:
    (found,) = read(rss(item(date=raw))).items
    assert found.published_raw == (raw or None)
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None
    assert found.published_at == expected


def test_titles_lose_their_markup_and_nothing_else() -> None:
    (found,) = read(rss(item(title="&lt;b&gt;मोदी&lt;/b&gt; ने कहा, &amp;quot;क़र्ज़&amp;quot;"))).items
    assert found.title == 'मोदी ने कहा, "क़र्ज़"'


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        # An emoji, escaped by a program that thinks in UTF-16.
        ("बारिश &#55357;&#56832; हुई", "बारिश \N{GRINNING FACE} हुई"),
        ("बारिश &#xD83D;&#xde00; हुई", "बारिश \N{GRINNING FACE} हुई"),
        ("आधा&#xD800; &#56832जोड़ा", "आधा जोड़ा"),
        ("नियंत्रण&#0;&#x1F; अक्षर&#8;", "नियंत्रण अक्षर"),
        ("बहुत बड़ा&#1114112;&#xFFFFFFFF;&#" + "9" * 5000 + ";", "बहुत बड़ा"),
        ("&#2360;&#x0939;&#2368;&#9;&#128512;&#xD7A3;", "सही \N{GRINNING FACE}\ud7a3"),
    ],
)
def test_references_to_what_is_no_character_cost_no_feed(title: str, expected: str) -> None:
    (found,) = read(rss(item(title=title))).items
    assert found.title == expected
    loc = f"<url><loc>https://x.in/1</loc><lastmod>{title}</lastmod></url>"
    assert len(read(f"<urlset {SITEMAP}>{loc}</urlset>", "sitemap").items) == 1


def test_half_pairs_of_json_are_left_out() -> None:
    body = """{"version": "https://jsonfeed.org/version/1.1", "items": [
        {"url": "https://x.in/1\\udc00", "title": "\\ud83d\\ude00 ख़बर \\ud800",
         "date_published": "\\udfff"},
        {"url": "\\ud800", "id": "https://x.in/2"}]}"""
    listing = read(body)
    assert [(i.url, i.title, i.published_raw) for i in listing.items] == [
        ("https://x.in/1", "\N{GRINNING FACE} ख़बर", None),
        ("https://x.in/2", None, None),
    ]


def test_links_are_made_absolute_and_the_useless_dropped() -> None:
    links = ["/a", "//x.in/b", "", "mailto:a@x.in", "http://[oops/", "https://x.in/c d"]
    listing = read(rss(*[item(link) for link in links]))
    assert [found.url for found in listing.items] == [
        "https://x.in/a",
        "https://x.in/b",
        "https://x.in/c d",
    ]
    assert listed_url("https://x.in/", None) is None


def test_the_article_behind_feedburner_is_what_is_listed() -> None:
    orig = (
        "<item><link>https://feeds.feedburner.com/~r/1</link><feedburner:origLink "
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">https://x.in/a'
        "</feedburner:origLink></item>"
    )
    assert read(rss(orig)).items[0].url == "https://x.in/a"


def test_a_guid_that_is_an_address_does() -> None:
    listing = read(rss("<item><title>a</title><guid>https://x.in/g</guid></item>", item(link="")))
    assert [found.url for found in listing.items] == ["https://x.in/g"]


@pytest.mark.parametrize(
    "body",
    [
        rss(item("https://x.in/1?a=1&b=2")),  # Unescaped ampersand.
        rss(item(), head=""),
        rss(item(title="क\x0bख\x01")),  # Control characters.
        "\ufeff\n\n" + rss(item()),  # Byte-order mark, blank lines before the prolog.
        rss(item(), "<item><title>cut of"),
        rss(item()).replace("</channel></rss>", ""),
        rss(item(title="&nbsp;ख़बर &hellip;")),  # Entities of HTML.
        rss(item()).replace("UTF-8", "ISO-8859-1"),  # A prolog that lies.
    ],
)
def test_broken_feeds_give_what_is_in_them(body: str) -> None:
    items = read(body).items
    assert items[0].url.startswith("https://x.in/1")
    assert "ख" in (items[0].title or "")


def test_encodings() -> None:
    wide = rss(item()).replace("UTF-8", "UTF-16").encode("utf-16")
    assert read(wide).items[0].title == "ख़बर"
    damaged = rss(item(), item("https://x.in/2")).encode() + b"\xff\xfe"
    assert [found.title for found in read(damaged).items] == ["ख़बर", "ख़बर"]
    assert read(rss(item()).encode(), charset="iso-8859-1").items[0].title == "ख़बर"


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><body><a href='/1'>ख़बर</a></body></html>",
        "<html><head><title>404</title></head></html>",
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>",
        "",
        "   ",
        '{"items": []}',
        "<foo/>",
        "<rss version='2.0'><channel><title>cut",
        f"<urlset {SITEMAP}><url><lo",
        "<!-- <urlset> -->",
        b"\x1f\x8b damaged",
    ],
)
def test_what_is_no_feed_is_told(body: str | bytes) -> None:
    assert failure(body) == "not_a_feed"


def test_an_empty_feed_is_a_feed() -> None:
    assert read(rss()).items == ()
    assert read(f"<urlset {SITEMAP}></urlset>").items == ()


def test_newest_first_each_once_and_not_too_many() -> None:
    at = [datetime(2024, 6, day, tzinfo=UTC) for day in (1, 3, 2)]
    items = [Item("u"), *[Item(f"d{n}", published_at=when) for n, when in enumerate(at)], Item("u")]
    assert [found.url for found in bounded(items)] == ["d1", "d2", "d0", "u"]
    many = [Item(f"{n}") for n in range(MAX_ITEMS + 5)]
    assert [found.url for found in bounded(many)] == [str(n) for n in range(MAX_ITEMS)]


def test_news_sitemap() -> None:
    body = f"""<?xml version="1.0"?><urlset {SITEMAP}
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <!-- made by hand -->
      <url><loc> https://x.in/1 </loc><lastmod>2024-06-19</lastmod><news:news>
        <news:publication><news:name>X</news:name></news:publication>
        <news:publication_date>2024-06-18T10:00:00+05:30</news:publication_date>
        <news:title>शीर्षक &amp; और</news:title></news:news>
        <image:image><image:loc>https://x.in/i.jpg</image:loc><image:title>चित्र</image:title>
        </image:image></url>
      <url><loc>/2</loc><lastmod>2024-06-18T01:00:00Z</lastmod></url>
      <url><lastmod>2024-06-18</lastmod></url></urlset>"""
    first, second = read(body, "sitemap").items
    assert (first.url, first.title) == ("https://x.in/1", "शीर्षक & और")
    assert first.published_at == datetime(2024, 6, 18, 4, 30, tzinfo=UTC)
    # When a page was changed is no publication time.
    assert (second.url, second.published_at) == ("https://x.in/2", None)
    assert second.changed_at == datetime(2024, 6, 18, 1, tzinfo=UTC)


def test_sitemap_index_and_gz() -> None:
    body = (
        f"<sitemapindex {SITEMAP}><sitemap><loc>https://x.in/a.xml.gz</loc><lastmod>2024-06-18"
        "T00:00:00Z</lastmod></sitemap><sitemap><loc>b.xml</loc></sitemap></sitemapindex>"
    )
    listing = read(gzip.compress(body.encode()), "sitemap")
    assert listing.is_index
    assert [(c.url, c.changed_at is not None) for c in listing.children] == [
        ("https://x.in/a.xml.gz", True),
        ("https://x.in/feed/b.xml", False),
    ]


def test_a_torn_sitemap_gives_what_came_before() -> None:
    body = f"<urlset {SITEMAP}><url><loc>https://x.in/1</loc></url><url><loc>https://x.in/2</loc>"
    assert read(body, "sitemap").items[0].url == "https://x.in/1"
    packed = gzip.compress(rss(item()).encode() + b" " * 5000)
    assert read(packed[:-20], "rss").items[0].url == "https://x.in/1"


def test_a_bomb_is_too_large() -> None:
    bomb = gzip.compress(b" " * (MAX_BYTES + 1))
    with pytest.raises(ListingError) as caught:
        gunzip(bomb)
    assert caught.value.failure == "too_large"


def test_no_entity_is_fetched_or_blown_up() -> None:
    body = (
        '<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        f"<urlset {SITEMAP}><url><loc>https://x.in/&a;1</loc></url></urlset>"
    )
    assert "root:" not in str(read(body, "sitemap").items)


def test_section_page() -> None:
    body = """<html><head><base href="https://x.in/hindi/"></head><body>
      <a href="/news/desh-1.html#c"><img alt=""></a><a href="/news/desh-1.html">देश की ख़बर</a>
      <a href="/about.html">हमारे बारे में</a><a>कुछ नहीं</a><a href="news/khel-2.html"> खेल </a>
      <a href="javascript:x('/news/a-3.html')">x</a></body></html>"""
    listing = read(body, "section")
    assert [(found.url, found.title) for found in listing.items] == [
        ("https://x.in/news/desh-1.html", "देश की ख़बर"),
        ("https://x.in/hindi/news/khel-2.html", "खेल"),
    ]


def test_a_section_whose_addresses_changed_is_told() -> None:
    assert failure("<html><body><a href='/story/1'>x</a></body></html>", "section") == "no_links"


def test_json_feed() -> None:
    body = """{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [
      {"id": "1", "url": "/1", "title": "ख़बर <b>", "date_published": "2024-06-18T12:30:00+05:30"},
      {"id": "https://x.in/2", "content_text": "a
      b", "date_modified": "18 जून 2024 12:30"},
      {"id": "3", "external_url": "https://y.in/3"}, {"id": "4"}, "5", {"url": 6}]}"""
    listing = read("\ufeff" + body)
    assert listing.form == "json"
    assert [found.url for found in listing.items] == [
        "https://x.in/1",
        "https://x.in/2",
        "https://y.in/3",
    ]
    first, second, _ = listing.items
    assert first.published_at == second.published_at == datetime(2024, 6, 18, 7, 0, tzinfo=UTC)
    assert read('{"version": "https://jsonfeed.org/version/1", "items": []}').items == ()
    # Some leave the version out; the items speak.
    assert read('{"items": [{"url": "https://x.in/1"}]}').items[0].url == "https://x.in/1"


@pytest.mark.parametrize(
    "body",
    [
        '{"items": [',
        '{"code": "rest_no_route", "message": "No route"}',
        '{"items": []}',
        '{"items": [{"name": "x"}]}',
        '{"items": ' + "[" * 100_000,
    ],
)
def test_other_json_is_no_feed(body: str) -> None:
    assert failure(body) == "not_a_feed"


def test_a_section_without_patterns_goes_by_looks() -> None:
    body = """<html><body><a href="/desh/">देश</a>
      <a href="/desh/kisan-yojana-123456.html">किसानों के लिए सरकार की नई योजना</a></body></html>"""
    listing = read_listing(body.encode(), url="https://x.in/desh/", kind="section")
    assert [found.url for found in listing.items] == ["https://x.in/desh/kisan-yojana-123456.html"]
    with pytest.raises(ListingError, match="looks like one") as caught:
        read_listing(b"<a href='/desh/'>x</a>", url="https://x.in/", kind="section")
    assert caught.value.failure == "no_links"
