"""The commands that change what is stored already: ``forget``, ``rebuild``.

Here belong their options and what they print. The work is in `flows.repair.forget` and
`flows.repair.rebuild`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from flows.commands.options import JSON, LAKE, print_json, settings
from lake.errors import ConfigError

if TYPE_CHECKING:
    from flows.repair.forget import ForgetSummary


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option(
    "--from", "listed", type=click.File(encoding="utf-8-sig", errors="replace"), metavar="FILE",
    help="More URLs, one a line; - for standard input.",
)  # fmt: skip
@click.option("--reason", metavar="TEXT", help="Why; kept with the tombstone, which is public.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--even-if-absent", is_flag=True, help="Forbid a URL that was never crawled.")
@LAKE
@JSON
def forget(
    urls: tuple[str, ...],
    listed: TextIO | None,
    reason: str | None,
    dry_run: bool,
    even_if_absent: bool,
    lake: str | None,
    as_json: bool,
) -> None:
    """Take articles down for good: rows, raw pages, what was derived from them.

    They are hidden from readers at once, and never crawled again. Rows of fetches stay, without
    title and page, so that the counts still add up. If one of many URLs is wrong, none is taken
    down. --json prints an object for one URL, and a list for many or a file.

    Example: taar forget https://www.amarujala.com/a/b --reason "request of 3 May" --dry-run
    """
    from flows.repair.forget import forget as take_down
    from flows.stepping import clock_from

    lines = [line.strip() for line in listed] if listed is not None else []
    wanted = list(dict.fromkeys((*urls, *filter(None, lines))))
    if not wanted:
        raise ConfigError(
            "no URL was given",
            where="taar forget",
            remedy="give one or more, or a file with one a line: --from FILE",
        )

    def go(url: str, *, dry_run: bool) -> ForgetSummary:
        return take_down(
            settings(lake=lake),
            url,
            clock=clock_from(None),
            reason=reason,
            dry_run=dry_run,
            even_if_absent=even_if_absent,
        )

    if len(wanted) > 1 and not dry_run:
        for url in wanted:  # What is wrong with one is told before the first is gone.
            go(url, dry_run=True)
    told = []
    for url in wanted:
        done = go(url, dry_run=dry_run)
        told.append(done.to_json())
        if not as_json:
            _print_forgotten(done, dry_run=dry_run)
    if as_json:
        print_json(told if listed is not None or len(urls) > 1 else told[0])


def _print_forgotten(done: ForgetSummary, *, dry_run: bool) -> None:
    click.echo("Would be forgotten:" if dry_run else "Forgotten:")
    for name in done.urls:
        click.echo(f"  {name}")
    if done.before:
        click.echo("It had been taken down before.")
    removed = done.removal
    click.echo(
        f"versions of articles: {removed.articles}, fingerprints: {removed.fingerprints}, "
        f"records of raw pages: {removed.records}, derived rows: {removed.derived}, "
        f"pending entries: {removed.pending}; rows of fetches emptied: {removed.fetches}; "
        f"objects {'to rewrite' if dry_run else 'rewritten'}: {removed.objects}"
    )
    if removed.files_missing:
        click.echo(
            "archives of raw pages that rows name and that are not there: "
            f"{removed.files_missing}. Nothing was removed from them; if one is ever restored from "
            "a copy, its records are to be removed there too."
        )


@click.command()
@LAKE
@JSON
def rebuild(lake: str | None, as_json: bool) -> None:
    """Make everything derived anew, from articles and fetches alone.

    That is fingerprints, relations, families, threads and the index of known URLs: after damage to
    one of them, or when a new version of Taar computes them otherwise. What is damaged of them is
    deleted first; so is days, whose copy counts then.

    Example: taar rebuild --lake s3://news/hindi
    """
    from flows.repair.rebuild import rebuild as make_anew
    from flows.running import waiting
    from flows.stepping import clock_from

    with waiting(as_json, "making everything derived anew ..."):
        done = make_anew(settings(lake=lake), clock=clock_from(None))
    if as_json:
        print_json(done.to_json())
    else:
        for key in done.deleted:
            click.echo(f"It was damaged, and was deleted to be made anew: {key}")
        for line in done.changes:
            click.echo(f"Other settings than before: {line}")
        click.echo(
            f"{done.fingerprints} fingerprints of {done.days} days, {done.relations} relations, "
            f"{done.families} families, {done.threads} thread edges, {done.known_urls} known URLs"
        )
