"""What an S3 server, or the way to it, does to a request: the kinds, and when each strikes.

Here belongs the choice, as data and a pure function of the requests so far. Doing it to a
connection is `tests.chaos.proxy`.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """One way in which a request fails, or nearly does."""

    ERROR = "500"
    SLOW_DOWN = "503 SlowDown"
    TIMEOUT = "time-out"
    RESET = "reset"
    TRUNCATED = "truncated body"
    SLOW = "slow response"
    LOST = "lost response"
    """The server has done it; the connection is reset before anybody hears of it."""
    LATE = "lost response, by a time-out"
    ERROR_AFTER = "500 after it was done"


ANY = tuple(Kind)
READING = ("GET", "HEAD")


@dataclass(slots=True)
class Rule:
    """Strikes at some requests.

    Attributes:
        kind: What happens.
        method: Of the requests; "" for any.
        part: A part of their path and query; "" for any.
        first: The first of them that is struck, counted from 1.
        times: How many are struck, one after the other.
    """

    kind: Kind
    method: str = ""
    part: str = ""
    first: int = 1
    times: int = 1

    def __str__(self) -> str:
        who = f"{self.method or 'any'} {self.part}".strip()
        return f"{self.kind} at {who} #{self.first}" + (f" x{self.times}" * (self.times > 1))


@dataclass(slots=True)
class Weather:
    """Decides what happens to each request.

    Attributes:
        rules: For chosen requests.
        share: Of the other requests, how many are struck, 0 to 1.
        dice: Decides which, and by what.
    """

    rules: tuple[Rule, ...] = ()
    share: float = 0.0
    dice: random.Random = field(default_factory=random.Random)
    _seen: Counter[int] = field(default_factory=Counter)

    def strike(self, method: str, path: str) -> Kind | None:
        """What happens to a request; None: it goes through."""
        for number, rule in enumerate(self.rules):
            if rule.method in ("", method) and rule.part in path:
                self._seen[number] += 1
                if rule.first <= self._seen[number] < rule.first + rule.times:
                    return fitting(rule.kind, method)
        if self.share and self.dice.random() < self.share:
            return fitting(self.dice.choice(ANY), method)
        return None


def fitting(kind: Kind, method: str) -> Kind:
    """A body that breaks off is nothing for a request that is answered without one."""
    return Kind.LOST if kind is Kind.TRUNCATED and method != "GET" else kind
