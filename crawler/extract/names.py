"""What the name of an element says that it is.

Here belongs reading class, id, itemprop, property, rel and style. Names are the habit of a theme,
so what they say is a hint; `generic` and `dates` weigh it. Not here: lines of text (`debris`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Parts of class names and ids, between hyphens, underscores and capitals. An element so named is
# read only if most of the page's text is in it (a theme may call the whole page "share-page").
_DEBRIS: Final = re.compile(
    r"(?:^|[\s_-])(?:"
    # Other stories.
    r"related|relateds|similar|recommend|recommended|recommendations?|trending|popular|most-?read|"
    r"also-?read|read-?also|read-?more|readmore|more-?news|more-?stor(?:y|ies)|latest-?(?:news|posts?)|"
    r"next-?(?:story|post|article)|prev-?next|top-?news|you-?may-?like|ymal|jp-relatedposts|yarpp|"
    # Chrome.
    r"sidebar|side-?bar|breadcrumbs?|nav|navbar|navigation|menu|megamenu|footer|top-?bar|toolbar|"
    r"masthead|site-header|pagination|pager|search|login|popup|modal|cookie|toast|ticker|marquee|skip-link|"
    # Sharing and promotion.
    r"share|shares|sharing|sharedaddy|social|socials|addtoany|follow|follow-?us|newsletter|subscribe|"
    r"subscription|whatsapp|telegram|app-?download|download-?app|promo|promos|promotion|"
    r"advert|adverts|advertisement|ads|ad|adsbygoogle|sponsor|sponsored|outbrain|taboola|mgid|colombia|"
    # Round the text.
    r"comments?|comment-?(?:list|form)|respond|disqus|tags|tag-?list|tag-?links|tagcloud|"
    r"author-?(?:box|bio|info-box)|about-?author|copyright|caption|wp-caption-text|credits?|image-?source|"
    r"print-?friendly|poll|quiz|rating|"
    # Other people's posts, shown in the text.
    r"twitter-(?:tweet|video)|instagram-media|fb-post|tiktok-embed|reddit-embed|bluesky-embed"
    r")(?:$|[\s_-])"
)

_BYLINE: Final = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|writer|reporter|contributor|username|submitted)"
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
_CRUMBS: Final = re.compile(r"(?:^|[\s_-])(?:bread-?crumbs?|crumbs?)(?:$|[\s_-])", re.IGNORECASE)
# Icon fonts spell the name of the icon in the text: "arrow_forward".
_ICON: Final = re.compile(r"material-(?:icons|symbols)", re.IGNORECASE)
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_CHARS: Final = 300
_MAX_STYLE_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Says:
    """What an element says of itself.

    Attributes:
        debris: It holds no article text.
        standfirst: It is the summary above the text.
        date: It is a date, or has to do with time.
        byline: It is a byline.
        tag: It is a link to the page of a tag.
        category: It is a link to the page of a section.
        tags: It is the box with the tags.
        crumbs: It is the path from the home page.
        icon: It is an icon, and its text the icon's name.
        hidden: It is not shown, until a script or a button shows it.
        anything: Whether it is a date, a byline, or about tags and sections.
    """

    debris: bool = False
    standfirst: bool = False
    date: bool = False
    byline: bool = False
    tag: bool = False
    category: bool = False
    tags: bool = False
    crumbs: bool = False
    icon: bool = False
    hidden: bool = False
    anything: bool = False


NOTHING: Final = Says()
"""Given for each element that says nothing of itself, and no other that is equal to it."""
_HIDDEN: Final = Says(hidden=True)
_TELLING: Final = frozenset({"class", "id", "itemprop", "property", "rel", "style", "hidden"})


def says_of(attributes: dict[str, str | None]) -> Says:
    """Reads the attributes of an element."""
    if _TELLING.isdisjoint(attributes):
        return NOTHING
    get = attributes.get
    name, ident = get("class"), get("id")
    prop, rel = get("itemprop") or get("property"), get("rel")
    style = get("style")
    hidden = "hidden" in attributes or (style is not None and _hides(style[:_MAX_STYLE_CHARS]))
    if not (name or ident or prop or rel):
        return _HIDDEN if hidden else NOTHING
    full = f"{name or ''} {ident or ''}" if ident else name or ""
    return _read(full[:_MAX_CHARS], prop or "", rel or "", hidden)


@lru_cache(maxsize=1_000)
def _hides(style: str) -> bool:
    """Whether a style hides its element. Cached: the pages of a site share theirs."""
    return _HIDDEN_STYLE.search(style) is not None


@lru_cache(maxsize=20_000)
def says_class(name: str) -> Says:
    """Reads an element that has no other attributes than its class; most have none."""
    return _read(name[:_MAX_CHARS], "", "", False)


@lru_cache(maxsize=20_000)
def _read(name: str, prop: str, rel: str, hidden: bool) -> Says:
    """Cached: the pages of a site share their names."""
    parted = _CAPITAL.sub("-", name)
    both = f"{parted} {prop}"
    date = bool(_DATE.search(both))
    byline = bool(_BYLINE.search(f"{both} {rel}"))
    relations = rel.lower().split()
    # WordPress marks sections as rel="category tag".
    category = "category" in relations
    tag = "tag" in relations and not category
    tags = bool(_TAGS.search(parted))
    crumbs = bool(_CRUMBS.search(parted))
    says = Says(
        debris=bool(_DEBRIS.search(parted.lower())),
        standfirst=bool(_STANDFIRST.search(parted)),
        date=date,
        byline=byline,
        tag=tag,
        category=category,
        tags=tags,
        crumbs=crumbs,
        icon=bool(_ICON.search(name)),
        hidden=hidden,
        anything=date or byline or tag or category or tags or crumbs,
    )
    return NOTHING if says == NOTHING else says
