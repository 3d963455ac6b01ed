"""Pages that stand for one peculiarity each: changed, moved, forbidden, broken, foreign.

Here belongs what they are; how the server treats them is told in `press.answers`, and which of
them are switched on in `press.faults`. The texts are in ``data/specials.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from press.dates import BASE
from press.page import Carry, Page, Version
from press.sites import SITES
from press.story import Story
from press.wire import make_page

SPECIALS: Final = {
    "changes": "an article with a corrected and longer body from 15 minutes after the base time",
    "chrome": "an article around which everything changes every minute, but not the article",
    "addresses": "one article under several addresses: with tracking, as AMP, with a referrer",
    "marathi": "a page in Marathi",
    "english": "a page in English",
    "not_found": "a listed page that answers 404",
    "server_error": "a page that answers 500 until it heals",
    "slow": "a page that takes its time",
    "forbidden": "a page that robots.txt forbids",
    "too_short": "a page with two sentences",
    "broken_feed": "a feed whose XML breaks off in the middle of an item",
    "html_feed": "an HTML page where a feed should be",
}
"""All specials, by name, and what each is. The last two are feeds, the others pages."""
_FILE: Final = Path(__file__).parent / "data" / "specials.yaml"
_SITES: Final = {site.id: site for site in SITES}


def special_pages(path: Path = _FILE) -> Iterator[Page]:
    """Makes the special pages."""
    for entry in YAML(typ="safe").load(path.read_text(encoding="utf-8")):
        yield _special(entry)


def _special(entry: Mapping[str, Any]) -> Page:
    name = entry["name"]
    if name not in SPECIALS:
        raise ValueError(f"unknown special {name!r}")
    site = _SITES[entry["site"]]
    when = BASE - timedelta(minutes=entry["minutes"])
    paragraphs = tuple(entry["paragraphs"])
    story = Story(
        id=f"special-{name}",
        slug=entry["slug"],
        section=entry["section"],
        agency=None,
        author=entry["author"],
        place=entry["place"],
        published_at=when,
        fixed=False,
        headline=entry["headline"],
        alt_headlines=(),
        summary=entry["summary"],
        tags=tuple(entry["tags"]),
        paragraphs=paragraphs,
        more=(),
        edits=(),
    )
    page = make_page(
        site, story, Carry.OWN, paragraphs, when, story.headline, author=entry["author"]
    )
    path = entry.get("path", page.path)
    revised = entry.get("revised")
    if revised:
        text = tuple(revised["paragraphs"])
        at = BASE + timedelta(minutes=revised["minutes"])
        page = replace(
            page, versions=(*page.versions, Version(at, revised["headline"], text, text))
        )
    aliases: tuple[str, ...] = ()
    if name == "addresses":
        aliases = (f"/amp{path}", f"{path}?ref=desh-top")
    return replace(
        page, path=path, special=name, language=entry.get("language", "hi"), aliases=aliases
    )
