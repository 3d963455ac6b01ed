"""Looking at sources: the commands ``taar sources check``, ``test`` and ``add``.

Here belongs the running of a look as a crawl process in a folder that is thrown away, the stored
pages of a source, and the writing of its entry. Not here: what a look asks for and sees
(`crawler.scouting`), options and tables (`flows.commands.sources`).
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

import pyarrow.compute as pc
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from crawler.addresses import mapped, private_address
from crawler.discovery import find_listings, find_sitemaps, guesses
from crawler.extract import Extracted, load_agencies
from crawler.plan import Plan
from crawler.records import Record
from crawler.scouting import (
    SourceLook,
    check_plan,
    looks,
    new_source,
    visit_plan,
    with_candidates,
    with_working,
)
from crawler.source_model import Source
from crawler.sources import load_sources
from crawler.spiders.news import ARCHIVE
from crawler.stored import (
    PAGE_NAMES,
    StoredPage,
    differences,
    extract_stored,
    read_archive,
    read_stored,
)
from crawler.urls import host_of, is_web_url
from flows.opening import open_lake
from flows.settings import Settings
from flows.steps.choose import choose_sources
from flows.steps.planning import user_agent
from flows.steps.supervise import crawl
from lake import ids, schema
from lake.errors import ConfigError, ObjectMissingError, TaarError
from lake.records import read_records
from lake.spool import RECORDS

_STORED_PAGES: Final = 20
"""Archived pages of a source that are tried."""
_RECORD_BYTES: Final = 12 << 20


@dataclass(frozen=True, slots=True)
class Tried:
    """What today's extractor makes of one stored page.

    Attributes:
        name: The file, or archive and offset.
        url: Its URL.
        outcome: ``article``, or why there is none.
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


def check_sources(
    settings: Settings, only: Sequence[str] | None, *, now: datetime, everything: bool = False
) -> list[SourceLook]:
    """Visits sources live.

    Args:
        settings: Sources, contact, budget.
        only: Ids; None: all that are enabled.
        now: The clock.
        everything: Whether disabled sources and feeds are visited too.

    Raises:
        ConfigError: If an id is unknown.
        TaarError: If the crawl process failed.
    """
    chosen = choose_sources(load_sources(settings.source_pack, settings.sources), only, where="ID")
    if everything:
        every = load_sources(settings.source_pack, settings.sources)
        chosen = [_all_on(s) for s in every if only is None or s.id in only]
    plan = check_plan(look_plan(settings, now), chosen)
    with tempfile.TemporaryDirectory(prefix="taar-look-") as folder:
        records = run_look(plan, Path(folder))
    return looks(chosen, records)


def add_source(
    settings: Settings, url: str, name: str | None, *, now: datetime
) -> tuple[Source, SourceLook]:
    """Visits a site that is not known yet, and makes a source of it.

    Args:
        settings: Contact, budget.
        url: Its home page.
        name: Its name; by default what the site is called by its address.
        now: The clock.

    Returns:
        The source with the feeds that work, and what was seen.

    Raises:
        ConfigError: If the URL is wrong, the site cannot be reached, or lists nothing.
    """
    try:
        source = new_source(url, name)
    except ValueError as error:
        raise ConfigError(
            f"{error}", where="taar sources add", remedy="name a home page: https://..."
        ) from None
    refuse_private(settings, source.home)
    _refuse_known(source, load_sources(settings.source_pack, settings.sources))
    with tempfile.TemporaryDirectory(prefix="taar-look-") as folder:
        home, robots, why = _visit(look_plan(settings, now), source, Path(folder))
    if home is None:
        raise ConfigError(
            f"the home page cannot be had: {why}",
            where=source.home,
            remedy="try the address in a browser, and name the one that it ends at",
        )
    source = source.model_copy(update={"home": home.url})
    found = find_listings(home.body, url=home.url, charset=home.charset)
    if robots is not None:
        found += find_sitemaps(robots.body, url=robots.url)
    trial = with_candidates(source, [*found, *guesses(home.url, found)])
    with tempfile.TemporaryDirectory(prefix="taar-look-") as folder:
        (look,) = looks(
            [trial], run_look(check_plan(look_plan(settings, now), [trial]), Path(folder))
        )
    return with_working(trial, look), look


