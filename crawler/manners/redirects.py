"""Redirects: followed as any other request is made, at the pace of the host that they lead to.

Here belong the deviations from Scrapy's redirects. Not here: where a redirect may lead
(`crawler.manners.middlewares`).
"""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response


class Redirects(RedirectMiddleware):
    """Scrapy's middleware, which would send a redirect at the pace of the host that it came from.

    That one may have answered long ago, while the other has just been asked for something else, or
    wants a longer delay.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's own has it still.
    ) -> Request | Response:
        """Follows a redirect. One whose target is no address is an answer without a page."""
        try:
            found = super().process_response(request, response)
        except ValueError:
            return response
        if isinstance(found, Request):
            found.meta.pop("download_slot", None)
        return found
