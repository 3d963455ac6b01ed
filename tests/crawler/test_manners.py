"""The shipped settings against a web with everything wrong: what the servers themselves saw.

One crawl for all of it: it waits as long as a real one does. The press brings its sites with the
peculiar pages and the faults of connections; each fault of a feed has a host of its own beside it,
so that they are waited for at the same time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from aiohttp import web as aio
from protego import Protego

from crawler import settings
from crawler.source_model import Politeness, Source
from crawler.sources import load_sources
from crawler.stored import read_stored
from crawler.urls import canonical_url
from lake.ids import new_run_id
from press import BASE, Faults, Press
from press.answers import answer
from press.mangle import MANGLES
from press.response import Answer
from press.sites import JANREKHA
from tests.crawler.crawls import Spool, plan, source
from tests.crawler.web import Web, article, rss

RETRY_AFTER_S = 4
ORDINARY = {"janrekha": 1, "pathdarpan": 1, "samvadkendra": 1}
"""How many pages without a peculiarity are asked for."""
POLLED = {
    "janrekha": ("/feed/", "/videos/feed/"),
    "pathdarpan": ("/feeds.xml",),
    "udgam": ("/feed/latest.atom", "/feed/desh.atom"),
    "khabarsagar": ("/sitemap.xml",),
    "vindhyatara": ("/shiksha/", "/rajya/"),
    "samvadkendra": ("/hindi/rss.xml", "/hindi/photos/rss.xml"),
}
LEFT_OUT = ("marathi", "chrome")
"""Peculiar pages that another stands for: each costs its host a wait."""
FEED_FAILURES = {
    "html": "not_a_feed",
    "nothing": "not_a_feed",
    "to_home": "redirected_home",
    "loop": "http_4xx",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as a server saw it."""

    at: float
    host: str
    path: str
    headers: Any
    status: int


def everything_wrong() -> Faults:
    return Faults(
        slow_s=2.2,
        heal_at=None,
        # The first answer of one feed and the first of every page of a section are a 503.
        busy={"pathdarpan.press.test/feeds.xml": RETRY_AFTER_S, "*/hindi/karobar/*": 2},
        busy_times=1,
        statuses={"khabarsagar.press.test/sitemaps/news-archive.xml.gz": 403},
        reset={"udgam.press.test/feed/desh.atom"},
        truncate={"vindhyatara.press.test/rajya/"},
        delays={"vindhyatara.press.test/*": 0.3},
    )


def shipped(every: list[Source]) -> list[Source]:
    """The sources as those of seeds/sources.yaml would be: no wish of their own."""
    return [
        s.model_copy(
            update={
                "politeness": Politeness(),
                "feeds": tuple(f for f in s.feeds if f.url.partition(".test")[2] in POLLED[s.id]),
            }
        )
        for s in every
    ]


def done_with(press: Press) -> list[str]:
    """The pages that an earlier run has had: all but the peculiar ones, and a few."""
    left = Counter(ORDINARY)
    known = []
    out = [page for page in press.web.pages if page.published_at <= BASE]
    for page in reversed(out):
        wanted = page.special is not None and page.special not in LEFT_OUT
        if page.special is None and left[page.site.id]:
            # Of the agency, one of the section whose pages answer 503 at first.
            wanted = page.site.id != "samvadkendra" or page.section == "karobar"
            left[page.site.id] -= wanted
        if not wanted:
            known.append(canonical_url(page.url, home=page.site.home))
    return known


def faulty_feeds() -> dict[str, Any]:
    """One host for each fault of a feed: ``ampersands.test`` and so on, with two pages each."""
    pages: dict[str, Any] = {}
    for fault, mangle in MANGLES.items():
        host = f"{fault.replace('_', '-')}.test"
        sound = Answer(
            200,
            rss(f"http://{host}/1", f"http://{host}/2").encode(),
            {"Content-Type": "application/rss+xml; charset=UTF-8"},
        )
        given = mangle(sound, replace(JANREKHA, host=host), BASE)

        def serve(_: aio.Request, given: Answer = given) -> aio.Response:
            return aio.Response(status=given.status, body=given.body, headers=given.headers)

        pages[f"{host}/feed.xml"] = pages[f"{host}/feed.xml?again"] = serve
        pages |= {f"{host}/{n}": article(n) for n in (1, 2)} | {f"{host}/": article(0)}
        pages |= {f"{host}/{n}?utm_source=rss&utm_medium=feed": article(n) for n in (1, 2)}
    return pages


