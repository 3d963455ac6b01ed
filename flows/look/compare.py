"""Texts and articles compared pair by pair, for the command line.

Here belongs the pairing, the way from what a person names to an article of the lake, and the
sentence that says why. The comparison itself is `dedup.compare_articles`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Final

import pyarrow as pa

from crawler.sources import load_sources
from crawler.urls import canonical_url, same_site
from dedup import Comparison, DedupSettings, Frequencies, compare_articles
from dedup.frequencies import START_VERSION
from flows.opening import dedup_settings, open_lake
from flows.settings import Settings
from flows.steps.derivation import Derivation, differences, stored_derivation
from flows.steps.frequencies import frequencies_in_use
from lake import ids
from lake.errors import ConfigError
from lake.reading.views import connect, damage_named
from lake.schema import ARTICLES
from lake.tables import Lake

_COLUMNS: Final = (
    *("article_id", "url_id", "version", "source_id", "title", "text", "agencies"),
    *("published_at", "fetched_at", "content_hash"),
)
_WHERE: Final = "taar dedup pairs"
_ID: Final = re.compile(r"[0-9a-f]{32}")
_THEN: Final = datetime(2000, 1, 1, tzinfo=UTC)
_PAIRS: Final = """
select article_id, other_id, kind from (
    select *, 'thread' as kind from threads union all by name select * from relations
) where article_id in (select unnest(?)) and other_id in (select unnest(?))"""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is compared.

    Attributes:
        name: What to call it.
        row: As `lake.schema.ARTICLES` has it, the columns that fingerprints are made of.
        in_lake: Whether it is an article of the lake, so that its times are known.
    """

    name: str
    row: dict[str, Any] = field(repr=False)
    in_lake: bool = True


def text_piece(name: str, text: str, title: str | None = None) -> Piece:
    """A text of which nothing else is known but perhaps its headline."""
    row = dict.fromkeys(_COLUMNS) | {
        "version": 1,
        "source_id": "",
        "title": title,
        "text": text,
        "agencies": [],
        "fetched_at": _THEN,
        "content_hash": "",
    }
    return Piece(name, row, in_lake=False)


def names_article(argument: str) -> bool:
    """Whether an argument can be nothing but an article_id or a URL."""
    return bool(_ID.fullmatch(argument) or re.match(r"https?://\S+$", argument))


def lake_pieces(arguments: Sequence[str], settings: Settings) -> dict[str, Piece]:
    """Looks articles up in the lake.

    Args:
        arguments: Each an article_id, or a URL as the lake has it in ``url``, or in a spelling
            that a crawl would have made the same of; of its versions the newest is meant.
        settings: Where the lake is.

    Returns:
        The articles, by argument; empty for no arguments.

    Raises:
        ConfigError: If one is not in the lake.
        TaarError: If the lake cannot be read.
    """
    if not arguments:
        return {}
    lake = open_lake(settings, create=False)
    connection = connect(lake)
    found: dict[str, Piece] = {}
    for argument in arguments:
        if _ID.fullmatch(argument):
            place, wanted = "articles where article_id", [argument]
        else:
            place, wanted = "latest where url_id", _url_ids(argument, settings)
        query = f"select {', '.join(_COLUMNS)}, source_id || ': ' || coalesce(title, url) as name "
        query += f"from {place} in (select unnest(?))"
        with damage_named(lake):
            answer = connection.execute(query, [wanted]).to_arrow_table()
        if not answer.num_rows:
            raise ConfigError(
                f"the lake has no article {argument}",
                where=_WHERE,
                remedy="look for it with `taar sql`, in the columns article_id and url of "
                "articles; --lake names the lake",
            )
        row = answer.slice(0, 1).to_pylist()[0]
        found[argument] = Piece(str(row.pop("name")), row)
    return found


def _url_ids(url: str, settings: Settings) -> list[str]:
    try:
        spellings = [url, canonical_url(url)]
    except ValueError as error:
        raise ConfigError(str(error), where=_WHERE, remedy="give the whole URL") from None
    sources = load_sources(settings.source_pack, settings.sources)
    spellings += [canonical_url(url, home=s.home) for s in sources if same_site(url, s.home)]
    return sorted({ids.url_id(spelling) for spelling in spellings})


@dataclass(frozen=True, slots=True)
class PairReport:
    """Two texts and how they are related.

    Attributes:
        first: Name of the first text.
        second: Name of the second.
        found: The comparison.
        why: What decided, in one sentence.
        stored: What the lake has of two articles: the kind in `relations` or `threads`, or
            ``none``; None where one of the two is no article of the lake.
        changes: In what these settings differ from those that `stored` was derived by.
    """

    first: str
    second: str
    found: Comparison
    why: str
    stored: str | None = None
    changes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        told = {"first": self.first, "second": self.second, **self.found.to_dict()}
        return {**told, "why": self.why, "stored": self.stored, "changes": list(self.changes)}


