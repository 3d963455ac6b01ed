"""Bodies that are not packed as their header says, and those that are."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.crawler.crawls import Spool, entry, plan, source
from tests.crawler.web import Web, article, rss


def packed(body: bytes, label: str) -> Any:
    """What answers with a body that is labelled so."""

    def answer(_: web.Request) -> web.Response:
        response = web.Response(body=body, content_type="text/html", charset="utf-8")
        response.headers["Content-Encoding"] = label
        return response

    return answer


def test_a_body_that_is_not_what_it_is_labelled_has_a_name_of_its_own(tmp_path: Path) -> None:
    plain = article(1).encode()
    wrong = dict.fromkeys(("gzip", "br", "zstd", "deflate"), plain)
    good = {
        "gzip": gzip.compress(article(2).encode()),
        "deflate": zlib.compress(article(3).encode()),
        "x-gzip": gzip.compress(article(4).encode())[:-8],  # Cut off, and whole enough.
    }
    pages = {f"alpha.test/wrong/{label}": packed(body, label) for label, body in wrong.items()}
    pages |= {f"alpha.test/good/{label}": packed(body, label) for label, body in good.items()}
    feed = rss("http://alpha.test/1")
    pages["alpha.test/feed.xml"] = packed(str(feed).encode(), "gzip")
    waiting = tuple(entry(f"http://{url}") for url in pages if "feed" not in url)
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map, pending={"alpha": waiting}))
        spool.run()
    (poll,) = spool.feeds()
    words = "and cannot be unpacked as that"
    assert (poll["failure"], poll["detail"]) == ("not_a_feed", f"labelled gzip, {words}")
    for url, fetch in spool.fetches().items():
        if "/good/" in url:
            assert fetch["outcome"] == "published", url
        else:
            label = url.rpartition("/")[2]
            assert fetch["outcome"] == "no_text", url
            assert fetch["detail"] == f"labelled {label}, {words}"


def test_a_status_counts_whatever_its_body_is_labelled(tmp_path: Path) -> None:
    def busy(_: web.Request) -> web.Response:
        headers = {"Retry-After": "7200", "Content-Encoding": "gzip"}
        return web.Response(status=503, text="later", headers=headers)

    def gone(_: web.Request) -> web.Response:
        return web.Response(status=404, text="gone", headers={"Content-Encoding": "br"})

    pages = {"alpha.test/gone": gone, "beta.test/1": busy, "beta.test/2": article(2)}
    waiting = {
        "alpha": (entry("http://alpha.test/gone"),),
        "beta": tuple(entry(f"http://beta.test/{n}") for n in (1, 2)),
    }
    with Web(pages) as loopback:
        every = [source(feeds=[]), source("beta", feeds=[])]
        spool = Spool(tmp_path, plan(every, loopback.host_map, pending=waiting))
        spool.run()
        assert loopback.paths("beta.test") == ["/1"]
    outcomes = [fetch["outcome"] for fetch in spool.fetches().values()]
    assert sorted(outcomes) == ["deferred", "http_4xx", "http_5xx"]
