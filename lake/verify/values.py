"""Verifying the values of columns: what `lake.schema` and docs/data.md say that they may be.

Here belongs what can be said of a value alone: words of a closed list, ranges, forms, and what was
computed from texts. Not here: what columns of one row say of each other (`lake.verify.agreeing`),
what rows owe each other (`lake.verify.rows`), nor the form of objects (`lake.verify.objects`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lake import ids
from lake.outcomes import Outcome
from lake.schema import (
    ARTICLES,
    DATASETS,
    DAYS,
    FAMILIES,
    FETCHES,
    RELATIONS,
    Dataset,
)
from lake.verify.agreeing import Bad, check_agreeing, where
from lake.verify.findings import Finding, offending

Measure: TypeAlias = Callable[[str, str], tuple[str, int] | None]
"""Of an ``extractor_version`` and a ``text``: the folded body that ``content_hash`` is the hash of,
and ``word_count``; None if that version folded otherwise than can be repeated."""

_KINDS: Final = frozenset({"exact", "near", "partial", "excerpt", "series", "roundup", "update"})
_WORDS: Final[dict[tuple[str, str], frozenset[str]]] = {
    (ARTICLES.name, "published_precision"): frozenset({"second", "minute", "day"}),
    (ARTICLES.name, "date_source"): frozenset(
        {"selectors", "json_ld", "meta", "time", "feed", "sitemap", "section", "text", "url"}
    ),
    (ARTICLES.name, "copy_kind"): frozenset({"exact", "near", "partial", "update"}),
    (ARTICLES.name, "relations.kind"): _KINDS,
    (ARTICLES.name, "agencies.place"): frozenset(
        {"author", "byline", "dateline", "credit", "phrase"}
    ),
    (ARTICLES.name, "extractor"): frozenset({"selectors", "json_ld", "generic"}),
    (FETCHES.name, "outcome"): frozenset(outcome.value for outcome in Outcome),
    (RELATIONS.name, "kind"): _KINDS,
    (FAMILIES.name, "role"): frozenset({"first", "copy", "update", "undetermined"}),
    (FAMILIES.name, "kind"): _KINDS,
    (FAMILIES.name, "first_by"): frozenset({"published_at", "first_listed_at", "agency"}),
    (DAYS.name, "removed"): frozenset({"pages", *(d.name for d in DATASETS if d.by_run)}),
}
"""Closed lists, by dataset and column; ``list.field`` is a field of the structs in a list."""

_TEXTS: Final = {
    ARTICLES.name: (
        *("title", "summary", "text", "authors", "section", "tags", "dateline"),
        "agencies.evidence",
    ),
    FETCHES.name: ("title",),
}
"""Columns of words from pages: in NFC."""

_IDS: Final = frozenset(
    {
        *("article_id", "url_id", "content_hash", "supersedes", "copy_of", "article_url_id"),
        *("other_id", "larger", "family_id", "first_id", "aliases", "article_ids", "listed"),
        *("relations.article_id", "pending.url_id"),
    }
)
_SHARES: Final = frozenset({"jaccard", "containment", "cosine"})
_SHARES_WITHIN: Final = ("relations.jaccard", "relations.containment", "relations.cosine")
_LEAST: Final = {
    **dict.fromkeys(("version", "scheme", "sources", "interval_s", "runs"), 1),
    "size": 2,
    "http_status": 100,
    **dict.fromkeys(
        (
            *("word_count", "warc_offset", "tries", "bytes", "duration_ms", "feeds_polled"),
            *("feeds_not_modified", "feeds_failed", "entries", "new_entries", "taken_up"),
            *("published", "with_date", "with_author", "with_agency", "median_words"),
            *("token_count", "shared", "articles", "fetches", "source_runs", "failures"),
            "successes",
        ),
        0,
    ),
}
_ROUNDED: Final = 1e-5
"""Shares are float32; one that is computed may pass 1 by the last bits."""
_HEX: Final = f"^[0-9a-f]{{{ids.ID_LENGTH}}}$"
_NFC: Final[Any] = pc.Utf8NormalizeOptions("NFC")

_NAMED_BY: Final = ("article_id", "url_id", "family_id", "source_id", "crawl_date")


def check_values(
    dataset: Dataset, key: str, rows: pa.Table, measure: Measure | None = None
) -> list[Finding]:
    """What the values of single rows should be, and are not.

    Args:
        dataset: What they are rows of.
        key: Of the object.
        rows: Some rows of it, with all columns of the stored schema.
        measure: Repeats what was computed from texts; without it that is not checked.
    """
    found = [*_words(dataset, rows), *_numbers(dataset, rows), *_forms(dataset, rows)]
    found += check_agreeing(dataset, rows)
    if dataset is ARTICLES and measure is not None:
        found += _measured(rows, measure)
    name = next(n for n in _NAMED_BY if n in rows.column_names)
    return [
        finding
        for what, bad in found
        if len(bad)
        for finding in offending(
            "values", key, what, set(rows.column(name).take(pc.unique(bad)).to_pylist())
        )
    ]


def _leaf(rows: pa.Table, path: str) -> tuple[Any, Any]:
    """The values at a path, and the row of each."""
    name, _, inner = path.partition(".")
    column: Any = rows.column(name).combine_chunks()
    places: Any = pa.array(np.arange(len(column)))
    if pa.types.is_list(column.type):
        places = pc.list_parent_indices(column)
        column = pc.list_flatten(column)
    return (pc.struct_field(column, inner) if inner else column), places


def _words(dataset: Dataset, rows: pa.Table) -> Iterable[Bad]:
    for (name, path), words in _WORDS.items():
        if name == dataset.name:
            values, places = _leaf(rows, path)
            known = pc.is_in(values, value_set=pa.array(sorted(words)))
            strange = pc.and_(pc.is_valid(values), pc.invert(known))
            told = sorted(map(repr, pc.unique(values.filter(strange)).to_pylist()))[:3]
            yield f"{path} has no such word as {', '.join(told)}", where(strange, places)


def _numbers(dataset: Dataset, rows: pa.Table) -> Iterable[Bad]:
    for name in rows.column_names:
        if name in _LEAST and not pa.types.is_nested(rows.schema.field(name).type):
            low = pc.less(rows.column(name), pa.scalar(_LEAST[name]))
            yield f"{name} is below {_LEAST[name]}", where(low)
    shares = [*_SHARES.intersection(rows.column_names)]
    if dataset is ARTICLES:
        shares += _SHARES_WITHIN
    for path in sorted(shares):
        values, places = _leaf(rows, path)
        inside = pc.and_(
            pc.greater_equal(values, pa.scalar(-_ROUNDED)),
            pc.less_equal(values, pa.scalar(1 + _ROUNDED)),
        )
        # NaN is neither.
        yield f"{path} is not between 0 and 1", where(pc.invert(inside), places)


def _forms(dataset: Dataset, rows: pa.Table) -> Iterable[Bad]:
    nested = [path for path in _IDS if path.partition(".")[0] in rows.column_names and "." in path]
    for path in sorted([*_IDS.intersection(rows.column_names), *nested]):
        values, places = _leaf(rows, path)
        formed = pc.match_substring_regex(values, _HEX)
        yield (
            f"{path} is no id of {ids.ID_LENGTH} hex characters",
            where(pc.invert(formed), places),
        )
    for path in _TEXTS.get(dataset.name, ()):
        values, places = _leaf(rows, path)
        yield f"{path} is not in NFC", places.take(_not_nfc(values))


def _not_nfc(values: Any) -> Any:  # noqa: ANN401 - the stubs know no strings of a kind.
    # Arrow knows another edition of Unicode than Python, which has the last word.
    normal = pc.call_function("utf8_normalize", [values], _NFC)
    maybe = where(pc.not_equal(normal, values))
    texts = values.take(maybe).to_pylist()
    bad = [not unicodedata.is_normalized("NFC", text) for text in texts]
    return maybe.filter(pa.array(bad, pa.bool_()))


def _measured(rows: pa.Table, measure: Measure) -> list[Bad]:
    bodies, counts = [], []
    columns = ("extractor_version", "text", "content_hash", "word_count")
    told = zip(*(rows.column(name).to_pylist() for name in columns), strict=True)
    for place, (version, text, hashed, counted) in enumerate(told):
        made = None if text is None or version is None else measure(version, text)
        if made is not None:
            if ids.content_hash(made[0]) != hashed:
                bodies.append(place)
            if made[1] != counted:
                counts.append(place)
    return [
        ("content_hash is not that of the text", pa.array(bodies, pa.int64())),
        ("word_count is not that of the text", pa.array(counts, pa.int64())),
    ]
