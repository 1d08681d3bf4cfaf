"""An S3 on loopback that fails as a network does: moto's server behind a door. `python -m tests.support.faulty_s3`
prints its port, and goes on until it is killed."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

BUCKET = "bucket"
WAIT = 2.0
"""Seconds after which its clients take a request for lost."""
FAULTS = (("refused", 0.02), ("cut before", 0.02), ("cut after", 0.015), ("silent", 0.003))
"""Kind → how often: status 500; the connection cut in the middle of what is sent; cut when all was done, before the
answer; no answer at all."""

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door:
    """A WSGI application in front of another. `/faults` says how many there were; the bucket itself is made without."""

    def __init__(self, app: App) -> None:
        self._app, self._draw, self._lock = app, random.Random(11), threading.Lock()
        self.faults: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Let through, or not."""
        path = environ["PATH_INFO"]
        if path == "/faults":
            start("200 OK", [("Content-Type", "text/plain")])
            return [repr(dict(self.faults)).encode()]
        with self._lock:
            kinds, rates = zip(*FAULTS, strict=True)
            (kind,) = self._draw.choices((*kinds, None), (*rates, 1 - sum(rates)))
            if path == f"/{BUCKET}" and environ["REQUEST_METHOD"] == "PUT":
                kind = None
            self.faults[str(kind)] += 1
        match kind:
            case "refused":
                start("500 Internal Server Error", [("Content-Type", "application/xml")])
                return [
                    b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"
                ]
            case "cut before":
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0) // 2)
                return _cut(environ)
            case "cut after":
                list(self._app(environ, lambda *_: None))
                return _cut(environ)
            case "silent":
                time.sleep(1.5 * WAIT)
                return _cut(environ)
        return self._app(environ, start)


def _cut(environ: dict[str, Any]) -> Iterable[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("cut")


def serve() -> None:
    """See above."""
    import logging

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    app = Door(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve()
