"""Lines between headline and body: which hold the date of the article, and which tell of a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.crawler.extract.templates import HEADLINE
from tests.crawler.extract.test_dates import DAY, MORNING, dated

EXACT = "18 जून 2024, 10:30 AM IST"

OWN = {
    f"<div>{EXACT}</div>": MORNING,
    f"<div>मंगलवार, {EXACT}</div>": MORNING,
    f"<div>देहरादून | {EXACT}</div>": MORNING,
    f"<div>राकेश बिष्ट, देहरादून | {EXACT}</div>": MORNING,
    f"<div>राकेश बिष्ट {EXACT}</div>": MORNING,
    f"<div>By Rakesh Bisht | {EXACT}</div>": MORNING,
    f"<div>द्वारा: राकेश बिष्ट {EXACT}</div>": MORNING,
    f"<div>न्यूज डेस्क, देहरादून, {EXACT}</div>": MORNING,
    f"<div>{EXACT} | 3 min read</div>": MORNING,
    f"<div>{EXACT} 0 Comments</div>": MORNING,
    f"<ul><li>{EXACT}</li></ul>": MORNING,
    f"<h6>{EXACT}</h6>": MORNING,
    "<div>18 जून 2024</div>": DAY,
    "<div>नई दिल्ली, 18 जून 2024</div>": DAY,
    "<div>Date: 18 Jun 2024</div>": DAY,
    "<div>दिनांक: 18-06-2024</div>": DAY,
    "<div>प्रकाशित तिथि: 18 जून 2024</div>": DAY,
    "<div>राजनीति | 18 जून 2024</div>": DAY,
    "<div>06/18/2024</div>": DAY,
    "<div>18 जु\u200dन 2024</div>": DAY,
    f"<figure><img><figcaption>Published: {EXACT}</figcaption></figure>": MORNING,
}
TOLD = (
    "<figure><img><figcaption>15 अगस्त 2023 को लाल किले पर प्रधानमंत्री</figcaption></figure>",
    "<figure><img><figcaption>नैनीताल, 15 अगस्त 2023</figcaption></figure>",
    "<figure><img><figcaption class='img-date'>15 अगस्त 2023</figcaption></figure>",
    "<h2>2 अक्टूबर 2014 को शुरू हुए अभियान के दस साल पूरे</h2>",
    "<h2>कुंभ मेला, 13 जनवरी 2021</h2>",
    "<ul><li>18 जनवरी 1998 से सेवा</li><li>कुंभ मेला 13 जनवरी 2021 से शुरू</li></ul>",
    "<ul><li>पहला चरण, 19 अप्रैल 2024</li></ul>",
    "<p>परीक्षा 16 जून 2024 को होगी</p>",
    "<p>परीक्षा तिथि: 16 जून 2024</p>",
    "<p>आवेदन की अंतिम तिथि 16 जून 2024</p>",
    "<p>मतदान: 1 जून 2024</p>",
    "<p>मतदान 1 जून 2024 को, नतीजे 4 जून को</p>",
    "<p>मतदान 1 जून 2024, नतीजे 4 जून 2024</p>",
    "<p>15 अगस्त 2023 की तस्वीर</p>",
    "<p>1 जून 2024 तक चलेगा अभियान</p>",
    "<p>भूकंप आया था 25 अप्रैल 2015</p>",
    "<p>किताब 5 मई 2020 में प्रकाशित</p>",
    "<div>Today: 20 जून 2024</div>",
    "<div>आज: 20 जून 2024, गुरुवार</div>",
    "<div class='date'>आज 20 जून 2024</div>",
)


@pytest.mark.parametrize("line", OWN)
def test_date_of_the_article(line: str) -> None:
    made = dated(below=line)
    assert (made.published_at, made.date_source) == (OWN[line], "text")


@pytest.mark.parametrize("line", TOLD)
def test_day_that_the_story_tells_of(line: str) -> None:
    made = dated(below=line)
    assert (made.published_at, made.published_raw, made.date_source) == (None, None, None)
    by_url = dated(below=line, url="https://a.example/2024/06/18/ropeway-dak")
    assert (by_url.published_at, by_url.date_source) == (DAY, "url")


@pytest.mark.parametrize("raw", ["31 जून 2024", "29 फरवरी 2023", "१८ जून", "18/06/24", "31/06/2024"])
def test_what_is_no_day_leaves_its_string(raw: str) -> None:
    made = dated(below=f"<div>{raw}</div>")
    assert (made.published_at, made.published_raw) == (None, raw)
    assert made.title == HEADLINE


def test_string_of_a_day_that_is_told_of_is_not_kept() -> None:
    for line in ("18 जून को बैठक", "योग दिवस 21 जून", "मैच: 18/06/24"):
        assert dated(below=f"<p>{line}</p>").published_raw is None


def test_date_of_today_inside_a_label_is_still_relative() -> None:
    made = dated(below="<div>आज, 10:30 AM</div>")
    assert made.published_at == datetime(2024, 11, 22, 5, 0, tzinfo=UTC)
