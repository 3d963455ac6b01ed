"""Tables of document frequencies in the lake: proposing one, and reading the one that is in use.

Here belongs when a table is proposed and where it is kept: in the lake, because whoever links must
weigh words with the same one. Not here: the counting (`dedup.frequencies`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Final

import pyarrow.compute as pc

from dedup.frequencies import (
    LEAST_DOCUMENTS,
    NEEDED,
    START_VERSION,
    Frequencies,
    propose_frequencies,
    read_frequencies,
    start_frequencies,
    write_frequencies,
)
from dedup.scheme import SCHEME_VERSION
from flows.settings import Settings
from lake import failpoints, keys, schema
from lake.errors import ConfigError, LakeFormatError, ObjectMissingError
from lake.tables import Lake

PROPOSED_EVERY: Final = timedelta(days=30)
"""Words come into the news and leave it over months; a table a month is more than one adopts."""

KEPT: Final = 6
"""Half a year of proposals: who takes one up takes one of the newest."""

_PROPOSED: Final = re.compile(r"hi-(\d{4}-\d\d-\d\d)")


def frequencies_in_use(lake: Lake, version: str) -> Frequencies:
    """The table of a version: the one that ships, or one that the lake keeps.

    Args:
        lake: The lake.
        version: Its name, as ``TAAR_FREQUENCIES`` has it.

    Raises:
        ConfigError: If there is no such table.
        LakeFormatError: If it is damaged, or of another scheme of fingerprints.
    """
    if version == START_VERSION:
        return start_frequencies()
    key = keys.frequencies_key(version)
    try:
        table = read_frequencies(BytesIO(lake.storage.get(key)))
        if table.version != version:
            raise ValueError(f"it says that it is {table.version!r}")
    except ObjectMissingError:
        there = ", ".join([START_VERSION, *_versions(lake)])
        raise ConfigError(
            f"there is no table of document frequencies {version!r}",
            where="TAAR_FREQUENCIES",
            remedy=f"unset it, or name one of those that are there: {there}",
        ) from None
    except ValueError as error:
        raise LakeFormatError(
            f"the table of document frequencies cannot be read: {error}",
            where=key,
            remedy="unset TAAR_FREQUENCIES; if the object is removed, `taar maintain` proposes "
            "another in time",
        ) from error
    return table


def newest_proposal(lake: Lake) -> str | None:
    """The version that was proposed last; None if none was."""
    return max((name for name in _versions(lake) if _proposed_on(name)), default=None)


def propose(lake: Lake, now: datetime, window: timedelta) -> str | None:
    """Counts words anew and keeps the table in the lake, where nothing changes by it.

    Nothing is counted if a table was proposed in the last `PROPOSED_EVERY`, which the names of the
    tables tell, or if the lake holds too few texts for one.

    Args:
        lake: The lake; the caller holds its lock.
        now: The clock.
        window: How far back the texts lie that count.

    Returns:
        The version of the new table; None if there is none.
    """
    today = now.astimezone(UTC).date()
    newest = newest_proposal(lake)
    last = None if newest is None else _proposed_on(newest)
    if last is not None and today < last + PROPOSED_EVERY:
        return None
    since = (now.astimezone(UTC) - window).date()
    texts = sum(t.num_rows for t in lake.scan(schema.FINGERPRINTS, ["scheme"], since=since))
    if texts < LEAST_DOCUMENTS:
        return None
    current = pc.field("scheme") == pc.scalar(SCHEME_VERSION)
    prints = lake.scan(schema.FINGERPRINTS, NEEDED, since=since, filter=current)
    version = f"hi-{today.isoformat()}"
    try:
        table = propose_frequencies(prints, version)
    except ValueError:  # Copies, and fingerprints that wait for `taar rebuild`, count for nothing.
        return None
    stream = BytesIO()
    write_frequencies(table, stream)
    failpoints.failpoint("frequencies.put")
    lake.require_lock()
    lake.storage.put(keys.frequencies_key(version), stream.getvalue())
    return version


def remove_old(lake: Lake, in_use: str) -> int:
    """Removes proposals, but for the newest `KEPT` and those that are taken up.

    Tables that somebody has named otherwise are left alone.

    Args:
        lake: The lake; the caller holds its lock.
        in_use: The version that these settings name. Another machine may link with another one:
            what the threads of the lake were weighed with stays too.

    Returns:
        How many were removed.

    Raises:
        LakeFormatError: If the threads cannot be read.
    """
    old = [name for name in _versions(lake) if _proposed_on(name)][:-KEPT]
    if not old:
        return 0
    weighed = pc.unique(lake.read_derived(schema.THREADS, ["frequencies"])["frequencies"])
    gone = sorted(set(old) - {in_use, *weighed.to_pylist()})
    lake.require_lock()
    lake.storage.delete([keys.frequencies_key(name) for name in gone])
    return len(gone)


def propose_if_due(lake: Lake, settings: Settings, now: datetime) -> tuple[str | None, list[str]]:
    """Proposes a table of document frequencies if it is time to, and removes old ones.

    Returns:
        The newest one in the lake, if another is in use, and what stood in the way of it all.
    """
    warnings = []
    # Damage to a fingerprint, or to the threads, is no reason to fail: the lake is in order.
    try:
        propose(lake, now, timedelta(days=settings.thread_window_days))
    except LakeFormatError as error:
        warnings.append(f"no table of document frequencies could be proposed: {error}")
    try:
        remove_old(lake, settings.frequencies)
    except LakeFormatError as error:
        warnings.append(f"no old table of document frequencies could be removed: {error}")
    newest = newest_proposal(lake)
    return (None if newest == settings.frequencies else newest), warnings


def _versions(lake: Lake) -> list[str]:
    found = (keys.frequencies_version(i.key) for i in lake.storage.list(f"{keys.FREQUENCIES}/"))
    return sorted(version for version in found if version is not None)


def _proposed_on(version: str) -> date | None:
    """The day in the name of a proposal; None if it is called otherwise."""
    match = _PROPOSED.fullmatch(version)
    try:
        return None if match is None else date.fromisoformat(match[1])
    except ValueError:
        return None
