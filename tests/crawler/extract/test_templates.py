"""One article under twelve looks: always the same text, and the date that the look tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.extract import Extracted, Listed, body_key, extract
from lake.ids import content_hash
from tests.crawler.extract import templates
from tests.crawler.extract.templates import HEADLINE, NOW, SUMMARY, TEMPLATES, TEXT, URL


def article(name: str, listed: Listed | None = None) -> Extracted:
    made = extract(TEMPLATES[name].make(), url=URL, now=NOW, listed=listed)
    assert isinstance(made, Extracted), made
    return made


@pytest.mark.parametrize("name", TEMPLATES)
def test_text_is_the_article_and_nothing_else(name: str) -> None:
    made = article(name)
    assert made.text == TEXT
    assert made.title == HEADLINE
    assert made.language == "hi"
    assert made.extractor == TEMPLATES[name].extractor
    assert made.word_count == sum(1 for word in TEXT.split() if word not in "–-")
    assert made.content_hash == content_hash(body_key(TEXT))
    assert made.dateline == "चमोली"


@pytest.mark.parametrize("name", TEMPLATES)
def test_date_is_the_one_that_the_article_bears(name: str) -> None:
    made = article(name)
    expected = TEMPLATES[name]
    assert (made.published_at, made.date_source) == (expected.published_at, expected.date_source)


@pytest.mark.parametrize("name", ["wordpress", "wordpress_bare"])
def test_date_of_today_is_not_taken_but_that_of_the_feed(name: str) -> None:
    when = datetime(2024, 6, 18, 9, 41, 7, tzinfo=UTC)
    raw = "Tue, 18 Jun 2024 09:41:07 +0000"
    made = article(name, Listed(HEADLINE, when, raw, "feed"))
    assert (made.published_at, made.published_raw) == (when, raw)
    assert (made.date_source, made.published_precision) == ("feed", "second")


def test_publisher_declares_the_rest() -> None:
    made = article("publisher")
    assert made.summary == SUMMARY
    assert made.authors == ("राकेश बिष्ट",)
    assert made.section == "उत्तराखंड"
    assert made.tags == ("डाक", "रोपवे")
    assert made.image_url == "https://www.pahadikhabar.example/i/48211.jpg"
    assert made.canonical_url == URL
    assert made.modified_at == datetime(2024, 6, 18, 6, 35, tzinfo=UTC)


def test_visible_byline_and_tags() -> None:
    assert article("amp").authors == ("राकेश बिष्ट",)
    assert article("drupal").authors == ("राकेश बिष्ट",)
    assert article("hocalwire").tags == ("डाक", "रोपवे")


def test_declared_body_that_the_page_contradicts_is_not_believed() -> None:
    other = (
        "यह किसी दूसरी खबर का पाठ है जिसका इस पन्ने से कोई संबंध नहीं है और इसे नहीं लिया जाना चाहिए। " * 20
    )
    page = templates.script_built().replace(
        b'<div id="root"></div>', f"<h1>{HEADLINE}</h1>{templates.body()}".encode()
    )
    page = page.replace(json.dumps(TEXT, ensure_ascii=False).encode(), f'"{other}"'.encode())
    made = extract(page, url=URL, now=NOW)
    assert isinstance(made, Extracted)
    assert (made.text, made.extractor) == (TEXT, "generic")


def test_declared_body_helps_where_the_page_shows_only_the_beginning() -> None:
    start = f"<h1>{HEADLINE}</h1><p>{templates.PARAGRAPHS[0]}</p><p>{templates.PARAGRAPHS[1]}</p>"
    page = templates.script_built().replace(b'<div id="root"></div>', start.encode())
    made = extract(page, url=URL, now=NOW)
    assert isinstance(made, Extracted)
    assert (made.text, made.extractor) == (TEXT, "json_ld")
