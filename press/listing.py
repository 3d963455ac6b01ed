"""The sources file of the press: its sites in the form of seeds/sources.yaml.

Here belongs the one place that knows that form.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from press.sites import Feed, Site

_KINDS = {
    "rss": "rss",
    "atom": "rss",
    "rdf": "rss",
    "amp": "rss",
    "json": "rss",
    "utf16": "rss",
    "broken": "rss",
    "html": "rss",
    "sitemap_index": "sitemap",
    "news_sitemap": "sitemap",
    "section": "section",
}


def sources_yaml(sites: Iterable[Site], *, delay_s: float = 0.0) -> str:
    """Returns the text of a sources file.

    Args:
        sites: What it lists.
        delay_s: Seconds between two requests to one site.
    """
    data = {"sources": [_source(site, delay_s) for site in sites]}
    yaml = YAML()
    yaml.width = 100
    out = StringIO()
    yaml.dump(data, out)
    return "# The sites of the press: a small Hindi web on loopback.\n" + out.getvalue()


def _source(site: Site, delay_s: float) -> dict[str, Any]:
    source: dict[str, Any] = {
        "id": site.id,
        "name": site.latin,
        "name_hi": site.name,
        "home": site.home,
        "status": "verified",
        "hosts": [site.host],
        "politeness": {"delay_s": delay_s, "concurrency": 2},
    }
    if site.agency:
        source["agency"] = site.agency
    if site.link_pattern:
        source["links"] = [site.link_pattern]
    source["feeds"] = [_feed(site, feed) for feed in site.feeds if feed.polled]
    return source


def _feed(site: Site, feed: Feed) -> dict[str, Any]:
    data: dict[str, Any] = {
        "url": site.home.rstrip("/") + feed.path,
        "kind": _KINDS[feed.format],
    }
    if feed.section:
        data["section"] = feed.section
    return data
