"""The command ``taar backfill``.

Here belong its options and what it prints. The work is in `flows.repair.backfilling`.
"""

from __future__ import annotations

from datetime import date

import click

from flows.commands.options import JSON, LAKE, PLAIN, as_date, print_json, settings


@click.command()
@click.argument("source_id", metavar="ID")
@click.option(
    "--from", "since", required=True, callback=as_date, metavar="DATE",
    help="First day of publication.",
)  # fmt: skip
@click.option(
    "--to", "until", required=True, callback=as_date, metavar="DATE", help="Last day, included."
)
@click.option(
    "--listing", "listings", multiple=True, metavar="URL",
    help="Sitemap or section page to look into; %Y, %m and %d stand for each day of the range. "
    "Default: the sitemaps of the source.",
)  # fmt: skip
@LAKE
@PLAIN
@JSON
def backfill(
    source_id: str,
    since: date,
    until: date,
    listings: tuple[str, ...],
    lake: str | None,
    no_prefect: bool,
    as_json: bool,
) -> None:
    """Collect older articles of a source, from what its archive lists of a range of days.

    It goes about it as politely as a collect, within TAAR_BUDGET_S; what is known is not asked for.
    Run it again to go on where it ended.

    Example: taar backfill amarujala --from 2024-11-01 --to 2024-11-07
    """
    from flows.repair.backfilling import Range
    from flows.running import run_backfill

    wanted = Range(source_id, since, until, listings)
    summary = run_backfill(settings(lake=lake), wanted, with_prefect=not no_prefect, quiet=as_json)
    if as_json:
        print_json(summary.to_json())
        return
    from flows.commands.tables import print_run

    print_run(summary)
    left = summary.outcomes.get("deferred", 0)
    if left:
        click.echo(f"{left} URLs were not reached: run it again.")
