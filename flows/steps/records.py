"""What the crawl processes of a run have recorded, read back from its spool.

Here belongs the reading, and the naming of it all after one run. Not here: what becomes of the
spools of runs that died (`flows.steps.recovery`), the rows (`flows.steps.assemble`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from crawler.plan import Plan
from flows.steps.rows import Row
from lake import keys
from lake.runs.spool import read_records

ADOPTED: Final = "adopted"
"""Folder in a spool with the spools that it took over, each whole: one rename moves all."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A WARC file in a spool.

    Attributes:
        key: The key that the records of its run name it by.
        path: Where it lies.
    """

    key: str
    path: Path


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run has recorded so far, and what it took over from runs that died.

    Attributes:
        plans: One for each run, its own last.
        feeds: ``feed`` records.
        urls: ``url`` records.
        archives: WARC files.
    """

    plans: tuple[Plan, ...] = ()
    feeds: tuple[Row, ...] = ()
    urls: tuple[Row, ...] = ()
    archives: tuple[Archive, ...] = ()


def read_spool(folder: Path) -> Recorded:
    """Everything that a run has recorded, with what it took over, the oldest run first.

    Args:
        folder: Of a spool, or of one that was taken over.
    """
    parts = [read_spool(path) for path in sorted((folder / ADOPTED).glob("*"))]
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


def of_news(recorded: Recorded) -> tuple[Row, ...]:
    """The polls but for looks into archives: those say nothing of what a feed lists now."""
    archives = {
        (task.source_id, task.url)
        for plan in recorded.plans
        for task in plan.feeds
        if task.listed_since is not None
    }
    return tuple(r for r in recorded.feeds if (r["source_id"], r["feed_url"]) not in archives)


def touched_ids(recorded: Recorded, taken: Mapping[str, object]) -> set[str]:
    """Every url_id that a run's rows speak of: URLs taken up, and what their articles go by."""
    return set(taken) | {
        record["article"]["url_id"] for record in recorded.urls if record.get("article")
    }
