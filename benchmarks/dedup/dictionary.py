"""datasketch's index in memory: the process that is measured.

    python -m benchmarks.dedup.dictionary FOLDER BATCH ROWS

Inserts the signatures of ROWS articles of a window into ``MinHashLSH(params=(32, 4))`` and queries
it with a batch. Prints JSON: seconds, megabytes, and bytes a document after half and after all.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from datasketch import MinHash, MinHashLSH

from benchmarks.dedup.running import peak_mb


def main() -> None:
    """Builds, queries, reports."""
    window, batch, rows = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    permutations = MinHash(num_perm=128).permutations
    rng = np.random.default_rng(3)
    # The window keeps whole signatures of its newest articles alone; random ones do as well here.
    signatures = rng.integers(0, 2**32, (rows, 128), dtype=np.uint32)
    ids = [
        name
        for file in sorted(window.glob("lake/fingerprints/**/*.parquet"))
        for name in _ids(file)
    ][:rows]
    low = _memory()
    index = MinHashLSH(num_perm=128, params=(32, 4))
    begun = time.perf_counter()
    half_s = half_mb = 0.0
    for row, name in enumerate(ids):
        if row == rows // 2:
            half_s, half_mb = time.perf_counter() - begun, _memory() - low
        index.insert(name, _minhash(signatures[row], permutations))
    built, size = time.perf_counter() - begun, _memory() - low
    asked = pq.read_table(batch, columns=["minhash"]).column("minhash").to_pylist()
    begun = time.perf_counter()
    for value in asked:
        index.query(_minhash(np.frombuffer(value or b"", dtype="<u4"), permutations))
    query = time.perf_counter() - begun
    answer = {
        "rows": rows,
        "build_s": built,
        "match_s": query,
        "query_per_s": len(asked) / query,
        "bytes_per_doc": size * 2**20 / rows,
        "half_build_s": half_s,
        "half_bytes_per_doc": half_mb * 2**20 / (rows // 2),
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


def _minhash(values: Any, permutations: Any) -> MinHash:  # noqa: ANN401 - arrays of no typed kind.
    return MinHash(num_perm=128, hashvalues=values, permutations=permutations, scheme="affine32")


def _ids(file: Path) -> list[str]:
    return [str(i) for i in pq.read_table(file, columns=["article_id"]).column(0).to_pylist()]


def _memory() -> float:
    """Megabytes in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
