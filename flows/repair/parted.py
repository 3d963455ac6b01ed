"""Articles in several pages: their further pages in the archive, joined as the crawl joined them.

A further page lies in the same WARC file as the first and behind it, under its own URL; no row
names its place. Not here: how parts become one text (`crawler.parts`), and which articles are read
(`flows.repair.archived`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO

from w3lib.url import safe_url_string

from crawler.stored import StoredPage, read_archive
from flows.repair.archived import open_archive
from lake.tables import Lake
from lake.upkeep.warcs import Record, walk


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
        return next(read_archive(BytesIO(data), f"{key}@{start}"), None)


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
