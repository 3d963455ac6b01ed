"""A source's own selectors, while they find an article and when they no longer do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from crawler.extract import Extracted, Selectors, extract
from crawler.source_model import Source
from tests.crawler.extract.templates import HEADLINE, NOW, PARAGRAPHS, TEXT, URL

PAGE = f"""<html><head><title>{HEADLINE}</title></head><body>
<div class="k1"><span class="h">{HEADLINE}!</span><i class="who">कमला नेगी</i>
<b class="when" title="2024-06-18 10:30">आज</b><div class="lead">तीन पंक्तियों का सार।</div></div>
<div class="x9">{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}
<p class="ad">हमारी नई पत्रिका का अंक बाजार में आ गया है, आज ही अपने नजदीकी विक्रेता से मांगें और पढ़ें।</p></div>
</body></html>""".encode()
SELECTORS = Selectors(
    body="div.x9",
    remove=("p.ad",),
    title="span.h",
    summary="div.lead",
    authors="i.who",
    published="b.when",
)


def made(selectors: Selectors | None, page: bytes = PAGE) -> Extracted:
    article = extract(page, url=URL, now=NOW, selectors=selectors)
    assert isinstance(article, Extracted), article
    return article


def test_selectors_win_where_they_find_the_article() -> None:
    article = made(SELECTORS)
    assert article.extractor == "selectors"
    assert article.text == TEXT
    assert article.title == f"{HEADLINE}!"
    assert article.summary == "तीन पंक्तियों का सार।"
    assert article.authors == ("कमला नेगी",)
    assert article.published_at == datetime(2024, 6, 18, 5, 0, tzinfo=UTC)
    assert article.date_source == "selectors"


def test_without_them_the_general_rules_read_the_same_page() -> None:
    article = made(None)
    assert article.extractor == "generic"
    assert article.text != TEXT


@pytest.mark.parametrize("body", ["div.gone", "div.lead", "::::", "div["])
def test_selectors_that_find_too_little_are_left(body: str) -> None:
    article = made(Selectors(body=body))
    assert article.extractor == "generic"
    assert PARAGRAPHS[1] in article.text


def test_source_declares_them_for_a_time() -> None:
    source = Source.model_validate(
        {
            "id": "x",
            "name": "X",
            "home": "https://x.example/",
            "extract": [
                {"body": "div.old", "until": "2024-05-31"},
                {"body": "div.new", "remove": ["p.ad"], "since": "2024-06-01"},
            ],
        }
    )
    old, new = source.selectors_on(date(2024, 5, 31)), source.selectors_on(date(2024, 6, 1))
    assert (old, new) == (Selectors(body="div.old"), Selectors(body="div.new", remove=("p.ad",)))
    plain = Source.model_validate({"id": "x", "name": "X", "home": "https://x.example/"})
    assert plain.selectors_on(date(2024, 6, 1)) is None


@pytest.mark.parametrize(
    "entry",
    [
        {"body": "div["},
        {"body": ""},
        {"body": "p", "remove": ["::::"]},
        {"body": "p", "since": "2024-06-02", "until": "2024-06-01"},
    ],
)
def test_what_is_no_selector_is_refused(entry: dict[str, object]) -> None:
    data = {"id": "x", "name": "X", "home": "https://x.example/", "extract": [entry]}
    with pytest.raises(ValidationError):
        Source.model_validate(data)
