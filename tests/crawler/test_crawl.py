"""One crawl over a loopback web: each kind of answer has its outcome, and each URL one record."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from warcio.archiveiterator import ArchiveIterator

from lake.ids import url_id
from lake.keys import pages_key
from tests.crawler.crawls import NOW, Spool, entry, plan, recheck, source
from tests.crawler.web import WORDS, Web, article, rss

HOST = "http://alpha.test"
ENGLISH = "The government announced a new scheme for farmers on Wednesday. " * 20
ROBOTS = (
    "User-agent: *\nDisallow: /private/\n\nUser-agent: Taar\nDisallow: /taar/\nAllow: /private/\n"
)


def redirect(to: str) -> web.Response:
    return web.Response(status=301, headers={"Location": to})


class Healing:
    """Fails once, then answers."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.asked == 1:
            return web.Response(status=500)
        return web.Response(text=article(20), content_type="text/html")


async def slow(_: web.Request) -> web.Response:
    await asyncio.sleep(4)
    return web.Response(text=article())


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "9999"})
    await response.prepare(request)
    await response.write(b"<html>")
    assert request.transport is not None
    request.transport.close()
    return response


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    for _ in range(40):
        await response.write(b" " * 10_000)
    return response


def zipped(body: bytes) -> web.Response:
    return web.Response(
        body=gzip.compress(body), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
    )


# path -> what answers, outcome
CASES: dict[str, tuple[Any, str]] = {
    "/plain": (article(1), "published"),
    "/taar/forbidden": (article(2), "robots"),
    "/private/allowed": (article(3), "published"),
    "/missing": (404, "http_4xx"),
    "/forbidden": (403, "http_4xx"),
    "/broken": (500, "http_5xx"),
    "/healing": (Healing(), "published"),
    "/english": (f"<html><body><article><h1>News</h1><p>{ENGLISH}</p></article>", "not_hindi"),
    "/short": ("<html><body><article><h1>ख़बर</h1><p>अभी बहुत कम लिखा है।</p></article>", "too_short"),
    "/empty": ("<html><body></body></html>", "no_text"),
    "/paper.pdf": (
        lambda _: web.Response(body=b"%PDF-1.4", content_type="application/pdf"),
        "no_text",
    ),
    "/slow": (slow, "timeout"),
    "/cut": (cut, "timeout"),
    "/huge": (lambda _: web.Response(body=b" " * 300_000, content_type="text/html"), "too_large"),
    "/endless": (endless, "too_large"),
    "/bomb": (lambda _: zipped(b" " * 3_000_000), "too_large"),
    "/zipped": (lambda _: zipped(article(4).encode()), "published"),
    "/off": (lambda _: redirect("http://other.test/x"), "off_site"),
    "/home": (lambda _: redirect("/"), "http_4xx"),
    "/loop": (lambda _: redirect("/loop2"), "http_4xx"),
    "/moved": (lambda _: redirect("/moved-to"), "published"),
    "/moved-twin": (lambda _: redirect("/plain"), "duplicate_url"),
    "/nowhere": (302, "http_4xx"),
    "/alias?utm_source=rss": (
        article(5, head='<link rel="canonical" href="http://alpha.test/real">'),
        "published",
    ),
    "/alias2": (
        article(5, head='<link rel="canonical" href="http://alpha.test/real">'),
        "duplicate_url",
    ),
    "/alias-of-dead": (
        article(11, head='<link rel="canonical" href="http://alpha.test/missing">'),
        "published",
    ),
    "/alias-of-slow": (
        article(12, head='<link rel="canonical" href="http://alpha.test/cut">'),
        "published",
    ),
    "/alias-of-plain": (
        article(1, head='<link rel="canonical" href="http://alpha.test/plain">'),
        "duplicate_url",
    ),
    "/known-alias": (
        article(6, head='<link rel="canonical" href="http://alpha.test/known">'),
        "duplicate_url",
    ),
    "/home-canonical": (
        article(7, head='<link rel="canonical" href="http://alpha.test/">'),
        "published",
    ),
}
OTHERS = {
    "alpha.test/": "<html><body>मुख पृष्ठ</body></html>",
    "alpha.test/loop2": lambda _: redirect("/loop"),
    "alpha.test/moved-to": article(8),
    "alpha.test/known": article(9),
    "other.test/x": article(10),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Spool, Web]]:
    links = [HOST + path for path in CASES]
    listed = [*links, "http://stranger.test/x", HOST + "/known", HOST + "/waiting", links[0] + "#a"]
    pages: dict[str, Any] = {f"alpha.test{path}": answer for path, (answer, _) in CASES.items()}
    with Web(
        {**pages, **OTHERS, "alpha.test/feed.xml": rss(*listed), "alpha.test/robots.txt": ROBOTS}
    ) as loopback:
        waiting = entry(HOST + "/waiting", not_before=NOW.replace(year=2025), tries=1)
        spool = Spool(
            tmp_path_factory.mktemp("crawl"),
            plan(
                [source()],
                loopback.host_map,
                pending={"alpha": (waiting,)},
                overrides={"DOWNLOAD_TIMEOUT": 1.5, "DOWNLOAD_MAXSIZE": 200_000},
            ),
            known=[HOST + "/known"],
        )
        spool.run()
        yield spool, loopback


