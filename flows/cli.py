"""The command ``taar``.

Here belongs what all commands share: their list, and how an error reaches a person. Each command
stands in `flows.commands`; what it needs is imported when it runs, for ``taar --help`` must not
wait for Prefect, Scrapy or pyarrow. Exit codes: 0 done, 1 the run failed, 2 wrong use.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import click

from flows.commands import (
    backfill,
    dedup,
    doctor,
    extract,
    reading,
    reextract,
    report,
    runs,
    sources,
    upkeep,
)
from flows.stopping import exit_code, sigterm_as_exception, stop_behind
from lake.errors import ConfigError, TaarError

_RESUMED = frozenset(
    {"collect", "backfill", "link", "maintain", "demo", "reextract", "rebuild", "forget"}
)
"""Commands that write a lake; of others there is no next run."""

_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a full or broken disk says to one who writes. What fails in the lake or the cache says of
which file, and comes as a `TaarError`."""


_UTF_8 = frozenset({"utf-8", "utf8"})


class _Taar(click.Group):
    """Turns an error that a person can mend into its message and its exit code; so a signal."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as click has it.
        _speak_utf_8()
        try:
            return super().main(*args, **kwargs)  # Of a closed pipe it makes a silent end.
        except OSError as error:
            if error.filename is not None or error.errno not in _UNWRITABLE:
                raise
            _give_up_output()
            with suppress(OSError):  # Where both go to one full disk, there is nobody to tell.
                click.echo(f"taar: the output cannot be written: {error.strerror}", err=True)
            sys.exit(1)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - as click has it.
    ) -> click.Context:
        """Refuses arguments that are no text: nobody could print them, or look for them."""
        for argument in args:
            try:
                argument.encode()
            except UnicodeEncodeError:
                shown = os.fsencode(argument).decode(errors="backslashreplace")
                raise click.UsageError(
                    f"{shown} is not {sys.getfilesystemencoding()}, in which arguments are read "
                    "here; LC_ALL=C.UTF-8 makes that UTF-8"
                ) from None
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        try:
            _require_folder()
            with sigterm_as_exception():
                return super().invoke(ctx)
        except TaarError as error:
            click.echo(f"taar: {error}", err=True)
            ctx.exit(error.exit_code)
        except RuntimeError as error:
            if (signal := stop_behind(error)) is None:
                raise
            _stopped(ctx, signal)
        except KeyboardInterrupt as stop:
            _stopped(ctx, stop)


def _speak_utf_8() -> None:
    """Makes UTF-8 of what is printed: no other encoding that a locale may name has Devanagari."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() not in _UTF_8:
            stream.reconfigure(encoding="utf-8")


def _require_folder() -> None:
    """Refuses to start in a folder that has been removed: no path is below it any more.

    Raises:
        ConfigError: If it has been.
    """
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise ConfigError(
            "the folder that this was called in is not there any more",
            where=os.environ.get("PWD", "the current folder"),
            remedy="change into one that is there",
        ) from error


def _give_up_output() -> None:
    """Drops what is still held, or Python would try once more at the end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _stopped(ctx: click.Context, stop: KeyboardInterrupt) -> NoReturn:
    more = "; nothing is half done, the next run goes on here"
    click.echo("taar: stopped" + more * (ctx.invoked_subcommand in _RESUMED), err=True)
    ctx.exit(exit_code(stop))


@click.group(cls=_Taar, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="taar")
def main() -> None:
    """Crawl Hindi news, find the copies, keep it all as Parquet.

    Try it without network or account: taar demo
    """


for command in (
    runs.collect,
    runs.link,
    runs.maintain,
    runs.demo,
    upkeep.forget,
    upkeep.rebuild,
    sources.sources,
    backfill.backfill,
    doctor.doctor,
    report.report,
    extract.extract_page,
    reextract.reextract,
    dedup.dedup,
    reading.sql,
    reading.export,
    reading.verify,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
