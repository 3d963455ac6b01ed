"""A story as its reporter filed it, and the folder of YAML files that stories are read from.

Here belongs reading and checking what the writers wrote. What the sites make of a story is told
in `press.wire`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from press.dates import IST, story_time

STORIES: Final = Path(__file__).parent / "data" / "stories"
SECTIONS: Final = {
    "desh": "देश",
    "rajya": "राज्य",
    "duniya": "दुनिया",
    "khel": "खेल",
    "karobar": "कारोबार",
    "manoranjan": "मनोरंजन",
    "vigyan": "विज्ञान",
    "shiksha": "शिक्षा",
    "swasthya": "स्वास्थ्य",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """A light edit that a desk makes: `old` occurs once in the text and becomes `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Retelling:
    """The same event told anew by another reporter, in other sentences."""

    headline: str
    author: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One story. All text is in NFC.

    Attributes:
        id: Number of the file, such as ``001``.
        slug: ASCII words for URLs.
        section: A key of `SECTIONS`.
        agency: Id of the agency that filed it; None for a site's own report.
        author: The reporter's name; None for agency copy.
        place: Place of the dateline.
        published_at: When it was first published, with its time zone.
        fixed: Whether `published_at` was given as an absolute time in the file.
        site: The look of the site that publishes it first; None leaves that to the plan.
        alt_headlines: Three other headlines.
        more: What a local desk appends.
        edits: What a local desk changes.
    """

    id: str
    slug: str
    section: str
    agency: str | None
    author: str | None
    place: str
    published_at: datetime
    fixed: bool
    headline: str
    alt_headlines: tuple[str, ...]
    summary: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    more: tuple[str, ...]
    edits: tuple[Edit, ...]
    retelling: Retelling | None = None
    site: str | None = None


def apply_edits(paragraphs: tuple[str, ...], edits: tuple[Edit, ...]) -> tuple[str, ...]:
    """Makes all `edits` at once.

    Raises:
        ValueError: If an edit's `old` does not occur exactly once, or two edits overlap.
    """
    joint = "\n\n"
    text = joint.join(paragraphs)
    spans: list[tuple[int, int, str]] = []
    for edit in edits:
        found = [m.start() for m in re.finditer(_whole_words(edit.old), text)]
        if len(found) != 1:
            raise ValueError(f"{edit.old!r} occurs {len(found)} times, not once")
        spans.append((found[0], found[0] + len(edit.old), edit.new))
    spans.sort()
    for (_, end, _), (start, _, new) in pairwise(spans):
        if start < end:
            raise ValueError(f"the edit to {new!r} overlaps the one before it")
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return tuple(text.split(joint))


def _whole_words(phrase: str) -> str:
    # A match must not begin or end inside a word: Devanagari letters and marks on either side.
    letter = r"[0-9A-Za-z\u0900-\u0963\u0966-\u097f]"
    return f"(?<!{letter}){re.escape(phrase)}(?!{letter})"


def load_stories(folder: Path = STORIES) -> tuple[Story, ...]:
    """Reads all ``*.yaml`` files of a folder, in the order of their names.

    Raises:
        ValueError: If a file is not a story; the message names the file and what is wrong.
    """
    yaml = YAML(typ="safe")
    stories = []
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.load(path.read_text(encoding="utf-8"))
        try:
            stories.append(parse_story(data))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}: {error!r}") from error
    seen: set[str] = set()
    for story in stories:
        if story.id in seen:
            raise ValueError(f"two stories have the id {story.id}")
        seen.add(story.id)
    return tuple(stories)


def parse_story(data: Mapping[str, Any]) -> Story:
    """Makes a story of what a YAML file holds.

    Raises:
        KeyError: If a field is missing.
        ValueError: If a field is not as it must be.
    """
    paragraphs = _texts(data["paragraphs"])
    edits = tuple(Edit(_nfc(e["old"]), _nfc(e["new"])) for e in data.get("edits") or ())
    apply_edits(paragraphs, edits)
    if data["section"] not in SECTIONS:
        raise ValueError(f"section is {data['section']!r}, not one of {', '.join(SECTIONS)}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", data["slug"]):
        raise ValueError(f"slug is {data['slug']!r}: lower-case ASCII words, hyphens between them")
    return Story(
        id=str(data["id"]),
        slug=data["slug"],
        section=data["section"],
        agency=data["agency"],
        author=_nfc(data["author"]) if data["author"] else None,
        place=_nfc(data["place"]),
        published_at=_when(data),
        fixed=bool(data.get("published_at")),
        headline=_nfc(data["headline"]),
        alt_headlines=_texts(data["alt_headlines"]),
        summary=_nfc(data["summary"]),
        tags=_texts(data["tags"]),
        paragraphs=paragraphs,
        more=_texts(data.get("more") or ()),
        edits=edits,
        retelling=_retelling(data.get("retelling")),
        site=data.get("site"),
    )


def _when(data: Mapping[str, Any]) -> datetime:
    given = data.get("published_at")
    if not given:
        return story_time(int(data["days_before"]), str(data["time"]))
    when = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    if when.tzinfo is None:
        raise ValueError(f"published_at is {given!r}: its time zone is missing")
    return when.astimezone(IST)


def _retelling(data: Mapping[str, Any] | None) -> Retelling | None:
    if not data:
        return None
    return Retelling(_nfc(data["headline"]), _nfc(data["author"]), _texts(data["paragraphs"]))


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(_nfc(value) for value in values)


def _nfc(text: object) -> str:
    # Runs of white space come from folded YAML lines.
    return unicodedata.normalize("NFC", " ".join(str(text).split()))
