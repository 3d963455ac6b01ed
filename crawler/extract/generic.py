"""Outline -> body: finds the article in a page that says nothing about itself.

Each block gets a weight: words that read like prose count for it, words in links, menus and
debris against it. The element whose blocks weigh most is the container; inside of it the
heaviest unbroken stretch is the body, and rules about single blocks tidy it up. Here belongs
choosing among blocks. Not here: what a block is (`outline`) and what debris looks like
(`debris`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from crawler.extract import debris, normal
from crawler.extract.debris import Effect
from crawler.extract.outline import Block, Outline

# A block is prose from this many words on even without a full stop at its end. Menus, headlines of
# other stories and captions in Hindi stay below.
_LONG_WORDS: Final = 25
_PROSE_WORDS: Final = 8
_SENTENCE_END: Final = re.compile(r"[।॥.!?…:][\s\"'”’»)\]]*$")
_INNER_END: Final = re.compile(r"[।!?]|[.](?=\s)")
# What a block of menu, links or debris costs: a fixed part, so that many short ones outweigh a
# sentence, and a part of its words, with a ceiling, so that one long list cannot sink an article
# that it stands in.
_COST: Final = 2.0
_COST_PER_WORD: Final = 0.4
_MAX_COST: Final = 12.0
_SHORT_COST: Final = 1.0
# An element named as debris is believed unless so much of the page's prose stands in it.
_DEBRIS_SHARE: Final = 0.4
# A foot section is cut off if what follows its heading has no more than this share of the prose.
_FOOT_SHARE: Final = 0.35
# Where this share of the prose stands in <p>, other short pieces between are captions and boxes.
_PARAGRAPH_SHARE: Final = 0.6
# Of a block on average; code and encoded data have longer words than any language.
_MAX_WORD_CHARS: Final = 40
_MIXED_LINK_SHARE: Final = 0.5
_STANDFIRST_WORDS: Final = 100
_STANDFIRST_DEPTH: Final = 3
_MAX_BYLINE_WORDS: Final = 24
_HEAD_RULES: Final = frozenset({"byline", "stamp"})
_MAX_HEADING_WORDS: Final = 20
_SCRIPT_SAMPLE_CHARS: Final = 20_000
_LATIN_SHARE: Final = 0.35
_NOTHING_BUT_MARKS: Final = re.compile(r"[^\w\u0900-\u097f]*")


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an article as it lies in the outline.

    Attributes:
        paragraphs: Its text, subheadings among it, in order.
        first: Index of its first block; the headline and byline lie before it.
        last: Index after its last block.
        prose: Words of prose in it.
    """

    paragraphs: tuple[str, ...]
    first: int
    last: int
    prose: float


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
    blocks = page.blocks
    if not blocks:
        return None
    latin = _is_latin(blocks)
    plain = [_prose(block, latin=latin) for block in blocks]
    _mark_debris(page, plain)
    rules = [None if b.debris or _is_link(b) else debris.match(b.text, b.size) for b in blocks]
    weights = [
        _cost(block) if block.debris or rule else prose or _shortfall(block)
        for block, prose, rule in zip(blocks, plain, rules, strict=True)
    ]
    start, end = _container(page, weights)
    start, end = _heaviest_stretch(weights, start, end)
    if start >= end:
        return None
    signed = {mark.at for mark in (*page.bylines, *page.dates) if mark.text}
    start = _skip_head(blocks, rules, weights, start, end, headline, signed)
    start = _skip_standfirst(page, weights, start, end)
    end = _cut_foot(rules, weights, start, end)
    start, end = _widen(blocks, rules, start, end)
    kept = _tidy(blocks, rules, weights, range(start, end), headline, standfirst)
    if not kept:
        return None
    return Body(
        paragraphs=tuple(_paragraphs(blocks, kept)),
        first=kept[0],
        last=kept[-1] + 1,
        prose=sum(max(weights[i], 0.0) for i in kept),
    )


def _is_latin(blocks: list[Block]) -> bool:
    """Whether the page's own words are in Latin letters: then those count as prose."""
    own = (b for b in blocks if b.size >= _PROSE_WORDS and b.linked <= b.size * _MIXED_LINK_SHARE)
    sample = " ".join(b.text for b in own if not b.heading)
    return normal.script_share(sample[:_SCRIPT_SAMPLE_CHARS]) < _LATIN_SHARE


