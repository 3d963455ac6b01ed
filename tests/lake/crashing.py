"""Work on a lake in a process that a failpoint kills: ``python -m tests.lake.crashing``.

Arguments: what to do, the failpoints, then what that work needs.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from lake import failpoints
from lake.parquet import strings
from lake.schema import ARTICLES, FAMILIES
from lake.storage import S3Options, open_storage
from lake.tables import Lake
from tests.lake.making import row, spool_of, table


def crash(work: str, spec: str, endpoint: str | None, *arguments: str) -> None:
    """Does the work in another process, and makes sure that the failpoint killed it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.lake.crashing", work, spec, endpoint or "-", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, (spec, done.returncode, done.stderr)


def _lake(url: str, endpoint: str) -> Lake:
    return Lake(open_storage(url, S3Options(endpoint_url=None if endpoint == "-" else endpoint)))


def main() -> None:
    """Does one piece of work."""
    work, spec, endpoint, url, now, *rest = sys.argv[1:]
    lake, at = _lake(url, endpoint), datetime.fromisoformat(now)
    failpoints.arm(spec)
    if work == "publish":
        root, *names = rest
        spool = spool_of(lake, Path(root), names, at=at)
        lake.publish(spool)
        spool.remove()
    elif work == "compact":
        lake.compact(at)
    elif work == "known":
        lake.build_known(at)
    elif work == "derive":
        ids = strings(lake.read(ARTICLES, ["article_id"]).column("article_id"))
        rows = [row(FAMILIES, family_id="f", article_id=i) for i in ids]
        lake.write_derived(FAMILIES, table(FAMILIES, rows), lake.new_run_id(at))


if __name__ == "__main__":
    main()
