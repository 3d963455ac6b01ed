"""Reservations against text and data mining and AI use: recorded, and honoured where wanted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response

from crawler.manners.rights import AI_AGENTS, Reservations, in_headers, merged
from crawler.manners.tdmrep import PATH, TdmGuard, read_rules, reservations
from crawler.troubles import NOT_REACHED, Refused
from tests.crawler.crawls import Spool, plan, source
from tests.crawler.web import Web, article, rss

HOST = "http://alpha.test"
ROBOTS = """User-agent: *
Disallow: /secret/

User-agent: GPTBot
User-agent: ccbot  # Common Crawl
Disallow: /reserved/

User-agent: Googlebot
Disallow: /
"""


def learned(text: str) -> Reservations:
    found = Reservations()
    found.learn("alpha.test", text.encode())
    return found


def test_rules_for_ai_agents() -> None:
    known = learned(ROBOTS)
    assert known.in_robots(HOST + "/reserved/1") == ("robots.txt: GPTBot", "robots.txt: CCBot")
    assert known.in_robots(HOST + "/free/1") == ()
    # What is forbidden to all is no reservation, nor is a rule for a search engine.
    assert known.in_robots(HOST + "/secret/1") == ()
    assert known.in_robots("http://beta.test/reserved/1") == ()


@pytest.mark.parametrize("agent", AI_AGENTS)
def test_each_agent_is_known_by_its_name(agent: str) -> None:
    known = learned(f"User-agent: {agent.upper()}\nDisallow: /\n")
    assert known.in_robots(HOST + "/1") == (f"robots.txt: {agent}",)


def test_a_mark_at_the_front_of_robots_txt_hides_no_rule() -> None:
    rights = Reservations()
    rights.learn("alpha.test", b"\xef\xbb\xbfUser-agent: GPTBot\nDisallow: /\n")
    assert rights.in_robots(HOST + "/1") == ("robots.txt: GPTBot",)


def test_content_signals() -> None:
    known = learned("User-Agent: *\nContent-Signal: search=yes, AI-train=no , ai-input=yes\n")
    assert known.in_robots(HOST + "/1") == ("robots.txt: ai-train=no",)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ()),
        ({"tdm-reservation": ["0"], "tdm-policy": ["https://x.in/p"]}, ()),
        (
            {"tdm-reservation": [" 1 "], "tdm-policy": ["https://x.in/p"]},
            ("tdm-reservation: 1", "tdm-policy: https://x.in/p"),
        ),
        (
            {"x-robots-tag": ["noindex, NoAI", "otherbot: noimageai"]},
            ("x-robots-tag: noai", "x-robots-tag: noimageai"),
        ),
        ({"x-robots-tag": ["max-image-preview:large"]}, ()),
    ],
)
def test_headers(headers: dict[str, list[str]], expected: tuple[str, ...]) -> None:
    assert in_headers(headers) == expected


def test_each_reservation_stands_once() -> None:
    assert merged(("a", "b"), ("b", "c")) == ("a", "b", "c")


def pages() -> dict[str, Any]:
    def headed(_: web.Request) -> web.Response:
        headers = {"TDM-Reservation": "1", "X-Robots-Tag": "noai"}
        return web.Response(text=article(2), content_type="text/html", headers=headers)

    meta = '<meta name="robots" content="index, noai">'
    return {
        "alpha.test/robots.txt": ROBOTS,
        "alpha.test/feed.xml": rss(*(HOST + p for p in PATHS)),
        "alpha.test/reserved/1": article(1),
        "alpha.test/2": headed,
        "alpha.test/3": article(3, head=meta),
        "alpha.test/4": article(4),
    }


PATHS = ("/reserved/1", "/2", "/3", "/4")


def test_reservations_are_recorded(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        spool.run()
    rights = {a["requested_url"].removeprefix(HOST): a["rights"] for a in spool.articles()}
    assert rights == {
        "/reserved/1": ["robots.txt: GPTBot", "robots.txt: CCBot"],
        "/2": ["tdm-reservation: 1", "x-robots-tag: noai"],
        "/3": ["robots: noai"],
        "/4": [],
    }


def test_a_run_that_honours_them_takes_nothing_that_is_reserved(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map, honour_rights=True))
        spool.run()
        # A page that robots.txt reserves is not even asked for.
        assert sorted(loopback.paths()) == [PATH, "/2", "/3", "/4", "/feed.xml"]
    outcomes = {url.removeprefix(HOST): o for url, o in spool.outcomes().items()}
    assert outcomes == {"/reserved/1": "robots", "/2": "robots", "/3": "robots", "/4": "published"}
    fetch = spool.fetches()[HOST + "/2"]
    assert fetch["detail"] == "rights reserved: tdm-reservation: 1, x-robots-tag: noai"
    # Nor is it kept.
    kept = [f["requested_url"] for f in spool.fetches().values() if f["warc_file"]]
    assert kept == [HOST + "/4"]


TDMREP = """[
  {"location": "/", "tdm-reservation": 0},
  {"location": "/premium/*", "tdm-reservation": 1, "tdm-policy": "https://alpha.test/policy.json"},
  {"location": "/*.pdf$", "tdm-reservation": "1"},
  {"location": 7, "tdm-reservation": 1},
  "no rule"
]"""


def test_tdmrep_json() -> None:
    rules = read_rules(TDMREP.encode())
    assert len(rules) == 3
    assert reservations(rules, HOST + "/1") == ()
    assert reservations(rules, HOST + "/premium/1") == (
        "tdmrep.json: 1",
        "tdm-policy: https://alpha.test/policy.json",
    )
    assert reservations(rules, HOST + "/a.pdf") == ("tdmrep.json: 1",)
    halved = rb'[{"location": "/\ud800x", "tdm-reservation": 1, "tdm-policy": "https://a/\udc00"}]'
    assert reservations(read_rules(halved), HOST + "/x")[1].encode() == b"tdm-policy: https://a/"
    for none in (b"", b"<html>", b"{}", b"[[]]", b"[" * 100_000):
        assert read_rules(none) == ()


def test_a_run_that_honours_them_asks_once_for_tdmrep_json(tmp_path: Path) -> None:
    web_pages = {
        "alpha.test/feed.xml": rss(*(HOST + p for p in ("/premium/1", "/2", "/3"))),
        "alpha.test" + PATH: lambda _: web.Response(text=TDMREP, content_type="application/json"),
        **{f"alpha.test{p}": article(n) for n, p in enumerate(("/premium/1", "/2", "/3"))},
    }
    with Web(web_pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map, honour_rights=True))
        spool.run()
        assert sorted(loopback.paths()) == [PATH, "/2", "/3", "/feed.xml"]
    assert sorted(spool.outcomes().values()) == ["published", "published", "robots"]


class Engine:
    """Stands for Scrapy's, and for its crawler: whatever is asked for ends in the same way."""

    def __init__(self, end: Exception) -> None:
        self.engine = self
        self.end = end
        self.asked: list[str] = []

    async def download_async(self, request: Request) -> Response:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        raise self.end


