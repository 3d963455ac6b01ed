"""Round-ups: bulletins that hold most of three stories which have nothing to do with each other.

Here belongs who bundles what. The lines that open a bulletin are in ``data/roundups.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from press.chance import below
from press.credits import desk_credit
from press.dates import BASE, IST, hindi_day
from press.desk import bundle, cuts
from press.page import Carry, Page
from press.sites import PAPERS
from press.story import Story
from press.wire import make_page

KEPT: Final = (0.80, 0.95)
"""Share of its words that a story keeps in a round-up."""
_STORIES: Final = 3
_FILE: Final = Path(__file__).parent / "data" / "roundups.yaml"


@dataclass(frozen=True, slots=True)
class Opening:
    """How one bulletin begins: its headline and its first paragraph."""

    headline: str
    intro: str


def load_openings(path: Path = _FILE) -> tuple[Opening, ...]:
    """Reads the openings; there is one for each round-up."""
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return tuple(Opening(entry["headline"], entry["intro"]) for entry in data)


def bundle_all(stories: Sequence[Story]) -> Iterator[Page]:
    """Makes the round-ups: each takes three stories of one stretch of time, no story twice."""
    openings = load_openings()
    left = sorted((s for s in stories if not s.fixed), key=lambda s: (s.published_at, s.id))
    for index, opening in enumerate(openings):
        chosen = _unrelated(left)
        if chosen is None:
            return
        left = [story for story in left if story not in chosen]
        yield _roundup(index, opening, chosen)


def _unrelated(left: Sequence[Story]) -> list[Story] | None:
    """Takes the oldest story, and the next ones that share neither section nor place with it."""
    chosen: list[Story] = []
    for story in left:
        if not cuts(story.paragraphs, *KEPT):
            continue
        if all(story.section != c.section and story.place != c.place for c in chosen):
            chosen.append(story)
        if len(chosen) == _STORIES:
            return chosen
    return None


def _roundup(index: int, opening: Opening, chosen: Sequence[Story]) -> Page:
    site = PAPERS[index % len(PAPERS)]
    newest = max(story.published_at for story in chosen)
    when = newest.astimezone(IST) + timedelta(minutes=95 + below(60, "roundup", index))
    when = min(when, BASE - timedelta(minutes=20 + index))
    day = hindi_day(when)
    parts = [(story.alt_headlines[-1], cuts(story.paragraphs, *KEPT)[-1]) for story in chosen]
    text = bundle(opening.intro.format(day=day), parts)
    first = chosen[0]
    shell = replace(
        first, slug=f"top-news-bulletin-{index + 1}", section="desh", agency=None, author=None,
        headline=opening.headline.format(day=day), summary=opening.intro.format(day=day),
        tags=tuple(dict.fromkeys(tag for story in chosen for tag in story.tags[:2])),
        edits=(), more=(), retelling=None,
    )  # fmt: skip
    page = make_page(site, shell, Carry.ROUNDUP, text, when, shell.headline)
    return replace(
        page, roots=tuple(story.id for story in chosen), credit=desk_credit(site), author=None
    )
