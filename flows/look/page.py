"""What Taar makes of one page, for who adds a source.

Here belongs getting the page, from a file or from its site, and finding the source that it is of.
Not here: what is made of it (`crawler.extract`), and how it is printed (`flows.commands.extract`).
"""

from __future__ import annotations

import gzip
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from crawler.extract import Extracted, NoArticle, Selectors, extract, load_agencies
from crawler.scouting import entry_for, new_source
from crawler.source_model import Source
from crawler.sources import load_sources
from crawler.stored import ARCHIVE_NAMES, StoredPage
from crawler.urls import is_web_url, on_hosts
from flows.look.visiting import look_plan, refuse_private, run_look, visited
from flows.settings import Settings
from lake.errors import ConfigError, TaarError

_MAX_BYTES: Final = 20_000_000
_NO_URL: Final = "https://page.invalid/page"
"""Stands for the URL of a file without one: on no site, and no home page."""


@dataclass(frozen=True, slots=True)
class OnePage:
    """What was made of a page.

    Attributes:
        url: Its URL.
        source_id: The source that it is of, if it is one of ours.
        by_selectors: Whether that source has selectors for it, and they were asked.
        made: The article, or why there is none.
    """

    url: str
    source_id: str | None
    by_selectors: bool
    made: Extracted | NoArticle

    def to_json(self) -> dict[str, Any]:
        """For ``--json``: the article's fields, or ``outcome`` and ``detail``."""
        fields = {k: _plain(v) for k, v in asdict(self.made).items()}
        article = isinstance(self.made, Extracted)
        return {"url": self.url, "source_id": self.source_id, "article": article, **fields}


def extract_page(
    place: str, settings: Settings, *, url: str | None, general: bool, now: datetime
) -> OnePage:
    """Makes an article of one page.

    Args:
        place: A file, or a URL, which is fetched by the crawler: as politely as in a crawl, and
            with its guards. A file named ``.gz`` is unpacked.
        settings: The user's settings.
        url: Where a file came from.
        general: Whether to leave the source's selectors unasked.
        now: The clock.

    Raises:
        ConfigError: If the file cannot be read, the site does not give the page, or `url` is named
            beside a URL.
        TaarError: If the crawl process failed.
    """
    if url is not None and is_web_url(place):
        raise ConfigError(
            "a page that is fetched has its URL already",
            where="--url",
            remedy="leave it out; it says where a file came from",
        )
    page = _fetched(place, settings, now) if is_web_url(place) else _stored(place, url)
    sources = load_sources(settings.source_pack, settings.sources)
    source = next((s for s in sources if on_hosts(page.url, s.own_hosts)), None)
    selectors: Selectors | None = None
    if source is not None and not general:
        selectors = source.selectors_on((page.fetched_at or now).date())
    made = extract(
        page.body,
        url=page.url,
        charset=page.charset,
        timezone=source.timezone if source else "Asia/Kolkata",
        now=page.fetched_at or now,
        min_words=settings.min_words,
        agencies=load_agencies(settings.agencies),
        selectors=selectors,
    )
    return OnePage(page.url, source.id if source else None, selectors is not None, made)


def _stored(place: str, url: str | None) -> StoredPage:
    path = Path(place)
    if "://" in place and not path.exists():
        raise ConfigError(
            "it is no address that can be fetched", where=place, remedy="write https://host/path"
        )
    if url is not None and not is_web_url(url):
        raise ConfigError(f"{url!r} is no URL", where="--url", remedy="name it whole: https://...")
    try:
        body = path.read_bytes()
        if path.suffix == ".gz":
            with gzip.open(path) as stream:
                body = stream.read(_MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise ConfigError(
            f"the page cannot be read: {error}", where=place, remedy="name a file, or a URL"
        ) from error
    if len(body) > _MAX_BYTES:
        raise ConfigError(
            f"the page is larger than {_MAX_BYTES} bytes",
            where=place,
            remedy="name a page of an article",
        )
    if path.name.endswith(ARCHIVE_NAMES) or body.startswith(b"WARC/"):
        raise ConfigError(
            "it is an archive of pages, not a page",
            where=place,
            remedy="see what is made of each of its pages: taar sources test ID FILE",
        )
    return StoredPage(url or _NO_URL, body, place)


def _fetched(url: str, settings: Settings, now: datetime) -> StoredPage:
    """The page as the crawler gets it: robots.txt, delays, size and addresses are heeded."""
    try:
        source: Source = new_source(urljoin(url, "/"))
    except ValueError as error:
        raise ConfigError(f"{error}", where=url, remedy="name a page: https://...") from error
    refuse_private(settings, url)
    entry = entry_for(url, now)
    plan = replace(
        look_plan(settings, now),
        sources=(source.model_dump(mode="json"),),
        pending={source.id: (entry,)},
        archive_pages=True,
        shards=1,
    )
    with tempfile.TemporaryDirectory(prefix="taar-page-") as folder:
        records = run_look(plan, Path(folder))
        pages = visited(Path(folder))
    if pages:
        return pages[0]
    fetches = [record["fetch"] for record in records if record["kind"] == "url"]
    why = f"{fetches[0]['outcome']}: {fetches[0]['detail']}" if fetches else "no answer"
    raise TaarError(
        f"the page cannot be had: {why}",
        where=url,
        remedy="save it from a browser, and name the file with --url",
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 (fields of any type)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