def _prose(block: Block, *, latin: bool) -> float:
    """Words of prose in a block; 0.0 if it does not read like prose."""
    own = block.size - block.linked
    if block.linked > block.size * _MIXED_LINK_SHARE or block.heading:
        return 0.0
    if len(block.text) > _MAX_WORD_CHARS * block.size:
        return 0.0
    ends = bool(_SENTENCE_END.search(block.text[-8:]))
    if block.size < _PROSE_WORDS:
        # A last line such as "उन्होंने इनकार किया।" is prose, a menu item is not.
        if not ends or block.size < 3 or block.kind != "p":
            return 0.0
    elif (
        not ends
        and block.size < _LONG_WORDS
        and not (block.size >= 12 and (block.kind == "p" or _INNER_END.search(block.text)))
    ):
        return 0.0
    if not latin and normal.script_share(block.text) < 0.3:
        return 0.0
    return float(own)


def _is_link(block: Block) -> bool:
    """Whether a block is an item of a list of links: no rule need look at it."""
    return block.kind == "li" and block.linked == block.size


def _cost(block: Block) -> float:
    return -min(_COST + _COST_PER_WORD * block.size, _MAX_COST)


def _shortfall(block: Block) -> float:
    """Weight of what is neither prose nor debris: links cost, a subheading next to nothing."""
    if block.linked > block.size * _MIXED_LINK_SHARE:
        return _cost(block)
    return -_SHORT_COST / 2 if block.heading or block.kind == "p" else -_SHORT_COST


def _mark_debris(page: Outline, prose: list[float]) -> None:
    """Marks the blocks in elements that are named as debris, if the name can be believed."""
    sums = [0.0, *accumulate(prose)]
    limit = sums[-1] * _DEBRIS_SHARE
    done = 0
    for element in page.elements:
        if not element.debris or element.last <= done:
            continue
        if sums[element.last] - sums[element.first] > limit:
            continue
        for index in range(max(element.first, done), element.last):
            page.blocks[index].debris = True
        done = element.last


def _container(page: Outline, weights: list[float]) -> tuple[int, int]:
    """Range of the blocks of the heaviest element; of equals the innermost."""
    sums = [0.0, *accumulate(weights)]
    best = max(
        range(len(page.elements)),
        key=lambda i: (sums[page.elements[i].last] - sums[page.elements[i].first], i),
    )
    return page.elements[best].first, page.elements[best].last


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


