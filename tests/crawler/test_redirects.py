"""Redirects: at the pace of the host that they lead to, and only to what is an address."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.crawler.crawls import Spool, entry, plan, source
from tests.crawler.web import Web, article, rss


def to(target: str) -> Any:
    return lambda _: web.Response(status=302, headers={"Location": target})


def test_a_redirect_waits_for_the_host_that_it_leads_to(tmp_path: Path) -> None:
    old, new = "http://alpha.test", "http://new.alpha.test"
    pages: dict[str, Any] = {
        "alpha.test/feed.xml": rss(*(f"{host}/{n}" for n in range(3) for host in (old, new))),
        "new.alpha.test/robots.txt": "User-agent: *\nCrawl-delay: 0.6\n",
    }
    for n in range(3):
        pages[f"alpha.test/{n}"] = to(f"{new}/moved/{n}")
        pages[f"new.alpha.test/moved/{n}"] = article(n)
        pages[f"new.alpha.test/{n}"] = article(n + 10)
    with Web(pages) as loopback:
        made = plan([source()], loopback.host_map, overrides={"DOWNLOAD_DELAY": 0.2})
        spool = Spool(tmp_path, made)
        spool.run()
    assert set(spool.outcomes().values()) == {"published"}
    asked = [request.at for request in loopback.asked if request.host == "new.alpha.test"]
    assert len(asked) == 1 + 6
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 0.6


def test_a_redirect_to_a_host_that_wants_to_be_left_alone_waits_as_long(tmp_path: Path) -> None:
    urls = [f"http://alpha.test/{n}" for n in range(4)]
    busy = web.Response
    pages = {f"alpha.test/{n}": to(f"http://new.alpha.test/{n}") for n in range(4)}
    pages["new.alpha.test/0"] = lambda _: busy(status=503, headers={"Retry-After": "7200"})
    with Web(pages) as loopback:
        made = plan(
            [source(feeds=[])], loopback.host_map, pending={"alpha": tuple(map(entry, urls))}
        )
        spool = Spool(tmp_path, made)
        spool.run()
    assert loopback.paths("new.alpha.test") == ["/0"]
    fetches = spool.fetches()
    assert fetches[urls[0]]["outcome"] == "http_5xx"
    for url in urls[1:]:
        assert fetches[url]["outcome"] in ("deferred", "http_5xx")
    # Not one of them is tried before the host wants it, though it is another that was listed.
    sent = [url for url in urls if f"/{url[-1]}" in loopback.paths("alpha.test")]
    assert len(sent) >= 2
    for url in sent:
        assert fetches[url]["next_try_at"][:13] == "2024-06-18T09"
        # It was asked for: nobody is to think that its own host wants to be left alone.
        assert fetches[url]["tries"] == 1


def test_a_redirect_to_what_is_no_address_is_an_answer_without_a_page(tmp_path: Path) -> None:
    targets = [
        "http://[::1",
        "javascript:alert(1)",
        "http://alpha.test:99999/",
        "ftp://alpha.test/",
    ]
    pages = {f"alpha.test/{n}": to(target) for n, target in enumerate(targets)}
    # Nor does it make a robots.txt one that forbids.
    pages["alpha.test/robots.txt"] = to("http://[::1")
    waiting = tuple(entry(f"http://alpha.test/{n}") for n in range(len(targets)))
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map, pending={"alpha": waiting}))
        done = spool.run()
    assert "Traceback" not in done.stderr
    assert {(f["outcome"], f["http_status"]) for f in spool.fetches().values()} == {
        ("http_4xx", 302)
    }


def test_a_circle_is_gone_round_once(tmp_path: Path) -> None:
    pages = {
        "alpha.test/self": to("/self"),
        "alpha.test/there": to("/back"),
        "alpha.test/back": to("http://alpha.test/there"),
        # A robots.txt that is nowhere forbids nothing.
        "alpha.test/robots.txt": to("/robots.txt"),
    }
    # Without end, and never the same place.
    pages |= {f"alpha.test/{n}": to(f"/{n + 1}") for n in range(9)}
    waiting = tuple(entry(f"http://alpha.test/{name}") for name in ("self", "there", "0"))
    with Web(pages) as loopback:
        spool = Spool(
            tmp_path, plan([source(feeds=[])], loopback.host_map, pending={"alpha": waiting})
        )
        spool.run()
        assert sorted(asked.path for asked in loopback.asked) == [
            *("/0", "/1", "/2", "/3", "/4", "/5", "/back", "/robots.txt", "/self", "/there")
        ]
    ended = [(fetch["outcome"], fetch["detail"]) for fetch in spool.fetches().values()]
    assert sorted(ended) == [
        *[("http_4xx", "redirected in a circle")] * 2,
        ("http_4xx", "too many redirects"),
    ]
