"""What becomes of the work of runs that died on this machine.

Here belongs the choice between putting a sealed spool again and taking its records over. Not here:
locks and seals (`lake.runs.spool`), the reading of what a spool holds (`flows.steps.records`).

A sealed spool is put again byte for byte if nothing was committed since. Otherwise its state is
out of date, and another run may have published the same URLs: its records join the next run, which
gives every URL one outcome. A run whose articles object is in the lake has happened; only what
follows the commit is done again.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from flows.steps.records import ADOPTED
from lake.errors import LakeBusyError, LakeFormatError
from lake.failpoints import failpoint
from lake.ids import crawl_date
from lake.runs.spool import Spool, list_orphans
from lake.tables import Lake

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
    shelf = into.path / ADOPTED
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
