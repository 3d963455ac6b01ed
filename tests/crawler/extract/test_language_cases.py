"""Hindi against its neighbours: 300 windows of 30 and more words, and how it goes on fewer.

The texts of the neighbours are in data/languages.txt, those in Hindi are stories of the press.
Windows of one text overlap: the number of windows is not that of independent texts.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from crawler.extract.language import find_language
from press.story import load_stories

FILE = Path(__file__).parent / "data" / "languages.txt"
COUNTED = ("hi", "mr", "ne", "en")
PER_LANGUAGE = 75
ERROR_CEILING = 0.01


def texts() -> dict[str, list[str]]:
    made: dict[str, list[str]] = {"hi": []}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, text = line.partition("|")
            made.setdefault(code, []).append(text)
    for story in load_stories():
        made["hi"] += [" ".join(story.paragraphs)]
    return made


def windows(listed: list[str], size: int, count: int) -> list[str]:
    """Evenly spread windows over the texts, none across two texts."""
    starts = [
        (text.split(), at) for text in listed for at in range(max(len(text.split()) - size, 0) + 1)
    ]
    step = max(len(starts) / count, 1)
    chosen = [starts[int(i * step)] for i in range(min(count, len(starts)))]
    return [" ".join(words[at : at + size]) for words, at in chosen]


def confusion(size: int, count: int = PER_LANGUAGE) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for code, listed in texts().items():
        for text in windows(listed, size, count):
            found[code, find_language(text)] += 1
    return found


def test_error_below_one_in_a_hundred() -> None:
    found = confusion(30)
    counted = {pair: n for pair, n in found.items() if pair[0] in COUNTED}
    assert sum(counted.values()) == len(COUNTED) * PER_LANGUAGE >= 300
    wrong = {pair: n for pair, n in counted.items() if pair[0] != pair[1]}
    assert sum(wrong.values()) < ERROR_CEILING * sum(counted.values()), wrong


def test_bhojpuri_and_maithili_are_seldom_taken_for_hindi() -> None:
    found = confusion(30)
    for code in ("bho", "mai", "sa"):
        whole = sum(n for (is_, _), n in found.items() if is_ == code)
        assert found[code, "hi"] <= 0.05 * whole, (code, found)


def test_short_texts() -> None:
    found = confusion(10)
    counted = {pair: n for pair, n in found.items() if pair[0] in COUNTED}
    wrong = sum(n for (is_, said), n in counted.items() if is_ != said)
    assert wrong <= 0.05 * sum(counted.values()), counted
