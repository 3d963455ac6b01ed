"""What to do about an object that is damaged, by what it held.

Here belongs what is lost with an object, and what brings it back. Not here: finding the damage
(`lake.parquet`, `lake.verify`).
"""

from __future__ import annotations

from typing import Final

from lake.ids import crawl_date

_FROM_A_COPY: Final = "restore it from a copy (a bucket with versions has one)"

_REMEDIES: Final = {
    "articles": f"{_FROM_A_COPY}; without one its articles are lost: delete it and run `taar "
    "rebuild`, which leaves them out of the index and of what is derived",
    "fetches": f"{_FROM_A_COPY}; without one its outcomes are lost: delete it, and run `taar "
    "rebuild`; the articles stay, and `taar verify` goes on to miss their fetches",
    "source_runs": f"{_FROM_A_COPY}; without one the counts of its runs are lost: delete it, and "
    "`taar verify` goes on to miss them",
    "tombstones": f"{_FROM_A_COPY}; without one delete it, and take the same URLs down again with "
    "`taar forget --even-if-absent`; until then nobody can tell what was taken down, and verify "
    "does not look for articles that are missing",
    "fingerprints": "run `taar dedup rebuild`, which makes it anew from the articles",
    "relations": "delete it and run `taar link`, or run `taar rebuild`: it is derived anew",
    "families": "delete it and run `taar link`, or run `taar rebuild`: it is derived anew, with "
    "other family ids where no older file is left",
    "threads": "delete it and run `taar link`, or run `taar rebuild`: it is derived anew",
    "known": "run `taar rebuild`, which makes it anew from the fetches that are kept, and from the "
    "articles of days whose fetches are not",
    "state": "delete it: the next run goes on from the state before, or polls every feed anew",
    "days": "delete it: its copy counts then, and `taar maintain` puts a second one beside it; "
    "without a copy run `taar maintain` with the same TAAR_KEEP_..._DAYS as before, then the days "
    "are counted anew, and what retention has removed is noted again",
    "pages": f"{_FROM_A_COPY}; without one leave it: its other records can be read, and the "
    "articles stay as they are, but no better extractor can make them again",
}


def lost_articles(run_id: str, witness: str) -> str:
    """What to say of a run that was committed and has no articles object any more.

    Args:
        run_id: The run.
        witness: Key of an object that speaks of it.
    """
    return (
        f"run {run_id} was committed ({witness} says so), and its articles are gone; all else of "
        f"it is kept: restore articles/crawl_date={crawl_date(run_id)}/{run_id}.parquet, or the "
        "day file that held it, from a copy (a bucket with versions has one)"
    )


def remedy_for(key: str) -> str:
    """What to do about a damaged object, in one sentence.

    Args:
        key: Of the object.
    """
    return _REMEDIES.get(key.partition("/")[0], _FROM_A_COPY)
