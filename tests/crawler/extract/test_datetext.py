"""Strings that sites write for a date, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import datetext

KOLKATA = ZoneInfo("Asia/Kolkata")
DAY = "2024-06-17T18:30:00+00:00"
MORNING = "2024-06-18T05:00:00+00:00"

CASES = {
    # Machines.
    "2024-06-18T10:30:00+05:30": (MORNING, "second"),
    "2024-06-18T05:00:00Z": (MORNING, "second"),
    "2024-06-18T05:00:00.123456+00:00": (MORNING, "second"),
    "2024-06-18T10:30:00+0530": (MORNING, "second"),
    "2024-06-18T10:30": (MORNING, "minute"),
    "2024-06-18 10:30:00": (MORNING, "second"),
    "20240618T050000Z": (MORNING, "second"),
    "2024-06-18": (DAY, "day"),
    "2024-06-18T00:00:00+05:30": (DAY, "day"),
    "1718686800": (MORNING, "second"),
    "1718686800000": (MORNING, "second"),
    "Tue, 18 Jun 2024 10:30:00 +0530": (MORNING, "second"),
    "Tue, 18 Jun 24 05:00:00 GMT": (MORNING, "second"),
    "Tue, 18 जून 2024 10:30:00 +0530": (MORNING, "second"),
    "Update: 2023-09-16 08:18 GMT": ("2023-09-16T08:18:00+00:00", "minute"),
    # English as Indian sites write it.
    "Updated: Tue, 18 Jun 2024 10:30 AM (IST)": (MORNING, "minute"),
    "Jun 18, 2024, 10:30 IST": (MORNING, "minute"),
    "Sun, Jun 28, 2020, 16:41 [IST]": ("2020-06-28T11:11:00+00:00", "minute"),
    "June 18, 2024 at 10:30 am": (MORNING, "minute"),
    "18th June, 2024": (DAY, "day"),
    "Fri. Nov 22nd, 2024": ("2024-11-21T18:30:00+00:00", "day"),
    "18/06/2024": (DAY, "day"),
    "18-06-2024 22:15": ("2024-06-18T16:45:00+00:00", "minute"),
    "10:30 AM, 18 June 2024": (MORNING, "minute"),
    "18 Jun 2024 12:05 AM": ("2024-06-17T18:35:00+00:00", "minute"),
    "18 Jun 2024 12:05 PM": ("2024-06-18T06:35:00+00:00", "minute"),
    # Hindi.
    "18 जून 2024, 10:30 AM IST": (MORNING, "minute"),
    "१८ जून २०२४, सुबह १०:३० बजे": (MORNING, "minute"),
    "मंगलवार, 18 जून 2024 | 10.30 AM": (MORNING, "minute"),
    "जून 18, 2024 10:30 पूर्वाह्न": (MORNING, "minute"),
    "18 जून 2024 शाम 5:30 बजे": ("2024-06-18T12:00:00+00:00", "minute"),
    "18 जून 2024 रात 11:05 बजे": ("2024-06-18T17:35:00+00:00", "minute"),
    "18 जून 2024 दोपहर 12:10 बजे": ("2024-06-18T06:40:00+00:00", "minute"),
    "16 सितम्बर 2023": ("2023-09-15T18:30:00+00:00", "day"),
    "16 सितंबर, 2023": ("2023-09-15T18:30:00+00:00", "day"),
    "1 अक्तूबर 2023": ("2023-09-30T18:30:00+00:00", "day"),
    "5 फ़रवरी 2024": ("2024-02-04T18:30:00+00:00", "day"),
    "प्रकाशित: 18 जून 2024, 10:30 AM": (MORNING, "minute"),
    "18 जून 2024, 05:30:15 सायं": ("2024-06-18T12:00:15+00:00", "second"),
    "18 जून 2024, 5:30 बजे शाम": ("2024-06-18T12:00:00+00:00", "minute"),
    "18 जून 2024, 12:10 सुबह": ("2024-06-17T18:40:00+00:00", "minute"),
    # No part of the day, but other words that begin so; one that says it before the time.
    "18 जून 2024 5:30 शामली": ("2024-06-18T00:00:00+00:00", "minute"),
    "18 जून 2024 सुबह 5:30 बजे": ("2024-06-18T00:00:00+00:00", "minute"),
}
NO_DATES = (
    "",
    "31 जून 2024",
    "2024-13-45",
    "18 जून को",
    "2 घंटे पहले",
    "ID 48211998",
    "9999999999999999",
    "जनहित में 2024 का बजट",
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59-05:00",
    "99/99/2024",
)


@pytest.mark.parametrize("text", CASES)
def test_read(text: str) -> None:
    found = datetext.read(text, KOLKATA)
    assert found is not None
    assert (found.at.isoformat(), found.precision) == CASES[text]


@pytest.mark.parametrize("text", NO_DATES)
def test_no_date(text: str) -> None:
    assert datetext.read(text, KOLKATA) is None


def test_zone_of_the_site_counts_where_none_is_named() -> None:
    found = datetext.read("18 Jun 2024 10:30", ZoneInfo("Asia/Kathmandu"))
    assert found is not None
    assert found.at == datetime(2024, 6, 18, 4, 45, tzinfo=UTC)


def test_span_covers_date_time_and_zone() -> None:
    text = "राकेश बिष्ट 18 जून 2024, 10:30 AM IST देहरादून"
    found = datetext.read(text, KOLKATA)
    assert found is not None
    assert text[found.start : found.end] == "18 जून 2024, 10:30 AM IST"


@given(
    st.text(max_size=80)
    | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. T][0-9]{1,4} ?[0-9:+Z]{0,12}")
)
def test_read_never_raises(text: str) -> None:
    found = datetext.read(text, KOLKATA)
    assert found is None or found.at.tzinfo is not None


@given(st.datetimes(datetime(1995, 1, 2), datetime(2099, 12, 30)))  # noqa: DTZ001 (given a zone below)
def test_iso_is_read_exactly(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    found = datetext.read(moment.isoformat(), KOLKATA)
    assert found is not None
    assert found.at == moment
