"""Which parts of a line are the names of agencies, and nothing else.

Here belongs taking a byline or credit apart. Not here: where a name is a credit (`credits`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crawler.extract.agencies import AgencyBook

_ALL_OF: Final = re.compile(
    r"\s*(?:[|/,،;•·&+]|\s[-–—]\s|(?<!\S)(?:और|एवं|व|तथा|and|with)(?!\S))\s*"
)
# Words round a name in a byline or credit that are not part of it.
_LEAD: Final = re.compile(
    r"^(?:[-–—:()\[\]\s]|(?:with\s+)?(?:agency\s+)?inputs?(?:\s+from)?\b|(?:edited|written|published|posted)?\s*by\b"
    r"|(?:news\s+)?source\b|agency\b|agencies\b|courtesy\b|credits?\b|news\s+agency\b|(?:समाचार|न्यूज\u093c?)\s+एजेंसी(?:\s|$)|एजेंसी(?:\s|$|[:\-–])"
    r"|इनपुट्?स?(?=\s|[:\-–]|$)|स्रोत|स्त्रोत|सोर्स|साभार|सौजन्य(?:\s+से)?|एजेंसी\s+इनपुट|खबर)+",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"(?:\s*[-–—:()\[\].।]|\s+के\s+सौजन्य\s+से|\s+(?:से\s+)?(?:इनपुट्?स?)(?:\s+(?:के\s+साथ|सहित))?|\s+(?:के|से)\s+इनपुट(?:्?स)?(?:\s+(?:के\s+साथ|सहित))?"
    r"|\s+inputs?|\s+feed|\s+फीड|\s+(?:news\s+)?agency|\s+एजेंसी|\s+से)+$",
    re.IGNORECASE,
)
# Parts that name no agency and no one else either.
UNNAMED: Final = re.compile(r"एजेंसियां|एजेंसी|एजेंसियों|agenc(?:y|ies)|ब्यूरो|डेस्क", re.IGNORECASE)


def named(book: AgencyBook, line: str, *, common_words: bool) -> Iterator[tuple[str, str]]:
    """Agencies that are whole parts of a line, each with the part as it stands."""
    if not book.may_name(line):
        return
    for part in _ALL_OF.split(re.sub(r"[()\[\]]", " | ", line)):
        bare = _TAIL.sub("", _LEAD.sub("", part.strip())).strip()
        agency = book.find(bare, common_words=common_words) if bare else None
        if agency is not None:
            yield agency, part.strip()


def all_named(book: AgencyBook, text: str) -> list[str]:
    """The agencies of a text that names nothing else; empty if it names anything else."""
    agencies: list[str] = []
    if not book.may_name(text):
        return agencies
    for part in _ALL_OF.split(text):
        bare = _TAIL.sub("", _LEAD.sub("", part.strip())).strip()
        if not bare:
            continue
        agency = book.find(bare, common_words=True)
        if agency is not None:
            agencies.append(agency)
        elif not UNNAMED.fullmatch(bare):
            return []
    return agencies


def split_parts(text: str) -> list[str]:
    """The parts of a line that may each be a name."""
    return [part.strip() for part in _ALL_OF.split(text)]
