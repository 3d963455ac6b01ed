"""Which rule each line of a page falls under, and what is cut from the end of a paragraph.

Here belongs asking many lines for many rules in little time. Not here: the rules themselves
(`debris_rules`), and which block of the page is the article (`generic`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from crawler.extract.debris_rules import NEWS, RULES, Rule
from crawler.extract.needles import Finder

# At the end of a paragraph, after its last sentence: words that belong to the player below it.
_TRAILING: Final = re.compile(
    r"(?<=[।.!?”\"'’])\s*[\[(]?\s*(?:देखें\s+(?:ये\s+|पूरा\s+)?वीडियो|वीडियो\s+देखें|देखें\s+video|watch\s+video"
    rf"|(?:आगे|पूरी\s+{NEWS}|और)\s+पढ\u093c?ें|read\s+more)\s*[\])]?\s*[.।…:\-–]*$",
    re.IGNORECASE,
)
# What it ends with, and what may stand behind that.
_TRAILING_WORDS: Final = ("वीडियो", "देखें", "video", "पढें", "पढ\u093cें", "more")
_TRAILING_MARKS: Final = " \t\n])।.…:-–"
_TRAILING_CHARS: Final = 8


def match_all(texts: Sequence[str], sizes: Sequence[int]) -> list[Rule | None]:
    """Finds the rule that each of many lines falls under.

    Most lines fall under none. That is asked of all lines at once, for the strings that rules
    need, and of each for what it begins with.

    Args:
        texts: Texts of blocks.
        sizes: Number of words of each; 0 for one that is not asked for.

    Returns:
        The first rule that matches each, or None.
    """
    found: list[Rule | None] = [None] * len(texts)
    asked = [i for i, size in enumerate(sizes) if 0 < size <= _LONGEST]
    if not asked:
        return found
    whole = "\n".join([texts[i] for i in asked]).lower()
    lower = whole.split("\n")
    needed = _needed(whole, lower)
    for place, i in enumerate(asked):
        text, size = lower[place], sizes[i]
        begins = None
        if (
            text[:3] in _STARTS
            or text[:2] in _STARTS
            or text[:1] in _STARTS
            or not text[:1].isalpha()
        ):
            begins = (_BEGINNINGS if size <= _SHORT else _LONG_BEGINNINGS).match(text)
        if (begins or place in needed) and len(text) <= _LONGEST_CHARS:
            number = _beginning(begins, text, size)
            for other in sorted(needed.get(place, ())):
                rule = RULES[other]
                if (
                    other < number
                    and size <= rule.max_words
                    and rule.pattern.search(text)
                    and rule.holds(text)
                ):
                    number = other
            found[i] = RULES[number] if number < len(RULES) else None
    return found


def match(text: str, size: int) -> Rule | None:
    """Finds the rule that a line falls under.

    Args:
        text: A block's text, one line.
        size: Its number of words.

    Returns:
        The first rule that matches, or None.
    """
    return match_all([text], [size])[0]


def _needed(whole: str, lines: Sequence[str]) -> dict[int, set[int]]:
    """Numbers of the rules of which a string stands in a line, by the index of the line."""
    ends = list(accumulate([len(line) + 1 for line in lines]))
    needed: dict[int, set[int]] = {}
    for at, need in _NEEDS.find(whole):
        needed.setdefault(bisect_right(ends, at), set()).update(_RULES_OF[need])
    return needed


def _beginning(begins: re.Match[str] | None, text: str, size: int) -> int:
    """Number of the first rule that matches at the beginning; that of no rule if there is none."""
    if begins is None or begins.lastgroup is None:
        return len(RULES)
    first = int(begins.lastgroup[1:])
    if size <= RULES[first].max_words and RULES[first].holds(text):
        return first
    return next(
        (
            number
            for number, rule in enumerate(RULES)
            if number > first
            and not rule.needs
            and size <= rule.max_words
            and rule.pattern.match(text)
            and rule.holds(text)
        ),
        len(RULES),
    )


def _beginnings(longer_than: int) -> re.Pattern[str]:
    """What a line may begin with that falls under a rule for such long lines.

    The group that matches names the number of the first such rule.
    """
    rules = [
        f"(?P<r{number}>{rule.pattern.pattern})"
        for number, rule in enumerate(RULES)
        if not rule.needs and rule.max_words > longer_than
    ]
    return re.compile("|".join(rules), re.VERBOSE)


_LONGEST: Final = max(rule.max_words for rule in RULES)
_LONGEST_CHARS: Final = 20 * _LONGEST
# Most rules are for lines of fewer words, most paragraphs have more.
_SHORT: Final = 24
_BEGINNINGS: Final = _beginnings(0)
# The first three letters of what they begin with, or all of fewer: most lines begin otherwise, and
# asking for that takes a tenth of the patterns' time.
_STARTS: Final = frozenset(text[:3] for rule in RULES for text in rule.begins)
_LONG_BEGINNINGS: Final = _beginnings(_SHORT)
_RULES_OF: Final[dict[str, tuple[int, ...]]] = {
    need: tuple(number for number, rule in enumerate(RULES) if need in rule.needs)
    for rule in RULES
    for need in rule.needs
}
_NEEDS: Final = Finder(tuple(_RULES_OF))


def trim(text: str) -> str:
    """Drops a pointer such as "देखें वीडियो" from the end of a paragraph."""
    last = text.rstrip(_TRAILING_MARKS)[-_TRAILING_CHARS:].lower()
    return _TRAILING.sub("", text) if last.endswith(_TRAILING_WORDS) else text
