"""Whether the pages of a source are read worse than they were.

Here belong pure functions over rows of `lake.schema.SOURCE_RUNS`: the share of pages that made no
article, and the fields that articles lack, lately and before. A site that changed its templates
shows here first. Not here: whether it lists and answers (`flows.watch.health`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import sqrt
from statistics import median
from typing import Any, Final

Row = Mapping[str, Any]

# Choices, like those of `flows.watch.health`.
_RECENT: Final = timedelta(days=2)
_RECENT_PAGES: Final = 15
_BASE_PAGES: Final = 40
"""Fewer say nothing."""
_DROP: Final = 0.3
"""A share that is worse by less is not worth a message."""
_SIGMAS: Final = 3.0
"""Nor one that chance explains."""
_AGENCY_USUAL: Final = 0.25
"""Agencies are named by some articles only; where fewer than these do, nobody misses them."""
_SHORTER: Final = 0.5

_UNREAD: Final = ("too_short", "no_text", "not_hindi", "error")
"""Outcomes of a page that came and made no article."""


def dropped(rows: Sequence[Row]) -> tuple[str, datetime] | None:
    """Whether the last two days of a source are read worse than the weeks before.

    Args:
        rows: Of one source, of `lake.schema.SOURCE_RUNS`, oldest first.

    Returns:
        What is worse, in words, and since when; None if nothing is, or too little is known.
    """
    read = [row for row in rows if row["taken_up"] and not _from_archive(row)]
    if not read:
        return None
    cut = read[-1]["started_at"] - _RECENT
    recent = [row for row in read if row["started_at"] > cut]
    before = [row for row in read if row["started_at"] <= cut]
    checks = (
        ("pages make no article", _unread, _pages, 0.0),
        ("articles have no date", _lack("with_date"), _made, 0.0),
        ("articles have no author", _lack("with_author"), _made, 0.0),
        ("articles name no agency", _lack("with_agency"), _made, _AGENCY_USUAL),
    )
    words = []
    for what, bad, all_, usual in checks:
        now_bad, now_all = _sum(recent, bad), _sum(recent, all_)
        was_bad, was_all = _sum(before, bad), _sum(before, all_)
        if now_all < _RECENT_PAGES or was_all < _BASE_PAGES:
            continue
        share, base = now_bad / now_all, was_bad / was_all
        if 1 - base >= usual and _is_worse(share, now_all, base, was_all, usual):
            words.append(f"{share:.0%} of its {what}, {base:.0%} before")
    shorter = _shorter(recent, before)
    words += [shorter] if shorter else []
    if not words:
        return None
    return "; ".join(words), recent[0]["started_at"]


def _is_worse(share: float, count: int, base: float, base_count: int, usual: float) -> bool:
    # Where most articles lack it anyway, a drop is small in points: three quarters of it count.
    drop = min(_DROP, 0.75 * (1 - base)) if usual else _DROP
    pooled = (share * count + base * base_count) / (count + base_count)
    noise = sqrt(max(pooled * (1 - pooled), 1e-9) * (1 / count + 1 / base_count))
    return share - base >= drop and share - base >= _SIGMAS * noise


def _from_archive(row: Row) -> bool:
    """Whether a run only published what `taar reextract` made of stored pages."""
    return bool(not row["feeds_polled"] and row["taken_up"] == row["published"])


def _pages(row: Row) -> int:
    return _made(row) + _unread(row)


def _made(row: Row) -> int:
    return int(row["published"])


def _unread(row: Row) -> int:
    counts = dict(row["outcomes"])
    return sum(int(counts.get(name, 0)) for name in _UNREAD)


def _lack(column: str) -> Callable[[Row], int]:
    return lambda row: int(row["published"] - row[column])


def _sum(rows: Iterable[Row], count: Callable[[Row], int]) -> int:
    return sum(count(row) for row in rows)


def _shorter(recent: Sequence[Row], before: Sequence[Row]) -> str | None:
    if _sum(recent, _made) < _RECENT_PAGES or _sum(before, _made) < _BASE_PAGES:
        return None
    now, was = (
        median(row["median_words"] for row in rows for _ in range(row["published"]))
        for rows in ([r for r in recent if r["published"]], [r for r in before if r["published"]])
    )
    return f"its texts have {now:.0f} words, {was:.0f} before" if now < _SHORTER * was else None
