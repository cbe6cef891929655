"""A server of files for a browser, on a machine that is busy."""

from http.server import ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """With room for all that a page asks for at once: with Python's five, connections would be refused."""

    request_queue_size = 128
