"""Which sources need somebody: silent, stale, failing, or read worse than before.

Here belong pure functions over rows of `lake.schema.SOURCE_RUNS` and of `lake.schema.STATE`; the
clock is passed in. A source is measured by its own history, so that a small paper may sleep at
night and a weekly one for days; a source without a history is not judged by one. Not here: the
reading of the rows, and what is printed (`flows.watch.doctor`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from flows.steps.source_counts import NOT_ASKED, failure_detail, failure_word
from flows.watch.drops import dropped

Row = Mapping[str, Any]

HISTORY: Final = timedelta(days=30)
"""How far back a source's history is read."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

# The numbers below are choices, held by the written histories of tests/flows/test_health.py: an
# alarm that nobody needs costs more than one that comes some hours later.
_GAPS: Final = 5
_GAPS_SPAN: Final = 2 * _DAY
_SILENT_TIMES: Final = 2
_SILENT_LEAST: Final = 6 * _HOUR
_OUTLIER_EVERY: Final = 10 * _DAY
"""Of a source's pauses the longest is left out for each so many days: an outage is no habit."""
_STALE_LEAST: Final = 7 * _DAY
_STALE_TIMES: Final = 3
_FAILED_POLLS: Final = 5
_FAILED_LEAST: Final = 3 * _HOUR
_OWN_FAULTS: Final = frozenset({"dns", "connect", "timeout"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that somebody should look at.

    Attributes:
        source_id: The source.
        kind: silent, stale, failing, slow or extraction.
        what: What it is, in words.
        since: When it began, as far as that is known.
    """

    source_id: str
    kind: str
    what: str
    since: datetime | None = None

    def __str__(self) -> str:
        return (
            f"{self.source_id} is {self.what}"
            if self.kind != "extraction"
            else (f"{self.source_id}: {self.what}")
        )


def complaints(
    rows: Iterable[Row],
    state: Iterable[Row],
    now: datetime,
    *,
    skip: Iterable[str] = (),
) -> list[Complaint]:
    """Judges every source by its own history.

    Args:
        rows: Of `lake.schema.SOURCE_RUNS`, of the last `HISTORY` or less.
        state: Of `lake.schema.STATE`: which feeds have failed since they last answered.
        now: The clock.
        skip: Ids of sources that nobody expects anything of: disabled, paused.

    Returns:
        In order of the sources; of each at most one of every kind.
    """
    left_out = frozenset(skip)
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in _without_own_faults(list(rows)):
        if row["source_id"] not in left_out:
            by_source[row["source_id"]].append(row)
    feeds: dict[str, list[Row]] = defaultdict(list)
    for row in state:
        feeds[row["source_id"]].append(row)
    found = []
    for source_id in sorted(by_source):
        mine = sorted(by_source[source_id], key=lambda row: row["started_at"])
        failing = _failing(source_id, mine, feeds[source_id])
        # Of a source that does not answer, nothing else can be said.
        found += [failing] if failing else []
        if failing is None or not failing.what.startswith("failing: all"):
            quiet = _silent(source_id, mine, now) or _stale(source_id, mine, now)
            found += [quiet] if quiet else []
        slow = _slow(source_id, mine)
        found += [slow] if slow else []
        worse = dropped(mine)
        if worse is not None:
            found.append(Complaint(source_id, "extraction", *worse))
    return found


def _without_own_faults(rows: list[Row]) -> list[Row]:
    """The rows without runs in which nobody could be reached: those say nothing of any source."""
    polled: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["feeds_polled"]:
            polled[row["run_id"]].append(row)
    dark = {
        run_id
        for run_id, mine in polled.items()
        if len(mine) > 1
        and all(row["feeds_failed"] == row["feeds_polled"] for row in mine)
        and all(failure_word(error) in _OWN_FAULTS for row in mine for error in row["errors"])
    }
    return [row for row in rows if row["run_id"] not in dark]


def _answered(row: Row) -> bool:
    return bool(row["feeds_polled"] > row["feeds_failed"])


def _silent(source_id: str, rows: Sequence[Row], now: datetime) -> Complaint | None:
    """No new entry for much longer than ever before, although the feeds answer."""
    news = [row["started_at"] for row in rows if row["new_entries"]]
    polls = [row["started_at"] for row in rows if _answered(row)]
    usual = _usual_pause(news)
    if usual is None or not polls:
        return None
    # Only what we have watched counts: a collector that stood still heard nothing either.
    pause = min(polls[-1], now) - news[-1]
    if pause <= max(_SILENT_TIMES * usual, _SILENT_LEAST):
        return None
    words = f"silent: nothing new for {_span(pause)}, it never was so for more than {_span(usual)}"
    return Complaint(source_id, "silent", words, news[-1])


def _usual_pause(news: Sequence[datetime]) -> timedelta | None:
    """The longest pause between new entries that is a habit; None without enough history."""
    gaps = sorted((b - a for a, b in pairwise(news)), reverse=True)
    if len(gaps) < _GAPS or news[-1] - news[0] < _GAPS_SPAN:
        return None
    outliers = int((news[-1] - news[0]) / _OUTLIER_EVERY)
    return gaps[min(outliers, len(gaps) - 1)]


def _stale(source_id: str, rows: Sequence[Row], now: datetime) -> Complaint | None:
    """What the source lists is old, however new it is to us."""
    # A date in the future is a mistake of the site.
    dates = [
        row["newest_at"]
        for row in rows
        if row["newest_at"] and row["newest_at"] <= row["started_at"] + _DAY
    ]
    polls = [row["started_at"] for row in rows if _answered(row)]
    if not dates or not polls:
        return None
    newest = max(dates)
    age = min(polls[-1], now) - newest
    usual = _usual_pause(sorted(set(dates))) or timedelta(0)
    if age <= max(_STALE_LEAST, _STALE_TIMES * usual):
        return None
    return Complaint(source_id, "stale", f"stale: its newest item is {_span(age)} old", newest)


def _failing(source_id: str, rows: Sequence[Row], feeds: Sequence[Row]) -> Complaint | None:
    """All its feeds, or some, have failed in the same way again and again."""
    polled = [row for row in rows if row["feeds_polled"]]
    down = _tail(polled, lambda row: not _answered(row))
    if len(down) >= _FAILED_POLLS and _lasted(down) >= _FAILED_LEAST:
        reasons = Counter(failure_word(error) for row in down for error in row["errors"])
        reason, _ = reasons.most_common(1)[0] if reasons else ("", 0)
        if reason not in NOT_ASKED:
            what = f"failing: all feeds, {len(down)} times in a row: {reason}"
            what += _of_robots(reason, down[-1]["errors"])
            return Complaint(source_id, "failing", what, down[0]["started_at"])
    broken = []
    for feed in feeds:
        if not feed["failures"]:
            continue
        failures = [
            (row["started_at"], failure_word(error))
            for row in polled
            if feed["last_success_at"] is None or row["started_at"] > feed["last_success_at"]
            for error in row["errors"]
            if error.startswith(f"{feed['feed_url']}: ")
        ]
        words = {word for _, word in failures}
        if len(failures) >= _FAILED_POLLS and len(words) == 1 and not words & NOT_ASKED:
            broken.append((failures[0][0], feed["feed_url"], len(failures), words.pop()))
    if not broken:
        return None
    since, url, times, word = min(broken)
    more = f" and {len(broken) - 1} more of its feeds" if len(broken) > 1 else ""
    what = f"failing: {url}{more}, {times} times in a row: {word}"
    return Complaint(source_id, "failing", what, since)


def _of_robots(reason: str, errors: Sequence[str]) -> str:
    """The detail of a failure that is not of the feeds but of robots.txt."""
    details = [failure_detail(error) for error in errors if failure_word(error) == reason]
    return next((f" ({d})" for d in details if d.startswith("robots.txt: ")), "")


def _slow(source_id: str, rows: Sequence[Row]) -> Complaint | None:
    """A Crawl-delay leaves no time for its feeds, however often it is tried."""
    polled = [row for row in rows if row["feeds_polled"]]
    late = _tail(polled, lambda row: any(failure_word(e) == "crawl_delay" for e in row["errors"]))
    if not late:
        return None
    errors = [e for e in late[-1]["errors"] if failure_word(e) == "crawl_delay"]
    what = (
        f"slow: {failure_detail(errors[-1])}, which left no time for {len(errors)} of "
        f"{late[-1]['feeds_polled']} feeds"
    )
    return Complaint(source_id, "slow", what, late[0]["started_at"])


def _tail(rows: Sequence[Row], fits: Callable[[Row], bool]) -> list[Row]:
    """The last rows for which something holds without a break, oldest first."""
    found: list[Row] = []
    for row in reversed(rows):
        if not fits(row):
            break
        found.append(row)
    return found[::-1]


def _lasted(rows: Sequence[Row]) -> timedelta:
    span: timedelta = rows[-1]["started_at"] - rows[0]["started_at"]
    return span


def _span(span: timedelta) -> str:
    hours = span / _HOUR
    return f"{hours:.0f} hours" if hours < 48 else f"{span / _DAY:.0f} days"
