"""The one parse of a page, the guard that keeps hostile markup from the parser, and `css`.

Not here: character sets (`charset`), and anything about articles.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import (
    LexborCSSSelector,
    LexborDocumentOptions,
    LexborHTMLParser,
    LexborNode,
)

from crawler.extract import normal

# Elements that the HTML standard's tree construction opens again in every following block as long
# as they are not closed: n of them in n blocks make n*n elements.
_FORMATTING: Final = normal.word_set("a b big code em font i nobr s small strike strong tt u")
_VOID: Final = normal.word_set(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th",
    "option",
)
_TAG_NAME: Final = re.compile(rb"<(/?[a-zA-Z][a-zA-Z0-9]*)")
_FORMATTING_TAG: Final = re.compile(
    rb"</?(?:" + "|".join(sorted(_FORMATTING)).encode() + rb")\b[^<>]*>", re.IGNORECASE
)
# What may be one of them, by the two bytes behind the bracket: far quicker to ask, and most pages
# have few.
_FIRST_BYTES: Final = b"bcefistuBCEFISTU"
_SECOND_BYTES: Final = b" \t\n\r\f\v/>oOmMtTiI"
# Those of them that can be open inside of themselves: <a> and <nobr> close their like.
_NESTING: Final = re.compile(
    rb"<(?:" + "|".join(sorted(_FORMATTING - {"a", "nobr"})).encode() + rb")\b", re.IGNORECASE
)
# Measured: 10,000 open elements parse in 0.06 s, 50,000 in 6 s; 3,000 open <font> with a <p> each
# make 4.5 million elements. Real pages stay under 100 and under 30.
_MAX_DEPTH: Final = 12_000
_MAX_OPEN_FORMATTING: Final = 300
_CHECK_FROM_TAGS: Final = 1_000
# Events keep the chosen <option> of a <select> shown, which no one reads here.
_OPTIONS: Final = int(LexborDocumentOptions.WO_EVENTS)


class MarkupError(ValueError):
    """The markup would take the parser too long."""


def parse(utf8: bytes) -> LexborHTMLParser:
    """Parses a page.

    Args:
        utf8: The page, as `charset.to_utf8` gives it.

    Returns:
        The tree, with the contents of <noscript> as text, as a browser has it.

    Raises:
        MarkupError: If elements are nested so deep that parsing would take seconds.
    """
    tags, may_nest = _count(utf8)
    if tags >= _CHECK_FROM_TAGS:
        utf8 = _disarm(utf8, tags, may_nest)
    return LexborHTMLParser(utf8, options=_OPTIONS, scripting=True)


class _Selecting(threading.local):
    """What reads CSS, one in each thread: it may not be shared between two."""

    def __init__(self) -> None:
        self.find = LexborCSSSelector().find  # type: ignore[no-untyped-call]  # As its stub has it.


_SELECTING: Final = _Selecting()


def css(node: LexborNode | None, query: str) -> list[LexborNode]:
    """The nodes in and below a node that a query finds; none for None.

    The same as `node.css`, which makes a reader of CSS for each page: a fifth of the time that
    parsing a small page takes.

    Args:
        node: The node.
        query: One of ours. What others wrote may be no CSS, and is for `node.css`.
    """
    return [] if node is None else _SELECTING.find(query, node)


def _count(utf8: bytes) -> tuple[int, int]:
    """Number of tags, and of those that may be of formatting elements; not less than there are.

    All bytes at once: a pattern takes several times as long.
    """
    page = np.frombuffer(utf8, np.uint8)
    tags = (page[:-2] == ord("<")).nonzero()[0]
    if len(tags) < _CHECK_FROM_TAGS:
        return len(tags), len(tags)
    may_nest = _FIRST.take(page.take(tags + 1)) & _SECOND.take(page.take(tags + 2))
    return len(tags), int(np.count_nonzero(may_nest))


def _among(some: bytes) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[list(some)] = True
    return table


_FIRST: Final = _among(_FIRST_BYTES)
_SECOND: Final = _among(_SECOND_BYTES)


def _disarm(utf8: bytes, tags: int, may_nest: int) -> bytes:
    # No more elements are open at once than are opened at all: that bound settles most pages.
    if tags <= _MAX_DEPTH and (
        may_nest <= _MAX_OPEN_FORMATTING or len(_NESTING.findall(utf8)) <= _MAX_OPEN_FORMATTING
    ):
        return utf8
    depth, formatting = _open_elements(utf8)
    if formatting > _MAX_OPEN_FORMATTING:
        utf8 = _FORMATTING_TAG.sub(b"", utf8)
    if depth > _MAX_DEPTH:
        raise MarkupError(f"{depth} elements are nested")
    return utf8


def _open_elements(utf8: bytes) -> tuple[int, int]:
    """Greatest number of elements open at once: of all but formatting ones, and of those."""
    open_now: defaultdict[bytes, int] = defaultdict(int)
    most: defaultdict[bytes, int] = defaultdict(int)
    for name in _TAG_NAME.findall(utf8):
        if name.startswith(b"/"):
            closed = name[1:]
            if open_now[closed]:
                open_now[closed] -= 1
        else:
            open_now[name] += 1
            if open_now[name] > most[name]:
                most[name] = open_now[name]
    containers = formatting = 0
    for name, count in most.items():
        lower = name.lower().decode("ascii")
        if lower in _FORMATTING:
            formatting += count
        elif lower not in _VOID:
            containers += count
    return containers, formatting
