"""Verifying rows: what articles, fetches, counts, fingerprints and derived rows owe each other.

Here belong pure functions over tables as `lake.verify` has read them. Not here: objects
(`lake.verify.objects`) and archived pages (`lake.verify.pages`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids
from lake.outcomes import Outcome
from lake.verify.findings import Finding, offending

Row = dict[str, Any]

MADE: Final = frozenset({Outcome.PUBLISHED.value, Outcome.UPDATED.value})
"""Outcomes of a fetch that has made an article."""

_OF_BOTH: Final = ("source_id", "fetched_at")
"""Columns that an article has from the fetch that made it."""

_OF_ARTICLE: Final = (
    *("url_id", "version", "source_id", "content_hash", "published_at", "fetched_at"),
)
"""Columns that a fingerprint has from its article."""


@dataclass(slots=True)
class Articles:
    """What the checks need of all articles that readers see.

    Attributes:
        rows: By article_id.
        repeated: Ids that several runs have published: readers see them once.
        forgotten: Crawl dates before this one may lack rows, because they are no longer kept.
        gone: Ids of articles that were taken down: rows may still name them.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    forgotten: str = ""
    gone: frozenset[str] = frozenset()

    @classmethod
    def of(cls, table: pa.Table, forgotten: str, gone: frozenset[str] = frozenset()) -> Articles:
        """From rows of `lake.schema.ARTICLES`, oldest run first."""
        return cls({r["article_id"]: r for r in reversed(_rows(table))}, forgotten, gone)

    def missing(self, named: Iterable[str | None], crawled: str) -> set[str]:
        """The ids that should be there and are not.

        Args:
            named: Ids; None for none.
            crawled: Crawl date of the row that names them. What a row names is at most so much
                older as windows reach, and who forgets rows knows that: see `lake.verify.Kept`.
        """
        if crawled < self.forgotten:
            return set()
        lost = {name for name in named if name is not None and name not in self.rows}
        return lost - self.gone


def _rows(table: pa.Table) -> list[Row]:
    return [row for row in table.to_pylist() if row is not None]


def check_ids(articles: pa.Table, fetches: pa.Table) -> list[Finding]:
    """Ids are hashes of what they name; in one run no article and no URL comes twice."""
    found: list[Finding] = []
    wrong, urls = set(), set()
    for row in _rows(articles.select(["article_id", "url_id", "version", "content_hash", "url"])):
        version = row["version"]
        if version < 1 or row["article_id"] != ids.article_id(
            row["url_id"], version, row["content_hash"]
        ):
            wrong.add(row["article_id"])
        if row["url_id"] != ids.url_id(row["url"]):
            urls.add(row["url"])
    found += offending("ids", "articles", "article_id is not the hash of its parts", wrong)
    found += offending("ids", "articles", "url_id is not the hash of the URL", urls)
    found += _twice(articles, ["run_id", "article_id"], "articles")
    found += _twice(fetches, ["run_id", "url_id"], "fetches")
    bad = set()
    for row in _rows(fetches.select(["url", "url_id", "canonical_url", "article_url_id"])):
        if row["url_id"] != ids.url_id(row["url"]):
            bad.add(row["url"])
        canonical, named = row["canonical_url"], row["article_url_id"]
        if canonical is not None and named is not None and named != ids.url_id(canonical):
            bad.add(canonical)
    return found + offending("ids", "fetches", "an id is not the hash of its URL", bad)


def _twice(table: pa.Table, names: list[str], where: str) -> list[Finding]:
    counted = table.group_by(names).aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted.column("count_all"), pa.scalar(1)))
    rows = [" ".join(str(row[n]) for n in names) for row in _rows(twice)]
    return offending("ids", where, f"{' and '.join(names)} come twice", rows)


def check_view(articles: pa.Table) -> list[Finding]:
    """In what readers see, an article_id comes once.

    Args:
        articles: As `lake.tables.Lake.read` returns them.
    """
    return _twice(articles, ["article_id"], "the view of articles")


