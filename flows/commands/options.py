"""Options and printing that several commands share.

Here belongs what would else be written in each command's module. Not here: any one command.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from flows.settings import Settings

LAKE = click.option(
    "--lake", metavar="PLACE", help="Folder or s3://bucket/prefix; default: TAAR_LAKE, else ./data."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
PLAIN = click.option("--no-prefect", is_flag=True, help="Run without Prefect: no dashboard entry.")


_YEARS: Final = (1990, 2100)
"""Of days and times on the command line. No news on the web is older; and reckoning with the first
and last days of the calendar, in another zone or with a day more, leaves it."""


def as_time(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """Reads an option that is a moment with its zone; a click callback."""
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise click.BadParameter(f"{value!r} is no time with a zone, like 2024-11-22T09:00+05:30")
    _within_years(parsed, value)
    return parsed


def as_date(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """Reads an option that is a day; a click callback."""
    if value is None:
        return None
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date like 2024-11-22") from None
    _within_years(parsed, value)
    return parsed


def as_number(_: click.Context, __: click.Parameter, value: float) -> float:
    """Refuses what is no number, which is in every range by click's reckoning; a click callback."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number")
    return value


def _within_years(day: date, value: str) -> None:
    first, last = _YEARS
    if not first <= day.year <= last:
        raise click.BadParameter(f"{value!r} is not in the years {first} to {last}")


def print_json(value: object) -> None:
    """Prints one line of JSON, Devanagari as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def settings(**given: object) -> Settings:
    """The settings, with what the command line gave laid over the environment.

    Raises:
        ConfigError: If a value is wrong.
    """
    from flows.settings import load_settings

    return load_settings(**given)
