"""The plan: everything that a crawl process is told, and how its sources are shared out.

Here belongs what travels in `plan.json` from the flow to the crawl processes, as frozen records
with a JSON form, and the plan's clock. Not here: who decides what is in it (`flows`), what comes
back (`crawler.records`).
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from crawler.source_model import FeedKind, Source
from crawler.urls import host_of, site_of
from lake.runs.naming import PLAN

_TIMES = frozenset(
    {"now", "published_at", "first_listed_at", "not_before", "listed_since", "listed_until"}
)


def to_time(value: str | datetime | None) -> datetime | None:
    """Reads an ISO 8601 time of a record; a time without a zone is refused.

    Raises:
        ValueError: If it is no such string, or names no zone.
    """
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"time without a zone: {value!r}")
    return moment.astimezone(UTC)


def from_time(value: datetime | None) -> str | None:
    """Writes a time as ISO 8601 in UTC with microseconds."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


class _Json:
    """JSON form of a flat frozen record, times as `from_time` writes them."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """The record as JSON values."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}  # type: ignore[arg-type]
        return {k: from_time(v) if k in _TIMES else v for k, v in values.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The record from JSON values.

        Raises:
            TypeError: If a field is missing or unknown.
        """
        return cls(**{k: to_time(v) if k in _TIMES else v for k, v in values.items()})


@dataclass(frozen=True, slots=True)
class Entry(_Json):
    """An item of a feed, sitemap or section page.

    Attributes:
        url_id: Hash of `url`.
        url: Canonical form of `requested_url`.
        requested_url: The URL as listed, absolute: the one that is asked for.
        title: Title as listed.
        published_at: Publication time as listed.
        published_raw: The string that it was read from.
        first_listed_at: When it was first seen in a listing.
        tries: How often it has been tried in earlier runs; `deferred` is no try.
        discovered_from: URL of the feed, sitemap or section page.
        not_before: Of a pending entry: when it may be tried again.
    """

    url_id: str
    url: str
    requested_url: str
    title: str | None
    published_at: datetime | None
    published_raw: str | None
    first_listed_at: datetime
    tries: int = 0
    discovered_from: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedTask(_Json):
    """A feed, sitemap or section page that is due.

    Attributes:
        source_id: Its source.
        url: Its URL.
        kind: rss, sitemap or section.
        etag: ETag of its last good answer.
        last_modified: Last-Modified of its last good answer.
        body_hash: Hash of the last body that was parsed.
        conditional: Whether to send the validators.
        listed_since: Only what was published since, for a look into an archive; None: the news.
        listed_until: Only what was published before.
    """

    source_id: str
    url: str
    kind: FeedKind = "rss"
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    conditional: bool = True
    listed_since: datetime | None = None
    listed_until: datetime | None = None

    @property
    def names_version(self) -> bool:
        """Whether a poll asks for what is newer than the last good answer."""
        return self.conditional and bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Recheck(_Json):
    """A published article that is to be looked at again.

    Attributes:
        url_id: Hash of `url`.
        url: Its canonical URL.
        source_id: Its source.
        article_id: Its newest version.
        version: Number of that version.
        content_hash: Hash of that version's body.
        published_at: Its publication time.
        etag: ETag of the page.
        last_modified: Last-Modified of the page.
        requested_url: The URL to ask for, if not the canonical one.
        first_listed_at: When it was first seen in a listing, if that is known.
    """

    url_id: str
    url: str
    source_id: str
    article_id: str
    version: int
    content_hash: str
    published_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    requested_url: str | None = None
    first_listed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run crawls, and how.

    Attributes:
        run_id: The run.
        now: The run's clock at its start.
        budget_s: Seconds of crawling; what is not reached by then is deferred.
        sources: The sources, as `Source.model_dump(mode="json")` gives them.
        feeds: The feeds that are due.
        pending: By source id, every entry that earlier runs took up and did not finish. Those
            with `not_before` in the future are left alone, and not taken up anew.
        rechecks: Published articles to be looked at again.
        user_agent: What the crawler calls itself.
        archive_pages: Whether raw responses are kept as WARC.
        shards: Number of crawl processes.
        host_map: Host pattern (``*.press.test``) -> port -> ``address:port`` to connect to.
            Such hosts are exempt from the rule that addresses be public.
        ca_file: PEM file of the certificate authorities to trust, in place of the system's.
        overrides: Scrapy settings laid over `crawler.settings`.
        min_words: A text with fewer words is too short to be an article.
        agencies_file: The news agencies (YAML); by default those of seeds/agencies.yaml.
        honour_rights: Whether pages whose rights are reserved against text and data mining or AI
            use are left alone (outcome ``robots``); they are recorded in any case.
        failpoints: For tests: what the crawl processes arm (see `lake.failpoints`).
    """

    run_id: str
    now: datetime
    budget_s: float
    sources: tuple[Mapping[str, Any], ...]
    feeds: tuple[FeedTask, ...] = ()
    pending: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    rechecks: tuple[Recheck, ...] = ()
    user_agent: str | None = None
    archive_pages: bool = True
    shards: int = 1
    host_map: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ca_file: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    min_words: int = 40
    agencies_file: str | None = None
    honour_rights: bool = False
    failpoints: str = ""

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {
            **values,
            "now": from_time(self.now),
            "feeds": [task.to_json() for task in self.feeds],
            "pending": {k: [e.to_json() for e in v] for k, v in self.pending.items()},
            "rechecks": [recheck.to_json() for recheck in self.rechecks],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Plan:
        """The plan from JSON values.

        Raises:
            TypeError: If a field is missing or unknown.
            ValueError: If a time is none.
        """
        now = to_time(values["now"])
        if now is None:
            raise ValueError("a plan needs `now`")
        pending = {k: tuple(map(Entry.from_json, v)) for k, v in values["pending"].items()}
        return cls(
            **{
                **values,
                "now": now,
                "sources": tuple(values["sources"]),
                "feeds": tuple(map(FeedTask.from_json, values["feeds"])),
                "pending": pending,
                "rechecks": tuple(map(Recheck.from_json, values["rechecks"])),
            }
        )

    def write(self, spool: Path) -> None:
        """Writes the plan into a spool."""
        text = json.dumps(self.to_json(), ensure_ascii=False)
        (spool / PLAN).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, spool: Path) -> Plan:
        """Reads the plan of a spool.

        Raises:
            OSError: If there is none.
            ValueError: If it is no JSON.
        """
        return cls.from_json(json.loads((spool / PLAN).read_text(encoding="utf-8")))

    def parted(self) -> tuple[Plan, Owed]:
        """The plan without what earlier runs left, and that by itself."""
        bare = dataclasses.replace(self, pending={}, rechecks=())
        return bare, Owed(self.pending, self.rechecks)

    def sources_of(self, shard: int) -> dict[str, Source]:
        """The sources of one shard, by id."""
        every = (Source.model_validate(values) for values in self.sources)
        return {s.id: s for s in every if shard_of(s, self.shards) == shard}


@dataclass(slots=True)
class Owed:
    """What earlier runs left to this one, until somebody takes it.

    Every crawl process reads that of all shards, and whoever holds a plan holds it to the end of
    the crawl: this can be held as long, and is empty by then.

    Attributes:
        pending: As in `Plan`.
        rechecks: As in `Plan`.
    """

    pending: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    rechecks: tuple[Recheck, ...] = ()

    def take(self) -> tuple[Mapping[str, tuple[Entry, ...]], tuple[Recheck, ...]]:
        """Gives what is pending and what is looked at again, and keeps none of it."""
        given = self.pending, self.rechecks
        self.pending, self.rechecks = {}, ()
        return given


def shard_of(source: Source, shards: int) -> int:
    """The shard that crawls a source: by its home's site, so that a host is in one shard.

    Args:
        source: The source.
        shards: Number of shards, 1 or more.

    Returns:
        0 to `shards` - 1, the same on every machine.
    """
    if shards == 1:
        return 0
    site = site_of(host_of(source.home))
    return int.from_bytes(blake2b(site.encode(), digest_size=8).digest(), "big") % shards


@dataclass(frozen=True, slots=True)
class Clock:
    """The run's clock: the plan's time plus what has passed since the process began.

    Attributes:
        start: Time at the beginning.
        origin: `time.monotonic()` then, seconds.
    """

    start: datetime
    origin: float

    @classmethod
    def starting(cls, now: datetime) -> Clock:
        """A clock that shows `now` now."""
        return cls(now.astimezone(UTC), time.monotonic())

    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.origin

    def now(self) -> datetime:
        """The time, UTC."""
        return self.start + timedelta(seconds=self.elapsed_s())
