"""What happens in a round, thrown by dice whose seed is printed: a round can be repeated alone.

Here belongs the plan as data; nothing is run. The strikes are dealt from a pack that is shuffled
anew when it is used up, so that each comes as often as any other.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from tests.chaos.faults import ANY, Kind, Rule
from tests.chaos.points import STRIKES, Place, Strike, Work

_DAY: Final = timedelta(days=1)
_SKEWS: Final = (timedelta(minutes=-2), timedelta(hours=-3), -_DAY, -40 * _DAY, _DAY)
"""How wrong a clock may be: mostly set back; once ahead, so that all that follow are set back."""

WHOLE_EVERY: Final = 12
"""Every so many rounds the whole press is crawled, not two of its sites."""

_COMMIT: Final = "/articles/"


@dataclass(frozen=True, slots=True)
class Step:
    """One disturbed process, or two at once.

    Attributes:
        work: What it does.
        strike: A failpoint that is armed in it.
        kill_at: When it is killed from outside, as a share of what such a run takes.
        kill_all: Whether its crawl processes are killed in the same moment.
        skew: How wrong its clock is.
        rules: What the S3 server does to chosen requests.
        share: Of the other requests, how many go wrong.
        slow_pages_s: How long the sites take for an answer.
        beside: What runs at the same time on another machine.
        blind: Whether that machine sees no lock at all; if not, the lock is lost once, and the
            first of the two notices at the latest before its commit.
        machine: On which machine; what a machine keeps is its spools.
    """

    work: Work
    strike: Strike | None = None
    kill_at: float | None = None
    kill_all: bool = False
    skew: timedelta = timedelta(0)
    rules: tuple[Rule, ...] = ()
    share: float = 0.0
    slow_pages_s: float = 0.0
    beside: Work | None = None
    blind: bool = False
    machine: int = 0

    def __str__(self) -> str:
        told = [
            f"on machine {self.machine}",
            f"armed with {self.strike}" if self.strike else "",
            f"killed at {self.kill_at:.2f}" if self.kill_at is not None else "",
            "with its children" if self.kill_all else "",
            f"clock {self.skew.total_seconds():+.0f} s" if self.skew else "",
            *(str(rule) for rule in self.rules),
            f"{self.share:.0%} of the requests go wrong" if self.share else "",
            f"pages take {self.slow_pages_s} s" if self.slow_pages_s else "",
            f"beside {'a blind ' * self.blind}{self.beside}" if self.beside else "",
        ]
        return f"{self.work} " + ", ".join(part for part in told if part)


@dataclass(frozen=True, slots=True)
class Round:
    """A round: disturbed steps; then the undisturbed run, of which a plan need not tell.

    Attributes:
        number: From 0.
        seed: Of its dice.
        bucket: Whether the lake is in a bucket.
        aged: Whether the lake has runs of some days ago.
        whole: Whether all of the press is crawled.
        spool_lost: Whether the undisturbed run has a machine of its own: every spool is gone.
        steps: What happens.
        last_machine: Where the undisturbed run goes.
    """

    number: int
    seed: str
    bucket: bool
    aged: bool
    whole: bool
    spool_lost: bool
    steps: tuple[Step, ...]
    last_machine: int

    def __str__(self) -> str:
        where = "bucket" if self.bucket else "folder"
        lake = f"{where}, {'aged' if self.aged else 'empty'}"
        head = f"round {self.number} (seed {self.seed}): {lake}{', whole press' * self.whole}"
        lost = "the spools are lost" if self.spool_lost else f"goes on on {self.last_machine}"
        return "\n".join([head, *(f"    {step}" for step in self.steps), f"    {lost}"])


def rounds(count: int, seed: int) -> list[Round]:
    """The plans of the first rounds; that of a round does not depend on how many follow."""
    pack = _Pack(random.Random(seed))
    return [_round(number, seed, pack) for number in range(count)]


def alone(strike: Strike, number: int, seed: int) -> Round:
    """A round of one strike and nothing else, for what the dice and the runs passed over."""
    steps = _struck(strike, 0)
    return Round(
        number=number,
        seed=f"{seed}-{number}",
        bucket=strike.place is Place.BUCKET,
        aged=True,
        whole=False,
        spool_lost=False,
        steps=tuple(steps),
        last_machine=0,
    )


class _Pack:
    """All strikes in random order, over and over; who cannot use one takes the next that fits."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._left: list[Strike] = []

    def deal(self, place: Place, *, simple: bool) -> Strike:
        if len(self._left) < len(STRIKES):
            more = list(STRIKES)
            self._dice.shuffle(more)
            self._left += more
        fits = (
            n
            for n, strike in enumerate(self._left)
            if strike.place in (Place.ANYWHERE, place) and not (simple and strike.orphan)
        )
        return self._left.pop(next(fits))


