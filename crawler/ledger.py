"""The ledger: what one crawl process has taken up, and how each URL ended.

Here belongs the promise that every URL taken up ends in exactly one record. Not here: the form of
the records (`crawler.records`), how an outcome comes about (`crawler.pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crawler.plan import Clock, Entry
from crawler.records import Record, Verdict, Work, url_record
from crawler.urls import host_of
from lake.outcomes import Outcome


class KnownUrls:
    """The URLs that are done with, by the first 8 bytes of their ids.

    Of a hundred million URLs, a new one is taken for a known one with a probability of 5e-12.
    """

    def __init__(self, keys: npt.NDArray[np.uint64]) -> None:
        """Takes over the keys.

        Args:
            keys: Sorted uint64, shape (urls,): the first 8 bytes of each url_id, big endian.
        """
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> KnownUrls:
        """Maps a file of keys; without a file nothing is known."""
        if not path.exists():
            return cls(np.empty(0, np.uint64))
        return cls(np.load(path, mmap_mode="r"))

    def __contains__(self, url_id: str) -> bool:
        key = np.uint64(int(url_id[:16], 16))
        at = int(np.searchsorted(self._keys, key))
        return at < len(self._keys) and bool(self._keys[at] == key)


class Ledger:
    """Which URLs are open, which are settled; each is settled once."""

    def __init__(self, known: KnownUrls, clock: Clock, write: Callable[[Record], None]) -> None:
        """Opens the books.

        Args:
            known: The URLs that earlier runs are done with.
            clock: The run's clock.
            write: Writes one record; what it returned from is not lost.
        """
        self._known = known
        self._clock = clock
        self._write = write
        self._open: dict[str, Work] = {}
        self._taken: set[str] = set()
        self._waiting: set[str] = set()
        # Articles made under a canonical URL that nobody has listed: url_id -> url_id taken up.
        self._claimed: dict[str, str] = {}
        # url_id that ended as duplicate_url -> the url_id that it is a duplicate of.
        self._duplicates: dict[str, str] = {}

    def wait_with(self, entries: Iterable[Entry]) -> None:
        """Leaves pending entries alone that are not due: no listing takes them up anew."""
        self._waiting.update(entry.url_id for entry in entries)

    def is_news(self, url_id: str) -> bool:
        """Whether a listed URL is to be taken up."""
        return not (
            url_id in self._taken
            or url_id in self._waiting
            or url_id in self._claimed
            or url_id in self._known
        )

    def take_up(self, work: Work) -> bool:
        """Takes a URL up, unless it was taken up before.

        Returns:
            Whether it is to be worked on.
        """
        url_id = work.entry.url_id
        if url_id in self._taken:
            return False
        self._taken.add(url_id)
        self._open[url_id] = work
        return True

    def poll(self, record: Record) -> None:
        """Writes the record of a poll."""
        self._write(record)

    def settle(self, work: Work, verdict: Verdict) -> None:
        """Writes the one record of a URL; once it is settled, later verdicts do not count."""
        url_id = work.entry.url_id
        if self._open.pop(url_id, None) is None:
            return
        if verdict.outcome is Outcome.DUPLICATE_URL and verdict.canonical:
            self._duplicates[url_id] = verdict.canonical[1]
        elif verdict.article is not None and verdict.canonical:
            self._claimed[verdict.canonical[1]] = url_id
        self._write(url_record(work, verdict, self._clock.now()))

    def is_taken_by_another(self, canonical_id: str, url_id: str) -> bool:
        """Whether the article of a canonical URL is some other URL's to make.

        Args:
            canonical_id: Hash of the canonical URL that a page declares.
            url_id: Hash of the URL that was taken up for the page.
        """
        if canonical_id == url_id:
            return False
        if self._duplicates.get(canonical_id) == url_id:
            # Two pages that declare each other: the first has stood back, so this one goes.
            return False
        return (
            canonical_id in self._taken
            or canonical_id in self._waiting
            or canonical_id in self._claimed
            or canonical_id in self._known
        )

    def close(
        self, detail: str, not_before: Callable[[str], datetime | None] = lambda _: None
    ) -> int:
        """Defers everything that is still open.

        Args:
            detail: Why it was not reached.
            not_before: Says of a host when it wants to be asked again, if it has said so.

        Returns:
            How many URLs that were.
        """
        left = list(self._open.values())
        for work in left:
            until = not_before(host_of(work.entry.requested_url))
            self.settle(work, Verdict(Outcome.DEFERRED, detail, not_before=until))
        return len(left)
