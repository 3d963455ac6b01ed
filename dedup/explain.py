"""Two articles compared, and the comparison explained.

Here belongs what `taar dedup pairs` shows: the kind of relation that the engine would give, with
the scores and words that justify it. The engine itself does not need this module, and judges here
as it does everywhere. Not here: texts laid side by side (`dedup.beside`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup.beside import differences, longest_passage
from dedup.frequencies import F64, Frequencies, start_frequencies
from dedup.hindi import tokens
from dedup.labels.scores import score_pairs, weigh
from dedup.labels.series import compare_numerals, numerals
from dedup.prints.hashing import U32
from dedup.prints.sheet import read_sheet
from dedup.relations import Row, as_table, judge
from dedup.settings import DEFAULT, DedupSettings
from dedup.signature import fingerprint
from dedup.text.debris import clean_for_matching
from dedup.threads import SHOWN_TERMS, Words, find_threads, shared_terms, term_words, two_lists
from lake.schema import ARTICLES

PASSAGE: Final = 8
"""Words in common that make it worth while to lay two texts side by side."""
_THEN: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts are related, and why.

    Attributes:
        kind: ``exact``, ``near``, ``partial``, ``update``, ``excerpt``, ``series``, ``thread`` or
            ``none``: what the two tell by themselves. Only with all other articles known can the
            engine tell a ``roundup`` or a template of many days, and leave out threads of articles
            that have better ones, or that are issues of series.
        jaccard: Of the 3-word shingles of the cleaned, folded bodies.
        containment: 5-word shingles shared / of the smaller text.
        cosine: Of the weighted content words, those of the headlines included.
        shared: Distinct 5-word shingles shared.
        running: Words of the longest passage in common.
        words_a: Words of the first text, cleaned.
        words_b: Words of the second text, cleaned.
        shared_terms: The weightiest content words that both use.
        only_a: The weightiest that only the first uses.
        only_b: The weightiest that only the second uses.
        passage: The longest passage in common, folded.
        conflicts: Numerals that differ in the same place.
        agreements: Numerals that are the same in the same place.
        figures: Whether both are full of figures, and of different ones: two lists of rates, which
            are never a thread.
        apart_s: How far apart the two were published, in seconds; None where that is not known.
        differences: Where a passage in common is interrupted: the words of the first text and
            those of the second, folded, in the order of the first; empty strings where one says
            nothing. None are given for texts that share no passage of `PASSAGE` words, nor what
            stands more than `SIDE_BY_SIDE` words behind the first.
    """

    kind: str
    jaccard: float
    containment: float
    cosine: float
    shared: int
    running: int
    words_a: int
    words_b: int
    shared_terms: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    passage: str
    conflicts: int
    agreements: int
    figures: bool
    apart_s: float | None
    differences: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as a dictionary that JSON can hold."""
        return asdict(self)


def compare(
    text_a: str,
    text_b: str,
    settings: DedupSettings = DEFAULT,
    frequencies: Frequencies | None = None,
    *,
    titles: tuple[str | None, str | None] = (None, None),
    times: tuple[datetime, datetime] | None = None,
) -> Comparison:
    """Compares two texts as the engine would, were they articles of two URLs.

    Without headlines their words are missing from the cosine, which a thread may hang on. Without
    times the two count as published within all windows, and as far apart as issues of a series
    are, so that a copy in which numbers were changed within hours is named ``series``.

    Args:
        text_a: One text: paragraphs separated by line breaks; page debris is taken off.
        text_b: The other.
        settings: Thresholds.
        frequencies: Weights; the start table if not given.
        titles: Their headlines, where known.
        times: When they were published, with time zones.

    Raises:
        TypeError: If a text or a headline is no string.
        ValueError: If one holds half of a surrogate pair, which is no character, or a time has no
            zone.
    """
    for name, text in (("text_a", text_a), ("text_b", text_b)):
        _require_text(name, text)
    for title in titles:
        if title is not None:
            _require_text("a title", title)
    for time in times or ():
        if time.tzinfo is None:
            raise ValueError(f"a time has no zone: {time}")
    values: dict[str, list[Any]] = {
        "article_id": ["0", "1"],
        "url_id": ["0", "1"],
        "version": [1, 1],
        "source_id": ["", ""],
        "title": list(titles),
        "text": [text_a, text_b],
        "agencies": [[], []],
        "published_at": [None, None],
        "fetched_at": list(times) if times else [_THEN, _THEN],
        "content_hash": ["", ""],
    }
    schema = pa.schema([ARTICLES.schema.field(name) for name in values])
    articles = pa.table(values, schema=schema)
    return compare_articles(articles, settings, frequencies, dated=times is not None)


def compare_articles(
    articles: pa.Table,
    settings: DedupSettings = DEFAULT,
    frequencies: Frequencies | None = None,
    *,
    dated: bool = True,
) -> Comparison:
    """Compares two articles as the engine would, with all that it knows of the two.

    Candidates are not sought: two articles are judged whether or not a search would propose them.

    Args:
        articles: Two rows, as for `dedup.fingerprint`, of different ``article_id``.
        settings: Thresholds.
        frequencies: Weights; the start table if not given.
        dated: Whether their times are known; where not, see `compare`.

    Raises:
        ValueError: If there are not two articles, or a column is missing.
    """
    prints = fingerprint(articles)
    sheet = read_sheet(prints)
    if len(set(sheet.ids)) != 2 or len(sheet) != 2:
        raise ValueError(f"two articles are compared, not {len(set(sheet.ids))}")
    weights = frequencies if frequencies is not None else start_frequencies()
    zero, one = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    apart = abs(int(sheet.effective[0] - sheet.effective[1])) * _MICROSECOND if dated else None
    related: list[Row] = []
    if apart is None or apart <= settings.copy_window:
        related = list(judge(sheet, zero, sheet, one, settings, weights, dated=dated))
    threads = find_threads(prints, as_table(related), settings, frequencies=weights)
    scores = score_pairs(sheet, zero, sheet, one, weights)
    rows = articles.select(["title", "text", "agencies"]).to_pylist()
    bodies = [tokens(clean_for_matching(r["text"] or "", r["agencies"] or ())) for r in rows]
    passage = longest_passage(bodies[0], bodies[1])
    numbers = compare_numerals(numerals(sheet, 0), numerals(sheet, 1))
    vectors = weigh(sheet.terms, sheet.term_counts, weights)
    words = term_words(text for r in rows for text in (r["title"], r["text"]) if text)
    both = shared_terms(vectors, 0, 1)
    split = vectors.terms.offsets[1]
    only_a = _alone(vectors.terms.row(0), vectors.weights[:split], both)
    only_b = _alone(vectors.terms.row(1), vectors.weights[split:], both)
    return Comparison(
        kind=related[0].kind if related else "thread" if threads.num_rows else "none",
        jaccard=float(scores.jaccard[0]),
        containment=float(scores.containment[0]),
        cosine=float(scores.cosine[0]),
        shared=int(scores.shared[0]),
        running=len(passage),
        words_a=len(bodies[0]),
        words_b=len(bodies[1]),
        shared_terms=_told(both, words),
        only_a=_told(only_a, words),
        only_b=_told(only_b, words),
        passage=" ".join(passage),
        conflicts=numbers.conflicts,
        agreements=numbers.agreements,
        figures=two_lists(sheet, 0, 1, settings),
        apart_s=None if apart is None else apart.total_seconds(),
        differences=differences(*bodies) if len(passage) >= PASSAGE else (),
    )


def _require_text(name: str, text: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a string, not {type(text).__name__}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} holds half of a surrogate pair at {error.start}; decode its bytes as UTF-8"
        ) from None


def _alone(terms: U32, weights: F64, both: list[int]) -> list[int]:
    """The words that the other text does not use, the weightiest first."""
    order = np.lexsort((terms, -weights))
    shared = set(both)
    return [term for term in terms[order].tolist() if term not in shared]


def _told(terms: list[int], words: Words) -> tuple[str, ...]:
    return tuple(words[term] for term in terms if term in words)[:SHOWN_TERMS]
