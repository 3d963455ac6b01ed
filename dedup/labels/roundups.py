"""What only the whole graph of relations can tell: round-ups, and the series among them.

A round-up holds most of two or more texts that are not related to each other; it is related to
each, and joins no family, or one news digest would make one family of all the day's stories. Here
belongs the relabelling of pairs once all pairs are known. Not here: the kinds that one pair tells
by itself (`dedup.relations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa

from dedup.labels.graph import components
from dedup.labels.templates import find_templates
from dedup.prints.contents import Contents, common
from dedup.relations import COPY_KINDS, RANK, Kind
from dedup.settings import DEFAULT, DedupSettings
from dedup.tables import conform
from lake.schema import RELATIONS

_Pair = tuple[str, str]

SAME_PLACE: Final = 0.5
"""Two texts that have such a share in common, of what a third holds of the one that it holds more
of, tell one story, however unlike their edits have made them (.74 where each just reaches
`partial`). Two stories of a round-up have nothing in common there, or a passage that one has
lifted from the other."""


def resolve_relations(
    relations: pa.Table,
    settings: DedupSettings = DEFAULT,
    fingerprints: pa.Table | None = None,
) -> pa.Table:
    """Finds the round-ups and the templates and relabels their relations.

    Args:
        relations: All relations known, as `dedup.find_relations` gives them, from any number of
            runs: in any order, with repeats, resolved before or not.
        settings: Thresholds.
        fingerprints: Fingerprints of the articles in them, with the columns
            `dedup.prints.contents.COLUMNS`; more rows do no harm. Without those of an article,
            templates are not looked for around it, and two texts that it holds count as two stories
            unless they are related.

    Returns:
        The same pairs, once each, sorted. The result depends on the set of pairs and on the
        fingerprints alone, not on their order nor on the batches that they came from.

    Raises:
        ValueError: If a table lacks a column, or has one of another type or with other kinds.
    """
    pairs: dict[_Pair, dict[str, Any]] = {}
    relations = conform(relations, RELATIONS.schema.names, RELATIONS.schema, "relations")
    for row in relations.select(RELATIONS.schema.names).to_pylist():
        if row["kind"] not in RANK:
            raise ValueError(f"there is no kind of relation {row['kind']!r}")
        row["kind"] = _own_kind(row, settings)
        key = (row["article_id"], row["other_id"])
        if key not in pairs or RANK[row["kind"]] < RANK[pairs[key]["kind"]]:
            pairs[key] = row
    contents = Contents(fingerprints)
    for key in find_templates(pairs, contents, settings):
        pairs[key]["kind"] = Kind.SERIES.value
    held = _held_texts(pairs, settings)
    for larger in _small_first(held):
        _relabel(larger, held[larger], pairs, contents, settings)
    ordered = [pairs[key] for key in sorted(pairs)]
    return pa.Table.from_pylist(ordered, schema=RELATIONS.schema)


def _own_kind(row: Mapping[str, Any], settings: DedupSettings) -> str:
    """The kind of a pair by itself: undoes an earlier relabelling."""
    if row["kind"] != Kind.ROUNDUP:
        return str(row["kind"])
    near = row["jaccard"] >= settings.near_jaccard
    return Kind.NEAR.value if near else Kind.PARTIAL.value


def _held_texts(
    pairs: Mapping[_Pair, Mapping[str, Any]], settings: DedupSettings
) -> dict[str, dict[str, _Pair]]:
    """For each text, the smaller ones that it holds most of, with the pair that says so."""
    held: dict[str, dict[str, _Pair]] = {}
    for key, row in pairs.items():
        if (
            row["kind"] in (Kind.NEAR, Kind.PARTIAL)
            and row["containment"] >= settings.partial_containment
            and row["shared"] >= settings.partial_shared
        ):
            smaller = key[0] if row["larger"] == key[1] else key[1]
            held.setdefault(row["larger"], {})[smaller] = key
    return held


def _small_first(held: Mapping[str, Mapping[str, _Pair]]) -> Iterable[str]:
    """Texts that hold others, each after all those that it holds; ties by name."""
    ordered: list[str] = []
    placed: set[str] = set()
    for start in sorted(held):
        stack = [start]
        while stack:
            text = stack[-1]
            waiting = sorted((t for t in held[text] if t in held and t not in placed), reverse=True)
            if text in placed:
                stack.pop()
            elif waiting:
                stack.extend(waiting)
            else:
                placed.add(text)
                ordered.append(text)
                stack.pop()
    return ordered


def _relabel(
    larger: str,
    held: Mapping[str, _Pair],
    pairs: dict[_Pair, dict[str, Any]],
    contents: Contents,
    settings: DedupSettings,
) -> None:
    """Relabels what a text holds, if that is two or more stories.

    Texts that are related to each other tell one story, unless the relation is that one of them
    is a round-up of the others: those have been relabelled before, being smaller. So do texts
    that lie in the same place of the larger one.
    """
    if not _came_after_some(larger, held, contents):
        return
    related = [
        (a, b)
        for a in held
        for b in held
        if a < b and _one_story(a, b, pairs.get((a, b)) or pairs.get((b, a)), larger, contents)
    ]
    stories = components(related, held)
    if len(stories) < 2:
        return
    for story in stories:
        # A whole copy with one brief appended stays the copy that it is; the brief goes.
        dominant = any(pairs[held[text]]["jaccard"] >= settings.roundup_dominant for text in story)
        if not dominant:
            for text in story:
                pairs[held[text]]["kind"] = Kind.ROUNDUP.value


def _came_after_some(larger: str, held: Mapping[str, _Pair], contents: Contents) -> bool:
    """Whether a text may have been made of what it holds.

    A story that others have cut to different parts came before all of them. Where only its day is
    known, it stands at midnight, and that tells nothing.
    """
    return contents.is_day_only(larger) or any(key[0] == larger for key in held.values())


def _one_story(
    a: str, b: str, row: Mapping[str, Any] | None, larger: str, contents: Contents
) -> bool:
    """Whether two texts that a third holds tell one story: copies, or in the same place of it."""
    if row is not None and row["kind"] in COPY_KINDS:
        return True
    if a in contents and b in contents and larger in contents:
        return _same_place(a, b, larger, contents)
    return row is not None and row["kind"] != Kind.ROUNDUP


def _same_place(a: str, b: str, larger: str, contents: Contents) -> bool:
    """Whether two texts share much of what a third has of each."""
    whole = contents.threes(larger)
    part_a = common(contents.threes(a), whole)
    part_b = common(contents.threes(b), whole)
    more = max(len(part_a), len(part_b))
    return more > 0 and len(common(part_a, part_b)) >= SAME_PLACE * more
