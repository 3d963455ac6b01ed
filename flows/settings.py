"""Where to, and with which thresholds: the one settings class, prefix ``TAAR_``.

Here belongs what differs between deployments. Not here: what to crawl (seeds/sources.yaml) and
how politely (`crawler.settings`). Nothing is read at import: call `load_settings`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from lake.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: seeds/ and prefect.yaml lie here."""


_MOST_DAYS: Final = 36_500.0
"""A century: more overflows the calendar."""

_WEEK_S: Final = 7 * 24 * 3600.0

_MAIL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\"]+")
_ALIKE: Final = 0.8
"""So much a misspelt name has of the right one at least, as `difflib` reckons."""

_TOLD_FIELD: Final = re.compile(r'field "(\w+)"')


def _contact(value: str) -> str:
    # It goes into a header, so a line break in it would begin another one.
    address = urlsplit(value) if value.isprintable() and " " not in value else None
    is_page = address is not None and address.scheme in ("http", "https") and address.hostname
    if not (is_page or (address is not None and _MAIL.fullmatch(value))):
        raise ValueError("a contact is an e-mail address or the URL of a page about the crawler")
    return value


def _host_map(value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    for ports in value.values():
        for port, target in ports.items():
            address, _, to = target.rpartition(":")
            try:
                ipaddress.ip_address(address.strip("[]"))
                if not (port.isdecimal() and to.isdecimal() and int(to) < 1 << 16):
                    raise ValueError
            except ValueError:
                raise ValueError(
                    f"{port!r}: {target!r} leads from no port to no address:port, such as "
                    '{"*.press.test": {"80": "127.0.0.1:8080"}}'
                ) from None
    return value


def _from_home(value: Path) -> Path:
    # Where no shell has read the value, such as in a unit of systemd, nobody else has done it.
    try:
        return value.expanduser()
    except RuntimeError as error:
        raise ValueError(f"nobody knows the home that it begins with: {error}") from None


_Place = Annotated[Path, AfterValidator(_from_home)]


class Settings(BaseSettings):
    """Everything that a deployment may set.

    Every field is read from ``TAAR_<FIELD>``; the usual AWS variables are read by boto3 itself.
    """

    model_config = SettingsConfigDict(
        env_prefix="TAAR_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    lake: str = Field("./data", description="folder, or s3://bucket/prefix")
    s3_endpoint_url: str | None = Field(None, description="for S3-compatible servers")
    s3_region: str | None = Field(None, description="default: what AWS_REGION says")
    s3_addressing_style: str = Field(
        "auto", pattern="^(auto|path|virtual)$", description="auto, path or virtual"
    )
    s3_encryption: str | None = Field(
        None, pattern="^(AES256|aws:kms)$", description="server-side: SSE-S3 or SSE-KMS"
    )
    s3_kms_key_id: str | None = Field(None, description="key for aws:kms; default: the account's")
    s3_checksum: str = Field(
        "md5", pattern="^(md5|crc32|none)$", description="of what is written; none for old servers"
    )
    cache_mb: int = Field(
        2048, ge=0, description="blocks of an S3 lake kept in the cache, MB; 0: none"
    )
    cache: _Place = Field(
        default_factory=lambda: platformdirs.user_cache_path("taar"),
        description="spools of unfinished runs, blocks of an S3 lake; may be deleted at any time",
    )
    source_pack: _Place = Field(ROOT / "seeds" / "sources.yaml", description="what to crawl")
    sources: _Place | None = Field(None, description="your own sources, laid over the source pack")
    agencies: _Place = Field(ROOT / "seeds" / "agencies.yaml", description="the news agencies")
    contact: Annotated[str, AfterValidator(_contact)] | None = Field(
        None, description="e-mail address or URL that the user agent names"
    )
    budget_s: float = Field(
        600, gt=0, le=_WEEK_S, description="time for crawling in one run, seconds"
    )
    shards: int = Field(2, ge=1, le=64, description="crawl processes")
    archive_pages: bool = Field(True, description="keep raw responses as WARC")
    recheck_days: float = Field(
        3, ge=0, le=_MOST_DAYS, description="how long published articles are looked at again, days"
    )
    rechecks_per_run: int = Field(500, ge=0, description="at most so many in one run")
    honour_rights: bool = Field(
        False, description="leave out pages reserved against text and data mining or AI use"
    )
    min_words: int = Field(40, ge=1, description="a text with fewer words is too_short")
    copy_window_days: float = Field(
        30,
        gt=0,
        le=_MOST_DAYS,
        description="copies lie at most so far apart, days; no more than threads",
    )
    thread_window_days: float = Field(
        400, gt=0, le=_MOST_DAYS, description="the same for threads, days"
    )
    near_jaccard: float = Field(0.5, gt=0, le=1, description="near: Jaccard of 3-word shingles")
    partial_containment: float = Field(
        0.6, gt=0, le=1, description="partial: containment of 5-word shingles"
    )
    thread_cosine: float = Field(0.30, gt=0, le=1, description="thread: cosine of weighted words")
    frequencies: str = Field(
        "hi-1",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="version of the document-frequency table that weighs the words of threads",
    )
    known_days: float = Field(
        400,
        gt=0,
        le=_MOST_DAYS,
        description="a URL is forgotten so long after it was last listed, days",
    )
    keep_articles_days: float | None = Field(
        None,
        gt=0,
        le=_MOST_DAYS,
        description="articles, and what is derived from them, are kept so long, days",
    )
    keep_fingerprints_days: float | None = Field(
        None,
        gt=0,
        le=_MOST_DAYS,
        description="older articles are no longer compared with new ones, days",
    )
    keep_fetches_days: float | None = Field(
        None, gt=0, le=_MOST_DAYS, description="rows of fetches, days"
    )
    keep_source_runs_days: float | None = Field(
        None, gt=0, le=_MOST_DAYS, description="rows of source_runs, days"
    )
    keep_pages_days: float | None = Field(
        None, gt=0, le=_MOST_DAYS, description="raw responses, days"
    )

    # Set by the demo and by tests: names that resolve to loopback, and the press's own CA.
    host_map: Annotated[dict[str, dict[str, str]], AfterValidator(_host_map)] = Field(
        default_factory=dict,
        description="JSON: host pattern -> port -> address:port to connect to, for tests",
    )
    ca_file: _Place | None = Field(
        None, description="certificate authorities to trust in place of the system's, PEM"
    )
    crawl_overrides: dict[str, Any] = Field(
        default_factory=dict, description="Scrapy settings laid over crawler/settings.py"
    )
    failpoints: str = Field("", description="for tests: see lake.failpoints")


def load_settings(**given: object) -> Settings:
    """Reads the environment, with `given` laid over it.

    Args:
        **given: Fields of `Settings`; None means not given.

    Raises:
        ConfigError: If a value is wrong, or a variable has almost the name of a setting; names
            the variable and says why.
    """
    _check_names(os.environ)
    try:
        settings = Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        why = first["msg"].removeprefix("Value error, ")
        raise ConfigError(
            f"{name} cannot be {first.get('input')!r}: {why}",
            where=f"TAAR_{name.upper()}",
            remedy="correct the variable, or unset it to use the default",
        ) from None
    except ValueError as error:  # pydantic-settings: a field that should be JSON is not
        told = _TOLD_FIELD.search(str(error))
        name = f"TAAR_{told[1].upper()}" if told else "a TAAR_ variable"
        raise ConfigError(
            f"{name} is no JSON: {error.__cause__ or error}",
            where=name,
            remedy="correct the variable, or unset it to use the default",
        ) from None
    _check_windows(settings)
    _check_retention(settings)
    return settings


def _check_names(environment: Iterable[str]) -> None:
    """Refuses variables that somebody has meant for settings: nothing would come of them."""
    known = [f"TAAR_{name.upper()}" for name in Settings.model_fields]
    for name in sorted(environment):
        if not name.upper().startswith("TAAR_") or name.upper() in known:
            continue
        if meant := get_close_matches(name.upper(), known, n=1, cutoff=_ALIKE):
            raise ConfigError(
                "there is no setting of this name",
                where=name,
                remedy=f"{meant[0]} may be meant; else unset it",
            )


def _check_windows(settings: Settings) -> None:
    """Refuses copies further apart than threads, which are left out of what are copies."""
    copies, threads = settings.copy_window_days, settings.thread_window_days
    if copies <= threads:
        return
    given = settings.model_fields_set
    name = "copy_window_days" if "copy_window_days" in given else "thread_window_days"
    raise ConfigError(
        f"copies would be looked for over {copies:g} days, and threads over only {threads:g}",
        where=f"TAAR_{name.upper()}",
        remedy="set TAAR_COPY_WINDOW_DAYS to no more than TAAR_THREAD_WINDOW_DAYS; unset, they are "
        f"{Settings.model_fields['copy_window_days'].default} and "
        f"{Settings.model_fields['thread_window_days'].default}",
    )


def _check_retention(settings: Settings) -> None:
    """Refuses to throw away what Taar still needs."""
    window = settings.thread_window_days  # No shorter than that of copies.
    for name in ("keep_articles_days", "keep_fingerprints_days"):
        kept = getattr(settings, name)
        if kept is not None and kept < window:
            both = " and TAAR_COPY_WINDOW_DAYS" * (settings.copy_window_days > kept)
            raise ConfigError(
                f"{kept:g} days are shorter than the largest window of {window:g} days, in which "
                "new articles are compared with earlier ones",
                where=f"TAAR_{name.upper()}",
                remedy=f"keep them longer, or set TAAR_THREAD_WINDOW_DAYS{both} to no more than "
                f"{kept:g}",
            )
    fetches, pages = settings.keep_fetches_days, settings.keep_pages_days
    if fetches is not None and (pages is None or pages > fetches):
        raise ConfigError(
            "raw pages would outlive the rows of fetches that say whose they are",
            where="TAAR_KEEP_FETCHES_DAYS",
            remedy="set TAAR_KEEP_PAGES_DAYS to no more than TAAR_KEEP_FETCHES_DAYS",
        )
