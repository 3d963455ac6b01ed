"""The commands ``taar sources pause``, ``resume``, ``refetch`` and ``orders``.

Here belong their options and what they print. The work is in `flows.repair.orders`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import click

from flows.commands.options import JSON, LAKE, as_date, print_json, settings

if TYPE_CHECKING:
    from lake.orders import Order


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


@click.command()
@click.argument("source_id", metavar="ID")
@click.option(
    "--until", callback=as_date, metavar="DATE",
    help="Day on which it goes on by itself, at 0:00 UTC; else with `taar sources resume`.",
)  # fmt: skip
@LAKE
@JSON
def pause(source_id: str, until: date | None, lake: str | None, as_json: bool) -> None:
    """Leave a source alone: no run on any machine asks it for anything.

    The order is kept in the lake. What the source still owes is kept too, and taken up when the
    pause ends. A run that names it with --source crawls it all the same.

    Example: taar sources pause amarujala --until 2024-12-01
    """
    from flows.repair.orders import pause as order_pause

    order = order_pause(settings(lake=lake), source_id, _midnight(until), datetime.now(UTC))
    _tell(order, as_json, f"{source_id} is paused{_until(order)}.")


@click.command()
@click.argument("source_id", metavar="ID")
@LAKE
@JSON
def resume(source_id: str, lake: str | None, as_json: bool) -> None:
    """End the pause of a source.

    Example: taar sources resume amarujala
    """
    from flows.repair.orders import resume as order_resume

    order = order_resume(settings(lake=lake), source_id)
    _tell(order, as_json, f"{source_id} is crawled again, beginning with the next run.")


@click.command()
@click.argument("source_id", metavar="ID")
@click.option(
    "--since", callback=as_date, metavar="DATE", help="Only articles published since this day, UTC."
)
@LAKE
@JSON
def refetch(source_id: str, since: date | None, lake: str | None, as_json: bool) -> None:
    """Fetch the published articles of a source anew: the next runs take them up as rechecks.

    At most TAAR_RECHECKS_PER_RUN of them in one run, the newest first. What has changed becomes a
    new version. To make articles again from the pages that are archived, see taar reextract.

    Example: taar sources refetch amarujala --since 2024-11-20
    """
    from flows.repair.orders import refetch as order_refetch

    given = settings(lake=lake)
    order, count = order_refetch(given, source_id, _midnight(since), datetime.now(UTC))
    per_run = given.rechecks_per_run
    words = f"{_articles(count)} of {source_id} to be fetched anew, at most {per_run} in one run."
    _tell(order, as_json, words, articles=count)


@click.command()
@LAKE
@JSON
def orders(lake: str | None, as_json: bool) -> None:
    """List the orders that hold: who is paused, and what is still to be fetched anew.

    Example: taar sources orders --json
    """
    from flows.repair.orders import standing_orders

    found = standing_orders(settings(lake=lake), datetime.now(UTC))
    if as_json:
        print_json([_row(s.order) | {"paused": s.paused, "waiting": s.waiting} for s in found])
        return
    from flows.commands.tables import print_rows

    rows = [
        (
            s.order.source_id,
            f"since {s.order.paused_at:%Y-%m-%d %H:%M}{_until(s.order)}" if s.paused else "no",
            _waiting(s.waiting),
        )
        for s in found
    ]
    print_rows(["source", "paused", "fetched anew"], rows, count=False)
    if not rows:
        click.echo("There are no orders.")


def _waiting(count: int) -> str:
    return "no" if not count else f"{_articles(count)} wait{'s' * (count == 1)}"


def _articles(count: int) -> str:
    return f"{count} article{'s' * (count != 1)}"


def _until(order: Order) -> str:
    return f" until {order.paused_until:%Y-%m-%d %H:%M} UTC" if order.paused_until else ""


def _row(order: Order) -> dict[str, object]:
    return {name: getattr(order, name) for name in order.__dataclass_fields__}


def _tell(order: Order, as_json: bool, words: str, **more: object) -> None:
    if as_json:
        print_json(_row(order) | more)
    else:
        click.echo(words)
