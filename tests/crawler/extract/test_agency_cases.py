"""Credits and traps as pages write them, each where it would stand in a page."""

from __future__ import annotations

from pathlib import Path

from crawler.extract import load_agencies
from crawler.extract.credits import find_credits

FILE = Path(__file__).parent / "data" / "agencies.txt"
PRECISION_FLOOR = 0.99
RECALL_FLOOR = 0.98
FILLER = (
    "राज्य के कई जिलों में मंगलवार को दिन भर रुक-रुककर बारिश हुई और तापमान में गिरावट दर्ज की गई।",
    "अधिकारियों ने लोगों से नदी के किनारे न जाने की अपील की है और राहत शिविर तैयार रखे गए हैं।",
    "स्कूलों में दो दिन की छुट्टी घोषित की गई है और बिजली आपूर्ति बहाल करने का काम चल रहा है।",
)


def cases() -> list[tuple[str, str, frozenset[str]]]:
    made = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            place, _, rest = line.partition("|")
            text, _, ids = rest.rpartition("|")
            made.append((place, text, frozenset() if ids == "-" else frozenset(ids.split(","))))
    return made


def credited(place: str, text: str) -> frozenset[str]:
    paragraphs = {
        "first": [text, *FILLER],
        "middle": [FILLER[0], text, *FILLER[1:]],
        "last": [*FILLER, text],
    }.get(place, list(FILLER))
    found = find_credits(
        load_agencies(),
        authors=[text] if place == "author" else [],
        bylines=[text] if place == "byline" else [],
        paragraphs=paragraphs,
    )
    return frozenset(agency.id for agency in found.agencies)


def test_cases() -> None:
    right = named = wanted = 0
    wrong = []
    for place, text, ids in cases():
        found = credited(place, text)
        right += len(found & ids)
        named += len(found)
        wanted += len(ids)
        if found != ids:
            wrong.append((place, text, sorted(found), sorted(ids)))
    assert right / named >= PRECISION_FLOOR, wrong
    assert right / wanted >= RECALL_FLOOR, wrong


def test_there_are_enough() -> None:
    listed = cases()
    assert len({(place, text) for place, text, _ in listed}) == len(listed) >= 150
    assert sum(1 for _, _, ids in listed if not ids) >= 60
