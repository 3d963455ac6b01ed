"""The outline of a page: its text as a flat list of blocks, and what stands round them.

Here belong the records that every later step (container, debris, headline, dates, byline) reads.
Not here: how they are made of a tree (`walk`), nor which block is article (`generic`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

MAX_CELL_WORDS: Final = 25
"""A cell of more words is a column of text, not a part of a row."""
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class Elements:
    """The block-level elements of a page, by index, in the order in which they begin.

    In columns: a page has more elements than blocks, and a record of each would take as long to
    make as all that is asked of them.

    Attributes:
        parent: Index of the nearest block-level ancestor; -1 for the body.
        first: Index of the first block.
        last: Index after the last block.
        debris: Those of which the name (class, id) or tag says that they hold no article text.
        cells: Cells of tables, and what stands in one and is no paragraph, item or heading.
        standfirst: Those of which the name says that they are the summary above the text.
    """

    parent: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    debris: list[int] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    standfirst: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Block:
    """A run of text without a line break.

    Attributes:
        text: As `normal.line` gives it; never empty.
        kind: p, li, cell, caption, aside, nav, h1 to h6, or div for text in no such element.
        element: Index of the block-level element that it stands in.
        size: Number of words.
        linked: Number of words in links.
        bold: Whether all of it is bold.
        debris: Whether an element around it is named as debris; see `Element.debris`.
        items: How many links it stands for, if it is a whole list of them.
    """

    text: str
    kind: str
    element: int
    size: int
    linked: int
    bold: bool
    debris: bool = False
    items: int = 1

    @property
    def heading(self) -> bool:
        """Whether it is marked up as a heading."""
        return self.kind in HEADINGS


class Mark(NamedTuple):
    """An element that names itself as a date or a byline.

    Attributes:
        at: Index of the block that it stands in or before.
        element: Index of the block-level element that it stands in.
        name: Its tag, class, id, itemprop, property and rel, lower case, with spaces between.
        value: Its datetime or content attribute.
        text: Its text.
    """

    at: int
    element: int
    name: str
    value: str | None
    text: str


@dataclass(slots=True)
class Outline:
    """The page as its text lies in it.

    Attributes:
        blocks: Its text.
        elements: Its block-level elements.
        dates: Elements that name themselves as dates.
        bylines: Elements that name themselves as bylines.
        tag_links: Texts of links with rel=tag.
        sections: Texts of links with rel=category, and before them those of the path from the
            home page.
        tag_box: Texts of the links in the first element that names itself as the box of tags.
    """

    blocks: list[Block] = field(default_factory=list)
    elements: Elements = field(default_factory=Elements)
    dates: list[Mark] = field(default_factory=list)
    bylines: list[Mark] = field(default_factory=list)
    tag_links: list[str] = field(default_factory=list)
    tag_box: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    _headings: list[int] | None = None

    @property
    def headings(self) -> list[int]:
        """Indexes of the blocks that are headings; sought once, when all blocks are there."""
        if self._headings is None:
            self._headings = [at for at, b in enumerate(self.blocks) if b.kind in HEADINGS]
        return self._headings


def settle_cells(page: Outline) -> None:
    """Makes a cell of a paragraph that is all of a cell, in a row of such cells.

    Editors write <td><p>. In a table that is there for the looks of the page a cell holds many
    paragraphs, or a long one, and they stay what they are.
    """
    elements = page.elements
    rows: dict[int, list[int]] = {}
    for cell in elements.cells:
        if elements.last[cell] > elements.first[cell]:
            rows.setdefault(elements.parent[cell], []).append(cell)
    for cells in rows.values():
        if len(cells) < 2 or not all(_holds_one(page, cell) for cell in cells):
            continue
        for cell in cells:
            block = page.blocks[elements.first[cell]]
            block.kind, block.element = "cell", cell


def _holds_one(page: Outline, cell: int) -> bool:
    first = page.elements.first[cell]
    block = page.blocks[first]
    if page.elements.last[cell] - first > 1 or block.size > MAX_CELL_WORDS:
        return False
    return block.kind == "cell" or (
        block.kind == "p" and page.elements.parent[block.element] == cell
    )
