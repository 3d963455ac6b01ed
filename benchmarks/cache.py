"""A window read from a bucket: without a cache, into an empty one, and from it.

    python -m benchmarks.cache [--json] [--days N]

Each day has 4,000 fingerprints of random hashes; read are the columns by which candidates are
found. Table `window`: `none`, and by size of the blocks `cold` (the cache is empty) and `warm`:
`seconds` by the wall clock (the server is moto, on loopback: a network makes the difference
larger), and `held_mb`, what the cache then holds. ``taar`` are the blocks that Taar uses; the
largest are whole objects.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import boto3
import pyarrow as pa
from moto.server import ThreadedMotoServer

from dedup.prints.columns import LIGHT
from lake import ids, keys, parquet
from lake.schema import ARTICLES, FINGERPRINTS, Column
from lake.storage import S3Options, Storage, cache, open_storage
from lake.tables import Lake

ROWS: Final = 4_000
LENGTHS: Final = {
    "sketch": 160,
    "shingles3": 1400,
    "shingles5": 1400,
    "order3": 700,
    "terms": 500,
    "term_counts": 250,
}
"""Bytes of the packed columns of an article of 350 words."""
BLOCKS: Final = (1 << 20, 4 << 20, 1 << 30)
START: Final = datetime(2024, 6, 1, tzinfo=UTC)


def main() -> int:
    """Measures, and prints a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--days", type=int, default=5)
    options = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1"}
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    folder = Path(tempfile.mkdtemp())
    try:
        table = measure(f"http://{host}:{port}", folder, options.days)
    finally:
        server.stop()
        shutil.rmtree(folder)
    if options.json:
        print(json.dumps({"window": table}))
    else:
        for system, row in table.items():
            print(f"{system:>16}  {row['seconds']:6.3f} s  {row['held_mb']:6.1f} MB held")
    return 0


def measure(endpoint: str, folder: Path, days: int) -> dict[str, dict[str, float]]:
    """The rows of the table, by system."""
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="window")

    def opened(at: Path | None) -> Storage:
        options = S3Options(endpoint_url=endpoint, cache=at, cache_bytes=8 << 30)
        return open_storage("s3://window/lake", options)

    fill(opened(None), days)
    read(opened(None))  # What is imported on the way is no part of it.
    table = {"none": {"seconds": read(opened(None)), "held_mb": 0.0}}
    for size in (cache.BLOCK, *BLOCKS):
        name = "taar" if size == cache.BLOCK else f"{size >> 20} MiB"
        cache.BLOCK = size  # type: ignore[misc]
        place = folder / f"{size}"
        for state in ("cold", "warm"):
            seconds = read(opened(place))
            held = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
            table[f"{name} {state}"] = {"seconds": seconds, "held_mb": held / (1 << 20)}
    return table


def fill(storage: Storage, days: int) -> None:
    """Publishes days of fingerprints, without articles."""
    numbers = random.Random(0)
    for day in range(days):
        run_id = ids.new_run_id(START + timedelta(days=day))
        columns = {c.name: [_value(c, numbers) for _ in range(ROWS)] for c in FINGERPRINTS.columns}
        prints = pa.table(columns, schema=FINGERPRINTS.schema)
        prints = prints.append_column("run_id", pa.array([run_id] * ROWS))
        for dataset, rows in ((FINGERPRINTS, prints), (ARTICLES, ARTICLES.schema.empty_table())):
            table = parquet.conform(rows, dataset, parquet.runs_metadata([run_id]))
            storage.put(keys.run_key(dataset, run_id), parquet.encode(table))


def _value(column: Column, numbers: random.Random) -> object:
    kind = column.type
    if pa.types.is_string(kind):
        return numbers.randbytes(16).hex()
    if pa.types.is_timestamp(kind):
        return START
    if pa.types.is_fixed_size_binary(kind):
        return numbers.randbytes(kind.byte_width)
    if pa.types.is_binary(kind):
        return numbers.randbytes(LENGTHS.get(column.name, 40))
    return 1


def read(storage: Storage) -> float:
    """Seconds to read the window."""
    started = time.perf_counter()
    window = Lake(storage).scan(FINGERPRINTS, LIGHT, repeats=True, checksums=False)
    rows = sum(table.num_rows for table in window)
    assert rows % ROWS == 0
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