def check_stored(name: str, rows: pa.Table, hidden: pc.Expression | None) -> list[Finding]:
    """Nothing is stored that was taken down.

    Args:
        name: Of the dataset.
        rows: What is stored.
        hidden: Holds for rows that are hidden from readers; None: none are.
    """
    if hidden is None:
        return []
    column = "article_id" if "article_id" in rows.column_names else "url_id"
    names = set(rows.filter(hidden).column(column).to_pylist())
    return offending("forgotten", name, "was taken down, and is still stored", names)


def check_outcomes(source_runs: pa.Table, fetches: pa.Table) -> list[Finding]:
    """Every URL taken up has one outcome that exists, and the counts of each source agree."""
    actual: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in _rows(fetches.select(["run_id", "source_id", "outcome"])):
        actual[row["run_id"], row["source_id"]][row["outcome"]] += 1
    known = {outcome.value for outcome in Outcome}
    strange = {name for counts in actual.values() for name in counts} - known
    found = offending("outcomes", "fetches", "there is no such outcome", strange)
    seen = set()
    for row in _rows(source_runs):
        key = row["run_id"], row["source_id"]
        where = f"run {key[0]}, source {key[1]}"
        if key in seen:
            found.append(Finding("outcomes", where, "source_runs has it twice"))
        seen.add(key)
        told, rows = dict(row["outcomes"]), actual.get(key, Counter())
        made = sum(rows[name] for name in MADE)
        if sum(told.values()) != row["taken_up"]:
            what = f"outcomes add up to {sum(told.values())}, and {row['taken_up']} were taken up"
            found.append(Finding("outcomes", where, what))
        if {n: c for n, c in told.items() if c} != dict(rows):
            what = f"source_runs counts {told}, and fetches has {dict(rows)}"
            found.append(Finding("outcomes", where, what))
        if row["published"] != made:
            what = f"{row['published']} articles are counted, and {made} fetches made one"
            found.append(Finding("outcomes", where, what))
    lost = [f"run {run}, source {source}" for run, source in actual.keys() - seen]
    return found + offending("outcomes", "source_runs", "fetches without a row of counts", lost)


