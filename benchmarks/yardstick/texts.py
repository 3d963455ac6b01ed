"""The texts that the yardstick is made from.

Here belong the shape of a text and reading what was written: stories and retellings of the press,
and the twins and sequels in ``data/``. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from press.chance import below
from press.score import words
from press.story import Story, load_stories

DATA: Final = Path(__file__).parent / "data"
FOLLOW_UP_DAYS: Final = 3
"""A sequel so many days after the story at most is about the same event."""


@dataclass(frozen=True, slots=True)
class Text:
    """One article of the yardstick.

    Attributes:
        id: Its name; says how it was made.
        story: Id of the press story whose affair it tells; of a series, the template's.
        base: Id of the text that it was made from; its own where it was written.
        how: ``written`` or the kind of change.
        section: Section of the story.
        source: Id of the source that published it.
        at: When it was published.
        headline: As printed.
        paragraphs: The clean text.
        shown: The text as extracted from a page, debris included.
    """

    id: str
    story: str
    base: str
    how: str
    section: str
    source: str
    at: datetime
    headline: str
    paragraphs: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def word_count(self) -> int:
        """Words of the clean text."""
        return len(words(" ".join(self.paragraphs)))


def read(name: str) -> Any:  # noqa: ANN401 - what a YAML file holds
    """Reads a file of ``data/``."""
    return YAML(typ="safe").load((DATA / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def stories() -> Mapping[str, Story]:
    """The stories of the press by id."""
    return {story.id: story for story in load_stories()}


def written() -> Iterator[Text]:
    """Every text that a person wrote: stories, retellings, twins and sequels."""
    for story in stories().values():
        yield _text(story, "story", story.published_at, story.headline, story.paragraphs)
        if story.retelling:
            when = story.published_at + timedelta(minutes=35 + below(180, story.id, "retold"))
            told = story.retelling
            yield _text(story, "event", when, told.headline, told.paragraphs)
    for entry in read("twins.yaml"):
        story = stories()[entry["story"]]
        when = story.published_at + timedelta(minutes=5 + below(50, story.id, "twin"))
        yield _text(story, "twin", when, entry["headline"], tuple(entry["paragraphs"]))
    for entry in read("sequels.yaml"):
        story, days = stories()[entry["story"]], int(entry["days"])
        when = story.published_at + timedelta(days=days, minutes=below(300, story.id, days))
        how = "followup" if days <= FOLLOW_UP_DAYS else "sequel"
        yield _text(story, how, when, entry["headline"], tuple(entry["paragraphs"]))


def _text(
    story: Story, how: str, when: datetime, headline: str, paragraphs: tuple[str, ...]
) -> Text:
    name = f"{story.id}-{how}"
    return Text(
        name, story.id, name, "written", story.section, source(name), when, headline,
        paragraphs, paragraphs,
    )  # fmt: skip


def source(name: str) -> str:
    """The source that publishes a text: one of twenty, by its name."""
    return f"paper-{below(20, name, 'source'):02d}"
