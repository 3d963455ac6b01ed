"""Redirects: followed as any other request is made, at the pace of the host that they lead to.

Here belong the deviations from Scrapy's redirects. Not here: where a redirect may lead
(`crawler.manners.middlewares`).
"""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response

from crawler.troubles import Refused, Trouble
from lake.outcomes import Outcome


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
        """Follows a redirect. One whose target is no address is an answer without a page.

        Raises:
            Refused: With `Outcome.HTTP_4XX`, if it leads back to where it came by: without cookies
                the same question has the same answer.
        """
        try:
            found = super().process_response(request, response)
        except ValueError:
            return response
        if isinstance(found, Request):
            if found.url in found.meta["redirect_urls"]:
                raise Refused(Trouble(Outcome.HTTP_4XX, "http_4xx", "redirected in a circle"))
            found.meta.pop("download_slot", None)
        return found
