"""The lake beside Arrow alone, in one run.

    python -m benchmarks.lake [--json] [--only TABLE...] [--rounds N] [--small]

- ``publish``: 10,000 articles with their fetches and fingerprints, from tables in memory to a lake;
- ``load_window``: what finds copies among a million articles, into memory;
- ``compact``: a day of 96 runs becomes one file a dataset;
- ``query``: articles and words by source over 30 days of 96 runs each.

Systems: ``taar`` and ``pyarrow`` on a folder, ``_s3`` on an S3 server in a process of its own, and
for the query ``_before`` compaction too. Arrow alone writes and reads the same rows in the same
order with the same compression, and promises nothing: no exactness, no checksums, nothing that
survives a kill; it does not wait for the disk (fsync), and Taar does. It is the limit.
``seconds`` is the median of the rounds, ``times_pyarrow`` the ratio to Arrow's, of the same run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from benchmarks.dedup import generate
from benchmarks.dedup.running import Tables, measured, median
from benchmarks.lake.making import BEGIN, of_run, runs
from benchmarks.lake.work import DAYS
from benchmarks.serving import BUCKET, s3_server
from lake.ids import new_run_id
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, SOURCE_RUNS
from lake.storage import S3Options, open_storage

TABLES: Final = ("publish", "load_window", "compact", "query")
_SMALL: Final = 100
"""By how much everything is divided for ``--small``."""


@dataclass(slots=True)
class Bench:
    """Where and how often.

    Attributes:
        scratch: A folder for all that is made.
        rounds: How often each is measured, by turns.
        small: Whether only to show that everything runs.
        endpoint: Of the S3 server.
        taken: How many lakes were made so far, for their names.
    """

    scratch: Path
    rounds: int
    small: bool
    endpoint: str
    taken: int = field(default=0)

    def sized(self, count: int) -> int:
        """A number of things, fewer of them for ``--small``."""
        return max(2, count // _SMALL) if self.small else count

    def lake(self, like: Path | None, *, served: bool) -> tuple[str, list[str]]:
        """A new lake with the objects of another; its name, and the arguments that tell of it."""
        self.taken += 1
        name = f"lake-{self.taken}"
        if not served:
            folder = self.scratch / name
            if like is not None:
                shutil.copytree(like, folder)
            return str(folder), []
        storage = open_storage(f"s3://{BUCKET}/{name}", S3Options(endpoint_url=self.endpoint))
        for file in like.rglob("*.parquet") if like else ():
            storage.put(file.relative_to(like or file).as_posix(), file)
        return name, ["--endpoint", self.endpoint]

    def work(self, task: str, system: str, lake: tuple[str, list[str]]) -> dict[str, float]:
        """Has one task done in a process of its own."""
        name, more = lake
        return measured("benchmarks.lake.work", [task, system, name, self.scratch / "given", *more])

    def table(self, task: str, like: Path | None, *, keep: bool) -> dict[str, dict[str, float]]:
        """Measures both systems on both storages, by turns.

        Args:
            task: What to do.
            like: The lake to begin with; empty if None.
            keep: Whether the task leaves it as it was, so that one copy does for all rounds.
        """
        kept = {s: self.lake(like, served=s) for s in (False, True)} if keep else {}
        found: dict[str, list[dict[str, float]]] = {}
        for _ in range(self.rounds):
            for served in (False, True):
                for system in ("taar", "pyarrow"):
                    lake = kept.get(served) or self.lake(like, served=served)
                    name = f"{system}_s3" if served else system
                    found.setdefault(name, []).append(self.work(task, system, lake))
                    if not served and not keep:
                        shutil.rmtree(lake[0])
        rows = {n: {m: median([r[m] for r in all_]) for m in all_[0]} for n, all_ in found.items()}
        for name, row in rows.items():
            if name.startswith("taar"):
                other = rows[name.replace("taar", "pyarrow")]
                if row["rows"] != other["rows"]:
                    raise RuntimeError(f"{task}: {name} has {row['rows']} rows, not {other}")
                row["times_pyarrow"] = row["seconds"] / other["seconds"]
        return rows


def _publish(bench: Bench) -> dict[str, dict[str, float]]:
    given = bench.scratch / "given"
    given.mkdir(exist_ok=True)
    for name, table in of_run(new_run_id(BEGIN), bench.sized(10_000)).items():
        pq.write_table(table, given / f"{name.replace('/', '-')}.parquet")
    return bench.table("publish", None, keep=False)


def _load_window(bench: Bench) -> dict[str, dict[str, float]]:
    folder = bench.scratch / "window"
    generate.make(folder, bench.sized(1_000_000), ())
    return bench.table("load_window", folder / "lake", keep=True)


def _compact(bench: Bench) -> dict[str, dict[str, float]]:
    day = bench.scratch / "day"
    runs(day, 1, bench.sized(96), bench.sized(104), (FETCHES, SOURCE_RUNS, FINGERPRINTS, ARTICLES))
    return bench.table("compact", day, keep=False)


def _query(bench: Bench) -> dict[str, dict[str, float]]:
    month = bench.scratch / "month"
    runs(month, bench.sized(DAYS), bench.sized(96), 20, (ARTICLES,))
    before = bench.table("query", month, keep=True)
    bench.work("compact", "taar", (str(month), []))
    after = bench.table("query", month, keep=True)
    return after | {f"{name}_before": row for name, row in before.items()}


_MEASURES: Final = {
    "publish": _publish,
    "load_window": _load_window,
    "compact": _compact,
    "query": _query,
}


@contextmanager
def _bench(*, rounds: int, small: bool) -> Iterator[Bench]:
    with s3_server() as endpoint, tempfile.TemporaryDirectory(prefix="taar-lake-") as folder:
        yield Bench(Path(folder), rounds, small, endpoint)


def measure(only: list[str], *, rounds: int, small: bool) -> Tables:
    """Makes the tables, each with a server of its own."""
    made: Tables = {}
    for name in only or TABLES:
        with _bench(rounds=rounds, small=small) as bench:
            made[name] = _MEASURES[name](bench)
    return made


def main() -> int:
    """Measures, and prints tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="TABLE", choices=TABLES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    made = measure(given.only, rounds=given.rounds, small=given.small)
    if given.json:
        print(json.dumps(made, indent=1))
        return 0
    for name, table in made.items():
        print(f"\n{name}")
        for system, metrics in table.items():
            told = "  ".join(f"{metric} {value:,.4g}" for metric, value in metrics.items())
            print(f"  {system:18}  {told}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
