"""The ledger: what one crawl process has taken up, and how each URL ended.

Here belongs the promise that every URL taken up ends in exactly one record, and that of several
addresses of one article one makes it: a page that declares another URL for its own stands back for
it, but only until that one has failed. Not here: the form of the records (`crawler.records`), how
an outcome comes about (`crawler.pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from enum import Enum
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from crawler.backlog import Backlog
from crawler.plan import Clock, Entry
from crawler.records import Record, Verdict, Work, url_record
from crawler.urls import host_of
from lake.outcomes import Outcome

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from crawler.troubles import Trouble

Standing = Literal["mine", "theirs", "open"]
"""Whose to make an article is: the page's at hand, another's who has made it or will not fail to,
another's who is still being asked."""


class _State(Enum):
    """Where a URL stands that was taken up: still open, settled, or settled with an article."""

    OPEN = 0
    SETTLED = 1
    MADE = 2


# After these there is an article of the URL, or of the one that it is another address of.
_MADE: Final = (Outcome.PUBLISHED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE_URL)


class KnownUrls:
    """The URLs that are done with, by the first 8 bytes of their ids.

    Of a hundred million URLs, a new one is taken for a known one with a probability of 5e-12.
    """

    def __init__(self, read: Callable[[], npt.NDArray[np.uint64]]) -> None:
        """Learns where the keys come from.

        Args:
            read: Gives them, sorted uint64, shape (urls,): the first 8 bytes of each url_id, big
                endian. Called at the first question: a run in which nothing is new asks none, and
                does without NumPy.
        """
        self._read = read

    @classmethod
    def none(cls) -> KnownUrls:
        """No URLs."""
        return cls(_no_keys)

    @classmethod
    def load(cls, path: Path) -> KnownUrls:
        """Maps a file of keys, as NumPy writes them; without a file nothing is known."""
        return cls(partial(_mapped, path)) if path.exists() else cls.none()

    def __contains__(self, url_id: str) -> bool:
        import numpy as np

        key = np.uint64(int(url_id[:16], 16))
        at = int(np.searchsorted(self._keys, key))
        return at < len(self._keys) and bool(self._keys[at] == key)

    @cached_property
    def _keys(self) -> npt.NDArray[np.uint64]:
        return self._read()


def _no_keys() -> npt.NDArray[np.uint64]:
    import numpy as np

    return np.empty(0, np.uint64)


def _mapped(path: Path) -> npt.NDArray[np.uint64]:
    import numpy as np

    keys: npt.NDArray[np.uint64] = np.load(path, mmap_mode="r")
    return keys


