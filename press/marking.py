"""Marking: the pairs that a system found against the true ones.

Here belong the shape of a true pair and the counting. Which pairs are true is told in
`press.truth`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict
from urllib.parse import unquote, urlsplit

KINDS: Final = ("exact", "near", "partial")
"""The kinds that are marked."""

Found = tuple[str, str, str]
"""Two addresses and the kind of relation that a system says they have."""
_Keys = dict[str, set[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class TruthPair:
    """Two pages with a common past, and what they are to each other.

    Attributes:
        url_a: Canonical address of the earlier page (of two at once, the first by address).
        url_b: Canonical address of the other.
        carry: How the text got from one to the other: ``whole``, ``headline``, ``edited``,
            ``shortened``, ``extended``, ``orthography``, two of these joined by ``+``,
            ``roundup``, ``retelling``, ``series`` or ``thread``.
        label: ``exact``, ``near``, ``partial``, ``roundup``, ``series``, ``thread`` or ``none``.
        jaccard: Of 3-word shingles of the clean texts; 0 to 1.
        containment: Of the 5-word shingles of the smaller text; 0 to 1.
        shared: Number of 5-word shingles that both have.
    """

    url_a: str
    url_b: str
    carry: str
    label: str
    jaccard: float
    containment: float
    shared: int


class Marks(TypedDict):
    """How well one kind was found; precision and recall from 0 to 1, the others are counts."""

    precision: float
    recall: float
    tp: int
    fp: int
    fn: int


def evaluate(
    pairs: Iterable[TruthPair], aliases: Mapping[str, str], found: Iterable[Found]
) -> dict[str, Marks]:
    """Marks what a system found.

    Args:
        pairs: The true pairs.
        aliases: Further addresses of pages to their canonical ones.
        found: Pairs in any order; kinds other than exact, near and partial do not count, nor
            does a page with itself. Pairs that are not among the true ones are wrong.

    Returns:
        Marks for each of exact, near and partial. Where nothing was found, precision is 1 if
        there was nothing to find, else 0.
    """
    found_by, true_by = _sorted_out(pairs, aliases, found)
    marks: dict[str, Marks] = {}
    for kind in KINDS:
        hits = len(found_by[kind] & true_by[kind])
        false = len(found_by[kind]) - hits
        missed = len(true_by[kind]) - hits
        marks[kind] = Marks(
            precision=hits / (hits + false) if hits + false else float(missed == 0),
            recall=hits / (hits + missed) if hits + missed else 1.0,
            tp=hits,
            fp=false,
            fn=missed,
        )
    return marks


def mistakes(
    pairs: Iterable[TruthPair], aliases: Mapping[str, str], found: Iterable[Found]
) -> list[str]:
    """Returns a line for every pair that was missed or found wrongly, for people."""
    known = list(pairs)
    found_by, true_by = _sorted_out(known, aliases, found)
    by_key = {_pair_key(p): p for p in known}
    lines: list[str] = []
    for kind in KINDS:
        for word, keys in (
            ("missed", true_by[kind] - found_by[kind]),
            ("wrong", found_by[kind] - true_by[kind]),
        ):
            lines += [
                f"{kind} {word}: {' | '.join(sorted(key))} ({_what(by_key.get(key))})"
                for key in sorted(keys, key=sorted)
            ]
    return lines


def _what(pair: TruthPair | None) -> str:
    if pair is None:
        return "no common past"
    return (
        f"{pair.carry}, truly {pair.label}: Jaccard {pair.jaccard:.3f}, "
        f"containment {pair.containment:.3f}, {pair.shared} shared"
    )


def _sorted_out(
    pairs: Iterable[TruthPair], aliases: Mapping[str, str], found: Iterable[Found]
) -> tuple[_Keys, _Keys]:
    """The found and the true pairs of each kind, addresses brought to one form."""
    canonical = {_key(alias): _key(url) for alias, url in aliases.items()}
    found_by: _Keys = defaultdict(set)
    for a, b, kind in found:
        key_a, key_b = (canonical.get(_key(url), _key(url)) for url in (a, b))
        if key_a != key_b:
            found_by[str(kind)].add(frozenset((key_a, key_b)))
    true_by: _Keys = defaultdict(set)
    for pair in pairs:
        true_by[pair.label].add(_pair_key(pair))
    return found_by, true_by


def _pair_key(pair: TruthPair) -> frozenset[str]:
    return frozenset((_key(pair.url_a), _key(pair.url_b)))


def _key(url: str) -> str:
    """Host, decoded path and query: addresses differ in how they encode Devanagari."""
    parts = urlsplit(url)
    return f"{parts.netloc}{unquote(parts.path)}" + (f"?{parts.query}" if parts.query else "")
