"""What a run of collect or backfill did, counted; and whether it was in vain.

Not here: the summary itself and its renderings (`flows.summary`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from flows.steps.carry_out import CarriedOut
from flows.steps.records import Recorded
from flows.steps.rows import Row
from flows.steps.source_counts import NOT_ASKED, failure_word
from flows.summary import RunSummary
from lake.errors import TaarError

_LATER: Final = NOT_ASKED | {"http_5xx"}
"""Failures of a feed that may be over by the next run, without anybody's doing."""

_ANSWERED: Final = _LATER | {
    *("http_4xx", "robots", "off_site", "redirected_home"),
    *("too_large", "not_a_feed", "no_links"),
}
"""Those and others of a feed whose site can be reached: looking at the network would not help."""

_NAMED: Final = 5
"""So many sources are named in one line."""


def summarise(
    run_id: str,
    seconds: float,
    done: CarriedOut,
    adopted: Sequence[str],
) -> RunSummary:
    """Counts what a run did.

    Args:
        run_id: The run.
        seconds: Wall time.
        done: What it came to.
        adopted: Runs that had died, and whose work was taken over.
    """
    batch, recorded = done.batch, done.recorded
    copies = Counter(row["copy_kind"] for row in batch.articles if row["version"] == 1)
    failed = [line for row in batch.source_runs for line in row["errors"]]
    complaints = [exit_.complaint for exit_ in done.exits if exit_.complaint is not None]
    in_vain = len(complaints) == len(done.exits) and not (recorded.feeds or recorded.urls)
    return RunSummary(
        run_id=run_id,
        seconds=seconds,
        outcomes=batch.outcomes,
        taken_up=len(batch.fetches),
        published=sum(row["version"] == 1 for row in batch.articles),
        updated=sum(row["version"] > 1 for row in batch.articles),
        exact=copies["exact"],
        near=copies["near"],
        partial=copies["partial"],
        feeds=len(recorded.feeds),
        not_modified=sum(record["status"] == "not_modified" for record in recorded.feeds),
        sources=tuple(batch.source_runs),
        adopted=tuple(adopted),
        warnings=(*complaints, *_not_asked(recorded), *failed),
        died=tuple(complaints) if in_vain else (),
    )


def _not_asked(recorded: Recorded) -> list[str]:
    due = {(task.source_id, task.url) for plan in recorded.plans[-1:] for task in plan.feeds}
    missed = due - {(str(r["source_id"]), str(r["feed_url"])) for r in recorded.feeds}
    if not missed:
        return []
    whose = sorted({source_id for source_id, _ in missed})
    more = f" and {len(whose) - _NAMED} more" if len(whose) > _NAMED else ""
    return [
        f"{len(missed)} of {len(due)} feeds that were due were not asked in the time given: "
        f"{', '.join(whose[:_NAMED])}{more}"
    ]


def fail_if_nothing_answered(summary: RunSummary) -> None:
    """Makes a failure of a run in which every feed that was asked for failed, or none was asked.

    Raises:
        TaarError: With one line for each source, or for each crawl process that died.
    """
    if summary.died:
        raise TaarError(
            "not one crawl process got to work:\n" + "\n".join(f"    {d}" for d in summary.died),
            where=f"run {summary.run_id}",
            remedy="mend what they say; a setting in TAAR_CRAWL_OVERRIDES that Scrapy cannot use, "
            "and a machine without memory, end all of them",
        )
    polled = [row for row in summary.sources if row["feeds_polled"]]
    if not polled or any(row["feeds_failed"] < row["feeds_polled"] for row in polled):
        return
    words = {failure_word(line) for row in polled for line in row["errors"]}
    if words <= NOT_ASKED:
        return
    lines = [f"    {row['source_id']}: {row['errors'][0]}" for row in polled]
    if words <= _ANSWERED and _all_busy(polled):
        raise TaarError(
            "not one feed or listing could be read:\n" + "\n".join(lines),
            where=f"run {summary.run_id}",
            remedy="the sites answer, but with errors of their own: the next runs ask them again, "
            "no sooner than each has said",
        )
    if words <= _ANSWERED:
        raise TaarError(
            "not one feed or listing could be read:\n" + "\n".join(lines),
            where=f"run {summary.run_id}",
            remedy="the sites answer, so check these addresses: --listing of a backfill, and the "
            "feeds of a source with `taar sources check ID`",
        )
    raise TaarError(
        "not one source answered:\n" + "\n".join(lines),
        where=f"run {summary.run_id}",
        remedy="check the network of this machine; `taar demo` shows Taar without one",
    )


def _all_busy(polled: Sequence[Row]) -> bool:
    """Whether every feed failed by a word that passes, or by a 429."""
    lines = [line for row in polled for line in row["errors"]]
    return all(failure_word(line) in _LATER or line.endswith("HTTP 429") for line in lines)
