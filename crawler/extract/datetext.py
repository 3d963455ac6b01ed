"""Strings -> points in time: every way in which Hindi sites write a date.

Here belongs reading one string: ISO 8601, RFC 822, English and Hindi month names in all spellings,
Devanagari digits, day-first numbers, times of day with their words, time zones. Not here: which of
a page's dates is the date of publication (`dates`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from crawler.extract.result import Precision

DIGITS: Final = str.maketrans("०१२३४५६७८९", "0123456789")
"""Devanagari digits to those of ASCII."""

_MONTH_NAMES: Final = {
    1: "january jan जनवरी जन",
    2: "february feb फरवरी फ़रवरी फर फ़र फेब्रुवरी",
    3: "march mar मार्च",
    4: "april apr अप्रैल अप्रेल एप्रिल अप्र",
    5: "may मई",
    6: "june jun जून जुन",
    7: "july jul जुलाई जूलाई जुला",
    8: "august aug अगस्त अग",
    9: "september sept sep सितंबर सितम्बर सितंम्बर सितं सित सेप्टेंबर",
    10: "october oct अक्टूबर अक्तूबर अक्टू अक्टुबर ऑक्टोबर",
    11: "november nov नवंबर नवम्बर नवं नव",
    12: "december dec दिसंबर दिसम्बर दिसं दिस डिसेंबर",
}
_MONTHS: Final = {name: number for number, names in _MONTH_NAMES.items() for name in names.split()}
# Fixed offsets, minutes east of UTC. IST is India's on every site that we read.
_ZONES: Final = {
    "ist": 330,
    "gmt": 0,
    "utc": 0,
    "z": 0,
    "आईएसटी": 330,
    "भारतीय समयानुसार": 330,
    "जीएमटी": 0,
    "npt": 345,
    "pst": -480,
    "pdt": -420,
    "est": -300,
    "edt": -240,
    "bst": 60,
    "cet": 60,
    "cest": 120,
}
_WORD_EDGE_BEFORE: Final = r"(?<![\w\u0900-\u0963])"
_WORD_EDGE_AFTER: Final = r"(?![\w\u0900-\u0963])"
_MONTH: Final = (
    "(?P<month>"
    + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
    + r")\.?"
    + _WORD_EDGE_AFTER
)
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY: Final = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_SEP: Final = r"[\s,.\-–/|]*"

# Each names a date; the first that matches counts.
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024-06-18, 2024/06/18, and 2024-06-18T...
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        # 18 जून 2024, 18-Jun-2024, 18th June, 2024
        _DAY + _SEP + _MONTH + _SEP + _YEAR,
        # June 18, 2024; जून 18, 2024
        _WORD_EDGE_BEFORE + _MONTH + r"\s*" + _DAY + r"(?!\d)" + _SEP + _YEAR,
        # 18/06/2024, 18-06-2024, 18.06.2024: the day is first in India.
        r"(?<![\d/.-])(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>(?:19|20)\d\d)(?!\d)",
        # 6/18/2024, which can only be the American way: the month is first.
        r"(?<![\d/.-])(?P<month>0?[1-9]|1[0-2])(?P<sep>[-/])(?P<day>1[3-9]|2\d|3[01])(?P=sep)"
        + _YEAR,
        # 18 Jun 24, as RFC 822 has it
        _DAY + r"[\s-]" + _MONTH + r"[\s-](?P<short>\d\d)(?=\s+\d{1,2}:|\s*$)",
        # 20240618, 20240618T103000
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=T|Z|\s|$)",
    )
)
_FULL_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SHORT_DATES: Final = tuple(pattern for pattern in _DATES if "short" in pattern.groupindex)
# A day without its year, which stands nowhere in the string.
_MONTH_NAME: Final = _MONTH.replace("?P<month>", "?:")
_DAY_AND_MONTH: Final = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[\s\-]*{_MONTH_NAME}"
    rf"|{_WORD_EDGE_BEFORE}{_MONTH_NAME}\s*\d{{1,2}}(?!\d)",
    re.IGNORECASE,
)
_LIKE_DATE: Final = re.compile(
    rf"(?:{_DAY_AND_MONTH.pattern})(?:[\s,.-]*\d{{4}}(?!\d))?"
    r"|(?<![\d/.-])\d{1,2}(?P<sep>[-/.])\d{1,2}(?P=sep)(?:\d{4}|\d\d)(?![\d/.-])",
    re.IGNORECASE,
)
# As .NET writes it where nobody has set the country: month first, or day first where they have.
_SLASHED: Final = re.compile(
    r"\s*(\d{1,2})/(\d{1,2})/(\d{4}\s+\d{1,2}:\d\d(?::\d\d)?\s*[AaPp][Mm])\s*"
)
_JOINERS: Final = ("\u200c", "\u200d")
_NEAR_DAYS: Final = 7
_DIGIT: Final = re.compile(r"\d")
_DEVANAGARI_DIGIT: Final = re.compile("[०-९]")
# As nearly all JSON-LD and meta elements write it.
_ISO: Final = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):?[0-5][0-9])?"
)
# A time of day: hours and minutes, seconds, fraction, and what says morning or evening.
_TIME: Final = re.compile(
    r"(?:(?P<part>सुबह|प्रातः|प्रात:|दोपहर|शाम|सायं|रात|रात्रि|तड़के|देर रात)\s*(?:के\s*)?)?"
    r"(?<!\d)(?P<hour>[01]?\d|2[0-4])\s*[:.]\s*(?P<minute>[0-5]\d)(?:\s*:\s*(?P<second>[0-5]\d))?"
    r"(?:[.,]\d{1,9})?(?!\d)"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?|पूर्वाह्न|अपराह्न|एएम|पीएम"
    r"|(?:बजे\s+)?(?:सुबह|प्रातः|शाम|सायं)(?![\u0900-\u0963]))?",
    re.IGNORECASE,
)
_COMPACT_TIME: Final = re.compile(
    r"^T(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?"
)
_OFFSET: Final = re.compile(
    r"(?<![\d:])(?:GMT|UTC)?\s*(?P<sign>[+\-−])(?P<h>\d\d):?(?P<m>[0-5]\d)(?!\d)"
)
_ZONE: Final = re.compile(
    r"(?<![\w\u0900-\u0963])("
    + "|".join(sorted((re.escape(z) for z in _ZONES if z != "z"), key=len, reverse=True))
    + r")(?![\w\u0900-\u0963])|(?<=\d)(z)\b",
    re.IGNORECASE,
)
# "Tue Jun 18 10:30:00 IST 2024", as C's and Java's libraries print it.
_C_DATE: Final = re.compile(r"\b([A-Z][a-z]{2} \d{1,2}) (\d\d:\d\d:\d\d)( [A-Z]{3,4})? (\d{4})$")
_UNIX: Final = re.compile(r"^\s*(\d{10})(\d{3})?\s*$")
# Hours that the words of the day stand for when the clock shows twelve hours.
_AFTERNOON: Final = {"दोपहर", "शाम", "सायं"}
_NIGHT: Final = {"रात", "रात्रि", "देर रात"}
# With one of these, twelve is the first hour of the day that is written.
_BEFORE_NOON: Final = _NIGHT | {"सुबह", "प्रातः", "प्रात:", "तड\u093cके"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A date that was read.

    Attributes:
        at: The moment, UTC. Midnight of the site's zone if no time of day was given.
        precision: second, minute or day.
        start: Where the date begins in the string.
        end: Where the date, its time and its zone end in the string.
    """

    at: datetime
    precision: Precision
    start: int = 0
    end: int = 0


