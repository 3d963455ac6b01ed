"""Whatever the bytes: no exception, and an answer."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extract import Extracted, Listed, NoArticle, extract
from tests.crawler.extract.templates import NOW, TEMPLATES, URL

PAGES = [template.make() for template in TEMPLATES.values()]
TAGS = [
    b"<div>",
    b"<b>",
    b"<p>",
    b"<table><tr><td>",
    b"<ul><li>",
    b"<font a=1><p>",
    b"<a href=x>",
    b'<p class="share date author">',
]
CHARSETS = (None, "utf-8", "utf-16", "iso-8859-1", "rot13", "\x00")
SENTENCE = "सरकार ने कहा है कि यह फैसला किसानों के हित में लिया गया है। ".encode()


def check(page: bytes, url: str = URL, charset: str | None = None) -> Extracted | NoArticle:
    made = extract(
        page, url=url, now=NOW, charset=charset, listed=Listed("शीर्षक", None, "x", "feed")
    )
    if isinstance(made, Extracted):
        for text in (made.title, made.text, made.summary or "", *made.authors, *made.tags):
            text.encode()
        assert made.word_count >= 40
        assert made.published_at is None or made.published_at.tzinfo is not None
    return made


def mutated(page: bytes, rng: random.Random) -> bytes:
    kind = rng.randrange(7)
    if kind == 0:
        return page[: rng.randrange(len(page))]
    if kind == 1:
        damaged = bytearray(page)
        for _ in range(rng.choice([1, 10, 300])):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        return bytes(damaged)
    at = rng.randrange(len(page))
    if kind == 2:
        return page[:at] + rng.choice(TAGS) * rng.choice([100, 5_000]) + page[at:]
    if kind == 3:
        other = rng.randrange(len(page))
        return page[other:] + page[at:] + page[:at]
    if kind == 4:
        return page[:at] + rng.randbytes(rng.choice([10, 10_000])) + page[at:]
    if kind == 5:
        return page.replace(
            rng.choice([b">", b"<", b'"', b"/", b"="]), b"", rng.choice([1, 100, -1])
        )
    return page.decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-16-le", "utf-16-be"]))


def test_mutated_pages() -> None:
    rng = random.Random(20240618)
    for _ in range(400):
        check(mutated(rng.choice(PAGES), rng), charset=rng.choice(CHARSETS))


@given(st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_any_bytes(page: bytes) -> None:
    check(page)


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div class='related'>",
                "</div>",
                "<h1>",
                "</h1>",
                "<br>",
                "<a href=x>",
                "</a>",
                "<time datetime='2024-06-18'>",
                "</time>",
                "<script type='application/ld+json'>",
                "</script>",
                '{"@type":"NewsArticle","articleBody":"',
                '"}',
                SENTENCE.decode(),
                "(भाषा)",
                "<!--",
                "-->",
                "&#2325;",
                "\x00",
            ]
        ),
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_of_markup(pieces: list[str]) -> None:
    check("".join(pieces).encode())


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_url_declared(url: str) -> None:
    declared = f'<link rel="canonical" href="{url}"><meta property="og:image" content="{url}">'
    page = PAGES[0].replace(b"</head>", declared.encode() + b"</head>")
    made = check(page)
    assert made.canonical_url is None or made.canonical_url.startswith("http")


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 10_000 + SENTENCE * 30,
        b"".join(b"<font color=%d><p>" % i for i in range(5_000)) + SENTENCE * 30,
        b'<div class="date author share tags">' * 9_000 + SENTENCE * 100,
        b'<span class="date">' * 11_000 + SENTENCE * 100,
        b"<" * 1_000_000,
        b"<p>" + b"1" * 1_000_000,
        b"<p>" + SENTENCE * 8_000,
        (b"<p>" + SENTENCE) * 8_000,
        b'<script type="application/ld+json">' + b"[" * 200_000 + b"</script>" + SENTENCE * 30,
        b'<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"'
        + (SENTENCE + b'"x" ') * 2_000,
        b"<meta name=date content=2024-01-01>" * 20_000,
        b"<h1>x</h1>" + b"<time>18 June 2024</time>" * 20_000,
        b"<title>" + "क - ".encode() * 100_000 + b"</title>",
        "<p>(भाषा (भाषा ".encode() * 30_000,
        b"<p>" + b"&amp;#2350;" * 100_000,
        b"<ul><li>" * 10_000 + b"<a href=x>y</a>" * 10 + SENTENCE * 30,
        b'<div class="post-date author">' * 300 + SENTENCE * 3_000,
    ],
    ids=range(17),
)
@pytest.mark.timeout(120)
def test_hostile_pages_are_answered(page: bytes) -> None:
    # The limit catches what grows with the square of the page; each takes well under a second.
    check(page)


def test_dates_at_the_ends_of_time() -> None:
    page = PAGES[0].replace(
        b"</head>", b'<meta name="date" content="9999-12-31T23:59:59-14:00"></head>'
    )
    made = extract(page, url=URL, now=datetime(9999, 12, 30, tzinfo=UTC))
    assert isinstance(made, Extracted)


@pytest.mark.parametrize(
    "url", ["", "http://[bad/x", "not a url", "http://a.example:port/x", "file:///x"]
)
def test_odd_addresses(url: str) -> None:
    assert isinstance(check(PAGES[0], url=url), Extracted)
