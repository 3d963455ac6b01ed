"""Articles in several pages: their further pages in the archive, joined as the crawl joined them.

A further page lies in the same WARC file as the first and behind it, under its own URL; no row
names its place. Not here: how parts become one text (`crawler.parts`), and which articles are read
(`flows.repair.archived`, `flows.steps.older_extractor`).
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, cast

from w3lib.url import safe_url_string

from crawler.extract.result import Extracted, NoArticle
from crawler.manners.rights import in_headers
from crawler.parts import Begun
from crawler.source_model import Source
from crawler.stored import StoredPage, read_archive
from crawler.urls import on_hosts
from lake.tables import Lake
from lake.upkeep.warcs import Record, walk

_BUFFER: Final = 1 << 20

Read = Callable[[StoredPage], Extracted | NoArticle]
"""Makes an article of a further page."""


@dataclass(slots=True)
class Parts:
    """Finds further pages; of one archive at a time it remembers what lies where.

    Attributes:
        lake: Where the archives are.
    """

    lake: Lake
    _key: str | None = None
    _places: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def after(self, key: str, offset: int, url: str) -> StoredPage | None:
        """The answer of a URL that came next after a page; None if the archive has none.

        Args:
            key: The archive.
            offset: Where the page begins.
            url: Of the further page.
        """
        if key != self._key:
            self._key, self._places = key, _places(self.lake, key)
        # An archive has URLs as they were asked for.
        places = self._places.get(safe_url_string(url), ())
        found = min((place for place in places if place[0] > offset), default=None)
        if found is None:
            return None
        start, end = found
        data = self.lake.storage.get_range(key, start, end - start)
        return next(read_archive(io.BytesIO(data), f"{key}@{start}"), None)


def joined(
    begun: Begun, parts: Parts, place: tuple[str, int], source: Source, read: Read, *, honour: bool
) -> tuple[Begun, NoArticle | str | None]:
    """An article with its further pages, as the crawl would join them.

    Args:
        begun: What was made of the first page.
        parts: Finds the others.
        place: The archive, and where the first page begins in it.
        source: Its source.
        read: Makes an article of each.
        honour: Whether a page whose headers reserve rights ends the article.

    Returns:
        The article as far as it goes, and what it lacks: the URL of a page that is not in the
        archive, or why one is refused today.
    """
    while begun.next_url is not None and on_hosts(begun.next_url, source.own_hosts):
        url = begun.next_url
        page = parts.after(*place, url)
        if page is None:
            return begun, url
        if honour and in_headers(page.headers):
            break
        part = read(replace(page, url=begun.answer.url))  # The links to all are below that one.
        if isinstance(part, NoArticle):
            return begun, part
        begun = begun.with_part(page.url, part)
    return begun, None


@contextmanager
def open_archive(lake: Lake, key: str, size: int) -> Iterator[io.BufferedReader]:
    """Opens a WARC file of the lake to be read in large steps: from a bucket each is a request."""
    with lake.storage.open_input(key, size) as source:
        yield io.BufferedReader(cast("io.RawIOBase", source), _BUFFER)


def _places(lake: Lake, key: str) -> dict[str, list[tuple[int, int]]]:
    """Where the responses of an archive begin and end, by URL."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    info = lake.storage.head(key)
    if info is None:
        return found
    with open_archive(lake, key, info.size) as stream:
        for item in walk(stream):
            if isinstance(item, Record) and item.fields.get("warc-type") == "response":
                url = item.fields.get("warc-target-uri", "").strip("<>")
                found[url].append((item.start, item.end))
    return found
