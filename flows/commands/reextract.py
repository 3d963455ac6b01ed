"""The command ``taar reextract``.

Here belong its options and what it prints. The work is in `flows.repair.correcting`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from flows.commands.options import JSON, LAKE, PLAIN, as_date, print_json, settings

if TYPE_CHECKING:
    from flows.repair.correction import Correction

_LISTED = 40
"""Changes that are listed one by one; --json has all."""


@click.command()
@LAKE
@click.option(
    "--source", "sources", multiple=True, metavar="ID", help="Only this source; again for more."
)
@click.option(
    "--from", "since", callback=as_date, metavar="DATE", help="First day of crawling, UTC."
)
@click.option("--to", "until", callback=as_date, metavar="DATE", help="Last day, included.")
@click.option(
    "--field", "fields", multiple=True, metavar="NAME",
    help="Only changes of this field count (text, title, published_at, agencies, ...).",
)  # fmt: skip
@click.option("--publish", is_flag=True, help="Publish what differs; else it is only reported.")
@PLAIN
@JSON
def reextract(
    lake: str | None,
    sources: tuple[str, ...],
    since: date | None,
    until: date | None,
    fields: tuple[str, ...],
    publish: bool,
    no_prefect: bool,
    as_json: bool,
) -> None:
    """Make articles again from the archived pages, with today's extractor; no network is asked.

    By default it says what would differ. With --publish an article that differs becomes a new
    version, and a page that was refused and is an article now is published. Articles in several
    pages of which one is not archived stay as they are (part_missing).

    Pages that are damaged, or gone before their time, are named, and the exit code is 1.

    Example: taar reextract --source amarujala --from 2024-11-01 --field published_at
    """
    from flows.repair.comparing import COMPARED
    from flows.repair.correction import Asked
    from flows.running import run_reextract

    asked = Asked(sources or None, since, until, fields or COMPARED, publish)
    done = run_reextract(settings(lake=lake), asked, with_prefect=not no_prefect, quiet=as_json)
    if as_json:
        print_json(done.to_json())
    else:
        _print(done, published=publish)
    if done.lost:
        for what, pages in sorted(done.lost.items()):
            click.echo(f"{what} (pages: {pages})", err=True)
        click.echo(
            "remedy: restore these archives from a copy (a bucket with versions has one); until "
            "then their articles stay as they were published",
            err=True,
        )
        raise SystemExit(1)


def _print(done: Correction, *, published: bool) -> None:
    from flows.commands.tables import print_rows

    print_rows(["archived pages", "number"], sorted(done.pages.items()), count=False)
    if done.fields:
        click.echo("")
        print_rows(["field", "changed"], done.fields.most_common(), count=False)
    if done.told:
        click.echo("")
        rows = [
            (r.kind, r.url, ", ".join(r.fields), _words(dict(r.before)), _words(dict(r.after)))
            for r in done.told[:_LISTED]
        ]
        print_rows(["what", "url", "fields", "then", "now"], rows, count=False)
        if len(done.told) > _LISTED:
            click.echo(f"... and {len(done.told) - _LISTED} more: see --json")
    click.echo("")
    if published:
        click.echo(
            f"Published {done.updated} new versions and {done.published} new articles in "
            f"{len(done.runs)} runs."
        )
        if done.overtaken:
            click.echo(f"{done.overtaken} were left alone: published anew or taken down meanwhile.")
    elif done.told:
        click.echo("Nothing was published; --publish does that.")


def _words(values: dict[str, object]) -> str:
    return "; ".join(str(value) for value in values.values())
