"""A published corpus: where its files are, how they come here, and what can be wrong with them.

A file is read from the folder that ``data_dir`` or the environment variable ``S2S_DATA_DIR`` names, and
then nothing is downloaded. Without such a folder it is read from a cache, which ``pooch`` fills from the
first mirror whose bytes have the pinned SHA-256. Both folders look alike: ``multi30k/train.en.gz``,
``tatoeba/fra-eng.zip``.
"""

import gzip
import hashlib
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests
from tqdm import tqdm

Folder = str | os.PathLike[str]

# An agent of our own, because some hosts refuse the usual names of scripts; and the bytes as they are
# stored, because a host that unpacks .gz files on the way would change their hash.
_HEADERS = {"User-Agent": "s2s-course", "Accept-Encoding": "identity"}
_TIMEOUT = (10, 30)  # seconds: to connect, and between two packets


class CorpusError(Exception):
    """A corpus cannot be had; the message is one sentence that names the file and the remedy."""


def cache_folder() -> Path:
    """Where downloaded corpora are kept."""
    return Path(pooch.os_cache("s2s-course"))


@dataclass(frozen=True)
class Source:
    """Where a corpus is published, which bytes are meant (SHA-256 by file), and its terms of use.

    ``mirrors`` are addresses, tried in this order, in which ``{file}`` and ``{sha256}`` are filled in.
    ``other_versions`` are addresses of the corpus in another state than the pinned one.
    """

    name: str
    homepage: str
    terms: str
    attribution: str
    sha256: dict[str, str]
    mirrors: tuple[str, ...]
    other_versions: tuple[str, ...] = ()

    def locate(self, file: str, data_dir: Folder | None, *, any_version: bool = False) -> Path:
        """The file in the data folder if one is named, else in the cache, downloaded if it is not there.

        A file in the data folder is not yet checked: see ``check_hash``. Raises ``CorpusError``.
        """
        folder = data_dir or os.environ.get("S2S_DATA_DIR")
        if not folder:
            return self._download(file, any_version=any_version)
        setting = "data_dir" if data_dir else "S2S_DATA_DIR"
        root = Path(folder).expanduser()
        if not root.is_dir():
            raise CorpusError(
                f"{setting} is not a folder ({str(root)!r}): correct it, or unset it to download {file}"
            )
        path = root / self.name / file
        if not path.is_file():
            raise CorpusError(
                f"{path} is missing: put {file} from {self.homepage} there, or unset {setting} to download it"
            )
        return path

    def lines(self, path: Path, *, member: str = "") -> list[str]:
        """The lines of a ``.gz`` file, or of ``member``, in any folder, of a ``.zip`` file.

        Raises ``CorpusError``.
        """
        try:
            data = _unzip(path, member) if path.suffix == ".zip" else gzip.decompress(path.read_bytes())
        except EOFError as error:
            raise self.broken(path, "ends too early") from error
        except (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError) as error:
            raise self.broken(path, f"is damaged or not a {path.suffix} file") from error
        except KeyError as error:
            raise self.broken(path, f"holds no {member}") from error
        except OSError as error:
            raise CorpusError(f"{path} cannot be read ({error.strerror}): give access to it") from error
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self.broken(path, f"is not UTF-8 in line {line}") from error
        # Not splitlines(), which would also split inside a sentence, for instance at U+2028.
        return text.removesuffix("\n").split("\n")

    def check_hash(self, path: Path) -> None:
        """Raises ``CorpusError`` if the file's SHA-256 is not the pinned one."""
        found, pinned = hashlib.sha256(path.read_bytes()).hexdigest(), self.sha256[path.name]
        if found != pinned:
            opt_in = ", or pass allow_other_version=True to use it" if self.other_versions else ""
            raise CorpusError(
                f"{path} is another version than the pinned one (SHA-256 {found[:12]}… instead of "
                f"{pinned[:12]}…): replace it with the original from {self.homepage}{opt_in}"
            )

    def broken(self, path: Path, what: str) -> CorpusError:
        return CorpusError(f"{path} {what}: replace it with the original from {self.homepage}")

    def _download(self, file: str, *, any_version: bool) -> Path:
        """The file in the cache, where it gets its final name only once it is whole and checked."""

        def transfer(url: str, target: Folder, _: object) -> None:
            # pooch puts in the real total; without any, tqdm refuses to say whether it is a true value.
            with tqdm(desc=file, total=1, unit="B", unit_scale=True, leave=False) as bar:
                download = pooch.HTTPDownloader(bar, chunk_size=2**16, headers=_HEADERS, timeout=_TIMEOUT)
                download(url, target, None)
            if file.endswith(".zip") and not zipfile.is_zipfile(target):
                raise ValueError("not a zip file")  # the check of a version whose hash is not known

        pooch.get_logger().setLevel("WARNING")  # the progress bar says enough
        folder = cache_folder() / self.name
        name, known_hash = (f"other-{file}", None) if any_version else (file, self.sha256[file])
        failures = []
        for address in self.other_versions if any_version else self.mirrors:
            url = address.format(file=file, sha256=self.sha256[file])
            try:
                return Path(pooch.retrieve(url, known_hash, fname=name, path=folder, downloader=transfer))
            except (requests.RequestException, ValueError) as error:
                failures.append(f"{urlsplit(url).hostname}: {_reason(error)}")
            except OSError as error:
                raise CorpusError(
                    f"{folder / name} cannot be written ({error.strerror}): make room or give access, "
                    f"or set S2S_DATA_DIR to a folder that holds {self.name}/{file}"
                ) from error
        opt_in = ", or pass allow_other_version=True" if self.other_versions and not any_version else ""
        raise CorpusError(
            f"{file} could not be downloaded ({'; '.join(failures)}): check the network, "
            f"or set S2S_DATA_DIR to a folder that holds {self.name}/{file}{opt_in}"
        )


def _unzip(path: Path, member: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.rpartition("/")[2] == member]
        return archive.read(names[0] if names else member)


def _reason(error: Exception) -> str:
    match error:
        case requests.HTTPError():
            return f"answered HTTP {error.response.status_code}"
        case requests.Timeout():
            return "no answer in time"
        case requests.exceptions.ChunkedEncodingError():
            return "connection cut off"
        case requests.RequestException():
            return "no connection"
        case _:
            return "the content is not the expected one"
