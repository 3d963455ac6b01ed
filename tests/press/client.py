"""A plain client that finds the names of the press, for its own tests."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from press import Press


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.raw) if self.headers.get("content-encoding") else self.raw

    @property
    def text(self) -> str:
        return self.body.decode()


@contextmanager
def connection(press: Press, scheme: str, host: str) -> Iterator[http.client.HTTPConnection]:
    where = press.host_map["*.press.test"]["443" if scheme == "https" else "80"]
    name, _, port = where.partition(":")
    opened = http.client.HTTPConnection(host, timeout=20)
    sock: socket.socket = socket.create_connection((name, int(port)), timeout=20)
    if scheme == "https":
        context = ssl.create_default_context(cafile=str(press.ca_file))
        sock = context.wrap_socket(sock, server_hostname=host)
    opened.sock = sock
    try:
        yield opened
    finally:
        opened.close()


def ask(
    opened: http.client.HTTPConnection,
    url: str,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
) -> Reply:
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe="/%") + (f"?{parts.query}" if parts.query else "")
    opened.request(method, path, headers={"Host": parts.netloc, **(headers or {})})
    got = opened.getresponse()
    return Reply(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())


def get(
    press: Press, url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> Reply:
    parts = urlsplit(url)
    with connection(press, parts.scheme, parts.netloc) as opened:
        return ask(opened, url, headers, method)
