"""Pages that go on with other stories, and headings of the first order inside of one."""
# ruff: noqa: E501 (markup stays in one piece)

from __future__ import annotations

import pytest

from tests.crawler.extract.templates import HEADLINE, OTHER, PARAGRAPHS, TEXT, body
from tests.crawler.extract.test_article import article

NEXT = "".join(
    f"<p>{text}</p>"
    for text in (
        "देहरादून में राजपुर रोड से घंटाघर तक बन रहे साइकिल पथ का काम पूरा हो गया है। इसे रविवार को खोला जाएगा।",
        "नगर निगम ने पथ के दोनों ओर 400 पेड़ लगाए हैं और हर किलोमीटर पर पानी की व्यवस्था की है।",
        "साइकिल किराये पर भी मिलेगी, पहले आधे घंटे का कोई शुल्क नहीं होगा और छात्रों को पास मिलेगा।",
    )
)
DATE = "<span class='date'>{} जून 2024, 10:30 AM</span>"
BYLINE = "<p>By राकेश बिष्ट</p>"


def story(headline: str, signed: str, text: str, tag: str = "article") -> str:
    return f"<{tag}><h1>{headline}</h1>{signed}<div class='b'>{text}</div></{tag}>"


@pytest.mark.parametrize(
    "page",
    [
        story(HEADLINE, DATE.format(18), body()) + story(OTHER[0], DATE.format(17), NEXT),
        f"<div>{story(HEADLINE, '', body(), 'div')}{story(OTHER[0], BYLINE, NEXT, 'div')}</div>",
        story(HEADLINE, DATE.format(18), body())
        + story(OTHER[0], DATE.format(17), NEXT * 4)
        + story(OTHER[1], DATE.format(16), NEXT),
        f"<main><div><div>{story(HEADLINE, BYLINE, body())}</div><hr><div>{story(OTHER[2], BYLINE, NEXT)}</div></div></main>",
    ],
)
def test_the_text_ends_where_the_next_story_begins(page: str) -> None:
    assert article(page).text == TEXT


@pytest.mark.parametrize(
    "heading",
    [
        f"<h1>{PARAGRAPHS[3]}</h1>",
        f"<h1>{PARAGRAPHS[3]}</h1><span class='date'>18 जून 2024</span>",
        f"<div class='h'><h1>{PARAGRAPHS[3]}</h1></div>",
    ],
)
def test_a_heading_of_the_first_order_inside_of_the_text_ends_nothing(heading: str) -> None:
    inner = body().replace(f"<h3>{PARAGRAPHS[3]}</h3>", heading)
    made = article(
        f"<article><header><h1>{HEADLINE}</h1>{BYLINE}</header><div>{inner}</div></article>"
    )
    assert made.text.startswith("\n\n".join(PARAGRAPHS[:4]))
    assert made.text.endswith(PARAGRAPHS[-1])


def test_parts_with_headings_of_the_first_order_and_nobody_s_name_are_one_story() -> None:
    first, second = (
        "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:3]),
        "".join(f"<p>{p}</p>" for p in PARAGRAPHS[4:]),
    )
    page = f"<div><section><h1>{HEADLINE}</h1>{first}</section><section><h1>{PARAGRAPHS[3]}</h1>{second}</section></div>"
    assert article(page).text == TEXT
