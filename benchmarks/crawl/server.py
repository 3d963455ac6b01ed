"""Serves the generated press: ``python -m benchmarks.crawl.server --sites N --pages N``.

A process of its own, as quick as a server in Python gets: bytes that are ready, no framework. It
prints one JSON line with its port, serves until standard input ends, and prints one with what it
did. Not here: the pages (`benchmarks.crawl.pages`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from functools import partial

from benchmarks.crawl.pages import Generated

_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"
_CACHED = 8_000


class Desk:
    """Finds the answer to a request; what was made once is kept, up to a few thousand pages."""

    def __init__(self, sites: int, pages: int, *, zipped: bool) -> None:
        self._form = (sites, pages, zipped)
        self.press = Generated(sites, pages, 0, zipped)
        self._numbers: dict[str, int] = {}
        self._made: dict[tuple[str, str], bytes] = {}
        self.requests = 0

    def open_at(self, port: int) -> None:
        """Learns the port; small presses are made at once, so that serving costs nothing."""
        sites, pages, zipped = self._form
        self.press = Generated(sites, pages, port, zipped)
        paths = self.press.paths()
        self._numbers = {path: n for n, path in enumerate(paths)}
        for host in self.press.hosts():
            if len(self._made) + pages > _CACHED:
                break
            for path in paths:
                self.answer(host, path)

    def answer(self, host: str, path: str) -> bytes:
        """The bytes of the whole response."""
        known = self._made.get((host, path))
        if known is None:
            known = self._response(host, path)
            if len(self._made) < _CACHED:
                self._made[host, path] = known
        return known

    def _response(self, host: str, path: str) -> bytes:
        if path == "/robots.txt":
            return _response(_ROBOTS, "text/plain")
        if path == "/feed.xml":
            return _response(self.press.feed(host), "application/rss+xml; charset=utf-8")
        n = self._numbers.get(path)
        if n is None:
            return _response(b"<h1>404</h1>", "text/html", status="404 Not Found")
        coding = "Content-Encoding: gzip\r\n" if self.press.zipped else ""
        body = self.press.page(host, n)
        return _response(body, "text/html; charset=utf-8", f'ETag: "{n}"\r\n{coding}')


def _response(body: bytes, kind: str, more: str = "", status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Notes where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers every request that is complete."""
        self._came += data
        while b"\r\n\r\n" in self._came:
            head, _, self._came = self._came.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            host = next((line[5:] for line in lines if line[:5].lower() == "host:"), "")
            self._desk.requests += 1
            self._transport.write(self._desk.answer(host.strip().partition(":")[0], path))


async def serve(desk: Desk) -> None:
    """Serves until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, desk), "127.0.0.1", 0, backlog=512)
    port: int = server.sockets[0].getsockname()[1]
    desk.open_at(port)
    desk.requests = 0
    before = time.process_time()
    print(json.dumps({"port": port}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    spent = time.process_time() - before
    print(json.dumps({"cpu_s": spent, "requests": desk.requests}), flush=True)


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--zipped", action="store_true")
    options = parser.parse_args()
    asyncio.run(serve(Desk(options.sites, options.pages, zipped=options.zipped)))


if __name__ == "__main__":
    main()
