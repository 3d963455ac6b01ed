"""Publication times as feeds and sitemaps write them.

Here belongs the reading of one date string of a listing. Not here: dates in pages, which need
their surroundings (`crawler.extract`).

Feeds of Hindi publishers break RFC 822 in their own ways: Hindi month and day names, Devanagari
digits, ``IST`` (which libraries read as UTC, or as Israel's time), no zone at all.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS_EN: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
# Spellings with and without nukta, with chandrabindu and anusvara, short and long.
_MONTHS_HI: Final = (
    ("जनवरी", "जन"),
    ("फरवरी", "फ़रवरी", "फर", "फ़र"),
    ("मार्च",),
    ("अप्रैल", "अप्रेल"),
    ("मई",),
    ("जून",),
    ("जुलाई",),
    ("अगस्त", "अग"),
    ("सितंबर", "सितम्बर", "सितम्‍बर", "सित"),
    ("अक्टूबर", "अक्तूबर", "अक्टू"),
    ("नवंबर", "नवम्बर", "नवम्‍बर", "नव"),
    ("दिसंबर", "दिसम्बर", "दिसम्‍बर", "दिस"),
)
_MONTH_NUMBERS: Final = {
    name: number
    for number, names in enumerate(_MONTHS_HI, start=1)
    for name in (*names, _MONTHS_EN[number - 1])
}
_DIGITS: Final = {ord("०") + i: str(i) for i in range(10)}

_IST: Final = timezone(timedelta(hours=5, minutes=30))
# Zone names seen in feeds. RFC 822, 5.1 gives those of the United States.
_ZONES: Final = {
    "z": UTC, "ut": UTC, "utc": UTC, "gmt": UTC, "ist": _IST,
    "est": timezone(timedelta(hours=-5)), "edt": timezone(timedelta(hours=-4)),
    "cst": timezone(timedelta(hours=-6)), "cdt": timezone(timedelta(hours=-5)),
    "mst": timezone(timedelta(hours=-7)), "mdt": timezone(timedelta(hours=-6)),
    "pst": timezone(timedelta(hours=-8)), "pdt": timezone(timedelta(hours=-7)),
}  # fmt: skip

_CLOCK: Final = (
    r"(?:[T,\s]+(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<ampm>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE: Final = (
    r"\s*(?:(?:GMT|UTC)?(?P<sign>[+\-−])(?P<zh>\d{2}):?(?P<zm>\d{2})|(?P<zone>[A-Za-z]+))?"
)
_NUMERIC: Final = re.compile(
    rf"^(?P<y>\d{{4}})[-/](?P<mon>\d{{1,2}})(?:[-/](?P<d>\d{{1,2}}))?{_CLOCK}{_ZONE}\s*(?:\(.*\))?$"
)
# Any day name before the first comma or space is skipped: the date itself is what counts.
_WORDED: Final = re.compile(
    r"^(?:[^\d\s,]+[,.\s]+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s\-/]+(?P<name>[^\d\s,.\-/]+)[.,]?[\s\-/]+"
    rf"(?P<y>\d{{4}}|\d{{2}}){_CLOCK}{_ZONE}\s*(?:\(.*\))?$"
)
_MONTH_FIRST: Final = re.compile(
    r"^(?:[^\d\s,]+[,.\s]+)?(?P<name>[^\d\s,.]+)[.]?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    rf"(?P<y>\d{{4}}){_CLOCK}{_ZONE}\s*(?:\(.*\))?$"
)


def parse_listed(raw: str | None, zone: str = "Asia/Kolkata") -> datetime | None:
    """Reads the publication time of an entry.

    Args:
        raw: The string of the feed or sitemap: RFC 822 and its broken kin, ISO 8601, the same
            with Hindi month names or Devanagari digits.
        zone: IANA name of the zone of a string that names none.

    Returns:
        The time in UTC, or None if there is no date in it.
    """
    if not raw:
        return None
    text = " ".join(raw.translate(_DIGITS).split())
    for form in (_NUMERIC, _WORDED, _MONTH_FIRST):
        found = form.match(text)
        if found:
            return _moment(found.groupdict(), zone)
    return None


def _moment(found: dict[str, str | None], zone: str) -> datetime | None:
    month = int(found["mon"] or 0) if "mon" in found else _month(found["name"] or "")
    year = int(found["y"] or 0)
    if year < 100:
        year += 2000
    hour = int(found["h"] or 0)
    if found["ampm"]:
        hour = hour % 12 + (12 if found["ampm"][0] in "Pp" else 0)
    offset = _offset(found)
    try:
        local = datetime(
            year,
            month,
            int(found["d"] or 1),
            hour,
            int(found["min"] or 0),
            min(int(found["s"] or 0), 59),  # A leap second.
            tzinfo=offset or _zone(zone),
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):  # The 31st of June, hour 25, year 0.
        return None


def _month(name: str) -> int:
    name = name.casefold()
    return _MONTH_NUMBERS.get(name[:3] if name.isascii() else name, 0)


def _offset(found: dict[str, str | None]) -> timezone | None:
    if found["sign"]:
        span = timedelta(hours=int(found["zh"] or 0), minutes=int(found["zm"] or 0))
        if span >= timedelta(hours=24):
            return None
        return timezone(span if found["sign"] == "+" else -span)
    return _ZONES.get((found["zone"] or "").lower())


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
