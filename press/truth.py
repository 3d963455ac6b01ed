"""What is true of the press: which pages are copies of which, and what each article says.

Here belong the labels of pairs and the articles that a crawl should find; marking what a system
found is in `press.marking`. Labels follow from the texts as the desks made them, by
the plain reference in `press.score`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from press.faults import Faults
from press.marking import Found, Marks, TruthPair, evaluate, mistakes
from press.page import Carry, Page, Precision
from press.score import Score, score
from press.web import Web, is_out, seen

THREADS: Final = (("900", "901"),)
"""Stories that continue one another."""
_SAME_BODY: Final = frozenset({Carry.WHOLE, Carry.HEADLINE, Carry.SERIES})
_OUTCOMES: Final = {
    "marathi": "not_hindi",
    "english": "not_hindi",
    "not_found": "http_4xx",
    "forbidden": "robots",
    "too_short": "too_short",
}


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """What a crawl should make of one page.

    Attributes:
        url: Canonical address.
        source_id: Id of the site.
        title: Headline, as printed.
        paragraphs: The text as printed, without dateline, credit and chrome; in NFC or as the
            page spells it.
        published_at: When it was published; as exactly as `precision` says.
        precision: The most exact that the page or a feed tells it; a reader may get less.
        agency: Id of the agency that the page names; None if it names none.
        author: The person in the byline; None if it names a desk or an agency.
        language: ISO 639-1.
        outcome: How the work on it should end.
        section: Key of the section.
        tags: As printed.
        place: Place of the dateline; printed where `dateline` is not empty.
        dateline: What stands before the first word of the text.
        credits: Lines after the last paragraph that are no part of the text.
        carry: How the site came by it.
        stories: Ids of the stories in it.
        versions: How many versions there have been.
        special: Name of its peculiarity, if it has one.
        has_json_ld: Whether the page has JSON-LD.
    """

    url: str
    source_id: str
    title: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    precision: Precision
    agency: str | None
    author: str | None
    language: str
    outcome: str
    section: str
    tags: tuple[str, ...]
    place: str
    dateline: str
    credits: tuple[str, ...]
    carry: str
    stories: tuple[str, ...]
    versions: int
    special: str | None
    has_json_ld: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth at one moment.

    Attributes:
        pairs: Every pair of articles with a common past; all other pairs are ``none``.
        articles: Canonical address to article, for every listed page.
        aliases: Further addresses to the canonical one.
    """

    pairs: tuple[TruthPair, ...]
    articles: Mapping[str, TruthArticle]
    aliases: Mapping[str, str]

    def evaluate(self, found: Iterable[Found]) -> dict[str, Marks]:
        """Marks what a system found; see `press.marking.evaluate`."""
        return evaluate(self.pairs, self.aliases, found)

    def mistakes(self, found: Iterable[Found]) -> list[str]:
        """Returns a line for every pair that was missed or found wrongly."""
        return mistakes(self.pairs, self.aliases, found)


def truth_of(web: Web, now: datetime, faults: Faults) -> Truth:
    """Returns the truth about the pages that are out at `now`."""
    out = [seen(page, faults) for page in web.pages if is_out(page, now, faults)]
    aliases = {
        f"{page.site.home.rstrip('/')}{alias}": page.url for page in out for alias in page.aliases
    }
    return Truth(
        pairs=tuple(label_pairs(out)),
        articles={page.url: _article(page, now, faults) for page in out},
        aliases=aliases,
    )


def _article(page: Page, now: datetime, faults: Faults) -> TruthArticle:
    version = page.at(now)
    outcome = _OUTCOMES.get(page.special or "", "published")
    if page.special == "server_error" and not faults.healed(now, 0):
        outcome = "http_5xx"
    return TruthArticle(
        url=page.url,
        source_id=page.site.id,
        title=version.headline,
        paragraphs=version.shown,
        published_at=page.published_at,
        precision=page.precision,
        agency=page.agency,
        author=page.author,
        language=page.language,
        outcome=outcome,
        section=page.section,
        tags=page.tags,
        place=page.place,
        dateline=page.credit.head,
        credits=page.credit.tail,
        carry=page.carry,
        stories=page.roots,
        versions=sum(v.at <= now for v in page.versions),
        special=page.special,
        has_json_ld=page.has_json_ld,
    )


def label_pairs(pages: Sequence[Page]) -> Iterator[TruthPair]:
    """Labels every pair of pages that have a story or a series in common, or are of one thread."""
    for a, b in _related(pages):
        result = score(a.versions[0].text, b.versions[0].text)
        carry = _carry_of(a, b)
        yield TruthPair(
            url_a=a.url,
            url_b=b.url,
            carry=carry,
            label=_label(carry, result),
            jaccard=result.jaccard,
            containment=result.containment,
            shared=result.shared,
        )


def _related(pages: Sequence[Page]) -> Iterator[tuple[Page, Page]]:
    groups: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        for root in page.roots:
            groups[f"series {page.series}" if page.series else f"story {root}"].append(page)
    for one, other in THREADS:
        groups[f"thread {one}"] = groups[f"story {one}"] + groups[f"story {other}"]
    given: set[frozenset[str]] = set()
    for group in groups.values():
        ordered = sorted(group, key=lambda p: (p.published_at, p.url))
        for a, b in combinations(ordered, 2):
            key = frozenset((a.url, b.url))
            if key not in given:
                given.add(key)
                yield a, b


def _carry_of(a: Page, b: Page) -> str:
    carries = {a.carry, b.carry}
    if not set(a.roots) & set(b.roots):
        return "series" if a.series else "thread"
    for single in (Carry.RETELLING, Carry.ROUNDUP):
        if single in carries:
            return single.value
    changed = sorted(c.value for c in carries - _SAME_BODY)
    if changed:
        return "+".join(changed)
    return Carry.HEADLINE.value if Carry.HEADLINE in carries else Carry.WHOLE.value


def _label(carry: str, result: Score) -> str:
    if carry in ("series", "thread"):
        return carry
    if carry == "roundup":
        # It is related to a story that it holds most of, and to no shorter or longer cousin.
        return "roundup" if result.label in ("near", "partial") else result.label
    return result.label
