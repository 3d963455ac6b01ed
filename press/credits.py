"""How each site credits an agency and dates a report: datelines, bylines, notes at the end.

Here belongs the wording around a text that is not part of it. The names of agencies are facts;
the turns of phrase are those usual on Hindi pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from press.chance import below, choose
from press.dates import hindi_day
from press.sites import Site


@dataclass(frozen=True, slots=True)
class AgencyName:
    """How an agency is named: in brackets, in running text, and in Latin letters."""

    short: str
    spoken: str
    latin: str


AGENCIES: Final = {
    "pti": AgencyName("भाषा", "पीटीआई", "PTI"),
    "ani": AgencyName("एएनआई", "एएनआई", "ANI"),
    "ians": AgencyName("आईएएनएस", "आईएएनएस", "IANS"),
    "uni": AgencyName("वार्ता", "यूएनआई", "UNI"),
    "afp": AgencyName("एएफपी", "एएफपी", "AFP"),
    "reuters": AgencyName("रॉयटर्स", "रॉयटर्स", "Reuters"),
    "ap": AgencyName("एपी", "एपी", "AP"),
    "hs": AgencyName("हि.स.", "हिन्दुस्थान समाचार", "Hindusthan Samachar"),
}
_INITIALS: Final = ("नेहा", "रंजन", "अमित", "सुरभि", "मनीषा", "पवनेश")


@dataclass(frozen=True, slots=True)
class Credit:
    """What stands around the text of one page.

    Attributes:
        head: Put before the first word of the first paragraph; may be empty.
        tail: Paragraphs after the last.
        byline: The line under the headline that says who wrote it.
        agency: Id of the agency that `head`, `tail` or `byline` names; None if they name none.
    """

    head: str = ""
    tail: tuple[str, ...] = ()
    byline: str | None = None
    agency: str | None = None


def credit(
    site: Site, *, agency: str | None, author: str | None, place: str, when: datetime, key: str
) -> Credit:
    """Returns the credit that the site gives.

    Args:
        site: The site.
        agency: Id of the agency, or None for the site's own report.
        author: The reporter of the site's own report.
        place: Place of the dateline.
        when: Publication time.
        key: Words that tell pages apart; the same key gives the same credit.
    """
    if agency is None:
        return _own(site, author=author, place=place)
    name = AGENCIES[agency]
    if site.agency is None and below(8, "uncredited", key) == 0:
        # Some desks drop the credit and put the desk in its place.
        return Credit(head=f"{place}। ", byline=_desk(site))
    return _agency(site, agency, name, place, when, key)


def desk_credit(site: Site) -> Credit:
    """Returns the credit of a page that names its desk and nothing else."""
    return Credit(byline=_desk(site))


def _own(site: Site, *, author: str | None, place: str) -> Credit:
    head = {
        "newspaper": f"उद्गम संवाददाता, {place}। ",
        "tv": f"{place}: ",
        "regional": f"{place}। ",
        "drupal": f"{place}। ",
    }.get(site.look, "")
    return Credit(head=head, byline=author or _desk(site))


def _agency(
    site: Site, agency: str, name: AgencyName, place: str, when: datetime, key: str
) -> Credit:
    if site.look == "wordpress":
        tail = choose((f"(इनपुट: {name.short})", f"-{name.short}", f"({name.short})"), "wp", key)
        return Credit(tail=(tail,), byline=_desk(site), agency=agency)
    if site.look == "hocalwire":
        return Credit(head=f"{place}: ", byline=name.latin, agency=agency)
    if site.look == "newspaper":
        return Credit(head=f"{name.spoken}, {place}। ", byline="एजेंसी", agency=agency)
    if site.look == "tv":
        note = (
            f"(यह खबर {name.short} की फीड से ली गई है। खबर सागर ने शीर्षक के सिवा इसमें "
            "कोई बदलाव नहीं किया है।)"
        )
        return Credit(head=f"{place} ({name.short}): ", tail=(note,), byline=_desk(site),
                      agency=agency)  # fmt: skip
    head = f"{place}, {hindi_day(when)} ({name.short})। "
    if site.look == "regional":
        return Credit(head=head, byline=_desk(site), agency=agency)
    first, second = choose(_INITIALS, "first", key), choose(_INITIALS, "second", key)
    return Credit(
        head=head, tail=(f"{name.short} {first} {second}",), byline=name.short, agency=agency
    )


def _desk(site: Site) -> str:
    return {
        "wordpress": "News Desk",
        "hocalwire": "वेब डेस्क",
        "newspaper": "डिजिटल डेस्क",
        "tv": "खबर सागर वेब टीम",
        "regional": "विंध्य तारा ब्यूरो",
        "drupal": "संवाद केंद्र",
    }[site.look]