def _skip_head(
    blocks: list[Block],
    rules: list[debris.Rule | None],
    weights: list[float],
    start: int,
    end: int,
    headline: str,
    signed: set[int],
) -> int:
    """Moves the start behind the headline and the byline.

    What reads like prose above a byline is a standfirst, if it is short beside the rest.
    `signed` has the blocks that call themselves a date or a byline.
    """
    upper = start + max((end - start) // 3, 2)
    prose = [0.0, *accumulate(max(w, 0.0) for w in weights[start:end])]
    for index in range(min(upper, end) - 1, start - 1, -1):
        block, rule, above = blocks[index], rules[index], prose[index - start]
        if headline and block.kind in {"h1", "h2"} and same_line(block.text, headline):
            return index + 1
        byline = (rule is not None and rule.name in _HEAD_RULES) or (
            index in signed and weights[index] <= 0 and block.size <= _MAX_BYLINE_WORDS
        )
        if byline and above <= min(_STANDFIRST_WORDS, prose[-1] * _FOOT_SHARE):
            return index + 1
    return start


def _skip_standfirst(page: Outline, weights: list[float], start: int, end: int) -> int:
    """Moves the start behind prose in an element that names itself as a summary."""
    first = next((i for i in range(start, end) if weights[i] > 0), end)
    if first >= end:
        return start
    index = page.blocks[first].element
    for _ in range(_STANDFIRST_DEPTH):
        element = page.elements[index]
        if element.standfirst and element.last < end:
            inside = sum(max(w, 0.0) for w in weights[start : element.last])
            whole = sum(max(w, 0.0) for w in weights[start:end])
            if inside <= min(_STANDFIRST_WORDS, whole * _FOOT_SHARE):
                return element.last
        index = element.parent
        if index < 0:
            break
    return start


def _cut_foot(rules: list[debris.Rule | None], weights: list[float], start: int, end: int) -> int:
    """Cuts at the heading of a foot section."""
    prose = [0.0, *accumulate(max(w, 0.0) for w in weights[start:end])]
    for index in range(start, end):
        rule = rules[index]
        if rule is None or rule.effect is Effect.DROP:
            continue
        before = prose[index - start]
        after = prose[-1] - before
        if before > 0 and (rule.effect is Effect.STOP or after <= before * _FOOT_SHARE):
            return index
    return end


def _widen(
    blocks: list[Block], rules: list[debris.Rule | None], start: int, end: int
) -> tuple[int, int]:
    """Takes in short paragraphs at the edges: a first line, or a credit such as "(भाषा)"."""
    element = blocks[end - 1].element
    parent = blocks[end - 1].kind
    while end < len(blocks) and end - start < len(blocks):
        block = blocks[end]
        near = block.kind == parent == "p" and not block.debris and rules[end] is None
        if not near or block.linked or block.bold or block.element < element or block.size > 12:
            break
        if abs(block.element - blocks[end - 1].element) > 1:
            break
        end += 1
    return start, end


def _tidy(
    blocks: list[Block],
    rules: list[debris.Rule | None],
    weights: list[float],
    span: range,
    headline: str,
    standfirst: str | None,
) -> list[int]:
    """Indexes of the blocks that stay."""
    total = sum(max(weights[i], 0.0) for i in span)
    in_p = sum(max(weights[i], 0.0) for i in span if blocks[i].kind == "p")
    paragraphs_only = in_p >= total * _PARAGRAPH_SHARE
    kept: list[int] = []
    for index in span:
        block = blocks[index]
        if block.debris or rules[index] or not _stays(block, weights[index], paragraphs_only):
            continue
        if headline and same_line(block.text, headline):
            continue
        if standfirst and block.heading and same_line(block.text, standfirst):
            continue
        kept.append(index)
    while kept and _is_heading(blocks[kept[-1]], weights[kept[-1]]):
        kept.pop()
    # A heading that another heading follows stands over something that was dropped.
    return [
        index
        for place, index in enumerate(kept)
        if not (
            blocks[index].heading
            and place + 1 < len(kept)
            and blocks[kept[place + 1]].heading
            and blocks[kept[place + 1]].kind <= blocks[index].kind
        )
    ]


def _stays(block: Block, weight: float, paragraphs_only: bool) -> bool:
    if weight > 0:
        return True
    if _NOTHING_BUT_MARKS.fullmatch(block.text):
        return False
    if block.heading:
        return block.size <= _MAX_HEADING_WORDS and not block.linked
    if block.linked > block.size * _MIXED_LINK_SHARE:
        return False
    return block.kind == "p" or not paragraphs_only


def _is_heading(block: Block, weight: float) -> bool:
    return block.heading or (block.bold and weight <= 0 and not _SENTENCE_END.search(block.text))


def _paragraphs(blocks: list[Block], kept: list[int]) -> list[str]:
    paragraphs = []
    for index in kept:
        text = debris.trim(blocks[index].text)
        if text:
            paragraphs.append(text)
    return paragraphs


def same_line(one: str, other: str) -> bool:
    """Whether two lines say the same, but for typography."""
    if abs(len(one) - len(other)) > max(len(one), len(other)) // 3 + 3:
        return False
    return normal.body_key(one) == normal.body_key(other)


def from_text(text: str, headline: str) -> Body | None:
    """A body from plain text, such as the articleBody of JSON-LD.

    Args:
        text: The text; line breaks part paragraphs.
        headline: The headline, which is not part of the body.

    Returns:
        The body with debris dropped, its `first` and `last` 0, or None if nothing is left.
    """
    page = Outline()
    for piece in re.split(r"\s*\n\s*|(?:<br\s*/?>|</p>)+", text):
        line = normal.line(re.sub(r"<[^<>]{1,200}>", " ", piece))
        if line:
            page.blocks.append(Block(line, "p", 0, len(line.split()), 0, bold=False))
    rules = [debris.match(b.text, b.size) for b in page.blocks]
    end = _cut_foot(rules, [float(b.size) for b in page.blocks], 0, len(rules))
    kept = [
        i for i in range(end) if rules[i] is None and not same_line(page.blocks[i].text, headline)
    ]
    paragraphs = tuple(_paragraphs(page.blocks, kept))
    if not paragraphs:
        return None
    body = Body(paragraphs, 0, 0, 0.0)
    return replace(body, prose=float(sum(normal.words(p) for p in paragraphs)))
