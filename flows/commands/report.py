"""The command ``taar report``.

Here belong its options. The work is in `flows.watch.report`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from flows.commands.options import JSON, LAKE, as_number, as_time, print_json, settings
from lake.errors import ConfigError

_INDIA = "Asia/Kolkata"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="*.html or *.md; default: markdown on the terminal.",
)  # fmt: skip
@click.option(
    "--hours", type=click.FloatRange(min=0.01, max=24 * 366), default=24, show_default=True,
    callback=as_number, help="How far back.",
)  # fmt: skip
@click.option("--until", callback=as_time, metavar="TIME", help="End of the report; default: now.")
@LAKE
@JSON
def report(
    out: Path | None, hours: float, until: datetime | None, lake: str | None, as_json: bool
) -> None:
    """Tell people of the last day: new articles, copies, agencies, first publishers, health.

    Example: taar report --out today.html
    """
    from flows.opening import refuse_inside_lake
    from flows.watch.report import make_report
    from lake.storage.files import os_errors

    if out is not None and out.suffix not in (".html", ".md"):
        raise ConfigError(
            f"the report's name ends in {out.suffix!r}, and that says no format",
            where=str(out),
            remedy="name it *.html or *.md",
        )
    given = settings(lake=lake)
    if out is not None:
        refuse_inside_lake(given, out, "--out")
    india = ZoneInfo(_INDIA)
    now = (until or datetime.now(india)).astimezone(india)
    made = make_report(given, now=now, hours=hours)
    if out is not None:
        text = made.to_html() if out.suffix == ".html" else made.to_markdown()
        with os_errors("write the report", out):
            out.write_text(text, encoding="utf-8")
    if as_json:
        print_json(made.to_json())
    elif out is None:
        click.echo(made.to_markdown())
    else:
        click.echo(f"{made.title}: {out}")
