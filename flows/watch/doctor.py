"""What is wrong with a deployment: its settings, its lake, its schedule, its sources.

Here belong the examinations, each of which gives one line. Nothing is changed but for one object
that is written into the lake and removed again. Not here: the judgement of sources
(`flows.watch.health`), the contents of the lake (``taar verify``).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from crawler.extract import load_agencies
from crawler.source_model import Source
from crawler.sources import load_sources
from flows.opening import check_certificates, check_overrides, given_sources, open_lake
from flows.prefect_api import POOL, configured_api, deployments_at, workers_at
from flows.prefect_home import require_database, require_home
from flows.settings import Settings
from flows.steps.frequencies import frequencies_in_use
from flows.watch.health import Complaint
from flows.watch.watching import unwell
from lake.errors import ConfigError, StorageError, TaarError
from lake.ids import run_time
from lake.orders import read_orders
from lake.storage import local_root
from lake.storage.files import os_errors
from lake.tables import Lake

_SKEW: Final = timedelta(seconds=60)
"""A clock that is further off than this confuses leases and dates; S3 refuses at 15 minutes."""

_FREE_BYTES: Final = 2 << 30
"""A run's spool and a day's compaction need some hundred MB each; this is a margin."""

_IDLE: Final = timedelta(hours=26)
"""Every feed is due once a day at least, so a deployment that runs has published since."""

_DEPLOYED: Final = ("collect", "link", "maintain")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What.
        ok: Whether it is as it should be.
        what: What was found.
        remedy: What to do about it, if it is not; of what is well, a warning.
    """

    name: str
    ok: bool
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor found.

    Attributes:
        checks: Of the set-up.
        complaints: About single sources.
        paused: Ids of paused sources.
    """

    checks: tuple[Check, ...]
    complaints: tuple[Complaint, ...]
    paused: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(check.ok for check in self.checks) and not self.complaints

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "well": self.well,
            "checks": [asdict(check) for check in self.checks],
            "sources": [
                {**asdict(c), "since": c.since.isoformat() if c.since else None}
                for c in self.complaints
            ],
            "paused": list(self.paused),
        }


def examine(settings: Settings, *, now: datetime) -> Diagnosis:
    """Looks at everything; what cannot be looked at is a check that failed, not an error."""
    checks = [_contact(settings)]
    agencies = _agencies(settings)
    found, sources = _sources(settings, given_sources if agencies.ok else _without_agencies)
    checks += [found, agencies, _certificates(settings), *_overrides(settings)]
    folder = _folder(settings)
    checks += _disks(settings, folder)
    lake, opened = _lake(settings, folder)
    checks.append(opened)
    complaints: list[Complaint] = []
    paused: list[str] = []
    if lake is not None:
        checks += [_clock(lake, now), _writing(lake), _frequencies(lake, settings)]
        more, complaints, paused = _runs(lake, sources, now)
        checks += more
    checks += _prefect()
    return Diagnosis(tuple(checks), tuple(complaints), tuple(paused))


def _tried(name: str, look: Callable[[], str]) -> Check:
    """A check that is well unless it raises."""
    try:
        return Check(name, ok=True, what=look())
    except TaarError as error:
        return _failed(name, error)


def _failed(name: str, error: TaarError) -> Check:
    where = f" ({error.where})" if error.where else ""
    return Check(name, ok=False, what=error.what + where, remedy=error.remedy or "")


def _contact(settings: Settings) -> Check:
    if settings.contact:
        return Check("contact", ok=True, what=settings.contact)
    return Check(
        "contact",
        ok=False,
        what="the user agent names nobody whom a site could write to",
        remedy="set TAAR_CONTACT to an e-mail address or a URL",
    )


def _without_agencies(settings: Settings) -> list[Source]:
    return load_sources(settings.source_pack, settings.sources)


def _sources(
    settings: Settings, load: Callable[[Settings], list[Source]]
) -> tuple[Check, list[Source]]:
    loaded: list[Source] = []

    def look() -> str:
        loaded.extend(load(settings))
        enabled = [source for source in loaded if source.polled]
        if not enabled:
            raise ConfigError(
                "no source is enabled", where=str(settings.source_pack), remedy="enable one"
            )
        return f"{len(enabled)} of {len(loaded)} enabled"

    return _tried("sources", look), loaded


def _agencies(settings: Settings) -> Check:
    def look() -> str:
        load_agencies(settings.agencies)
        return str(settings.agencies)

    return _tried("agencies", look)


def _certificates(settings: Settings) -> Check:
    def look() -> str:
        check_certificates(settings)
        return str(settings.ca_file or "those of the system")

    return _tried("certificates", look)


def _overrides(settings: Settings) -> list[Check]:
    """Looks at what is laid over the settings of the crawler; most deployments have nothing."""

    def look() -> str:
        check_overrides(settings)
        return ", ".join(sorted(settings.crawl_overrides))

    return [_tried("overrides", look)] if settings.crawl_overrides else []


def _frequencies(lake: Lake, settings: Settings) -> Check:
    def look() -> str:
        return frequencies_in_use(lake, settings.frequencies).version

    return _tried("frequencies", look)


def _folder(settings: Settings) -> Path | None:
    """Where the lake is or will be on this machine; None if it is elsewhere, or nobody knows."""
    try:
        return local_root(settings.lake)
    except TaarError:  # To open it says the same.
        return None


def _disks(settings: Settings, folder: Path | None) -> Iterator[Check]:
    places = {"cache": settings.cache}
    if folder is not None:
        places["lake's disk"] = folder
    for name, place in places.items():
        yield _tried(name, lambda place=place: _room(place))  # type: ignore[misc]


def _room(place: Path) -> str:
    """How much room there is where a folder is or will be."""
    there = place
    while not there.exists() and there != there.parent:
        there = there.parent
    with os_errors("write there", place), tempfile.TemporaryFile(dir=there):
        free = shutil.disk_usage(there).free
    if free < _FREE_BYTES:
        raise StorageError(
            f"only {free / 2**30:.1f} GB are free", where=str(place), remedy="make room"
        )
    return f"{free / 2**30:.0f} GB free at {place}"


def _lake(settings: Settings, folder: Path | None) -> tuple[Lake | None, Check]:
    if folder is not None and not folder.exists():
        what = f"{settings.lake} is not there yet: the first run makes it"
        return None, Check("lake", ok=True, what=what)
    opened: list[Lake] = []

    def look() -> str:
        opened.append(open_lake(settings, create=False))
        return opened[0].storage.url

    check = _tried("lake", look)
    return (opened[0] if opened else None), check


def _clock(lake: Lake, now: datetime) -> Check:
    def look() -> str:
        theirs = lake.storage.server_time()
        if theirs is None:
            return "the lake is on this machine"
        skew = abs(theirs - now)
        if skew > _SKEW:
            raise ConfigError(
                f"this machine and the lake's server differ by {skew.total_seconds():.0f} s",
                where="clock",
                remedy="set the clock (NTP)",
            )
        return f"within {skew.total_seconds():.0f} s of the lake's server"

    return _tried("clock", look)


def _writing(lake: Lake) -> Check:
    def look() -> str:
        # A name that no dataset has; in a folder, one that listings leave out.
        key = f".doctor-{uuid4().hex}"
        lake.storage.put(key, b"taar doctor")
        lake.storage.delete([key])
        return "an object was written and removed"

    return _tried("writing", look)


def _runs(
    lake: Lake, sources: list[Source], now: datetime
) -> tuple[list[Check], list[Complaint], list[str]]:
    found: list[Complaint] = []
    paused: list[str] = []

    def look() -> str:
        orders = read_orders(lake.storage)
        newest = lake.newest_run()
        if newest is None:
            return "none yet"
        paused.extend(sorted(name for name, order in orders.items() if order.is_paused(now)))
        found.extend(unwell(lake, sources, orders, now))
        age = now - run_time(newest)
        ago = f"the newest is {age.total_seconds() / 3600:.1f} hours old"
        if age > _IDLE and any(s.polled for s in sources if s.id not in paused):
            raise ConfigError(
                f"{ago}: nothing collects", where=lake.storage.url,
                remedy="see whether the Prefect server and a worker run, or whether runs fail",
            )  # fmt: skip
        return ago

    return [_tried("runs", look)], found, paused


def _prefect() -> list[Check]:
    try:
        require_home()
        api = configured_api()
        if api is None:
            require_database()
            what = "no server is set: flows run with their own"
            return [Check("Prefect", ok=True, what=what)]
        names, workers = deployments_at(api), workers_at(api)
    except TaarError as error:
        return [_failed("Prefect", error)]
    return [Check("Prefect", ok=True, what=api), _deployments(names), _workers(workers)]


def _workers(names: Sequence[str]) -> Check:
    """Warns where nobody works: it may start later, or be looked after by others."""
    if names:
        return Check("workers", ok=True, what=", ".join(names))
    what = f"no worker is online in the pool {POOL!r}: no deployment runs"
    return Check("workers", ok=True, what=what, remedy=f"prefect worker start --pool {POOL}")


def _deployments(names: Mapping[str, bool]) -> Check:
    """Judges the deployments of a server: whether each is paused, by name."""
    missing = [name for name in _DEPLOYED if name not in names]
    stopped = [name for name in _DEPLOYED if names.get(name)]
    if missing:
        what = f"{', '.join(missing)} not deployed"
        return Check("deployments", ok=False, what=what, remedy="make deploy")
    if stopped:
        remedy = "resume them on the dashboard, unless that is wanted"
        return Check("deployments", ok=False, what=f"{', '.join(stopped)} paused", remedy=remedy)
    return Check("deployments", ok=True, what=", ".join(sorted(names)))
