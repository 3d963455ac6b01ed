"""From settings to an open lake, to the sources, and to what else the rooms take.

Here belongs the translation of settings into what the rooms take. Not here: any step of a run.
"""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.settings import Settings
from lake import ids
from lake.errors import ConfigError
from lake.storage import S3Options, local_root, open_storage
from lake.tables import Lake
from lake.upkeep.days import Retention

if TYPE_CHECKING:
    from crawler.source_model import Source
    from dedup import DedupSettings


_KINDS: Final = {
    bool: "true or false",
    int: "a whole number, 0 or more",
    float: "a number, 0 or more",
}
_YES_OR_NO: Final = (True, False, "0", "1", "True", "False", "true", "false")
"""As `scrapy.settings.BaseSettings.getbool` reads them; 0 and 1 equal the first two."""


def open_lake(settings: Settings, *, create: bool = True) -> Lake:
    """Opens the lake that the settings name.

    Args:
        settings: Where it is.
        create: Whether a folder that does not exist is made; a reader wants an error instead.

    Raises:
        ConfigError: If the address is wrong.
        StorageError: If the storage cannot be reached or refuses us.
    """
    options = S3Options(
        endpoint_url=settings.s3_endpoint_url,
        region=settings.s3_region,
        addressing_style=settings.s3_addressing_style,
        encryption=settings.s3_encryption,
        kms_key_id=settings.s3_kms_key_id,
        checksum=settings.s3_checksum,
        cache=block_cache(settings),
        cache_bytes=settings.cache_mb << 20,
    )
    return Lake(open_storage(settings.lake, options, create=create))


def refuse_inside_lake(settings: Settings, out: Path, option: str) -> None:
    """Keeps a file of the user's out of the lake, where it could replace an object.

    Args:
        settings: Where the lake is.
        out: The file that is about to be written.
        option: By which it was named, for the message.

    Raises:
        ConfigError: If it would lie in the folder of the lake, by whatever links.
    """
    root = local_root(settings.lake)
    # Some writers follow a link in the last part of the path, others replace it.
    if root is not None and any(
        place.is_relative_to(root) for place in (out.resolve(), out.parent.resolve() / out.name)
    ):
        raise ConfigError(
            f"{out} lies inside the lake, where only Taar writes",
            where=option,
            remedy=f"name a file outside {root}",
        )


def given_sources(settings: Settings) -> list[Source]:
    """The sources, each of an agency that there is.

    Raises:
        ConfigError: If a source file or the file of agencies is wrong, with file and line.
    """
    # Loaded by those who ask: to open a lake takes neither.
    from crawler.extract import load_agencies
    from crawler.sources import load_sources

    agencies = frozenset(load_agencies(settings.agencies).ids.values())
    return load_sources(settings.source_pack, settings.sources, agencies)


def check_certificates(settings: Settings) -> None:
    """Makes sure that the certificate authorities can be read, before anything is fetched.

    Without them every site that is asked over TLS would seem to be at fault.

    Raises:
        ConfigError: If they cannot.
    """
    if settings.ca_file is None:
        return
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=settings.ca_file)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError.
        why = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"the certificate authorities cannot be read from {settings.ca_file}: {why}",
            where="TAAR_CA_FILE",
            remedy="name a PEM file, or unset it to trust those of the system",
        ) from error


def check_overrides(settings: Settings) -> None:
    """Makes sure that the settings for Scrapy have the form that Scrapy reads.

    With a wrong one every crawl process would die at its start.

    Raises:
        ConfigError: If one of those that `crawler.settings` gives a number or a yes or no is none.
    """
    from crawler import settings as ours

    for name, value in settings.crawl_overrides.items():
        shipped = getattr(ours, name, None)
        if not _fits(value, shipped):
            kind = _KINDS.get(type(shipped), f"a value such as {shipped!r}")
            raise ConfigError(
                f"{name} cannot be {value!r}", where="TAAR_CRAWL_OVERRIDES", remedy=f"name {kind}"
            )


def _fits(value: object, shipped: object) -> bool:
    """Whether Scrapy can read a value in place of the one that is shipped."""
    if shipped is None or value is None:
        return not isinstance(shipped, bool | int | float)
    if isinstance(shipped, bool):
        return value in _YES_OR_NO
    if isinstance(shipped, int | float):
        return _is_number(value, whole=isinstance(shipped, int))
    if isinstance(shipped, list) and isinstance(value, str):
        return True  # With commas.
    return isinstance(value, type(shipped))


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return 0 <= float(value) < math.inf and (not whole or float(value) == int(value))
    except (ValueError, OverflowError):
        return False


def block_cache(settings: Settings) -> Path:
    """The folder of this machine with blocks of S3 lakes that were read."""
    return settings.cache / "blocks"


def spool_root(settings: Settings, lake: Lake) -> Path:
    """The folder of this machine that holds the spools of one lake."""
    return settings.cache / "spool" / ids.url_id(lake.storage.url)[:16]


def retention(settings: Settings) -> Retention:
    """How long what is kept."""

    def span(days: float | None) -> timedelta | None:
        return None if days is None else timedelta(days=days)

    return Retention(
        articles=span(settings.keep_articles_days),
        fingerprints=span(settings.keep_fingerprints_days),
        fetches=span(settings.keep_fetches_days),
        source_runs=span(settings.keep_source_runs_days),
        pages=span(settings.keep_pages_days),
    )


def window(settings: Settings) -> timedelta:
    """How far back rows may point: the larger of the windows."""
    return timedelta(days=max(settings.copy_window_days, settings.thread_window_days))


def dedup_settings(settings: Settings) -> DedupSettings:
    """The thresholds, as dedup takes them."""
    from dedup import DedupSettings

    return DedupSettings(
        near_jaccard=settings.near_jaccard,
        partial_containment=settings.partial_containment,
        thread_cosine=settings.thread_cosine,
        copy_window=timedelta(days=settings.copy_window_days),
        thread_window=timedelta(days=settings.thread_window_days),
    )
