"""The head of a report: "नई दिल्ली, 18 जून (भाषा)".

Here belongs reading place and agencies there. Not here: other credits (`credits`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crawler.extract.agencies import AgencyBook
from crawler.extract.naming import UNNAMED, all_named, named, split_parts
from crawler.extract.normal import word_set
from crawler.extract.places import PLACES

WORD: Final = "[A-Za-z\u0900-\u0963\u0970-\u097f\u200c\u200d.-]+"
"""Pattern of a word in a dateline."""
FUNCTION_WORDS: Final = word_set(
    "का के की को में से ने पर और या कि है हैं था थे थी यह वह ये वे इस उस एक तथा एवं भी ही तक लिए",
    "नहीं न जो हुआ हुई हुए गया गई गए कर रहा रही रहे साथ",
)
"""Words that are in sentences and not in the names of places or persons."""
_MONTH_NAMES: Final = (
    "जनवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|अप्रेल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर"
    "|जुन|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
)
# Some put a joiner in the conjuncts of these names.
_MONTHS: Final = _MONTH_NAMES.replace("\u094d", "\u094d[\u200c\u200d]?")
_DAY_NUMBER: Final = r"[\d०-९]{1,2}"
_YEAR: Final = r"(?:,?\s*[\d०-९]{4})?"
_DATE: Final = rf"(?:{_DAY_NUMBER}\s*(?:{_MONTHS}){_YEAR}|(?:{_MONTHS})\s*{_DAY_NUMBER}{_YEAR})"
_PLACE: Final = rf"(?P<place>{WORD}(?:\s+{WORD}){{0,3}}(?:\s*[(\[/]\s*{WORD}[)\]]?)?)"
_STOP: Final = r"[।:.,|/\-–—]"
_DATED: Final = re.compile(
    rf"^{_PLACE}\s*[,।:/|\-–]?\s*(?P<date>{_DATE})?\s*[,।:]?\s*[(\[]\s*(?P<inside>[^()\[\]]{{2,50}})[)\]]"
    rf"(?P<stop>\s*{_STOP})?",
    re.IGNORECASE,
)
_AGENCY_FIRST: Final = re.compile(
    rf"^[(\[]?(?P<inside>[^,।:|()\[\]]{{2,30}})[)\]]?\s*[,।:|/\-–]?\s*{_PLACE}\s*[।:|\-–—]"
)
_PLACE_FIRST: Final = re.compile(
    rf"^{_PLACE}\s*[,।:/|\-–]\s*(?:{_DATE}\s*[,।:]?\s*)?(?P<inside>[^,।:|()\[\]]{{2,30}}?)\s*[।:|\-–—,]",
    re.IGNORECASE,
)
_PLAIN_DATELINE: Final = re.compile(
    rf"^(?:(?P<desk>[^।:,]{{2,40}}?(?:डेस्क|संवाददाता|ब्यूरो|प्रतिनिधि|एजेंसी|एजेंसियां|न्यूज|टीम|समाचार|नेटवर्क))\s*[,।:|]\s*)?"
    rf"{_PLACE}\s*(?:,?\s*(?P<date>{_DATE})\s*)?[।:|–—-](?!\S*\d)"
)
# Words that open a text before a colon or make a sentence of one word.
_NO_PLACES: Final = word_set(
    "सवाल जवाब प्रश्न उत्तर नोट अपडेट ब्रेकिंग वीडियो लाइव फोटो खबर समाचार विश्लेषण राय संपादकीय सूचना चेतावनी",
    "ध्यान हां जी सुनिए देखिए जानिए सोचिए कहानी सच झूठ दावा फैक्ट पहला पहली दूसरा दूसरी तीसरा आज कल",
    "अब फिर लेकिन मगर क्योंकि यानी मतलब जैसे अर्थात कारण वजह नतीजा सार बड़ी मुख्य विशेष रिपोर्ट",
    "लेखक संवाददाता साक्षात्कार",
)
_DEVANAGARI_WORDS: Final = re.compile("[\u0900-\u0963\u0970-\u097f\u200c\u200d -]{3,30}")
# "नई दिल्ली, एजेंसियां।", "पटना, न्यूज डेस्क।", "पटना, जेएनएन।"; "पटना ब्यूरो:".
_DESK_BEHIND: Final = re.compile(
    rf"^{_PLACE}\s*,\s*(?:{UNNAMED.pattern}|[^,।:()]{{0,24}}(?:डेस्क|संवाददाता|ब्यूरो)|जेएनएन)\s*[।:]",
    re.IGNORECASE,
)
_DESK_WORDS: Final = ("एजेंसि", "एजेंसी", "डेस्क", "संवाददाता", "ब्यूरो", "जेएनएन")
_MAX_DESK_CHARS: Final = 70
_DESK_WORD: Final = re.compile(r"\s(?:ब्यूरो|डेस्क|संवाददाता)$")
# Of letters as Hindi spells them: "यूएनएस", "वीएनआई".
_ABBREVIATION: Final = re.compile(
    "(?:डब्ल्यू|एक्स|एच|एफ|एम|एन|एल|एस|आर|आई|आइ|यू|वी|जे|के|पी|बी|सी|डी|जी|टी|ई|ए|ओ|क्यू|वाई|जेड){2,6}"
)
_PARENS_FIRST: Final = re.compile(r"^[(\[]\s*([^()\[\]]{2,40})[)\]]")
_MAX_CHARS: Final = 140
_MAX_NAME_CHARS: Final = 32


@dataclass(frozen=True, slots=True)
class Dateline:
    """The head of a report.

    Attributes:
        place: Where it is dated from.
        agencies: Ids of the agencies in it.
        text: It as it stands; empty if it names no agency.
    """

    place: str | None = None
    agencies: tuple[str, ...] = ()
    text: str = ""


def read_dateline(book: AgencyBook, paragraph: str) -> Dateline:
    """Reads the dateline that a paragraph begins with.

    Args:
        book: The agencies.
        paragraph: The first paragraph of a report.

    Returns:
        The dateline; an empty one if there is none.
    """
    head = paragraph[:_MAX_CHARS]
    for reads in (_dated, _in_front, _either):
        found = reads(book, head)
        if found is not None:
            return found
    plain = _PLAIN_DATELINE.match(head)
    if not plain:
        named_so = any(word in head[:_MAX_DESK_CHARS] for word in _DESK_WORDS)
        behind = _DESK_BEHIND.match(head) if named_so else None
        return Dateline(behind["place"] if behind and behind["place"] in PLACES else None)
    town, _, agency = plain["place"].rpartition(" ")
    identity = book.find(agency, common_words=False)
    if town and identity is not None and _is_place(town):
        return Dateline(town, (identity,), plain["place"])
    return Dateline(_plain_place(plain))


def _dated(book: AgencyBook, head: str) -> Dateline | None:
    """Reads "नई दिल्ली, 18 जून (भाषा)"."""
    found = _DATED.match(head) if "(" in head or "[" in head else None
    if not found or not _is_place(found["place"]):
        return None
    agencies = all_named(book, found["inside"])
    if not agencies and found["date"]:
        # Behind place and date stands an agency, whether it is one that is known or not.
        inside = found["inside"].strip()
        agencies = [agency for agency, _ in named(book, inside, common_words=False)]
        if not agencies and (UNNAMED.fullmatch(inside) or _ABBREVIATION.fullmatch(inside)):
            return Dateline(found["place"])
    if not agencies or not (found["date"] or found["stop"] or found["place"] in PLACES):
        return None
    return Dateline(found["place"], tuple(agencies), head[: found.end("inside") + 1])


def _in_front(book: AgencyBook, head: str) -> Dateline | None:
    """Reads "(भाषा) नई दिल्ली:"."""
    found = _PARENS_FIRST.match(head)
    agencies = all_named(book, found[1]) if found else []
    if not found or not agencies:
        return None
    rest = _PLAIN_DATELINE.match(head[found.end() :].lstrip(" ,।:-–"))
    return Dateline(_plain_place(rest) if rest else None, tuple(agencies), found[0])


def _either(book: AgencyBook, head: str) -> Dateline | None:
    """Reads "एएनआई, वॉशिंगटन।" and "नई दिल्ली, एएनआई।"."""
    if not book.may_name(head):
        return None
    for pattern, last in ((_AGENCY_FIRST, "place"), (_PLACE_FIRST, "inside")):
        if last == "place" and not book.may_name(head[:_MAX_NAME_CHARS]):
            continue
        found = pattern.match(head)
        if not found or not _is_place(found["place"]):
            continue
        agencies = all_named(book, found["inside"])
        sure = found["place"] in PLACES or not _is_common(book, found["inside"])
        if agencies and sure:
            return Dateline(found["place"], tuple(agencies), head[: found.end(last)])
    return None


def _plain_place(found: re.Match[str]) -> str | None:
    """The place of a dateline that names no agency.

    A place of the list, or before a date; or one or two words that make the first sentence of a
    report by themselves, as "फाजिल्का।" does, or stand behind the name of a desk.
    """
    place = _DESK_WORD.sub("", found["place"])
    if place in PLACES or (found["date"] and _is_place(place)):
        return place
    short = len(place.split()) <= 2 and _DEVANAGARI_WORDS.fullmatch(place) is not None
    if not short or not _is_place(place) or place.split()[0] in _NO_PLACES:
        return None
    return place if found["desk"] or found[0].rstrip().endswith(("।", ":")) else None


def _is_place(text: str) -> bool:
    return not FUNCTION_WORDS.intersection(text.split())


def _is_common(book: AgencyBook, text: str) -> bool:
    return any(book.find(part, common_words=False) is None for part in split_parts(text))
