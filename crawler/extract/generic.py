"""Outline -> body: finds the article in a page that says nothing about itself.

Each block gets a weight: words that read like prose count for it, words in links, menus and
debris against it. The element whose blocks weigh most is the container; inside of it the
heaviest unbroken stretch holds the body. Here belongs finding that stretch. Not here: the weight
of one block (`weigh`), the edges of the body (`edges`), and tidying it up (`tidy`).
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from crawler.extract import debris, lists, next_story, weigh
from crawler.extract.body import Body, Judged
from crawler.extract.debris_rules import Effect
from crawler.extract.edges import find_edges
from crawler.extract.outline import Outline
from crawler.extract.tidy import paragraphs, tidy

# An element named as debris is believed unless so much of the page's prose stands in it.
_DEBRIS_SHARE: Final = 0.4


def find_body(page: Outline, headline: str, standfirst: str | None) -> Body | None:
    """Finds the body.

    Args:
        page: The outline. Its blocks are marked as debris where their elements are.
        headline: The headline, which is not part of the body.
        standfirst: Description from the head of the page: a heading that repeats it is no part
            of the body either.

    Returns:
        The body, or None if no block reads like prose.
    """
    if not page.blocks:
        return None
    judged = _judge(page, headline, standfirst)
    start, end = _container(page, judged.weights)
    own = next_story.own_story(judged)
    if own is not None and end > own[1]:
        start, end = own
    start, end = _heaviest_stretch(judged.weights, start, end)
    if start >= end:
        return None
    start, end = find_edges(judged, start, end)
    kept = tidy(judged, start, end)
    if not kept:
        return None
    return Body(
        paragraphs=paragraphs(page, kept),
        first=kept[0],
        last=kept[-1] + 1,
        prose=sum([max(judged.weights[index], 0.0) for index in kept]),
    )


def _judge(page: Outline, headline: str, standfirst: str | None) -> Judged:
    """Weighs the blocks."""
    blocks = page.blocks
    plain = weigh.prose_of(blocks)
    _mark_debris(page, plain)
    # A heading in an element that is named as debris ("Comments") may still end the article.
    rules = debris.match_all(
        [block.text for block in blocks],
        [0 if (b.debris and not b.heading) or weigh.is_link(b) else b.size for b in blocks],
    )
    for index, rule in enumerate(rules):
        # "विषय" heads a column of a table of exams as it heads a list of tags.
        if rule and rule.effect is Effect.END and lists.is_cell_of_row(page, index):
            rules[index] = None
    weights = [
        weigh.cost(block) if block.debris or rule else prose or weigh.shortfall(block)
        for block, prose, rule in zip(blocks, plain, rules, strict=True)
    ]
    return Judged(page, rules, weights, headline, standfirst)


def _mark_debris(page: Outline, prose: list[float]) -> None:
    """Marks the blocks in elements that are named as debris, if the name can be believed."""
    sums = [0.0, *accumulate(prose)]
    limit = sums[-1] * _DEBRIS_SHARE
    done = 0
    elements = page.elements
    for element in elements.debris:
        first, last = elements.first[element], elements.last[element]
        if last <= done or sums[last] - sums[first] > limit:
            continue
        for block in page.blocks[max(first, done) : last]:
            block.debris = True
        done = last


def _container(page: Outline, weights: list[float]) -> tuple[int, int]:
    """Range of the blocks of the heaviest element; among equals the innermost."""
    sums = [0.0, *accumulate(weights)]
    first, last = page.elements.first, page.elements.last
    totals = [sums[b] - sums[a] for a, b in zip(first, last, strict=True)]
    heaviest = max(totals)
    best = len(totals) - 1 - totals[::-1].index(heaviest)
    return first[best], last[best]


def _heaviest_stretch(weights: list[float], start: int, end: int) -> tuple[int, int]:
    """The unbroken range with the greatest sum of weights (Kadane's algorithm)."""
    best = total = 0.0
    best_range = (start, start)
    begin = start
    for index in range(start, end):
        total += weights[index]
        if total <= 0.0:
            total, begin = 0.0, index + 1
        elif total > best:
            best, best_range = total, (begin, index + 1)
    return best_range
