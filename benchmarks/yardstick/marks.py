"""Counting: what a system found in the yardstick against the truth.

Here belong precision and recall by kind of relation. A system that does not tell kinds apart is
marked by the pairs that it proposes as duplicates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from benchmarks.yardstick.corpus import EDIT_RATES, Yardstick
from benchmarks.yardstick.engine import Found

COPIES: Final = ("exact", "near", "partial")
_THREADED: Final = ("followup", "thread")
Marks = dict[str, float]
_Key = frozenset[str]


def _labels(yardstick: Yardstick) -> dict[_Key, str]:
    return {frozenset((pair.a, pair.b)): pair.label for pair in yardstick.pairs}


def _marks(true: Collection[_Key], found: Collection[_Key]) -> Marks:
    hits = len(set(true) & set(found))
    return {
        "precision": hits / len(found) if found else float(not true),
        "recall": hits / len(true) if true else 1.0,
        "true_pairs": float(len(true)),
        "found_pairs": float(len(found)),
    }


def by_kind(yardstick: Yardstick, found: Found) -> dict[str, Marks]:
    """Marks a system that names the kind of each pair, over all pairs of texts.

    Args:
        yardstick: The texts and the truth.
        found: The pairs that the system relates.

    Returns:
        ``exact``, ``near`` (those of the same words included), ``partial``, ``excerpt``,
        ``roundup`` and ``series`` to their marks. ``series`` has ``called_copies`` too: the share
        of its pairs that the system takes for copies.
    """
    labels = _labels(yardstick)
    kinds = {
        "exact": {"exact"}, "near": {"exact", "near"}, "partial": {"partial"},
        "excerpt": {"excerpt"}, "roundup": {"roundup"}, "series": {"series"},
    }  # fmt: skip
    tables = {
        name: _marks(
            {key for key, label in labels.items() if label in group},
            {key for key, kind in found.items() if kind in group},
        )
        for name, group in kinds.items()
    }
    tables["series"]["called_copies"] = _called(labels, "series", found, COPIES)
    return tables


def by_pairs(yardstick: Yardstick, found: Collection[_Key]) -> dict[str, Marks]:
    """Marks a system that only says which pairs are duplicates.

    For each kind the pairs that are of a stronger one are set aside; what the system proposes
    beside the kind itself counts against it.
    """
    labels = _labels(yardstick)
    proposed = dict.fromkeys(found, "near")
    stronger: set[str] = set()
    tables: dict[str, Marks] = {}
    for name in (*COPIES, "excerpt"):
        true = {key for key, label in labels.items() if label == name}
        aside = {key for key, label in labels.items() if label in stronger}
        if name == "near":
            true, aside = true | aside, set()
        tables[name] = _marks(true, set(proposed) - aside)
        stronger.add(name)
    tables["series"] = {"called_copies": _called(labels, "series", proposed, COPIES)}
    return tables


def _called(labels: Mapping[_Key, str], label: str, found: Found, kinds: Collection[str]) -> float:
    keys = [key for key, own in labels.items() if own == label]
    return sum(found.get(key) in kinds for key in keys) / max(len(keys), 1)


def by_edit_rate(yardstick: Yardstick, found: Found) -> Marks:
    """Recall by share of words edited: of the texts so edited, those found as copies.

    Beside each, the share that by the exact score still are copies: what a perfect system finds.
    """
    curve: Marks = {}
    for rate in EDIT_RATES:
        pairs = yardstick.of(f"edited{rate:02d}")
        hits = sum(found.get(frozenset((p.a, p.b))) in COPIES for p in pairs)
        curve[f"at_{rate:02d}"] = hits / max(len(pairs), 1)
        curve[f"truly_{rate:02d}"] = sum(p.label in COPIES for p in pairs) / max(len(pairs), 1)
    return curve


def by_making(yardstick: Yardstick, found: Found) -> Marks:
    """For each kind of the yardstick, the share of its pairs that were given their true label."""
    shares: Marks = {}
    for kind in dict.fromkeys(pair.kind for pair in yardstick.pairs):
        pairs = yardstick.of(kind)
        right = sum(
            found.get(frozenset((p.a, p.b)), "none") == ("none" if p.label == "thread" else p.label)
            for p in pairs
        )
        shares[kind] = right / len(pairs)
    return shares


def of_threads(yardstick: Yardstick, found: Found) -> Marks:
    """Marks threads: recall over sequels, precision over all edges found.

    An edge is right when both texts tell of one affair; ``unrelated`` is the share of the hard
    negatives, stories of one section, that are joined all the same. Twins and retellings of the
    same event are reported beside.
    """
    texts = yardstick.texts
    affairs = {
        key
        for key in found
        if len({_affair(texts[name].story) for name in key}) == 1
        and not any(texts[name].how == "series" for name in key)
    }
    marks: Marks = {"precision": len(affairs) / len(found) if found else 1.0}
    for name, kinds in (("recall", _THREADED), ("twins", ("twin",)), ("events", ("event",))):
        pairs = [p for p in yardstick.pairs if p.kind in kinds and p.label == "thread"]
        marks[name] = sum(frozenset((p.a, p.b)) in found for p in pairs) / max(len(pairs), 1)
    apart = yardstick.of("unrelated")
    joined = sum(frozenset((p.a, p.b)) in found for p in apart)
    return {**marks, "unrelated": joined / max(len(apart), 1), "edges": float(len(found))}


def _affair(story: str) -> str:
    """Two stories of the press, 900 and 901, tell of one affair."""
    return "900" if story == "901" else story
