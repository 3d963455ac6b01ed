"""Tree -> outline, in one walk without recursion.

Here belongs what HTML says about text: which elements break a line, which are never read, what is
a link. Not here: which block is article and which is not (`generic`).
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, create_tag

from crawler.extract import normal, page
from crawler.extract.marks import MAX_MARKS, Noted, mark_all
from crawler.extract.names import NOTHING, says_class, says_of
from crawler.extract.outline import HEADINGS, Block, Outline, settle_cells

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
    "section": "div",
} | {h: h for h in HEADINGS}
_STICKY: Final = frozenset({"aside", "nav", "caption"})
_CELL: Final = "cell"
_TOLD_OF: Final = _STICKY | {_CELL}
# What may be a list of links, and what is a date whatever it says of itself.
_LIST, _TIME = 1, 2
_SPECIAL: Final = {"ul": _LIST, "ol": _LIST, "nav": _LIST, "aside": _LIST, "time": _TIME}
_MIN_LIST: Final = 5
_LINK_SHARE: Final = 0.6
# Each look at a list reads all of it: lists nested without end would cost its square.
_MAX_LIST_DEPTH: Final = 60
# A sentence that ends without a danda. The stop is sought first: there are more letters.
_FULL_STOP: Final = re.compile("[.?!](?<=[\u0900-\u0963]{2}.)(?:\\s|$)")
_FULL_STOPS: Final = ".?!"
_MAX_LIST_CHARS: Final = 20_000
# What the walk does at a tag; what is in no list is block-level.
_BLOCK, _LINK, _STRONG, _OTHER_INLINE, _BREAK, _SKIP = range(6)
_ACTS: Final = (
    dict.fromkeys(_INLINE, _OTHER_INLINE)
    | dict.fromkeys(_BOLD, _STRONG)
    | dict.fromkeys((*_SKIPPED, "-comment", "-document", "-doctype", "-cdata", ""), _SKIP)
    | {"br": _BREAK, "a": _LINK}
)
_STANDARD: Final = normal.word_set(
    "a abbr address area article aside b base bdi bdo big blockquote body br button canvas",
    "caption center cite code col colgroup data datalist dd del details dfn dialog div dl dt em",
    "embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i",
    "iframe img input ins kbd label legend li link main map mark math menu meta nav nobr noscript",
    "object ol option output p picture pre q s samp script section select small source span",
    "strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time",
    "tr tt u ul var video wbr",
)


def _by_number() -> dict[int, tuple[int, str, int]]:
    """What the walk does at a tag, its name, and what else it is, by the number of its node.

    Asking a node for the parser's number takes a third of the time of asking for its name.
    """
    return {
        create_tag(tag).tag_id: (_ACTS.get(tag, _BLOCK), tag, _SPECIAL.get(tag, 0))
        for tag in _STANDARD
    }


def _text_number() -> int:
    (text,) = LexborHTMLParser("<p>text").css("p")[0].iter(include_text=True)
    return text.tag_id


_BY_NUMBER: Final = _by_number()
_TEXT_NUMBER: Final = _text_number()
# A run of text without a line break: its pieces and those of them in links, the kind of text and
# the element that it stands in, whether all of it is bold, and how many links it stands for.
Run = tuple[list[str], list[str], str, int, bool, int]
_NO_ATTRIBUTES: Final[dict[str, str | None]] = {}
# A page with more blocks than this is no article; the limit bounds time and memory.
_MAX_BLOCKS: Final = 20_000
_MAX_NODES: Final = 400_000


def outline(body: LexborNode | None, *, hidden: bool = False) -> Outline:
    """Reads the body of a page.

    Args:
        body: The body element, or None.
        hidden: Whether to read hidden elements too, as texts below "read more" buttons are.

    Returns:
        Its blocks in the order of the document. Scripts and controls are left
        out; captions, asides and what names itself as debris are in it and marked.
    """
    out = Outline()
    if body is not None:
        _walk(body, out, hidden=hidden)
    return out


def _walk(body: LexborNode, out: Outline, *, hidden: bool) -> None:  # noqa: C901 (see below)
    """Reads the tree.

    One loop with its state in local variables: it is run a thousand times per page and takes
    longer than any other step, and calls would double that.
    """
    elements = out.elements
    parents, firsts, lasts = elements.parent, elements.first, elements.last
    debris, cells = elements.debris, elements.cells
    parents.append(-1)
    firsts.append(0)
    lasts.append(0)
    index, kind = 0, "div"  # The open block-level element, and the kind of text in it.
    runs: list[Run] = []
    pieces: list[str] = []  # The run of text, and what of it is in links.
    linked: list[str] = []
    solid = plain = False  # Whether there is more than space in it, and whether some is not bold.
    in_link = bold = breaks = 0
    noted: list[Noted] = []
    # Open elements: the node, what is to be done at its end, and the element and kind round it.
    stack: list[tuple[LexborNode, int, int, str]] = []
    push, pop, known, kind_of = stack.append, stack.pop, _BY_NUMBER.get, _KINDS.get
    ended = runs.append
    node = body.first_child
    for _ in range(_MAX_NODES):
        if node is None:
            break
        number = node.tag_id
        if number == _TEXT_NUMBER:
            text = node.text_content
            following = node.next
            if text:
                if not text.isspace():
                    pieces.append(text)
                    solid = True
                    breaks = 0
                    if in_link:
                        linked.append(text)
                    if not bold:
                        plain = True
                elif solid:
                    pieces.append(" ")
        else:
            act, tag, special = known(number) or _named(node)
            attributes = node.attributes if act < _BREAK else _NO_ATTRIBUTES
            says = NOTHING
            if attributes:
                name = attributes.get("class")
                says = says_class(name) if name and len(attributes) == 1 else says_of(attributes)
            if act == _SKIP or (
                says is not NOTHING and (says.icon or (says.hidden and not hidden))
            ):
                following = node.next
            elif act == _BREAK:
                following = node.next
                breaks += 1
                if solid:
                    if breaks == 2:
                        ended((pieces, linked, kind, index, not plain, 1))
                        pieces, linked, solid, plain = [], [], False, False
                        if len(runs) >= _MAX_BLOCKS:
                            break
                    else:
                        pieces.append(" ")
                if breaks == 2:
                    breaks = 0
            else:
                outer, around = index, kind
                if act == _BLOCK:
                    if solid:
                        ended((pieces, linked, kind, index, not plain, 1))
                        pieces, linked, solid = [], [], False
                        if len(runs) >= _MAX_BLOCKS:
                            break
                    plain = False
                    breaks = 0
                    parents.append(index)
                    index = len(lasts)
                    firsts.append(len(runs))
                    lasts.append(0)
                    if kind not in _STICKY:
                        kind = kind_of(tag, kind)
                    if kind in _TOLD_OF or says.debris:
                        (cells if kind == _CELL and not says.debris else debris).append(index)
                    if says.standfirst:
                        elements.standfirst.add(index)
                elif act == _LINK:
                    in_link += 1
                elif act == _STRONG:
                    bold += 1
                if (says.anything or special == _TIME) and len(noted) < MAX_MARKS:
                    boxed = index if act == _BLOCK else -1
                    noted.append(Noted(node, tag, attributes, says, len(runs), index, boxed))
                if (
                    special == _LIST
                    and not says.anything
                    and len(stack) < _MAX_LIST_DEPTH
                    and _add_links(runs, node, kind, index)
                ):
                    lasts[index] = len(runs)
                    index, kind = outer, around
                    following = node.next
                else:
                    push((node, act, outer, around))
                    following = node.first_child
        # In, along, or up until there is something along.
        while following is None and stack:
            closed, act, outer, around = pop()
            if act == _BLOCK:
                if solid:
                    ended((pieces, linked, kind, index, not plain, 1))
                    pieces, linked, solid = [], [], False
                plain = False
                breaks = 0
                lasts[index] = len(runs)
                index, kind = outer, around
            elif act == _LINK:
                in_link -= 1
            elif act == _STRONG:
                bold -= 1
            following = closed.next
        node = following
    if solid:
        ended((pieces, linked, kind, index, not plain, 1))
    # What is still open, where the walk was cut short.
    while index >= 0:
        lasts[index] = len(runs)
        index = parents[index]
    _add_blocks(out, runs, noted)
    if cells:
        settle_cells(out)
    mark_all(out, noted)


def _named(node: LexborNode) -> tuple[int, str, int]:
    """The same as `_BY_NUMBER` for a node that is no element of HTML."""
    tag = node.tag or ""
    return _ACTS.get(tag, _BLOCK), tag, _SPECIAL.get(tag, 0)


def _add_links(runs: list[Run], node: LexborNode, kind: str, element: int) -> bool:
    """Makes one run of an element that holds links to other pages and no sentence.

    Menus and lists of other stories are most of a page's elements, and nothing in them is asked
    for one by one.

    Returns:
        Whether the element is such a one; else it is to be read node by node.
    """
    text = node.text(separator=" ")
    if len(text) > _MAX_LIST_CHARS or "।" in text:
        return False
    if any(stop in text for stop in _FULL_STOPS) and _FULL_STOP.search(text):
        return False
    links = page.css(node, "a")
    items = len(links)
    if items < _MIN_LIST:
        return False
    size = len(text.split())
    if len(" ".join([link.text_lexbor() for link in links]).split()) < size * _LINK_SHARE:
        return False
    if size:
        pieces = [text]
        runs.append((pieces, pieces, kind, element, False, items))
    return True


def _add_blocks(out: Outline, runs: list[Run], noted: list[Noted]) -> None:
    """Makes a block of each run, unless it was nothing but invisible characters."""
    texts = normal.lines([run[0][0] if len(run[0]) == 1 else "".join(run[0]) for run in runs])
    for text, (pieces, linked, kind, element, bold, items) in zip(texts, runs, strict=True):
        if text:
            size = text.count(" ") + 1
            # Most runs with links in them are nothing but one.
            whole = linked == pieces and (items > 1 or linked[0] == text)
            links = size if whole else min(len("".join(linked).split()), size) if linked else 0
            out.blocks.append(Block(text, kind, element, size, links, bold, items=items))
    if len(out.blocks) < len(runs):
        # Places were counted in runs.
        at = [0, *accumulate([bool(text) for text in texts])]
        out.elements.first = [at[place] for place in out.elements.first]
        out.elements.last = [at[place] for place in out.elements.last]
        noted[:] = [mark._replace(at=at[mark.at]) for mark in noted]
