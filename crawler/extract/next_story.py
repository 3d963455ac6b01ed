"""Where the next story begins, on pages that go on with other stories below their own.

Here belongs telling a second article with a headline of its own from a section of the first. Not
here: boxes that link to other stories (`debris_rules`, `names`).
"""

from __future__ import annotations

from typing import Final

from crawler.extract.body import Judged
from crawler.extract.normal import same_line

_FIRST_HEADING: Final = "h1"
_MIN_HEADLINE_WORDS: Final = 4
_MIN_WORDS: Final = 20
# Byline and date stand so close to a headline.
_SIGNED_WITHIN: Final = 5
_HEAD_RULES: Final = frozenset({"byline", "stamp"})


def own_story(judged: Judged) -> tuple[int, int] | None:
    """Finds the blocks of the page's own story, where others follow it as whole articles.

    A theme that loads the next story when the reader has come to the end of one, or a server that
    writes them into one page, repeats the same elements: a box with a headline, a byline or date,
    and paragraphs. A heading of the first order inside of an article has no box beside that of
    the headline, or nobody's name and no date.

    Returns:
        Index of the first block and of that after the last; None if there is one story.
    """
    blocks = judged.blocks
    tops = [at for at in judged.page.headings if blocks[at].kind == _FIRST_HEADING]
    if len(tops) < 2:
        return None
    at = next((at for at in tops if same_line(blocks[at].text, judged.headline)), None)
    if at is None:
        return None
    for other in tops:
        if other > at and blocks[other].size >= _MIN_HEADLINE_WORDS:
            box = _box_of_other(judged, at, other)
            if box is not None:
                return at, box
    return None


def _box_of_other(judged: Judged, at: int, other: int) -> int | None:
    """The first block of the box of another story; None if both headings are of one story."""
    if same_line(judged.blocks[other].text, judged.headline) or not _is_signed(judged, other):
        return None
    elements = judged.page.elements
    ours, theirs = _path(judged, at), _path(judged, other)
    shared = sum(1 for one, two in zip(ours, theirs, strict=False) if one == two)
    if shared in {len(ours), len(theirs)} or len(ours) != len(theirs):
        return None
    mine, box = ours[shared], theirs[shared]
    if judged.prose(at, elements.last[mine]) < _MIN_WORDS:
        return None
    if judged.prose(other, elements.last[box]) < _MIN_WORDS:
        return None
    return elements.first[box]


def _path(judged: Judged, index: int) -> list[int]:
    """The elements round a block, from the body inwards."""
    element, parents = judged.blocks[index].element, judged.page.elements.parent
    path: list[int] = []
    while element >= 0:
        path.append(element)
        element = parents[element]
    return path[::-1]


def _is_signed(judged: Judged, index: int) -> bool:
    """Whether a byline or a date stands right below a heading, or above it."""
    page, near = judged.page, range(index - 1, index + _SIGNED_WITHIN)
    if any(mark.at in near and mark.text for mark in (*page.dates, *page.bylines)):
        return True
    rules = judged.rules[max(index - 1, 0) : index + _SIGNED_WITHIN]
    return any(rule is not None and rule.name in _HEAD_RULES for rule in rules)
