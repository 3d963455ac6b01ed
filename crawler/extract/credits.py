"""Where a page credits a news agency, and where a report is dated from.

Here belongs the rule of what a credit is. An agency is credited where a page says that its text,
or the report that it retells, is the agency's:

- author: the JSON-LD or meta author is the agency, by itself or in a list;
- byline: a line beside the headline names it as a whole part ("भाषा | 18 जून 2024");
- dateline: "नई दिल्ली, 18 जून (भाषा)", "एएनआई, नई दिल्ली।", "नई दिल्ली, एएनआई।";
- credit: the text closes with it: "(इनपुट-भाषा)", "--आईएएनएस", "भाषा रंजन माधव", "यह खबर
  पीटीआई-भाषा की सिंडिकेट फीड से है";
- phrase: the text says that it follows the agency's report: "एएफपी की रिपोर्ट के अनुसार",
  "समाचार एजेंसी पीटीआई के मुताबिक".

An agency is only spoken of, and not credited, where it acts or is quoted in the story: it
published a letter, said or asked something ("समाचार एजेंसी तास ने कहा"), was given an interview
("एएनआई को दिए इंटरव्यू में"), took the picture. Agencies that speak for their governments are
never credited by a phrase (`spoken_of` in seeds/agencies.yaml). "(एजेंसी)" names none.

Not here: the names themselves (`agencies`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.extract.agencies import AgencyBook
from crawler.extract.normal import WORD_CHARS, word_set
from crawler.extract.places import PLACES
from crawler.extract.result import Agency, Place

_BEFORE: Final = f"(?<![{WORD_CHARS}])"
_AFTER: Final = f"(?![{WORD_CHARS}])"
_MONTHS: Final = (
    "जनवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|अप्रेल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर"
    "|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
)
_DAY_NUMBER: Final = r"[\d०-९]{1,2}"
_YEAR: Final = r"(?:,?\s*[\d०-९]{4})?"
_DATE: Final = rf"(?:{_DAY_NUMBER}\s*(?:{_MONTHS}){_YEAR}|(?:{_MONTHS})\s*{_DAY_NUMBER}{_YEAR})"
_WORD: Final = "[A-Za-z\u0900-\u0963\u0970-\u097f\u200c\u200d.-]+"
_PLACE: Final = rf"(?P<place>{_WORD}(?:\s+{_WORD}){{0,3}}(?:\s*[(/]\s*{_WORD}\)?)?)"
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
_FUNCTION_WORDS: Final = word_set(
    "का के की को में से ने पर और या कि है हैं था थे थी यह वह ये वे इस उस एक तथा एवं भी ही तक लिए",
    "नहीं न जो हुआ हुई हुए गया गई गए कर रहा रही रहे साथ",
)
# Words that open a text before a colon or make a sentence of one word.
_NO_PLACES: Final = word_set(
    "सवाल जवाब प्रश्न उत्तर नोट अपडेट ब्रेकिंग वीडियो लाइव फोटो खबर समाचार विश्लेषण राय संपादकीय सूचना चेतावनी",
    "ध्यान हां जी सुनिए देखिए जानिए सोचिए कहानी सच झूठ दावा फैक्ट पहला पहली दूसरा दूसरी तीसरा आज कल",
    "अब फिर लेकिन मगर क्योंकि यानी मतलब जैसे अर्थात कारण वजह नतीजा सार बड़ी मुख्य विशेष रिपोर्ट लेखक संवाददाता साक्षात्कार",
)
_DEVANAGARI_WORDS: Final = re.compile("[\u0900-\u0963\u0970-\u097f\u200c\u200d -]{3,30}")
_ALL_OF: Final = re.compile(
    r"\s*(?:[|/,،;•·&+]|\s[-–—]\s|(?<!\S)(?:और|एवं|व|तथा|and|with)(?!\S))\s*"
)
# Words round a name in a byline or credit that are not part of it.
_LEAD: Final = re.compile(
    r"^(?:[-–—:()\[\]\s]|(?:with\s+)?(?:agency\s+)?inputs?(?:\s+from)?\b|(?:edited|written|published|posted)?\s*by\b"
    r"|source\b|agency\b|agencies\b|courtesy\b|credits?\b|news\s+agency\b|(?:समाचार|न्यूज\u093c?)\s+एजेंसी(?:\s|$)|एजेंसी(?:\s|$|[:\-–])"
    r"|इनपुट्?स?(?=\s|[:\-–]|$)|स्रोत|स्त्रोत|सोर्स|साभार|सौजन्य(?:\s+से)?|एजेंसी\s+इनपुट|खबर)+",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"(?:\s*[-–—:()\[\].।]|\s+(?:से\s+)?(?:इनपुट्?स?)(?:\s+(?:के\s+साथ|सहित))?|\s+(?:के|से)\s+इनपुट(?:्?स)?(?:\s+(?:के\s+साथ|सहित))?"
    r"|\s+inputs?|\s+feed|\s+फीड|\s+(?:news\s+)?agency|\s+एजेंसी|\s+से)+$",
    re.IGNORECASE,
)
_PHOTO: Final = re.compile(
    r"फ[ोा]टो|फ़ोटो|तस्वीर|चित्र|वीडियो|photo|image|pic\b|picture|video|file\b|ग्राफिक", re.IGNORECASE
)
_CLOSING_PARENS: Final = re.compile(r"[(\[]\s*([^()\[\]]{2,60})\s*[)\]]\s*[।.]?$")
_INPUT_WORD: Final = re.compile(r"इनपुट|input|स्रोत|सोर्स|source|साभार", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[।.!?…][\s\"'”’]*$")
_SYNDICATED: Final = re.compile(
    r"सिंड[िी]केट|syndicat|ऑटो[\s-]*जनरेट|auto[\s-]*generated", re.IGNORECASE
)
_SIGN: Final = re.compile(rf"^({_WORD})((?:\s+[\u0900-\u0963\u0970-\u097f]{{2,12}}){{1,3}})$")
_SIGN_LAST: Final = re.compile(
    r"^[\u0900-\u0963\u0970-\u097f]{2,12}(?:[.,]\s?[\u0900-\u0963\u0970-\u097f]{2,12}){0,3}\s+(\S+)$"
)
_MAX_BYLINE_WORDS: Final = 24
_MAX_CREDIT_WORDS: Final = 12
_TRIGGERS: Final = ("की मानें", "रिपोर्ट", "अनुसार", "मुताबिक", "हवाले", "खबर", "ख\u093cबर", "ccording to")


@dataclass(frozen=True, slots=True)
class Credits:
    """What a page credits.

    Attributes:
        agencies: Each agency once, with the first of its places.
        dateline: Place that the report is dated from.
    """

    agencies: tuple[Agency, ...]
    dateline: str | None


def find_credits(
    book: AgencyBook, *, authors: Sequence[str], bylines: Sequence[str], paragraphs: Sequence[str]
) -> Credits:
    """Finds the credited agencies and the dateline.

    Args:
        book: The agencies.
        authors: Authors that the page declares.
        bylines: Lines that stand beside the headline.
        paragraphs: The body.

    Returns:
        The credits.
    """
    found: dict[str, Agency] = {}
    dateline: str | None = None

    def note(agency: str, evidence: str, place: Place) -> None:
        found.setdefault(agency, Agency(agency, evidence.strip(), place))

    for author in authors:
        for agency, evidence in named(book, author, common_words=True):
            note(agency, evidence, "author")
    for line in bylines:
        if len(line.split()) <= _MAX_BYLINE_WORDS and not _PHOTO.search(line):
            for agency, evidence in named(book, line, common_words=True):
                note(agency, evidence, "byline")
    for paragraph in _heads(paragraphs):
        dated_from, credited, evidence = _dateline(book, paragraph)
        for agency in credited:
            note(agency, evidence, "dateline")
        dateline = dateline or dated_from
    for agency, evidence in _closing(book, paragraphs):
        note(agency, evidence, "credit")
    for agency, evidence in _phrases(book, paragraphs):
        note(agency, evidence, "phrase")
    return Credits(tuple(found.values()), dateline)


def named(book: AgencyBook, line: str, *, common_words: bool) -> Iterator[tuple[str, str]]:
    """Agencies that are whole parts of a line, each with the part as it stands."""
    for part in _ALL_OF.split(re.sub(r"[()\[\]]", " | ", line)):
        bare = _TAIL.sub("", _LEAD.sub("", part.strip())).strip()
        agency = book.find(bare, common_words=common_words) if bare else None
        if agency is not None:
            yield agency, part.strip()


def _all_named(book: AgencyBook, text: str) -> list[str]:
    """The agencies of a text that names nothing else; empty if it names anything else."""
    agencies = []
    for part in _ALL_OF.split(text):
        bare = _TAIL.sub("", _LEAD.sub("", part.strip())).strip()
        if not bare:
            continue
        agency = book.find(bare, common_words=True)
        if agency is not None:
            agencies.append(agency)
        elif not re.fullmatch(r"एजेंसियां|एजेंसी|एजेंसियों|agenc(?:y|ies)|ब्यूरो|डेस्क", bare, re.IGNORECASE):
            return []
    return agencies


def _heads(paragraphs: Sequence[str]) -> Sequence[str]:
    """The paragraphs that may begin with a dateline: the first, and one below a short line."""
    if len(paragraphs) > 1 and len(paragraphs[0].split()) <= 15:
        return paragraphs[:2]
    return paragraphs[:1]


def _dateline(book: AgencyBook, paragraph: str) -> tuple[str | None, list[str], str]:
    """Place, agencies and exact text of the dateline at the head of a paragraph."""
    head = paragraph[:140]
    dated = _DATED.match(head)
    if dated and _is_place(dated["place"]):
        agencies = _all_named(book, dated["inside"])
        if agencies and (dated["date"] or dated["stop"] or dated["place"] in PLACES):
            return dated["place"], agencies, head[: dated.end("inside") + 1]
    bare = re.match(r"^[(\[]\s*([^()\[\]]{2,40})[)\]]", head)
    if bare and _all_named(book, bare[1]):
        rest = _PLAIN_DATELINE.match(head[bare.end() :].lstrip(" ,।:-–"))
        place = _plain_place(rest) if rest else None
        return place, _all_named(book, bare[1]), bare[0]
    first = _AGENCY_FIRST.match(head)
    if first and _is_place(first["place"]):
        agencies = _all_named(book, first["inside"])
        known = first["place"] in PLACES
        if agencies and (known or not _common(book, first["inside"])):
            return first["place"], agencies, head[: first.end("place")]
    second = _PLACE_FIRST.match(head)
    if second and _is_place(second["place"]):
        agencies = _all_named(book, second["inside"])
        known = second["place"] in PLACES
        if agencies and (known or not _common(book, second["inside"])):
            return second["place"], agencies, head[: second.end("inside")]
    plain = _PLAIN_DATELINE.match(head)
    return (_plain_place(plain) if plain else None), [], ""


def _plain_place(found: re.Match[str]) -> str | None:
    """The place of a dateline that names no agency.

    A place of the list, or before a date; or one or two words that make the first sentence of a
    report by themselves, as "फाजिल्का।" does, or stand behind the name of a desk.
    """
    place = found["place"]
    if place in PLACES or (found["date"] and _is_place(place)):
        return place
    short = len(place.split()) <= 2 and _DEVANAGARI_WORDS.fullmatch(place) is not None
    if not short or not _is_place(place) or place.split()[0] in _NO_PLACES:
        return None
    return place if found["desk"] or found[0].rstrip().endswith(("।", ":")) else None


def _is_place(text: str) -> bool:
    return not _FUNCTION_WORDS.intersection(text.split())


def _common(book: AgencyBook, text: str) -> bool:
    return any(book.find(part, common_words=False) is None for part in _ALL_OF.split(text))


def _closing(book: AgencyBook, paragraphs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Credits at the end of the text."""
    for index, paragraph in enumerate(paragraphs[-3:], max(len(paragraphs) - 3, 0)):
        if _PHOTO.search(paragraph[-80:]):
            continue
        if len(paragraph.split()) <= _MAX_CREDIT_WORDS:
            for agency in _all_named(book, paragraph.strip("()[] ।.-–—")):
                yield agency, paragraph
        parens = _CLOSING_PARENS.search(paragraph)
        if parens:
            before = paragraph[: parens.start()]
            if not before.strip() or _SENTENCE_END.search(before) or _INPUT_WORD.search(parens[1]):
                for agency in _all_named(book, parens[1]):
                    yield agency, parens[0]
        if _SYNDICATED.search(paragraph):
            for match in _any_name(book.names).finditer(paragraph):
                named_there = book.find(match[0], common_words=False)
                if named_there is not None:
                    yield named_there, paragraph
        if index == len(paragraphs) - 1 and index > 0:
            yield from _signature(book, paragraph)