@pytest.mark.parametrize(("path", "outcome"), [(path, case[1]) for path, case in CASES.items()])
def test_outcomes(crawled: tuple[Spool, Web], path: str, outcome: str) -> None:
    fetch = crawled[0].fetches()[HOST + path]
    assert fetch["outcome"] == outcome, fetch["detail"]
    assert fetch["detail"] or outcome == "published"


def test_the_records_add_up(crawled: tuple[Spool, Web]) -> None:
    spool, _ = crawled
    (feed,) = spool.feeds()
    assert feed["status"] == "ok"
    # Taken up: all but the known one, the one that waits, and the first under another fragment.
    assert {e["requested_url"] for e in feed["taken_up"]} == set(spool.fetches())
    assert feed["entries"] == len(CASES) + 3
    assert len(feed["taken_up"]) == len(CASES) + 1
    kinds = [record["kind"] for record in spool.records()]
    assert kinds.index("feed") < kinds.index("url")


def test_what_was_not_to_be_asked_for_was_not(crawled: tuple[Spool, Web]) -> None:
    spool, loopback = crawled
    paths = loopback.paths("alpha.test")
    assert "/taar/forbidden" not in paths
    assert "/known" not in paths
    assert "/waiting" not in paths
    assert loopback.paths("other.test") == loopback.paths("stranger.test") == []
    assert spool.outcomes()["http://stranger.test/x"] == "off_site"


def test_one_more_try_within_the_run(crawled: tuple[Spool, Web]) -> None:
    paths = crawled[1].paths("alpha.test")
    assert (paths.count("/broken"), paths.count("/healing")) == (2, 2)
    assert (paths.count("/missing"), paths.count("/slow")) == (1, 2)


def test_details_name_the_reason(crawled: tuple[Spool, Web]) -> None:
    fetches = crawled[0].fetches()
    details = {path: str(fetches[HOST + path]["detail"]) for path in CASES}
    assert "redirected to other.test" in details["/off"]
    assert "home page" in details["/home"]
    assert "redirected in a circle" in details["/loop"]
    assert "application/pdf" in details["/paper.pdf"]
    assert "HTTP 404" in details["/missing"]
    assert "no answer in time" in details["/slow"]


def test_articles_go_by_their_canonical_url(crawled: tuple[Spool, Web]) -> None:
    articles = {row["requested_url"]: row for row in crawled[0].articles()}
    assert articles[HOST + "/alias?utm_source=rss"]["url"] == HOST + "/real"
    # The canonical URL answered 404, or broke off: the article is not lost with it.
    assert articles[HOST + "/alias-of-dead"]["url"] == HOST + "/missing"
    assert articles[HOST + "/alias-of-slow"]["url"] == HOST + "/cut"
    assert articles[HOST + "/moved"]["url"] == HOST + "/moved-to"
    assert articles[HOST + "/home-canonical"]["url"] == HOST + "/home-canonical"
    for row in articles.values():
        assert row["url_id"] == url_id(row["url"])
    fetch = crawled[0].fetches()[HOST + "/alias2"]
    assert (fetch["canonical_url"], fetch["article_url_id"]) == (
        HOST + "/real",
        url_id(HOST + "/real"),
    )


