"""Canonical URLs and sites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import canonical_url, host_of, is_home, is_web_url, on_hosts, same_site, site_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://WWW.Example.IN:80/A/b?b=2&a=1#top", "http://www.example.in/A/b?a=1&b=2"),
        ("https://x.in:443", "https://x.in/"),
        ("https://x.in:8443/a", "https://x.in:8443/a"),
        ("https://x.in/ख़बर?q=हिंदी", "https://x.in/%E0%A4%96%E0%A4%BC%E0%A4%AC%E0%A4%B0?q=%E0%A4%B9%E0%A4%BF%E0%A4%82%E0%A4%A6%E0%A5%80"),
        ("https://x.in/%e0%a4%96", "https://x.in/%E0%A4%96"),
        ("  https://x.in/a\n", "https://x.in/a"),
        # Campaigns.
        ("https://x.in/a?utm_source=rss&utm_medium=feed", "https://x.in/a"),
        ("https://www.bbc.com/hindi/a?at_medium=RSS&at_campaign=rss", "https://www.bbc.com/hindi/a"),
        ("https://x.in/a?itm_source=x&fbclid=1&gclid=2&UTM_TERM=z&p=3", "https://x.in/a?p=3"),
        # Identity.
        ("https://x.in/rssfeeds/?id=home", "https://x.in/rssfeeds/?id=home"),
        ("https://x.in/show/1.cms?from=mdr", "https://x.in/show/1.cms?from=mdr"),
        ("https://x.in/?p=123&utm_source=x", "https://x.in/?p=123"),
        # AMP.
        ("https://x.in/a/amp", "https://x.in/a"),
        ("https://x.in/a/amp/", "https://x.in/a/"),
        ("https://x.in/hindi/a.amp", "https://x.in/hindi/a"),
        ("https://x.in/amp/desh/a", "https://x.in/desh/a"),
        ("https://x.in/amphtml/news/a.html", "https://x.in/news/a.html"),
        ("https://x.in/desh/amp_articleshow/1.cms", "https://x.in/desh/articleshow/1.cms"),
        ("https://x.in/a?amp=1", "https://x.in/a"),
        ("https://x.in/champ/a", "https://x.in/champ/a"),
        ("https://x.in/a/camp", "https://x.in/a/camp"),
        ("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
    ],
)  # fmt: skip
def test_canonical(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://bhaskar.com/a", "https://www.bhaskar.com/a"),
        ("https://m.bhaskar.com/a", "https://www.bhaskar.com/a"),
        ("https://amp.bhaskar.com/a/amp", "https://www.bhaskar.com/a"),
        ("https://epaper.bhaskar.com/a", "https://epaper.bhaskar.com/a"),
        ("http://epaper.bhaskar.com/a", "http://epaper.bhaskar.com/a"),
        ("https://bhaskar.com:8080/a", "https://bhaskar.com:8080/a"),
    ],
)
def test_hosts_that_are_the_home_by_another_name(url: str, canonical: str) -> None:
    assert canonical_url(url, home="https://www.bhaskar.com/") == canonical


@pytest.mark.parametrize(
    "url",
    ["", "/a", "x.in/a", "mailto:a@x.in", "javascript:void(0)", "http://", "http://x.in:99999/"],
)
def test_what_is_no_web_url(url: str) -> None:
    assert not is_web_url(url)
    with pytest.raises(ValueError, match="not a web URL"):
        canonical_url(url)


@given(st.text(alphabet="abc/?&=._%#:प-", max_size=30))
def test_a_canonical_url_is_its_own(tail: str) -> None:
    try:
        once = canonical_url("https://x.in/" + tail)
    except ValueError:
        return
    assert canonical_url(once) == once


def test_sites() -> None:
    assert site_of("rss.jagran.com") == "jagran.com"
    assert site_of("feeds.bbci.co.uk") == "bbci.co.uk"
    assert site_of("alpha.press.test") == "alpha.press.test"
    assert site_of("www.alpha.press.test") == "alpha.press.test"
    assert site_of("127.0.0.1") == "127.0.0.1"
    assert host_of("https://WWW.x.IN.:8080/a") == "www.x.in"


def test_one_site_or_two() -> None:
    assert same_site("https://m.jagran.com/a", "http://www.jagran.com/")
    assert same_site("https://jagran.com/a", "http://rss.jagran.com/")
    assert not same_site("https://zeenews.india.com/a", "https://www.india.com.evil.in/")
    assert not same_site("https://hindi.news18.com/a", "https://tamil.news18.com/a")
    assert not same_site("https://notjagran.com/", "https://jagran.com/")
    assert not same_site("/a", "/a")


def test_hosts_below_an_allowed_one() -> None:
    assert on_hosts("https://cms.patrika.com/a", ("patrika.com",))
    assert on_hosts("https://patrika.com/a", ("x.in", "patrika.com"))
    assert not on_hosts("https://notpatrika.com/a", ("patrika.com",))
    assert not on_hosts("https://patrika.com.evil.in/a", ("patrika.com",))


@pytest.mark.parametrize(
    ("url", "home", "expected"),
    [
        ("https://x.in/", None, True),
        ("https://x.in", None, True),
        ("https://x.in/index.html", None, True),
        ("https://x.in/?p=1", None, False),
        ("https://x.in/hindi", None, False),
        ("https://x.in/hindi/", "https://www.x.in/hindi", True),
        ("https://x.in/hindi/a", "https://x.in/hindi", False),
        ("https://y.in/hindi", "https://x.in/hindi", False),
    ],
)
def test_home(url: str, home: str | None, expected: bool) -> None:
    assert is_home(url, home) is expected
