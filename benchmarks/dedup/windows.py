"""A batch matched with a long window: seconds and memory of a whole process.

``window_1m`` is 5,000 articles against a million, ``window_10m`` 50,000 against ten million,
``index_100k`` datasketch's index in memory beside ours. In them:

- ``load_s``: the window's light columns from Parquet into memory;
- ``match_s``: from there to labelled relations on disk, reading what verifies candidates included;
  ``candidates_s`` is the part of it that finds candidates;
- ``seconds``, ``cpu_s``, ``peak_mb``: of a process that streams instead of loading,
  imports included;
- ``read_s``: merely reading the bytes of the light columns; ``times_reading``: seconds / read_s.

``taar_s3`` is the same from an S3 server on loopback, with nothing cached. There ``read_s`` is
merely asking the same server for the same ranges, those that verify candidates included.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from benchmarks.dedup.generate import make
from benchmarks.dedup.running import Measured, Options, Tables, measured, median
from benchmarks.serving import BUCKET, s3_server
from dedup.prints.columns import LIGHT
from lake import parquet
from lake.schema import FINGERPRINTS
from lake.storage import S3Options, open_storage

SIZES: Final = {"window_1m": (1_000_000, 5_000), "window_10m": (10_000_000, 50_000)}
_SMALL: Final = 500
"""By how much everything is divided for ``--small``."""
_INDEXED: Final = 100_000
_RANGES: Final = "ranges.json"
_PHASES: Final = ("load_s", "candidates_s", "match_s")
_WHOLE: Final = ("cpu_s", "peak_mb", "import_s", "candidates", "relations")


def measure(options: Options) -> Measured:
    """Makes the tables ``window_1m``, ``window_10m``, ``index_100k``."""
    tables: Tables = {}
    for name, sizes in SIZES.items():
        if options.only and name not in options.only:
            continue
        rows, size = (n // _SMALL if options.small else n for n in sizes)
        with options.folder(f"window-{rows}") as folder:
            make(folder, rows, (size,))
            batch = folder / f"batch-{size}.parquet"
            tables[name] = {"taar": _local(folder, batch, options.rounds)}
            if name == "window_1m":
                tables[name]["taar_s3"] = _served(folder, batch, options.rounds)
    if not options.only or "index_100k" in options.only:
        tables["index_100k"] = _index(options)
    return Measured(tables, notes=(__doc__.partition("In them:")[2].strip(),) if __doc__ else ())


def _local(folder: Path, batch: Path, rounds: int) -> dict[str, float]:
    chunks = [(file, start, end - start) for file in _files(folder) for start, end in _light(file)]
    reading = []
    for _ in range(rounds):
        started = time.perf_counter()
        for file, start, length in chunks:
            with file.open("rb") as stream:
                stream.seek(start)
                stream.read(length)
        reading.append(time.perf_counter() - started)
    row = _rounds(str(folder / "lake"), batch, rounds)
    row["read_mb"] = sum(length for _, _, length in chunks) / 1e6
    row["read_s"] = median(reading)
    row["times_reading"] = row["seconds"] / row["read_s"]
    return row


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "lake" / FINGERPRINTS.name).rglob("*.parquet"))


def _light(file: Path) -> list[tuple[int, int]]:
    metadata = pq.read_metadata(file)
    return parquet.chunks(metadata, range(metadata.num_row_groups), LIGHT)


def _served(folder: Path, batch: Path, rounds: int) -> dict[str, float]:
    with s3_server() as endpoint:
        storage = open_storage(f"s3://{BUCKET}/lake", S3Options(endpoint_url=endpoint))
        for file in (folder / "lake").rglob("*.parquet"):
            storage.put(file.relative_to(folder / "lake").as_posix(), file)
        row = _rounds(f"s3://{BUCKET}/lake", batch, rounds, endpoint)
        ranges = json.loads(batch.with_name(_RANGES).read_text())

        def read(wanted: tuple[str, int, int]) -> int:
            return len(storage.get_range(*wanted))

        reading = []
        for _ in range(rounds):
            started = time.perf_counter()
            with ThreadPoolExecutor(storage.parallel) as pool:
                size = sum(pool.map(read, ranges))
            reading.append(time.perf_counter() - started)
    row |= {"requests": len(ranges), "read_mb": size / 1e6, "read_s": median(reading)}
    row["times_reading"] = row["seconds"] / row["read_s"]
    return row


def _rounds(lake: str, batch: Path, rounds: int, endpoint: str | None = None) -> dict[str, float]:
    """Medians over processes that load first and processes that stream, by turns."""
    arguments = [lake, str(batch), str(batch.with_name("relations.parquet"))]
    if endpoint:
        arguments += ["--endpoint", endpoint, "--ranges", str(batch.with_name(_RANGES))]
    measured(
        "benchmarks.dedup.match", arguments
    )  # Compiled code and the page cache are warm from here on.
    phases, whole = [], []
    for _ in range(rounds):
        phases.append(measured("benchmarks.dedup.match", [*arguments, "--phases"]))
        started = time.perf_counter()
        streamed = measured("benchmarks.dedup.match", arguments)
        streamed["seconds"] = time.perf_counter() - started
        whole.append(streamed)
    row = {name: median([each[name] for each in phases]) for name in _PHASES}
    row |= {name: median([each[name] for each in whole]) for name in ("seconds", *_WHOLE)}
    return row


def _index(options: Options) -> dict[str, dict[str, float]]:
    rows, size = _INDEXED, 5_000
    if options.small:
        rows, size = rows // _SMALL, size // _SMALL
    with options.folder(f"window-{rows}") as folder:
        make(folder, rows, (size,))
        batch = folder / f"batch-{size}.parquet"
        theirs = measured("benchmarks.dedup.dictionary", [folder, batch, rows])
        ours = _rounds(str(folder / "lake"), batch, options.rounds)
    return {"taar": ours, "datasketch_dict": theirs}
