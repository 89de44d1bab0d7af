"""A local HTTP server whose answers go wrong in chosen ways; it counts what it sends."""

import contextlib
import re
import socketserver
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

Answer = Callable[[BaseHTTPRequestHandler], None]


def good(body: bytes) -> Answer:
    """The body, or the range of it that is asked for."""
    return lambda handler: _ranged(handler, body, len(body))


def cut_every(body: bytes, step: int) -> Answer:
    """At most `step` bytes of what is asked for, then a closed connection."""
    return lambda handler: _ranged(handler, body, step)


def whole(body: bytes) -> Answer:
    """The whole body, whatever range is asked for."""
    return lambda handler: _send(handler, 200, body, {"Content-Length": len(body)})


def slow(body: bytes, pieces: int, pause: float) -> Answer:
    """The whole body in pieces with a pause in seconds after each."""

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, 200, b"", {"Content-Length": len(body)})
        size = -(-len(body) // pieces)
        for start in range(0, len(body), size):
            _write(handler, body[start : start + size])
            handler.wfile.flush()
            time.sleep(pause)

    return slowly


def answer(code: int, body: bytes, headers: dict) -> Answer:
    """These very bytes and headers."""
    return lambda handler: _send(handler, code, body, headers)


def status(code: int) -> Answer:
    """An error page."""
    return lambda handler: _send(handler, code, b"no", {"Content-Length": 2})


def in_turn(*answers: Answer) -> Answer:
    """The first answer to the first request, and so on; the last one to all later requests."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def page(length: int | None = None) -> Answer:
    """A login page in the place of the file, as long as `length` says."""
    body = b"<!DOCTYPE html><title>log in</title>"
    body += b" " * ((length or len(body)) - len(body))
    return lambda handler: _send(handler, 200, body, {"Content-Length": len(body), "Content-Type": "text/html"})


def cut(body: bytes) -> Answer:
    """Half of the body whatever range is asked for, then a closed connection."""
    return lambda handler: _send(handler, 200, body[: len(body) // 2], {"Content-Length": len(body)})


def cut_without_length(body: bytes) -> Answer:
    """Half of the body, then a closed connection, and no Content-Length that tells."""
    return lambda handler: _send(handler, 200, body[: len(body) // 2], {})


def bad_length(body: bytes) -> Answer:
    """A Content-Length that is no number."""
    return lambda handler: _send(handler, 200, body, {"Content-Length": "many"})


def other_range(body: bytes) -> Answer:
    """The beginning, as if it were the range that was asked for."""
    headers = {"Content-Length": len(body), "Content-Range": f"bytes 0-{len(body) - 1}/{len(body)}"}
    return lambda handler: _send(handler, 206, body, headers)


def redirect(location: str) -> Answer:
    """Go elsewhere."""
    return lambda handler: _send(handler, 302, b"", {"Location": location, "Content-Length": 0})


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Bytes until the other side hangs up."""
    _send(handler, 200, b"", {})
    while not handler.server.closing.is_set():
        handler.wfile.write(bytes(2**16))


def hang(handler: BaseHTTPRequestHandler) -> None:
    """No answer until the server closes."""
    handler.server.closing.wait()


def hang_midway(body: bytes) -> Answer:
    """Half of the body, then silence."""

    def half(handler: BaseHTTPRequestHandler) -> None:
        cut(body)(handler)
        handler.wfile.flush()
        handler.server.closing.wait()

    return half


def _ranged(handler: BaseHTTPRequestHandler, body: bytes, most: int) -> None:
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    if start >= len(body):
        _send(handler, 416, b"", {"Content-Length": 0, "Content-Range": f"bytes */{len(body)}"})
        return
    headers = {"Content-Length": len(body) - start, "Accept-Ranges": "bytes"}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
    _send(handler, 206 if asked else 200, body[start : start + most], headers)


def _send(handler: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict) -> None:
    handler.server.sent += len(body)  # before the headers: a client may stop reading after them
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(body)


def _write(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.server.sent += len(body)  # before, so that whoever has the bytes finds them counted
    handler.wfile.write(body)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = unquote(self.path)
        self.server.requests.append(path)
        self.server.heads.append(dict(self.headers))
        with contextlib.suppress(ConnectionError):  # the client may hang up first
            self.server.answers.get(path, status(404))(self)

    def log_message(self, *arguments: object) -> None:
        pass


class MisbehavingServer(socketserver.ThreadingTCPServer):
    """Answers by path on 127.0.0.1; 404 elsewhere. Use as a context manager.

    `requests` lists the paths asked for, `heads` the headers of each request, `sent` counts the bytes of the bodies.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.sent = 0
        self.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "MisbehavingServer":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