def crawl(folder: Path) -> tuple[Spool, list[Seen]]:
    """One crawl, and the requests that were received, in the order of their coming."""
    names = [fault.replace("_", "-") for fault in MANGLES]
    with Press(BASE, everything_wrong()) as press, Web(faulty_feeds()) as loopback:
        sources = shipped(load_sources(press.sources_file))
        sources += [source(name, politeness=Politeness(max_pages=1)) for name in names]
        made = plan(
            sources,
            press.host_map | loopback.host_map,
            now=BASE,
            run_id=new_run_id(BASE),
            ca_file=str(press.ca_file),
            budget_s=90.0,
        )
        # No setting is overridden: what is shipped is what runs.
        made = type(made).from_json({**made.to_json(), "overrides": {}})
        spool = Spool(folder, made, known=done_with(press))
        spool.run()
        log = [Seen(r.monotonic, r.host, r.path, r.headers, r.status) for r in press.requests]
        log += [Seen(a.at, a.host, a.path, a.headers, 200) for a in loopback.asked]
        return spool, sorted(log, key=lambda r: r.at)


def test_manners(tmp_path: Path) -> None:
    spool, log = crawl(tmp_path)
    no_two_requests_to_a_host_are_closer_than_the_delay(log)
    robots_txt_comes_first_and_is_obeyed(spool, log)
    retry_after_is_waited_for_by_the_whole_host(log)
    every_request_says_who_asks(log)
    each_url_has_its_outcome_and_the_sums_are_right(spool)
    what_is_peculiar_ends_as_the_press_says(spool)
    the_archive_is_whole(spool)


def by_host(requests: list[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for request in requests:
        found[request.host].append(request)
    return found


def no_two_requests_to_a_host_are_closer_than_the_delay(log: list[Seen]) -> None:
    assert len(by_host(log)) == len(POLLED) + len(MANGLES)
    for host, requests in by_host(log).items():
        assert len(requests) >= 2, host
        closest = min(b.at - a.at for a, b in pairwise(requests))
        assert closest >= settings.DOWNLOAD_DELAY == 2.0, host


def robots_txt_comes_first_and_is_obeyed(spool: Spool, log: list[Seen]) -> None:
    refused = {u for u, outcome in spool.outcomes().items() if outcome == "robots"}
    assert len(refused) == 1
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


def retry_after_is_waited_for_by_the_whole_host(log: list[Seen]) -> None:
    busy = Counter[str]()
    for host, requests in by_host(log).items():
        for at, later in pairwise(requests):
            if at.status == 503:
                busy[host] += 1
                wait = RETRY_AFTER_S if at.path == "/feeds.xml" else 2
                assert later.at - at.at >= wait
    assert set(busy) == {"pathdarpan.press.test", "samvadkendra.press.test"}


def every_request_says_who_asks(log: list[Seen]) -> None:
    for request in log:
        assert request.headers["User-Agent"] == f"Taar/{settings.VERSION}"
        assert "Cookie" not in request.headers
        assert "Referer" not in request.headers


def each_url_has_its_outcome_and_the_sums_are_right(spool: Spool) -> None:
    taken = [e["url_id"] for r in spool.feeds() for e in r["taken_up"]]
    assert len(taken) == len(set(taken))
    assert sorted(taken) == sorted(f["url_id"] for f in spool.fetches().values())
    polls = {r["feed_url"]: r for r in spool.feeds()}
    assert len(polls) == sum(len(s["feeds"]) for s in spool.plan.sources)
    by_path = {url.partition(".press.test")[2]: r["failure"] for url, r in polls.items()}
    assert by_path["/feed/desh.atom"] == "connect"
    assert by_path["/videos/feed/"] == "not_a_feed"
    assert by_path["/feeds.xml"] is None  # After the wait, it was had.
    assert by_path["/sitemap.xml"] is None  # One of its sitemaps was not.
    for fault in MANGLES:
        host = fault.replace("_", "-")
        poll = polls[f"http://{host}.test/feed.xml"]
        assert poll["failure"] == FEED_FAILURES.get(fault), fault
        found = Counter(f["outcome"] for f in spool.fetches().values() if f["source_id"] == host)
        if fault in FEED_FAILURES or fault == "empty":
            assert not found, fault
        elif fault == "many":
            assert found["deferred"] == 999
        else:
            # One page was asked for, the other is left to the next run.
            assert found == Counter(published=1, deferred=1), fault


def what_is_peculiar_ends_as_the_press_says(spool: Spool) -> None:
    press = Press(BASE, everything_wrong())
    truth = press.truth(BASE).articles
    special = {
        canonical_url(p.url, home=p.site.home): truth[p.url].outcome
        for p in press.web.pages
        if p.special is not None and p.special not in LEFT_OUT
    }
    assert len(special) == 8
    found = {f["url"]: f["outcome"] for f in spool.fetches().values()}
    assert {url: found.get(url) for url in special} == special
    ordinary = [
        f["outcome"]
        for f in spool.fetches().values()
        if f["source_id"] in POLLED and f["url"] not in special
    ]
    assert Counter(ordinary) == Counter(published=sum(ORDINARY.values()))


def the_archive_is_whole(spool: Spool) -> None:
    file: Path = spool.path / "shard-00" / "pages-000.warc.gz"
    kept = {p.offset for p in read_stored(file, url="http://x.test/")}
    named = {f["warc_offset"] for f in spool.fetches().values() if f["warc_file"]}
    assert named
    assert named == kept
