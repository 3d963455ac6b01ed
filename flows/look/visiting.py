"""A live look at the web, as polite as a crawl, of which nothing is kept.

Here belongs the running of a look as a crawl process in a folder that is thrown away. Not here:
what a look asks for and sees (`crawler.scouting`), and what it is for (`flows.look.page`,
`flows.look.checking`, `flows.look.adding`).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.manners.addresses import mapped, private_address
from crawler.plan import Plan
from crawler.records import Record
from crawler.spiders.news import ARCHIVE
from crawler.stored import StoredPage, read_archive
from crawler.urls import host_of
from flows.opening import check_certificates, check_overrides
from flows.settings import Settings
from flows.steps.planning import user_agent
from flows.steps.supervise import crawl
from lake import ids
from lake.errors import ConfigError, TaarError
from lake.runs.records import read_records
from lake.runs.spool import RECORDS


def look_plan(settings: Settings, now: datetime) -> Plan:
    """The plan of a crawl that keeps nothing, without sources yet.

    Raises:
        ConfigError: If the certificate authorities that the settings name cannot be read.
    """
    check_certificates(settings)
    check_overrides(settings)
    return Plan(
        run_id=ids.new_run_id(now),
        now=now,
        budget_s=settings.budget_s,
        sources=(),
        user_agent=user_agent(settings),
        host_map=settings.host_map,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        overrides=settings.crawl_overrides,
        min_words=settings.min_words,
        agencies_file=str(settings.agencies),
    )


def run_look(plan: Plan, folder: Path) -> list[Record]:
    """Runs a plan of one shard in a folder, and reads its records.

    Raises:
        TaarError: If the crawl process failed.
    """
    plan.write(folder)
    (done,) = asyncio.run(crawl(folder, 1, plan.budget_s))
    if done.returncode:
        raise TaarError(
            done.complaint or "the crawl process failed",
            where=str(folder),
            remedy="check the settings that the message names",
        )
    log = folder / "shard-00" / RECORDS
    return list(read_records(log)) if log.exists() else []


def visited(folder: Path) -> list[StoredPage]:
    """The pages that a look in a folder archived, in the order in which they came."""
    archive = folder / "shard-00" / ARCHIVE
    if not archive.exists():
        return []
    with archive.open("rb") as stream:
        return list(read_archive(stream))


def refuse_private(settings: Settings, url: str) -> None:
    """Refuses an address that the crawl would refuse as well, before one is started.

    Args:
        settings: The hosts of its map may have private addresses.
        url: A web URL.

    Raises:
        ConfigError: If its host is, by its mere name, not of the public internet.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = host_of(url)
    address = private_address(host)
    if address is not None and mapped(settings.host_map, host, port) is None:
        raise ConfigError(
            f"the address {address} is not public",
            where=url,
            remedy="name a site on the public internet; Taar fetches nothing from private networks",
        )
