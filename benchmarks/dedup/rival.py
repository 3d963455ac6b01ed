"""Runs the rivals of the signatures; executed by the Python of .venv-bench.

Standard input, line by line: first ``{"documents": [[TOKEN, ...], ...]}``, answered with the
versions; then ``{"system": NAME, "count": N}``, answered with the processor seconds that the first
N documents took: ``[from tokens to what the rival takes, from there to signatures]``, or null where
the rival is not installed.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import sys
import time
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

PERMUTATIONS = 128
WORDS = 3


Tokens = list[list[str]]
Run = Callable[[], object]


def _shingles(documents: Tokens) -> list[list[str]]:
    return [[" ".join(d[i : i + WORDS]) for i in range(len(d) - WORDS + 1)] for d in documents]


def _encoded(documents: Tokens) -> list[list[bytes]]:
    return [
        [" ".join(d[i : i + WORDS]).encode() for i in range(len(d) - WORDS + 1)] for d in documents
    ]


def _hashes(documents: Tokens) -> list[list[int]]:
    return [list(map(zlib.crc32, shingles)) for shingles in _encoded(documents)]


def _texts(documents: Tokens) -> list[str]:
    return [" ".join(document) for document in documents]


def _datasketch_update(documents: Tokens) -> Run:
    # By name: type checkers do not see .venv-bench.
    minhash = import_module("datasketch").MinHash
    encoded = _encoded(documents)

    def run() -> None:
        for shingles in encoded:
            signature = minhash(num_perm=PERMUTATIONS)
            for shingle in shingles:
                signature.update(shingle)

    return run


def _datasketch_update_batch(documents: Tokens) -> Run:
    minhash = import_module("datasketch").MinHash
    encoded = _encoded(documents)

    def run() -> None:
        for shingles in encoded:
            minhash(num_perm=PERMUTATIONS).update_batch(shingles)

    return run


def _datasketch_bulk(documents: Tokens) -> Run:
    minhash = import_module("datasketch").MinHash
    hashes = _hashes(documents)
    return lambda: minhash.bulk(hashes, num_perm=PERMUTATIONS, hashfunc=int)


def _rensa(
    method: str, form: Callable[[Tokens], object], kind: str = "RMinHash"
) -> Callable[[Tokens], Run]:
    def prepare(documents: Tokens) -> Run:
        function = getattr(getattr(import_module("rensa"), kind), method)
        given = form(documents)
        return lambda: function(given, PERMUTATIONS, 42)

    return prepare


def _rensa_flat(documents: Tokens) -> Run:
    numpy = import_module("numpy")
    function = import_module("rensa").RMinHash.digest_matrix_from_flat_token_hashes
    rows = _hashes(documents)
    flat = numpy.fromiter((value for row in rows for value in row), dtype=numpy.uint64)
    offsets = numpy.cumsum([0, *map(len, rows)]).astype(numpy.uint64)
    return lambda: function(flat, offsets, PERMUTATIONS, 42)


class _Words:
    """Cuts folded text at its spaces, in the place of datatrove's own tokenizer."""

    def word_tokenize(self, text: str) -> list[str]:
        return text.split()


def _datatrove(documents: Tokens) -> Run:
    module = import_module("datatrove.pipeline.dedup.minhash")
    step: Any = module.MinhashDedupSignature.__new__(module.MinhashDedupSignature)
    step.config = module.MinhashConfig(n_grams=WORDS, num_buckets=32, hashes_per_bucket=4)
    step.num_hashes = PERMUTATIONS
    step._parameters = None
    step._hash_func = module.create_hash_func(step.config.hash_config)
    step.word_tokenizer = _Words()
    texts = _texts(documents)

    def run() -> None:
        for text in texts:
            step.get_signature(step.get_shingles(text))

    return run


def _daft(documents: Tokens) -> Run:
    daft = import_module("daft")
    table = daft.from_pydict({"text": _texts(documents)}).collect()
    signed = daft.col("text").minhash(num_hashes=PERMUTATIONS, ngram_size=WORDS)
    return lambda: table.select(signed).collect()


SYSTEMS: dict[str, Callable[[Tokens], Run]] = {
    "datasketch_update": _datasketch_update,
    "datasketch_update_batch": _datasketch_update_batch,
    "datasketch_bulk": _datasketch_bulk,
    "rensa_tokens": _rensa("digest_matrix_from_token_sets", _shingles),
    "rensa_bytes": _rensa("digest_matrix_from_token_byte_sets", _encoded),
    "rensa_hashes": _rensa("digest_matrix_from_token_hash_sets", _hashes),
    "rensa_flat": _rensa_flat,
    "rensa_c": _rensa("digests64_from_token_hash_sets", _hashes, "CMinHash"),
    "datatrove": _datatrove,
    "daft": _daft,
}


def main() -> None:
    """Answers orders until the input ends."""
    logging.disable(logging.CRITICAL)
    documents: Tokens = json.loads(sys.stdin.readline())["documents"]
    packages = ("datasketch", "rensa", "datatrove", "daft")
    _answer({name: _version(name) for name in packages})
    for line in sys.stdin:
        order = json.loads(line)
        prepare = SYSTEMS[order["system"]]
        try:
            prepare(documents[:1])()  # Imports and warms up.
        except ImportError:
            _answer(None)
            continue
        started = time.process_time()
        run = prepare(documents[: order["count"]])
        ready = time.process_time()
        run()
        _answer([ready - started, time.process_time() - ready])


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _answer(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
