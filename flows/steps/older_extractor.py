"""What today's extractor makes of a page that an earlier one made an article of.

Here belongs the one question that keeps a better extractor from looking like an edit: would the
archived page of the published version give the new body? Not here: versions
(`flows.steps.settle`) and the extraction itself (`crawler.extract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from crawler.extract.result import NoArticle
from crawler.source_model import Source
from flows.steps.records import Recorded
from flows.steps.rows import Row
from lake import schema
from lake.errors import ObjectMissingError
from lake.tables import Lake

_RECORD_BYTES: Final = 12 << 20
"""The largest page kept has 10 MB (`crawler.settings`); its record is compressed."""

_NEEDED: Final = (
    *("article_id", "url", "source_id", "first_listed_at", "extractor_version"),
    *("warc_file", "warc_offset"),
)


def up_to_date(
    lake: Lake,
    known: Mapping[str, Row],
    recorded: Recorded,
    sources: Mapping[str, Source],
    now: datetime,
) -> dict[str, Row]:
    """Known URLs, with the content hash that today's extractor would give their articles.

    Only articles of which a new body was just fetched are looked at, and of those only the ones
    that another version of the extractor made.

    Args:
        lake: Where their pages are archived.
        known: Rows of `lake.schema.KNOWN`, by url_id.
        recorded: What the run has recorded.
        sources: By id, for their selectors on the day of each page.
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
    if not changed:
        return rows
    # Loaded only now: in most runs no article has changed.
    from crawler.extract import EXTRACTOR_VERSION

    for article in _published(lake, changed):
        url_id = changed[article["article_id"]]
        row = {**rows[url_id], "first_listed_at": article["first_listed_at"]}
        if article["extractor_version"] != EXTRACTOR_VERSION:
            source = source_of(article, sources)
            row["content_hash"] = _hash_today(lake, article, source, now) or row["content_hash"]
        rows[url_id] = row
    return rows


def source_of(row: Row, sources: Mapping[str, Source]) -> Source:
    """The source of a row; one without rules of its own if it is no longer in the source file.

    Args:
        row: With ``source_id`` and ``url``.
        sources: By id.
    """
    found = sources.get(row["source_id"])
    return found or Source(id=row["source_id"], name=row["source_id"], home=row["url"])


def _published(lake: Lake, article_ids: Iterable[str]) -> list[Row]:
    wanted = pa.array(sorted(article_ids), pa.string())
    found = lake.read(schema.ARTICLES, _NEEDED, filter=pc.field("article_id").isin(wanted))
    return [row for row in found.to_pylist() if row is not None]


def _hash_today(lake: Lake, article: Row, source: Source, now: datetime) -> str | None:
    """The content hash of an archived article today.

    None if a page of it is not there, or is no article.
    """
    key, offset = article["warc_file"], article["warc_offset"]
    if key is None or offset is None:
        return None
    from crawler.parts import PART_WORDS, Begun
    from crawler.records import Answer
    from crawler.stored import extract_stored, read_archive
    from flows.steps.parted import Parts, joined

    try:
        data = lake.storage.get_range(key, offset, _RECORD_BYTES)
    except ObjectMissingError:
        return None  # Pages are kept for a shorter time than articles.
    page = next(read_archive(BytesIO(data)), None)
    if page is None or page.offset != 0:  # Its record is damaged, and this is another one.
        return None
    made = extract_stored(page, source, now=now, min_words=1)
    if isinstance(made, NoArticle):
        return None
    begun = Begun(made, Answer(page.url, page.status), redirected=False, seen=(page.url,))
    # A page whose rights the crawl has honoured is not in the archive.
    begun, missing = joined(
        begun,
        Parts(lake),
        (key, offset),
        source,
        partial(extract_stored, source=source, now=now, min_words=PART_WORDS),
        honour=False,
    )
    return begun.made.content_hash if missing is None else None
