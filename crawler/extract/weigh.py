"""How much a block weighs for or against being part of the article.

Here belongs the judgement of one block by itself, in words. Not here: choosing among blocks
(`generic`).
"""

from __future__ import annotations

import re
from typing import Final

from crawler.extract import normal
from crawler.extract.outline import HEADINGS, Block

# A block is prose from this many words on even without a full stop at its end. Menus, headlines of
# other stories and captions in Hindi stay below.
_LONG_WORDS: Final = 25
_PROSE_WORDS: Final = 8
_INNER_END: Final = re.compile(r"[।!?]|[.](?=\s)")
# What a block of menu, links or debris costs: a fixed part, so that many short ones outweigh a
# sentence, and a part of its words, with a ceiling, so that one long list cannot sink an article
# that it stands in.
_COST: Final = 2.0
_COST_PER_WORD: Final = 0.4
_MAX_COST: Final = 12.0
_SHORT_COST: Final = 1.0
# Of an item or a cell without links: a long table stands between two paragraphs of an article.
_ITEM_COST: Final = 0.125
# Of a block on average; code and encoded data have longer words than any language.
_MAX_WORD_CHARS: Final = 40
_SCRIPT_SAMPLE_CHARS: Final = 3_000
_LATIN_SHARE: Final = 0.35
_SHARE_CHARS: Final = 200
_FOREIGN_SHARE: Final = 0.3
_STOPS: Final = "।॥.!?…:"
_EACH_STOP: Final = tuple(_STOPS)
_CLOSING: Final = " \"'”’»)]"
_MAX_CLOSING: Final = 7
MIXED_LINK_SHARE: Final = 0.5


def prose_of(blocks: list[Block]) -> list[float]:
    """Words of prose in each block; 0.0 for one that does not read like prose.

    Words in Latin letters count only on a page whose own words are in those.
    """
    weights = [float(b.size - b.linked) if _reads_like_prose(b) else 0.0 for b in blocks]
    foreign = [
        index
        for index, weight in enumerate(weights)
        if weight and normal.mostly_foreign(blocks[index].text[:_SHARE_CHARS], _FOREIGN_SHARE)
    ]
    if foreign and not _is_latin(blocks):
        for index in foreign:
            weights[index] = 0.0
    return weights


def _is_latin(blocks: list[Block]) -> bool:
    """Whether the page's own words are in Latin letters, judged by the first of them."""
    sample: list[str] = []
    chars = 0
    for block in blocks:
        if (
            block.size >= _PROSE_WORDS
            and block.linked <= block.size * MIXED_LINK_SHARE
            and block.kind not in HEADINGS
        ):
            sample.append(block.text)
            chars += len(block.text) + 1
            if chars > _SCRIPT_SAMPLE_CHARS:
                break
    return normal.mostly_foreign(" ".join(sample)[:_SCRIPT_SAMPLE_CHARS], _LATIN_SHARE)


def ends_sentence(text: str) -> bool:
    """Whether a line ends as a sentence does, marks of quotation and brackets left aside."""
    last = text[-1:]
    if last in _STOPS:
        return bool(last)
    if last not in _CLOSING:
        return False
    return text[-_MAX_CLOSING - 1 :].rstrip(_CLOSING).endswith(_EACH_STOP)


def _reads_like_prose(block: Block) -> bool:
    """Whether a block is prose by its words and its end, whatever its script."""
    size = block.size
    if block.linked > size * MIXED_LINK_SHARE or block.kind in HEADINGS:
        return False
    if len(block.text) > _MAX_WORD_CHARS * size:
        return False
    if size < _PROSE_WORDS:
        # A last line such as "उन्होंने इनकार किया।" is prose, a menu item is not.
        return block.kind == "p" and size >= 3 and ends_sentence(block.text)
    if size >= _LONG_WORDS or ends_sentence(block.text):
        return True
    return size >= 12 and (block.kind == "p" or _INNER_END.search(block.text) is not None)


def is_link(block: Block) -> bool:
    """Whether a block is an item of a list of links, or all of one: no rule need look at it."""
    return block.items > 1 or (block.kind == "li" and block.linked == block.size)


def cost(block: Block) -> float:
    """Weight of debris and links, below zero."""
    items = block.items
    return -items * min(_COST + _COST_PER_WORD * block.size / items, _MAX_COST)


def shortfall(block: Block) -> float:
    """Weight of what is neither prose nor debris: links cost, a subheading next to nothing."""
    if block.linked > block.size * MIXED_LINK_SHARE:
        return cost(block)
    if block.kind in {"li", "cell"} and not block.linked:
        return -_ITEM_COST
    return -_SHORT_COST / 2 if block.heading or block.kind == "p" else -_SHORT_COST
