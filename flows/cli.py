"""The command ``taar``.

Here belongs what all commands share: their list, and how an error reaches a person. Each command
stands in `flows.commands`; what it needs is imported when it runs, for ``taar --help`` must not
wait for Prefect, Scrapy or pyarrow. Exit codes: 0 done, 1 the run failed, 2 wrong use.
"""

from __future__ import annotations

from typing import NoReturn

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
from lake.errors import TaarError

_RESUMED = frozenset(
    {"collect", "backfill", "link", "maintain", "demo", "reextract", "rebuild", "forget"}
)
"""Commands that write a lake; of others there is no next run."""


class _Taar(click.Group):
    """Turns an error that a person can mend into its message and its exit code; so a signal."""

    def invoke(self, ctx: click.Context) -> object:
        try:
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
