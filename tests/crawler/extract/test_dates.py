"""Which of a page's dates is taken, from whole pages."""
# ruff: noqa: E501 (markup stays in one piece)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.extract import Extracted, Listed, extract
from tests.crawler.extract.templates import HEADLINE, NOW, URL, body, menu

DAY = datetime(2024, 6, 17, 18, 30, tzinfo=UTC)
MORNING = datetime(2024, 6, 18, 5, 0, tzinfo=UTC)
FEED = Listed(HEADLINE, datetime(2024, 6, 18, 4, 59, 30, tzinfo=UTC), None, "feed")


def dated(
    *,
    head: str = "",
    above: str = "",
    below: str = "",
    foot: str = "",
    url: str = URL,
    listed: Listed | None = None,
) -> Extracted:
    page = (
        f"<html><head><title>{HEADLINE}</title>{head}</head><body>{above}{menu()}"
        f"<div><h1>{HEADLINE}</h1>{below}<div>{body()}</div>{foot}</div></body></html>"
    )
    made = extract(page.encode(), url=url, now=NOW, listed=listed)
    assert isinstance(made, Extracted)
    return made


def ld(**fields: str) -> str:
    inner = ", ".join(f'"{key}": "{value}"' for key, value in fields.items())
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{HEADLINE}", {inner}}}</script>'


META = '<meta property="article:published_time" content="2024-06-18T10:30:00+05:30">'


@pytest.mark.parametrize(
    ("page", "source", "at", "precision"),
    [
        (
            {"head": ld(datePublished="2024-06-18T10:30:00+05:30") + META.replace("06", "05")},
            "json_ld",
            MORNING,
            "second",
        ),
        (
            {"head": META, "below": "<time datetime='2024-06-10'>x</time>"},
            "meta",
            MORNING,
            "second",
        ),
        (
            {"below": "<time datetime='2024-06-18T10:30+05:30'>2 घंटे पहले</time>", "listed": FEED},
            "time",
            MORNING,
            "minute",
        ),
        (
            {"below": "<p>18 जून 2024, 10:30 AM IST</p>", "listed": FEED},
            "feed",
            FEED.published_at,
            "second",
        ),
        (
            {"below": "<span>राकेश बिष्ट, देहरादून</span> | <span>18 जून 2024, 10:30 AM IST</span>"},
            "text",
            MORNING,
            "minute",
        ),
        (
            {"below": "<div>प्रकाशित: 18 Jun 2024 10:30 IST | अपडेटेड: 18 Jun 2024 12:30 IST</div>"},
            "text",
            MORNING,
            "minute",
        ),
        (
            {
                "below": "<div>Updated: 18 Jun 2024 12:30 IST | Published: 18 Jun 2024 10:30 IST</div>"
            },
            "text",
            MORNING,
            "minute",
        ),
        ({"foot": "<p>First Published: 18 जून 2024, 10:30 AM</p>"}, "text", MORNING, "minute"),
        ({"url": "https://a.example/2024/06/18/ropeway-dak"}, "url", DAY, "day"),
        ({"url": "https://a.example/news/ropeway-20240618.html"}, "url", DAY, "day"),
        # A day alone is made exact by the next source that agrees.
        (
            {"head": ld(datePublished="2024-06-18"), "below": "<div>18 जून 2024, 10:30 AM</div>"},
            "text",
            MORNING,
            "minute",
        ),
        (
            {"head": ld(datePublished="2024-06-18"), "below": "<div>19 जून 2024, 10:30 AM</div>"},
            "json_ld",
            DAY,
            "day",
        ),
        # An update is better than nothing.
        ({"below": "<span>Update: 2024-06-18 05:00 GMT</span>"}, "text", MORNING, "minute"),
    ],
)
def test_order(page: dict[str, str], source: str, at: datetime, precision: str) -> None:
    made = dated(**page)  # type: ignore[arg-type]
    assert (made.date_source, made.published_at, made.published_precision) == (
        source,
        at,
        precision,
    )


@pytest.mark.parametrize(
    "page",
    [
        {"above": "<div class='date'>Fri. Nov 22nd, 2024</div>"},
        {"above": "<time datetime='2024-11-22'>शुक्रवार, 22 नवंबर 2024</time>"},
        {
            "above": "<div class='topbar'><span class='current-date'>22 नवंबर 2024 11:30 AM</span></div>"
        },
        {"above": "<div>22 नवंबर 2024, शुक्रवार</div><div class='marquee'>ताजा खबर</div>"},
        {
            "foot": "<div><h3>और खबरें</h3><div><a href='/x'>दूसरी खबर</a> <span>20 नवंबर 2024</span></div></div>"
        },
        {"foot": "<aside><time datetime='2024-11-21T10:00:00Z'>21 नवंबर</time></aside>"},
        {"url": "https://a.example/story-20241399.html"},
        {"url": "https://a.example/story-2024061812345.html"},
    ],
)
def test_dates_of_something_else_are_not_taken(page: dict[str, str]) -> None:
    made = dated(**page)  # type: ignore[arg-type]
    assert (made.published_at, made.date_source, made.published_precision) == (None, None, None)
    assert dated(**page, listed=FEED).published_at == FEED.published_at


@pytest.mark.parametrize(
    "raw", ["1970-01-01T00:00:00Z", "2024-11-24T10:00:00+05:30", "0000-00-00 00:00:00", "soon"]
)
def test_impossible_dates_leave_their_string(raw: str) -> None:
    made = dated(head=ld(datePublished=raw))
    assert (made.published_at, made.published_raw, made.date_source) == (None, raw, None)
    assert (
        dated(head=ld(datePublished=raw), below="<p>18 जून 2024, 10:30 AM</p>").published_at
        == MORNING
    )


def test_a_day_ahead_is_a_clock_that_is_wrong_and_believed() -> None:
    raw = (NOW + timedelta(hours=23)).isoformat()
    assert dated(head=ld(datePublished=raw)).published_raw == raw
    assert dated(head=ld(datePublished=raw)).published_at is not None


def test_listing_that_could_not_be_read_is_read_here() -> None:
    made = dated(listed=Listed(HEADLINE, None, "मंगल, 18 जून 2024 10:30:00 +0530", "feed"))
    assert (made.published_at, made.date_source, made.published_precision) == (
        MORNING,
        "feed",
        "second",
    )


def test_sitemap_and_section_are_named() -> None:
    for source in ("sitemap", "section"):
        listed = Listed(HEADLINE, MORNING, "2024-06-18", source)
        made = dated(listed=listed)
        assert (made.date_source, made.published_precision) == (source, "day")


def test_modified_is_apart_and_never_before_published() -> None:
    both = ld(datePublished="2024-06-18T10:30:00+05:30", dateModified="2024-06-18T12:30:00+05:30")
    assert dated(head=both).modified_at == MORNING + timedelta(hours=2)
    early = ld(datePublished="2024-06-18T10:30:00+05:30", dateModified="2024-06-17T12:30:00+05:30")
    assert dated(head=early).modified_at is None


def test_json_ld_of_another_story_is_not_asked() -> None:
    other = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "url": "https://www.pahadikhabar.example/x/1.html",'
        ' "headline": "बिल्कुल अलग विषय पर लिखी गई कोई और कहानी", "datePublished": "2020-01-01T10:00:00Z"}</script>'
    )
    assert dated(head=other).published_at is None
