"""Two texts compared, and the comparison explained.

Here belongs what `taar dedup pairs` shows: the kind of relation that the engine would give, with
the scores and words that justify it. The engine itself does not need this module.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.frequencies import F64, Frequencies, start_frequencies
from dedup.hindi import tokens
from dedup.labels.scores import Scores, score_pairs, weigh
from dedup.labels.series import compare_numerals, is_series, numerals
from dedup.prints.hashing import U32
from dedup.prints.sheet import read_sheet
from dedup.relations import Evidence, label
from dedup.settings import DEFAULT, DedupSettings
from dedup.signature import fingerprint
from dedup.text.debris import clean_for_matching
from dedup.threads import SHOWN_TERMS, Words, keywords, shared_terms, term_words
from lake.schema import ARTICLES

PASSAGE: Final = 8
"""Words in common that make it worth while to lay two texts side by side."""
SHOWN_DIFFERENCES: Final = 40
"""Places in which two copies differ that are shown."""
SHOWN_WORDS: Final = 12
"""Words of each side of such a place that are shown."""
SIDE_BY_SIDE: Final = 2_000
"""Words of each text, from the first that differs, that are laid side by side: a long article's."""
ANCHORED_PLACES: Final = 50_000
"""Pairs of places with the same word up to which every word may anchor the comparison; an article
beside its copy has a tenth."""
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
"""Of the hash of a run: odd, and with bits well mixed (2^64 / golden ratio)."""
_THEN: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts are related, and why.

    Attributes:
        kind: ``exact``, ``near``, ``partial``, ``excerpt``, ``series``, ``thread`` or ``none``.
        jaccard: Of the 3-word shingles of the cleaned, folded bodies.
        containment: 5-word shingles shared / of the smaller text.
        cosine: Of the weighted content words.
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
    differences: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as a dictionary that JSON can hold."""
        return asdict(self)


def compare(
    text_a: str,
    text_b: str,
    settings: DedupSettings = DEFAULT,
    frequencies: Frequencies | None = None,
) -> Comparison:
    """Compares two texts as the engine would, were they published within its windows.

    Args:
        text_a: One text: paragraphs separated by line breaks; page debris is taken off.
        text_b: The other.
        settings: Thresholds.
        frequencies: Weights; the start table if not given.

    Raises:
        TypeError: If one of the two is no string.
        ValueError: If one holds half of a surrogate pair, which is no character.
    """
    _require_text("text_a", text_a)
    _require_text("text_b", text_b)
    weights = frequencies if frequencies is not None else start_frequencies()
    sheet = read_sheet(fingerprint(_articles([text_a, text_b])))
    zero, one = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    scores = score_pairs(sheet, zero, sheet, one, weights)
    bodies = [tokens(clean_for_matching(text)) for text in (text_a, text_b)]
    passage = longest_passage(bodies[0], bodies[1])
    numbers = compare_numerals(numerals(sheet, 0), numerals(sheet, 1))
    jaccard, cosine = float(scores.jaccard[0]), float(scores.cosine[0])
    kind = label(
        Evidence(
            same_body=bool(bodies[0]) and bodies[0] == bodies[1],
            same_url=False,
            apart=timedelta(0),
            jaccard=jaccard,
            containment=float(scores.containment[0]),
            shared=int(scores.shared[0]),
            running=len(passage),
            series=is_series(numbers, jaccard, settings, whole=_whole(jaccard, scores, settings)),
        ),
        settings,
    )
    vectors = weigh(sheet.terms, sheet.term_counts, weights)
    keys = keywords(vectors, settings.keywords)
    in_common = len(np.intersect1d(keys.row(0), keys.row(1)))
    thread = cosine >= settings.thread_cosine and in_common >= settings.thread_shared
    words = term_words((text_a, text_b))
    both = shared_terms(vectors, 0, 1)
    split = vectors.terms.offsets[1]
    only_a = _alone(vectors.terms.row(0), vectors.weights[:split], both)
    only_b = _alone(vectors.terms.row(1), vectors.weights[split:], both)
    return Comparison(
        kind=kind.value if kind else "thread" if thread else "none",
        jaccard=jaccard,
        containment=float(scores.containment[0]),
        cosine=cosine,
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


def differences(a: list[str], b: list[str]) -> tuple[tuple[str, str], ...]:
    """Where two texts differ, side by side.

    Args:
        a: Tokens of one text.
        b: Tokens of the other.

    Returns:
        At most `SHOWN_DIFFERENCES` places: what the first says there, and what the second. What
        follows `SIDE_BY_SIDE` words behind the first place is not looked at, however long the
        texts are, so that the steps are bounded.
    """
    if a == b:
        return ()
    begin = _same_words(a, b)
    end = min(_same_words(a[::-1], b[::-1]), min(len(a), len(b)) - begin)
    one, other = a[begin : len(a) - end], b[begin : len(b) - end]
    cut = max(len(one), len(other)) > SIDE_BY_SIDE
    one, other = one[:SIDE_BY_SIDE], other[:SIDE_BY_SIDE]
    counts = Counter(one), Counter(other)
    steps = sum(count * counts[1][word] for word, count in counts[0].items())
    # The commonest words are then no anchors: each would be tried in every place of the other.
    matcher = SequenceMatcher(None, one, other, autojunk=steps > ANCHORED_PLACES)
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if cut and len(codes) > 1 and (codes[-1][2] == len(one) or codes[-1][4] == len(other)):
        del codes[-1]  # It may be of the cut, not of the texts.
    return tuple(
        (_shown(one[i1:i2]), _shown(other[j1:j2]))
        for _, i1, i2, j1, j2 in codes[:SHOWN_DIFFERENCES]
    )


def _same_words(a: list[str], b: list[str]) -> int:
    """How many words two texts begin with alike."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(a), len(b)))


