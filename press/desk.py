"""What a desk does to a text before it prints it: cutting, extending, bundling.

Here belong functions from paragraphs to paragraphs. Who does what to which story is decided in
`press.wire`; editing is in `press.story`, orthography in `press.orthography`.
"""

from __future__ import annotations

from collections.abc import Sequence

from press.page import Carry
from press.score import score
from press.story import Story, apply_edits

SHORTENED = (0.35, 0.60)
"""Share of the words that a shortened text keeps, from and to."""
_MARGIN = 0.03
"""Labels of pairs nearer than this to a threshold would hang on how words are counted."""


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
        sentences = _sentences(paragraph)
        for end in range(1, len(sentences) + 1):
            part = (*before, " ".join(sentences[:end]))
            if low <= word_count(part) / whole <= high:
                found.append(part)
    return found


def shorten(story: Story, others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Keeps the first 35 to 60 % of a story.

    Of the possible cuts the one is taken whose pairs with `others` keep away from the thresholds
    of likeness, so that the truth does not hang on how words are counted.

    Raises:
        ValueError: If no cut keeps that share.
    """
    possible = cuts(story.paragraphs, *SHORTENED)
    if not possible:
        raise ValueError(f"story {story.id} cannot be cut to {SHORTENED} of its words")
    return max(possible, key=lambda cut: _safety(cut, others))


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
    if carry is Carry.EDITED:
        return apply_edits(story.paragraphs, story.edits)
    if carry is Carry.SHORTENED:
        return shorten(story, others)
    if carry is Carry.EXTENDED:
        return extend(story, others)
    return story.paragraphs


def extend(story: Story, others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Appends paragraphs of the local desk: all, or one fewer if that keeps off a threshold."""
    possible = [
        story.paragraphs + story.more[:count]
        for count in range(max(1, len(story.more) - 1), len(story.more) + 1)
    ]
    return max(possible, key=lambda text: _safety(text, others))


def _safety(text: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> float:
    margin = min((score(text, other).margin for other in others), default=1.0)
    # Beyond the margin all are as good; the first of them wins.
    return min(margin, _MARGIN)


def _sentences(paragraph: str) -> list[str]:
    marked = paragraph.replace("। ", "।\n").replace("।” ", "।”\n").replace('।" ', '।"\n')
    return marked.split("\n")