def _round(number: int, seed: int, pack: _Pack) -> Round:
    name = f"{seed}-{number}"
    dice = random.Random(name)
    bucket, spool_lost = number % 2 == 1, number // 2 % 2 == 1
    place = Place.BUCKET if bucket else Place.FOLDER
    steps: list[Step] = []
    machine = 0
    for _ in range(dice.choice((1, 2, 2))):
        steps += _steps(dice, pack, place, machine)
        if spool_lost:
            machine = max(step.machine for step in steps) + 1
    needs_age = any(step.work is not Work.COLLECT for step in steps)
    return Round(
        number=number,
        seed=name,
        bucket=bucket,
        aged=needs_age or dice.random() < 0.5,
        whole=number % WHOLE_EVERY == WHOLE_EVERY - 1,
        spool_lost=spool_lost,
        steps=tuple(_weather(step, dice) if bucket else step for step in steps),
        last_machine=machine,
    )


def _steps(dice: random.Random, pack: _Pack, place: Place, machine: int) -> list[Step]:
    """One harm, with what has to come before it."""
    way = dice.choices(("strike", "kill", "two", "plain"), (70, 16, 9, 5))[0]
    skew = dice.choice(_SKEWS) if dice.random() < 0.25 else timedelta(0)
    if way == "strike":
        steps = _struck(pack.deal(place, simple=False), machine)
    elif way == "kill":
        slow = dice.choice((0.0, 0.0, 0.05, 2.5))
        steps = [
            Step(
                Work.COLLECT,
                kill_at=dice.uniform(0.02, 1.1),
                kill_all=dice.random() < 0.5,
                slow_pages_s=slow,
                machine=machine,
            )
        ]
    elif way == "two":
        beside = dice.choice((Work.COLLECT, Work.COLLECT, Work.LINK, Work.MAINTAIN))
        struck = pack.deal(place, simple=True) if dice.random() < 0.5 else None
        work = struck.work if struck else Work.COLLECT
        blind = dice.random() < 0.6
        steps = [Step(work, strike=struck, beside=beside, blind=blind, machine=machine)]
    else:
        steps = [Step(Work.COLLECT, machine=machine)]
    return [*steps[:-1], replace(steps[-1], skew=skew)]


def _struck(strike: Strike, machine: int) -> list[Step]:
    last = Step(strike.work, strike=strike, machine=machine)
    if not strike.orphan:
        return [last]
    left = Strike("collect.assemble" if strike.orphan == "open" else "seal.done")
    steps = [Step(Work.COLLECT, strike=left, machine=machine), last]
    if strike.orphan == "late":
        # Another machine commits a run while the sealed spool lies here.
        steps.insert(1, Step(Work.COLLECT, machine=machine + 1))
    return steps


def _weather(step: Step, dice: random.Random) -> Step:
    """What the S3 server does during a step."""
    chance = dice.random()
    if chance < 0.35:
        return step
    if chance < 0.75:
        return replace(step, rules=tuple(_rule(dice) for _ in range(dice.choice((1, 2)))))
    return replace(step, share=dice.choice((0.03, 0.06)))


def _rule(dice: random.Random) -> Rule:
    chosen: Sequence[Rule] = (
        # The commit, and the answer to it.
        Rule(Kind.LOST, "PUT", _COMMIT),
        Rule(Kind.LATE, "PUT", _COMMIT),
        Rule(Kind.ERROR_AFTER, "PUT", _COMMIT),
        Rule(dice.choice(ANY), "PUT", _COMMIT),
        # Down for longer than anybody waits.
        Rule(dice.choice((Kind.SLOW_DOWN, Kind.ERROR, Kind.RESET)), "PUT", _COMMIT, times=9),
        Rule(dice.choice(ANY), "PUT", "", first=dice.randint(1, 6)),
        Rule(dice.choice(ANY), "PUT", "/state/"),
        Rule(Kind.TRUNCATED, "GET", "", first=dice.randint(1, 8)),
        Rule(dice.choice(ANY), "GET", "", first=dice.randint(1, 12)),
        Rule(dice.choice(ANY), "GET", "list-type", first=dice.randint(1, 6)),
        Rule(dice.choice(ANY), "DELETE", ""),
        Rule(dice.choice(ANY), "", "", first=dice.randint(1, 25), times=dice.randint(1, 2)),
    )
    return dice.choice(chosen)
