"""Where a body begins and ends inside of the stretch of blocks that holds it.

Here belongs moving the edges: behind headline, byline and standfirst, before a foot section, and
out to a short first or last line. Not here: finding the stretch (`generic`), and single blocks
inside of it (`tidy`).
"""

from __future__ import annotations

import re
from typing import Final

from crawler.extract import lists
from crawler.extract.body import Judged
from crawler.extract.debris_rules import Effect
from crawler.extract.normal import same_line
from crawler.extract.outline import Mark

FOOT_SHARE: Final = 0.35
"""A part at the edge that has no more than this share of the prose may be something else."""
_STANDFIRST_WORDS: Final = 100
_STANDFIRST_DEPTH: Final = 3
_MAX_BYLINE_WORDS: Final = 24
# The name of a part stands above the text where it stands above the standfirst too.
_HEAD_RULES: Final = frozenset({"byline", "stamp", "part_label"})
_MAX_CLOSING_WORDS: Final = 12
_MAX_DATES: Final = 3
_DIGITS: Final = re.compile(r"[\d०-९]+")
# The button of the last post stands behind its prose.
_BEHIND: Final = 3
# Of the prose behind a button, in one element: paragraphs of one text, no readers' comments.
_MOST: Final = 0.6
# What stands above comments is an article by itself.
_LEAST_WORDS: Final = 40


def find_edges(judged: Judged, start: int, end: int) -> tuple[int, int]:
    """Moves the edges of a stretch of blocks to those of the body.

    Args:
        judged: The page.
        start: Index of the first block.
        end: Index after the last.

    Returns:
        Start and end of the body.
    """
    start = _skip_head(judged, start, end)
    start = _skip_standfirst(judged, start, end)
    end = cut_foot(judged, start, end)
    end = _widen(judged, start, end)
    return start, lists.end_of_list(judged, end) if start < end else end


def _skip_head(judged: Judged, start: int, end: int) -> int:
    """Moves the start behind the headline and the byline.

    What reads like prose above a byline is a standfirst, if it is short beside the rest.
    """
    page, headline = judged.page, judged.headline
    marks = [mark for mark in page.dates if mark.text and start <= mark.at < end]
    dates = [] if _are_posts(judged, marks, end) else [mark.at for mark in marks]
    # An article has a date or two; where each part has one, they are those of a live blog's posts.
    signed = {mark.at for mark in page.bylines if mark.text}
    signed.update(dates if len(set(dates)) <= _MAX_DATES else ())
    limit = min(_STANDFIRST_WORDS, judged.prose(start, end) * FOOT_SHARE)
    upper = min(start + max((end - start) // 3, 2), end)
    for index in range(upper - 1, start - 1, -1):
        block, rule = page.blocks[index], judged.rules[index]
        if headline and block.kind in {"h1", "h2"} and same_line(block.text, headline):
            return index + 1
        byline = (rule is not None and rule.name in _HEAD_RULES) or (
            index in signed and judged.weights[index] <= 0 and block.size <= _MAX_BYLINE_WORDS
        )
        if byline and judged.prose(start, index) <= limit:
            return index + 1
    return start


def _are_posts(judged: Judged, marks: list[Mark], end: int) -> bool:
    """Whether elements of one name part the text, each with another time: posts of a live blog."""
    if len(marks) < 2:
        return False
    times: dict[str, list[Mark]] = {}
    for mark in marks:
        times.setdefault(mark.name, []).append(mark)
    for named in times.values():
        ends = [*(mark.at for mark in named[1:]), end]
        parts = sum(judged.prose(m.at, e) > 0 for m, e in zip(named, ends, strict=True))
        if parts > 1 and len({mark.text for mark in named}) > 1:
            return True
    return False


def _skip_standfirst(judged: Judged, start: int, end: int) -> int:
    """Moves the start behind prose in an element that names itself as a summary."""
    elements = judged.page.elements
    first = next((i for i in range(start, end) if judged.weights[i] > 0), None)
    if first is None or not elements.standfirst:
        return start
    limit = min(_STANDFIRST_WORDS, judged.prose(start, end) * FOOT_SHARE)
    index = judged.blocks[first].element
    for _ in range(_STANDFIRST_DEPTH):
        last = elements.last[index]
        if index in elements.standfirst and last < end:
            return last if judged.prose(start, last) <= limit else start
        index = elements.parent[index]
        if index < 0:
            break
    return start


def cut_foot(judged: Judged, start: int, end: int) -> int:
    """The end of a stretch, or the heading of a foot section in it."""
    before, counted = 0.0, start
    whole: float | None = None
    for index in range(start, end):
        rule = judged.rules[index]
        if rule is None or rule.effect is Effect.DROP:
            continue
        whole = judged.prose(start, end) if whole is None else whole
        before, counted = before + judged.prose(counted, index), index
        if before <= 0:
            continue
        if rule.effect is Effect.STOP:
            if not _goes_on(judged, start, index, end):
                return index
        elif whole - before <= before * FOOT_SHARE:
            return index
    return end


def _goes_on(judged: Judged, start: int, index: int, end: int) -> bool:
    """Whether the article goes on behind a line that speaks of readers' comments.

    A counter or a button stands below the standfirst, in a bar between two paragraphs, or at each
    post of a live blog. Behind the heading of comments readers have the word, each in a box.
    """
    block = judged.blocks[index]
    line = _DIGITS.sub("", block.text)
    for other in range(index + 1, min(end + _BEHIND, len(judged.blocks))):
        if (
            judged.rules[other] is judged.rules[index]
            and _DIGITS.sub("", judged.blocks[other].text) == line
            and judged.prose(index, other) > 0
        ):
            return True
    before, after = judged.boxes(start, index), judged.boxes(index + 1, end)
    if not after:
        return False
    above, below = before.total(), after.total()
    home, _ = before.most_common(1)[0]
    box, most = after.most_common(1)[0]
    if most < below * _MOST:
        return False
    if above < _LEAST_WORDS and below > above:
        return True
    if block.heading and judged.box(index) in {home, box}:
        return False
    return below > (above * FOOT_SHARE if box == home else above)


def _widen(judged: Judged, start: int, end: int) -> int:
    """The end with the short lines that follow in the same box, such as a credit "(भाषा)"."""
    blocks = judged.blocks
    while start < end < len(blocks):
        block, last = blocks[end], blocks[end - 1]
        beside = block.kind == last.kind == "p" and block.element == last.element + 1
        if not beside and block.element != last.element:
            break
        if block.debris or judged.rules[end] or block.linked or block.bold:
            break
        if block.size > _MAX_CLOSING_WORDS:
            break
        end += 1
    return end
