"""Relations, families and threads of all that is published.

Here belongs which rows `link` compares and where the answer is kept. Not here: the comparison
(`dedup`). Everything is derived anew from the fingerprints, so the result does not depend on the
order in which articles came, and nothing needs mending after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from crawler.source_model import Source
from dedup import (
    DedupSettings,
    Doubt,
    Frequencies,
    derive_families,
    doubtful_families,
    find_relations,
    find_threads,
    fingerprint,
    resolve_relations,
    term_words,
)
from dedup.frequencies import START_VERSION
from dedup.prints.columns import HEAVY, LIGHT
from flows.steps.derivation import Derivation, agencies_of, differences, stored_derivation
from flows.steps.labels import require_scheme
from lake import ids, schema
from lake.parquet import strings
from lake.tables import Lake

MEMBERS: Final = (
    *("article_id", "url_id", "version", "source_id", "fetched_at"),
    *("published_at", "published_precision", "first_listed_at", "agencies"),
)
"""Columns of articles that families are derived from."""

PRINTS: Final = tuple(dict.fromkeys((*LIGHT, *HEAVY)))
"""Columns of fingerprints that pairs are found by: all but a tenth of the bytes."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What `link` derived.

    Attributes:
        articles: Number of articles, versions included.
        relations: Rows of `lake.schema.RELATIONS`.
        families: Rows of `lake.schema.FAMILIES`.
        threads: Rows of `lake.schema.THREADS`.
        doubts: Families that look wrong, for people to look at.
        changes: In what it went by something else than the derivation before it.
    """

    articles: int
    relations: pa.Table
    families: pa.Table
    threads: pa.Table
    doubts: tuple[Doubt, ...] = ()
    changes: tuple[str, ...] = ()

    def tables(self) -> tuple[tuple[schema.Dataset, pa.Table], ...]:
        """The datasets with their rows, in the order in which they are written."""
        return (
            (schema.RELATIONS, self.relations),
            (schema.THREADS, self.threads),
            (schema.FAMILIES, self.families),
        )


def derive(
    lake: Lake,
    sources: Sequence[Source],
    settings: DedupSettings,
    run_id: str,
    frequencies: Frequencies | None = None,
) -> Derived:
    """Derives relations, families and threads, and writes them as a new generation.

    Args:
        lake: The lake.
        sources: All sources: an agency's own site wins ties for the first publisher.
        settings: Thresholds.
        run_id: Names the generation.
        frequencies: As for `compute`.
    """
    agencies = agencies_of(sources)
    version = START_VERSION if frequencies is None else frequencies.version
    now = Derivation(agencies, settings, version)
    before = stored_derivation(lake)
    derived = compute(lake, agencies, settings, frequencies=frequencies)
    # Families come last: who reads a new family finds the relations that justify it.
    for dataset, table in derived.tables():
        lake.write_derived(dataset, table, run_id, linked=run_id, derivation=now.to_json())
    return derived if before is None else replace(derived, changes=tuple(differences(before, now)))


def compute(
    lake: Lake,
    agencies: Mapping[str, str],
    settings: DedupSettings,
    before: str | None = None,
    frequencies: Frequencies | None = None,
) -> Derived:
    """Derives relations, families and threads, and writes nothing.

    Args:
        lake: The lake.
        agencies: source_id -> agency id, of sources that are an agency's own site.
        settings: Thresholds.
        before: Only from what runs before this one have published.
        frequencies: Weights for threads, whose edges name them; the table that ships if not given.
            The cosine of relations, which names none, is always of that one.
    """
    of_runs = None if before is None else pc.field("run_id") < pa.scalar(before)
    members = lake.read(schema.ARTICLES, [*MEMBERS, "run_id"], filter=of_runs)
    stored = lake.read(schema.FINGERPRINTS, PRINTS, filter=of_runs)
    require_scheme(stored)
    prints, closed = _complete(lake, stored, members)
    del stored
    # Reading leaves as much memory unused as it has filled: that is for the steps that follow.
    pa.default_memory_pool().release_unused()
    prints = prints.combine_chunks()  # Once, or each step would make a copy of its own.
    pa.default_memory_pool().release_unused()
    relations = resolve_relations(find_relations(prints, [], settings), settings, prints)
    relations = _keep(lake, schema.RELATIONS, relations, members, closed)
    families = families_of(lake, members, relations, agencies)

    def words(article_ids: list[str]) -> dict[int, str]:
        return _words(lake, article_ids)

    threads = find_threads(prints, relations, settings, words, frequencies)
    threads = _keep(lake, schema.THREADS, threads, members, closed)
    doubts = doubtful_families(families, relations, members, settings)
    return Derived(members.num_rows, relations, families, threads, tuple(doubts))


def families_of(
    lake: Lake, members: pa.Table, relations: pa.Table, agencies: Mapping[str, str]
) -> pa.Table:
    """Families of some articles, with the ids that the families in the lake have.

    Args:
        lake: The lake.
        members: Rows of articles.
        relations: Rows of `lake.schema.RELATIONS`, resolved.
        agencies: source_id -> agency id, of sources that are an agency's own site.
    """
    return derive_families(members, relations, lake.read_derived(schema.FAMILIES), agencies)


def rederive_families(lake: Lake, sources: Sequence[Source], run_id: str) -> None:
    """Derives families anew from the relations that are stored: after some were taken away.

    Args:
        lake: The lake.
        sources: Whose agencies count if the families do not say by which they were derived;
            else families that have lost nothing would get other first publishers.
        run_id: Names the generation.
    """
    stored = stored_derivation(lake)
    agencies = agencies_of(sources) if stored is None else stored.agencies
    members = lake.read(schema.ARTICLES, MEMBERS)
    families = families_of(lake, members, lake.read_derived(schema.RELATIONS), agencies)
    lake.write_derived(schema.FAMILIES, families, run_id)


def drop_lost(lake: Lake, sources: Sequence[Source], run_id: str) -> None:
    """Drops derived rows about articles that are no longer in the lake."""
    there = lake.read(schema.ARTICLES, ["article_id"])["article_id"].combine_chunks()
    both = pc.field("article_id").isin(there) & pc.field("other_id").isin(there)
    for dataset in (schema.RELATIONS, schema.THREADS):
        lake.write_derived(dataset, lake.read_derived(dataset).filter(both), run_id)
    rederive_families(lake, sources, run_id)


def _keep(
    lake: Lake, dataset: schema.Dataset, pairs: pa.Table, members: pa.Table, closed: pa.Array[Any]
) -> pa.Table:
    """Adds the pairs that can no longer be found, because a fingerprint is not kept any more."""
    if not len(closed):
        return pairs
    there = members["article_id"].combine_chunks()
    ends = [pc.field(name) for name in ("article_id", "other_id")]
    kept = lake.read_derived(dataset).filter(
        ends[0].isin(there) & ends[1].isin(there) & (ends[0].isin(closed) | ends[1].isin(closed))
    )
    return pa.concat_tables([pairs, kept.select(pairs.column_names).cast(pairs.schema)])


def _complete(lake: Lake, prints: pa.Table, members: pa.Table) -> tuple[pa.Table, pa.Array[Any]]:
    """The fingerprints of all articles; those that the lake has lost are made again.

    Returns:
        The fingerprints, and the ids of articles whose fingerprints are no longer kept.
    """
    there = pc.is_in(members["article_id"], value_set=prints["article_id"].combine_chunks())
    bare = members.filter(pc.invert(there))
    old = lake.removed_dates().get(schema.FINGERPRINTS.name, frozenset())
    expired = pa.array([ids.crawl_date(r) in old for r in strings(bare["run_id"])], pa.bool_())
    closed = bare.filter(expired)["article_id"].combine_chunks()
    lost = bare.filter(pc.invert(expired))["article_id"].combine_chunks()
    if not len(lost):
        return prints, closed
    wanted = pc.field("article_id").isin(lost)
    made = [fingerprint(part) for part in lake.scan(schema.ARTICLES, filter=wanted)]
    return pa.concat_tables([prints, *(part.select(prints.column_names) for part in made)]), closed


def _words(lake: Lake, article_ids: list[str]) -> dict[int, str]:
    """The words behind the hashes of the given articles."""
    wanted = pc.field("article_id").isin(pa.array(article_ids, pa.string()))
    texts: list[str] = []
    for part in lake.scan(schema.ARTICLES, ["title", "text"], filter=wanted):
        for name in ("title", "text"):
            texts += [text for text in part[name].to_pylist() if text]
    return term_words(texts)
