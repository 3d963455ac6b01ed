"""Signatures: documents per second and core, from text to 128 minhashes.

Every document has about 400 tokens, cut from the project's own stories. Ours begins with the text
as published: it folds, cuts, hashes, shingles and signs. The rivals are handed the same tokens,
folded already: ``docs_per_s`` begins there and counts what their user has to do in Python before
they can be called (shingles are joined; those that take hashes get CRC-32). ``ready_docs_per_s`` is
the signing alone: of shingles or hashes made ready, of hashes in ours. Processor time, so that who
uses several cores gains nothing by it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from itertools import accumulate
from typing import Final

import numpy as np
import pyarrow as pa

from benchmarks.dedup.running import BENCH_PYTHON, Measured, Options, Rivals, median
from dedup import fingerprint
from dedup.compiled.signing import sign_rows
from dedup.hindi import tokens
from dedup.prints.marking import mark, sign, tokenise
from dedup.prints.marks import PERMUTATIONS, permutations
from lake.schema import ARTICLES
from press.story import load_stories

TOKENS: Final = 400
_COUNTS: Final = {
    "datasketch_update": 60,
    "datasketch_update_batch": 300,
    "datasketch_bulk": 600,
    "rensa_tokens": 800,
    "rensa_bytes": 800,
    "rensa_hashes": 800,
    "rensa_flat": 2000,
    "rensa_c": 800,
    "datatrove": 200,
    "daft": 2000,
}
"""Documents a round: a tenth of a second or more for each."""
_SENTENCE: Final = re.compile(r"(?<=[।?!])\s+")


def measure(options: Options) -> Measured:
    """Makes the table ``signatures``."""
    texts = documents(120 if options.small else 2000)
    column = pa.array(texts)
    empty = pa.array([""] * len(texts))
    articles = _articles(texts)
    ready = _Ready(texts)
    ours: dict[str, tuple[Callable[[], object], int]] = {
        "taar": (lambda: sign(column), len(texts)),
        "taar_ready": (ready.sign, len(texts)),
        "taar_marks": (lambda: mark(column, empty), len(texts)),
        "taar_fingerprint": (lambda: fingerprint(articles), articles.num_rows),
    }
    times: dict[str, list[float]] = {name: [] for name in ours}
    readied: dict[str, list[float]] = {}
    rivals = Rivals({"documents": [tokens(t) for t in texts]}) if BENCH_PYTHON.exists() else None
    for function, _ in ours.values():
        function()
    for _ in range(options.rounds):
        for name, (function, count) in ours.items():
            started = time.process_time()
            function()
            times[name].append((time.process_time() - started) / count)
        for name, count in _COUNTS.items() if rivals else ():
            asked = min(count, len(texts))
            seconds = rivals.ask({"system": name, "count": asked}) if rivals else None
            if seconds is not None:
                times.setdefault(name, []).append(sum(seconds) / asked)
                readied.setdefault(name, []).append(seconds[1] / asked)
    if rivals:
        rivals.close()
    readied["taar"] = times.pop("taar_ready")
    fast = {name: 1 / median(each) for name, each in readied.items()}
    table: dict[str, dict[str, float]] = {}
    for name, each in times.items():
        table[name] = {"docs_per_s": 1 / median(each)}
        table[name]["taar_is_times"] = table["taar"]["docs_per_s"] / table[name]["docs_per_s"]
        if name in fast:
            table[name]["ready_docs_per_s"] = fast[name]
    notes = (
        "taar: text as published -> signature; taar_marks: -> all columns of a fingerprint; "
        "taar_fingerprint: cleaned of debris first. Rivals: folded tokens -> signature. "
        "ready_docs_per_s: shingles or hashes made ready -> signature.",
    )
    return Measured({"signatures": table}, rivals.versions if rivals else {}, notes)


class _Ready:
    """Token hashes made ready, for our signing alone."""

    def __init__(self, texts: list[str]) -> None:
        made = tokenise(pa.array(texts))
        self._hashes, self._offsets = made.hashes, made.offsets
        self._scratch = np.empty(len(made.hashes), dtype=np.uint32)
        self._out = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)

    def sign(self) -> None:
        """Makes shingles of the token hashes, and signs them."""
        sign_rows(self._hashes, self._offsets, self._scratch, permutations(), self._out)


def documents(count: int, seed: int = 1) -> list[str]:
    """Texts of about 400 tokens, of sentences from the project's stories in random order."""
    sentences = [
        sentence
        for story in load_stories()
        for paragraph in story.paragraphs
        for sentence in _SENTENCE.split(paragraph)
    ]
    lengths = [len(tokens(sentence)) for sentence in sentences]
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        picked = rng.choices(range(len(sentences)), k=TOKENS)
        total = list(accumulate(lengths[place] for place in picked))
        last = next(i for i, sum_ in enumerate(total) if sum_ >= TOKENS)
        words = " ".join(sentences[place] for place in picked[: last + 1]).split()
        # The last sentence is cut where the text has enough.
        made.append(" ".join(words[: len(words) - (total[last] - TOKENS)]))
    return made


def _articles(texts: list[str]) -> pa.Table:
    """Articles that are nothing but their texts, in paragraphs."""
    from benchmarks.make_frequencies import articles

    few = texts[: max(1, len(texts) // 10)]
    bodies = [_SENTENCE.sub("\n\n", text, count=4) for text in few]
    made = articles([""] * len(few), bodies, 0)
    return made.cast(pa.schema([ARTICLES.schema.field(name) for name in made.column_names]))