def _signature(book: AgencyBook, paragraph: str) -> Iterator[tuple[str, str]]:
    """The last line of an agency's own copy: its name beside the names of its desk."""
    line = paragraph.strip("()[] ।.-–—")
    sign = _SIGN.match(line)
    if sign and not _FUNCTION_WORDS.intersection(sign[2].split()):
        agency = book.find(sign[1], common_words=True)
        if agency is not None:
            yield agency, paragraph
    last = _SIGN_LAST.match(line)
    if last and "." in line:
        agency = book.find(last[1], common_words=True)
        if agency is not None:
            yield agency, paragraph


@lru_cache(maxsize=8)
def _any_name(names: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + names + _AFTER)


@lru_cache(maxsize=8)
def _phrase(names: str, all_names: str) -> re.Pattern[str]:
    """Pattern of a text that says whose report it follows."""
    report = "(?:रिपोर्ट|ख\u093c?बर|रपट)"
    said = "(?:कहा|बताया|दावा|लिखा|जानकारी)"
    source = r"(?:अनुसार|मुताबिक|हवाले\s+से)"
    agency_word = "(?:(?:समाचार|न्यूज\u093c?)\\s+)?एजेंसी"
    return re.compile(
        rf"(?:(?P<name>{_BEFORE}{names}{_AFTER})"
        rf"|{agency_word}\s+['‘’\"“]?(?P<common>{all_names})['‘’\"”]?{_AFTER})"
        rf"['’\"”)]?(?:\s+{agency_word})?\s+(?:"
        rf"की\s+(?:{_WORD}\s+){{0,2}}?{report}\s+(?:के\s+{source}|में\s+{said}|की\s+मानें)"
        rf"|के\s+{source}|ने\s+(?:{_WORD}\s+){{0,2}}?{report}\s+में\s+{said}|की\s+मानें)"
        rf"|according\s+to\s+(?:news\s+agency\s+)?(?P<latin>{names}){_AFTER}"
    )


def _phrases(book: AgencyBook, paragraphs: Sequence[str]) -> Iterator[tuple[str, str]]:
    for paragraph in paragraphs:
        if not any(trigger in paragraph for trigger in _TRIGGERS):
            continue
        for found in _phrase(book.names, book.all_names).finditer(paragraph):
            name = found["name"] or found["common"] or found["latin"]
            agency = book.find(name, common_words=found["common"] is not None)
            if agency is not None and agency not in book.spoken_of:
                yield agency, found[0]
