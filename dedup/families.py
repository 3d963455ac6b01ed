"""Families: the articles that are copies of one text.

Here belongs the union of relations into families, the ids by which a family is known from one
derivation to the next, and the role of each member. Not here: which pairs are related
(`dedup.relations`, `dedup.labels.roundups`) and who was first (`dedup.labels.firsts`).

A family is derived anew from all that is published, so a late original or a bridge between two
families mends it; its id stays, and the ids of families that were merged into it are aliases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from dedup.labels.firsts import Publication, first_publisher
from dedup.labels.graph import components
from dedup.relations import COPY_KINDS, RANK
from dedup.tables import conform, pairs_of
from lake.schema import ARTICLES, FAMILIES

MEMBERS: Final = (
    *("article_id", "url_id", "version", "source_id", "fetched_at"),
    *("published_at", "published_precision", "first_listed_at", "agencies"),
)
"""Columns of articles that families are derived from."""

MAY_BE_MISSING: Final = ("published_at", "published_precision", "first_listed_at", "agencies")
"""Those of them that tell who was first; what is missing counts as null."""


def derive_families(
    members: pa.Table,
    relations: pa.Table,
    previous: pa.Table | None = None,
    agency_sources: Mapping[str, str] | None = None,
) -> pa.Table:
    """Derives families from resolved relations.

    Args:
        members: Articles with the columns `MEMBERS`, as in `lake.schema.ARTICLES`, of which those
            in `MAY_BE_MISSING` may be; without ``published_precision`` only the days count. Those
            without a relation do no harm. Pairs with an article that is not among them are left
            out.
        relations: Relations, resolved.
        previous: The families derived before, for their ids; None for the first time.
        agency_sources: source_id -> agency id, for the sources that are an agency's own site:
            in a tie its page was first. If the texts of a family credit agencies, only those
            agencies' sites count.

    Returns:
        `lake.schema.FAMILIES`, sorted: one row per article of each family of two or more. Apart
        from the ids, the rows depend on `members` and `relations` alone, in whatever order.

    Raises:
        ValueError: If a table lacks a column, or has one of another type.
    """
    members = conform(members, MEMBERS, ARTICLES.schema, "members", optional=MAY_BE_MISSING)
    known = {row["article_id"]: row for row in members.select(list(MEMBERS)).to_pylist()}
    edges: list[tuple[str, str]] = []
    best: dict[str, str] = {}
    for row in pairs_of(relations):
        pair = (row["article_id"], row["other_id"])
        if row["kind"] not in COPY_KINDS or not all(name in known for name in pair):
            continue
        edges.append(pair)
        for name in pair:
            best[name] = min(best.get(name, row["kind"]), row["kind"], key=RANK.__getitem__)
    families = [[known[name] for name in group] for group in components(edges)]
    named = _name(families, previous)
    rows = [
        row
        for family, name in zip(families, named, strict=True)
        for row in _rows(family, name, best, agency_sources or {})
    ]
    rows.sort(key=lambda row: (row["family_id"], row["article_id"]))
    return pa.Table.from_pylist(rows, schema=FAMILIES.schema)


@dataclass(frozen=True, slots=True)
class _Name:
    """The id of a family and the ids that it went by before."""

    family_id: str
    aliases: tuple[str, ...]


_Article = Mapping[str, Any]


def _rows(
    family: Sequence[_Article],
    name: _Name,
    best: Mapping[str, str],
    agency_sources: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The rows of one family."""
    earliest: dict[str, _Article] = {}
    for article in family:
        known = earliest.get(article["url_id"])
        if known is None or _version(article) < _version(known):
            earliest[article["url_id"]] = article
    decided = first_publisher(_publications(list(earliest.values()), family, agency_sources))
    first = decided[0] if decided else None
    rows: list[dict[str, Any]] = []
    for article in family:
        if article is not earliest[article["url_id"]]:
            role = "update"
        elif first is None:
            role = "undetermined"
        else:
            role = "first" if article["article_id"] == first.article_id else "copy"
        rows.append(
            {
                "family_id": name.family_id,
                "article_id": article["article_id"],
                "role": role,
                "kind": best[article["article_id"]],
                "first_id": first.article_id if first else None,
                "first_source_id": first.source_id if first else None,
                "first_by": decided[1].value if decided else None,
                "size": len(family),
                "sources": len({member["source_id"] for member in family}),
                "aliases": list(name.aliases),
            }
        )
    return rows


def _version(article: _Article) -> tuple[int, Any, str]:
    return article["version"], article["fetched_at"], article["article_id"]


def _publications(
    earliest: Sequence[_Article], family: Sequence[_Article], agency_sources: Mapping[str, str]
) -> list[Publication]:
    """One publication for each URL; the agency's own page is marked."""
    credited = {agency["id"] for article in family for agency in article["agencies"] or ()}

    def own(source_id: str) -> bool:
        agency = agency_sources.get(source_id)
        return agency is not None and (not credited or agency in credited)

    return [
        Publication(
            article["article_id"],
            article["source_id"],
            article["published_at"],
            article["published_precision"],
            article["first_listed_at"],
            own(article["source_id"]),
        )
        for article in sorted(earliest, key=lambda a: str(a["article_id"]))
    ]


def _name(families: Sequence[Sequence[_Article]], previous: pa.Table | None) -> list[_Name]:
    """Gives each family the id that it, or most of it, had before; else one of its own."""
    before: dict[str, str] = {}
    aliases: dict[str, set[str]] = {}
    if previous is not None:
        names = ["family_id", "article_id", "aliases"]
        known = conform(previous, names, FAMILIES.schema, "the families before")
        for row in known.select(names).to_pylist():
            before[row["article_id"]] = row["family_id"]
            aliases.setdefault(row["family_id"], set()).update(row["aliases"] or ())
    # The largest share of an old family keeps its id; ties go by the members, not by their order.
    claims: list[tuple[int, str, str, int]] = []
    for index, family in enumerate(families):
        shares: dict[str, int] = {}
        for article in family:
            old = before.get(article["article_id"])
            if old is not None:
                shares[old] = shares.get(old, 0) + 1
        claims += [(-share, old, family[0]["article_id"], index) for old, share in shares.items()]
    owner: dict[str, int] = {}
    kept: dict[int, list[str]] = {}
    for _, old, _, index in sorted(claims):
        if old not in owner:
            owner[old] = index
            kept.setdefault(index, []).append(old)
    taken = set(owner)
    taken.update(alias for group in aliases.values() for alias in group)
    return [_name_one(i, family, kept, aliases, taken) for i, family in enumerate(families)]


def _name_one(
    index: int,
    family: Sequence[_Article],
    kept: Mapping[int, Sequence[str]],
    aliases: Mapping[str, set[str]],
    taken: set[str],
) -> _Name:
    olds = kept.get(index, [])
    if olds:
        others = {alias for old in olds for alias in aliases.get(old, set())} | set(olds[1:])
        return _Name(olds[0], tuple(sorted(others - {olds[0]})))
    for article in sorted(family, key=_age):
        fresh = family_id(article["article_id"])
        if fresh not in taken:
            break
    taken.add(fresh)
    return _Name(fresh, ())


def _age(article: _Article) -> tuple[Any, Any, str]:
    effective = article["published_at"] or article["fetched_at"]
    return effective, article["fetched_at"], article["article_id"]


def family_id(article_id: str) -> str:
    """The id of a new family, from that of its earliest member: 32 hexadecimal digits."""
    return hashlib.blake2b(f"family {article_id}".encode(), digest_size=16).hexdigest()
