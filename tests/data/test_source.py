"""Files of a corpus: found, downloaded from a server on this machine, checked, and every way to go wrong."""

import gzip
import hashlib
import io
import logging
import socket
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest

from s2s_course.data import source as source_module
from s2s_course.data.source import CorpusError, Source

TEXT = "Un chat dort.\nIl pleut à Évry.\n" * 500
PACKED = gzip.compress(TEXT.encode(), mtime=0)
OTHER = gzip.compress(b"Something else.\n", mtime=0)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".txt", text)
    return buffer.getvalue()


def tiny(*mirrors: str, content: bytes = PACKED, file: str = "text.gz", other_versions=()) -> Source:
    return Source(
        name="tiny",
        homepage="https://example.org/tiny",
        terms="none",
        attribution="none",
        sha256={file: sha256(content)},
        mirrors=mirrors,
        other_versions=tuple(other_versions),
    )


class Server:
    """Answers ``GET /NAME/…`` with the answers listed under NAME, one after the other, the last for ever.

    An answer is ``(status, body, bytes to send before the connection is closed)``.
    """

    def __init__(self):
        self.answers: dict[str, list[tuple[int, bytes, int]]] = {}
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.paths.append(self.path)
                server.headers.append(dict(self.headers))
                queue = server.answers[self.path.split("/")[1]]
                status, body, sent = queue.pop(0) if len(queue) > 1 else queue[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:sent])

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def mirror(self, name: str, *answers: bytes | int | tuple[bytes, int]) -> str:
        """The address pattern of a mirror that answers with a body, a status, or (body, bytes sent)."""
        self.answers[name] = [
            (answer, b"", 0)
            if isinstance(answer, int)
            else (200, *answer)
            if isinstance(answer, tuple)
            else (200, answer, len(answer))
            for answer in answers
        ]
        return f"http://127.0.0.1:{self.http.server_port}/{name}/{{file}}"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache, and no data folder."""
    monkeypatch.delenv("S2S_DATA_DIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(source_module, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def closed_port() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/{{file}}"


def one_sentence(error: pytest.ExceptionInfo) -> str:
    message = str(error.value)
    assert "\n" not in message and not message.endswith(".")
    return message


# --- downloading -------------------------------------------------------------------------------------------


def test_the_cache_is_where_pooch_keeps_files_of_this_course():
    assert source_module.cache_folder() == Path(pooch.os_cache("s2s-course"))


def test_a_file_is_downloaded_once(server, cache):
    source = tiny(server.mirror("main", PACKED))
    path = source.locate("text.gz", None)
    assert path == cache / "tiny" / "text.gz"
    assert path.read_bytes() == PACKED
    assert source.lines(path) == TEXT.splitlines()
    assert source.locate("text.gz", None) == path
    assert server.paths == ["/main/text.gz"]


def test_a_download_shows_a_bar_with_the_name_of_the_file_and_nothing_else(server, cache, capfd):
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    pooch.get_logger().setLevel("INFO")
    pooch.get_logger().addHandler(handler)
    try:
        tiny(server.mirror("main", PACKED)).locate("text.gz", None)
    finally:
        pooch.get_logger().removeHandler(handler)
    shown = capfd.readouterr()
    assert log.getvalue() == ""
    assert shown.out == ""
    assert shown.err.lstrip("\r").startswith("text.gz: ")
    assert all(line.strip() == "" or line.startswith("text.gz: ") for line in shown.err.split("\r"))


def test_the_bytes_are_asked_for_as_they_are_stored_and_under_our_own_name(server, cache):
    tiny(server.mirror("main", PACKED)).locate("text.gz", None)
    (headers,) = server.headers
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"] == "s2s-course"


def test_a_half_written_download_is_not_taken_for_a_whole_one(server, cache):
    source = tiny(server.mirror("main", (PACKED, len(PACKED) // 2), PACKED))
    with pytest.raises(CorpusError, match=r"text\.gz could not be downloaded \(127\.0\.0\.1: connection cut"):
        source.locate("text.gz", None)
    assert files_in(cache) == []
    assert source.locate("text.gz", None).read_bytes() == PACKED
    assert files_in(cache) == ["text.gz"]


def test_a_short_body_that_claims_to_be_whole_is_refused(server, cache):
    source = tiny(server.mirror("main", PACKED[: len(PACKED) // 2]))
    with pytest.raises(CorpusError, match="not the expected one"):
        source.locate("text.gz", None)
    assert files_in(cache) == []


@pytest.mark.parametrize(
    ("first", "reason"),
    [(OTHER, "not the expected one"), (404, "HTTP 404"), (503, "HTTP 503"), ((PACKED, 10), "cut off")],
)
def test_the_second_mirror_is_tried_when_the_first_fails(server, cache, first, reason):
    source = tiny(server.mirror("main", first), server.mirror("second", PACKED))
    assert source.locate("text.gz", None).read_bytes() == PACKED
    assert server.paths == ["/main/text.gz", "/second/text.gz"]
    assert files_in(cache) == ["text.gz"]

    alone = tiny(server.mirror("main", first), content=b"unknown")
    with pytest.raises(CorpusError, match=reason):
        alone.locate("text.gz", None)


def test_a_mirror_nobody_listens_at_is_passed_over(server, cache):
    source = tiny(closed_port(), server.mirror("second", PACKED))
    assert source.locate("text.gz", None).read_bytes() == PACKED


def test_without_network_the_error_names_the_file_and_the_way_out(cache):
    source = tiny(closed_port(), closed_port())
    with pytest.raises(CorpusError) as error:
        source.locate("text.gz", None)
    message = one_sentence(error)
    assert message.count("127.0.0.1: no connection") == 2
    assert "text.gz" in message and "S2S_DATA_DIR" in message and "tiny/text.gz" in message
    assert files_in(cache) == []


def test_a_damaged_file_in_the_cache_is_downloaded_again(server, cache):
    source = tiny(server.mirror("main", PACKED))
    path = source.locate("text.gz", None)
    path.write_bytes(PACKED[:-9])
    assert source.locate("text.gz", None).read_bytes() == PACKED
    assert len(server.paths) == 2


def test_an_address_may_name_the_hash(server, cache):
    address = server.mirror("archive", PACKED).replace("{file}", "sha256:{sha256}/raw")
    tiny(address).locate("text.gz", None)
    assert server.paths == [f"/archive/sha256:{sha256(PACKED)}/raw"]


def test_a_cache_that_cannot_be_written_is_told(server, cache):
    cache.write_text("a file where a folder should be")
    with pytest.raises(CorpusError, match=r"text\.gz cannot be written \(.+\): .*S2S_DATA_DIR"):
        tiny(server.mirror("main", PACKED)).locate("text.gz", None)


def test_another_version_is_downloaded_only_on_request_and_under_another_name(server, cache):
    pinned, newer = zipped(text="old"), zipped(text="new")
    source = tiny(
        server.mirror("main", newer),
        content=pinned,
        file="text.zip",
        other_versions=[server.mirror("newer", newer)],
    )
    with pytest.raises(CorpusError, match="allow_other_version=True"):
        source.locate("text.zip", None)
    assert files_in(cache) == []
    path = source.locate("text.zip", None, any_version=True)
    assert source.lines(path, member="text.txt") == ["new"]
    assert files_in(cache) == ["other-text.zip"]


def test_another_version_must_at_least_be_a_whole_zip_file(server, cache):
    newer = zipped(text=TEXT)
    mirrors = [server.mirror("page", b"<html>moved</html>"), server.mirror("half", newer[:-30])]
    source = tiny(content=b"", file="text.zip", other_versions=mirrors)
    with pytest.raises(CorpusError) as error:
        source.locate("text.zip", None, any_version=True)
    assert one_sentence(error).count("not the expected one") == 2
    assert files_in(cache) == []


# --- a folder of one's own ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, cache) -> Path:
    (tmp_path / "corpora" / "tiny").mkdir(parents=True)
    return tmp_path / "corpora"


@pytest.fixture
def no_download(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a download was tried")

    monkeypatch.setattr(pooch, "retrieve", refuse)


def test_the_environment_variable_names_the_folder(folder, no_download, monkeypatch):
    (folder / "tiny" / "text.gz").write_bytes(PACKED)
    monkeypatch.setenv("S2S_DATA_DIR", str(folder))
    path = tiny().locate("text.gz", None)
    assert path == folder / "tiny" / "text.gz"
    assert tiny().lines(path) == TEXT.splitlines()


def test_the_argument_is_preferred_to_the_environment_variable(folder, no_download, monkeypatch):
    (folder / "tiny" / "text.gz").write_bytes(PACKED)
    monkeypatch.setenv("S2S_DATA_DIR", str(folder / "nowhere"))
    assert tiny().locate("text.gz", folder).read_bytes() == PACKED
    assert tiny().locate("text.gz", str(folder)).read_bytes() == PACKED


def test_an_empty_environment_variable_counts_as_unset(server, cache, monkeypatch):
    monkeypatch.setenv("S2S_DATA_DIR", "")
    assert tiny(server.mirror("main", PACKED)).locate("text.gz", None).is_relative_to(cache)


@pytest.mark.parametrize("setting", ["S2S_DATA_DIR", "data_dir"])
def test_a_missing_file_is_named_with_its_remedy(folder, no_download, monkeypatch, setting):
    monkeypatch.setenv("S2S_DATA_DIR", str(folder))
    with pytest.raises(CorpusError) as error:
        tiny().locate("text.gz", folder if setting == "data_dir" else None)
    message = one_sentence(error)
    assert str(folder / "tiny" / "text.gz") in message and "missing" in message
    assert "https://example.org/tiny" in message and f"unset {setting}" in message


@pytest.mark.parametrize("kind", ["absent", "a file"])
def test_a_data_folder_must_be_a_folder(tmp_path, no_download, monkeypatch, kind):
    path = tmp_path / "data"
    if kind == "a file":
        path.write_text("")
    monkeypatch.setenv("S2S_DATA_DIR", str(path))
    with pytest.raises(CorpusError) as error:
        tiny().locate("text.gz", None)
    message = one_sentence(error)
    assert "S2S_DATA_DIR is not a folder" in message and str(path) in message


# --- what a file may hold ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (PACKED[: len(PACKED) // 2], "ends too early"),
        (PACKED[:5], "ends too early"),
        (PACKED[:-1], "ends too early"),
        (b"plain text\n", "damaged or not a .gz file"),
        (PACKED[:40] + b"\x00\xff" * 4 + PACKED[48:], "damaged or not a .gz file"),
        (PACKED[:-8] + b"\x00" * 8, "damaged or not a .gz file"),
    ],
    ids=["half", "in the header", "one byte short", "not gzip", "flipped bits", "wrong checksum"],
)
def test_a_damaged_gzip_file(tmp_path, content, complaint):
    path = tmp_path / "text.gz"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as error:
        tiny().lines(path)
    message = one_sentence(error)
    assert str(path) in message and complaint in message and "replace it" in message


def damaged_zip(kind: str) -> bytes:
    whole = zipped(text=TEXT)
    return {
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "not zip": b"plain text\n",
        "flipped bits": whole[:50] + b"\x00\xff" * 4 + whole[58:],
    }[kind]


@pytest.mark.parametrize("kind", ["half", "empty", "not zip", "flipped bits"])
def test_a_damaged_zip_file(tmp_path, kind):
    path = tmp_path / "text.zip"
    path.write_bytes(damaged_zip(kind))
    with pytest.raises(CorpusError) as error:
        tiny().lines(path, member="text.txt")
    message = one_sentence(error)
    assert str(path) in message and "damaged or not a .zip file" in message and "replace it" in message


def test_the_text_may_lie_in_a_folder_of_the_zip_file(tmp_path):
    path = tmp_path / "text.zip"
    path.write_bytes(zipped(inner__text="one\ntwo", _about="terms", context="no"))
    assert tiny().lines(path, member="text.txt") == ["one", "two"]
    with pytest.raises(CorpusError, match=r"text\.zip holds no fra\.txt: replace"):
        tiny().lines(path, member="fra.txt")


def test_bad_utf8_names_the_line(tmp_path):
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress("é\né\n".encode() + b"caf\xe9\nfin\n"))
    with pytest.raises(CorpusError) as error:
        tiny().lines(path)
    message = one_sentence(error)
    assert str(path) in message and "not UTF-8 in line 3" in message


@pytest.mark.parametrize(
    ("text", "lines"),
    [("a\nb\n", ["a", "b"]), ("a\nb", ["a", "b"]), ("a\n\nb\n", ["a", "", "b"]), ("a\u2028b\x85c\n", 1)],
)
def test_only_a_line_feed_ends_a_line(tmp_path, text, lines):
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress(text.encode()))
    found = tiny().lines(path)
    assert found == lines if isinstance(lines, list) else len(found) == lines


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(CorpusError, match=r"text\.gz cannot be read \(.+\)"):
        tiny().lines(tmp_path / "text.gz")


def test_the_hash_decides(tmp_path):
    path = tmp_path / "text.gz"
    path.write_bytes(PACKED)
    tiny().check_hash(path)
    path.write_bytes(OTHER)
    with pytest.raises(CorpusError) as error:
        tiny().check_hash(path)
    message = one_sentence(error)
    assert str(path) in message and sha256(OTHER)[:12] in message and sha256(PACKED)[:12] in message
    assert "https://example.org/tiny" in message and "allow_other_version" not in message
    with pytest.raises(CorpusError, match="allow_other_version=True"):
        tiny(other_versions=["https://example.org/{file}"]).check_hash(path)
