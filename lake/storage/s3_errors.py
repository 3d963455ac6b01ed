"""What the refusals of an S3 server, and of the way to it, mean for a person.

Here belongs the translation into `StorageError`; no requests.
"""

from __future__ import annotations

import errno
from typing import Final

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from lake.errors import StorageError
from lake.storage.files import storage_error

_KEYS: Final = (
    "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN (or AWS_PROFILE)"
)
_AGAIN: Final = "run the same command again later: nothing is half published"

_CODES: Final[dict[str, tuple[str, str]]] = {
    "NoSuchBucket": ("there is no such bucket", "create the bucket, or correct TAAR_LAKE"),
    "InvalidBucketName": ("this is no bucket name", "correct TAAR_LAKE: s3://bucket/prefix"),
    "InvalidAccessKeyId": ("the server does not know this access key", _KEYS),
    "SignatureDoesNotMatch": ("the secret key is wrong", _KEYS),
    "InvalidToken": ("the session token is wrong", _KEYS),
    "ExpiredToken": ("the session token has expired", "get a new one; " + _KEYS),
    "AccessDenied": (
        "access is denied",
        _KEYS + "; the key must be allowed to list, read, write and delete under the prefix",
    ),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", "set the clock (NTP)"),
    "AuthorizationHeaderMalformed": ("the region is wrong", "set TAAR_S3_REGION or AWS_REGION"),
    "PermanentRedirect": ("the bucket lies elsewhere", "set TAAR_S3_REGION to its region"),
    "SlowDown": ("the server asks us to slow down", _AGAIN),
    "NotImplemented": (
        "the server cannot do this",
        "leave TAAR_S3_ENCRYPTION and TAAR_S3_CHECKSUM unset, or take a server that bears them",
    ),
    "InsufficientStorage": ("the server is full", "free some space on it, then run again"),
    "QuotaExceeded": ("the quota is used up", "free some space or raise it, then run again"),
    "XMinioStorageFull": ("the server is full", "free some space on it, then run again"),
}
_BY_STATUS: Final = {
    "401": "AccessDenied",
    "403": "AccessDenied",
    "404": "NoSuchBucket",
    "501": "NotImplemented",
    "503": "SlowDown",
    "507": "InsufficientStorage",
}


def is_missing(error: BaseException) -> bool:
    """Whether the server says that there is no such object (not: no such bucket)."""
    if not isinstance(error, ClientError):
        return False
    # The answer to HEAD has no body, and so no code but the status.
    return error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"} and (
        error.operation_name != "ListObjectsV2"
    )


def explain(error: Exception, doing: str, where: str, endpoint_url: str | None) -> StorageError:
    """Says what a failed request means.

    Args:
        error: What boto3 raised.
        doing: What was being done, to be read after "cannot".
        where: The lake's address.
        endpoint_url: As the caller gave it.
    """
    root = error
    while not isinstance(root, ClientError) and isinstance(root.__context__, Exception):
        root = root.__context__  # boto3 wraps what botocore raised while parts went up.
    if isinstance(root, ClientError):
        return _refused(root, doing, where)
    endpoint = f"{where} at {endpoint_url}" if endpoint_url else where
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        what, remedy = f"no complete credentials ({error})", _KEYS
    elif isinstance(error, SSLError):
        what = f"the secure connection fails ({error})"
        remedy = "set AWS_CA_BUNDLE to the CA of the server, or use http:// on a private network"
    elif isinstance(error, ReadTimeoutError | ConnectionClosedError):
        what, remedy = f"the server does not answer in time ({error})", _AGAIN
    elif isinstance(error, HTTPError | ResponseParserError):
        what, remedy = f"the answers of the server break off ({error})", _AGAIN
    elif isinstance(error, EndpointConnectionError | ConnectTimeoutError | HTTPClientError):
        what = f"the server cannot be reached ({error})"
        remedy = "check TAAR_S3_ENDPOINT_URL and the network; is the server running?"
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO):
        return storage_error(error, doing, where)
    else:
        what, remedy = str(error), "check TAAR_LAKE, TAAR_S3_ENDPOINT_URL and the AWS variables"
    return StorageError(f"cannot {doing}: {what}", where=endpoint, remedy=remedy)


def _refused(error: ClientError, doing: str, where: str) -> StorageError:
    told = error.response.get("Error", {})
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    code = str(told.get("Code", ""))
    known = _CODES.get(code) or _CODES.get(_BY_STATUS.get(code, "")) or None
    if known is None and status in _BY_STATUS and status != "404":
        known = _CODES[_BY_STATUS[status]]
    if known is None:
        known = (told.get("Message") or code or f"status {status}", _AGAIN)
    what, remedy = known
    if code == "NotImplemented" and told.get("Message"):
        what += f": {str(told['Message']).rstrip('.')}"  # Which part of it, the server alone knows.
    return StorageError(f"cannot {doing}: {what} ({code or status})", where=where, remedy=remedy)
