"""Which blocks inside of a body stay, and what becomes of their text.

Here belong rules about single blocks among their neighbours. Not here: where the body begins and
ends (`edges`), lists and tables (`lists`), and what debris looks like (`debris`).
"""

from __future__ import annotations

import re
from typing import Final

from crawler.extract import debris, lists, normal, weigh
from crawler.extract.body import Body, Judged
from crawler.extract.edges import cut_foot
from crawler.extract.normal import same_line
from crawler.extract.outline import Block, Outline

# Where this share of the prose stands in <p>, other short pieces between are captions and boxes.
_PARAGRAPH_SHARE: Final = 0.6
_MAX_HEADING_WORDS: Final = 20
_NOTHING_BUT_MARKS: Final = re.compile(r"[^\w\u0900-\u097f]*")
_LINE_BREAK: Final = re.compile(r"\s*\n\s*|(?:<br\s*/?>|</p>)+")
_TAG: Final = re.compile(r"<[^<>]{1,200}>")


def tidy(judged: Judged, start: int, end: int) -> list[int]:
    """Chooses among the blocks of a body.

    Returns:
        Indexes of the blocks that stay, in order.
    """
    blocks = judged.blocks
    weights = judged.weights
    in_p = sum([max(weights[i], 0.0) for i in range(start, end) if blocks[i].kind == "p"])
    paragraphs_only = in_p >= judged.prose(start, end) * _PARAGRAPH_SHARE
    kept = [i for i in range(start, end) if _stays(judged, i, paragraphs_only=paragraphs_only)]
    if paragraphs_only and (items := lists.find_items(judged, start, end, kept)):
        kept = sorted({*kept, *items})
    while kept and _is_heading(blocks[kept[-1]], judged.weights[kept[-1]]):
        kept.pop()
    following = [*kept[1:], None]
    return [i for i, after in zip(kept, following, strict=False) if not _is_bare(blocks, i, after)]


def _stays(judged: Judged, index: int, *, paragraphs_only: bool) -> bool:
    block, headline = judged.blocks[index], judged.headline
    if block.debris or judged.rules[index] or (headline and same_line(block.text, headline)):
        return False
    if judged.weights[index] > 0:
        return True
    if _NOTHING_BUT_MARKS.fullmatch(block.text):
        return False
    if block.heading:
        repeats = judged.standfirst is not None and same_line(block.text, judged.standfirst)
        return block.size <= _MAX_HEADING_WORDS and not block.linked and not repeats
    if block.linked > block.size * weigh.MIXED_LINK_SHARE:
        return False
    return block.kind == "p" or not paragraphs_only


def _is_heading(block: Block, weight: float) -> bool:
    if block.heading:
        return True
    return block.bold and weight <= 0 and not weigh.ends_sentence(block.text)


def _is_bare(blocks: list[Block], index: int, after: int | None) -> bool:
    """Whether a heading stands over nothing, because what it headed was dropped."""
    if after is None or not blocks[index].heading or not blocks[after].heading:
        return False
    return blocks[after].kind <= blocks[index].kind


def paragraphs(page: Outline, kept: list[int]) -> tuple[str, ...]:
    """The text of the blocks that stay."""
    texts = (debris.trim(line) for line in lists.lines_of(page, kept))
    return tuple(text for text in texts if text)


def from_text(text: str, headline: str) -> Body | None:
    """Makes a body of plain text, such as the articleBody of JSON-LD.

    Args:
        text: The text; line breaks part paragraphs.
        headline: The headline, which is not part of the body.

    Returns:
        The body with debris dropped, its `first` and `last` 0, or None if nothing is left.
    """
    pieces = (normal.line(_TAG.sub(" ", piece)) for piece in _LINE_BREAK.split(text))
    return from_blocks([piece for piece in pieces if piece], headline)


def from_blocks(lines: list[str], headline: str) -> Body | None:
    """Makes a body of lines that each are a paragraph; see `from_text`."""
    page = Outline()
    for line in lines:
        page.blocks.append(Block(line, "p", 0, len(line.split()), 0, bold=False))
    judged = Judged(
        page,
        debris.match_all([b.text for b in page.blocks], [b.size for b in page.blocks]),
        [float(block.size) for block in page.blocks],
        headline,
        None,
    )
    end = cut_foot(judged, 0, len(page.blocks))
    kept = [i for i in range(end) if _stays(judged, i, paragraphs_only=False)]
    texts = paragraphs(page, kept)
    if not texts:
        return None
    return Body(texts, 0, 0, float(normal.words_of(texts)))
