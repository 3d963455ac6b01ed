"""One task of the benchmark, in a process of its own: what is measured.

    python -m benchmarks.lake.work TASK SYSTEM LAKE INPUT [--endpoint URL]

``taar`` does it as Taar does, with all that the lake promises; ``pyarrow`` moves the same rows with
Arrow alone, which promises nothing, and is the limit. Prints JSON: seconds, cpu_s, peak_mb, rows.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from benchmarks.bare import forbid_pandas
from benchmarks.dedup.running import peak_mb
from benchmarks.lake.making import BEGIN
from benchmarks.serving import BUCKET
from dedup.prints.columns import LIGHT
from lake.parquet import codecs
from lake.reading.views import connect
from lake.runs.spool import Spool
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, SOURCE_RUNS, STATE
from lake.storage import S3Options, open_storage
from lake.tables import Lake

DAYS: Final = 30
"""What the query looks at."""
_SINCE: Final = BEGIN - timedelta(days=1)
_BY_RUN: Final = (FETCHES, SOURCE_RUNS, FINGERPRINTS, ARTICLES)
_QUERY: Final = """
select source_id, count(*) n, sum(word_count) words from articles
where published_at >= $1 group by source_id order by source_id"""

Task = Callable[[str, Path, str | None], Callable[[], int]]


def _taar(address: str, endpoint: str | None) -> Lake:
    return Lake(open_storage(address, S3Options(endpoint_url=endpoint) if endpoint else None))


def _arrow(address: str, endpoint: str | None) -> tuple[pafs.FileSystem, str]:
    """Arrow's own file system, and the path in it."""
    if endpoint is None:
        Path(address).mkdir(parents=True, exist_ok=True)
        return pafs.LocalFileSystem(), address
    own = pafs.S3FileSystem(
        endpoint_override=endpoint.removeprefix("http://"), scheme="http", region="us-east-1"
    )
    return own, address.removeprefix("s3://")


def _tables(given: Path) -> dict[str, pa.Table]:
    """The tables of a run, in memory."""
    names = [d.name for d in (*_BY_RUN, STATE)]
    return {n: pq.read_table(given / f"{n.replace('/', '-')}.parquet") for n in names}


def _publish_taar(address: str, given: Path, endpoint: str | None) -> Callable[[], int]:
    lake, tables = _taar(address, endpoint), _tables(given)
    root = Path(tempfile.mkdtemp(prefix="taar-spools-"))
    run_id = str(tables[ARTICLES.name].column("run_id")[0].as_py())

    def run() -> int:
        spool = Spool.create(root, run_id)
        lake.seal(
            spool,
            articles=tables[ARTICLES.name],
            fetches=tables[FETCHES.name],
            source_runs=tables[SOURCE_RUNS.name],
            fingerprints=tables[FINGERPRINTS.name],
            state=tables[STATE.name],
        )
        lake.publish(spool)
        spool.remove()
        root.rmdir()
        return tables[ARTICLES.name].num_rows

    return run


def _publish_pyarrow(address: str, given: Path, endpoint: str | None) -> Callable[[], int]:
    (own, root), tables = _arrow(address, endpoint), _tables(given)

    def run() -> int:
        for dataset in (*_BY_RUN, STATE):
            where = f"{root}/{dataset.name.replace('/', '-')}.parquet"
            rows = tables[dataset.name].sort_by([(n, "ascending") for n in dataset.sort_by])
            pq.write_table(rows, where, filesystem=own, compression=codecs(rows.schema))
        return tables[ARTICLES.name].num_rows

    return run


def _load_taar(address: str, _: Path, endpoint: str | None) -> Callable[[], int]:
    lake = _taar(address, endpoint)

    def run() -> int:
        window = lake.scan(FINGERPRINTS, LIGHT, repeats=True, checksums=False)
        return pa.concat_tables(window).num_rows

    return run


def _load_pyarrow(address: str, _: Path, endpoint: str | None) -> Callable[[], int]:
    own, root = _arrow(address, endpoint)
    where = f"{root}/{FINGERPRINTS.name}"
    return lambda: pq.read_table(where, columns=list(LIGHT), filesystem=own).num_rows


def _compact_taar(address: str, _: Path, endpoint: str | None) -> Callable[[], int]:
    lake = _taar(address, endpoint)
    return lambda: lake.compact(BEGIN + timedelta(days=DAYS + 9)).merged


def _compact_pyarrow(address: str, _: Path, endpoint: str | None) -> Callable[[], int]:
    own, root = _arrow(address, endpoint)

    def run() -> int:
        done = 0
        for dataset in _BY_RUN:
            files = own.get_file_info(pafs.FileSelector(f"{root}/{dataset.name}", recursive=True))
            paths = [f.path for f in files if f.is_file]
            rows = pa.concat_tables(
                pq.read_table(path, filesystem=own, partitioning=None) for path in paths
            )
            rows = rows.sort_by([(name, "ascending") for name in dataset.sort_by])
            where = f"{root}/{dataset.name}/day.parquet"
            pq.write_table(rows, where, filesystem=own, compression=codecs(rows.schema))
            for path in paths:
                own.delete_file(path)
            done += len(paths)
        return done

    return run


def _query_taar(address: str, _: Path, endpoint: str | None) -> Callable[[], int]:
    lake = _taar(address, endpoint)

    def run() -> int:
        rows = connect(lake).execute(_QUERY, [_SINCE]).fetchall()
        return sum(int(row[1]) for row in rows)

    return run


def _query_pyarrow(address: str, _: Path, endpoint: str | None) -> Callable[[], int]:
    own, root = _arrow(address, endpoint)

    def run() -> int:
        stored = ds.dataset(f"{root}/{ARTICLES.name}", format="parquet", filesystem=own)
        recent = pc.field("published_at") >= pa.scalar(_SINCE)
        columns = ["source_id", "word_count", "article_id"]
        table = stored.to_table(columns=columns, filter=recent)
        told: Any = [("article_id", "count"), ("word_count", "sum")]
        rows = table.group_by("source_id").aggregate(told).sort_by("source_id")
        return int(pc.sum(rows.column("article_id_count")).as_py())

    return run


TASKS: Final[dict[tuple[str, str], Task]] = {
    ("publish", "taar"): _publish_taar,
    ("publish", "pyarrow"): _publish_pyarrow,
    ("load_window", "taar"): _load_taar,
    ("load_window", "pyarrow"): _load_pyarrow,
    ("compact", "taar"): _compact_taar,
    ("compact", "pyarrow"): _compact_pyarrow,
    ("query", "taar"): _query_taar,
    ("query", "pyarrow"): _query_pyarrow,
}


def main() -> None:
    """Does one task, and says how long it took; what it needs beforehand is not counted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task")
    parser.add_argument("system")
    parser.add_argument("lake", help="a folder, or a prefix of the server's bucket")
    parser.add_argument("given", type=Path)
    parser.add_argument("--endpoint")
    told = parser.parse_args()
    forbid_pandas()
    address = f"s3://{BUCKET}/{told.lake}" if told.endpoint else told.lake
    run = TASKS[told.task, told.system](address, told.given, told.endpoint)
    cpu, started = time.process_time(), time.perf_counter()
    rows = run()
    answer = {
        "seconds": time.perf_counter() - started,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": peak_mb(),
        "rows": rows,
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
