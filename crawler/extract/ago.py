"""Strings -> points in time, counted from the clock: "2 घंटे पहले", "कल, 10:30 AM", "3 days ago".

Here belong words that say how long ago. They are read only where nothing else stands in the
string but a label, for in a sentence they tell of what happened. Not here: dates that name their
day (`datetext`).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

from crawler.extract import datetext
from crawler.extract.datetext import DIGITS, Moment
from crawler.extract.result import Precision

_LABEL: Final = (
    r"(?:(?:last\s+)?(?:updated?|published|posted)|अपडेटेड|अपडेट|प्रकाशित|पब्लिश(?:्ड)?)?"
    r"(?:\s+(?:on|at))?\s*[:\-–|]?\s*"
)
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "एक": 1, "two": 2, "दो": 2, "तीन": 3, "चार": 4, "पांच": 5, "पाँच": 5,
}  # fmt: skip
_MINUTES: Final = {
    "min": 1,
    "मिन": 1,
    "hou": 60,
    "hr": 60,
    "घंट": 60,
    "घण्": 60,
    "day": 1440,
    "दिन": 1440,
}
_DAY_MINUTES: Final = 1440
_MAX_DAYS: Final = 30
_AGO: Final = re.compile(
    rf"{_LABEL}(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s*"
    r"(?P<unit>min(?:ute)?s?|मिनट|hours?|hrs?|घंटे|घंटा|घण्टे|घण्टा|days?|दिन)\s*(?:ago|पहले|पूर्व)\s*[.।]?",
    re.IGNORECASE,
)
_JUST_NOW: Final = re.compile(_LABEL + r"(?:अभी[\s-]*अभी|just\s+now)", re.IGNORECASE)
_NAMED: Final = re.compile(
    rf"{_LABEL}(?:(?P<today>आज|today)|(?P<yesterday>कल|yesterday))\s*[,|]?\s*"
    r"(?P<time>(?:at\s+|at|को\s+)?(?:सुबह|दोपहर|शाम|रात)?\s*\d{1,2}[:.]\d\d[^।]{0,12})?",
    re.IGNORECASE,
)


def read(text: str, zone: tzinfo, now: datetime) -> Moment | None:
    """Reads a string that counts from the clock.

    Args:
        text: The string.
        zone: Zone of the site: its days begin and end there.
        now: The clock when the page was fetched, timezone-aware.

    Returns:
        The moment, or None if the string says anything else. Minutes ago have the precision of a
        minute, hours ago that of a day, for the page rounds them; days ago are midnights.
    """
    if len(text) > 60:
        return None
    plain = text.strip().translate(DIGITS)
    local = now.astimezone(zone)
    if _JUST_NOW.fullmatch(plain):
        return _moment(local, "minute", text)
    ago = _AGO.fullmatch(plain)
    if ago:
        count = _NUMBERS.get(ago["count"].lower()) or int(ago["count"])
        unit = ago["unit"].lower()
        minutes = count * next(m for stem, m in _MINUTES.items() if unit.startswith(stem))
        if minutes < _DAY_MINUTES:
            precision: Precision = "minute" if minutes < 60 else "day"
            return _moment(local - timedelta(minutes=minutes), precision, text)
        if minutes > _MAX_DAYS * _DAY_MINUTES:
            return None
        return _moment(_midnight(local - timedelta(minutes=minutes)), "day", text)
    named = _NAMED.fullmatch(plain)
    if not named or not (named["time"] or named["yesterday"]) or plain in {"कल", "आज"}:
        return None
    day = local - timedelta(days=1 if named["yesterday"] else 0)
    if not named["time"]:
        return _moment(_midnight(day), "day", text)
    found = datetext.read(f"{day:%Y-%m-%d} {named['time']}", zone)
    return _moment(found.at, found.precision, text) if found and found.precision != "day" else None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _moment(at: datetime, precision: Precision, text: str) -> Moment:
    return Moment(datetext.utc(at.replace(microsecond=0)), precision, 0, len(text))
