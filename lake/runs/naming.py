"""Names that a crawl process needs as well: the files of a spool, the keys of archives.

Here belongs what must be had without Arrow, which would cost every crawl process 50 MB and a tenth
of a second. `lake.runs.spool` and `lake.keys` give the same names to everybody else.
"""

from __future__ import annotations

from typing import Final

from lake.ids import crawl_date

PLAN: Final = "plan.json"
"""The plan of the crawl, in the spool."""

KNOWN: Final = "known.npy"
"""The known URLs, in the spool."""

DEAD: Final = "dead.npy"
"""Those of the known URLs that no article came of, in the spool."""

RECORDS: Final = "records.jsonl"
"""The records of one crawl process, in its folder of the spool."""

PAGES: Final = "pages"
"""Folder of the raw responses, in the lake."""


def pages_key(run_id: str, number: int) -> str:
    """The key of one WARC file of a run; `number` counts from 0."""
    return f"{PAGES}/crawl_date={crawl_date(run_id)}/{run_id}-{number:02d}.warc.gz"