class Ledger:
    """Which URLs are open, which are settled; each is settled once."""

    def __init__(
        self,
        known: KnownUrls,
        clock: Clock,
        write: Callable[[Record], None],
        backlog: Backlog,
        dead: KnownUrls | None = None,
    ) -> None:
        """Opens the books.

        Args:
            known: The URLs that earlier runs are done with.
            clock: The run's clock.
            write: Writes one record; what it returned from is not lost.
            backlog: Keeps what is taken up.
            dead: Those of them that no article came of.
        """
        self._known = known
        self._dead = dead or KnownUrls.none()
        self._clock = clock
        self._write = write
        self._backlog = backlog
        # By the number that a url_id is: a third of the memory of its 32 characters.
        self._states: dict[int, _State] = {}
        self._waiting: set[str] = set()
        # url_ids of articles that were made under another URL than the one taken up.
        self._claimed: set[str] = set()
        # url_id that ended as duplicate_url -> the url_id that it is a duplicate of.
        self._duplicates: dict[str, str] = {}
        # url_id that is still being asked -> pages that stand back for it, when each was judged.
        self._held: dict[str, list[tuple[Work, Verdict, datetime]]] = {}

    def wait_with(self, entries: Iterable[Entry]) -> None:
        """Leaves pending entries alone that are not due: no listing takes them up anew."""
        self._waiting.update(entry.url_id for entry in entries)

    def is_news(self, url_id: str) -> bool:
        """Whether a listed URL is to be taken up."""
        return not (
            _number(url_id) in self._states
            or url_id in self._waiting
            or url_id in self._claimed
            or url_id in self._known
        )

    def take_up(self, work: Work) -> int | None:
        """Takes a URL up, unless it was taken up before.

        Returns:
            Its place in the backlog if it is to be worked on, else None.

        Raises:
            StorageError: If the disk is full; the URL is not taken up then.
        """
        number = _number(work.entry.url_id)
        if number in self._states:
            return None
        place = self._backlog.add(work)
        self._states[number] = _State.OPEN
        return place

    def poll(self, record: Record) -> None:
        """Writes the record of a poll."""
        self._write(record)

    def settle(self, work: Work, verdict: Verdict) -> None:
        """Writes the one record of a URL; once it is settled, later verdicts do not count.

        A verdict that stands back for a URL that is still being asked waits for that one.
        """
        self._settle(work, verdict, self._clock.now())

    def _settle(self, work: Work, verdict: Verdict, now: datetime) -> None:
        url_id = work.entry.url_id
        if not self._is_open(url_id):
            return
        if verdict.behind is not None and self._is_open(verdict.behind[1]):
            self._held.setdefault(verdict.behind[1], []).append((work, verdict, now))
            return
        made = verdict.outcome in _MADE
        self._states[_number(url_id)] = _State.MADE if made else _State.SETTLED
        if verdict.outcome is Outcome.DUPLICATE_URL and verdict.canonical:
            self._duplicates[url_id] = verdict.canonical[1]
        elif verdict.article is not None and verdict.canonical and verdict.canonical[1] != url_id:
            self._claimed.add(verdict.canonical[1])
        self._write(url_record(work, verdict, now))
        self._release(url_id)

    def _release(self, url_id: str) -> None:
        """Settles what stood back for a URL, now that it is known whether it has an article."""
        for work, verdict, now in self._held.pop(url_id, ()):
            if self.standing(url_id, work.entry.url_id) == "theirs" and verdict.behind:
                detail = f"is {verdict.behind[0]}"
                other = Verdict(Outcome.DUPLICATE_URL, detail, verdict.answer, verdict.behind)
                self._settle(work, other, now)
            else:
                self._settle(work, replace(verdict, behind=None), now)

    def standing(self, canonical_id: str, url_id: str) -> Standing:
        """Whose it is to make the article of a canonical URL.

        Args:
            canonical_id: Hash of the canonical URL that a page declares.
            url_id: Hash of the URL that was taken up for the page.
        """
        if canonical_id == url_id or self._duplicates.get(canonical_id) == url_id:
            # Of two pages that declare each other one has stood back, so this one goes.
            return "mine"
        state = self._states.get(_number(canonical_id))
        if canonical_id in self._claimed or state is _State.MADE:
            return "theirs"
        if canonical_id in self._known and canonical_id not in self._dead:
            return "theirs"
        if state is _State.OPEN and not self._waits_for(canonical_id, url_id):
            return "open"
        # Nobody has asked for it, or it has failed: the page at hand is all that there is of it.
        return "mine"

    def _waits_for(self, first: str, second: str) -> bool:
        """Whether one URL stands back for another, over however many between."""
        waiting = {
            work.entry.url_id: target for target, held in self._held.items() for work, *_ in held
        }
        seen: set[str] = set()
        while first in waiting and first not in seen:
            seen.add(first)
            first = waiting[first]
            if first == second:
                return True
        return False

    def close(
        self, detail: str, left_alone: Callable[[str], Trouble | None] = lambda _: None
    ) -> int:
        """Settles what stood back for URLs that were not reached, and defers all that is open.

        Args:
            detail: Why it was not reached.
            left_alone: Says of a host why it was given up, and until when, if it was.

        Returns:
            How many URLs were deferred.

        Raises:
            StorageError: If the backlog cannot be read.
        """
        if _State.OPEN not in self._states.values():
            return 0
        held = {work.entry.url_id for works in self._held.values() for work, *_ in works}
        left = 0
        for work in self._backlog:
            url_id = work.entry.url_id
            if self._is_open(url_id) and url_id not in held:
                trouble = left_alone(host_of(work.entry.requested_url))
                why, until = (trouble.detail, trouble.not_before) if trouble else (detail, None)
                self.settle(work, Verdict(Outcome.DEFERRED, why, not_before=until))
                left += 1
        return left

    def _is_open(self, url_id: str) -> bool:
        return self._states.get(_number(url_id)) is _State.OPEN


def _number(url_id: str) -> int:
    return int(url_id, 16)
