"""Texts compared pair by pair, for the command line.

Here belongs the pairing and the sentence that says why. The comparison itself is `dedup.compare`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from dedup import Comparison, compare
from flows.opening import dedup_settings
from flows.settings import Settings
from lake.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PairReport:
    """Two texts and how they are related.

    Attributes:
        first: Name of the first text.
        second: Name of the second.
        found: The comparison.
        why: What decided, in one sentence.
    """

    first: str
    second: str
    found: Comparison
    why: str

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"first": self.first, "second": self.second, **self.found.to_dict(), "why": self.why}


def compare_all(texts: Sequence[tuple[str, str]], settings: Settings) -> list[PairReport]:
    """Compares every pair of texts.

    Args:
        texts: Name and text of each.
        settings: Thresholds.
    """
    thresholds = dedup_settings(settings)
    reports = []
    for (first, text_a), (second, text_b) in combinations(texts, 2):
        found = compare(text_a, text_b, thresholds)
        for name, words in ((first, found.words_a), (second, found.words_b)):
            if not words:
                raise ConfigError(
                    f"there are no words to compare in {name}",
                    where="taar dedup pairs",
                    remedy="give a text of a few sentences in Hindi",
                )
        reports.append(PairReport(first, second, found, _why(found, settings)))
    return reports


def _why(found: Comparison, settings: Settings) -> str:
    match found.kind:
        case "exact":
            return "the same words in the same order, once cleaned and folded"
        case "near":
            return f"Jaccard {found.jaccard:.2f} reaches {settings.near_jaccard:g}"
        case "partial":
            return (
                f"{found.containment:.0%} of the shorter text stands in the longer one, "
                f"{settings.partial_containment:.0%} or more is asked"
            )
        case "excerpt":
            return f"a passage of {found.running} running words in common"
        case "series":
            return (
                f"one template filled anew: {found.conflicts} numbers differ in the same place, "
                f"{found.agreements} agree"
            )
        case "thread":
            return (
                f"no copy, but one story: cosine {found.cosine:.2f} reaches "
                f"{settings.thread_cosine:g}"
            )
        case _:
            return "neither shared passages nor enough weighty words in common"
