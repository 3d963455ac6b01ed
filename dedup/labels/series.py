"""The series guard: one template filled anew is no copy.

Here belongs the judgement, from numerals and the words around them, whether two texts that look
like copies are two days of one report (fuel, gold, rupee, weather, scores). Such reports share up
to 80 % of their 5-word shingles and passages of 77 words. Not here: how numerals are found
(`dedup.signature`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from dedup.compiled import scoring
from dedup.prints.hashing import U32
from dedup.prints.sheet import I64, Sheet
from dedup.settings import DedupSettings


@dataclass(frozen=True, slots=True)
class Numerals:
    """The numerals of one text.

    Attributes:
        numbers: uint32, the distinct numerals, sorted.
        slots: uint32, the words around each, sorted.
        values: uint32, the numeral in each of `slots`.
    """

    numbers: U32
    slots: U32
    values: U32


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the numerals of two texts agree.

    Attributes:
        fewest: Distinct numerals of the text that has fewer.
        overlap: Share of these that the other text has too; 1 where there are none.
        conflicts: Distinct numerals that stand in the same place with another value.
        agreements: Distinct numerals that stand in the same place with the same value.
    """

    fewest: int
    overlap: float
    conflicts: int
    agreements: int


def numerals(sheet: Sheet, row: int) -> Numerals:
    """The numerals of one article."""
    return Numerals(sheet.numbers.row(row), sheet.slots.row(row), sheet.slot_values.row(row))


def compare_numerals(a: Numerals, b: Numerals) -> Comparison:
    """Compares the numerals of two texts; the order of the two makes no difference."""
    fewest = min(len(a.numbers), len(b.numbers))
    common = len(np.intersect1d(a.numbers, b.numbers, assume_unique=True))
    agreed: set[int] = set()
    changed_a: set[int] = set()
    changed_b: set[int] = set()
    places_a, places_b = _by_slot(a), _by_slot(b)
    for slot in places_a.keys() & places_b.keys():
        same = places_a[slot] & places_b[slot]
        agreed |= same
        if not same:
            changed_a |= places_a[slot]
            changed_b |= places_b[slot]
    return Comparison(
        fewest=fewest,
        overlap=common / fewest if fewest else 1.0,
        # One toll told three times is one number that changed, not three.
        conflicts=min(len(changed_a), len(changed_b)),
        agreements=len(agreed),
    )


def compare_pairs(batch: Sheet, mine: I64, window: Sheet, theirs: I64) -> list[Comparison]:
    """Compares the numerals of pairs, as `compare_numerals` does.

    Args:
        batch: Fingerprints that `mine` points into.
        mine: int64, a row of the batch for each pair.
        window: Fingerprints that `theirs` points into; may be the batch.
        theirs: int64, a row of the window for each pair.

    Returns:
        The comparisons, in the order of the pairs.
    """
    common, conflicts, agreements = (np.zeros(len(mine), dtype=np.int64) for _ in range(3))
    a, b = batch.numbers, window.numbers
    scoring.shared(a.values, a.offsets, mine, b.values, b.offsets, theirs, common)
    fewest = np.minimum(a.lengths[mine], b.lengths[theirs])
    a, b = batch.slots, window.slots
    longest = max(a.lengths.max(initial=0), b.lengths.max(initial=0))
    scoring.slots(
        a.values,
        batch.slot_values.values,
        a.offsets,
        mine,
        b.values,
        window.slot_values.values,
        b.offsets,
        theirs,
        np.empty((3, longest), dtype=np.uint32),
        conflicts,
        agreements,
    )
    overlap = np.where(fewest > 0, common / np.maximum(fewest, 1), 1.0)
    columns = (fewest.tolist(), overlap.tolist(), conflicts.tolist(), agreements.tolist())
    return [Comparison(*row) for row in zip(*columns, strict=True)]


def is_series(
    numbers: Comparison,
    jaccard: float,
    settings: DedupSettings,
    *,
    apart: timedelta | None = None,
    whole: bool = True,
) -> bool:
    """Judges whether two alike texts are of one series.

    Args:
        numbers: How their numerals agree.
        jaccard: Jaccard of their 3-word shingles.
        settings: The thresholds ``series_*``.
        apart: How far apart they are dated; None where that is not known.
        whole: Whether one is alike as a whole to the other or a part of it; False where only a
            passage is, so that what stands around it says nothing.

    Returns:
        True when most of many numerals differ, or several differ in the same places and fewer
        agree. A toll brought up to date in a text that is the same otherwise is no series, nor
        are a few numbers that changed within hours.
    """
    many = numbers.fewest >= settings.series_numbers
    if whole and many and numbers.overlap < settings.series_overlap:
        return True
    if apart is not None and apart < settings.series_gap:
        return False
    enough = settings.series_conflicts + (1 if jaccard >= settings.series_verbatim else 0)
    return numbers.conflicts >= enough and numbers.conflicts > numbers.agreements


def _by_slot(text: Numerals) -> dict[int, set[int]]:
    places: dict[int, set[int]] = {}
    for slot, value in zip(text.slots.tolist(), text.values.tolist(), strict=True):
        places.setdefault(slot, set()).add(value)
    return places
