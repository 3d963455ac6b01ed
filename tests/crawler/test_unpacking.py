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
