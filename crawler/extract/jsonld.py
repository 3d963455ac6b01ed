"""JSON-LD -> what a page says of its article.

Here belongs finding the one node that speaks of this page (NewsArticle and kin, or else its
VideoObject, in lists and @graph) and reading its fields. Not here: reading broken JSON
(`ldscript`), whether its body is believed (`choose`), and dates (`dates`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from crawler.extract import ldscript, normal
from crawler.extract.meta import split_tags
from crawler.extract.sounds import sounds_of

_ARTICLE_TYPES: Final = frozenset(
    {
        "newsarticle",
        "article",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "askpublicnewsarticle",
        "backgroundnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "liveblogposting",
        "blogposting",
        "socialmediaposting",
        "report",
    }
)
_VIDEO: Final = "videoobject"
_MIN_OVERLAP_OF_VIDEO: Final = 0.9
_MAX_NODES: Final = 500
# The second is that of a video, which has none of the first.
_PUBLISHED: Final = ("datePublished", "uploadDate", "dateCreated")
# Share of the words of the shorter headline that are in the other one. An address of its own is a
# second sign of another story; without one the headlines must be further apart.
_MIN_OVERLAP: Final = 0.4
_MIN_OVERLAP_ALONE: Final = 0.25
_MIN_TELLING_WORDS: Final = 3
# Consonants of a word that can be told in two scripts, and how many such words a line needs.
_MIN_SOUNDS: Final = 3
_MIN_SOUNDING_WORDS: Final = 4
# What templates write for a field that is empty.
_NO_VALUES: Final = frozenset({"null", "undefined", "None", "NULL", "N/A"})
# Some sites give all their pages one title: it can share no words with a headline.
_TITLE_OF_ALL: Final = re.compile(
    "(?:हिंदी|हिन्दी|ताज\u093c?ा|ब्रेकिंग) (?:समाचार|न्यूज\u093c?|ख\u093c?बर)"
    "|hindi news|latest news|breaking news",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the article's node says. Strings are as `normal.line` gives them, dates are raw.

    Attributes:
        headline: Its headline; empty if it has none.
        description: Its description.
        body: articleBody with its line breaks.
        published: datePublished, or else uploadDate, or else dateCreated.
        modified: dateModified.
        authors: Names of persons and organisations under author and creator.
        section: articleSection.
        tags: keywords.
        image: URL of the first image, as written.
        paywalled: Whether isAccessibleForFree says no.
        publisher: Its publisher's name.
    """

    headline: str = ""
    description: str | None = None
    body: str = ""
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    paywalled: bool = False
    publisher: str = ""


def read(scripts: list[str], url: str, headlines: tuple[str, ...]) -> Declared | None:
    """Finds the node of this page's article and reads it.

    Args:
        scripts: The page's JSON-LD scripts.
        url: Where the page came from.
        headlines: What else calls itself the page's headline, for telling the page's own node
            from those of other stories.

    Returns:
        What it says, or None if no node speaks of this page.
    """
    best: tuple[int, dict[str, Any]] | None = None
    videos: list[dict[str, Any]] = []
    nodes = list(_nodes(scripts))
    for node in nodes:
        types = _types(node)
        if not types & _ARTICLE_TYPES:
            if _VIDEO in types:
                videos.append(node)
            continue
        score = _belongs(node, url, headlines)
        if score is not None and (best is None or score > best[0]):
            best = (score, node)
    if best is None:
        # On the page of a video nothing else speaks of it; one inside of an article has its own
        # name and date.
        found = next((node for node in videos if _is_video_of(node, headlines)), None)
        return None if found is None else _declared(_resolved(found, nodes))
    return _declared(_resolved(best[1], nodes))


