"""Lists and tables inside of an article: which belong to it, and how a row reads.

Here belongs what an item or a cell is among its neighbours: the dead by name, dates, prices, steps,
in the element that holds the text. Not here: lists of links, which `walk` reads as one, and
sentences in lists, which are prose wherever they stand (`weigh`).
"""

from __future__ import annotations

from typing import Final

from crawler.extract import weigh
from crawler.extract.body import Judged
from crawler.extract.outline import MAX_CELL_WORDS, Block, Outline

ITEMS: Final = frozenset({"li", "cell"})
_COLONS: Final = (":", ":-", ":–", "：")
# How far below the text's own element a list may be wrapped.
_MAX_DEPTH: Final = 12
# Of the items, in a list that is not the article's: links, names of networks, buttons.
_OTHER_SHARE: Final = 0.3
_CELLS: Final = " | "
# A list that holds a byline or a date and no more words than this is the byline.
_MAX_BYLINE_WORDS: Final = 24


def find_items(judged: Judged, start: int, end: int, kept: list[int]) -> list[int]:
    """Finds the items and cells of a body that belong to its text.

    They stand in the element in which most of the prose stands, between two paragraphs of it or
    behind a line that announces them.

    Args:
        judged: The page.
        start: Index of the first block of the body.
        end: Index after the last.
        kept: The blocks that stay without them, in order.

    Returns:
        Indexes of the blocks that stay too, in order.
    """
    blocks = judged.blocks
    items = [i for i in range(start, end) if blocks[i].kind in ITEMS and judged.weights[i] <= 0]
    prose = [i for i in kept if judged.weights[i] > 0]
    if not items or not prose:
        return []
    words = judged.boxes(start, end)
    home, _ = words.most_common(1)[0]
    found: list[int] = []
    known: dict[int, bool] = {}
    for index in items:
        root = _root(judged.page, index, home)
        if root is None:
            continue
        if root not in known:
            first = judged.page.elements.first[root]
            inside = prose[0] < first and judged.page.elements.last[root] <= prose[-1]
            above = next((i for i in reversed(kept) if i < first), None)
            announced = above is not None and _announces(blocks[above])
            known[root] = (inside or announced) and is_text(judged, root)
        if known[root] and _stays(judged, index):
            found.append(index)
    return found


def end_of_list(judged: Judged, end: int) -> int:
    """The end of a body with the list that its last paragraph, or a heading below, announces."""
    blocks, last = judged.blocks, end - 1
    at = end
    if at < len(blocks) and blocks[at].heading and not _announces(blocks[last]):
        if blocks[at].linked or blocks[at].debris or judged.rules[at]:
            return end
        if judged.box(at) != judged.box(last):
            return end
        at += 1
    elif not blocks[last].text.endswith(_COLONS):
        return end
    if at >= len(blocks) or blocks[at].kind not in ITEMS:
        return end
    root = _root(judged.page, at, judged.box(last))
    if root is None or judged.page.elements.first[root] != at or not is_text(judged, root):
        return end
    bottom = judged.page.elements.last[root]
    plain = not any(block.linked for block in blocks[at:bottom])
    return bottom if bottom - at > 1 and (plain or at == end) else end


def is_text(judged: Judged, root: int) -> bool:
    """Whether a list or table holds text, and not links, a byline or buttons."""
    first, last = judged.page.elements.first[root], judged.page.elements.last[root]
    blocks = judged.blocks[first:last]
    size = sum([block.size for block in blocks])
    if sum([block.linked for block in blocks]) > size * weigh.MIXED_LINK_SHARE:
        return False
    if size <= _MAX_BYLINE_WORDS:
        page = judged.page
        if any(first <= mark.at < last and mark.text for mark in (*page.bylines, *page.dates)):
            return False
    others = sum([not _stays(judged, index) for index in range(first, last)])
    return others <= len(blocks) * _OTHER_SHARE


def _stays(judged: Judged, index: int) -> bool:
    block = judged.blocks[index]
    if block.debris or judged.rules[index] or block.items > 1:
        return False
    return block.linked <= block.size * weigh.MIXED_LINK_SHARE


def _announces(block: Block) -> bool:
    return block.heading or block.text.endswith(_COLONS)


def _root(page: Outline, index: int, home: int) -> int | None:
    """The child of an element that holds a block; None if it stands elsewhere."""
    element, parents = page.blocks[index].element, page.elements.parent
    for _ in range(_MAX_DEPTH):
        if element < 0 or element >= len(parents):
            return None
        if parents[element] == home:
            return element
        element = parents[element]
    return None


def is_cell_of_row(page: Outline, index: int) -> bool:
    """Whether a block is a cell beside others in a row without links."""
    blocks, parents = page.blocks, page.elements.parent
    if blocks[index].kind != "cell":
        return False
    row = parents[blocks[index].element]
    first, last = page.elements.first[row], page.elements.last[row]
    return last - first > 1 and all(b.kind == "cell" and not b.linked for b in blocks[first:last])


def lines_of(page: Outline, kept: list[int]) -> list[str]:
    """The texts of blocks, where the short cells of a row are one line."""
    lines: list[str] = []
    last: Block | None = None
    for index in kept:
        block = page.blocks[index]
        if last is not None and _beside(page, last, block):
            lines[-1] += _CELLS + block.text
        else:
            lines.append(block.text)
        last = block
    return lines


def _beside(page: Outline, left: Block, right: Block) -> bool:
    parents = page.elements.parent
    return (
        left.kind == right.kind == "cell"
        and left.element != right.element
        and parents[left.element] == parents[right.element]
        and max(left.size, right.size) <= MAX_CELL_WORDS
    )
