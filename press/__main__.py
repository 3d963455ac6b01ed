"""Serves the press by hand: ``python -m press [--now ISO]``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

import click

from press.dates import BASE, IST
from press.server import Press


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--now", "now", default=None, help="Clock of the press at the start, ISO 8601.")
@click.option("--still", is_flag=True, help="Let the clock stand instead of running on.")
def main(now: str | None, still: bool) -> None:
    """Serve a small Hindi web on loopback until Ctrl-C.

    Example: python -m press --now 2024-11-22T09:00+05:30
    """
    try:
        start = datetime.fromisoformat(now) if now else BASE
    except ValueError as error:
        raise click.BadParameter(f"{now!r} is no ISO 8601 time") from error
    start = start if start.tzinfo else start.replace(tzinfo=IST)
    began = monotonic()
    clock = start if still else lambda: start + timedelta(seconds=monotonic() - began)
    try:
        _serve(clock)
    except KeyboardInterrupt:
        click.echo("stopped")


def _serve(clock: datetime | Callable[[], datetime]) -> None:
    with Press(clock) as press:
        click.echo(f"host_map {json.dumps(press.host_map)}")
        click.echo(f"sources  {press.sources_file}")
        click.echo(f"ca_file  {press.ca_file}")
        for site in press.sites:
            click.echo(f"  {site.home}  {site.latin}, as {site.look}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
