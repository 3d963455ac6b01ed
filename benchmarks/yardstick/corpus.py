"""The yardstick: all texts, and the labelled pairs among them.

Here belongs the plan of what is made from what, and the labels. How texts are changed is told in
the other modules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from itertools import combinations
from typing import Final

from benchmarks.yardstick import carriers, dirt, edits, reference, series
from benchmarks.yardstick.texts import Text, source, stories, written
from press.chance import below, shuffled
from press.orthography import respell

EDIT_RATES: Final = (5, 10, 20, 30)
"""Per cent of the words."""
KINDS: Final = (
    "copy", "edited05", "edited10", "edited20", "edited30", "shortened", "extended", "roundup",
    "orthography", "excerpt", "series", "toll", "chrome", "credit", "twin", "event", "followup",
    "thread", "unrelated",
)  # fmt: skip
LEAST_WORDS: Final = 75
"""Texts below this length are not changed further: nothing would be left of them."""
LONGEST_BUNDLED: Final = 450
ROUNDUPS: Final = 45
UNRELATED: Final = 1200
WITHIN: Final = timedelta(days=25)
"""Texts that a copy is made of lie no further apart: beyond 30 days copies are not looked for."""
_TOLD_AGAIN: Final = {"twin": "twin", "event": "event", "followup": "followup", "sequel": "thread"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and what they are to each other.

    Attributes:
        a: Id of one text.
        b: Id of the other.
        kind: How one came from the other, one of `KINDS`, or ``derived`` where two texts were
            made from one, in whatever ways.
        label: ``exact``, ``near``, ``partial``, ``excerpt``, ``roundup``, ``series``, ``thread``
            or ``none``, by the exact score of the clean texts.
        jaccard: Of the 3-word shingles of the clean texts.
        containment: Of the 5-word shingles of the smaller.
    """

    a: str
    b: str
    kind: str
    label: str
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The texts and the pairs.

    Attributes:
        texts: By id.
        pairs: The labelled pairs: at least 100 of each kind, and every other pair of texts that
            are alike (kind ``derived``). All pairs not among them are ``none``.
    """

    texts: Mapping[str, Text]
    pairs: tuple[Pair, ...]

    def of(self, kind: str) -> list[Pair]:
        """The pairs of one kind."""
        return [pair for pair in self.pairs if pair.kind == kind]


@lru_cache(maxsize=2)
def build(every: int = 1) -> Yardstick:
    """Makes the yardstick; the same on every machine.

    Args:
        every: Takes one in so many stories: 1 for all, more for a test that has to be quick.
    """
    told = [text for text in written() if int(text.story) % every == 0]
    issues = list(series.issues())
    made = [*told, *issues]
    links: dict[tuple[str, str], str] = {}
    bases = [t for t in told if t.word_count >= LEAST_WORDS and "twin" not in t.base]
    for text in bases:
        for copy in _changed(text):
            made.append(copy)
            links[text.id, copy.id] = copy.how
    for joint, parts, how in (*_roundups(bases, every), *_excerpts(bases)):
        made.append(joint)
        links.update({(part.id, joint.id): how for part in parts})
    texts = {text.id: text for text in made}
    links |= _told_again(texts)
    pairs = _label(texts, links)
    return Yardstick(texts, (*pairs, *_unrelated(told, issues, pairs, UNRELATED // every)))


def _changed(text: Text) -> Iterator[Text]:
    """What other sites made of one text alone."""
    key, plain, place = text.id, text.paragraphs, stories()[text.story].place
    clean: dict[str, tuple[str, ...] | None] = {
        "copy": plain,
        **{f"edited{r:02d}": edits.replace_words(plain, r / 100, f"{key}/{r}") for r in EDIT_RATES},
        "shortened": carriers.shortened(text, key),
        "extended": carriers.extended(text, key),
        "toll": edits.update_toll(plain, key),
        "orthography": plain,
        "chrome": plain,
        "credit": plain,
    }
    for how, paragraphs in clean.items():
        if paragraphs is None:
            continue
        copy = _carried(text, how, paragraphs)
        if how == "orthography":
            copy = replace(copy, shown=respell(plain, key))
        elif how == "chrome":
            copy = replace(copy, shown=dirt.with_chrome(plain, text.headline, key))
        elif how == "credit":
            copy = replace(copy, shown=dirt.with_credit(plain, place, text.at, key))
        yield copy


def _carried(text: Text, how: str, paragraphs: tuple[str, ...]) -> Text:
    name = f"{text.id}+{how}"
    # A toll has risen some hours later; other copies come within the day.
    minutes = 20 + below(600, name) if how == "toll" else 1 + below(1200, name)
    return Text(
        name, text.story, text.base, how, text.section, source(name),
        text.at + timedelta(minutes=minutes), text.headline, paragraphs, paragraphs,
    )  # fmt: skip


def _roundups(bases: Sequence[Text], every: int) -> Iterator[tuple[Text, list[Text], str]]:
    """Bulletins of three texts of unlike stories."""
    for index in range(ROUNDUPS // every):
        parts: list[Text] = []
        for text in shuffled_texts(bases, index):
            # One long story would be most of the bulletin: a copy with briefs appended.
            if text.word_count < LONGEST_BUNDLED and all(_unlike(text, part) for part in parts):
                parts.append(text)
            if len(parts) == 3:
                break
        if len(parts) < 3:
            continue
        joint = _carried(parts[0], f"roundup{index}", carriers.bundled(parts, str(index)))
        at = max(part.at for part in parts) + timedelta(minutes=90 + below(300, joint.id))
        yield replace(joint, story=f"roundup{index}", base=joint.id, at=at), parts, "roundup"


def _unlike(a: Text, b: Text) -> bool:
    return a.story != b.story and a.section != b.section and abs(a.at - b.at) < WITHIN


def _excerpts(bases: Sequence[Text]) -> Iterator[tuple[Text, list[Text], str]]:
    """Other texts that lift a passage."""
    for index, text in enumerate(bases):
        for host in shuffled_texts(bases, "host", index)[:30]:
            if host.story == text.story or abs(host.at - text.at) > WITHIN:
                continue
            lifted = carriers.excerpted(text, host, f"{text.id}/{host.id}")
            if lifted is None:
                continue
            made = _carried(host, f"quotes-{text.id}", lifted)
            at = max(text.at, host.at) + timedelta(hours=2 + below(70, made.id))
            yield replace(made, story=f"excerpt{index}", base=made.id, at=at), [text], "excerpt"
            break


def shuffled_texts(texts: Sequence[Text], *key: object) -> list[Text]:
    """The texts in another order; equal keys give the same order."""
    by_id = {text.id: text for text in texts}
    return [by_id[name] for name in shuffled(by_id, *key)]


def _told_again(texts: Mapping[str, Text]) -> dict[tuple[str, str], str]:
    """Pairs that tell one affair in other words: of two kinds, the later one names the pair."""
    order = ("story", "twin", "event", "followup", "sequel")
    by_story: dict[str, list[Text]] = defaultdict(list)
    for text in texts.values():
        # Light versions of the story stand for it as well as the story itself.
        part = text.base.partition("-")[2]
        light = ("written", "edited05", "shortened", "extended", "chrome")
        if text.how in (light if part == "story" else light[:1]) and part in order:
            by_story[text.story].append(text)
    links: dict[tuple[str, str], str] = {}
    for group in by_story.values():
        for a, b in combinations(group, 2):
            parts = {a.base.partition("-")[2], b.base.partition("-")[2]}
            if len(parts) == 1 and a.base == b.base:
                continue
            links[a.id, b.id] = _TOLD_AGAIN[max(parts, key=order.index)]
    links["900-story", "901-story"] = "thread"
    return {pair: how for pair, how in links.items() if set(pair) <= set(texts)}


def _label(texts: Mapping[str, Text], links: Mapping[tuple[str, str], str]) -> tuple[Pair, ...]:
    """Labels the pairs that were made, and every other pair that is alike."""
    kinds = {tuple(sorted(pair)): how for pair, how in links.items()}
    alike = {tuple(sorted(p)) for p in reference.alike({n: t.paragraphs for n, t in texts.items()})}
    found: list[Pair] = []
    for a, b in sorted(kinds.keys() | alike):
        one, other = texts[a], texts[b]
        label, score = reference.label(one.paragraphs, other.paragraphs)
        kind = kinds.get((a, b), "derived")
        if one.how == other.how == "series":
            same_issue = one.base == other.base
            kind = "copy" if same_issue else "series"
            if not same_issue and label != "none":
                label = "series"
        elif kind in _TOLD_AGAIN.values() and label == "none":
            label = "thread"
        elif _bundles(one, other) and label in ("near", "partial"):
            label = "roundup"
        found.append(Pair(a, b, kind, label, score.jaccard, score.containment))
    return tuple(found)


def _bundles(a: Text, b: Text) -> bool:
    """Whether one is a round-up of several stories, and the other a text of its own."""
    return a.story.startswith("roundup") != b.story.startswith("roundup")


def _unrelated(
    told: Sequence[Text], issues: Sequence[Text], pairs: Sequence[Pair], count: int
) -> Iterator[Pair]:
    """Hard negatives: other stories of the same section, and templates of the same subject."""
    known = {frozenset((pair.a, pair.b)) for pair in pairs}
    latest = {text.story: text for text in issues}
    pool = [*told, *latest.values()]
    possible = [
        (a.id, b.id)
        for a, b in combinations(pool, 2)
        if a.section == b.section
        and a.story != b.story
        and frozenset((a.id, b.id)) not in known
        and {a.story, b.story} != {"900", "901"}
    ]
    texts = {text.id: text for text in pool}
    for a, b in shuffled(possible, "unrelated")[:count]:
        _, score = reference.label(texts[a].paragraphs, texts[b].paragraphs)
        yield Pair(a, b, "unrelated", "none", score.jaccard, score.containment)
