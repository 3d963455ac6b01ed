"""The shipped settings against the press with everything wrong: what the press itself saw."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from protego import Protego

from crawler import settings
from crawler.source_model import Politeness, Source
from crawler.sources import load_sources
from crawler.stored import read_stored
from lake.ids import new_run_id
from press import BASE, Faults, Press
from press.answers import answer
from press.clerk import Request
from tests.crawler.crawls import Spool, plan

RETRY_AFTER_S = 5
PAGES = 3


def everything_wrong() -> Faults:
    return Faults(
        slow_s=3.0,
        # The first answer of one feed and the first of every page of a section are a 503.
        busy={"pathdarpan.press.test/feeds.xml": RETRY_AFTER_S, "*/hindi/karobar/*": 2},
        busy_times=1,
        feeds={
            "janrekha.press.test/category/duniya/feed/": "loop",
            "pathdarpan.press.test/category/duniya/google_feeds.xml": "many",
            "samvadkendra.press.test/hindi/rss.xml": "hindi_months",
        },
        statuses={"khabarsagar.press.test/sitemaps/news-archive.xml.gz": 500},
        reset={"udgam.press.test/feed/desh.atom"},
        truncate={"vindhyatara.press.test/rajya/"},
        delays={"vindhyatara.press.test/*": 0.3},
    )


def shipped(source: Source) -> Source:
    """The source as one of seeds/sources.yaml would be: no wish of its own but a few pages."""
    return source.model_copy(
        update={"politeness": Politeness(max_pages=PAGES), "feeds": source.feeds[:3]}
    )


def crawl(folder: Path) -> tuple[Spool, list[Request]]:
    """One crawl, and the requests that the press received, in the order of their coming."""
    with Press(BASE, everything_wrong()) as press:
        sources = [shipped(s) for s in load_sources(press.sources_file)]
        made = plan(
            sources,
            press.host_map,
            now=BASE,
            run_id=new_run_id(BASE),
            ca_file=str(press.ca_file),
            budget_s=90.0,
        )
        # No setting is overridden: what is shipped is what runs.
        made = type(made).from_json({**made.to_json(), "overrides": {}})
        spool = Spool(folder, made)
        spool.run()
        return spool, sorted(press.requests, key=lambda r: r.monotonic)


def test_manners(tmp_path: Path) -> None:
    """One test: the crawl waits as long as a real one, and is not to be made twice."""
    spool, log = crawl(tmp_path)
    no_two_requests_to_a_host_are_closer_than_the_delay(log)
    robots_txt_comes_first_and_is_obeyed(spool, log)
    retry_after_is_waited_for_by_the_whole_host(log)
    every_request_says_who_asks(log)
    each_url_has_its_outcome_and_the_sums_are_right(spool, log)
    the_archive_is_whole(spool)


def by_host(requests: list[Request]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        found[request.host].append(request)
    return found


def no_two_requests_to_a_host_are_closer_than_the_delay(log: list[Request]) -> None:
    for host, requests in by_host(log).items():
        assert len(requests) >= 4, host
        closest = min(b.monotonic - a.monotonic for a, b in pairwise(requests))
        assert closest >= settings.DOWNLOAD_DELAY == 2.0, host


def robots_txt_comes_first_and_is_obeyed(spool: Spool, log: list[Request]) -> None:
    refused = {u for u, outcome in spool.outcomes().items() if outcome == "robots"}
    for host, requests in by_host(log).items():
        assert requests[0].path == "/robots.txt", host
        assert Counter(r.path for r in requests)["/robots.txt"] == 1
    press = Press(BASE)
    for site in press.sites:
        text = answer(press.web, site, "/robots.txt", "", BASE, press.faults).body.decode()
        rules = Protego.parse(text)
        for request in by_host(log)[site.host]:
            url = site.home.rstrip("/") + request.path
            assert rules.can_fetch(url, settings.PRODUCT), url
            assert url not in refused


def retry_after_is_waited_for_by_the_whole_host(log: list[Request]) -> None:
    busy = 0
    for requests in by_host(log).values():
        for at, later in pairwise(requests):
            if at.status == 503:
                busy += 1
                wait = RETRY_AFTER_S if at.path == "/feeds.xml" else 2
                assert later.monotonic - at.monotonic >= wait
    assert busy >= 1


def every_request_says_who_asks(log: list[Request]) -> None:
    for request in log:
        assert request.headers["User-Agent"] == f"Taar/{settings.VERSION}"
        assert "Cookie" not in request.headers
        assert "Referer" not in request.headers


def each_url_has_its_outcome_and_the_sums_are_right(spool: Spool, log: list[Request]) -> None:
    taken = [e["url_id"] for r in spool.feeds() for e in r["taken_up"]]
    assert len(taken) == len(set(taken))
    assert sorted(taken) == sorted(f["url_id"] for f in spool.fetches().values())
    polls = spool.feeds()
    assert len(polls) == sum(len(s["feeds"]) for s in spool.plan.sources)
    failures = {r["feed_url"].partition(".test")[2]: r["failure"] for r in polls}
    assert failures["/category/duniya/feed/"] == "http_4xx"
    assert failures["/feed/desh.atom"] == "connect"
    assert failures["/feeds.xml"] is None  # After the wait, it was had.
    outcomes = Counter(spool.outcomes().values())
    assert outcomes["published"] >= 8
    assert outcomes["deferred"] > 500
    # The cap per source holds, whatever was listed.
    asked = Counter(f["source_id"] for f in spool.fetches().values() if f["http_status"])
    assert max(asked.values()) <= PAGES
    assert len(log) < 100


def the_archive_is_whole(spool: Spool) -> None:
    file: Path = spool.path / "shard-00" / "pages-000.warc.gz"
    kept = {p.offset for p in read_stored(file, url="http://x.test/")}
    named = {f["warc_offset"] for f in spool.fetches().values() if f["warc_file"]}
    assert named
    assert named == kept
