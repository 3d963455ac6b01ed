"""The web of the press: all pages of all sites, and what of them is to be seen at a moment.

Here belong the pages themselves and the questions about them that the answers and the truth both
ask. No HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from press.faults import Faults
from press.page import Page
from press.roundups import bundle_all
from press.series import issue_all
from press.sites import SITES, Site
from press.specials import special_pages
from press.story import STORIES, load_stories
from press.wire import carry_all

_ONLY_PECULIAR: Final = frozenset({"marathi", "english", "not_found", "forbidden", "too_short"})
"""Specials that are not there at all when they are switched off."""


@dataclass(frozen=True, slots=True)
class Web:
    """All pages, whatever the time.

    Attributes:
        pages: Every page, oldest first.
        by_address: Host and decoded path to page, aliases without query included.
    """

    pages: tuple[Page, ...]
    by_address: dict[tuple[str, str], Page]

    def find(self, host: str, path: str) -> Page | None:
        """Returns the page under a path (without query, encoded or not), whatever the time."""
        return self.by_address.get((host, unquote(path)))

    def of_site(self, site: Site, now: datetime, faults: Faults) -> list[Page]:
        """Returns the pages of a site that are out, newest first."""
        found = [p for p in self.pages if p.site is site and is_out(p, now, faults)]
        return found[::-1]


def is_out(page: Page, now: datetime, faults: Faults) -> bool:
    """Says whether a page is published at `now` with these faults."""
    if page.special in _ONLY_PECULIAR and page.special not in faults.specials:
        return False
    return page.published_at <= now


def seen(page: Page, faults: Faults) -> Page:
    """Returns a page as these faults have it: without its revision if that is switched off."""
    if page.special == "changes" and "changes" not in faults.specials:
        return replace(page, versions=page.versions[:1])
    return page


def build_web(folder: Path = STORIES) -> Web:
    """Reads the stories and makes all pages.

    Raises:
        ValueError: If a story is wrong, or two pages have one address.
    """
    return _build(folder.resolve(), _stamp(folder))


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """Tells whether files have changed since the web was last built."""
    return tuple(sorted((f.name, f.stat().st_mtime_ns) for f in folder.glob("*.yaml")))


@lru_cache(maxsize=4)
def _build(folder: Path, _: tuple[tuple[str, int], ...]) -> Web:
    stories = load_stories(folder)
    return collect([*carry_all(stories), *bundle_all(stories), *issue_all(), *special_pages()])


def collect(pages: Iterable[Page]) -> Web:
    """Puts pages together.

    Raises:
        ValueError: If two of them have one address.
    """
    by_address: dict[tuple[str, str], Page] = {}
    ordered: Sequence[Page] = sorted(pages, key=lambda p: (p.published_at, p.url))
    for page in ordered:
        bare = {page.path, *(alias.partition("?")[0] for alias in page.aliases)}
        for path in bare:
            key = (page.site.host, unquote(path))
            if key in by_address:
                raise ValueError(f"two pages have the address {key[0]}{key[1]}")
            by_address[key] = page
    return Web(tuple(ordered), by_address)


SITE_BY_HOST: Final = {site.host: site for site in SITES}
