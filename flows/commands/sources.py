"""The commands ``taar sources``: ``list``, ``check``, ``test`` and ``add``.

Here belong their options and tables. The work is in `flows.look.checking`, `flows.look.trying`,
`flows.look.adding` and `flows.look.source_file`. The orders for single sources (``pause`` and
others) stand in `flows.commands.orders`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands import orders
from flows.commands.options import JSON, LAKE, print_json, settings
from lake.errors import ConfigError

if TYPE_CHECKING:
    from crawler.scouting import SourceLook
    from flows.look.trying import Tried


@click.group()
def sources() -> None:
    """Look at the sources that are crawled."""


for command in (orders.pause, orders.resume, orders.refetch, orders.orders):
    sources.add_command(command)


@sources.command("list")
@JSON
def sources_list(as_json: bool) -> None:
    """List every source: the source pack, with your TAAR_SOURCES laid over it.

    Example: taar sources list --json
    """
    from flows.opening import given_sources

    loaded = given_sources(settings())
    if as_json:
        print_json([source.model_dump(mode="json") for source in loaded])
    else:
        from flows.commands.tables import print_sources

        print_sources(loaded)


@sources.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Visit disabled sources and feeds too.")
@JSON
def check(ids: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Visit sources live: their feeds and three pages of each, and say what is wrong.

    It goes about it as politely as a crawl, and keeps nothing.

    Example: taar sources check amarujala --json
    """
    from flows.look.checking import check_sources

    found = check_sources(
        settings(), list(ids) or None, now=datetime.now(UTC), everything=everything
    )
    if as_json:
        print_json([look.to_json() for look in found])
    else:
        _print_looks(found)


@sources.command("test")
@click.argument("source_id", metavar="ID")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|FOLDER]...")
@click.option("--url", metavar="URL", help="Where the file came from, if it is a single page.")
@LAKE
@JSON
def try_out(
    source_id: str, paths: tuple[Path, ...], url: str | None, lake: str | None, as_json: bool
) -> None:
    """Try a source on stored pages, without the network.

    Without files, the newest pages of the lake's archive are taken. Beside page.html may stand
    page.json with the page's url, when it was fetched (fetched_at), and the fields that its article
    must have: {"url": "https://...", "article": {"title": "..."}}; exit code 1 if one is not so.

    Example: taar sources test amarujala page.html --url https://www.amarujala.com/a/b
    """
    from flows.look.trying import try_source

    tried = try_source(settings(lake=lake), source_id, paths, url=url, now=datetime.now(UTC))
    if as_json:
        print_json([{name: getattr(t, name) for name in t.__dataclass_fields__} for t in tried])
    else:
        _print_tried(tried)
    if any(t.wrong for t in tried):
        click.get_current_context().exit(1)


@sources.command()
@click.argument("url")
@click.option("--name", help="Name of the publisher.")
@click.option("--id", "source_id", metavar="ID", help="Its id; by default made of the address.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), metavar="FILE",
    help="Source file to write to; default: TAAR_SOURCES, else ./sources.yaml.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the entry, and write nothing.")
@JSON
def add(
    url: str,
    name: str | None,
    source_id: str | None,
    target: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Visit a site, find its feeds and sitemaps, preview three articles, write its entry.

    Example: taar sources add https://www.example.in/ --name "Example" --dry-run
    """
    from flows.look.adding import add_source
    from flows.look.source_file import check_target, entry_text, write_entry

    given = settings()
    file = target or given.sources or Path("sources.yaml")
    if not dry_run:
        check_target(file)
    now = datetime.now(UTC)
    source, look = add_source(given, url, name, now=now, source_id=source_id, target=file)
    if not source.feeds:
        raise ConfigError(
            f"no feed, sitemap or section page was found: {look.why_not}",
            where=url,
            remedy="see docs/add-a-source.md on writing the entry by hand",
        )
    if not dry_run:
        write_entry(source, file, given.source_pack)
    if as_json:
        entry = source.model_dump(mode="json", exclude_defaults=True)
        print_json({"entry": entry, "look": look.to_json(), "file": None if dry_run else str(file)})
        return
    _print_looks([look])
    for article in look.articles:
        click.echo(f"\n{article['title']}\n  {article['url']}")
        click.echo(f"  {article['published_at'] or 'no date'}, {article['word_count']} words")
        click.echo(f"  {article['text'][:200].strip()} ...")
    click.echo("\n" + entry_text(source))
    if not dry_run:
        click.echo(f"Written to {file}.")
        if given.sources is None:
            click.echo(f"To crawl it: export TAAR_SOURCES={file}")


def _print_looks(found: list[SourceLook]) -> None:
    from flows.commands.tables import print_rows

    now = datetime.now(UTC)
    head = ["source", "feeds", "entries", "newest", "articles", "language", "why not"]
    rows = []
    for look in found:
        ok = sum(feed.ok for feed in look.feeds)
        languages = sorted({str(a["language"]) for a in look.articles})
        rows.append(
            (
                look.id,
                f"{ok} of {len(look.feeds)}",
                look.entries,
                _age(look.newest_at, now),
                f"{len(look.articles)} of {look.pages}",
                ", ".join(languages),
                look.why_not or "",
            )
        )
    print_rows(head, rows)
    failed = [(look.id, f.url, f.why_not) for look in found for f in look.feeds if f.why_not]
    if failed:
        click.echo("")
        print_rows(["source", "feed", "why not"], failed)


def _age(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return ""
    hours = (now - moment).total_seconds() / 3600
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} days ago"


def _print_tried(tried: list[Tried]) -> None:
    from flows.commands.tables import print_rows

    print_rows(
        ["page", "outcome", "title", "published", "words", "agencies"],
        [
            (
                t.name,
                t.outcome,
                t.title or "",
                f"{t.published_at:%Y-%m-%d %H:%M}" if t.published_at else "",
                t.words,
                ", ".join(t.agencies),
            )
            for t in tried
        ],
    )
    for t in tried:
        for words in t.wrong:
            click.echo(f"{t.name}: {words}")