def _resolved(node: dict[str, Any], nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """A node with those in place of whom it gives only the @id, where the page names them."""
    named: dict[str, Any] | None = None
    for key in ("author", "creator", "publisher"):
        value = node.get(key)
        listed = value if isinstance(value, list) else [value]
        if not any(isinstance(item, dict) and set(item) <= {"@id", "@type"} for item in listed):
            continue
        if named is None:
            named = {
                str(other["@id"]): other for other in nodes if other.get("@id") and "name" in other
            }
        found = [
            named.get(str(item.get("@id")), item) if isinstance(item, dict) else item
            for item in listed
        ]
        node = {**node, key: found}
    return node


def _nodes(scripts: list[str]) -> Iterator[dict[str, Any]]:
    """Top-level nodes, members of @graph, and what a page names as its main entity."""
    queue: list[Any] = []
    for script in scripts:
        queue += ldscript.load(script)
    for _ in range(_MAX_NODES):
        if not queue:
            return
        item = queue.pop(0)
        if isinstance(item, list):
            queue = item[:_MAX_NODES] + queue
        elif isinstance(item, dict):
            yield item
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                inner = item.get(key)
                if isinstance(inner, dict | list):
                    queue.append(inner)


def _types(node: dict[str, Any]) -> set[str]:
    types = node.get("@type")
    listed = types if isinstance(types, list) else [types]
    return {t.lower().rsplit("/", 1)[-1] for t in listed if isinstance(t, str)}


def _belongs(node: dict[str, Any], url: str, headlines: tuple[str, ...]) -> int | None:
    """How surely a node speaks of this page; None if it speaks of another one."""
    own = _text(node.get("headline")) or _text(node.get("name"))
    agrees = any(own and normal.same_line(own, other) for other in headlines)
    address = _address(node)
    same_page = address is not None and _path(address) == _path(url)
    if not agrees and not same_page and own and headlines:
        # A different headline at a different address is another story. So is one without an
        # address that shares next to nothing, if it could have: some write theirs in English.
        shared = max(_overlap(own, other) for other in headlines)
        if address is not None and shared < _MIN_OVERLAP:
            return None
        if shared < _MIN_OVERLAP_ALONE and any(_comparable(own, other) for other in headlines):
            return None
        if address is None and shared == 0.0 and _sounds_foreign(node, own, url, headlines):
            return None
    news = "newsarticle" in _types(node)
    return 4 * agrees + 2 * same_page + 1 * news


def _is_video_of(node: dict[str, Any], headlines: tuple[str, ...]) -> bool:
    """Whether a video bears the headline, which may have the name of the site beside it."""
    own = _text(node.get("name"))
    if len(own.split()) < _MIN_TELLING_WORDS:
        return False
    return any(_overlap(own, other) >= _MIN_OVERLAP_OF_VIDEO for other in headlines)


def _overlap(one: str, other: str) -> float:
    first, second = set(normal.body_key(one).split()), set(normal.body_key(other).split())
    return len(first & second) / max(min(len(first), len(second)), 1)


def _comparable(one: str, other: str) -> bool:
    """Whether two lines could share words: of one script, both long, and the other a headline."""
    if _TITLE_OF_ALL.search(other):
        return False
    long = min(len(one.split()), len(other.split())) >= _MIN_TELLING_WORDS
    foreign = [normal.mostly_foreign(line, 0.5) for line in (one, other)]
    return long and foreign[0] == foreign[1]


def _sounds_foreign(node: dict[str, Any], own: str, url: str, headlines: tuple[str, ...]) -> bool:
    """Whether a node in the other script has no word in common with the page, by its sound.

    A headline in English of a Hindi story has its names, and most have words that are in both.
    """
    others = [other for other in headlines if not _TITLE_OF_ALL.search(other)]
    page = sounds_of(" ".join((*others, _path(url))), _MIN_SOUNDS)
    told = sounds_of(f"{own} {_text(node.get('description'))}", _MIN_SOUNDS)
    if min(len(page), len(told)) < _MIN_SOUNDING_WORDS or not others:
        return False
    return page.isdisjoint(told)


def _address(node: dict[str, Any]) -> str | None:
    for key in ("mainEntityOfPage", "url", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and "://" in value:
            return value
    return None


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _declared(node: dict[str, Any]) -> Declared:
    keywords = node.get("keywords")
    listed = keywords if isinstance(keywords, list) else [keywords]
    free = node.get("isAccessibleForFree")
    return Declared(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        description=_text(node.get("description")) or None,
        body=_body(node.get("articleBody")),
        published=_date(next((node[key] for key in _PUBLISHED if node.get(key)), None)),
        modified=_date(node.get("dateModified")),
        authors=tuple(dict.fromkeys(_names(node.get("author")) or _names(node.get("creator")))),
        section=_section(node.get("articleSection")),
        tags=tuple(t for text in listed if isinstance(text, str) for t in split_tags(text) if t),
        image=_image(node.get("image") or node.get("thumbnailUrl")),
        paywalled=str(free).lower().rsplit("/", 1)[-1] in {"false", "no", "0"},
        publisher=_text(node.get("publisher")),
    )


def _text(value: object) -> str:
    """A string field; the first of a list; the value of a language-tagged one."""
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name")
        else:
            break
    text = normal.line(value) if isinstance(value, str) else ""
    return "" if text in _NO_VALUES else text


def _date(value: object) -> str | None:
    """A date as written; some write seconds since 1970 as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value) or None


def _body(value: object) -> str:
    if isinstance(value, list):
        value = "\n".join(piece for piece in value if isinstance(piece, str))
    return html.unescape(value) if isinstance(value, str) else ""


def _names(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    names = []
    for item in listed[:10]:
        name = _text(item)
        if name and len(name) <= 200 and "://" not in name:
            names.append(name)
    return names


def _section(value: object) -> str | None:
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str) and item.strip()), None)
    return _text(value) or None


def _image(value: object) -> str | None:
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl") or value.get("@id")
        else:
            break
    return value.strip() if isinstance(value, str) and value.strip() else None
