"""A site served as one that is published: compressed, over connections that stay open."""

import contextlib
import functools
import gzip
import threading
from collections.abc import Iterator
from functools import cache
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from .server import Server

COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".txt", ".xml"}  # fonts and pictures are by themselves


@cache
def zipped(path: Path, _changed: int) -> bytes:
    """The file as it is sent; ``_changed``, its time in nanoseconds, keeps an old one from being sent."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class _CompressingHandler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            super().do_GET()
            return
        body = zipped(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages has it
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve_compressed(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on this machine and give its address, without a slash at the end."""
    handler = functools.partial(_CompressingHandler, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
