"""The points at which a run can be struck, and with what.

Here belongs the list that the plans draw from; `tests.chaos.test_points` holds it against the
sources. What a struck run does is `tests.chaos.worker`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Work(StrEnum):
    """What a process does."""

    COLLECT = "collect"
    LINK = "link"
    MAINTAIN = "maintain"


class Place(StrEnum):
    """Where a point is passed."""

    ANYWHERE = "anywhere"
    FOLDER = "folder"
    BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class Strike:
    """One way to harm a run from within.

    Attributes:
        point: A failpoint; see `lake.failpoints`.
        action: ``kill``, ``enospc`` or ``eio``.
        nth: At which pass.
        work: Of which work.
        place: On which kind of lake it is passed.
        orphan: What the run must find to pass it: "" nothing; ``open`` or ``sealed``, the spool
            of a run that died; ``late``, a sealed one while newer runs are committed.
    """

    point: str
    action: str = "kill"
    nth: int = 1
    work: Work = Work.COLLECT
    place: Place = Place.ANYWHERE
    orphan: str = ""

    @property
    def spec(self) -> str:
        """As `lake.failpoints.arm` takes it."""
        return f"{self.point}={self.action}" + (f"@{self.nth}" if self.nth > 1 else "")

    def __str__(self) -> str:
        return self.spec


_RUNS: Final = ("fetches", "source_runs", "fingerprints", "articles")
_DERIVED: Final = ("relations", "threads", "families")

COLLECT: Final = (
    *("spool.create", "collect.planned", "collect.assemble"),
    *("seal.object", "seal.manifest", "seal.rename", "seal.done"),
    *(f"publish.{name}" for name in ("pages", *_RUNS[:3], "commit", "articles", "state")),
    *("publish.done", "spool.remove"),
)
LINK: Final = tuple(f"derive.{step}.{name}" for name in _DERIVED for step in ("put", "delete"))
MAINTAIN: Final = (
    *(f"compact.{step}.{name}" for name in _RUNS for step in ("put", "delete")),
    *("known.put", "known.delete", "leftovers.delete", "generations.delete"),
    *("days.put", "days.delete"),
)

STRIKES: Final = (
    *(Strike(point) for point in COLLECT),
    Strike("local.open", place=Place.FOLDER),
    # The crawl process dies, not the run.
    Strike("records.append", nth=6),
    Strike("seal.object", nth=4),
    Strike("local.put", nth=2, place=Place.FOLDER),
    Strike("local.rename", nth=4, place=Place.FOLDER),
    Strike("s3.put", nth=1, place=Place.BUCKET),
    Strike("s3.put", nth=5, place=Place.BUCKET),
    Strike("spool.adopt", orphan="open"),
    Strike("spool.adopted", orphan="open"),
    Strike("publish.commit", orphan="sealed"),
    Strike("publish.state", orphan="sealed"),
    Strike("spool.remove", orphan="sealed"),
    Strike("spool.unseal", orphan="late"),
    Strike("spool.unsealed", orphan="late"),
    *(Strike(point, work=Work.LINK) for point in LINK),
    *(Strike(point, work=Work.MAINTAIN) for point in MAINTAIN),
    Strike("compact.delete.fetches", nth=2, work=Work.MAINTAIN),
    Strike("compact.delete.articles", nth=2, work=Work.MAINTAIN),
    # A disk that is full, or broken.
    Strike("spool.create", "enospc"),
    Strike("records.append", "enospc", nth=6),
    Strike("backlog.add", "enospc", nth=6),
    Strike("seal.object", "enospc"),
    Strike("seal.write", "enospc", nth=9),
    Strike("seal.manifest", "enospc"),
    Strike("seal.rename", "eio"),
    Strike("local.open", "enospc", place=Place.FOLDER),
    Strike("local.put", "enospc", nth=3, place=Place.FOLDER),
    Strike("local.rename", "enospc", nth=5, place=Place.FOLDER),
    Strike("local.put", "enospc", nth=2, work=Work.LINK, place=Place.FOLDER),
    Strike("local.put", "enospc", nth=2, work=Work.MAINTAIN, place=Place.FOLDER),
)
POINTS: Final = frozenset(strike.point for strike in STRIKES)
