"""Archives: what of an index, and of a sitemap, falls into a range of time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.listings.archives import in_range, of_range, span_of
from crawler.listings.listing import Child, Item

SINCE, UNTIL = datetime(2024, 11, 5, tzinfo=UTC), datetime(2024, 11, 8, tzinfo=UTC)
BEFORE, WITHIN, AFTER = (datetime(2024, 11, day, 12, tzinfo=UTC) for day in (2, 6, 20))


@pytest.mark.parametrize(
    ("url", "begin"),
    [
        ("https://a.in/sitemap-2024-11-06.xml", (2024, 11, 5)),
        ("https://a.in/2024/11/06/x.html", (2024, 11, 5)),
        ("https://a.in/sitemap_20241106.xml.gz", (2024, 11, 5)),
        ("https://a.in/sitemap-2024-11.xml", (2024, 10, 31)),
        ("https://a.in/sitemap/2024.xml", (2023, 12, 31)),
        ("https://a2024.in/sitemap.xml", None),
        ("https://a.in/news-2000123.html", None),
        ("https://a.in/sitemap-2024-02-30.xml", (2024, 1, 31)),
        ("https://a.in/", None),
    ],
)
def test_dates_in_names(url: str, begin: tuple[int, int, int] | None) -> None:
    span = span_of(url)
    assert (span and (span[0].year, span[0].month, span[0].day)) == begin


def test_sitemaps_of_a_range() -> None:
    index = [
        Child("https://a.in/s-2024-11-06.xml", AFTER),
        Child("https://a.in/s-2024-11-01.xml", AFTER),
        Child("https://a.in/s-2024-11.xml", BEFORE),
        Child("https://a.in/s-2024-09.xml", AFTER),
        Child("https://a.in/old.xml", BEFORE),
        Child("https://a.in/late.xml", AFTER),
        Child("https://a.in/undated.xml", None),
        Child("https://a.in/undated.xml", None),
    ]
    found = [child.url.rpartition("/")[2] for child in of_range(index, SINCE, UNTIL)]
    assert found == ["s-2024-11-06.xml", "s-2024-11.xml", "late.xml", "undated.xml"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Item("https://a.in/x", published_at=WITHIN), True),
        (Item("https://a.in/x", published_at=BEFORE, changed_at=WITHIN), False),
        (Item("https://a.in/x", published_at=SINCE), True),
        (Item("https://a.in/x", published_at=UNTIL), False),
        (Item("https://a.in/2024/11/06/x", changed_at=AFTER), True),
        (Item("https://a.in/2024/11/20/x", changed_at=WITHIN), False),
        (Item("https://a.in/2024/x", changed_at=WITHIN), True),
        (Item("https://a.in/x", changed_at=AFTER), False),
        (Item("https://a.in/x"), False),
    ],
)
def test_entries_of_a_range(item: Item, expected: bool) -> None:
    assert in_range(item, SINCE, UNTIL) is expected
