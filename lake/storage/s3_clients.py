"""From an address and options to clients of an S3-compatible server.

Here belongs what is settled before the first request: which bucket, how it is addressed, with whose
credentials and how much patience. No requests (`lake.storage.s3`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ProfileNotFound

from lake.errors import ConfigError
from lake.storage import ADDRESSING, CHECKSUMS, ENCRYPTIONS, S3Options

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BUCKET: Final = re.compile(r"[a-zA-Z0-9.\-_]{1,255}")
"""What botocore lets through; the servers have rules of their own beside it."""

_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn")


def address(url: str) -> tuple[str, str]:
    """The bucket and the prefix in ``s3://bucket/prefix``.

    Raises:
        ConfigError: If there is no bucket in it.
    """
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not bucket:
        raise ConfigError(
            "the address names no bucket", where=url, remedy="write s3://bucket/prefix"
        )
    if not bucket.startswith("arn:") and not _BUCKET.fullmatch(bucket):
        raise ConfigError(
            f"{bucket!r} is no bucket name: letters, digits, '.', '-' and '_'",
            where=url,
            remedy="write s3://bucket/prefix with the name that the bucket has on its server",
        )
    return bucket, prefix.strip("/")


def check(options: S3Options) -> None:
    """Refuses options that are none, or that the server would stumble over at the first write.

    Raises:
        ConfigError: If one is wrong.
    """
    if options.addressing_style not in ADDRESSING:
        raise ConfigError(
            f"no such addressing style: {options.addressing_style!r}",
            where="TAAR_S3_ADDRESSING_STYLE",
            remedy=f"use one of {', '.join(ADDRESSING)}",
        )
    for name, value, allowed in (
        ("encryption", options.encryption, ENCRYPTIONS),
        ("checksum", options.checksum, CHECKSUMS),
    ):
        if value not in allowed:
            raise ConfigError(
                f"no such {name} of objects: {value!r}",
                where=f"TAAR_S3_{name.upper()}",
                remedy=f"use one of {', '.join(word for word in allowed if word)}, or unset it",
            )
    if options.kms_key_id is not None and options.encryption != "aws:kms":
        raise ConfigError(
            "a KMS key is named, and the encryption is not by KMS",
            where="TAAR_S3_KMS_KEY_ID",
            remedy="set TAAR_S3_ENCRYPTION=aws:kms, or unset the key",
        )


def clients(url: str, *wanted: S3Options) -> list[S3Client]:
    """A client for each of several options, which differ in patience alone.

    One session makes them: it reads botocore's description of S3 once, which takes longer than all
    else here.

    Args:
        url: The lake's address, for messages.
        wanted: The options.

    Raises:
        ConfigError: If what they or the AWS variables say makes no client.
    """
    try:
        session = boto3.session.Session()
        style = wanted[0].addressing_style
        clients = [_client(session, options, style) for options in wanted]
        host = urlsplit(clients[0].meta.endpoint_url).hostname or ""
        if style == "auto" and not host.endswith(_AWS):
            # A server of one's own seldom has a DNS name for each bucket.
            clients = [_client(session, options, "path") for options in wanted]
    except ProfileNotFound as error:
        raise ConfigError(
            f"{error}",
            where="AWS_PROFILE",
            remedy="correct it, or unset it to use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ) from error
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(
            f"the settings for S3 are wrong: {error}",
            where=wanted[0].endpoint_url or url,
            remedy="check TAAR_S3_ENDPOINT_URL (such as http://127.0.0.1:9000), the region and "
            "the AWS variables",
        ) from error
    return clients


def _client(session: boto3.session.Session, options: S3Options, style: str) -> S3Client:
    attempts = {"mode": options.retry_mode, "total_max_attempts": options.max_attempts}
    config = Config(
        connect_timeout=options.connect_timeout_s,
        read_timeout=options.read_timeout_s,
        max_pool_connections=max(10, 2 * options.parallel),
        retries=cast("Any", attempts),
        s3=cast("Any", {"addressing_style": style}),
        # Older servers refuse the checksums that newer SDKs send unasked.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client: S3Client = session.client(
        "s3", endpoint_url=options.endpoint_url, region_name=options.region, config=config
    )
    return client
