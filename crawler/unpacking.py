"""Bodies that come packed: what they are labelled as, and what cannot be unpacked.

Here belong the deviations from Scrapy's unpacking: a body that is not what its header says has a
name of its own, and hides no status. Not here: files that are packed themselves
(`crawler.listings.feeds`).
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

# Whichever of several libraries Scrapy has found.
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from crawler.manners.middlewares import refuse
from crawler.troubles import Trouble, of_exception
from lake.outcomes import Outcome

_NOT_PACKED: Final[tuple[type[Exception], ...]] = (
    # gzip's is an OSError, which a broken connection is too.
    *(OSError, EOFError, struct.error, zlib.error, brotli.error, zstd.ZstdError),
)


_NOTHING: Final = 20
"""What nothing takes, packed, at most, bytes: the header and trailer of gzip."""


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's middleware, with words for a body that is labelled wrongly."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's own has it still.
    ) -> Request | Response:
        """Unpacks a body.

        What is no answer (4xx, 5xx) goes on without a body that cannot be had: its status and its
        Retry-After are what counts.

        Raises:
            Refused: With `Outcome.NO_TEXT`, if it is not packed as its header says; with
                `Outcome.TOO_LARGE`, if it unpacks to more than the size limit.
        """
        named = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        packed = response.body
        try:
            found = super().process_response(request, response)
        except _NOT_PACKED:
            trouble = _mislabelled(named)
        except IgnoreRequest as error:
            trouble = of_exception(error)
        else:
            # The reader of Brotli takes whatever comes for the beginning of something.
            hollow = isinstance(found, Response) and not found.body and len(packed) > _NOTHING
            if not hollow:
                return found
            trouble = _mislabelled(named)
        if not 200 <= response.status < 300:
            del response.headers["Content-Encoding"]
            return response.replace(body=b"")
        return refuse(request, trouble)


def _mislabelled(named: str) -> Trouble:
    words = f"labelled {named[:40]}, and cannot be unpacked as that"
    return Trouble(Outcome.NO_TEXT, "not_a_feed", words)
