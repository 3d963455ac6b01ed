"""``taar sources test``: a source tried on stored pages, without the network.

Here belong the choice of the pages, from files or from the lake's archive, and what is told of
each. Not here: the extraction (`crawler.stored`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urljoin

import pyarrow.compute as pc

from crawler.extract import Extracted, load_agencies
from crawler.source_model import Source
from crawler.sources import load_sources
from crawler.stored import (
    PAGE_NAMES,
    StoredPage,
    differences,
    extract_stored,
    read_archive,
    read_stored,
)
from crawler.urls import is_web_url
from flows.opening import open_lake
from flows.settings import Settings
from flows.steps.choose import choose_sources
from lake import schema
from lake.errors import ConfigError, ObjectMissingError
from lake.upkeep.warcs import Damaged

_STORED_PAGES: Final = 20
"""Archived pages of a source that are tried."""
_RECORD_BYTES: Final = 12 << 20


@dataclass(frozen=True, slots=True)
class Tried:
    """What today's extractor makes of one stored page.

    Attributes:
        name: The file, or archive and offset.
        url: Its URL.
        outcome: ``article``, or why there is none; ``damaged: ...`` of a place in an archive that
            cannot be read.
        title: The headline.
        published_at: Publication time.
        words: Words of the text.
        agencies: Ids of the credited agencies.
        wrong: What is not as expected.
    """

    name: str
    url: str
    outcome: str
    title: str | None
    published_at: datetime | None
    words: int
    agencies: tuple[str, ...]
    wrong: tuple[str, ...]


def try_source(
    settings: Settings,
    source_id: str,
    paths: Sequence[Path],
    *,
    url: str | None = None,
    now: datetime,
) -> list[Tried]:
    """Tries a source on stored pages; nothing is asked of the network.

    Args:
        settings: Sources, agencies, and the lake whose archive is taken without `paths`.
        source_id: The source.
        paths: Files and folders of stored pages. A page of which nobody says its URL is taken for
            an article under the source's home page that is called as its file.
        url: Where the page came from, if `paths` is a single page.
        now: The clock, for pages that do not say when they were fetched.

    Raises:
        ConfigError: If there is no such source, or no stored page of it, or one of `paths` gives
            none, or `url` is none or there is not the one page that it is the URL of.
    """
    every = load_sources(settings.source_pack, settings.sources)
    (source,) = choose_sources(every, [source_id], where="ID")
    book = load_agencies(settings.agencies)
    if url is not None and not is_web_url(url):
        raise ConfigError(f"{url!r} is no URL", where="--url", remedy="name it whole: https://...")
    if url is not None and not (len(paths) == 1 and paths[0].name.endswith(PAGE_NAMES)):
        raise ConfigError(
            "a URL goes with a single page",
            where="--url",
            remedy=f"name one file {', '.join(PAGE_NAMES)}, or write the URLs beside the pages: "
            "page.json",
        )
    tried: list[Tried] = []

    def take(pages: Iterable[StoredPage]) -> bool:
        before = len(tried)
        for page in pages:
            made = extract_stored(
                page, source, now=now, agencies=book, min_words=settings.min_words
            )
            tried.append(_tried(page, made))
        return len(tried) > before

    torn: list[Tried] = []
    for at in paths:
        known = len(torn)
        pages = read_stored(
            at, url=source.home, damaged=lambda name, place: torn.append(_damaged(name, place))
        )
        if not take(_placed(page, source, url) for page in pages):
            why = "".join(f" ({place.outcome})" for place in torn[known:][:1])
            raise ConfigError(
                f"no page can be read in it{why}",
                where=str(at),
                remedy="name a page, or a WARC file with responses",
            )
    if not paths and not take(_archived(settings, source)):
        raise ConfigError(
            f"the lake has no archived page of {source_id!r}",
            where=settings.lake,
            remedy="name files of pages, or collect the source first",
        )
    return tried + torn


def _damaged(name: str, place: Damaged) -> Tried:
    """Tells of a place that hides pages; not as wrong, for an archive may end anywhere."""
    outcome = f"damaged: {place.what}"
    return Tried(f"{name}@{place.start}", "", outcome, None, None, 0, (), ())


def _placed(page: StoredPage, source: Source, url: str | None) -> StoredPage:
    """The page at the URL that was named, or at one that an article of the source may have."""
    if url is None and page.url == source.home:
        url = urljoin(source.home, quote(page.name))  # A home page would make no article.
    return page if url is None else replace(page, url=url)


def _tried(page: StoredPage, made: Any) -> Tried:  # noqa: ANN401 - Extracted | NoArticle
    wrong = tuple(differences(page, made))
    if not isinstance(made, Extracted):
        detail = f"{made.outcome}: {made.detail}"
        return Tried(page.name, page.url, detail, None, None, 0, (), wrong)
    return Tried(
        name=page.name,
        url=page.url,
        outcome="article",
        title=made.title,
        published_at=made.published_at,
        words=made.word_count,
        agencies=tuple(agency.id for agency in made.agencies),
        wrong=wrong,
    )


def _archived(settings: Settings, source: Source) -> Iterator[StoredPage]:
    """The newest archived pages of a source in the lake."""
    lake = open_lake(settings, create=False)
    columns = ("url", "fetched_at", "warc_file", "warc_offset")
    mine = (pc.field("source_id") == source.id) & pc.field("warc_file").is_valid()
    rows = lake.read(schema.FETCHES, columns, filter=mine)
    for row in rows.sort_by([("fetched_at", "descending")]).slice(0, _STORED_PAGES).to_pylist():
        try:
            data = lake.storage.get_range(row["warc_file"], row["warc_offset"], _RECORD_BYTES)
        except ObjectMissingError:
            continue  # Pages are kept for a shorter time than articles.
        page = next(read_archive(BytesIO(data)), None)
        if page is not None:
            yield replace(page, name=f"{row['warc_file']}@{row['warc_offset']}")
