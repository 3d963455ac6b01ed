"""Articles in several pages are one article, with one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.extract import body_key
from crawler.parts import MAX_PARTS
from lake.ids import content_hash
from tests.crawler.crawls import Spool, plan, recheck, source
from tests.crawler.web import WORDS, Web, rss

HOST = "http://alpha.test"
STANDFIRST = "यह संक्षेप हर पन्ने पर दोहराया जाता है ताकि पाठक को संदर्भ मिले और बात समझ में आए।"


def part(story: str, number: int, following: str | None) -> str:
    """One page of a story; its third paragraph is its own."""
    link = f'<link rel="next" href="{following}">' if following else ""
    return f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8">
<title>कथा {story}</title>{link}</head><body><article><h1>लंबी कथा के कई पन्ने: {story}</h1>
<time datetime="2024-06-18T10:00:00+05:30">18 जून 2024</time><p>{STANDFIRST}</p>
<p>पन्ना {number} {story} यहां से शुरू होता है: {WORDS}</p></article></body></html>"""


def story(name: str, count: int) -> dict[str, Any]:
    pages: dict[str, Any] = {}
    for n in range(1, count + 1):
        path = f"/{name}" if n == 1 else f"/{name}/{n}"
        pages[f"alpha.test{path}"] = part(name, n, f"/{name}/{n + 1}" if n < count else None)
    return pages


PAGES = {
    **story("three", 3),
    **story("endless", MAX_PARTS + 5),
    **story("torn", 3),
    "alpha.test/torn/2": 500,
    "alpha.test/again": part("again", 1, "/again?page=2"),
    # A server that does not know its own parts sends the first again.
    "alpha.test/again?page=2": part("again", 1, "/again?page=3"),
    "alpha.test/alone": part("alone", 1, "/another-story"),
    "alpha.test/another-story": part("another", 1, None),
}
LISTED = ("three", "endless", "torn", "again", "alone")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Spool, Web]]:
    feed = rss(*(f"{HOST}/{name}" for name in LISTED))
    with Web({**PAGES, "alpha.test/feed.xml": feed}) as loopback:
        made = plan([source()], loopback.host_map, overrides={"RETRY_TIMES": 0})
        spool = Spool(tmp_path_factory.mktemp("parts"), made)
        spool.run()
        yield spool, loopback


def text_of(spool: Spool, name: str) -> str:
    (found,) = [a["text"] for a in spool.articles() if a["url"] == f"{HOST}/{name}"]
    return str(found)


def test_an_article_is_all_of_its_parts_and_has_one_outcome(crawled: tuple[Spool, Web]) -> None:
    spool, _ = crawled
    assert spool.outcomes() == {f"{HOST}/{name}": "published" for name in LISTED}
    text = text_of(spool, "three")
    assert [f"पन्ना {n} three" in text for n in (1, 2, 3)] == [True] * 3
    assert text.count(STANDFIRST) <= 1
    (row,) = [a for a in spool.articles() if a["url"] == f"{HOST}/three"]
    assert row["content_hash"] == content_hash(body_key(text))
    assert row["word_count"] > 3 * 60


def test_parts_are_bounded(crawled: tuple[Spool, Web]) -> None:
    spool, loopback = crawled
    assert f"पन्ना {MAX_PARTS} endless" in text_of(spool, "endless")
    assert len([p for p in loopback.paths() if p.startswith("/endless")]) == MAX_PARTS


def test_a_part_that_cannot_be_had_costs_itself_alone(crawled: tuple[Spool, Web]) -> None:
    spool, loopback = crawled
    assert "पन्ना 1 torn" in text_of(spool, "torn")
    assert "/torn/3" not in loopback.paths()


def test_a_server_that_sends_the_first_page_again_is_asked_once(
    crawled: tuple[Spool, Web],
) -> None:
    spool, loopback = crawled
    assert text_of(spool, "again").count("पन्ना 1 again") == 1
    assert "/again?page=3" not in loopback.paths()


def test_the_next_story_is_no_part(crawled: tuple[Spool, Web]) -> None:
    spool, loopback = crawled
    assert "another" not in text_of(spool, "alone")
    assert "/another-story" not in loopback.paths()


def test_a_second_look_compares_the_whole(crawled: tuple[Spool, Web], tmp_path: Path) -> None:
    first, loopback = crawled
    whole = content_hash(body_key(text_of(first, "three")))
    again = recheck(f"{HOST}/three", content_hash=whole)
    spool = Spool(tmp_path, plan([source()], loopback.host_map, feeds=(), rechecks=(again,)))
    spool.run()
    assert spool.outcomes() == {f"{HOST}/three": "unchanged"}