def check_articles(
    articles: pa.Table,
    fetches: pa.Table,
    known: Articles,
    unfetched: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Fetches that made an article, and articles, belong to each other one by one.

    Args:
        articles: Rows of articles.
        fetches: Rows of fetches.
        known: The articles that readers see.
        unfetched: Crawl dates whose fetches are no longer kept.
    """
    made = [
        (row["run_id"], row["article_id"])
        for row in _rows(fetches.select(["run_id", "article_id", "outcome"]))
        if row["outcome"] in MADE
    ]
    unnamed = [run for run, name in made if name is None]
    found = offending("articles", "fetches", "an article was made, and is not named", unnamed)
    lost: set[str] = set()
    for run, name in made:
        lost |= known.missing([name], ids.crawl_date(run))
    found += offending("articles", "fetches", "published, and not among the articles", lost)
    pairs = set(made)
    alone = {
        row["article_id"]
        for row in _rows(articles.select(["run_id", "article_id"]))
        if (row["run_id"], row["article_id"]) not in pairs
        and ids.crawl_date(row["run_id"]) >= known.forgotten
        and ids.crawl_date(row["run_id"]) not in unfetched
    }
    found += offending("articles", "articles", "no fetch of their run has made them", alone)
    return found + offending(
        "articles",
        "articles",
        f"{', '.join(_OF_BOTH)}: not those of their fetch",
        _unlike(articles, fetches),
    )


def _unlike(articles: pa.Table, fetches: pa.Table) -> set[str]:
    """Articles that say something else of their page than the fetch that made them."""
    names = ["run_id", "article_id", *_OF_BOTH]
    made = {
        (row["run_id"], row["article_id"]): row
        for row in _rows(fetches.select(["outcome", *names]))
        if row["outcome"] in MADE
    }
    return {
        row["article_id"]
        for row in _rows(articles.select(names))
        for fetch in [made.get((row["run_id"], row["article_id"]))]
        if fetch is not None and any(row[name] != fetch[name] for name in _OF_BOTH)
    }


def check_references(articles: pa.Table, known: Articles) -> list[Finding]:
    """What articles say of other articles points to some, and not to themselves."""
    names = ["article_id", "url_id", "version", "supersedes", "copy_of", "relations", "run_id"]
    lost: dict[str, set[str]] = defaultdict(set)
    broken: set[str] = set()
    for row in _rows(articles.select(names)):
        date = ids.crawl_date(row["run_id"])
        related = [r["article_id"] for r in row["relations"] or []]
        for column, values in (
            ("supersedes", [row["supersedes"]]),
            ("copy_of", [row["copy_of"]]),
            ("relations", related),
        ):
            if known.missing(values, date) or row["article_id"] in values:
                lost[column].add(row["article_id"])
        before = known.rows.get(row["supersedes"] or "")
        follows = before is None or (
            before["url_id"] == row["url_id"] and before["version"] < row["version"]
        )
        if (row["version"] > 1) != (row["supersedes"] is not None) or not follows:
            broken.add(row["article_id"])
    found = [
        finding
        for column, offenders in lost.items()
        for finding in offending(
            "references", "articles", f"{column} points to no other article", offenders
        )
    ]
    return found + offending(
        "references", "articles", "supersedes is not the version before", broken
    )


def check_fingerprints(
    fingerprints: pa.Table, known: Articles, removed: frozenset[str] = frozenset()
) -> list[Finding]:
    """One fingerprint for each article, made from it.

    Args:
        fingerprints: Rows of fingerprints.
        known: The articles that readers see.
        removed: Crawl dates whose fingerprints are no longer kept.
    """
    where = "fingerprints"
    rows = _rows(fingerprints.select(["article_id", *_OF_ARTICLE]))
    counts = Counter(row["article_id"] for row in rows)
    twice = [name for name, count in counts.items() if count > 1]
    found = offending(where, where, "an article has several", twice)
    found += offending(where, where, "of no article", counts.keys() - known.rows.keys())
    bare = {
        name
        for name in known.rows.keys() - counts.keys()
        if ids.crawl_date(known.rows[name]["run_id"]) not in removed
    }
    found += offending(where, where, "articles without one", bare)
    other = {
        row["article_id"]
        for row in rows
        for article in [known.rows.get(row["article_id"])]
        if article is not None and any(row[name] != article[name] for name in _OF_ARTICLE)
    }
    return found + offending(where, where, "of another version of the article", other)


def check_pairs(name: str, pairs: pa.Table, known: Set[str]) -> list[Finding]:
    """Relations or threads: between two articles that exist, each pair once."""
    rows = _rows(pairs)
    ends = {row[end] for row in rows for end in ("article_id", "other_id")}
    found = offending("derived", name, "about articles that do not exist", ends - known)
    selfish = {row["article_id"] for row in rows if row["article_id"] == row["other_id"]}
    found += offending("derived", name, "an article with itself", selfish)
    counts = Counter(tuple(sorted((row["article_id"], row["other_id"]))) for row in rows)
    twice = [" ".join(pair) for pair, count in counts.items() if count > 1]
    found += offending("derived", name, "a pair comes twice", twice)
    neither = {
        row["larger"]
        for row in rows
        if "larger" in row and row["larger"] not in (row["article_id"], row["other_id"])
    }
    return found + offending("derived", name, "`larger` is neither of the two", neither)


def check_families(families: pa.Table, known: Articles) -> list[Finding]:
    """Families: of articles that exist, none in two, with sizes that are right."""
    members: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(families):
        members[row["family_id"]].append(row)
    counts = Counter(row["article_id"] for rows in members.values() for row in rows)
    lost = counts.keys() - known.rows.keys()
    found = offending("derived", "families", "members that do not exist", lost)
    twice = [name for name, count in counts.items() if count > 1]
    found += offending("derived", "families", "an article is in several", twice)
    wrong, strangers = set(), set()
    for family_id, rows in members.items():
        names = {row["article_id"] for row in rows}
        sources = {known.rows[name]["source_id"] for name in names & known.rows.keys()}
        if any(row["size"] != len(rows) for row in rows):
            wrong.add(family_id)
        if not names & lost and any(row["sources"] != len(sources) for row in rows):
            wrong.add(family_id)
        if any(row["first_id"] is not None and row["first_id"] not in names for row in rows):
            strangers.add(family_id)
    found += offending("derived", "families", "size or sources is not their number", wrong)
    return found + offending("derived", "families", "the first is no member", strangers)
