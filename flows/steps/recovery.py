"""What becomes of the work of runs that died on this machine.

Here belongs the choice between putting a sealed spool again and taking its records over, and the
reading of what a spool holds. Not here: locks and seals (`lake.spool`), outcomes
(`flows.steps.assemble`).

A sealed spool is put again byte for byte if nothing was committed since. Otherwise its state is
out of date, and another run may have published the same URLs: its records join the next run, which
gives every URL one outcome. A run whose articles object is in the lake has happened; only what
follows the commit is done again.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from crawler.plan import Plan
from flows.steps.assemble import Row
from flows.steps.planning import Archive, Recorded
from lake import keys
from lake.errors import LakeBusyError, LakeFormatError
from lake.failpoints import failpoint
from lake.ids import crawl_date
from lake.spool import Spool, list_orphans, read_records
from lake.tables import Lake

_ADOPTED: Final = "adopted"
"""Folder in a spool with the spools that it took over, each whole: one rename moves all."""

PATIENCE_S: Final = 15.0
"""Three times what a crawl process takes to end once its run has died (`crawler.run.GRACE_S`)."""

_LOOK_S: Final = 0.1


def finish_sealed(lake: Lake, root: Path) -> list[str]:
    """Publishes what dead runs had sealed, and opens the seals that came too late.

    Args:
        lake: The lake.
        root: The folder of its spools.

    Returns:
        The runs that were published or finished.
    """
    finished = []
    orphans = list_orphans(root)
    final = {str(day) for day in lake.days()["crawl_date"].to_pylist()} if orphans else set()
    for path in orphans:
        try:
            spool = Spool.adopt(path)
        except LakeBusyError:
            continue  # Its owner lives after all, or somebody was quicker.
        with spool:
            if not spool.sealed:
                continue
            newest = lake.newest_run()
            late = crawl_date(spool.run_id) in final  # Nothing is added to such a day any more.
            if lake.is_committed(spool.run_id) or (
                not late and (newest is None or spool.run_id >= newest)
            ):
                try:
                    lake.publish(spool)
                except LakeFormatError:
                    spool.unseal()  # The disk has lost a part of it; its records may be whole.
                    continue
                finished.append(spool.run_id)
                spool.remove()
            else:
                spool.unseal()
    return finished


def adopt_open(root: Path, into: Spool, patience_s: float = PATIENCE_S) -> list[str]:
    """Takes over the open spools of dead runs.

    Args:
        root: The folder of all spools of the lake.
        into: The spool of the run that takes them over.
        patience_s: How long to wait for the crawl processes of a dead run, which write until they
            have ended. Where one does not end the spool is left for a later run.

    Returns:
        The runs that were taken over.
    """
    taken = []
    shelf = into.path / _ADOPTED
    for path in list_orphans(root):
        try:
            orphan = Spool.adopt(path)
        except LakeBusyError:
            continue
        with orphan:
            if orphan.sealed:
                continue  # Not finished just now, because its owner was still there.
            if not _is_left(orphan, patience_s):
                continue
            shelf.mkdir(exist_ok=True)
            # One rename: after a crash here it is an orphan still, or a part of our own.
            failpoint("spool.adopt")
            path.rename(shelf / orphan.run_id)
            failpoint("spool.adopted")
            taken.append(orphan.run_id)
    return taken


def _is_left(orphan: Spool, patience_s: float) -> bool:
    """Waits until nobody writes to a spool; whether it came to that."""
    end = time.monotonic() + patience_s
    while orphan.in_use():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_S)
    return True


def read_spool(folder: Path) -> Recorded:
    """Everything that a run has recorded, with what it took over, the oldest run first.

    Args:
        folder: Of a spool, or of one that was taken over.
    """
    parts = [read_spool(path) for path in sorted((folder / _ADOPTED).glob("*"))]
    own = _own_records(folder)
    if own is not None:
        parts.append(own)
    return Recorded(
        plans=tuple(plan for part in parts for plan in part.plans),
        feeds=tuple(record for part in parts for record in part.feeds),
        urls=tuple(record for part in parts for record in part.urls),
        archives=tuple(archive for part in parts for archive in part.archives),
    )


def _own_records(folder: Path) -> Recorded | None:
    try:
        plan = Plan.read(folder)
    except (OSError, ValueError, TypeError, KeyError):
        return None  # It died before its plan was whole, and so before it took anything up.
    feeds: list[Row] = []
    urls: list[Row] = []
    archives: list[Archive] = []
    for shard in sorted(folder.glob("shard-[0-9][0-9]")):
        for record in read_records(shard / "records.jsonl"):
            (feeds if record["kind"] == "feed" else urls).append(record)
        archives += [
            Archive(keys.pages_key(plan.run_id, int(shard.name.removeprefix("shard-"))), path)
            for path in sorted(shard.glob("pages-*.warc.gz"))
        ]
    return Recorded((plan,), tuple(feeds), tuple(urls), tuple(archives))


def under_one_run(recorded: Recorded, run_id: str) -> Recorded:
    """Names every archive, and every record that points into one, after the run that publishes.

    Objects under the name of a run that is never committed are left-overs, which `maintain`
    removes. The archives get the numbers of their places in the result.
    """
    names: dict[str, str] = {}
    archives = []
    for archive in recorded.archives:
        if archive.key not in names:
            names[archive.key] = keys.pages_key(run_id, len(names))
            archives.append(replace(archive, key=names[archive.key]))

    def renamed(record: dict[str, object]) -> dict[str, object]:
        part = dict(record)
        for name in ("fetch", "article"):
            row = part.get(name)
            if isinstance(row, dict) and row.get("warc_file"):
                part[name] = {**row, "warc_file": names.get(row["warc_file"])}
        return part

    return replace(
        recorded,
        archives=tuple(archives),
        urls=tuple(renamed(record) for record in recorded.urls),
    )