def tdm_guard(end: Exception) -> tuple[TdmGuard, Engine, list[Request]]:
    engine = Engine(end)
    meta = {"work": object(), "source": source()}
    guard = TdmGuard(engine, honour=True)  # type: ignore[arg-type]
    return guard, engine, [Request(f"{HOST}/{n}", meta=meta) for n in range(3)]


@pytest.mark.parametrize(
    "end",
    [
        DownloadTimeoutError("slow"),
        CannotResolveHostError("no such host"),
        DownloadCancelledError("too large"),
        ConnectionResetError("gone"),
        IgnoreRequest("Forbidden by robots.txt"),
        Refused(NOT_REACHED),
    ],
)
def test_a_tdmrep_json_that_cannot_be_had_reserves_nothing(end: Exception) -> None:
    guard, engine, requests = tdm_guard(end)

    async def ask() -> list[BaseException | None]:
        found = (guard.process_request(request) for request in requests)
        return await asyncio.gather(*found, return_exceptions=True)

    assert asyncio.run(ask()) == [None, None, None]
    assert engine.asked == [HOST + PATH]


def test_a_mistake_on_the_way_to_tdmrep_json_is_seen_and_holds_nobody_up() -> None:
    guard, _, requests = tdm_guard(ZeroDivisionError("ours"))

    async def ask() -> list[BaseException | None]:
        found = (guard.process_request(request) for request in requests)
        return await asyncio.gather(*found, return_exceptions=True)

    first, *others = asyncio.run(ask())
    assert isinstance(first, ZeroDivisionError)
    assert others == [None, None]
