"""The thresholds of the engine, each with its reason.

Here belongs every number that may be set from outside. Not here: what is baked into stored
fingerprints (`dedup.signature`, `dedup.prints.hashing`), which a setting could not change.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from types import UnionType
from typing import Final


@dataclass(frozen=True, slots=True)
class DedupSettings:
    """When two articles are related, and how.

    Attributes:
        near_jaccard: Jaccard of 3-word shingles from which on a text is a republished or edited
            copy: the definition of `near`. Half of the words in common runs; nothing unrelated in
            4,508 real articles came close.
        partial_containment: Share of the smaller text's 5-word shingles that the larger one holds:
            the definition of `partial`, a text shortened or extended.
        partial_shared: 5-word shingles that a partial copy shares at least (24 running words):
            below it a quotation or a set phrase would do.
        excerpt_containment: Containment from which on a lifted passage counts; below it, quotes
            and background paragraphs abound.
        excerpt_words: Length in running words of such a passage.
        update_containment: Containment that relates two versions of one URL; lower than for
            copies, because the URL already says that they belong together.
        sketch_shared: Sketch hashes that a candidate by containment shares at least; one alone is
            a set phrase.
        sketch_containment: Estimated containment of such a candidate. .1 against a verified .2
            (an excerpt) leaves room for the error of the estimate. Among 1,623 real articles it
            makes half as many candidates again as .3 and finds 20 excerpts in place of 10.
        sketch_few: A text with at most so many sampled hashes (about 50 words) is a candidate by
            one shared hash already, because two may not be there to share.
        series_numbers: Distinct numerals on each side from which on their overlap says something.
        series_overlap: Share of numerals in common below which two texts of one template are of
            different days: daily reports have .21 in the median, real copies 1.
        series_conflicts: Numbers that differ in the same place before a template is suspected.
        series_verbatim: Jaccard from which on `series_conflicts` changed numbers are a toll
            brought up to date rather than a template filled anew.
        series_gap: Versions of one URL that are dated less than this apart are never a series.
        roundup_dominant: Jaccard from which on a text that holds several others is a copy of
            the one it mostly consists of.
        copy_window: Articles further apart (by `effective_at`) are never compared as copies.
        thread_window: Articles further apart are never joined in a thread.
        keywords: Content words by which an article is looked up: its best by tf-idf.
        thread_shared: Keywords that two articles of one thread share at least.
        thread_cosine: Cosine of the weighted content words from which on two articles belong to
            one story: of the two texts on Putin and Kim `taar dedup pairs
            seeds/putin_kim_2023.txt seeds/putin_kim_2024.txt` prints .349; the 99.9th percentile
            of random pairs of real articles is about .2.
        thread_figures: Distinct numerals per word from which on an article is a list of rates or
            measurements: half of the daily reports of the yardstick, 1.5 % of real articles.
        thread_same_figures: Share of their numerals that two such articles have in common at
            least, if they are to tell one story.
        thread_edges: Thread edges of one article at most, best first: unbounded, the rule passes
            4 of 10,000 pairs, which is hundreds of edges each among millions.
        slice_rows: Rows of the window that are looked at together; bounds the memory.

    Raises:
        TypeError: If a value is of another type than its default; a share may be a whole number.
        ValueError: If a share is not between 0 and 1, a count below 1, a time negative, or
            ``copy_window`` longer than ``thread_window``.
    """

    near_jaccard: float = 0.5
    partial_containment: float = 0.6
    partial_shared: int = 20
    excerpt_containment: float = 0.2
    excerpt_words: int = 20
    update_containment: float = 0.2
    sketch_shared: int = 2
    sketch_containment: float = 0.1
    sketch_few: int = 6
    series_numbers: int = 5
    series_overlap: float = 0.35
    series_conflicts: int = 2
    series_verbatim: float = 0.8
    series_gap: timedelta = timedelta(hours=12)
    roundup_dominant: float = 0.75
    copy_window: timedelta = timedelta(days=30)
    thread_window: timedelta = timedelta(days=400)
    keywords: int = 20
    thread_shared: int = 3
    thread_cosine: float = 0.30
    thread_figures: float = 0.07
    thread_same_figures: float = 0.15
    thread_edges: int = 10
    slice_rows: int = 32768

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            # By the default's type: a whole number that is given for a share is a share.
            match field.default:
                case float():
                    _require_number(field.name, value, int | float)
                    if not 0.0 <= value <= 1.0:
                        raise ValueError(f"{field.name} must be between 0 and 1, not {value}")
                case int():
                    _require_number(field.name, value, int)
                    if value < 1:
                        raise ValueError(f"{field.name} must be 1 or more, not {value}")
                case _:
                    if not isinstance(value, timedelta):
                        raise TypeError(f"{field.name} must be a timedelta, not {value!r}")
                    if value < timedelta(0):
                        raise ValueError(f"{field.name} must not be negative, but is {value}")
        if self.copy_window > self.thread_window:
            raise ValueError(
                f"copy_window ({self.copy_window}) must not exceed thread_window "
                f"({self.thread_window})"
            )


def _require_number(name: str, value: object, kind: type | UnionType) -> None:
    # True is an int to Python, and nobody's threshold.
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = "a whole number" if kind is int else "a number"
        raise TypeError(f"{name} must be {wanted}, not {value!r}")


DEFAULT: Final = DedupSettings()
"""The thresholds as measured."""
