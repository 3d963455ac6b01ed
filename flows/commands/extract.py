"""The command ``taar extract``.

Here belong its options and what it prints. The work is in `flows.look.page`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.look.page import OnePage


@click.command("extract")
@click.argument("place", metavar="URL|FILE")
@click.option("--url", metavar="URL", help="Where the file came from.")
@click.option("--generic", "general", is_flag=True, help="Leave the source's selectors unasked.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def extract_page(
    ctx: click.Context, place: str, url: str | None, general: bool, as_json: bool
) -> None:
    """Show what Taar makes of one page, and which step won.

    A URL is fetched as a crawl would: robots.txt, delays and guards hold. Exit code 1 if the page
    makes no article.

    Example: taar extract page.html --url https://www.amarujala.com/a/b
    """
    from crawler.extract import Extracted
    from flows.look.page import extract_page as extract
    from flows.settings import load_settings

    page = extract(place, load_settings(), url=url, general=general, now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(page.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(page)
    if not isinstance(page.made, Extracted):
        ctx.exit(1)


def _print(page: OnePage) -> None:
    from crawler.extract import Extracted
    from flows.commands.tables import print_fields

    made = page.made
    if not isinstance(made, Extracted):
        click.echo(f"no article: {made.outcome} ({made.detail})")
        return
    date = made.published_at.isoformat() if made.published_at else "none"
    told = f"{date} ({made.published_precision}, from {made.date_source})"
    rows = {
        "step that won": made.extractor,
        "source": page.source_id or "none of yours",
        "title": made.title,
        "summary": made.summary,
        "published": told if made.published_at else f"none; read: {made.published_raw}",
        "changed": made.modified_at.isoformat() if made.modified_at else None,
        "authors": ", ".join(made.authors),
        "agencies": ", ".join(f"{a.id} ({a.place}: {a.evidence})" for a in made.agencies),
        "dateline": made.dateline,
        "section": made.section,
        "tags": ", ".join(made.tags),
        "language": made.language,
        "words": str(made.word_count),
        "paywalled": "yes" if made.paywalled else None,
        "next part": made.next_url,
        "canonical URL": made.canonical_url,
        "image": made.image_url,
        "rights": ", ".join(made.rights),
    }
    print_fields({name: value for name, value in rows.items() if value})
    click.echo(f"\n{made.text}")
