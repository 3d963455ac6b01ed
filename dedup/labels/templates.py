"""Templates: passages that recur over several dates are nobody's copy.

Two days of one report can be told from two copies by their numerals (`dedup.labels.series`), unless
the report has none (horoscopes) or they stay the same (fuel prices held for months). Here belongs
what a third day tells: issues of a template have the same gaps between what they share, and each
fills them with words of its own; where desks have edited a text apart, two of three still agree in
a gap. Not here: the kinds that one pair tells by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dedup.labels.graph import Joined
from dedup.labels.passages import gaps
from dedup.prints.contents import Contents, common
from dedup.relations import Kind
from dedup.settings import DedupSettings

_Pair = tuple[str, str]

WITNESSES: Final = 8
"""Third articles that are asked about a pair at most, the nearest in time first."""
FILLED_ANEW: Final = 2
"""Gaps that all three texts fill differently: the day and one thing more."""
_LIKE_COPIES: Final = frozenset({Kind.NEAR, Kind.PARTIAL, Kind.UPDATE, Kind.EXCERPT})
_MICROSECONDS: Final = 1_000_000


def find_templates(
    pairs: Mapping[_Pair, Mapping[str, Any]], contents: Contents, settings: DedupSettings
) -> set[_Pair]:
    """Finds the pairs that are two issues of one template.

    Args:
        pairs: Rows of `lake.schema.RELATIONS` by their ids.
        contents: The texts; pairs with texts that are not known are left alone.
        settings: ``series_gap``: two texts closer in time are never two issues.

    Returns:
        The keys of the pairs that are a series, in whatever order the rows came.
    """
    gap = settings.series_gap.total_seconds() * _MICROSECONDS
    apart = {
        key
        for key in pairs
        if key[0] in contents
        and key[1] in contents
        and abs(contents.time(key[0]) - contents.time(key[1])) >= gap
    }
    near: dict[str, set[str]] = {}
    for a, b in apart:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    group = _groups(
        [key for key in sorted(apart) if pairs[key]["kind"] in _LIKE_COPIES], near, contents
    )
    # A pair that no third issue could tell (both a Friday's) goes with its template.
    return {
        key
        for key in apart
        if pairs[key]["kind"] in _LIKE_COPIES
        and key[0] in group
        and group[key[0]] == group.get(key[1])
    }


def _groups(
    keys: Sequence[_Pair], near: Mapping[str, set[str]], contents: Contents
) -> Mapping[str, int]:
    """The issues of each template: what pairs with a witness join."""
    joined = Joined()
    for a, b in keys:
        # A pair that is joined already would change nothing.
        if joined.root(a) != joined.root(b) and _has_witness((a, b), near, contents):
            joined.join(a, b)
    groups = joined.groups()
    return {name: number for number, names in enumerate(groups) for name in names}


def _has_witness(key: _Pair, near: Mapping[str, set[str]], contents: Contents) -> bool:
    a, b = key
    time_a, time_b = contents.time(a), contents.time(b)

    def distance(name: str) -> tuple[int, str]:
        time = contents.time(name)
        return abs(time - time_a) + abs(time - time_b), name

    return any(
        is_template(a, b, c, contents) for c in sorted(near[a] & near[b], key=distance)[:WITNESSES]
    )


def is_template(a: str, b: str, c: str, contents: Contents) -> bool:
    """Judges whether three texts of three dates are issues of one template.

    Args:
        a: One article_id.
        b: Another.
        c: A third.
        contents: Their texts.
    """
    in_all = common(*(contents.threes(name) for name in (a, b, c)))
    if not len(in_all):
        return False
    one, two, three = (gaps(contents.in_order(name), in_all) for name in (a, b, c))
    anew = agreed = 0
    for gap in one.keys() & two.keys() & three.keys():
        if len({one[gap], two[gap], three[gap]}) == 3:
            anew += 1
        else:
            agreed += 1
    return anew >= FILLED_ANEW and anew > agreed
