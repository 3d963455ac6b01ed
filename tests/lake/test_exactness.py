"""Any sequence of publications, merges and crashes: every committed row is there exactly once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lake import ids, keys
from lake.errors import ObjectMissingError
from lake.parquet import strings
from lake.runs.spool import Spool
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, SOURCE_RUNS
from lake.storage import ObjectInfo
from lake.tables import Lake
from tests.lake.making import NOW, article, names_in, spool_of


class CrashError(Exception):
    """The process dies here."""


class Memory:
    """A storage that dies after so many writes and deletions."""

    url = "memory"
    parallel = 1

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, ObjectInfo]] = {}
        self.ever: set[str] = set()
        self.lives: int | None = None

    def _live(self) -> None:
        if self.lives is not None:
            if self.lives == 0:
                raise CrashError
            self.lives -= 1

    def put(self, key: str, data: bytes | Path) -> None:
        self._live()
        content = data.read_bytes() if isinstance(data, Path) else data
        info = ObjectInfo(key, len(content), str(hash(content)), datetime.now(UTC))
        self.objects[key] = content, info
        self.ever.add(key)

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise ObjectMissingError(key)
        return self.objects[key][0]

    def get_range(self, key: str, start: int, length: int) -> bytes:
        return self.get(key)[start : start + length]

    def open_input(self, key: str, size: int | None = None) -> pa.NativeFile:
        assert size in (None, len(self.get(key)))
        return pa.BufferReader(self.get(key))

    def head(self, key: str) -> ObjectInfo | None:
        return self.objects[key][1] if key in self.objects else None

    def list(self, prefix: str = "") -> list[ObjectInfo]:
        return [self.objects[key][1] for key in sorted(self.objects) if key.startswith(prefix)]

    def delete(self, keys: Iterable[str]) -> None:
        for key in list(keys):
            self._live()
            self.objects.pop(key, None)

    def sweep(self, before: datetime) -> int:  # noqa: ARG002
        return 0

    def server_time(self) -> datetime | None:
        return None

    @property
    def filesystem(self) -> pafs.FileSystem:
        raise NotImplementedError


NAMES: st.SearchStrategy[list[str]] = st.sets(st.sampled_from("abcde"), min_size=1, max_size=3).map(
    sorted
) | st.just([])
LIVES = st.none() | st.integers(0, 8)
"""How many writes and deletions a process still does before it dies; None: it lives."""


class Exactness(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.patch = mock.patch.object(os, "fsync")
        self.patch.start()
        self.storage = Memory()
        self.now = NOW
        self.runs: dict[str, list[str]] = {}
        self.orphans: list[Spool] = []

    def teardown(self) -> None:
        self.patch.stop()
        self.folder.cleanup()

    @property
    def lake(self) -> Lake:
        """Each step is another process."""
        return Lake(self.storage)

    def _dying(self, lives: int | None, work: Any) -> bool:
        self.storage.lives = lives
        try:
            work()
        except CrashError:
            return False
        finally:
            self.storage.lives = None
        return True

    @initialize(hours=st.integers(0, 23))
    def start(self, hours: int) -> None:
        self.now = NOW + timedelta(hours=hours)

    # Few rules with many arguments: so that most examples have all that they need to fail.

    @rule(names=NAMES, lives=LIVES, hours=st.sampled_from([0, 1, 24]))
    def publish(self, names: list[str], lives: int | None, hours: int) -> None:
        self.now += timedelta(hours=hours)
        spool = spool_of(self.lake, Path(self.folder.name), names, at=self.now)
        self.runs[spool.run_id] = names
        if self._dying(lives, lambda: self.lake.publish(spool)):
            spool.remove()
        else:
            self.orphans.append(spool)

    @precondition(lambda self: self.orphans)
    @rule(lives=LIVES, which=st.integers(0, 5), lost=st.booleans())
    def adopt(self, lives: int | None, which: int, lost: bool) -> None:
        spool = self.orphans.pop(which % len(self.orphans))
        if lost or self._dying(lives, lambda: self.lake.publish(spool)):
            spool.remove()
        else:
            self.orphans.append(spool)

    @precondition(lambda self: self.runs)
    @rule(lives=st.sampled_from([None, *range(20)]), hours=st.sampled_from([49, 49, 24 * 8, 0]))
    def maintain(self, lives: int | None, hours: int) -> None:
        self.now += timedelta(hours=hours)
        # An orphan so old is not published again; its machine is gone.
        limit = self.now - timedelta(days=7)
        for spool in [s for s in self.orphans if ids.run_time(s.run_id) < limit]:
            self.orphans.remove(spool)
            spool.remove()
        if self._dying(lives, self._maintain):
            self._a_plain_glob_is_exact()

    def _maintain(self) -> None:
        self.lake.compact(self.now)
        self.lake.build_known(self.now)
        self.lake.remove_leftovers(self.now)

    def _a_plain_glob_is_exact(self) -> None:
        found = [
            article_id
            for info in self.storage.list("articles/")
            for article_id in strings(self._table(info.key).column("article_id"))
        ]
        assert len(found) == len(set(found)) == len(names_in(self.lake))

    def _table(self, key: str) -> pa.Table:
        return pq.read_table(pa.BufferReader(self.storage.get(key)))

    def committed(self) -> dict[str, list[str]]:
        return {
            run: names
            for run, names in self.runs.items()
            if keys.run_key(ARTICLES, run) in self.storage.ever
        }

    @invariant()
    def every_row_once(self) -> None:
        runs, lake = self.committed(), self.lake
        assert lake.committed_runs() == set(runs)
        assert lake.newest_run() == max(runs, default=None)
        expected = sorted({name for names in runs.values() for name in names})
        assert names_in(lake) == expected
        assert lake.read(FINGERPRINTS, ["article_id"]).num_rows == len(expected)
        assert lake.read(FETCHES, ["run_id"]).num_rows == sum(map(len, runs.values()))
        assert lake.read(SOURCE_RUNS, ["run_id"]).num_rows == len(runs)
        known = lake.known(["url_id", "version"]).to_pydict()
        url_ids = [article(name, ids.new_run_id(NOW))["url_id"] for name in expected]
        assert known == {"url_id": sorted(url_ids), "version": [1] * len(expected)}

    @invariant()
    def each_row_is_of_the_first_run_that_has_it(self) -> None:
        rows = self.lake.read(ARTICLES, ["article_id", "run_id"])
        runs = dict(
            zip(strings(rows.column("article_id")), strings(rows.column("run_id")), strict=True)
        )
        for name in {n for names in self.committed().values() for n in names}:
            first = min(run for run, names in self.committed().items() if name in names)
            assert runs[article(name, first)["article_id"]] == first

    @invariant()
    def one_run_is_read_alone(self) -> None:
        for run, names in list(self.committed().items())[-2:]:
            rows = self.lake.read(FETCHES, ["run_id"], runs=[run])
            assert rows.column("run_id").to_pylist() == [run] * len(names)


Exactness.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestExactness = Exactness.TestCase
