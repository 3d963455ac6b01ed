"""Bodies that come packed: what they are labelled as, and what cannot be unpacked.

Here belongs the one deviation from Scrapy's unpacking: a body that is not what its header says has
a name of its own. Not here: files that are packed themselves (`crawler.listings.feeds`).
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

# Whichever of several libraries Scrapy has found.
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from crawler.troubles import Refused, Trouble
from lake.outcomes import Outcome

_NOT_PACKED: Final[tuple[type[Exception], ...]] = (
    # gzip's is an OSError, which a broken connection is too.
    *(OSError, EOFError, struct.error, zlib.error, brotli.error, zstd.ZstdError),
)


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's middleware, with words for a body that is labelled wrongly."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's own has it still.
    ) -> Request | Response:
        """Unpacks a body.

        Raises:
            Refused: With `Outcome.NO_TEXT`, if it is not packed as its header says.
        """
        named = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        try:
            return super().process_response(request, response)
        except _NOT_PACKED as error:
            words = f"labelled {named[:40]}, and cannot be unpacked as that"
            raise Refused(Trouble(Outcome.NO_TEXT, "not_a_feed", words)) from error
