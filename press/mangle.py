"""What goes wrong with feeds out in the world, done to a feed of the press.

Here belongs one function per fault, from a good answer to a broken one. Which feed gets which is
told by `press.faults`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from press.dates import IST
from press.response import Answer
from press.sites import Site

_MONTHS: Final = (
    *("जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून"),
    *("जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
)
_DATE: Final = re.compile(r"(?<=<pubDate>)([^<]+)(?=</pubDate>)")
_ITEM: Final = re.compile(r"<item>.*?</item>", re.DOTALL)
_LINK: Final = re.compile(r"<link>([^<]+)</link>")
_LARGE: Final = 5 * 1024 * 1024
_MANY: Final = 1000

Mangle = Callable[[Answer, Site, datetime], Answer]


def _text(change: Callable[[str, Site, datetime], str]) -> Mangle:
    """A fault of the text; the answer stays UTF-8."""

    def mangle(given: Answer, site: Site, now: datetime) -> Answer:
        return Answer(200, change(given.body.decode(), site, now).encode(), given.headers)

    return mangle


def _hindi_months(text: str, _: Site, __: datetime) -> str:
    def spell(match: re.Match[str]) -> str:
        when = parsedate_to_datetime(match[1]).astimezone(IST)
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year} {when:%H:%M:%S} +0530"

    return _DATE.sub(spell, text)


def _future(text: str, _: Site, now: datetime) -> str:
    return _DATE.sub(f"Mon, 01 Jan {now.year + 9} 00:00:00 +0530", text)


def _ampersands(text: str, _: Site, __: datetime) -> str:
    text = text.replace("<title>", "<title>फोटो & वीडियो: ")
    return _LINK.sub(lambda m: f"<link>{m[1]}?utm_source=rss&utm_medium=feed</link>", text)


def _relative(text: str, site: Site, _: datetime) -> str:
    return text.replace(f"<link>{site.home}", "<link>/")


def _teaser(text: str, _: Site, __: datetime) -> str:
    words = "<p>योजना की पूरी जानकारी के लिए खबर पढ़ें ...</p>"
    part = f"<content:encoded><![CDATA[{words}]]></content:encoded>"
    without = re.sub(r"<content:encoded>.*?</content:encoded>", "", text, flags=re.DOTALL)
    return without.replace("</item>", part + "</item>")


def _many(text: str, _: Site, __: datetime) -> str:
    """A thousand items: the same ones again and again, under addresses with a counter."""
    items = _ITEM.findall(text)
    if not items:
        return text
    made = [
        _LINK.sub(lambda m, n=n: f"<link>{m[1]}?n={n}</link>", items[n % len(items)])  # type: ignore[misc]
        for n in range(_MANY)
    ]
    return text[: text.index("<item>")] + "\n".join(made) + "</channel></rss>"


def _large(text: str, _: Site, __: datetime) -> str:
    pad = "<!-- " + "और पढ़ें " * (_LARGE // 20) + " -->"
    return text.replace("</channel>", pad + "</channel>")


def _wide(given: Answer, _: Site, __: datetime) -> Answer:
    text = given.body.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    headers = {**given.headers, "Content-Type": "application/rss+xml; charset=utf-16"}
    return Answer(200, text.encode("utf-16"), headers)


def _wrong_charset(given: Answer, _: Site, __: datetime) -> Answer:
    body = given.body.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')
    return Answer(200, body, {**given.headers, "Content-Type": "text/xml; charset=ISO-8859-1"})


def _html(given: Answer, site: Site, __: datetime) -> Answer:
    page = f"<!DOCTYPE html><html><head><title>{site.name}</title></head><body>बंद</body></html>"
    return Answer(200, page.encode(), {**given.headers, "Content-Type": "text/html"})


def _to_home(_: Answer, site: Site, __: datetime) -> Answer:
    return Answer(301, b"", {"Location": site.home})


def _loop(_: Answer, __: Site, ___: datetime) -> Answer:
    return Answer(302, b"", {"Location": "?again"})


MANGLES: Final[dict[str, Mangle]] = {
    "ampersands": _text(_ampersands),
    "bom": _text(lambda text, *_: "\ufeff\n" + text),
    "control": _text(lambda text, *_: text.replace("<title>", "<title>\x0b\x01")),
    "empty": _text(lambda text, *_: _ITEM.sub("", text)),
    "future": _text(_future),
    "hindi_months": _text(_hindi_months),
    "html": _html,
    "large": _text(_large),
    "loop": _loop,
    "many": _text(_many),
    "nothing": lambda given, *_: Answer(200, b"", given.headers),
    "no_guid": _text(lambda text, *_: re.sub(r"<guid.*?</guid>", "", text)),
    "relative": _text(_relative),
    "teaser": _text(_teaser),
    "to_home": _to_home,
    "utf16": _wide,
    "wrong_charset": _wrong_charset,
}
"""Every fault by name. They are made for RSS; other feeds bear those that fit."""
