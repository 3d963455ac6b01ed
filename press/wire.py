"""Who carries which story, how and when.

Here belongs the plan of the carrying, as data and in a fixed order, and the pages that follow
from it. The texts are in ``data/stories``, what desks do to them in `press.desk`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from press.chance import below, shuffled
from press.credits import AGENCIES, credit, desk_credit
from press.dates import BASE
from press.desk import carried_text, sentences
from press.orthography import respell
from press.page import Carry, Page, Precision, Version
from press.sites import KHABARSAGAR, PAPERS, SITES, UDGAM, VINDHYATARA, Site, article_path
from press.story import Story

_KINDS: Final = (
    Carry.EDITED, Carry.SHORTENED, Carry.WHOLE, Carry.EXTENDED, Carry.HEADLINE, Carry.ORTHOGRAPHY,
)  # fmt: skip
"""Dealt out in turn, so that every kind comes up equally often."""
_DELAYS: Final = (0, 4, 11, 23, 38, 55, 80, 125, 190, 260)
"""Minutes from the first publisher to a carrier; 0 is a tie."""
_BEFORE_BASE: Final = timedelta(minutes=5)
LATE: Final = tuple(timedelta(minutes=minutes) for minutes in (6, 10, 14, 17, 21, 25))
"""After the base time: when the pages appear that only a second run can find."""


@dataclass(frozen=True, slots=True)
class _Fixed:
    site: Site
    carry: Carry
    after: timedelta


# The copies of the two Putin-Kim pieces, a day after each.
_FIXED: Final = {
    "900": (
        _Fixed(UDGAM, Carry.EDITED, timedelta(hours=23, minutes=10)),
        _Fixed(VINDHYATARA, Carry.HEADLINE, timedelta(hours=25, minutes=32)),
    ),
    "901": (
        _Fixed(VINDHYATARA, Carry.ORTHOGRAPHY, timedelta(hours=22, minutes=40)),
        _Fixed(KHABARSAGAR, Carry.SHORTENED, timedelta(hours=27)),
    ),
}


def carry_all(stories: Sequence[Story]) -> list[Page]:
    """Makes the pages of all stories, without round-ups: first publishers, carriers, retellings."""
    pages: list[Page] = []
    dealt = 0
    late = _late_stories(stories)
    for story in stories:
        if story.fixed:
            pages += _carry_fixed(story)
            continue
        count = 2 if story.agency is None else 4 - (story.retelling is not None)
        kinds = [_KINDS[(dealt + step) % len(_KINDS)] for step in range(count)]
        dealt += count
        pages += _carry(story, kinds, late.get(story.id))
    return pages


def _late_stories(stories: Sequence[Story]) -> dict[str, datetime]:
    """Picks the stories of the last day whose last carrier comes after the base time."""
    young = sorted(
        (s for s in stories if not s.fixed and s.agency), key=lambda s: s.published_at, reverse=True
    )
    return {s.id: BASE + wait for s, wait in zip(young, LATE, strict=False)}


def _carry(story: Story, kinds: Sequence[Carry], late: datetime | None) -> Iterator[Page]:
    papers = shuffled(range(len(PAPERS)), story.id)
    own = [s for s in SITES if s.agency and s.agency == story.agency]
    sites = own + [PAPERS[index] for index in papers]
    texts: list[tuple[str, ...]] = []
    when = story.published_at
    for step, (site, carry) in enumerate(zip(sites, (Carry.WHOLE, *kinds), strict=False)):
        if step:
            when = _later(story, _DELAYS[below(len(_DELAYS), story.id, "delay", step)])
        if late and step == len(kinds):
            when = late
        text = carried_text(story, carry, texts)
        texts.append(text)
        yield make_page(site, story, carry, text, when, _headline(story, carry, step))
    if story.retelling:
        yield _retold(sites[len(kinds) + 1], story)


def _later(story: Story, minutes: int) -> datetime:
    seconds = below(60, story.id, minutes) if minutes else 0
    when = story.published_at + timedelta(minutes=minutes, seconds=seconds)
    return min(when, BASE - _BEFORE_BASE)


def _carry_fixed(story: Story) -> Iterator[Page]:
    home = next((site for site in SITES if site.look == story.site), None)
    if home is None:
        raise ValueError(f"story {story.id} is dated, but no site looks like {story.site!r}")
    when = story.published_at
    # The agency of these two is told by the text alone, if at all.
    yield make_page(home, story, Carry.WHOLE, story.paragraphs, when, story.headline, bare=True)
    texts = [story.paragraphs]
    for step, plan in enumerate(_FIXED.get(story.id, ()), start=1):
        text = carried_text(story, plan.carry, texts)
        texts.append(text)
        headline = _headline(story, plan.carry, step)
        yield make_page(plan.site, story, plan.carry, text, when + plan.after, headline, bare=True)


def _headline(story: Story, carry: Carry, step: int) -> str:
    if carry is Carry.WHOLE:
        return story.headline
    if carry is Carry.ORTHOGRAPHY:
        return respell((story.headline,), story.id)[0]
    return story.alt_headlines[step % len(story.alt_headlines)]


def _retold(site: Site, story: Story) -> Page:
    retelling = story.retelling
    assert retelling is not None
    when = _later(story, 35 + below(180, story.id, "retold"))
    return make_page(
        site, story, Carry.RETELLING, retelling.paragraphs, when, retelling.headline,
        author=retelling.author, own=True,
    )  # fmt: skip


def make_page(
    site: Site,
    story: Story,
    carry: Carry,
    text: tuple[str, ...],
    when: datetime,
    headline: str,
    *,
    author: str | None = None,
    own: bool = False,
    bare: bool = False,
    series: str | None = None,
) -> Page:
    """Makes the page of one story on one site.

    Args:
        site: Where.
        story: The story that gives section, tags, place and agency.
        carry: How the site came by it.
        text: The paragraphs, before any change of orthography.
        when: Publication time; seconds are dropped where the site does not print them.
        headline: As printed.
        author: The reporter, instead of the story's.
        own: Whether it is the site's own report, without agency.
        bare: Whether the page gives no credit at all.
        series: The series that the story is an issue of, if it is.
    """
    key = f"{site.id}/{story.id}/{carry}/{headline}"
    ident = 100000 + below(900000, key)
    when, precision = _told_time(site, when, ident)
    agency = None if own else story.agency
    writer = author or (story.author if carry is Carry.WHOLE and agency is None else None)
    given = desk_credit(site)
    if not bare:
        given = credit(site, agency=agency, author=writer, place=story.place, when=when, key=key)
    shown = respell(text, key) if carry is Carry.ORTHOGRAPHY else text
    return Page(
        site=site,
        path=article_path(site, story.section, story.slug, headline, ident),
        number=ident,
        carry=carry,
        roots=(story.id,),
        section=story.section,
        summary=sentences(text[0])[0] if carry is Carry.RETELLING else story.summary,
        tags=story.tags,
        place=story.place,
        versions=(Version(when, headline, text, shown),),
        author=None if bare else writer,
        agency=given.agency or _named(agency, text),
        credit=given,
        precision=precision,
        series=series,
    )


def _told_time(site: Site, when: datetime, ident: int) -> tuple[datetime, Precision]:
    if site.look == "regional":
        # Every sixth page tells no more than the day.
        return when.replace(second=0), "day" if ident % 6 == 0 else "minute"
    if site.look == "hocalwire":
        # The page prints minutes; the feed has seconds, which are always zero.
        return when.replace(second=0), "second"
    return when, "second"


def _named(agency: str | None, text: tuple[str, ...]) -> str | None:
    """Returns the agency if the text itself names it."""
    if agency and any(f"{AGENCIES[agency].spoken} की रिपोर्ट" in paragraph for paragraph in text):
        return agency
    return None