def _shown(words: list[str]) -> str:
    rest = len(words) - SHOWN_WORDS
    return " ".join(words[:SHOWN_WORDS]) + (f" … (+{rest})" if rest > 0 else "")


def _whole(jaccard: float, scores: Scores, settings: DedupSettings) -> bool:
    """Whether the texts are alike as a whole, not only in a passage."""
    contained = float(scores.containment[0]) >= settings.partial_containment
    return jaccard >= settings.near_jaccard or contained


def longest_passage(a: list[str], b: list[str]) -> list[str]:
    """The longest run of tokens in both; the first in `a` where there are several.

    Args:
        a: Tokens of one text.
        b: Tokens of the other.

    Returns:
        The run; empty where no token is shared. A run in common has runs of every lesser length
        in it, so the length is found by halving: n log n steps for each of log n lengths.
    """
    numbers = {token: number for number, token in enumerate(dict.fromkeys([*a, *b]), start=1)}
    one, other = (np.array([numbers[token] for token in text], dtype=np.uint64) for text in (a, b))
    sums = _prefix_sums(one), _prefix_sums(other)
    low, high, found = 0, min(len(a), len(b)), 0
    while low < high:
        length = (low + high + 1) // 2
        at = _first_in_both(one, other, sums, length)
        if at is None:
            high = length - 1
        else:
            low, found = length, at
    return a[found : found + low]


def _prefix_sums(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Sums of number x _BASE^place, modulo 2^64: of every beginning of a text."""
    powers = np.full(len(numbers), _BASE, dtype=np.uint64)
    powers[:1] = 1
    sums = np.zeros(len(numbers) + 1, dtype=np.uint64)
    np.cumsum(numbers * np.cumprod(powers, dtype=np.uint64), out=sums[1:])
    return sums


def _first_in_both(
    one: npt.NDArray[np.uint64],
    other: npt.NDArray[np.uint64],
    sums: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]],
    length: int,
) -> int | None:
    """Where in the first text a run of this length begins that the other has as well."""
    most = max(len(one), len(other)) - length
    lifts = np.full(most + 1, _BASE, dtype=np.uint64)
    lifts[:1] = 1
    lifts = np.cumprod(lifts, dtype=np.uint64)[::-1]
    # A run is multiplied up to the place of the last one, wherever it begins.
    hashes = [(text[length:] - text[:-length]) * lifts[: len(text) - length] for text in sums]
    order = np.argsort(hashes[1], kind="stable")
    places = np.searchsorted(hashes[1], hashes[0], sorter=order)
    places[places == len(order)] = 0
    for at in np.flatnonzero(hashes[1][order[places]] == hashes[0]).tolist():
        begin = int(order[places[at]])
        # Two runs may have one hash; only the first place of a hash in the other is looked at.
        if np.array_equal(one[at : at + length], other[begin : begin + length]):
            return at
    return None


def _alone(terms: U32, weights: F64, both: list[int]) -> list[int]:
    """The words that the other text does not use, the weightiest first."""
    order = np.lexsort((terms, -weights))
    shared = set(both)
    return [term for term in terms[order].tolist() if term not in shared]


def _told(terms: list[int], words: Words) -> tuple[str, ...]:
    return tuple(words[term] for term in terms if term in words)[:SHOWN_TERMS]


def _articles(texts: list[str]) -> pa.Table:
    """Articles that are nothing but their texts."""
    values: dict[str, list[Any]] = {
        "article_id": [str(number) for number in range(len(texts))],
        "url_id": [str(number) for number in range(len(texts))],
        "version": [1] * len(texts),
        "source_id": [""] * len(texts),
        "title": [None] * len(texts),
        "text": texts,
        "agencies": [[]] * len(texts),
        "published_at": [None] * len(texts),
        "fetched_at": [_THEN] * len(texts),
        "content_hash": [""] * len(texts),
    }
    schema = pa.schema([ARTICLES.schema.field(name) for name in values])
    return pa.table(values, schema=schema)
