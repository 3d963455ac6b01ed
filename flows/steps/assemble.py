"""From what a crawl recorded to the rows of one run.

Here belongs the order of it, and what of the lake is read for it. Not here: outcomes and versions
(`flows.steps.settle`), the state of feeds (`flows.steps.feed_state`), counts
(`flows.steps.source_counts`), labels of copies (`flows.steps.publish`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crawler.source_model import Source
from flows.steps.feed_state import all_unreachable, state_after
from flows.steps.known import by_url
from flows.steps.older_extractor import up_to_date
from flows.steps.records import Recorded, of_news, touched_ids
from flows.steps.rows import Batch
from flows.steps.settle import settle
from flows.steps.source_counts import source_rows
from flows.steps.taken import TakenUp, taken_up, taken_up_by_feeds
from lake import failpoints
from lake.tables import Lake


def make_batch(
    lake: Lake, recorded: Recorded, by_id: Mapping[str, Source], run_id: str, now: datetime
) -> Batch:
    """Turns what was recorded into the rows of one run; what the lake knows is read anew."""
    failpoints.failpoint("collect.assemble")
    taken: dict[str, TakenUp] = {}
    for found in (
        *(taken_up(plan) for plan in recorded.plans),
        taken_up_by_feeds(recorded.feeds),
    ):
        # A URL is taken up once, however many runs that died had begun with it.
        taken |= {url_id: url for url_id, url in found.items() if url_id not in taken}
    known = by_url(lake.known(), touched_ids(recorded, taken))
    known = up_to_date(lake, known, recorded, by_id, now)
    fetches, articles = settle(run_id, now, taken, recorded.urls, known, lake.forgotten().url_ids)
    # Where nobody can be reached, it is our own network: that says nothing of any feed.
    polls = () if all_unreachable(recorded.feeds) else of_news(recorded)
    state = state_after(lake.state().to_pylist(), polls, by_id, taken, fetches, known)
    return Batch(
        articles=articles,
        fetches=fetches,
        source_runs=source_rows(run_id, now, by_id, recorded.feeds, fetches, articles),
        state=state,
    )
