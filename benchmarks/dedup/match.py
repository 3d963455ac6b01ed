"""One batch matched with a window: the process that is measured.

    python -m benchmarks.dedup.match LAKE BATCH OUT [--phases]

Reads a batch, streams the window's light columns past it, fetches and verifies the candidates, and
writes the labelled relations as Parquet. With ``--phases`` the window is loaded first and matched
then. Prints JSON: seconds, and what was found.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

BEGUN = time.perf_counter()


def main() -> None:
    """Matches, and says how long it took."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from benchmarks.dedup.running import peak_mb
    from dedup import candidates, verify
    from dedup.postings import shift_of
    from dedup.sheet import HEAVY, LIGHT
    from lake import parquet
    from lake.schema import FINGERPRINTS
    from lake.storage import S3Options, open_storage

    parser = argparse.ArgumentParser()
    parser.add_argument("lake")
    parser.add_argument("batch")
    parser.add_argument("out")
    parser.add_argument("--phases", action="store_true")
    parser.add_argument("--endpoint")
    given = parser.parse_args()
    options = S3Options(endpoint_url=given.endpoint) if given.endpoint else None
    storage = open_storage(given.lake, options, create=False)
    objects = [info for info in storage.list("window/") if info.key.endswith(".parquet")]

    def read(info: object, columns: tuple[str, ...], where: pc.Expression | None) -> pa.Table:
        key, size = info.key, info.size  # type: ignore[attr-defined]
        with storage.open_input(key, size) as source:
            return parquet.read(source, key, FINGERPRINTS, columns, where)[0]

    pool = ThreadPoolExecutor(storage.parallel)

    coming = iter(objects)
    waiting: deque[Future[pa.Table]] = deque(
        pool.submit(read, info, LIGHT, None) for info in islice(coming, 2)
    )

    def light() -> Iterator[pa.Table]:
        # Two are read while another is matched; what is matched is let go.
        while waiting:
            table = waiting.popleft().result()
            if (info := next(coming, None)) is not None:
                waiting.append(pool.submit(read, info, LIGHT, None))
            yield table

    # Starting the compiled code takes a third of a second; the first objects are read meanwhile.
    shift_of(2)
    window = light()
    imported = time.perf_counter()
    batch = pq.read_table(given.batch)
    loaded = imported
    if given.phases:
        window = iter(list(window))
        loaded = time.perf_counter()
    pairs = candidates(batch, window)
    proposed = time.perf_counter()

    def fetch(article_ids: list[str]) -> pa.Table:
        wanted = pa.array(article_ids, pa.string())
        asked = pairs.filter(pc.is_in(pairs.column("other_id"), value_set=wanted))
        times = pc.unique(asked.column("other_effective_at"))
        where = pc.field("effective_at").isin(times) & pc.field("article_id").isin(wanted)
        # One after another: Arrow decodes each with all cores, and what is decoded is large.
        return pa.concat_tables([read(info, HEAVY, where) for info in objects])

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
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
