"""``taar sources add``: from the address of a site to its entry in a source file.

Not here: what a site lists (`crawler.listings.discovery`), which of it works (`crawler.scouting`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from crawler.listings.discovery import find_listings, find_sitemaps, guesses
from crawler.plan import Plan
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
from crawler.stored import StoredPage
from flows.look.visiting import look_plan, refuse_private, run_look, visited
from flows.settings import Settings
from lake.errors import ConfigError


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
    pages = visited(folder)
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
