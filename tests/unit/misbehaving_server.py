"""A local HTTP server whose answers go wrong in chosen ways."""

import contextlib
import socketserver
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

Answer = Callable[[BaseHTTPRequestHandler], None]


def good(body: bytes) -> Answer:
    """The whole body."""
    return lambda handler: _send(handler, 200, body, {"Content-Length": len(body)})


def status(code: int) -> Answer:
    """An error page."""
    return lambda handler: _send(handler, code, b"no", {"Content-Length": 2})


def cut(body: bytes) -> Answer:
    """Half of the body, then a closed connection."""
    return lambda handler: _send(handler, 200, body[: len(body) // 2], {"Content-Length": len(body)})


def cut_without_length(body: bytes) -> Answer:
    """Half of the body, then a closed connection, and no Content-Length that tells."""
    return lambda handler: _send(handler, 200, body[: len(body) // 2], {})


def bad_length(body: bytes) -> Answer:
    """A Content-Length that is no number."""
    return lambda handler: _send(handler, 200, body, {"Content-Length": "many"})


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

    def answer(handler: BaseHTTPRequestHandler) -> None:
        cut(body)(handler)
        handler.wfile.flush()
        handler.server.closing.wait()

    return answer


def _send(handler: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(body)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = unquote(self.path)
        self.server.requests.append(path)
        with contextlib.suppress(ConnectionError):  # the client may hang up first
            self.server.answers.get(path, status(404))(self)

    def log_message(self, *arguments: object) -> None:
        pass


class MisbehavingServer(socketserver.ThreadingTCPServer):
    """Answers by path on 127.0.0.1; 404 elsewhere. `requests` lists the paths asked for. Use as a context manager."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "MisbehavingServer":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
