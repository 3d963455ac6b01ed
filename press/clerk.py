"""What happens to one request: the log, the faults of connections, the answer.

Here belongs everything between an aiohttp request and its response. What is answered is told in
`press.answers`; ports and threads are in `press.server`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from aiohttp import web as aio

from press.answers import answer
from press.faults import Faults
from press.response import Answer, compressed, conditional
from press.sites import Site
from press.web import Web

_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing sends RST instead of FIN."""
_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request that came in.

    Attributes:
        monotonic: When it came, in seconds of `time.monotonic`.
        wall: When it came, by the clock of the machine.
        host: The Host header, without port.
        path: Path and query as sent.
        headers: Header fields as sent.
        status: Status of the answer; 0 if the connection was reset.
    """

    monotonic: float
    wall: datetime
    host: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(slots=True)
class Clerk:
    """Answers requests and remembers them.

    Attributes:
        web: All pages.
        sites: The sites that there are.
        now: The clock of the press.
        faults: What goes wrong, asked anew for every request.
        log: Every request so far, in the order of the answers.
        asked: How many requests each address (host and decoded path) has had.
    """

    web: Web
    sites: tuple[Site, ...]
    now: Callable[[], datetime]
    faults: Callable[[], Faults]
    log: list[Request] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    async def handle(self, request: aio.BaseRequest) -> aio.StreamResponse:
        """Answers one request."""
        came = time.monotonic(), datetime.now(UTC)
        host = request.host.partition(":")[0].lower()
        path, _, query = request.raw_path.partition("?")
        address = f"{host}{unquote(path)}"
        asked = self.asked[address]
        self.asked[address] += 1
        faults = self.faults()
        await asyncio.sleep(max(faults.delay(address), self._slowness(host, path, faults)))
        reset = faults.is_reset(address)
        given = Answer(0, b"") if reset else self._answer(request, host, path, query, asked)
        headers = dict(request.headers)
        self.log.append(Request(*came, host, request.raw_path, headers, given.status))
        if reset:
            _reset(request)
            return aio.Response(status=500)
        if faults.is_truncated(address) and given.body:
            return await _truncated(request, given)
        body = b"" if request.method == "HEAD" else given.body
        return aio.Response(status=given.status, body=body, headers=given.headers)

    def _answer(
        self, request: aio.BaseRequest, host: str, path: str, query: str, asked: int
    ) -> Answer:
        site = next((site for site in self.sites if site.host == host), None)
        if site is None:
            return Answer(421, b"no such site here\n", {"Content-Type": "text/plain"})
        faults, address = self.faults(), f"{host}{unquote(path)}"
        retry = faults.retry_after(address, asked)
        if retry is not None:
            return Answer(503, b"<h1>Busy</h1>", {**_HTML, "Retry-After": str(retry)})
        status = faults.status(address)
        if status is not None:
            return Answer(status, f"<h1>{status}</h1>".encode(), _HTML)
        if request.secure != (site.scheme == "https"):
            return Answer(301, b"", {"Location": f"{site.home.rstrip('/')}{request.raw_path}"})
        given = answer(self.web, site, path, query, self.now(), faults, asked)
        return compressed(conditional(given, request.headers), site, request.headers)

    def _slowness(self, host: str, path: str, faults: Faults) -> float:
        page = self.web.find(host, path)
        slow = page is not None and page.special == "slow" and "slow" in faults.specials
        return faults.slow_s if slow else 0.0


def _reset(request: aio.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()


async def _truncated(request: aio.BaseRequest, given: Answer) -> aio.StreamResponse:
    """Announces the whole body, sends half of it and closes the connection."""
    response = aio.StreamResponse(status=given.status, headers=given.headers)
    response.content_length = len(given.body)
    await response.prepare(request)
    await response.write(given.body[: len(given.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
