"""Which archived pages are worth reading again, and their bytes.

Here belongs the choice: the page of the newest version of each article, and the newest page of each
URL that made none. Not here: what is made of them now (`flows.repair.rereading`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from crawler.stored import StoredPage, read_archive
from flows.steps.parted import open_archive
from flows.steps.rows import Row
from lake import schema
from lake.outcomes import Outcome
from lake.tables import Lake
from lake.upkeep.warcs import Damaged

REFUSED: Final = frozenset(
    {Outcome.NO_TEXT, Outcome.TOO_SHORT, Outcome.NOT_HINDI, Outcome.ERROR, Outcome.GAVE_UP}
)
"""Outcomes of a page that came, and made no article."""

_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that is to be read again.

    Attributes:
        fetch: Its row of `lake.schema.FETCHES`.
        article: The newest version of its article, without the text; None if none was made.
    """

    fetch: Row
    article: Row | None


@dataclass(frozen=True, slots=True)
class Lost:
    """An archived page that cannot be read.

    Attributes:
        key: Of its WARC file.
        why: What is wrong with that, or with the record.
        file_missing: Whether the whole file is not there.
    """

    key: str
    why: str
    file_missing: bool


def archived_pages(
    lake: Lake,
    is_known: Callable[[str], bool],
    *,
    only: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[tuple[Wanted, StoredPage | Lost]]:
    """The pages with their bytes, the newest day first; each article and refused URL once.

    Args:
        lake: Where articles and pages are.
        is_known: Whether a url_id is that of a published article.
        only: Ids of sources; None: all.
        since: First crawl date.
        until: Last crawl date, included.

    Yields:
        What is wanted, and its page, or why there is none.
    """
    newest = lake.known(["url_id", "article_id"])
    newest = newest.filter(pc.is_valid(newest.column("article_id")))
    current = newest.column("article_id").combine_chunks()
    seen: set[str] = set()
    for day in sorted(map(date.fromisoformat, lake.catalog().days(schema.FETCHES)), reverse=True):
        if (since or day) <= day <= (until or day):
            wanted = _of_day(lake, is_known, day, current, only)
            yield from _pages(lake, _unseen(wanted, seen))


def _of_day(
    lake: Lake,
    is_known: Callable[[str], bool],
    day: date,
    current: pa.Array[Any],
    only: Sequence[str] | None,
) -> Iterator[Wanted]:
    named = pc.is_valid(pc.field("warc_file"))
    if only is not None:
        named &= pc.field("source_id").isin(list(only))
    columns = [c.name for c in schema.ARTICLES.columns if c.name not in ("text", "relations")]
    newest = pc.field("article_id").isin(current)
    found = lake.read(schema.ARTICLES, columns, since=day, until=day, filter=named & newest)
    articles = {(row["run_id"], row["article_id"]): row for row in found.to_pylist() if row}
    stored = [c.name for c in schema.FETCHES.columns]
    fetches = lake.read(schema.FETCHES, stored, since=day, until=day, filter=named)
    for fetch in fetches.sort_by([("fetched_at", "descending")]).to_pylist():
        article = articles.get((fetch["run_id"], fetch["article_id"] or ""))
        if article is not None and fetch["outcome"] in (Outcome.PUBLISHED, Outcome.UPDATED):
            yield Wanted(fetch, article)
        elif (
            fetch["outcome"] in REFUSED
            and fetch["http_status"] == _OK
            and not is_known(fetch["url_id"])
        ):
            yield Wanted(fetch, None)


def _unseen(wanted: Iterable[Wanted], seen: set[str]) -> Iterator[Wanted]:
    for page in wanted:
        if page.fetch["url_id"] not in seen:
            seen.add(page.fetch["url_id"])
            yield page


def _pages(lake: Lake, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, StoredPage | Lost]]:
    by_file: dict[str, dict[int, Wanted]] = defaultdict(dict)
    for page in wanted:
        row = page.article or page.fetch
        by_file[row["warc_file"]][row["warc_offset"]] = page
    for key, left in sorted(by_file.items()):
        info = lake.storage.head(key)
        broken: list[Damaged] = []
        if info is not None:
            with open_archive(lake, key, info.size) as stream:
                for stored in read_archive(stream, key, broken.append):
                    if stored.offset in left:
                        yield left.pop(stored.offset), stored
                    if not left:
                        break
        for offset, page in sorted(left.items()):
            why = "not there"
            if info is not None:
                told = (d.what for d in broken if d.start <= offset < d.end)
                why = next(told, f"no record begins at byte {offset}")
            yield page, Lost(key, why, file_missing=info is None)
