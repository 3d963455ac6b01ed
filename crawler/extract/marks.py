"""Elements that name themselves as a date, a byline or about tags -> marks of the outline.

Here belongs what is kept of them and of their text. Not here: the walk that meets them (`walk`),
and what their names say (`names`).
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from crawler.extract import normal, page
from crawler.extract.names import Says
from crawler.extract.outline import Mark, Outline

_MAX_LINKS: Final = 30
_MAX_MARK_CHARS: Final = 200
_MAX_BOX_CHARS: Final = 800
# Blocks and their spaces are counted otherwise than the text of an element: well above that.
_MAX_BOXED_CHARS: Final = 4 * _MAX_BOX_CHARS
# With the white space of the markup; an element may hold half of the page.
_MAX_RAW_CHARS: Final = 8_000
MAX_MARKS: Final = 300
"""Of a page. Each costs the text of its element, and elements named so may be nested."""
_NAMES: Final = ("class", "id", "itemprop", "property", "rel")


class Noted(NamedTuple):
    """An element that names itself as a date, a byline or about tags, as the walk met it.

    Attributes:
        node: It.
        tag: Its tag.
        attributes: Its attributes.
        says: What they say.
        at: How many blocks were before it.
        element: Index of the block-level element that it stands in or is.
        boxed: The same if it is one; else -1.
    """

    node: LexborNode
    tag: str
    attributes: dict[str, str | None]
    says: Says
    at: int
    element: int
    boxed: int


def mark_all(out: Outline, noted: list[Noted]) -> None:
    """Reads the noted elements, but for those that are seen to hold too much text.

    Whole articles stand in elements with names like these, one in the other, and their text would
    be read for each.
    """
    chars = [0, *accumulate([len(block.text) for block in out.blocks])]
    for mark in noted:
        if mark.boxed >= 0:
            first, last = out.elements.first[mark.boxed], out.elements.last[mark.boxed]
            if chars[last] - chars[first] > _MAX_BOXED_CHARS:
                continue
        _mark(out, mark)


def _mark(out: Outline, noted: Noted) -> None:
    """Notes an element that names itself as a date, a byline or a tag."""
    node, tag, attributes, says, at, element, _ = noted
    raw = node.text_lexbor()
    if len(raw) > _MAX_RAW_CHARS:
        return
    text = normal.line(raw)
    if len(text) <= _MAX_BOX_CHARS:
        if says.tags and not out.tag_box:
            out.tag_box = _link_texts(node)
        if says.crumbs and not out.sections:
            out.sections = _link_texts(node)
    if len(text) > _MAX_MARK_CHARS:
        return
    if tag == "a" and (says.tag or says.category):
        if text:
            (out.tag_links if says.tag else out.sections).append(text)
        return
    if not (says.date or says.byline or tag == "time"):
        return
    value = attributes.get("datetime") or attributes.get("content")
    if value is None and tag == "abbr":
        value = attributes.get("title")  # As the microformats have it.
    name = " ".join([tag, *[attributes.get(key) or "" for key in _NAMES]])
    mark = Mark(at, element, name.lower(), value, text)
    if says.byline and tag != "time":
        out.bylines.append(mark)
    if says.date or tag == "time":
        out.dates.append(mark)


def _link_texts(node: LexborNode) -> list[str]:
    texts = (normal.line(link.text_lexbor()) for link in page.css(node, "a")[:_MAX_LINKS])
    return [text for text in texts if text]
