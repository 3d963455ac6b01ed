"""Runs one rival over the generated press; executed by the Python of .venv-bench.

Standard input: JSON ``{"system": NAME, "hosts": [HOST], "urls": [URL], "out": FILE}``.
Standard output: JSON ``{"pages": N, "version": V}``. It knows nothing of Taar. The hosts of the
generated press are no real names, so each rival gets them resolved to loopback; nothing else of it
is changed.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# What somebody who knows Scrapy sets for a quick crawl of many sites: no waits (as all here), many
# hosts at once, no console, no debug log, and the two switches that cost most per page.
SETTINGS: dict[str, Any] = {
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "CONCURRENT_ITEMS": 4,
    "DOWNLOAD_DELAY": 0,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "LOG_LEVEL": "WARNING",
}


def _scrapy(order: dict[str, Any]) -> dict[str, Any]:
    scrapy = import_module("scrapy")
    process_of = import_module("scrapy.crawler").AsyncCrawlerProcess
    known = import_module("scrapy.resolver").dnscache
    for host in order["hosts"]:
        known[host] = "127.0.0.1"
    with_text = order["system"] == "scrapy_trafilatura"
    extract = import_module("trafilatura").bare_extraction if with_text else None

    class News(scrapy.Spider):  # type: ignore[name-defined,misc]
        name = "news"
        start_urls = tuple(order["urls"])
        custom_settings = SETTINGS | {
            "FEEDS": {order["out"]: {"format": "jsonlines", "encoding": "utf-8"}}
        }

        def parse(self, response: Any) -> Any:  # noqa: ANN401
            for link in response.xpath("//item/link/text()").getall():
                yield response.follow(link, self.parse_page)

        def parse_page(self, response: Any) -> Any:  # noqa: ANN401
            if extract is None:
                yield {"url": response.url, "bytes": len(response.body)}
                return
            found = extract(
                response.text, url=response.url, with_metadata=True, include_comments=False
            )
            if found is not None:
                kept = ("title", "author", "date", "sitename", "description", "text")
                row = found.as_dict()
                yield {"url": response.url} | {name: row.get(name) for name in kept}

    process = process_of()
    process.crawl(News)
    process.start()
    with Path(order["out"]).open(encoding="utf-8") as lines:
        pages = sum(1 for _ in lines)
    package = "trafilatura" if with_text else "scrapy"
    return {"pages": pages, "version": importlib.metadata.version(package)}


def _news_please(order: dict[str, Any]) -> dict[str, Any]:
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
        return real("127.0.0.1" if host in order["hosts"] else host, *rest, **more)

    socket.getaddrinfo = resolve
    news_please = import_module("newsplease").NewsPlease
    # Without this empty dictionary it loses every article to an AttributeError.
    found = news_please.from_urls(order["urls"], request_args={}, fetch_images=False)
    with Path(order["out"]).open("w", encoding="utf-8") as lines:
        for article in found.values():
            row = article.get_serializable_dict() if hasattr(article, "maintext") else {}
            lines.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    texts = sum(bool(getattr(article, "maintext", None)) for article in found.values())
    return {"pages": texts, "version": importlib.metadata.version("news-please")}


def main() -> None:
    """Reads the order, runs it, prints the result."""
    logging.getLogger().setLevel(logging.WARNING)
    order = json.load(sys.stdin)
    run = _news_please if order["system"] == "news_please" else _scrapy
    json.dump(run(order), sys.stdout)


if __name__ == "__main__":
    main()
