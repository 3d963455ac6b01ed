"""The press as judge: templates that were written without sight of this package."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from crawler.extract import Extracted, Listed, NoArticle, extract
from press import BASE, Faults, TruthArticle
from press.answers import answer
from press.truth import truth_of
from press.web import build_web

NOW = BASE + timedelta(hours=1)
SLACK = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "day": timedelta(days=1)}


def pages(look: str) -> Iterator[tuple[TruthArticle, bytes, str]]:
    web, faults = build_web(), Faults()
    for url, truth in truth_of(web, NOW, faults).articles.items():
        parts = urlsplit(url)
        page = web.find(parts.netloc, parts.path)
        assert page is not None
        if page.site.look == look and truth.outcome in {"published", "not_hindi", "too_short"}:
            served = answer(web, page.site, parts.path, "", NOW, faults, 5)
            yield truth, served.body, served.headers.get("Content-Type", "")


def printed(truth: TruthArticle) -> str:
    first = truth.dateline + truth.paragraphs[0]
    whole = " ".join([first, *truth.paragraphs[1:], *truth.credits])
    return " ".join(unicodedata.normalize("NFC", whole).split())


@pytest.mark.parametrize(
    "look", ["wordpress", "hocalwire", "newspaper", "tv", "regional", "drupal"]
)
def test_pages_of_the_press(look: str) -> None:
    count = 0
    for truth, body, content_type in pages(look):
        charset = re.search(r"charset=([\w-]+)", content_type)
        listed = (
            Listed(truth.title, truth.published_at, None, "feed") if look == "wordpress" else None
        )
        made = extract(
            body, url=truth.url, now=NOW, charset=charset[1] if charset else None, listed=listed
        )
        if truth.outcome != "published":
            assert isinstance(made, NoArticle), truth.url
            assert made.outcome.value == truth.outcome
            continue
        assert isinstance(made, Extracted), (truth.url, made)
        assert " ".join(made.text.split()) == printed(truth)
        assert made.title == unicodedata.normalize("NFC", truth.title)
        assert made.canonical_url == truth.url
        assert [agency.id for agency in made.agencies] == ([truth.agency] if truth.agency else [])
        assert made.authors == ((truth.author,) if truth.author else ())
        assert made.dateline == (truth.place if truth.dateline else None)
        assert made.published_at is not None, truth.url
        assert abs(made.published_at - truth.published_at) < SLACK[truth.precision]
        count += 1
    assert count >= 10
