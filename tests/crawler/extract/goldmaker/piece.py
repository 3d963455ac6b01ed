"""A story in the hands of a look, and the stored page that the look makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any, Final

from press.story import SECTIONS, Story, load_stories

IST: Final = timezone(timedelta(hours=5, minutes=30))
NOW: Final = datetime(2024, 7, 2, 9, 30, tzinfo=IST)
"""When the pages are read; every piece was published in the weeks before."""


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph (``p``) or a line over paragraphs (``h``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What a look sets: one article and the headlines that stand around it."""

    id: str
    slug: str
    headline: str
    alts: tuple[str, ...]
    summary: str
    parts: tuple[Part, ...]
    author: str
    tags: tuple[str, ...]
    section: str
    section_key: str
    place: str
    at: datetime
    links: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The whole text, block by block."""
        return [part.text for part in self.parts]


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A stored page and what must come out of it.

    Attributes:
        name: Name of its two files, without the ending: ``LOOK-NUMBER``.
        url: Where it would stand.
        html: The bytes as served.
        text: The whole text, block by block.
        expect: Other fields of the article that the page fixes, by their names.
        charset: What the HTTP header says.
        listed: What the feed said of it.
        note: What is special about it.
    """

    name: str
    url: str
    html: bytes
    text: Sequence[str]
    expect: Mapping[str, Any] = field(default_factory=dict)
    charset: str | None = None
    listed: Mapping[str, Any] | None = None
    note: str = ""


_AUTHORS: Final = ("नेहा चौधरी", "राकेश कुमार सिंह", "Ankita Verma", "मोहम्मद आरिफ", "Sanjay Rawat")


def pieces() -> tuple[Piece, ...]:
    """Returns one piece of every story of the press, in the order of their numbers."""
    stories = load_stories()
    return tuple(_piece(story, index, stories) for index, story in enumerate(stories))


def _piece(story: Story, index: int, stories: Sequence[Story]) -> Piece:
    more = story.more[: index % 4]
    parts = [Part("p", text) for text in story.paragraphs]
    if index % 3 == 1:
        parts.insert(len(parts) // 2, Part("h", story.alt_headlines[0]))
    if more and index % 2:
        parts.append(Part("h", story.alt_headlines[1]))
    parts += [Part("p", text) for text in more]
    others = [stories[(index + step) % len(stories)] for step in range(5, 60, 4)]
    return Piece(
        id=story.id,
        slug=story.slug,
        headline=story.headline,
        alts=story.alt_headlines,
        summary=story.summary,
        parts=tuple(parts),
        author=story.author or _AUTHORS[index % len(_AUTHORS)],
        tags=story.tags,
        section=SECTIONS[story.section],
        section_key=story.section,
        place=story.place,
        at=datetime(2024, 6, 30, 21, 14, 37, tzinfo=IST)
        - timedelta(hours=19 * (index % 17), minutes=7 * index, seconds=11 * index),
        links=tuple(other.headline for other in others),
    )


def esc(text: str) -> str:
    """Escapes text for HTML."""
    return escape(text, quote=True)
