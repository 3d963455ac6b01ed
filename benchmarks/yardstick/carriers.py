"""What desks make of whole texts: shortened, extended, bundled, quoted.

Here belong functions from texts to paragraphs. Words within sentences are changed in
`benchmarks.yardstick.edits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks.yardstick.reference import containment, longest_run
from benchmarks.yardstick.texts import Text, stories
from press.chance import below, choose
from press.desk import bundle, cuts, sentences

SHORTENED: Final = (0.35, 0.75)
BUNDLED: Final = (0.75, 1.0)
EXCERPT_WORDS: Final = (22, 70)
"""A lifted passage: whole sentences of so many words together."""
_INTRO: Final = "दिन भर की प्रमुख खबरें एक साथ पढ़िए, जिन पर देश और दुनिया की नजर रही।"


def shortened(text: Text, key: str) -> tuple[str, ...] | None:
    """The beginning of a text: 35 to 75 % of its words, cut at a sentence."""
    found = cuts(text.paragraphs, *SHORTENED)
    return choose(found, key, "cut") if found else None


def extended(text: Text, key: str) -> tuple[str, ...]:
    """The whole text, and what a local desk appends."""
    more = stories()[text.story].more or stories()["001"].more
    first = below(len(more), key, "more")
    return (*text.paragraphs, more[first], more[(first + 1) % len(more)])


def bundled(parts: Sequence[Text], key: str) -> tuple[str, ...]:
    """A round-up: most of each text under a line of its own."""
    kept = []
    for part in parts:
        found = [*cuts(part.paragraphs, *BUNDLED), part.paragraphs]
        kept.append((part.headline, choose(found, key, part.id)))
    return bundle(_INTRO, kept)


def excerpted(text: Text, host: Text, key: str) -> tuple[str, ...] | None:
    """Another text that lifts a passage of this one, word for word.

    Returns:
        The host's paragraphs with the passage among them, or None where no passage keeps the pair
        between the thresholds of an excerpt.
    """
    flow = [s for paragraph in text.paragraphs for s in sentences(paragraph)]
    start = below(len(flow), key, "start")
    for turn in range(len(flow)):
        passage: list[str] = []
        for sentence in flow[(start + turn) % len(flow) :]:
            passage.append(sentence)
            joined = " ".join(passage)
            size = len(joined.split())
            if size > EXCERPT_WORDS[1]:
                break
            if size < EXCERPT_WORDS[0]:
                continue
            place = 1 + below(len(host.paragraphs), key, "place")
            made = (*host.paragraphs[:place], joined, *host.paragraphs[place:])
            lifted = longest_run(made, text.paragraphs)
            # The beginning alone goes around too; no passage may be most of that.
            brief = shortened(text, text.id)
            held = max(containment(made, p) for p in (text.paragraphs, brief) if p)
            if (
                containment(made, text.paragraphs) >= 0.22
                and held <= 0.57
                and lifted >= EXCERPT_WORDS[0]
            ):
                return made
    return None
