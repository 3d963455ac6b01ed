"""What other tools take for duplicates, with the settings that they come with.

Runs in ``.venv-bench``, apart from Taar: reads ``{name: text}`` as JSON from standard input,
writes ``{system: [[name, name], ...]}``. Here belongs nothing of ours; each function tells whose
settings it follows.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from itertools import combinations
from typing import Any

Pairs = set[tuple[str, str]]


def datasketch_readme(texts: Mapping[str, str]) -> Pairs:
    """Datasketch as its README uses it: sets of words, 128 permutations, threshold .5."""
    return _lsh({n: t.split() for n, t in texts.items()}, num_perm=128, threshold=0.5)


def datasketch_default(texts: Mapping[str, str]) -> Pairs:
    r"""Datasketch's default threshold of .9 over ``\w+`` tokens."""
    words = {n: re.findall(r"\w+", t.lower()) for n, t in texts.items()}
    return _lsh(words, num_perm=128, threshold=0.9)


def text_dedup(texts: Mapping[str, str]) -> Pairs:
    r"""text-dedup's settings: 5-grams of what ``\W`` leaves, 250 permutations, threshold .7."""
    grams = {n: _grams(re.split(r"\W", t.lower()), 5) for n, t in texts.items()}
    return _lsh(grams, num_perm=250, threshold=0.7)


def datatrove(texts: Mapping[str, str]) -> Pairs:
    """Datatrove's settings: its normalisation, 5-grams of words, 14 buckets of 8 hashes.

    Its tokenisers need models; words are what white space leaves after its normalisation.
    """
    simplify = import_module("datatrove.utils.text").simplify_text
    grams = {n: _grams(simplify(t).split(), 5) for n, t in texts.items()}
    return _lsh(grams, num_perm=112, params=(14, 8))


def rensa(texts: Mapping[str, str]) -> Pairs:
    """Rensa as its README uses it: words, 128 permutations, estimated Jaccard of .8 or more."""
    made = import_module("rensa").RMinHash.from_token_sets(
        [t.split() for t in texts.values()], num_perm=128, seed=42
    )
    numpy = import_module("numpy")
    digests = numpy.array([sketch.digest() for sketch in made], dtype=numpy.uint64)
    names = list(texts)
    found: Pairs = set()
    for row in range(len(names) - 1):
        alike = (digests[row + 1 :] == digests[row]).mean(axis=1) >= 0.8
        found |= {(names[row], names[row + 1 + i]) for i in numpy.flatnonzero(alike).tolist()}
    return found


def simhash(texts: Mapping[str, str]) -> Pairs:
    """The package simhash: its tokens, 64 bits, at most 3 of them different (Manku 2007)."""
    make = import_module("simhash").Simhash
    values = [(name, make(text).value) for name, text in texts.items()]
    return {(a, b) for (a, x), (b, y) in combinations(values, 2) if (x ^ y).bit_count() <= 3}


def _grams(words: Iterable[str], size: int) -> list[str]:
    kept = [word for word in words if word]
    return [" ".join(kept[i : i + size]) for i in range(len(kept) - size + 1)]


def _lsh(tokens: Mapping[str, Iterable[str]], **settings: Any) -> Pairs:  # noqa: ANN401 - passed on
    sketching = import_module("datasketch")
    index = sketching.MinHashLSH(**settings)
    signed = {}
    for name, own in tokens.items():
        signed[name] = sketching.MinHash(num_perm=settings["num_perm"])
        signed[name].update_batch([token.encode() for token in set(own)])
        index.insert(name, signed[name])
    return {
        (min(name, other), max(name, other))
        for name, signature in signed.items()
        for other in index.query(signature)
        if other != name
    }


SYSTEMS: tuple[Callable[[Mapping[str, str]], Pairs], ...] = (
    datasketch_readme, datasketch_default, simhash, rensa, text_dedup, datatrove,
)  # fmt: skip


def main() -> None:
    """Reads the texts, writes the pairs of every system."""
    texts: dict[str, str] = json.load(sys.stdin)
    found = {system.__name__: sorted(map(list, system(texts))) for system in SYSTEMS}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
