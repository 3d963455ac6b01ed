"""The command ``taar``.

Here belongs what a person types and what they read back: options, exit codes, tables. The work is
elsewhere, and is imported by the command that needs it: ``taar --help`` must not wait for Prefect,
Scrapy or pyarrow. Exit codes: 0 done, 1 the run failed, 2 wrong use.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.extract_cli import extract_page
from flows.sources_cli import add, check, try_out
from lake.errors import ConfigError, TaarError

if TYPE_CHECKING:
    from flows.settings import Settings

_LAKE = click.option(
    "--lake", metavar="PLACE", help="Folder or s3://bucket/prefix; default: TAAR_LAKE, else ./data."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_PLAIN = click.option("--no-prefect", is_flag=True, help="Run without Prefect: no dashboard entry.")


class _Taar(click.Group):
    """Turns an error that a person can mend into its message and its exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TaarError as error:
            click.echo(f"taar: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Taar, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="taar")
def main() -> None:
    """Crawl Hindi news, find the copies, keep it all as Parquet.

    Try it without network or account: taar demo
    """


def _time(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise click.BadParameter(f"{value!r} is no time with a zone, like 2024-11-22T09:00+05:30")
    return parsed


def _date(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date like 2024-11-22") from None


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def _settings(**given: object) -> Settings:
    from flows.settings import load_settings

    return load_settings(**given)


@main.command()
@_LAKE
@click.option(
    "--source", "sources", multiple=True, metavar="ID", help="Only this source; again for more."
)
@_PLAIN
@_JSON
def collect(lake: str | None, sources: tuple[str, ...], no_prefect: bool, as_json: bool) -> None:
    """Poll what is due, fetch what is new, label copies, publish.

    Example: taar collect --source amarujala
    """
    from flows.running import run_collect

    summary = run_collect(
        _settings(lake=lake), list(sources) or None, with_prefect=not no_prefect, quiet=as_json
    )
    if as_json:
        _print_json(summary.to_json())
    else:
        from flows.tables import print_run

        print_run(summary)


@main.command()
@_LAKE
@_PLAIN
@_JSON
def link(lake: str | None, no_prefect: bool, as_json: bool) -> None:
    """Derive relations, families and threads from what is published.

    Example: taar link --json
    """
    from flows.running import run_link

    summary = run_link(_settings(lake=lake), with_prefect=not no_prefect, quiet=as_json)
    if as_json:
        _print_json(summary.to_json())
    else:
        from flows.tables import print_link

        print_link(summary)


@main.command()
@_LAKE
@_PLAIN
@_JSON
def maintain(lake: str | None, no_prefect: bool, as_json: bool) -> None:
    """Compact days that are over, remove left-overs, index known URLs.

    Example: taar maintain --lake s3://news/hindi
    """
    from flows.running import run_maintain

    summary = run_maintain(_settings(lake=lake), with_prefect=not no_prefect, quiet=as_json)
    if as_json:
        _print_json(summary.to_json())
    else:
        click.echo(summary.to_markdown().split("\n", 2)[2].strip())


@main.command()
@click.option(
    "--lake", metavar="DIR", help="An empty folder to keep; default: ./data/demo, made anew."
)
@_JSON
def demo(lake: str | None, as_json: bool) -> None:
    """Crawl a small Hindi web on loopback twice, link, and show what was found.

    It is the same flow that a deployment runs. No network, no server, no account.

    Example: taar demo --json --lake /tmp/demo
    """
    from flows.demo import run_demo
    from flows.tables import print_demo

    result = run_demo(Path(lake) if lake else None, quiet=as_json)
    if as_json:
        _print_json(result.to_json())
    else:
        print_demo(result)


@main.group()
def sources() -> None:
    """Look at the sources that are crawled."""


@sources.command("list")
@_JSON
def sources_list(as_json: bool) -> None:
    """List every source: the source pack, with your TAAR_SOURCES laid over it.

    Example: taar sources list --json
    """
    from crawler.sources import load_sources

    settings = _settings()
    loaded = load_sources(settings.source_pack, settings.sources)
    if as_json:
        _print_json([source.model_dump(mode="json") for source in loaded])
    else:
        from flows.tables import print_sources

        print_sources(loaded)


sources.add_command(check)
sources.add_command(try_out)
sources.add_command(add)


main.add_command(extract_page)


@main.group()
def dedup() -> None:
    """Look at texts as the search for copies sees them."""


@dedup.command("pairs")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT|FILE TEXT|FILE ...")
@_JSON
def dedup_pairs(texts: tuple[str, ...], as_json: bool) -> None:
    """Compare texts, or files of text, pair by pair, and explain.

    Example: taar dedup pairs one.txt two.txt --json
    """
    if len(texts) < 2:
        raise ConfigError(
            "one text has nothing to be compared with",
            where="taar dedup pairs",
            remedy="name two or more files or texts",
        )
    from flows.compare import compare_all
    from flows.tables import print_pairs

    pairs = compare_all([_text(t) for t in texts], _settings())
    if as_json:
        rows = [p.to_json() for p in pairs]
        _print_json(rows[0] if len(rows) == 1 else rows)
    else:
        print_pairs(pairs)


def _text(argument: str) -> tuple[str, str]:
    """A name and a text: the file's, where there is one of that name."""
    path = Path(argument)
    try:
        is_file = path.is_file()
    except OSError:  # A long text is no possible file name.
        is_file = False
    if is_file:
        try:
            return argument, path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{argument} is not UTF-8: {error.reason} at byte {error.start}",
                where=argument,
                remedy="convert it, for example with iconv",
            ) from None
    if len(argument.split()) < 3:
        raise ConfigError(
            f"{argument!r} is neither a file nor a text of three or more words",
            where="taar dedup pairs",
            remedy="check the path",
        )
    return argument[:40], argument


@main.command()
@click.argument("query")
@_LAKE
@_JSON
def sql(query: str, lake: str | None, as_json: bool) -> None:
    """Ask the lake in SQL (DuckDB).

    Views: articles, latest, originals, fetches, source_runs, relations, families, threads.

    Example: taar sql "select source_id, count(*) from articles group by 1"
    """
    from flows.query import ask

    head, rows = ask(_settings(lake=lake), query)
    if as_json:
        _print_json([dict(zip(head, row, strict=True)) for row in rows])
    else:
        from flows.tables import print_rows

        print_rows(head, rows)


@main.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="*.parquet or *.csv; replaced if it is there.",
)
@click.option("--from", "since", callback=_date, metavar="DATE", help="First day of crawling, UTC.")
@click.option("--to", "until", callback=_date, metavar="DATE", help="Last day, included.")
@click.option(
    "--view",
    type=click.Choice(["latest", "originals", "articles"]),
    default="latest",
    show_default=True,
    help="Newest versions, articles without an earlier copy, or all.",
)
@_LAKE
@_JSON
def export(
    out: Path, since: date | None, until: date | None, view: str, lake: str | None, as_json: bool
) -> None:
    """Write the articles of a range of days into one file.

    Example: taar export --from 2024-11-20 --to 2024-11-22 --out news.parquet
    """
    from flows.export import export as write

    done = write(_settings(lake=lake), out, view=view, since=since, until=until)
    if as_json:
        _print_json(asdict(done))
    else:
        click.echo(f"{done.rows} rows, {done.bytes} bytes in {done.file}")


@main.command()
@click.option("--no-pages", is_flag=True, help="Do not read the archived pages: much quicker.")
@_LAKE
@_JSON
@click.pass_context
def verify(ctx: click.Context, no_pages: bool, lake: str | None, as_json: bool) -> None:
    """Check every promise of docs/data.md over the lake; exit code 1 if one is broken.

    Example: taar verify --lake s3://news/hindi --json
    """
    from flows.opening import open_lake
    from lake.verify import verify as examine

    report = examine(open_lake(_settings(lake=lake), create=False), pages=not no_pages)
    if as_json:
        _print_json(report.to_json())
    else:
        click.echo(report.to_text())
    ctx.exit(0 if report.sound else 1)


if __name__ == "__main__":
    main()
