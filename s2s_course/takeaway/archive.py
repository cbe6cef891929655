"""The site as a zip that opens from the file system: the same site gives the same bytes."""

import io
import zipfile
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.sphinx_ext.take_away import FILES, with_links
from s2s_course.takeaway.problem import TakeawayError

FOLDER = "s2s-course"  # so that unpacking makes one folder
ITS_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name
PACKED = (".png", ".jpg", ".gif", ".webp", ".woff", ".woff2")  # compressed already


def make_zip(site: Path, path: Path) -> int:
    """Write all files of the built ``site`` to ``path``; gives its size in bytes.

    The PDF and the EPUB are not put into it, nor what Sphinx keeps for itself. TakeawayError without a site.
    """
    if not (site / "index.html").is_file():
        raise TakeawayError(f"{site} holds no site: run make book first")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(file for file in site.rglob("*") if file.is_file()):
            name = file.relative_to(site)
            if name.name in (*FILES, ".buildinfo", ".nojekyll"):
                continue
            entry = zipfile.ZipInfo(f"{FOLDER}/{name.as_posix()}", ITS_DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if file.suffix in PACKED else zipfile.ZIP_DEFLATED
            content = file.read_bytes()
            if file.suffix == ".html":  # no links to what is not in the zip
                content = with_links(content.decode(), {}).encode()
            archive.writestr(entry, content)
    write_atomically(path, buffer.getvalue())
    return len(buffer.getvalue())
