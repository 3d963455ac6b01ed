"""The body of an article, and what the steps towards it know of its page.

Here belong the records that `generic`, `edges` and `tidy` hand to one another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from crawler.extract.debris_rules import Rule
from crawler.extract.outline import HEADINGS, Block, Outline

BOXED: Final = HEADINGS | {"p", "li", "cell"}
"""Kinds of blocks that have an element of their own."""


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

    @property
    def chars(self) -> int:
        """Length of its text in characters."""
        return sum(len(paragraph) for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Judged:
    """An outline with a judgement of each of its blocks.

    Attributes:
        page: The outline.
        rules: The rule of `debris` that each block falls under.
        weights: Words of prose of each block; below zero where it is none.
        headline: The headline.
        standfirst: Description from the head of the page.
    """

    page: Outline
    rules: list[Rule | None]
    weights: list[float]
    headline: str
    standfirst: str | None

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the outline."""
        return self.page.blocks

    def prose(self, start: int, end: int) -> float:
        """Words of prose in a range of blocks."""
        return sum([weight for weight in self.weights[start:end] if weight > 0])

    def box(self, index: int) -> int:
        """The element in which a paragraph stands beside others; -1 in text without elements."""
        block, parents = self.blocks[index], self.page.elements.parent
        if block.element >= len(parents):
            return -1
        return parents[block.element] if block.kind in BOXED else block.element

    def boxes(self, start: int, end: int) -> Counter[int]:
        """Words of prose of a range of blocks, by the elements in which they stand."""
        words: Counter[int] = Counter()
        for index in range(start, end):
            if self.weights[index] > 0:
                words[self.box(index)] += int(self.weights[index])
        return words
