"""What came of the rounds: counts for a script, a table for people.

Here belongs adding up and telling; what counts as trouble is decided in `tests.chaos.rounds`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.points import STRIKES, Place


@dataclass(slots=True)
class Report:
    """Sums over rounds.

    Attributes:
        through: ``pipeline`` or ``prefect``.
        server: The S3 server.
        rounds: How many were played; `buckets` of them on the S3 server.
        seconds: How long they took.
        ends: How the disturbed processes ended.
        hits: Harms from within that took place, by failpoint and action.
        missed: Harms whose failpoint was not passed.
        kills: Processes killed from outside, by the step of the pipeline that they were in.
        faults: What the proxy did to requests, by kind.
        requests: How many requests passed the proxy.
        skews: Processes whose clock was wrong.
        spools_lost: Rounds that went on without the spools.
        at_once: Pairs of processes that ran at once.
        adopted: Undisturbed runs that took work over.
        published: Articles that were expected.
        lost: Articles that are not there.
        doubled: Articles that are there twice, in the view or in a plain glob.
        troubles: Whatever else was wrong, with the plan of its round.
    """

    through: str = "pipeline"
    server: str = "moto"
    rounds: int = 0
    buckets: int = 0
    seconds: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    skews: int = 0
    spools_lost: int = 0
    at_once: int = 0
    adopted: int = 0
    published: int = 0
    lost: int = 0
    doubled: int = 0
    troubles: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.troubles)

    def rare(self, least: int) -> list[str]:
        """The harms that took place less often than `least` times."""
        known = {strike.spec for strike in STRIKES if self.buckets or strike.place != Place.BUCKET}
        return sorted(spec for spec in known if self.hits[spec] < least)

    def to_json(self) -> dict[str, Any]:
        """All of it, for a script."""
        plain: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            plain[name] = dict(sorted(value.items())) if isinstance(value, Counter) else value
        return {**plain, "seconds": round(self.seconds, 1), "clean": self.clean}

    def to_text(self) -> str:
        """All of it, for people."""
        hits = [f"  {name:<36}{count:>5}" for name, count in sorted(self.hits.items())]
        each = self.seconds / max(1, self.rounds)
        return "\n".join(
            [
                f"{self.rounds} rounds through {self.through}, {self.buckets} of them on "
                f"{self.server}: {self.seconds:.0f} s, {each:.1f} s each",
                _line("processes by their end", self.ends),
                _line("killed from outside, by step", self.kills),
                f"wrong clocks: {self.skews}; two at once: {self.at_once}; "
                f"rounds without their spools: {self.spools_lost}; "
                f"work taken over by the undisturbed run: {self.adopted}",
                _line(f"faults in {self.requests} requests", self.faults),
                f"harms from within: {self.hits.total()}, not passed: {self.missed.total()}",
                *hits,
                *self.troubles,
                f"articles expected {self.published}, lost {self.lost}, doubled {self.doubled}, "
                f"troubles {len(self.troubles)}",
            ]
        )


def _line(title: str, counts: Counter[str]) -> str:
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"{title}: {told or 'none'}"
