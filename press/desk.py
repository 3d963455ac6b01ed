"""What a desk does to a text before it prints it: cutting, extending, bundling.

Here belong functions from paragraphs to paragraphs. Who does what to which story is decided in
`press.wire`; editing is in `press.story`, orthography in `press.orthography`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from press.chance import choose
from press.page import Carry
from press.score import score
from press.story import Story, apply_edits

SHORTENED: Final = (0.35, 0.60)
"""Share of the words that a shortened text keeps, from and to."""
_MARGIN: Final = 0.03
"""Labels of pairs nearer than this to a threshold would hang on how words are counted."""
_CLOSING: Final = "”’\"')"
_ABBREVIATIONS: Final = frozenset({"डॉ", "प्रो", "पं", "मो", "स्व", "ले", "सं", "हि", "स", "एम", "बी"})


def word_count(paragraphs: Sequence[str]) -> int:
    """Returns the number of words between white space."""
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def cuts(paragraphs: tuple[str, ...], low: float, high: float) -> list[tuple[str, ...]]:
    """Returns the beginnings of a text that keep from `low` to `high` of its words.

    They end with a paragraph or, where that gives too few, with a sentence. Shortest first.
    """
    whole = word_count(paragraphs)
    found: list[tuple[str, ...]] = []
    for index, paragraph in enumerate(paragraphs):
        before = paragraphs[:index]
        parts = sentences(paragraph)
        for end in range(1, len(parts) + 1):
            part = (*before, " ".join(parts[:end]))
            if low <= word_count(part) / whole <= high:
                found.append(part)
    return found


def shorten(story: Story, others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Keeps the first 35 to 60 % of a story.

    Of the cuts whose pairs with `others` keep away from the thresholds of likeness one is taken,
    so that the truth does not hang on how words are counted.

    Raises:
        ValueError: If no cut keeps that share.
    """
    possible = cuts(story.paragraphs, *SHORTENED)
    if not possible:
        raise ValueError(f"story {story.id} cannot be cut to {SHORTENED} of its words")
    return _one_of_the_safest(possible, others, story.id, "shorten")


def extend(story: Story, others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Appends two or more paragraphs of the local desk, with the same care for `others`."""
    possible = [
        story.paragraphs + story.more[:count]
        for count in range(min(2, len(story.more)), len(story.more) + 1)
    ]
    return _one_of_the_safest(possible, others, story.id, "extend")


def _one_of_the_safest(
    possible: Sequence[tuple[str, ...]], others: Sequence[tuple[str, ...]], *key: str
) -> tuple[str, ...]:
    # Beyond the margin all are as good.
    safety = [min([_MARGIN, *(score(text, other).margin for other in others)]) for text in possible]
    best = max(safety)
    return choose([t for t, safe in zip(possible, safety, strict=True) if safe == best], *key)


def bundle(intro: str, parts: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """Makes a round-up: an introduction, then each story under a line of its own."""
    paragraphs = [intro]
    for line, text in parts:
        paragraphs += [line, *text]
    return tuple(paragraphs)


def carried_text(story: Story, carry: Carry, others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Returns the text of a story as a site that carries it in this way has it.

    Args:
        story: The story.
        carry: One of the ways that take one story; not `Carry.ROUNDUP`.
        others: Texts of the pages that have the story already.
    """
    edited = apply_edits(story.paragraphs, story.edits)
    if carry is Carry.EDITED:
        return edited
    # The edited text counts in any case: it may come later, and cannot give way.
    if carry is Carry.SHORTENED:
        return shorten(story, [*others, edited])
    if carry is Carry.EXTENDED:
        return extend(story, [*others, edited])
    return story.paragraphs


def sentences(paragraph: str) -> list[str]:
    """Splits a paragraph after dandas, question marks and full stops that end a sentence."""
    made: list[str] = []
    begun: list[str] = []
    for word in paragraph.split():
        begun.append(word)
        if _ends_sentence(word):
            made.append(" ".join(begun))
            begun = []
    return [*made, " ".join(begun)] if begun else made


def _ends_sentence(word: str) -> bool:
    bare = word.rstrip(_CLOSING)
    if bare.endswith("."):
        # Not after initials, titles and numbers.
        return bare[:-1] not in _ABBREVIATIONS and not bare[:-1].isascii()
    return bare.endswith(("।", "?", "!"))
