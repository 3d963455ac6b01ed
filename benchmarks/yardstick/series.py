"""Series: reports that are written anew every day from one template.

Here belong the issues of the press's templates and of those in ``data/series.yaml``: market
rates, weather, tallies, scores, horoscopes; with the copies that other sites made of single
issues.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.yardstick.texts import DATA, Text
from press.page import Page
from press.series import issue_all


def issues() -> Iterator[Text]:
    """Every issue of every template, and the copies of some."""
    yield from (_text(page) for page in issue_all())
    yield from (_text(page) for page in issue_all(DATA / "series.yaml"))


def _text(page: Page) -> Text:
    version = page.versions[0]
    name = f"{page.roots[0]}-{page.site.id}"
    return Text(
        id=name,
        story=str(page.series),
        base=page.roots[0],
        how="series",
        section=page.section,
        source=page.site.id,
        at=version.at,
        headline=version.headline,
        paragraphs=version.text,
        shown=version.text,
    )
