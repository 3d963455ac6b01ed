"""Families that look wrong: for people to look at.

A family is a chain of pairs each of which was verified, but a chain may wander: text by text into
another story, or on and on through the weeks. Here belongs the check of families by their diameter
and their dates. Nothing is changed: a doubt hints at a template or a
round-up that was not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa

from dedup.relations import COPY_KINDS
from dedup.settings import DEFAULT, DedupSettings
from dedup.tables import conform, pairs_of
from lake.schema import ARTICLES, FAMILIES

FAR: Final = 4
"""Steps between the two members furthest apart, from which on a family is doubtful. Copies of one
text are a step or two from it and from each other; shortened from the other end, three."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A family that looks wrong.

    Attributes:
        family_id: Its id.
        size: Members.
        diameter: Steps between its two members furthest apart.
        span: Time between the earliest and the latest.
        why: What is wrong, in plain words.
    """

    family_id: str
    size: int
    diameter: int
    span: timedelta
    why: str


def doubtful_families(
    families: pa.Table,
    relations: pa.Table,
    members: pa.Table,
    settings: DedupSettings = DEFAULT,
) -> list[Doubt]:
    """Finds the families that are too wide, or last too long, to be copies of one text.

    Args:
        families: As `dedup.derive_families` made them.
        relations: The relations that they were made from.
        members: Articles with ``article_id``, ``published_at`` and ``fetched_at``.
        settings: ``copy_window``: a family may last as long.

    Returns:
        The doubtful ones, sorted by id.

    Raises:
        ValueError: If a table lacks a column, or has one of another type.
    """
    near: dict[str, set[str]] = {}
    for row in pairs_of(relations):
        if row["kind"] in COPY_KINDS:
            near.setdefault(row["article_id"], set()).add(row["other_id"])
            near.setdefault(row["other_id"], set()).add(row["article_id"])
    dates, names = ["article_id", "published_at", "fetched_at"], ["family_id", "article_id"]
    members = conform(members, dates, ARTICLES.schema, "members")
    times: dict[str, datetime] = {
        row["article_id"]: row["published_at"] or row["fetched_at"]
        for row in members.select(dates).to_pylist()
    }
    groups: dict[str, list[str]] = {}
    families = conform(families, names, FAMILIES.schema, "families")
    for row in families.select(names).to_pylist():
        groups.setdefault(row["family_id"], []).append(row["article_id"])
    doubts: list[Doubt] = []
    for family_id, copies in sorted(groups.items()):
        diameter = _diameter(sorted(copies), near)
        known = [times[name] for name in copies if name in times]
        span = max(known) - min(known) if known else timedelta(0)
        why = [
            *([f"its ends are {diameter} copies apart"] if diameter >= FAR else []),
            *([f"it lasts {span.days} days"] if span > settings.copy_window else []),
        ]
        if why:
            doubts.append(Doubt(family_id, len(copies), diameter, span, ", ".join(why)))
    return doubts


def _diameter(names: Sequence[str], near: Mapping[str, set[str]]) -> int:
    """Steps between the members furthest apart; at least that many, found by two sweeps."""
    end, _ = _furthest(names[0], near)
    return _furthest(end, near)[1]


def _furthest(start: str, near: Mapping[str, set[str]]) -> tuple[str, int]:
    steps = {start: 0}
    row = [start]
    while row:
        row = sorted({n for name in row for n in near.get(name, ()) if n not in steps})
        steps.update(dict.fromkeys(row, max(steps.values()) + 1))
    last = max(steps.values())
    return min(name for name, step in steps.items() if step == last), last
