"""Nothing derived depends on the order of arrival or on the cut into batches."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import (
    derive_families,
    find_relations,
    find_threads,
    fingerprint,
    resolve_relations,
)
from tests.dedup.stories import (
    BRIDGE,
    BRIDGE_EDITS,
    COURT,
    CRICKET,
    FUEL_MONDAY,
    FUEL_TUESDAY,
    LOCAL,
    SATELLITE,
    START,
    articles,
    body,
    edited,
)
from tests.dedup.test_templates import DAYS
from tests.dedup.test_threads import FOLLOW_UP

TEXTS = {
    "bridge": body(BRIDGE),
    "bridge-2": body([*BRIDGE, LOCAL[0]]),
    "bridge-exact": "सोनपुरा: " + body(BRIDGE),
    "bridge-edited": edited(body(BRIDGE), BRIDGE_EDITS),
    "bridge-short": body(BRIDGE[:2]),
    "bridge-brief": BRIDGE[1],
    "bridge-long": body([*BRIDGE, *LOCAL, *COURT[3:], *SATELLITE[3:]]),
    "follow": FOLLOW_UP,
    "court": body(COURT[:3]),
    "court-end": body(COURT[1:]),
    "cricket": body(CRICKET),
    "satellite": body(SATELLITE),
    "digest": body([*BRIDGE[:3], *COURT[:3], *CRICKET]),
    "digest-2": body([*BRIDGE[:3], *COURT[:3], *CRICKET, LOCAL[1]]),
    "digest-3": body([*COURT[:3], *CRICKET, *SATELLITE]),
    "fuel-1": FUEL_MONDAY,
    "fuel-2": FUEL_TUESDAY,
    "fuel-3": edited(FUEL_TUESDAY, {"घरेलू बाजार": "देश के बाजार"}),
    **{f"stars-{day}": text for day, text in enumerate(DAYS)},
    "empty": "",
    "empty-2": "Read more",
}
TABLE = articles(
    TEXTS,
    url_id={"bridge": "u", "bridge-2": "u"},
    version={"bridge-2": 2},
    published_at={"satellite": None}
    | {f"stars-{day}": START + timedelta(days=day) for day in range(len(DAYS))},
)
PRINTS = fingerprint(TABLE)


def families(members: pa.Table, relations: pa.Table, previous: pa.Table | None) -> Any:
    """Families without their names, which rightly depend on the past."""
    table = derive_families(members, relations, previous)
    rows = table.drop_columns(["family_id", "aliases"]).to_pylist()
    groups: dict[str, set[str]] = {}
    for row in table.to_pylist():
        groups.setdefault(row["family_id"], set()).add(row["article_id"])
    partition = sorted(sorted(group) for group in groups.values())
    return table, sorted(rows, key=lambda row: row["article_id"]), partition


WHOLE = resolve_relations(find_relations(PRINTS, []), fingerprints=PRINTS)
WHOLE_FAMILIES = families(TABLE, WHOLE, None)[1:]
WHOLE_THREADS = find_threads(PRINTS, WHOLE)


def test_the_whole_has_everything() -> None:
    kinds = set(WHOLE.column("kind").to_pylist())
    assert kinds >= {"exact", "near", "partial", "update", "roundup", "series"}
    assert WHOLE_FAMILIES[1] == [
        [
            "bridge",
            "bridge-2",
            "bridge-brief",
            "bridge-edited",
            "bridge-exact",
            "bridge-long",
            "bridge-short",
        ],
        ["court", "court-end"],
        ["digest", "digest-2"],
        ["fuel-2", "fuel-3"],
    ]
    assert WHOLE_THREADS.num_rows > 0


@given(st.permutations(range(len(TEXTS))), st.sets(st.integers(1, len(TEXTS) - 1), max_size=6))
@settings(max_examples=25, deadline=None)
def test_relations_families_and_threads(order: list[int], cuts: set[int]) -> None:
    bounds = [0, *sorted(cuts), len(order)]
    window: list[pa.Table] = []
    found: list[pa.Table] = []
    previous: pa.Table | None = None
    for start, end in itertools.pairwise(bounds):
        batch = PRINTS.take(order[start:end])
        found.insert(0, find_relations(batch, iter(window)))
        window.append(batch)
        arrived = TABLE.take(order[:end])
        known = pa.concat_tables(window)
        resolved = resolve_relations(pa.concat_tables(found), fingerprints=known)
        previous, *derived = families(arrived, resolved, previous)
    assert resolved.equals(WHOLE)
    assert tuple(derived) == WHOLE_FAMILIES
    assert find_threads(pa.concat_tables(window), resolved).equals(WHOLE_THREADS)
