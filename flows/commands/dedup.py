"""The commands ``taar dedup``.

Here belong their options. The work is in `flows.look.compare` and `flows.repair.rebuild`.
"""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import JSON, LAKE, print_json, settings
from lake.errors import ConfigError


@click.group()
def dedup() -> None:
    """Look at texts as the search for copies sees them."""


@dedup.command("pairs")
@click.argument("texts", nargs=-1, required=True, metavar="WHAT WHAT ...")
@click.option(
    "--title", "titles", multiple=True, help="Headline of a text: once for each, in their order."
)
@LAKE
@JSON
def dedup_pairs(
    texts: tuple[str, ...], titles: tuple[str, ...], lake: str | None, as_json: bool
) -> None:
    """Compare texts or articles pair by pair, and explain.

    WHAT is a file of text, a text, or an article of the lake: its article_id or its URL. Of an
    article all is known that `taar link` goes by. Of a text neither headline, unless --title gives
    it, nor time: the words of headlines count for threads, and without times a copy in which
    numbers were changed within hours looks like a series.

    Example: taar dedup pairs one.txt two.txt --json
    """
    if len(texts) < 2:
        raise ConfigError(
            "one text has nothing to be compared with",
            where="taar dedup pairs",
            remedy="name two or more files, texts, article_ids or URLs",
        )
    from flows.commands.tables import print_pairs
    from flows.look.compare import compare_all, lake_pieces, names_article, text_piece

    given = settings(lake=lake)
    named = [t for t in texts if names_article(t) and not _is_file(t)]
    if titles and (named or len(titles) != len(texts)):
        raise ConfigError(
            "articles have headlines of their own"
            if named
            else f"{len(titles)} headlines are given for {len(texts)} texts",
            where="--title",
            remedy="give one for each text, in the same order, or none",
        )
    texts_read = {t: _text(t) for t in texts if t not in named}
    articles = lake_pieces(list(dict.fromkeys(named)), given)
    pieces = [
        articles[text] if text in articles else text_piece(*texts_read[text], title)
        for text, title in zip(texts, titles or [None] * len(texts), strict=True)
    ]
    pairs = compare_all(pieces, given)
    if as_json:
        rows = [p.to_json() for p in pairs]
        print_json(rows[0] if len(rows) == 1 else rows)
    else:
        print_pairs(pairs)


@dedup.command("rebuild")
@click.option("--all", "everything", is_flag=True, help="Make every fingerprint anew.")
@LAKE
@JSON
def dedup_rebuild(everything: bool, lake: str | None, as_json: bool) -> None:
    """Make fingerprints anew where they are missing, damaged, or not those of their articles.

    Run `taar link` after it, or `taar rebuild` in place of both.

    Example: taar dedup rebuild --lake s3://news/hindi
    """
    from flows.repair.rebuild import rebuild_fingerprints
    from flows.running import waiting
    from flows.stepping import clock_from

    with waiting(as_json, "making fingerprints ..."):
        done = rebuild_fingerprints(
            settings(lake=lake), clock=clock_from(None), everything=everything
        )
    if as_json:
        print_json(done.to_json())
    else:
        for key in done.deleted:
            click.echo(f"It was damaged, and was deleted to be made anew: {key}")
        click.echo(
            f"{done.fingerprints} fingerprints of {done.days} days made anew; "
            f"{done.kept} days were as they should be"
        )


def _is_file(argument: str) -> bool:
    try:
        return Path(argument).is_file()
    except OSError:  # A long text is no possible file name.
        return False


def _text(argument: str) -> tuple[str, str]:
    """A name and a text: the file's, where there is one of that name."""
    if _is_file(argument):
        try:
            return argument, Path(argument).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{argument} is not UTF-8: {error.reason} at byte {error.start}",
                where=argument,
                remedy="convert it, for example with iconv",
            ) from None
    if len(argument.split()) < 3:
        raise ConfigError(
            f"{argument!r} is neither a file, nor a text of three or more words, nor an "
            "article_id or a URL",
            where="taar dedup pairs",
            remedy="check the path",
        )
    return argument[:40], argument