def compare_all(pieces: Sequence[Piece], settings: Settings) -> list[PairReport]:
    """Compares every pair of texts.

    Args:
        pieces: What to compare.
        settings: Thresholds, and where the lake is.

    Raises:
        ConfigError: If there is a piece without words, or an article that comes twice.
        TaarError: If the lake cannot be read.
    """
    thresholds = dedup_settings(settings)
    named = [p.row["article_id"] for p in pieces if p.in_lake]
    stored: dict[frozenset[str], str] = {}
    changes: tuple[str, ...] = ()
    weights = None
    if len(named) > 1:
        lake = open_lake(settings, create=False)
        stored, changes = _stored(named, lake), _changes(lake, settings)
        if settings.frequencies != START_VERSION:
            weights = frequencies_in_use(lake, settings.frequencies)
    reports = []
    for a, b in combinations(pieces, 2):
        both = a.in_lake and b.in_lake
        if both and a.row["article_id"] == b.row["article_id"]:
            raise ConfigError(
                f"this is one article: {a.row['article_id']}",
                where=_WHERE,
                remedy="name two; versions of one URL are told apart by article_id",
            )
        found = _compared(a, b, thresholds, weights)
        for name, words in ((a.name, found.words_a), (b.name, found.words_b)):
            if not words:
                raise ConfigError(
                    f"there are no words to compare in {name}",
                    where=_WHERE,
                    remedy="give a text of a few sentences in Hindi",
                )
        pair = frozenset((a.row["article_id"], b.row["article_id"]))
        known = (stored.get(pair, "none"), changes) if both else ()
        reports.append(PairReport(a.name, b.name, found, _why(found, settings), *known))
    return reports


def _compared(
    a: Piece, b: Piece, thresholds: DedupSettings, weights: Frequencies | None
) -> Comparison:
    rows = [
        piece.row if piece.in_lake else {**piece.row, "article_id": name, "url_id": name}
        for piece, name in ((a, "first"), (b, "second"))
    ]
    schema = pa.schema([ARTICLES.schema.field(name) for name in _COLUMNS])
    articles = pa.Table.from_pylist(rows, schema=schema)
    dated = a.in_lake and b.in_lake
    found = compare_articles(articles, thresholds, weights, dated=dated)
    if weights is not None and found.kind not in ("thread", "none"):
        # The cosine of relations is of the table that ships, whatever weighs the words of threads.
        return compare_articles(articles, thresholds, dated=dated)
    return found


def _stored(article_ids: Sequence[str], lake: Lake) -> dict[frozenset[str], str]:
    """What `link` has written about pairs of some articles."""
    connection = connect(lake)
    with damage_named(lake):
        rows = connection.execute(_PAIRS, [list(article_ids)] * 2).fetchall()
    return {frozenset((one, other)): str(kind) for one, other, kind in rows}


def _changes(lake: Lake, settings: Settings) -> tuple[str, ...]:
    """In what these settings differ from those that the lake's pairs were derived by."""
    before = stored_derivation(lake)
    if before is None:
        return ()
    # Which sources are an agency's own decides about first publishers alone.
    now = Derivation(before.agencies, dedup_settings(settings), settings.frequencies)
    return tuple(differences(before, now))


def _why(found: Comparison, settings: Settings) -> str:
    match found.kind:
        case "exact":
            return "the same words in the same order, once cleaned and folded"
        case "near":
            return f"Jaccard {found.jaccard:.2f} reaches {settings.near_jaccard:g}"
        case "partial":
            return (
                f"{found.containment:.0%} of the shorter text stands in the longer one, "
                f"{settings.partial_containment:.0%} or more is asked"
            )
        case "update":
            return "two versions of one URL, and related texts"
        case "excerpt":
            return f"a passage of {found.running} running words in common"
        case "series":
            return (
                f"one template filled anew: {found.conflicts} numbers differ in the same place, "
                f"{found.agreements} agree"
            )
        case "thread":
            return (
                f"no copy, but one story: cosine {found.cosine:.2f} reaches "
                f"{settings.thread_cosine:g}"
            )
        case _:
            return _why_not(found, settings)


def _why_not(found: Comparison, settings: Settings) -> str:
    days = (found.apart_s or 0.0) / 86_400
    if days > settings.thread_window_days:
        return f"they are {days:.0f} days apart, and none further than the windows is compared"
    if found.cosine < settings.thread_cosine:
        return "neither shared passages nor enough weighty words in common"
    if found.figures:
        return (
            f"cosine {found.cosine:.2f} reaches {settings.thread_cosine:g}, but both are lists of "
            "figures, and of different ones"
        )
    return (
        f"cosine {found.cosine:.2f} reaches {settings.thread_cosine:g}, but too few of their "
        "weightiest words are the same"
    )
