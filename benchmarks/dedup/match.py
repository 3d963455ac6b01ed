"""One batch matched with a window: the process that is measured.

    python -m benchmarks.dedup.match LAKE BATCH OUT [--phases] [--endpoint URL] [--ranges FILE]

Reads a batch, streams the light columns of a lake past it, fetches and verifies the candidates, and
writes the labelled relations as Parquet. With ``--phases`` the window is loaded first and matched
then. Prints JSON: seconds, and what was found. ``--ranges`` writes down what was asked of the
server: a list of key, first byte, bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

from benchmarks.bare import forbid_pandas

if TYPE_CHECKING:
    from lake.storage import Storage

BEGUN = time.perf_counter()


def note_ranges(storage: Storage) -> list[tuple[str, int, int]]:
    """A list to which each range that is read from a storage is added from now on."""
    asked: list[tuple[str, int, int]] = []
    get_range = storage.get_range

    def noted(key: str, start: int, length: int) -> bytes:
        asked.append((key, start, length))
        return get_range(key, start, length)

    setattr(storage, "get_range", noted)  # noqa: B010 - a method, in the eyes of mypy.
    return asked


def main() -> None:
    """Matches, and says how long it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("lake")
    parser.add_argument("batch")
    parser.add_argument("out")
    parser.add_argument("--phases", action="store_true")
    parser.add_argument("--endpoint")
    parser.add_argument("--ranges", type=Path)
    given = parser.parse_args()

    forbid_pandas()
    import pyarrow as pa

    from lake.schema import FINGERPRINTS
    from lake.storage import S3Options, open_storage
    from lake.tables import Lake

    options = S3Options(endpoint_url=given.endpoint) if given.endpoint else None
    storage = open_storage(given.lake, options, create=False)
    asked = note_ranges(storage)
    lake = Lake(storage)
    pool = ThreadPoolExecutor(1)
    # Starting the compiled code takes a quarter of a second; the first objects are read meanwhile.
    coming: Queue[pa.Table | None] = Queue(1 << 20 if given.phases else 1)

    def read() -> None:
        from dedup.prints.columns import LIGHT

        for table in lake.scan(FINGERPRINTS, LIGHT, repeats=True, checksums=False):
            coming.put(table)
        coming.put(None)

    reading = pool.submit(read)

    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from benchmarks.dedup.running import peak_mb
    from dedup import candidates, verify
    from dedup.compiled.paging import locate
    from dedup.compiled.postings import shift_of
    from dedup.prints.columns import HEAVY
    from lake.reading.picking import Wanted

    shift_of(2)
    imported = time.perf_counter()
    batch = pq.read_table(given.batch)
    loaded = imported
    if given.phases:
        reading.result()
        loaded = time.perf_counter()
    pairs = candidates(batch, iter(coming.get, None))
    proposed = time.perf_counter()

    def fetch(article_ids: list[str]) -> pa.Table:
        ids = pa.array(article_ids, pa.string())
        asked = pairs.filter(pc.is_in(pairs.column("other_id"), value_set=ids))
        times = pc.cast(asked.column("other_effective_at"), pa.int64()).to_numpy()
        return lake.pick(FINGERPRINTS, HEAVY, Wanted(ids, np.unique(times)), locate)

    relations = verify(batch, pairs, fetch)
    pq.write_table(relations, given.out)
    done = time.perf_counter()
    answer = {
        "import_s": imported - BEGUN,
        "load_s": loaded - imported,
        "candidates_s": proposed - loaded,
        "match_s": done - loaded,
        "cpu_s": time.process_time(),
        "peak_mb": peak_mb(),
        "candidates": pairs.num_rows,
        "relations": relations.num_rows,
    }
    if given.ranges:
        given.ranges.write_text(json.dumps(asked))
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
