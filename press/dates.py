"""The press's calendar: its base day, and dates as Hindi and English pages print them.

Here belong constants of time and the formats of dates. No clock is read here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final
from zoneinfo import ZoneInfo

IST: Final = ZoneInfo("Asia/Kolkata")
BASE: Final = datetime(2024, 11, 22, 9, 0, tzinfo=IST)
"""What the press takes for now unless told otherwise."""
BASE_DAY: Final = datetime(2024, 11, 21, tzinfo=IST)
"""`days_before: 0` of a story: the last whole day before `BASE`."""

MONTHS: Final = (
    "जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून",
    "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
)  # fmt: skip
WEEKDAYS: Final = (
    "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार",
)  # fmt: skip
_ENGLISH_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_ENGLISH_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def story_time(days_before: int, clock: str) -> datetime:
    """Returns the time of day `clock` (``HH:MM``, IST), `days_before` days before the base day."""
    hour, minute = (int(part) for part in clock.split(":"))
    return BASE_DAY - timedelta(days=days_before) + timedelta(hours=hour, minutes=minute)


def hindi_day(when: datetime) -> str:
    """Returns the day as a dateline has it, such as ``21 नवंबर``."""
    local = when.astimezone(IST)
    return f"{local.day} {MONTHS[local.month - 1]}"


def hindi_date(when: datetime) -> str:
    """Returns the day with its year, such as ``18 जून 2024``."""
    return f"{hindi_day(when)} {when.astimezone(IST).year}"


def hindi_stamp(when: datetime) -> str:
    """Returns date and time as regional sites print them: ``18 जून 2024, 10:30 AM IST``."""
    local = when.astimezone(IST)
    half = "AM" if local.hour < 12 else "PM"
    return f"{hindi_date(when)}, {local.hour % 12 or 12:02d}:{local.minute:02d} {half} IST"


def weekday(when: datetime) -> str:
    """Returns the Hindi name of the day of the week, in IST."""
    return WEEKDAYS[when.astimezone(IST).weekday()]


def theme_date(when: datetime) -> str:
    """Returns the day as the WordPress theme prints it: ``Fri. Nov 22nd, 2024``."""
    local = when.astimezone(IST)
    ending = "th"
    if local.day not in (11, 12, 13):
        ending = {1: "st", 2: "nd", 3: "rd"}.get(local.day % 10, "th")
    day = _ENGLISH_DAYS[local.weekday()]
    return f"{day}. {_ENGLISH_MONTHS[local.month - 1]} {local.day}{ending}, {local.year}"


def gmt_minute(when: datetime) -> str:
    """Returns the minute as the Hocalwire-like CMS prints it: ``2023-09-16 08:18 GMT``."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M GMT")


def english_stamp(when: datetime) -> str:
    """Returns date and time in English, such as ``21 Nov 2024 02:35 PM (IST)``."""
    local = when.astimezone(IST)
    half = "AM" if local.hour < 12 else "PM"
    clock = f"{local.hour % 12 or 12:02d}:{local.minute:02d} {half}"
    return f"{local.day:02d} {_ENGLISH_MONTHS[local.month - 1]} {local.year} {clock} (IST)"


def rfc822(when: datetime, *, local: bool = True) -> str:
    """Returns the time as RSS wants it: ``Thu, 21 Nov 2024 14:35:00 +0530`` (or in GMT)."""
    return format_datetime(when.astimezone(IST if local else UTC), usegmt=False)


def http_date(when: datetime) -> str:
    """Returns the time as HTTP headers want it."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


def iso(when: datetime) -> str:
    """Returns the time in ISO 8601 with the offset of India, to the second."""
    return when.astimezone(IST).isoformat(timespec="seconds")
