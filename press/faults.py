"""What goes wrong, on demand.

Here belongs the switchboard that tests turn; the server asks it before every answer. Which pages
are peculiar by themselves is told in `press.specials`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from press.dates import BASE
from press.specials import SPECIALS


@dataclass(slots=True)
class Faults:
    """Faults of the press. Every field may be changed while it serves.

    Patterns are matched by `fnmatch` against host and path, without query:
    ``udgam.press.test/desh/*`` or ``*``.

    Attributes:
        specials: Names of the specials that are switched on; the others behave like any page
            or feed (a special page that only exists for its peculiarity, such as the 404, is
            not listed then).
        slow_s: Seconds that the slow page takes.
        heal_after: Requests that the healing page answers with 500; None goes by the clock alone.
        heal_at: When it has healed by the clock of the press; None goes by the requests alone.
        delays: Pattern to seconds before the answer.
        statuses: Pattern to a status that is answered instead.
        busy: Pattern to the seconds of Retry-After of a 503.
        busy_times: How many 503 an address gives before it answers; None is for ever.
        reset: Patterns of addresses whose connection is reset.
        truncate: Patterns of addresses whose body breaks off in the middle.
        feeds: Pattern to the name of what is wrong with a feed (see `press.mangle.MANGLES`).
        down: Whether every connection of every site is reset.
    """

    specials: set[str] = field(default_factory=lambda: set(SPECIALS))
    slow_s: float = 2.0
    heal_after: int | None = None
    heal_at: datetime | None = BASE + timedelta(minutes=10)
    delays: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)
    busy_times: int | None = None
    reset: set[str] = field(default_factory=set)
    truncate: set[str] = field(default_factory=set)
    feeds: dict[str, str] = field(default_factory=dict)
    down: bool = False

    def __post_init__(self) -> None:
        unknown = self.specials - set(SPECIALS)
        if unknown:
            raise ValueError(f"unknown specials: {', '.join(sorted(unknown))}")

    @classmethod
    def none(cls) -> Faults:
        """Returns faults that are all switched off."""
        return cls(specials=set())

    def is_reset(self, address: str) -> bool:
        """Says whether the connection for an address (host and path) is to be reset."""
        return self.down or any(fnmatchcase(address, pattern) for pattern in self.reset)

    def is_truncated(self, address: str) -> bool:
        """Says whether the body for an address is to break off."""
        return any(fnmatchcase(address, pattern) for pattern in self.truncate)

    def delay(self, address: str) -> float:
        """Returns the seconds to wait before the answer."""
        return max((s for p, s in self.delays.items() if fnmatchcase(address, p)), default=0.0)

    def status(self, address: str) -> int | None:
        """Returns the status to answer with instead, if any."""
        return next((s for p, s in self.statuses.items() if fnmatchcase(address, p)), None)

    def feed_fault(self, address: str) -> str | None:
        """Returns the name of what is wrong with a feed, if anything is."""
        return next((name for p, name in self.feeds.items() if fnmatchcase(address, p)), None)

    def retry_after(self, address: str, seen: int) -> int | None:
        """Returns the Retry-After of a 503 to answer with instead, in seconds, if any.

        Args:
            address: Host and path.
            seen: How many requests the address has had before this one.
        """
        if self.busy_times is not None and seen >= self.busy_times:
            return None
        return next((s for p, s in self.busy.items() if fnmatchcase(address, p)), None)

    def healed(self, now: datetime, seen: int) -> bool:
        """Says whether the page that answers 500 has healed.

        Args:
            now: The clock of the press.
            seen: How many requests the page has had before this one.
        """
        if "server_error" not in self.specials:
            return True
        if self.heal_at is not None and now >= self.heal_at:
            return True
        return self.heal_after is not None and seen >= self.heal_after