def test_articles_have_what_the_page_and_the_feed_say(crawled: tuple[Spool, Web]) -> None:
    row = next(a for a in crawled[0].articles() if a["url"] == HOST + "/plain")
    assert (row["source_id"], row["source_name"]) == ("alpha", "Alpha")
    assert row["discovered_from"] == HOST + "/feed.xml"
    assert WORDS[:40] in row["text"]
    assert row["published_at"] == "2024-06-18T04:30:00.000000+00:00"
    assert row["first_listed_at"].startswith("2024-06-18T07:00:0")


def test_the_archive_holds_the_responses_as_they_came(crawled: tuple[Spool, Web]) -> None:
    spool, _ = crawled
    row = next(a for a in spool.articles() if a["url"] == HOST + "/zipped")
    assert row["warc_file"] == pages_key(spool.plan.run_id, 0)
    with (spool.path / "shard-00" / "pages-000.warc.gz").open("rb") as file:
        file.seek(row["warc_offset"])
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
        assert record.http_headers.get_header("Content-Encoding") == "gzip"
        assert record.rec_headers.get_header("WARC-IP-Address") == "127.0.0.1"
        assert gzip.decompress(record.raw_stream.read()) == article(4).encode()
        assert record.http_headers.get_header("Content-Type") == "text/html"
    archived = {url for url, fetch in spool.fetches().items() if fetch["warc_file"]}
    assert {HOST + "/plain", HOST + "/english", HOST + "/short"} <= archived
    assert not archived & {HOST + "/missing", HOST + "/known-alias", HOST + "/slow"}


def test_the_crawler_says_who_it_is(crawled: tuple[Spool, Web]) -> None:
    asked = next(a for a in crawled[1].asked if a.path == "/plain")
    assert asked.headers["User-Agent"].startswith("Taar/")
    assert asked.headers["Accept-Language"].startswith("hi")
    assert "Cookie" not in asked.headers
    assert "Referer" not in asked.headers


def test_rechecks(tmp_path: Path) -> None:
    def same(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(text=article(1), content_type="text/html")

    pages = {"alpha.test/304": same, "alpha.test/gone": 404, "alpha.test/new": article(2)}
    pages |= {"alpha.test/same": article(3)}
    with Web(pages) as loopback:
        first = Spool(
            tmp_path / "a",
            plan(
                [source(feeds=[])], loopback.host_map, pending={"alpha": (entry(HOST + "/same"),)}
            ),
        )
        first.run()
        before = first.articles()[0]["content_hash"]
        looks = [
            recheck(HOST + "/304", etag='"1"', last_modified="Tue, 18 Jun 2024 01:00:00 GMT"),
            recheck(HOST + "/gone"),
            recheck(HOST + "/new"),
            recheck(HOST + "/same", content_hash=before),
        ]
        spool = Spool(
            tmp_path / "b", plan([source(feeds=[])], loopback.host_map, rechecks=tuple(looks))
        )
        spool.run()
        assert spool.outcomes() == {
            HOST + "/304": "unchanged",
            HOST + "/gone": "http_4xx",
            HOST + "/new": "updated",
            HOST + "/same": "unchanged",
        }
        assert all(fetch["final"] for fetch in spool.fetches().values())
        (row,) = spool.articles()
        assert row["url"] == HOST + "/new"
        asked = next(a for a in loopback.asked if a.path == "/304")
        assert asked.headers["If-Modified-Since"] == "Tue, 18 Jun 2024 01:00:00 GMT"
        assert not spool.fetches()[HOST + "/same"]["warc_file"]
        assert spool.fetches()[HOST + "/304"]["etag"] == '"1"'


def test_a_cap_per_source_defers_the_rest(tmp_path: Path) -> None:
    links = [f"{HOST}/{n}" for n in range(6)]
    with Web(
        {"alpha.test/feed.xml": rss(*links), **{f"alpha.test/{n}": article(n) for n in range(6)}}
    ) as loopback:
        capped = source(politeness={"max_pages": 2})
        made = plan([capped], loopback.host_map, archive_pages=False)
        spool = Spool(tmp_path, made)
        spool.run()
    outcomes = sorted(spool.outcomes().values())
    assert outcomes == ["deferred"] * 4 + ["published"] * 2
    assert len(loopback.paths()) == 3
    assert not (spool.path / "shard-00" / "pages-000.warc.gz").exists()
    assert all(fetch["warc_file"] is None for fetch in spool.fetches().values())