def _visit(
    base: Plan, source: Source, folder: Path
) -> tuple[StoredPage | None, StoredPage | None, str]:
    """The home page and robots.txt of a site, and how the visit of the home page ended."""
    records = run_look(visit_plan(base, source), folder)
    archive = folder / "shard-00" / ARCHIVE
    pages: list[StoredPage] = []
    if archive.exists():
        with archive.open("rb") as stream:
            pages = list(read_archive(stream))
    home = next((p for p in pages if not p.url.endswith("/robots.txt")), None)
    robots = next((p for p in pages if p.url.endswith("/robots.txt")), None)
    fetches = [r["fetch"] for r in records if r["kind"] == "url"]
    why = next(
        (f"{f['outcome']}: {f['detail']}" for f in fetches if f["requested_url"] == source.home),
        "no answer",
    )
    return home, robots, why


def write_entry(source: Source, path: Path) -> None:
    """Adds a source to a source file, which is made if there is none.

    Raises:
        ConfigError: If the file is wrong; it is left as it was.
    """
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    root: Any = None
    if path.exists():
        load_sources(path)  # Tells what is wrong with it, and where.
        root = yaml.load(path.read_text(encoding="utf-8"))
    if root is None:
        root = CommentedMap({"version": 1, "sources": CommentedSeq()})
    root["sources"].append(_plain(source))
    out = StringIO()
    yaml.dump(root, out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(out.getvalue(), encoding="utf-8")


def entry_text(source: Source) -> str:
    """The YAML of one source, as it stands in a source file."""
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump([_plain(source)], out)
    return out.getvalue()


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
        ConfigError: If there is no such source, or no stored page of it, or `url` is none or
            there is not the one page that it is the URL of.
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
    if paths:
        pages: Iterable[StoredPage] = (
            _placed(page, source, url) for at in paths for page in read_stored(at, url=source.home)
        )
    else:
        pages = _archived(settings, source)
    tried = []
    for page in pages:
        made = extract_stored(page, source, now=now, agencies=book, min_words=settings.min_words)
        tried.append(_tried(page, made))
    if not tried:
        raise ConfigError(
            f"the lake has no archived page of {source_id!r}",
            where=settings.lake,
            remedy="name files of pages, or collect the source first",
        )
    return tried


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


def look_plan(settings: Settings, now: datetime) -> Plan:
    """The plan of a crawl that keeps nothing, without sources yet."""
    return Plan(
        run_id=ids.new_run_id(now),
        now=now,
        budget_s=settings.budget_s,
        sources=(),
        user_agent=user_agent(settings),
        host_map=settings.host_map,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        overrides=settings.crawl_overrides,
        min_words=settings.min_words,
        agencies_file=str(settings.agencies),
    )


def run_look(plan: Plan, folder: Path) -> list[Record]:
    """Runs a plan of one shard in a folder, and reads its records.

    Raises:
        TaarError: If the crawl process failed.
    """
    plan.write(folder)
    (done,) = asyncio.run(crawl(folder, 1, plan.budget_s))
    if done.returncode:
        raise TaarError(
            done.complaint or "the crawl process failed",
            where=str(folder),
            remedy="check the settings that the message names",
        )
    log = folder / "shard-00" / RECORDS
    return list(read_records(log)) if log.exists() else []


def _all_on(source: Source) -> Source:
    feeds = tuple(feed.model_copy(update={"enabled": True}) for feed in source.feeds)
    return source.model_copy(update={"enabled": True, "feeds": feeds})


def refuse_private(settings: Settings, url: str) -> None:
    """Refuses an address that the crawl would refuse as well, before one is started.

    Args:
        settings: The hosts of its map may have private addresses.
        url: A web URL.

    Raises:
        ConfigError: If its host is, by its mere name, not of the public internet.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = host_of(url)
    address = private_address(host)
    if address is not None and mapped(settings.host_map, host, port) is None:
        raise ConfigError(
            f"the address {address} is not public",
            where=url,
            remedy="name a site on the public internet; Taar fetches nothing from private networks",
        )


def _refuse_known(source: Source, known: Iterable[Source]) -> None:
    for other in known:
        if other.id == source.id or set(other.own_hosts) & set(source.own_hosts):
            raise ConfigError(
                f"the site is known as source {other.id!r}",
                where=other.home,
                remedy=f"look at it with `taar sources check {other.id}`",
            )


def _plain(source: Source) -> Any:  # noqa: ANN401
    return source.model_dump(mode="json", exclude_defaults=True)
