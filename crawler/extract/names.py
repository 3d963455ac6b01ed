"""What the name of an element says that it is.

Here belongs reading class, id, itemprop, property and rel. Names are the habit of a theme, so
what they say is a hint; `generic` and `dates` weigh it. Names of debris are in `debris`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.extract.debris import is_debris_container

_BYLINE: Final = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|writer|reporter|contributor)"
    r"(?:s|[-_]?name|[-_]?on)?(?:$|[\s_-])",
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"date|time|publish|posted|updated|modified|created", re.IGNORECASE)
_TAGS: Final = re.compile(
    r"(?:^|[\s_-])(?:tags|tag-?list|tag-?links|tag-?box|topics|keywords)(?:$|[\s_-])", re.IGNORECASE
)
_STANDFIRST: Final = re.compile(
    r"(?:^|[\s_-])(?:summary|synopsis|stand-?first|sub-?title|sub-?heading|strap-?line|highlights?"
    r"|key-?points?|(?:short|story|article|news|small)-?desc(?:ription)?|excerpt|dek|blurb)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Icon fonts spell the name of the icon in the text: "arrow_forward".
_ICON: Final = re.compile(r"material-(?:icons|symbols)", re.IGNORECASE)
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Says:
    """What an element says of itself.

    Attributes:
        debris: It holds no article text.
        standfirst: It is the summary above the text.
        date: It is a date, or has to do with time.
        byline: It is a byline.
        tag: It is a link to the page of a tag.
        tags: It is the box with the tags.
        icon: It is an icon, and its text the icon's name.
        anything: Whether it is a date, a byline or about tags.
    """

    debris: bool = False
    standfirst: bool = False
    date: bool = False
    byline: bool = False
    tag: bool = False
    tags: bool = False
    icon: bool = False
    anything: bool = False


NOTHING: Final = Says()


def says_of(attributes: dict[str, str | None]) -> Says:
    """Reads the attributes of an element."""
    get = attributes.get
    name, ident = get("class"), get("id")
    prop, rel = get("itemprop") or get("property"), get("rel")
    if not (name or ident or prop or rel):
        return NOTHING
    full = f"{name or ''} {ident or ''}" if ident else name or ""
    return _read(full[:_MAX_CHARS], prop or "", rel or "")


@lru_cache(maxsize=20_000)
def _read(name: str, prop: str, rel: str) -> Says:
    """Cached: the pages of a site share their names."""
    parted = _CAPITAL.sub("-", name)
    both = f"{parted} {prop}"
    date = bool(_DATE.search(both))
    byline = bool(_BYLINE.search(f"{both} {rel}"))
    tag = "tag" in rel.split()
    tags = bool(_TAGS.search(parted))
    return Says(
        debris=is_debris_container(name),
        standfirst=bool(_STANDFIRST.search(parted)),
        date=date,
        byline=byline,
        tag=tag,
        tags=tags,
        icon=bool(_ICON.search(name)),
        anything=date or byline or tag or tags,
    )
