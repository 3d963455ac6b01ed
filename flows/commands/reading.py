"""The commands that read a lake: ``sql``, ``export``, ``verify``.

Here belong their options. The work is in `flows.look.query`, `flows.look.export` and `lake.verify`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from flows.commands.options import JSON, LAKE, as_date, print_json, settings


@click.command()
@click.argument("query")
@LAKE
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, with a line of names.")
def sql(query: str, lake: str | None, as_json: bool, as_csv: bool) -> None:
    """Ask the lake in SQL (DuckDB): one statement, which reads.

    Views: articles, latest, originals, fetches, source_runs, relations, families, threads, days,
    tombstones; and articles_since('RUN'), what is new since a run.

    Example: taar sql "select source_id, count(*) from articles group by 1"
    """
    from flows.look.printing import csv_text, json_rows
    from flows.look.query import PLAN, ask

    if as_json and as_csv:
        raise click.UsageError("one of --json and --csv, not both")
    head, rows = ask(settings(lake=lake), query)
    if as_json:
        print_json(json_rows(head, rows))
    elif as_csv:
        click.echo(csv_text(head, rows), nl=False)
    elif head == PLAN:
        for _, drawing in rows:
            click.echo(drawing)
    else:
        from flows.commands.tables import print_rows

        print_rows(head, rows)


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="*.parquet or *.csv; replaced if it is there.",
)
@click.option(
    "--from", "since", callback=as_date, metavar="DATE", help="First day of crawling, UTC."
)
@click.option("--to", "until", callback=as_date, metavar="DATE", help="Last day, included.")
@click.option(
    "--since-run", metavar="RUN", help="Only what is new since this run; --json tells the newest."
)
@click.option(
    "--view",
    type=click.Choice(
        [
            *("latest", "originals", "articles", "fetches", "source_runs"),
            *("relations", "families", "threads", "days", "tombstones"),
        ]
    ),
    default="latest",
    show_default=True,
    metavar="VIEW",
    help="latest: newest versions; originals: articles without an earlier copy; articles: all; or "
    "fetches, source_runs, relations, families, threads, days, tombstones.",
)
@LAKE
@JSON
def export(
    out: Path,
    since: date | None,
    until: date | None,
    since_run: str | None,
    view: str,
    lake: str | None,
    as_json: bool,
) -> None:
    """Write the articles of a range of days, or since a run, into one file; or another dataset.

    Of relations, families, threads, days and tombstones all is written: they are of no day and run.

    Example: taar export --from 2024-11-20 --to 2024-11-22 --out news.parquet
    """
    from flows.look.export import export as write

    done = write(settings(lake=lake), out, view=view, since=since, until=until, since_run=since_run)
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(f"{done.rows} row{'s' * (done.rows != 1)}, {done.bytes} bytes in {done.file}")
        newest = done.newest_run
        click.echo(f"up to run {newest}" if newest else "the lake holds no run yet")


@click.command()
@click.option("--no-pages", is_flag=True, help="Do not read the archived pages: much quicker.")
@click.option(
    "--derived", is_flag=True, help="Derive relations, families and threads anew, and compare."
)
@LAKE
@JSON
@click.pass_context
def verify(
    ctx: click.Context, no_pages: bool, derived: bool, lake: str | None, as_json: bool
) -> None:
    """Check every promise of docs/data.md over the lake; exit code 1 if one is broken.

    Example: taar verify --lake s3://news/hindi --json
    """
    from flows.opening import open_lake, window
    from flows.repair.measuring import measured
    from lake.verify import verify as examine

    given = settings(lake=lake)
    opened = open_lake(given, create=False)
    report = examine(opened, pages=not no_pages, window=window(given), measure=measured)
    if derived:
        from flows.repair.checking import with_derived

        report = with_derived(report, opened, given)
    if as_json:
        print_json(report.to_json())
    else:
        click.echo(report.to_text())
    ctx.exit(0 if report.sound else 1)
