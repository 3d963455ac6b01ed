"""Copies, families and threads: the lake's rows through `dedup`, and its labels back into rows.

Here belongs which articles are compared with which window, and what of the answer is written where.
Not here: how two texts are compared (`dedup`) and where objects lie (`lake`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup import SCHEME_VERSION, DedupSettings, candidates, fingerprint, resolve_relations, verify
from dedup.compiled.paging import locate
from dedup.prints.columns import HEAVY, LIGHT
from dedup.prints.contents import COLUMNS
from flows.steps.rows import Row, table
from lake import schema
from lake.errors import LakeFormatError
from lake.reading.picking import Wanted
from lake.tables import Lake

COPIES: Final = ("exact", "near", "partial", "update")
"""Kinds that make an article a copy, best first; only these are named in `copy_of`."""

MOST_RELATIONS: Final = 50
"""Relations written into one row of articles, best first: a wire story is carried by dozens of
sites, and a row must stay a row. The dataset `relations` has them all."""


_EARLY: Final = timedelta(days=2)
"""By how much the crawl date of an article may come before its ``effective_at``: a page may be
dated a day ahead, and a run goes on past midnight."""


def light_window(lake: Lake, prints: pa.Table, reach: timedelta) -> Iterator[pa.Table]:
    """The columns by which candidates are found, of what may be related to some articles.

    Args:
        lake: The lake.
        prints: Fingerprints of the articles; none gives an empty window.
        reach: How far apart related articles lie at most.

    Yields:
        All that is near enough in time, and some that is not.
    """
    oldest = pc.min(prints.column("effective_at")).as_py()
    if oldest is None:
        return
    # No filter: what lies outside is left out by the search, and reading without one is faster.
    # Nor checksums, half as much again: each run reads all of the window, and `link` derives anew.
    since = (oldest - reach - _EARLY).date()
    # An article that comes twice is found twice, and counts once all the same.
    for part in lake.scan(
        schema.FINGERPRINTS, columns=LIGHT, since=since, repeats=True, checksums=False
    ):
        require_scheme(part)
        yield part


def require_scheme(prints: pa.Table) -> None:
    """Refuses fingerprints that were made by another version of the scheme.

    Args:
        prints: Rows of `lake.schema.FINGERPRINTS`, with ``scheme``.

    Raises:
        LakeFormatError: If there are any.
    """
    others = set(pc.unique(prints.column("scheme")).to_pylist()) - {SCHEME_VERSION}
    if others:
        raise LakeFormatError(
            f"fingerprints of scheme {', '.join(map(str, sorted(others, key=str)))} cannot be "
            f"compared with those of scheme {SCHEME_VERSION}",
            where=schema.FINGERPRINTS.name,
            remedy="run `taar dedup rebuild`: it makes them anew from the articles",
        )


def heavy_rows(lake: Lake, pairs: pa.Table, article_ids: list[str]) -> pa.Table:
    """The columns by which candidates are verified, of the given articles alone.

    Args:
        lake: The lake.
        pairs: Candidates, as `dedup.candidates` returns them.
        article_ids: Some of their others.
    """
    ids = pa.array(article_ids, pa.string())
    asked = pairs.filter(pc.is_in(pairs.column("other_id"), value_set=ids))
    times = pc.cast(asked.column("other_effective_at"), pa.int64()).to_numpy()
    return lake.pick(schema.FINGERPRINTS, HEAVY, Wanted(ids, np.unique(times)), locate)


def _relation_rows(relations: pa.Table, batch: set[str]) -> dict[str, list[Row]]:
    """By article of the batch: its relations to articles of the lake, or earlier in the batch."""
    found: dict[str, list[Row]] = defaultdict(list)
    for pair in relations.to_pylist():
        later, earlier = pair["article_id"], pair["other_id"]
        if later in batch:
            found[later].append({**pair, "article_id": earlier, "earlier": True})
        elif earlier in batch:
            # The other was published later and is in the lake already: related, but no original.
            found[earlier].append({**pair, "article_id": later, "earlier": False})
    return found


def _strength(relation: Row) -> tuple[int, float, float, str]:
    kind = relation["kind"]
    rank = COPIES.index(kind) if kind in COPIES else len(COPIES)
    return rank, -relation["jaccard"], -relation["containment"], relation["article_id"]


def write_labels(articles: Iterable[Row], relations: pa.Table) -> list[Row]:
    """Writes relations into the rows of the articles that they are about.

    Args:
        articles: Rows of `lake.schema.ARTICLES` without labels.
        relations: As `dedup.resolve_relations` returns them.

    Returns:
        The rows, each with `relations`, `copy_of`, `copy_kind`, `jaccard` and `containment`.
    """
    rows = list(articles)
    by_article = _relation_rows(relations, {row["article_id"] for row in rows})
    labelled = []
    for row in rows:
        mine = sorted(by_article.get(row["article_id"], ()), key=_strength)
        copy: Row = next((r for r in mine if r["kind"] in COPIES and r["earlier"]), {})
        labelled.append(
            {
                **row,
                "relations": [
                    {name: r[name] for name in schema.RELATION.names} for r in mine[:MOST_RELATIONS]
                ],
                "copy_of": copy.get("article_id"),
                "copy_kind": copy.get("kind"),
                "jaccard": copy.get("jaccard"),
                "containment": copy.get("containment"),
            }
        )
    return labelled


def label(
    articles: Sequence[Row], lake: Lake, settings: DedupSettings
) -> tuple[list[Row], pa.Table]:
    """Finds the copies of a batch in the lake and in itself.

    Args:
        articles: Rows of `lake.schema.ARTICLES` without labels.
        lake: The window.
        settings: Thresholds.

    Returns:
        The rows with their labels, and the batch's fingerprints.
    """
    prints = fingerprint(table(articles, schema.ARTICLES))
    # First a tenth of the window's bytes, then the whole of the few articles that it comes down to.
    pairs = candidates(prints, light_window(lake, prints, settings.copy_window), settings)
    read = [prints.select(COLUMNS)]

    def fetch(article_ids: list[str]) -> pa.Table:
        rows = heavy_rows(lake, pairs, article_ids)
        read.append(rows.select(COLUMNS))
        return rows

    found = verify(prints, pairs, fetch, settings)
    relations = resolve_relations(found, settings, pa.concat_tables(read))
    return write_labels(articles, relations), prints


def kinds(relations: pa.Table) -> dict[str, int]:
    """Number of pairs by kind, the commonest first."""
    counts = Counter(kind for kind in relations["kind"].to_pylist() if kind is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
