"""A page of the press: one article on one site.

Here belong the shapes that the rest of the press passes around. How pages come about is told in
`press.wire`, `press.series` and `press.specials`; how they look in `press.cms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from press.credits import Credit
from press.sites import Site

Precision = Literal["second", "minute", "day"]


class Carry(StrEnum):
    """How a page came to its text."""

    WHOLE = "whole"
    HEADLINE = "headline"
    EDITED = "edited"
    SHORTENED = "shortened"
    EXTENDED = "extended"
    ROUNDUP = "roundup"
    ORTHOGRAPHY = "orthography"
    RETELLING = "retelling"
    SERIES = "series"
    OWN = "own"
    """Carried by nobody else."""


CARRIED: Final = (
    Carry.WHOLE,
    Carry.HEADLINE,
    Carry.EDITED,
    Carry.SHORTENED,
    Carry.EXTENDED,
    Carry.ROUNDUP,
    Carry.ORTHOGRAPHY,
)
"""The ways in which a story gets from one site to another."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a page says from some time on.

    Attributes:
        at: When it begins to say so.
        headline: As printed.
        text: Paragraphs in the spelling of the story, for comparing.
        shown: The same paragraphs as printed, perhaps in another orthography.
    """

    at: datetime
    headline: str
    text: tuple[str, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One article on one site.

    Attributes:
        site: Where.
        path: Its address on the site, percent-encoded.
        number: Six digits that tell the articles of a site apart.
        carry: How it came to its text.
        roots: Ids of the stories that its text descends from.
        versions: In order of time; more than one if the page changes.
        author: The person in the byline, if one is named.
        agency: Id of the agency that the page names, if it names one.
        credit: What stands around the text.
        series: Id of the template that is filled anew every day, if it is one of those.
        precision: How exactly the site tells its publication time, in the page or in a feed.
        special: Name of the peculiarity it stands for (see `press.specials`).
        aliases: Further addresses (path and query) that lead to it.
    """

    site: Site
    path: str
    number: int
    carry: Carry
    roots: tuple[str, ...]
    section: str
    summary: str
    tags: tuple[str, ...]
    place: str
    versions: tuple[Version, ...]
    author: str | None
    agency: str | None
    credit: Credit
    precision: Precision
    series: str | None = None
    language: str = "hi"
    special: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"{self.site.scheme}://{self.site.host}{self.path}"

    @property
    def published_at(self) -> datetime:
        """When it was first published."""
        return self.versions[0].at

    @property
    def headline(self) -> str:
        """The first headline."""
        return self.versions[0].headline

    def at(self, now: datetime) -> Version:
        """Returns what the page says at `now`; the first version if that lies before it."""
        current = self.versions[0]
        for version in self.versions:
            if version.at <= now:
                current = version
        return current

    @property
    def has_json_ld(self) -> bool:
        """Whether the page carries JSON-LD."""
        return self.site.json_ld == "all" or (self.site.json_ld == "half" and self.number % 2 == 0)
