"""Tree -> outline, in one walk without recursion.

Here belongs what HTML says about text: which elements break a line, which are never read, what is
a link. Not here: which block is article and which is not (`generic`).
"""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborNode

from crawler.extract import normal
from crawler.extract.names import NOTHING, Says, says_of
from crawler.extract.outline import HEADINGS, Block, Element, Mark, Outline

_SKIPPED: Final = normal.word_set(
    "script style noscript template iframe object embed svg math canvas audio video select option",
    "datalist button input textarea map progress meter dialog head title",
    "amp-ad amp-embed amp-sidebar amp-social-share amp-analytics amp-iframe",
)
_INLINE: Final = normal.word_set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt",
    "ruby s samp small span strike strong sub sup time tt u var wbr",
)
_BOLD: Final = frozenset({"b", "strong"})
# What the text inside of an element is, unless an element further in says otherwise.
_KINDS: Final = {
    "p": "p",
    "blockquote": "p",
    "pre": "p",
    "li": "li",
    "dt": "li",
    "dd": "li",
    "td": "cell",
    "th": "cell",
    "caption": "caption",
    "figcaption": "caption",
    "figure": "caption",
    "amp-img": "caption",
    "address": "aside",
    "aside": "aside",
    "nav": "nav",
    "footer": "nav",
    "legend": "nav",
} | {h: h for h in HEADINGS}
_STICKY: Final = frozenset({"aside", "nav", "caption"})
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A page with more blocks than this is no article; the limit bounds time and memory.
_MAX_BLOCKS: Final = 20_000
_MAX_NODES: Final = 400_000
_MAX_LINKS: Final = 30
_MAX_MARK_CHARS: Final = 200
_MAX_BOX_CHARS: Final = 800
# Each costs the text of its element, and elements named so may be nested.
_MAX_MARKS: Final = 300


def outline(body: LexborNode | None, *, hidden: bool = False) -> Outline:
    """Reads the body of a page.

    Args:
        body: The body element, or None.
        hidden: Whether to read hidden elements too, as texts below "read more" buttons are.

    Returns:
        Its blocks in the order of the document. Scripts and controls are left
        out; captions, asides and what names itself as debris are in it and marked.
    """
    walker = _Walker(hidden=hidden)
    if body is not None:
        walker.walk(body)
    return walker.out


class _Walker:
    """The state of the walk. A class because a dozen values change together at each node."""

    def __init__(self, *, hidden: bool) -> None:
        self.out = Outline()
        self.hidden = hidden
        self.pieces: list[str] = []
        self.linked: list[str] = []
        self.in_link = 0
        self.bold = 0
        self.plain = False
        self.breaks = 0
        self.marks = 0
        # Open block-level elements: index and kind.
        self.open: list[tuple[int, str]] = []

    def walk(self, body: LexborNode) -> None:
        self._open_block("body", "div")
        stack: list[tuple[LexborNode, str]] = []
        node = body.first_child
        for _ in range(_MAX_NODES):
            if node is None or len(self.out.blocks) >= _MAX_BLOCKS:
                break
            tag = node.tag or ""
            child = None
            if tag == "-text":
                self._text(node.text_content)
            elif tag not in _SKIPPED and tag[:1] != "-" and self._enter(node, tag):
                child = node.first_child
                if child is None:
                    self._leave(tag)
                else:
                    stack.append((node, tag))
            following = child if child is not None else node.next
            while following is None and stack:
                ended, tag = stack.pop()
                self._leave(tag)
                following = ended.next
            node = following
        while stack:
            self._leave(stack.pop()[1])
        self._close_block()

    def _text(self, text: str | None) -> None:
        if not text:
            return
        self.pieces.append(text)
        if not text.isspace():
            self.breaks = 0
            if self.in_link:
                self.linked.append(text)
            if not self.bold:
                self.plain = True

    def _enter(self, node: LexborNode, tag: str) -> bool:
        """Opens an element; False if it is not to be read."""
        if tag == "br":
            self.breaks += 1
            self.pieces.append(" ")
            if self.breaks == 2:
                self._flush()
            return False
        attributes = node.attributes
        says = says_of(attributes) if attributes else NOTHING
        if says.icon or (not self.hidden and _hidden(attributes)):
            return False
        if tag in _INLINE:
            if says.anything or tag == "time":
                self._mark(node, tag, attributes, says)
            if tag == "a":
                self.in_link += 1
            elif tag in _BOLD:
                self.bold += 1
            return True
        outer = self.open[-1][1]
        if outer in _STICKY:
            kind = outer
        elif tag == "section":
            kind = "div"
        else:
            kind = _KINDS.get(tag, outer)
        element = self._open_block(tag, kind)
        element.debris = kind in _STICKY or says.debris
        element.standfirst = says.standfirst
        if says.anything:
            self._mark(node, tag, attributes, says)
        return True

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self.in_link -= 1
        elif tag in _BOLD:
            self.bold -= 1
        elif tag not in _INLINE:
            self._close_block()

    def _open_block(self, tag: str, kind: str) -> Element:
        self._flush()
        element = Element(self.open[-1][0] if self.open else -1, tag, len(self.out.blocks))
        self.open.append((len(self.out.elements), kind))
        self.out.elements.append(element)
        return element

    def _close_block(self) -> None:
        self._flush()
        index = self.open.pop()[0]
        self.out.elements[index].last = len(self.out.blocks)

    def _flush(self) -> None:
        """Ends the run of text."""
        if self.pieces:
            text = normal.line("".join(self.pieces))
            if text:
                linked = len("".join(self.linked).split()) if self.linked else 0
                size = len(text.split())
                index, kind = self.open[-1]
                self.out.blocks.append(
                    Block(text, kind, index, size, min(linked, size), not self.plain)
                )
            self.pieces = []
            self.linked = []
        self.plain = False
        self.breaks = 0

    def _mark(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], says: Says
    ) -> None:
        """Notes an element that names itself as a date, a byline or a tag."""
        out = self.out
        self.marks += 1
        if self.marks > _MAX_MARKS:
            return
        text = normal.line(node.text())
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
        keys = ("class", "id", "itemprop", "property", "rel")
        name = " ".join([tag, *(attributes.get(key) or "" for key in keys)])
        mark = Mark(len(out.blocks), self.open[-1][0], name.lower(), value, text)
        if says.byline and tag != "time":
            out.bylines.append(mark)
        if says.date or tag == "time":
            out.dates.append(mark)


def _link_texts(node: LexborNode) -> list[str]:
    texts = (normal.line(link.text()) for link in node.css("a")[:_MAX_LINKS])
    return [text for text in texts if text]


def _hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))
