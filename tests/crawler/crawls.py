"""Running the crawl process for real, and reading what it left."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from crawler.backlog import Backlog
from crawler.plan import Entry, FeedTask, Plan, Recheck
from crawler.source_model import Source
from lake.ids import new_run_id, url_id
from lake.runs.records import read_records

NOW = datetime(2024, 6, 18, 7, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def source(
    name: str = "alpha", feeds: Sequence[dict[str, Any]] | None = None, **fields: Any
) -> Source:
    """A source on NAME.test with one RSS feed, unless told otherwise."""
    home = f"http://{name}.test/"
    return Source.model_validate(
        {
            "id": name,
            "name": name.title(),
            "home": home,
            "feeds": feeds if feeds is not None else [{"url": home + "feed.xml"}],
            **fields,
        }
    )


def plan(
    sources: Iterable[Source],
    host_map: dict[str, dict[str, str]],
    *,
    feeds: Sequence[FeedTask] | None = None,
    overrides: dict[str, Any] | None = None,
    **fields: Any,
) -> Plan:
    """A plan that polls all feeds of the sources, without waits unless told otherwise."""
    every = list(sources)
    tasks = [
        FeedTask(s.id, f.url, f.kind, conditional=f.conditional) for s in every for f in s.polled
    ]
    return Plan(
        **{
            "run_id": new_run_id(NOW),
            "now": NOW,
            "budget_s": 60.0,
            "sources": tuple(s.model_dump(mode="json") for s in every),
            "feeds": tuple(tasks if feeds is None else feeds),
            "host_map": host_map,
            "overrides": {"DOWNLOAD_DELAY": 0, **(overrides or {})},
            **fields,
        }
    )


def entry(url: str, **fields: Any) -> Entry:
    return Entry(
        **{
            "url_id": url_id(url),
            "url": url,
            "requested_url": url,
            "title": None,
            "published_at": None,
            "published_raw": None,
            "first_listed_at": NOW,
            **fields,
        }
    )


def recheck(url: str, **fields: Any) -> Recheck:
    return Recheck(
        **{
            "url_id": url_id(url),
            "url": url,
            "source_id": "alpha",
            "article_id": "a" * 32,
            "version": 1,
            "content_hash": "c" * 32,
            **fields,
        }
    )


def backlog(*sources: Source) -> Backlog:
    """A backlog for the sources, or for `source()`; its file has no name and ends with it."""
    every = sources or (source(),)
    return Backlog(Path(tempfile.gettempdir()), {s.id: s for s in every})


class Spool:
    """A run's folder, as the flow prepares it."""

    def __init__(self, path: Path, made: Plan, known: Iterable[str] = ()) -> None:
        self.path = path / made.run_id
        self.path.mkdir(parents=True)
        self.plan = made
        made.write(self.path)
        keys = [int(url_id(url)[:16], 16) for url in known]
        np.save(self.path / "known.npy", np.sort(np.array(keys, dtype=np.uint64)))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "crawler.run", str(self.path), *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts the process with a pipe as its standard input, as the flow does."""
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def run(self, shard: int = 0) -> subprocess.CompletedProcess[str]:
        """Runs it to its end; it must end well."""
        done = subprocess.run(
            self.command("--shard", str(shard), "--alone"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        return done

    def records(self) -> list[dict[str, Any]]:
        """The records of all shards."""
        logs = sorted(self.path.glob("shard-*/records.jsonl"))
        return [record for log in logs for record in read_records(log)]

    def feeds(self) -> list[dict[str, Any]]:
        return [r for r in self.records() if r["kind"] == "feed"]

    def fetches(self) -> dict[str, dict[str, Any]]:
        """The fetches by URL; each URL has one."""
        rows = [r["fetch"] for r in self.records() if r["kind"] == "url"]
        by_url = {row["requested_url"]: row for row in rows}
        assert len(by_url) == len(rows)
        return by_url

    def outcomes(self) -> dict[str, str]:
        return {url: row["outcome"] for url, row in self.fetches().items()}

    def articles(self) -> list[dict[str, Any]]:
        return [r["article"] for r in self.records() if r["kind"] == "url" and r["article"]]
