"""What several looks share: dates in words, JSON-LD, lists of links, the head of a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tests.crawler.extract.goldmaker.piece import Piece, esc

HI_MONTHS: Final = (
    "जनवरी",
    "फरवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "अक्टूबर",
    "नवंबर",
    "दिसंबर",
)
HI_DAYS: Final = ("सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार")
EN_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_DEVANAGARI: Final = str.maketrans("0123456789", "०१२३४५६७८९")


def hindi_stamp(at: datetime, *, devanagari: bool = False) -> str:
    """A date as Hindi sites print it: ``18 जून 2024, 10:30 AM``."""
    text = f"{at.day} {HI_MONTHS[at.month - 1]} {at.year}, {at:%I:%M %p}"
    return text.translate(_DEVANAGARI) if devanagari else text


def english_stamp(at: datetime) -> str:
    """A date as English themes print it: ``Tue, 18 Jun 2024 10:30 AM (IST)``."""
    return (
        f"{EN_DAYS[at.weekday()]}, {at:%d} {EN_MONTHS[at.month - 1]} {at.year} {at:%I:%M %p} (IST)"
    )


def minute(at: datetime) -> str:
    """A moment that was printed without its seconds."""
    return at.replace(second=0).astimezone(UTC).isoformat()


def news_ld(piece: Piece, url: str, site: str, **more: Any) -> dict[str, Any]:
    """The NewsArticle that most systems print; None as a value leaves a key out."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "headline": piece.headline,
        "description": piece.summary,
        "datePublished": piece.at.isoformat(),
        "dateModified": piece.at.isoformat(),
        "author": {"@type": "Person", "name": piece.author},
        "publisher": {
            "@type": "Organization",
            "name": site,
            "logo": {"@type": "ImageObject", "url": "https://x.example/logo.png"},
        },
        **more,
    }
    return {key: value for key, value in data.items() if value is not None}


def script(data: object) -> str:
    """A JSON-LD script element."""
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def links(titles: Sequence[str], pattern: str) -> str:
    """Links after a pattern with ``{i}`` and ``{t}``."""
    return "".join(pattern.format(i=index, t=esc(title)) for index, title in enumerate(titles))


def menu(pattern: str = '<li class="menu-item"><a href="/{i}">{t}</a></li>') -> str:
    """The sections of a site."""
    names = "देश राज्य दुनिया खेल कारोबार मनोरंजन विज्ञान शिक्षा स्वास्थ्य राशिफल वीडियो फोटो वेब-स्टोरी ई-पेपर"
    return links(names.split(), pattern)


def social(piece: Piece, url: str, site: str, image: str | None) -> str:
    """Meta elements for sharing."""
    pairs = {
        "og:locale": "hi_IN",
        "og:type": "article",
        "og:title": piece.headline,
        "og:description": piece.summary,
        "og:url": url,
        "og:site_name": site,
    }
    if image:
        pairs["og:image"] = image
    return "\n".join(
        f'<meta property="{key}" content="{esc(value)}" />' for key, value in pairs.items()
    )
