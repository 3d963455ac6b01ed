"""The command ``taar doctor``.

Here belong its options and what it prints. The work is in `flows.watch.doctor`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from flows.commands.options import JSON, LAKE, print_json, settings

if TYPE_CHECKING:
    from flows.watch.doctor import Check


@click.command()
@LAKE
@JSON
@click.pass_context
def doctor(ctx: click.Context, lake: str | None, as_json: bool) -> None:
    """Say what is wrong: with the set-up, and with single sources.

    A source is measured by its own last 30 days: silent (nothing new for much longer than ever),
    stale (its newest item is old), failing (the same failure again and again), extraction (fewer
    pages make articles than before, or articles lack what they had). Exit code 1 if something is
    wrong.

    Example: taar doctor --json
    """
    from flows.watch.doctor import examine

    found = examine(settings(lake=lake), now=datetime.now(UTC))
    if as_json:
        print_json(found.to_json())
    else:
        from flows.commands.tables import print_rows

        rows = [(_judgement(c), c.name, c.what, c.remedy) for c in found.checks]
        print_rows(["", "check", "found", "remedy"], rows, count=False)
        if found.complaints:
            click.echo("")
            print_rows(
                ["source", "is", "since"],
                [
                    (c.source_id, c.what, f"{c.since:%Y-%m-%d %H:%M}" if c.since else "")
                    for c in found.complaints
                ],
                count=False,
            )
        if found.paused:
            click.echo(f"\nPaused: {', '.join(found.paused)}")
        click.echo("\nAll is well." if found.well else "\nSomething is wrong.")
    ctx.exit(0 if found.well else 1)


def _judgement(check: Check) -> str:
    if not check.ok:
        return "WRONG"
    return "warning" if check.remedy else "ok"
