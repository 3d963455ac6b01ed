"""``taar sources check``: sources visited live.

Not here: the visit (`flows.look.visiting`) and its judgement (`crawler.scouting`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from crawler.scouting import SourceLook, check_plan, looks
from crawler.source_model import Source
from flows.look.visiting import look_plan, run_look
from flows.opening import given_sources
from flows.settings import Settings
from flows.steps.choose import choose_sources


def check_sources(
    settings: Settings, only: Sequence[str] | None, *, now: datetime, everything: bool = False
) -> list[SourceLook]:
    """Visits sources live.

    Args:
        settings: Sources, contact, budget.
        only: Ids; None: all that are enabled.
        now: The clock.
        everything: Whether disabled sources and feeds are visited too.

    Raises:
        ConfigError: If an id is unknown, or a file that the settings name is wrong.
        TaarError: If the crawl process failed.
    """
    every = given_sources(settings)
    chosen = choose_sources(every, only, where="ID")
    if everything:
        chosen = [_all_on(s) for s in every if only is None or s.id in only]
    plan = check_plan(look_plan(settings, now), chosen)
    with tempfile.TemporaryDirectory(prefix="taar-look-") as folder:
        records = run_look(plan, Path(folder))
    return looks(chosen, records)


def _all_on(source: Source) -> Source:
    feeds = tuple(feed.model_copy(update={"enabled": True}) for feed in source.feeds)
    return source.model_copy(update={"enabled": True, "feeds": feeds})
