"""The selectors that a source declares for its pages, and the body that they find.

Here belongs reading an article by a source's own selectors. They are for sites whose pages the
general rules get wrong; `choose` prefers them only while they find an article. Not here: the form
in seeds/sources.yaml (`crawler.source_model`).
"""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.extract import debris, normal
from crawler.extract.body import Body
from crawler.extract.lists import lines_of
from crawler.extract.outline import Outline
from crawler.extract.tidy import from_blocks
from crawler.extract.walk import outline


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors for the pages of one source.

    Attributes:
        body: Elements that hold the text, in order.
        remove: Elements inside of them that are no text.
        title: The headline.
        summary: The standfirst.
        authors: The names in the byline.
        published: The date of publication: its datetime, content or title attribute, or its text.
    """

    body: str
    remove: tuple[str, ...] = ()
    title: str | None = None
    summary: str | None = None
    authors: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """What selectors found in a page.

    Attributes:
        body: Its text; `first` and `last` are where it lies in the page's outline.
        title: Its headline, empty if not selected.
        summary: Its standfirst, empty if not selected.
        authors: Its byline.
        published: Its date as written.
    """

    body: Body | None = None
    title: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None


NOTHING = Selected()


def select(tree: LexborHTMLParser, page: Outline, selectors: Selectors) -> Selected:
    """Reads a page by selectors.

    The elements under `remove` are taken out of the tree, which must be walked before.

    Args:
        tree: The page.
        page: Its outline.
        selectors: The selectors of the page's source.

    Returns:
        What they found. A selector that is none, or finds nothing, gives nothing.
    """
    try:
        title = _line(tree, selectors.title)
        date = tree.css_first(selectors.published) if selectors.published else None
        names = tree.css(selectors.authors) if selectors.authors else []
        summary = _line(tree, selectors.summary)
        nodes = tree.css(selectors.body)
        for node in nodes:
            for unwanted in selectors.remove:
                for found in node.css(unwanted):
                    found.decompose()
        body = _body(nodes, page, title)
    except SelectolaxError:
        return NOTHING
    return Selected(
        body=body,
        title=title,
        summary=summary,
        authors=tuple(name for node in names if (name := normal.line(node.text()))),
        published=_date(date) if date is not None else None,
    )


def _line(tree: LexborHTMLParser, selector: str | None) -> str:
    node = tree.css_first(selector) if selector else None
    return normal.line(node.text()) if node is not None else ""


def _date(node: LexborNode) -> str | None:
    attributes = node.attributes
    for name in ("datetime", "content", "title"):
        if attributes.get(name):
            return attributes[name]
    return normal.line(node.text()) or None


def _body(nodes: list[LexborNode], page: Outline, title: str) -> Body | None:
    texts: list[str] = []
    for node in nodes:
        seen = outline(node, hidden=True)
        texts += lines_of(seen, [i for i, b in enumerate(seen.blocks) if b.kind != "caption"])
    rules = debris.match_all(texts, [text.count(" ") + 1 for text in texts])
    body = from_blocks([t for t, rule in zip(texts, rules, strict=True) if rule is None], title)
    if body is None:
        return None
    places = {block.text: index for index, block in enumerate(page.blocks)}
    inside = [places[text] for text in texts if text in places]
    first, last = (min(inside), max(inside) + 1) if inside else (0, 0)
    return Body(body.paragraphs, first, last, body.prose)
