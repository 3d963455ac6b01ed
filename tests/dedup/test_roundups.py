from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from dedup import find_relations, fingerprint, resolve_relations
from lake.schema import RELATIONS
from tests.dedup.stories import (
    BRIDGE,
    BRIDGE_EDITS,
    COURT,
    CRICKET,
    LOCAL,
    SATELLITE,
    START,
    articles,
    body,
    edited,
)


def relations(texts: dict[str, str], **columns: dict[str, Any]) -> pa.Table:
    return find_relations(fingerprint(articles(texts, **columns)), [])


def pair(a: str, b: str) -> tuple[str, str]:
    return min(a, b), max(a, b)


def kinds(table: pa.Table) -> dict[tuple[str, str], str]:
    return {pair(r["article_id"], r["other_id"]): r["kind"] for r in table.to_pylist()}


DIGEST = body([*BRIDGE[:3], *COURT[:3], *CRICKET[:3]])
TEXTS = {
    "bridge": body(BRIDGE[:3]),
    "court": body(COURT[:3]),
    "cricket": body(CRICKET[:3]),
    "digest": DIGEST,
}


def test_a_text_that_holds_several_stories_is_a_roundup() -> None:
    found = relations(TEXTS)
    assert set(kinds(found).values()) == {"partial"}
    assert kinds(resolve_relations(found)) == {
        ("bridge", "digest"): "roundup",
        ("court", "digest"): "roundup",
        ("cricket", "digest"): "roundup",
    }


def test_a_text_that_holds_two_copies_of_one_story_is_no_roundup() -> None:
    found = relations(
        {
            "bridge": body(BRIDGE),
            "edited": edited(body(BRIDGE), BRIDGE_EDITS),
            "brief": body(BRIDGE[:2]),
            "longer": body([*BRIDGE, *LOCAL, *SATELLITE, *COURT]),
        }
    )
    assert "roundup" not in kinds(resolve_relations(found)).values()


def test_one_whole_copy_with_a_brief_appended_stays_a_copy() -> None:
    brief = COURT[2]
    found = relations(
        {"bridge": body(BRIDGE), "brief": brief, "both": body([*BRIDGE, brief])},
    )
    assert kinds(found)[("both", "bridge")] == "near"
    resolved = kinds(resolve_relations(found))
    assert resolved[("both", "bridge")] == "near"
    assert resolved[("both", "brief")] == "roundup"


def test_a_roundup_that_is_mostly_one_story_may_still_be_near_it() -> None:
    found = relations(
        {
            "bridge": body(BRIDGE),
            "court": body(COURT[:2]),
            "both": body([*BRIDGE, *COURT[:2]]),
        }
    )
    assert kinds(found)[("both", "bridge")] == "near"
    assert set(kinds(resolve_relations(found)).values()) == {"roundup"}


def test_a_copy_of_a_roundup_is_its_copy_and_a_roundup_too() -> None:
    other = edited(DIGEST, {"देर शाम": "देर रात", "शानदार शतक": "बढ़िया शतक"})
    resolved = kinds(resolve_relations(relations({**TEXTS, "other": other})))
    assert resolved[("digest", "other")] == "near"
    for story in ("bridge", "court", "cricket"):
        assert resolved[pair(story, "digest")] == resolved[pair(story, "other")] == "roundup"


def test_a_shorter_roundup_inside_a_longer_one() -> None:
    longer = body([*BRIDGE[:3], *COURT[:3], *CRICKET[:3], *SATELLITE])
    resolved = kinds(
        resolve_relations(
            relations({**TEXTS, "longer": longer, "satellite": body(SATELLITE)}),
        )
    )
    for story in ("bridge", "court", "cricket"):
        assert resolved[(story, "digest")] == "roundup"
        assert resolved[(story, "longer")] == "roundup"
    assert resolved[("longer", "satellite")] == "roundup"


def test_resolving_again_changes_nothing_and_a_lost_story_undoes_it() -> None:
    found = relations(TEXTS)
    resolved = resolve_relations(found)
    assert resolve_relations(resolved).equals(resolved)
    assert resolve_relations(pa.concat_tables([resolved, found])).equals(resolved)
    one_story = resolved.filter(
        pa.array([row["other_id"] == "bridge" for row in resolved.to_pylist()])
    )
    assert kinds(resolve_relations(one_story)) == {("bridge", "digest"): "partial"}


def test_nothing_resolves_to_nothing() -> None:
    empty = RELATIONS.schema.empty_table()
    assert resolve_relations(empty).equals(empty)


def resolved(texts: dict[str, str], **columns: dict[str, Any]) -> dict[tuple[str, str], str]:
    prints = fingerprint(articles(texts, **columns))
    return kinds(resolve_relations(find_relations(prints, []), fingerprints=prints))


def test_a_story_of_which_two_sites_carry_a_half_each_is_no_roundup() -> None:
    texts = {"whole": body(BRIDGE), "begin": body(BRIDGE[:2]), "end": body(BRIDGE[3:])}
    found = {("begin", "whole"): "partial", ("end", "whole"): "partial"}
    assert resolved(texts) == found
    # Made of what others had before, it is one.
    later = {"whole": START + timedelta(hours=9)}
    assert set(resolved(texts, published_at=later).values()) == {"roundup"}


def test_a_roundup_of_which_only_the_day_is_known_may_have_come_last() -> None:
    midnight = datetime(2024, 6, 17, 0, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    found = resolved(TEXTS, published_at={"digest": midnight})
    assert set(found.values()) == {"roundup"}


def test_two_edits_of_one_story_are_not_two_stories() -> None:
    words = body(BRIDGE).split(" ")
    texts = {
        name: " ".join(f"{w}नया" if n % 14 == rest else w for n, w in enumerate(words))
        for name, rest in (("a", 3), ("b", 10))
    }
    texts["whole"] = body(BRIDGE)
    when = {"whole": START + timedelta(hours=9)}
    found = resolved(texts, published_at=when)
    assert ("a", "b") not in found
    assert set(found.values()) == {"near"}
