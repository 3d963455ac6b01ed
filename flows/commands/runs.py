"""The commands that run the pipeline: ``collect``, ``link``, ``maintain``, ``demo``.

Here belong their options. The work is in `flows.running` and `flows.demo`.
"""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import JSON, LAKE, PLAIN, print_json, settings


@click.command()
@LAKE
@click.option(
    "--source", "sources", multiple=True, metavar="ID", help="Only this source; again for more."
)
@PLAIN
@JSON
def collect(lake: str | None, sources: tuple[str, ...], no_prefect: bool, as_json: bool) -> None:
    """Poll what is due, fetch what is new, label copies, publish.

    Example: taar collect --source amarujala
    """
    from flows.running import run_collect

    summary = run_collect(
        settings(lake=lake), list(sources) or None, with_prefect=not no_prefect, quiet=as_json
    )
    if as_json:
        print_json(summary.to_json())
    else:
        from flows.commands.tables import print_run

        print_run(summary)


@click.command()
@LAKE
@PLAIN
@JSON
def link(lake: str | None, no_prefect: bool, as_json: bool) -> None:
    """Derive relations, families and threads from what is published.

    Example: taar link --json
    """
    from flows.running import run_link

    summary = run_link(settings(lake=lake), with_prefect=not no_prefect, quiet=as_json)
    if as_json:
        print_json(summary.to_json())
    else:
        from flows.commands.tables import print_link

        print_link(summary)


@click.command()
@LAKE
@PLAIN
@JSON
def maintain(lake: str | None, no_prefect: bool, as_json: bool) -> None:
    """Compact days that are over, remove left-overs, index known URLs.

    Each month it also proposes a table of document frequencies, and says how to take it up.

    Example: taar maintain --lake s3://news/hindi
    """
    from flows.running import run_maintain

    summary = run_maintain(settings(lake=lake), with_prefect=not no_prefect, quiet=as_json)
    if as_json:
        print_json(summary.to_json())
    else:
        click.echo(summary.to_markdown().split("\n", 2)[2].strip())


@click.command()
@click.option(
    "--lake", metavar="DIR", help="An empty folder to keep; default: ./data/demo, made anew."
)
@JSON
def demo(lake: str | None, as_json: bool) -> None:
    """Crawl a small Hindi web on loopback twice, link, and show what was found.

    It is the same flow that a deployment runs. No network, no server, no account.

    Example: taar demo --json --lake /tmp/demo
    """
    from flows.commands.tables import print_demo
    from flows.demo import run_demo

    result = run_demo(Path(lake) if lake else None, quiet=as_json)
    if as_json:
        print_json(result.to_json())
    else:
        print_demo(result)
