"""``taar sources add``: from the address of a site to its entry.

Not here: the file that it is written to (`flows.look.source_file`), what a site lists
(`crawler.listings.discovery`), which of it works (`crawler.scouting`).
"""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from crawler.listings.discovery import find_listings, find_sitemaps, guesses
from crawler.plan import Plan
from crawler.scouting import (
    SourceLook,
    check_plan,
    longer_id,
    looks,
    new_source,
    visit_plan,
    with_candidates,
    with_working,
)
from crawler.source_model import Source
from crawler.sources import load_sources
from crawler.stored import StoredPage
from crawler.urls import host_of, site_of
from flows.look.visiting import look_plan, refuse_private, run_look, visited
from flows.settings import Settings
from lake.errors import ConfigError


def add_source(
    settings: Settings,
    url: str,
    name: str | None,
    *,
    now: datetime,
    source_id: str | None = None,
    target: Path | None = None,
) -> tuple[Source, SourceLook]:
    """Visits a site that is not known yet, and makes a source of it.

    Args:
        settings: Contact, budget.
        url: Its home page.
        name: Its name; by default what the site is called by its address.
        now: The clock.
        source_id: Its id; by default one that is made of its address, and that no other has.
        target: The source file that it is for; what stands there is known too.

    Returns:
        The source with the feeds that work, and what was seen.

    Raises:
        ConfigError: If the URL or the id is wrong, the site is known or cannot be reached, or
            lists nothing.
    """
    try:
        source = new_source(url, name, source_id)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(
            f"{first['loc'][0]} cannot be {first['input']!r}: {first['msg']}",
            where="taar sources add",
            remedy="an id has lower-case letters, digits, - and _, and at most 64 of them",
        ) from None
    except ValueError as error:
        raise ConfigError(
            f"{error}", where="taar sources add", remedy="name a home page: https://..."
        ) from None
    refuse_private(settings, source.home)
    source = unknown_as(source, _known(settings, target), named=source_id is not None)
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


def _known(settings: Settings, target: Path | None) -> dict[str, tuple[Source, Path | None]]:
    """What is known, by id, and the file of what stands in the target only."""
    known: dict[str, tuple[Source, Path | None]] = {}
    if target is not None and os.path.isfile(target):  # noqa: PTH113  never raises
        # Over the source pack: the file may override fields of a shipped source, and no more.
        there = load_sources(settings.source_pack, target)
        known |= {source.id: (source, target) for source in there}
    mine = settings.sources
    if mine == target and target is not None and not os.path.lexists(target):
        mine = None  # It is about to be made.
    crawled = load_sources(settings.source_pack, mine)
    return known | {source.id: (source, None) for source in crawled}


def unknown_as(
    source: Source, known: dict[str, tuple[Source, Path | None]], *, named: bool
) -> Source:
    """A new source, with an id that no other has.

    Args:
        source: The source.
        known: What is known, by id, and the file of those that are not crawled.
        named: Whether somebody chose its id.

    Raises:
        ConfigError: If the site is known, or its id is taken and nothing can be made of it.
    """
    for other, file in known.values():
        same_site = other.id == source.id and _site(other) == _site(source)
        if set(other.own_hosts) & set(source.own_hosts) or (same_site and not named):
            raise ConfigError(
                f"the site is known as source {other.id!r}",
                where=str(file or other.home),
                remedy=f"change its entry in {file}"
                if file
                else f"look at it with `taar sources check {other.id}`",
            )
    if source.id not in known:
        return source
    longer = source.model_copy(update={"id": longer_id(source)})
    if named or longer.id in known:
        other, file = known[source.id]
        raise ConfigError(
            f"another source has the id {source.id!r}: {other.home}",
            where=str(file or "--id"),
            remedy="choose another with --id",
        )
    return longer


def _site(source: Source) -> str:
    return site_of(host_of(source.home))


def _visit(
    base: Plan, source: Source, folder: Path
) -> tuple[StoredPage | None, StoredPage | None, str]:
    """The home page and robots.txt of a site, and how the visit of the home page ended."""
    records = run_look(visit_plan(base, source), folder)
    pages = visited(folder)
    home = next((p for p in pages if not p.url.endswith("/robots.txt")), None)
    robots = next((p for p in pages if p.url.endswith("/robots.txt")), None)
    fetches = [r["fetch"] for r in records if r["kind"] == "url"]
    why = next(
        (f"{f['outcome']}: {f['detail']}" for f in fetches if f["requested_url"] == source.home),
        "no answer",
    )
    return home, robots, why
