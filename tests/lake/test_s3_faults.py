"""What a server may do to us: refuse, stumble, break off. A small server plays it."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lake.errors import StorageError
from lake.storage import S3Options, Storage, open_storage

pytestmark = pytest.mark.usefixtures("aws")

Answer = tuple[int, bytes, int]
"""Status, body, and how many bytes the header promises."""

RESET = 1 << 20
"""Who promises so many sends a part of the body, and resets the connection."""


def refusal(code: str, status: int = 403) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    return status, body, len(body)


EMPTY_LIST = b"<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"


@dataclass
class Server:
    url: str
    answer: Callable[[str, str], Answer | None]
    requests: list[tuple[str, str]] = field(default_factory=list)

    def open(self) -> Storage:
        options = S3Options(endpoint_url=self.url, max_attempts=3, read_timeout_s=2)
        return open_storage("s3://bucket/p", options)


@contextmanager
def serving(answer: Callable[[str, str], Answer | None]) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if "100-continue" not in (self.headers.get("Expect") or ""):
                self.rfile.read(length)
            server.requests.append((self.command, self.path))
            given = server.answer(self.command, self.path)
            if given is None and "list-type" in self.path:
                given = 200, EMPTY_LIST, len(EMPTY_LIST)
            status, body, promised = given or (200, b"", 0)
            self.send_response(status)
            self.send_header("Content-Length", str(promised))
            self.send_header("ETag", '"x"')
            self.send_header("Last-Modified", "Tue, 18 Jun 2024 06:30:00 GMT")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            if promised == RESET:
                time.sleep(0.05)  # Let the header arrive.
                now = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                self.connection.close()
            self.close_connection = True

        do_GET = do_PUT = do_HEAD = do_DELETE = handle_any  # noqa: N815 - http.server's names.

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = Server(f"http://127.0.0.1:{http.server_port}", answer)
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("code", "what", "remedy"),
    [
        ("InvalidAccessKeyId", "does not know this access key", "AWS_ACCESS_KEY_ID"),
        ("SignatureDoesNotMatch", "secret key is wrong", "AWS_SECRET_ACCESS_KEY"),
        ("ExpiredToken", "expired", "AWS_SESSION_TOKEN"),
        ("AccessDenied", "denied", "allowed to list"),
        ("RequestTimeTooSkewed", "clock is wrong", "NTP"),
        ("SomethingElse", "denied", "AWS_ACCESS_KEY_ID"),
    ],
)
def test_refusals_are_told(code: str, what: str, remedy: str) -> None:
    with serving(lambda *_: refusal(code)) as server:
        with pytest.raises(StorageError, match=what) as caught:
            server.open()
        assert remedy in str(caught.value)
        assert len(server.requests) == 1


def test_an_unknown_refusal_is_quoted() -> None:
    with (
        serving(lambda *_: refusal("TeaPot", 418)) as server,
        pytest.raises(StorageError, match=r"no \(TeaPot\)"),
    ):
        server.open()


def test_a_server_that_stumbles_is_asked_again() -> None:
    left = {"PUT": 2, "GET": 1}

    def stumble(method: str, path: str) -> Answer | None:
        if "list-type" not in path and left.get(method, 0) > 0:
            left[method] -= 1
            return refusal("SlowDown", 503)
        return (200, b"content", 7) if method == "GET" and "list-type" not in path else None

    with serving(stumble) as server:
        storage = server.open()
        storage.put("k", b"x")
        assert storage.get("k") == b"content"
        assert [m for m, _ in server.requests] == ["GET", "PUT", "PUT", "PUT", "GET", "GET"]


def test_a_server_that_stays_down_is_given_up() -> None:
    def down(method: str, _: str) -> Answer | None:
        return refusal("SlowDown", 503) if method == "PUT" else None

    with serving(down) as server:
        storage = server.open()
        with pytest.raises(StorageError, match="slow down") as caught:
            storage.put("k", b"x")
        assert "half published" in str(caught.value)
        assert [m for m, _ in server.requests].count("PUT") == 3


def test_a_body_that_breaks_off_is_read_again() -> None:
    broken = iter([True, True, False])

    def break_off(method: str, path: str) -> Answer | None:
        if method != "GET" or "list-type" in path:
            return None
        return (200, b"con", 7) if next(broken) else (200, b"content", 7)

    with serving(break_off) as server:
        assert server.open().get("k") == b"content"


def test_a_body_that_always_breaks_off_is_an_error() -> None:
    def break_off(method: str, path: str) -> Answer | None:
        return (200, b"con", 7) if method == "GET" and "list-type" not in path else None

    with serving(break_off) as server:
        storage = server.open()
        with pytest.raises(StorageError, match="cannot read k"):
            storage.get("k")


def refuse_and_reset(method: str, path: str) -> Answer | None:
    return (404, b"<Error>", RESET) if method == "GET" and "list-type" not in path else None


def test_a_refusal_that_breaks_off_is_asked_for_again() -> None:
    broken = iter([True, True, False])

    def break_off(method: str, path: str) -> Answer | None:
        refusal = refuse_and_reset(method, path)
        return refusal if refusal is None or next(broken) else (200, b"content", 7)

    with serving(break_off) as server:
        assert server.open().get("k") == b"content"


def test_a_refusal_that_always_breaks_off_is_told() -> None:
    with serving(refuse_and_reset) as server:
        storage = server.open()
        with pytest.raises(StorageError, match="break off") as caught:
            storage.get("k")
        assert "half published" in str(caught.value)


def test_parts_that_do_not_arrive_are_noticed(tmp_path: Path) -> None:
    def lose(method: str, _: str) -> Answer | None:
        return (404, b"", 0) if method == "HEAD" else None

    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    with serving(lose) as server:
        options = S3Options(endpoint_url=server.url, multipart_bytes=50, max_attempts=2)
        storage = open_storage("s3://bucket/p", options)
        with pytest.raises(StorageError):
            storage.put("k", path)


def test_a_server_that_is_full() -> None:
    def full(method: str, _: str) -> Answer | None:
        return (507, b"", 0) if method == "PUT" else None

    with serving(full) as server:
        storage = server.open()
        with pytest.raises(StorageError, match="full"):
            storage.put("k", b"x")
