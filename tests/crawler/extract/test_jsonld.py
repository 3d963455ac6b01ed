"""JSON-LD as sites write it, broken in the ways in which they break it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.extract import jsonld

URL = "https://a.example/news/1.html"
TITLE = "पहाड़ी गांवों तक पहुंचेगी रोपवे से डाक"
NODE: dict[str, Any] = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-06-18"}


def read(*scripts: str, titles: tuple[str, ...] = (TITLE,)) -> jsonld.Declared | None:
    return jsonld.read(list(scripts), URL, titles)


def headline(script: str) -> str | None:
    found = read(script)
    return found.headline if found else None


@pytest.mark.parametrize(
    "data",
    [
        NODE,
        [NODE],
        {"@graph": [{"@type": "WebSite"}, NODE]},
        {"@type": "WebPage", "mainEntity": NODE},
        {"@type": "WebPage", "@graph": [[NODE]]},
        {**NODE, "@type": ["Article", "NewsArticle"]},
        {**NODE, "@type": "https://schema.org/ReportageNewsArticle"},
        {**NODE, "headline": [TITLE]},
        {**NODE, "headline": {"@value": TITLE, "@language": "hi"}},
    ],
)
def test_node_is_found(data: object) -> None:
    assert headline(json.dumps(data, ensure_ascii=False)) == TITLE


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "T", }',
        '<!-- {"@type": "NewsArticle", "headline": "T"} -->',
        '/*<![CDATA[*/ {"@type": "NewsArticle", "headline": "T"}',
        '{"@type": "NewsArticle", "headline": "T"};',
        '{"@type": "WebSite"}{"@type": "NewsArticle", "headline": "T"}',
        '{"@type": "NewsArticle", "headline": "T", "articleBody": "a\nb\tc"}',
        '{"@type": "NewsArticle", "headline": "T", "articleBody": "उन्होंने "हां" कहा"}',
        '{"@type": "NewsArticle", "articleBody": "उन्होंने कहा, "हां", फिर चले गए", "headline": "T"}',
        '{"@type": "NewsArticle", "headline": "T", "articleBody": "C:\\path \\\'x"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;T&quot;}",
        '{"@type": "NewsArticle", "headline": "T"',
        '\ufeff{"@type": "NewsArticle", "headline": "T"}',
    ],
)
def test_light_repair(script: str) -> None:
    found = jsonld.read([script], URL, ("T",))
    assert found is not None
    assert found.headline == "T"


@pytest.mark.parametrize(
    "script",
    ["", "{", "null", "[]", '"x"', "{}", "[" * 100_000, '{"@type": 1}', "NaN", '{"@graph": 3}'],
)
def test_nothing_and_no_error(script: str) -> None:
    assert read(script) is None


def test_one_broken_script_does_not_hide_the_next() -> None:
    assert read("{broken", json.dumps(NODE)) is not None


def test_the_page_is_told_from_other_stories() -> None:
    other = {**NODE, "headline": "बारिश से सड़कें बंद, यात्री फंसे", "url": "https://a.example/news/2.html"}
    found = read(json.dumps([other, NODE]))
    assert found is not None
    assert found.headline == TITLE
    assert read(json.dumps(other)) is None
    listing = {"@type": "ItemList", "itemListElement": [NODE]}
    assert read(json.dumps(listing)) is None


def test_news_article_is_preferred() -> None:
    found = read(
        json.dumps([{**NODE, "@type": "Article", "description": "a"}, {**NODE, "description": "n"}])
    )
    assert found is not None
    assert found.description == "n"


def test_fields() -> None:
    found = read(
        json.dumps(
            {
                **NODE,
                "description": "&quot;सार&quot;",
                "articleBody": ["एक", "दो"],
                "dateModified": "2024-06-19",
                "author": [
                    {"@type": "Person", "name": "राकेश"},
                    "सीमा",
                    {"name": ["मोहन"]},
                    {"url": "https://x"},
                ],
                "articleSection": ["", "देश"],
                "keywords": "डाक, रोपवे,,",
                "image": [{"contentUrl": "https://a.example/1.jpg"}],
                "isAccessibleForFree": "False",
            }
        )
    )
    assert found == jsonld.Declared(
        headline=TITLE,
        description='"सार"',
        body="एक\nदो",
        published="2024-06-18",
        modified="2024-06-19",
        authors=("राकेश", "सीमा", "मोहन"),
        section="देश",
        tags=("डाक", "रोपवे"),
        image="https://a.example/1.jpg",
        paywalled=True,
    )


def test_wrong_types_are_left_out() -> None:
    node = {
        "@type": "NewsArticle",
        "headline": 3,
        "datePublished": 1718686800,
        "author": 7,
        "image": [[]],
        "keywords": {"a": 1},
        "articleBody": {},
    }
    found = jsonld.read([json.dumps(node)], URL, ())
    assert found == jsonld.Declared(published="1718686800")
