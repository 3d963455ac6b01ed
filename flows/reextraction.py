"""What today's extractor makes of a page that an earlier one made an article of.

Here belongs the one question that keeps a better extractor from looking like an edit: would the
archived page of the published version give the new body? Not here: versions (`flows.assemble`)
and the extraction itself (`crawler.extract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from warcio.archiveiterator import ArchiveIterator

from crawler.extract import EXTRACTOR_VERSION, Extracted, extract
from flows.assemble import Row
from flows.planning import Recorded
from lake import schema
from lake.errors import ObjectMissingError
from lake.tables import Lake

_RECORD_BYTES: Final = 12 << 20
"""The largest page kept has 10 MB (`crawler.settings`); its record is compressed."""

_NEEDED: Final = (
    *("article_id", "url", "first_listed_at", "extractor_version"),
    *("warc_file", "warc_offset"),
)


def up_to_date(
    lake: Lake, known: Mapping[str, Row], recorded: Recorded, now: datetime
) -> dict[str, Row]:
    """Known URLs, with the content hash that today's extractor would give their articles.

    Only articles of which a new body was just fetched are looked at, and of those only the ones
    that another version of the extractor made.

    Args:
        lake: Where their pages are archived.
        known: Rows of `lake.schema.KNOWN`, by url_id.
        recorded: What the run has recorded.
        now: The clock.

    Returns:
        The rows; those of articles with a new body also have ``first_listed_at``.
    """
    fetched = {
        record["article"]["url_id"]: record["article"]["content_hash"]
        for record in recorded.urls
        if record.get("article")
    }
    changed = {
        str(row["article_id"]): url_id
        for url_id, row in known.items()
        if row["article_id"] and fetched.get(url_id) not in (None, row["content_hash"])
    }
    rows = dict(known)
    for article in _published(lake, changed):
        url_id = changed[article["article_id"]]
        row = {**rows[url_id], "first_listed_at": article["first_listed_at"]}
        if article["extractor_version"] != EXTRACTOR_VERSION:
            row["content_hash"] = _hash_today(lake, article, now) or row["content_hash"]
        rows[url_id] = row
    return rows


def _published(lake: Lake, article_ids: Iterable[str]) -> list[Row]:
    wanted = pa.array(sorted(article_ids), pa.string())
    if not len(wanted):
        return []
    found = lake.read(schema.ARTICLES, _NEEDED, filter=pc.field("article_id").isin(wanted))
    return [row for row in found.to_pylist() if row is not None]


def _hash_today(lake: Lake, article: Row, now: datetime) -> str | None:
    """The content hash of an archived page today; None if there is no page or no article in it."""
    if article["warc_file"] is None or article["warc_offset"] is None:
        return None
    try:
        data = lake.storage.get_range(article["warc_file"], article["warc_offset"], _RECORD_BYTES)
    except ObjectMissingError:
        return None  # Pages are kept for a shorter time than articles.
    for record in ArchiveIterator(BytesIO(data)):
        header = record.http_headers.get_header("Content-Type") if record.http_headers else None
        made = extract(
            record.content_stream().read(),
            url=article["url"],
            charset=_charset(header),
            now=now,
            min_words=1,
        )
        return made.content_hash if isinstance(made, Extracted) else None
    return None


def _charset(content_type: str | None) -> str | None:
    _, _, rest = (content_type or "").lower().partition("charset=")
    return rest.split(";")[0].strip(" \"'") or None
