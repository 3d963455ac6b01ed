"""Options and printing that several commands share.

Here belongs what would else be written in each command's module. Not here: any one command.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.settings import Settings

LAKE = click.option(
    "--lake", metavar="PLACE", help="Folder or s3://bucket/prefix; default: TAAR_LAKE, else ./data."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
PLAIN = click.option("--no-prefect", is_flag=True, help="Run without Prefect: no dashboard entry.")


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
    return parsed


def as_date(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """Reads an option that is a day; a click callback."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date like 2024-11-22") from None


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