def read(text: str, zone: tzinfo) -> Moment | None:
    """Reads the first date in a string.

    Args:
        text: The string.
        zone: Zone of times that name none.

    Returns:
        The moment, or None if the string names no day of the calendar. Exactly midnight to the
        second, as systems fill in that know only the day, has precision "day".
    """
    if not text or len(text) > 500 or not _DIGIT.search(text):
        return None
    exact = _iso(text, zone) if _ISO.fullmatch(text) else None
    if exact is not None:
        return exact
    text = plain(text)
    unix = _UNIX.match(text)
    if unix:
        return Moment(datetime.fromtimestamp(int(unix[1]), UTC), "second", 0, len(text))
    text = _C_DATE.sub(r"\1 \4 \2\3", text)
    for pattern in _DATES if _FULL_YEAR.search(text) else _SHORT_DATES:
        for found in pattern.finditer(text):
            day = _day(found)
            if day is not None:
                return _with_time(text, found, day, zone)
    return None


def plain(text: str) -> str:
    """A string as dates are read in it: digits of ASCII, no joiners, which some put in a conjunct.

    The places in a `Moment` are places in it.
    """
    if _DEVANAGARI_DIGIT.search(text):
        text = text.translate(DIGITS)
    for joiner in _JOINERS:
        if joiner in text:
            text = text.replace(joiner, "")
    return text


def like_date(text: str) -> tuple[int, int] | None:
    """Where something stands in a string (as `plain` gives it) that looks like a date."""
    found = _LIKE_DATE.search(text)
    return found.span() if found else None


def read_near(text: str, zone: tzinfo, now: datetime) -> Moment | None:
    """Reads a day without a year in a list of what is new: it was one of the last seven days.

    Args:
        text: The string.
        zone: Zone of the site.
        now: The clock when the list was fetched, timezone-aware.

    Returns:
        The moment, or None if the year cannot be told so.
    """
    text = plain(text)
    found = _DAY_AND_MONTH.search(text) if len(text) <= 100 else None
    if found is None or _FULL_YEAR.search(text):
        return None
    today = now.astimezone(zone).date()
    for year in (today.year, today.year - 1):
        moment = read(f"{text[: found.end()]} {year} {text[found.end() :]}", zone)
        if moment is None:
            continue
        if 0 <= (today - moment.at.astimezone(zone).date()).days <= _NEAR_DAYS:
            return moment
    return None


