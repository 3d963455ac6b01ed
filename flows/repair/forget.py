"""Taking an article down: from the URL that a person gives to a lake without it.

Here belongs which URLs are meant, and what is done to the families around the article. Not here:
the removal itself (`lake.upkeep.forgetting`), and how a crawl leaves it out
(`flows.steps.forgotten`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow.compute as pc

from crawler.sources import load_sources
from crawler.urls import canonical_url, same_site
from flows.opening import block_cache, open_lake
from flows.settings import Settings
from flows.steps.linking import rederive_families
from lake import ids
from lake.errors import ConfigError, TaarError
from lake.parquet import strings
from lake.schema import ARTICLES, FETCHES
from lake.tables import Lake
from lake.upkeep.forgetting import bury, remove_forgotten
from lake.upkeep.traces import Found, Removal, find

_OFFERED: Final = 3
"""URLs that are offered in place of one that the lake does not have."""


@dataclass(frozen=True, slots=True)
class ForgetSummary:
    """What one takedown did.

    Attributes:
        urls: The URLs that were found to be meant: as given, and all addresses of the article.
        removal: What was removed, or would be.
        article_ids: The versions.
        dry_run: Whether nothing was changed.
        before: Whether the URL had been taken down before.
    """

    urls: tuple[str, ...]
    removal: Removal
    article_ids: tuple[str, ...]
    dry_run: bool
    before: bool

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "urls": list(self.urls),
            "article_ids": list(self.article_ids),
            "dry_run": self.dry_run,
            "forgotten_before": self.before,
            "removed": self.removal.to_json(),
        }


def forget(
    settings: Settings,
    url: str,
    *,
    clock: Callable[[], datetime],
    reason: str | None = None,
    dry_run: bool = False,
    even_if_absent: bool = False,
) -> ForgetSummary:
    """Takes the article at a URL down, and keeps it from coming back.

    Args:
        settings: Where the lake is.
        url: Its canonical URL, or one that it was listed or asked for by.
        clock: The present.
        reason: For the record.
        dry_run: Only says what would be removed.
        even_if_absent: Forbids a URL that the lake does not have yet.

    Raises:
        ConfigError: If it is no URL.
        TaarError: If the lake knows no such URL.
    """
    lake = open_lake(settings, create=False)
    spellings = _spellings(settings, url)
    named = {ids.url_id(spelling) for spelling in spellings}
    # Who only looks needs no right to write, and stands in nobody's way.
    with nullcontext() if dry_run else lake.lock(clock()):
        before = named <= lake.forgotten().url_ids
        found = find(lake, named, spellings)
        absent = not found.urls
        if absent and not even_if_absent and not before:
            alike = _alike(lake, url)
            meant = f"did you mean {' or '.join(alike)}? Else " if alike else ""
            raise TaarError(
                "the lake has no article and no fetch of this URL",
                where=url,
                remedy=f"{meant}look for it with `taar sql`, in the column url of articles; to "
                "forbid a URL in advance, add --even-if-absent",
            )
        if dry_run:
            removal = remove_forgotten(lake, clock(), dry_run=found)
        else:
            removal = _remove(lake, settings, found, clock, reason)
            # Blocks of what was removed; other machines lose theirs as the limit comes.
            shutil.rmtree(block_cache(settings), ignore_errors=True)
    urls = tuple(sorted(found.urls | set(spellings)))
    return ForgetSummary(urls, removal, tuple(sorted(found.article_ids)), dry_run, before)


def _alike(lake: Lake, url: str) -> list[str]:
    """Stored URLs that differ from one in what people get wrong: see `_loose`; a few at most."""
    wanted = _loose(url)
    found: set[str] = set()
    for dataset in (ARTICLES, FETCHES):
        for name in ("url", "requested_url"):
            near = pc.match_substring(pc.field(name), wanted, ignore_case=True)
            for table in lake.scan(dataset, [name], filter=near, repeats=True):
                found |= {u for u in strings(table[name]) if _loose(u) == wanted}
    return sorted(found)[:_OFFERED]


def _loose(url: str) -> str:
    """A URL without scheme, www, fragment, the slash at its end, and the case of its letters."""
    bare = re.sub(r"^https?://(www\.)?", "", url.strip().lower())
    return bare.partition("#")[0].rstrip("/")


def _remove(
    lake: Lake, settings: Settings, found: Found, clock: Callable[[], datetime], reason: str | None
) -> Removal:
    bury(lake, found, clock(), reason)
    removal = remove_forgotten(lake, clock())
    if removal.derived:
        sources = load_sources(settings.source_pack, settings.sources)
        rederive_families(lake, sources, lake.new_run_id(clock()))
    return removal


def _spellings(settings: Settings, url: str) -> tuple[str, ...]:
    """A URL as it was given, and as a crawl would have written it."""
    try:
        found = [url, canonical_url(url)]
    except ValueError as error:
        raise ConfigError(
            str(error), where="taar forget", remedy="give the whole URL, https:// included"
        ) from None
    sources = load_sources(settings.source_pack, settings.sources)
    found += [canonical_url(url, home=s.home) for s in sources if same_site(url, s.home)]
    return tuple(dict.fromkeys(found))
