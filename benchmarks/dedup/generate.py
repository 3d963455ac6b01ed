"""Windows and batches of fingerprints for the benchmark: a lake, and Parquet files of its kind.

A window has one run for each of thirty days. Its articles are sequences of 400 invented tokens,
and have nothing but fingerprints. What finds candidates is there for every article; the shingles
that verify them, only for the newest `HEAVY`, among which are the originals of all planted copies,
as a wire story's are in fact: with them a window of a million would be 7 GB. A batch follows upon
the window; every third of its articles is a copy with some of its words changed.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup.prints.marking import Tokens, mark_tokens
from dedup.prints.marks import SAMPLE
from dedup.scheme import SCHEME_VERSION
from dedup.text.letters import CONTENT, NUMBER
from lake import ids, keys, parquet
from lake.schema import ARTICLES, FINGERPRINTS, PACKED, RUN_ID, Dataset

TOKENS: Final = 400
DAYS: Final = 30
HEAVY: Final = 60_000
COPIED: Final = 3
"""One in so many articles of a batch is a copy."""
_WORDS: Final = 60_000
_DAY: Final = 86_400_000_000
_START: Final = 1_700_006_400_000_000
"""Midnight, UTC."""
_NO_RUN: Final = "20231101T000000000000Z-0000000000000000"
_PACKED: Final = tuple(f.name for f in FINGERPRINTS.schema if f.type.equals(PACKED))
Generator = np.random.Generator


def make(folder: Path, rows: int, batches: tuple[int, ...], heavy: int = HEAVY) -> None:
    """Writes a lake, ``lake/``, and ``batch-SIZE.parquet`` into a folder, if not there yet.

    Args:
        folder: Where.
        rows: Articles of the window.
        batches: Sizes of the batches.
        heavy: How many have the shingles that verify them, the newest.
    """
    done = folder / "done"
    if done.exists():
        return
    rng = np.random.default_rng(1)
    heavy = min(heavy, rows)
    originals: list[Any] = []
    cuts = np.linspace(0, rows, DAYS + 1).astype(int).tolist()
    for day, (start, end) in enumerate(pairwise(cuts)):
        light = max(0, min(end, rows - heavy) - start)
        times = _START + (np.arange(start, end) * (DAYS * _DAY / rows)).astype(np.int64)
        full = _draw(rng, end - start - light)
        originals.append(full)
        table = pa.concat_tables(
            [_light(rng, times[:light]), *_full(rng, full, times[light:])]
        ).combine_chunks()
        run_id = ids.new_run_id(datetime.fromtimestamp((_START + (day + 1) * _DAY) / 1e6, UTC))
        for dataset, rows_of_it in (
            (FINGERPRINTS, table),
            (ARTICLES, ARTICLES.schema.empty_table()),
        ):
            target = folder / "lake" / keys.run_key(dataset, run_id)
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(rows_of_it, dataset, run_id, target)
    known = np.concatenate(originals)
    for size in batches:
        _write(_batch(rng, known, size), FINGERPRINTS, _NO_RUN, folder / f"batch-{size}.parquet")
    done.touch()


def _draw(rng: Generator, rows: int) -> Any:  # noqa: ANN401 - uint64, rows x TOKENS.
    """Token hashes: some words are common, most are rare."""
    words = np.random.default_rng(2).integers(1, 2**63, _WORDS, dtype=np.uint64)
    ranks = (_WORDS ** rng.random((rows, TOKENS))).astype(np.int64) - 1
    return words[ranks]


def _batch(rng: Generator, known: Any, size: int) -> pa.Table:  # noqa: ANN401
    """Articles of the day after the window; every third is an edited copy."""
    documents = _draw(rng, size)
    copies = np.arange(0, size, COPIED)
    taken = known[rng.integers(0, len(known), len(copies))]
    # Up to a tenth of the words are replaced.
    share = rng.choice([0.0, 0.02, 0.05, 0.1], (len(copies), 1))
    documents[copies] = np.where(rng.random(taken.shape) < share, documents[copies], taken)
    times = _START + DAYS * _DAY + np.arange(size, dtype=np.int64)
    return pa.concat_tables(list(_full(rng, documents, times)))


def _full(rng: Generator, documents: Any, times: Any) -> Iterator[pa.Table]:  # noqa: ANN401
    """Whole fingerprints of documents, a part at a time."""
    for start in range(0, len(documents), 4096):
        part = documents[start : start + 4096]
        flat = part.reshape(-1)
        flags = np.where(flat % np.uint64(20) == 0, NUMBER, CONTENT).astype(np.uint8)
        offsets = np.arange(len(part) + 1, dtype=np.int64) * TOKENS
        none = Tokens(flat[:0], flags[:0], np.zeros(len(part) + 1, dtype=np.int64), 0)
        columns = mark_tokens(Tokens(flat, flags, offsets, 0), none)
        yield _table(rng, times[start : start + 4096], columns)


def _light(rng: Generator, times: Any) -> pa.Table:  # noqa: ANN401
    """Fingerprints with random signatures and sketches, and nothing to verify them by."""
    count = len(times)
    kept = TOKENS // SAMPLE
    sketch = np.sort(rng.integers(0, 2**32 // SAMPLE, (count, kept), dtype=np.uint32) * SAMPLE)
    low = rng.integers(0, 256, (count, 128), dtype=np.uint8)
    columns: dict[str, Any] = {
        "low": pa.Array.from_buffers(pa.binary(128), count, [None, pa.py_buffer(low.data)]),
        "minhash": pa.array([b"\0" * 512] * count, pa.binary(512)),
        "body_key": pa.array(rng.integers(1, 2**63, count, dtype=np.uint64)),
        "token_count": pa.array(np.full(count, TOKENS, dtype=np.int32)),
    }
    for name in _PACKED:
        columns[name] = pa.array([b""] * count, PACKED)
    ends = np.arange(count + 1, dtype=np.int32) * (4 * kept)
    columns["sketch"] = pa.Array.from_buffers(
        PACKED, count, [None, pa.py_buffer(ends.data), pa.py_buffer(sketch.data)]
    )
    return _table(rng, times, columns)


def _table(rng: Generator, times: Any, columns: dict[str, Any]) -> pa.Table:  # noqa: ANN401
    count = len(times)
    at = pa.array(times, pa.int64()).cast(FINGERPRINTS.schema.field("effective_at").type)
    columns = columns | {
        "article_id": _ids(rng, count),
        "url_id": _ids(rng, count),
        "version": pa.array([1] * count, pa.int32()),
        "source_id": pa.array(["source"] * count),
        "effective_at": at,
        "published_at": at,
        "fetched_at": at,
        "content_hash": _ids(rng, count),
        "scheme": pa.array([SCHEME_VERSION] * count, pa.int16()),
    }
    schema = FINGERPRINTS.schema
    return pa.table({f.name: columns[f.name].cast(f.type) for f in schema}, schema=schema)


def _ids(rng: Generator, count: int) -> pa.Array[Any]:
    letters = binascii.hexlify(rng.bytes(16 * count))
    ends = np.arange(count + 1, dtype=np.int32) * 32
    made: pa.Array[Any] = pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(ends.data), pa.py_buffer(letters)]
    )
    return made


def _write(table: pa.Table, dataset: Dataset, run_id: str, where: Path) -> None:
    if RUN_ID.name not in table.column_names:
        runs = pa.array([run_id] * table.num_rows, pa.string())
        table = table.append_column(RUN_ID.field, runs)
    parquet.write(parquet.conform(table, dataset, parquet.runs_metadata([run_id])), str(where))