def month_first(text: str, zone: tzinfo) -> Moment | None:
    """The American reading of "7/6/2024 10:30:00 AM"; None for all that has but one reading."""
    found = _SLASHED.fullmatch(text)
    if found is None or not (0 < int(found[1]) <= 12 and 0 < int(found[2]) <= 12):
        return None
    return (
        None if int(found[1]) == int(found[2]) else read(f"{found[2]}/{found[1]}/{found[3]}", zone)
    )


def _iso(text: str, zone: tzinfo) -> Moment | None:
    """Reads "2024-06-18T10:30:00+05:30", or says None to what is no moment of the calendar."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    local = local if local.tzinfo else local.replace(tzinfo=zone)
    return _moment(local, "day" if midnight else "second", 0, len(text))


def utc(at: datetime) -> datetime:
    """A moment in UTC."""
    return at.astimezone(UTC)


def _day(found: re.Match[str]) -> tuple[int, int, int] | None:
    groups = found.groupdict()
    year = int(groups["year"]) if groups.get("year") else 2000 + int(groups["short"])
    name = groups["month"].lower()
    month = int(name) if name.isdigit() else _MONTHS[name]
    try:
        datetime(year, month, int(groups["day"]), tzinfo=UTC)
    except ValueError:
        return None
    return year, month, int(groups["day"])


def _with_time(
    text: str, found: re.Match[str], day: tuple[int, int, int], zone: tzinfo
) -> Moment | None:
    """Adds the time of day that stands after the date, or right before it."""
    start, end = found.span()
    rest = text[end : end + 60]
    clock = _COMPACT_TIME.match(rest) or _TIME.search(rest)
    offset_from = end
    if clock is not None and _far(rest[: clock.start()]):
        clock = None
    if clock is not None:
        offset_from = end + clock.end()
    else:
        before = text[max(0, start - 40) : start]
        clocks = list(_TIME.finditer(before))
        if clocks and not _far(before[clocks[-1].end() :]):
            clock = clocks[-1]
            start = max(0, start - 40) + clock.start()
    if clock is None:
        return _moment(datetime(*day, tzinfo=zone), "day", start, end)
    named, zone_end = _zone(text, offset_from)
    clock_time = _clock(clock)
    if clock_time is None:
        return _moment(datetime(*day, tzinfo=zone), "day", start, end)
    hour, minute, second, has_seconds = clock_time
    local = datetime(*day, hour % 24, minute, second, tzinfo=named or zone)
    if hour == 24:
        local += timedelta(days=1)
    midnight = has_seconds and (hour, minute, second) == (0, 0, 0)
    precision: Precision = "day" if midnight else "second" if has_seconds else "minute"
    return _moment(local, precision, start, max(offset_from, zone_end))


def _moment(local: datetime, precision: Precision, start: int, end: int) -> Moment | None:
    try:
        return Moment(local.astimezone(UTC), precision, start, end)
    except (OverflowError, ValueError):
        return None


def _far(between: str) -> bool:
    """Whether too much stands between date and time for them to belong together."""
    return len(between) > 14 or bool(re.search(r"\d|[।!?]", between))


def _clock(found: re.Match[str]) -> tuple[int, int, int, bool] | None:
    groups = found.groupdict()
    hour, minute = int(groups["hour"]), int(groups["minute"])
    second = int(groups["second"] or 0)
    half = re.sub(r"[.\s]|बजे", "", (groups.get("half") or "").lower())
    part = groups.get("part")
    if hour > 24 or (hour == 24 and (minute or second)):
        return None
    late = half in {"pm", "अपराह्न", "पीएम", "शाम", "सायं"}
    early = half in {"am", "पूर्वाह्न", "एएम", "सुबह", "प्रातः"}
    if part in _AFTERNOON or (part in _NIGHT and hour >= 6):
        late = True
    elif part in _NIGHT and hour < 6:
        early = True
    if part in _BEFORE_NOON and not half and hour == 12:
        early = True
    if late and hour < 12:
        hour += 12
    elif (early and hour == 12) or (part in _NIGHT and not half and hour == 24):
        hour = 0
    return hour, minute, second, groups["second"] is not None


def _zone(text: str, start: int) -> tuple[tzinfo | None, int]:
    """The zone named right after a time, and where its name ends."""
    rest = text[start : start + 24]
    offset = _OFFSET.match(rest.lstrip(" ("))
    if offset:
        minutes = int(offset["h"]) * 60 + int(offset["m"])
        if minutes <= 14 * 60:
            sign = 1 if offset["sign"] == "+" else -1
            lead = len(rest) - len(rest.lstrip(" ("))
            return timezone(timedelta(minutes=sign * minutes)), start + lead + offset.end()
        return None, start
    named = _ZONE.search(text, max(0, start - 1), start + 24)
    if named and named.start() - start <= 12:
        minutes = _ZONES[(named[1] or named[2]).lower()]
        return timezone(timedelta(minutes=minutes)), named.end()
    return None, start
