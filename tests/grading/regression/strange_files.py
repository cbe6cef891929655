"""Files that are not as Jupyter wrote them, and names that mean harm."""

import base64
import io
import json
import stat
import zipfile

from grading.regression.entry import EXERCISES, RIGHT, Entry, notebook

_CELLS = ["import torch", *RIGHT.values()]
_GOOD = notebook(_CELLS)
_NOTHING = {exercise: ("missing",) for exercise in EXERCISES}


def _changed(**cell: object) -> bytes:
    """The good notebook with fields of all its cells replaced; None takes a field away."""
    content = json.loads(_GOOD)
    for entry in content["cells"]:
        entry |= cell
        for name in [name for name, value in entry.items() if value is None and name != "execution_count"]:
            del entry[name]
    return json.dumps(content).encode()


def _colab() -> bytes:
    """As Colab saves it: ids of its own in the metadata, forms, nbformat 4.0, no ids of cells."""
    content = json.loads(_GOOD)
    content["nbformat_minor"] = 0
    content["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    for number, cell in enumerate(content["cells"]):
        del cell["id"]
        cell["metadata"] = {"id": f"xYz{number}", "colab": {"base_uri": "https://localhost:8080/"}}
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["<b>ran</b>\n"]}]
    setup = {
        **content["cells"][0],
        "source": ["!pip install s2s-course\n", "%matplotlib inline\n", "from google.colab import drive\n"],
    }
    return json.dumps({**content, "cells": [setup, *content["cells"]]}).encode()


def _archive(members: dict[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _symlink() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("work.ipynb")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return link


def _wrong_twice_then_right() -> list[str]:
    wrong = RIGHT["5.3"].replace("torch.bmm", "-torch.bmm")
    empty = "def context_vector(weights, memory):\n    raise NotImplementedError"
    return ["import torch", wrong, *RIGHT.values(), empty]


SHAPES = (
    Entry("saved by Colab", {"Kopie von work.ipynb": _colab()}),
    Entry("metadata lost", {"work.ipynb": _changed(id=None, metadata={}, outputs=[])}),
    Entry(
        "sources as one text",
        {
            "work.ipynb": json.dumps(
                {
                    **json.loads(_GOOD),
                    "cells": [{**c, "source": "".join(c["source"])} for c in json.loads(_GOOD)["cells"]],
                }
            ).encode()
        },
    ),
    Entry("in reverse", {"work.ipynb": notebook(_CELLS[::-1])}),
    Entry("all in one cell", {"work.ipynb": notebook(["\n\n".join(_CELLS)])}),
    Entry("twice, the last attempted counts", {"work.ipynb": notebook(_wrong_twice_then_right())}),
    Entry(
        "two notebooks", {"05.ipynb": notebook(_CELLS[:4]), "07.ipynb": notebook([_CELLS[0], *_CELLS[4:]])}
    ),
    Entry(
        "a cell that is no Python",
        {
            "work.ipynb": notebook(
                [_CELLS[0], *list(RIGHT.values())[:4], "def joint_mask(tgt_mask):\n    return ((\n"]
            )
        },
        {"7.3": ("missing",)},
    ),
    Entry(
        "magics",
        {
            "work.ipynb": notebook(
                ["%load_ext autoreload\n!rm -rf /\n" + _CELLS[0], "%%bash\nrm -rf ~", *_CELLS[1:]]
            )
        },
        note="%",
    ),
    Entry(
        "in a zip",
        {"work.zip": _archive({"folder/work.ipynb": _GOOD, "__MACOSX/folder/._work.ipynb": b"\0"})},
    ),
)
BROKEN = (
    Entry("not a notebook", {"work.ipynb": b"def additive_score(): pass"}, _NOTHING),
    Entry("a picture", {"work.ipynb": base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAE=")}, _NOTHING),
    Entry("JSON, but a list", {"work.ipynb": b"[1, 2, 3]"}, _NOTHING),
    Entry("JSON, and deep", {"work.ipynb": b"[" * 200_000 + b"]" * 200_000}, _NOTHING),
    Entry("not UTF-8", {"work.ipynb": _GOOD.replace(b"import torch", b"import torch # \xff\xfe")}, _NOTHING),
    Entry(
        "50 MB",
        {
            "work.ipynb": _changed(
                outputs=[{"output_type": "stream", "name": "stdout", "text": "x" * 9 * 2**20}]
            )
        },
        _NOTHING,
    ),
    Entry("an empty file", {"work.ipynb": b""}, _NOTHING),
    Entry("nothing at all", {}, _NOTHING),
    Entry(
        "a zip that leaves its folder", {"work.zip": _archive({"../../s2s-was-here.ipynb": _GOOD})}, _NOTHING
    ),
    Entry(
        "a zip bomb", {"work.zip": _archive({f"{n}.ipynb": bytes(300 * 2**20) for n in range(2)})}, _NOTHING
    ),
    Entry("a zip with a link", {"work.zip": _archive({_symlink(): b"/etc/passwd"})}, _NOTHING),
    Entry("half a zip", {"work.zip": _archive({"work.ipynb": _GOOD})[:200]}, _NOTHING),
)
NAMES = tuple(
    Entry(name, {"work.ipynb": _GOOD})
    for name in (
        '=HYPERLINK("http:,,example.com","A")',
        "<img src=x onerror=alert(1)>",
        "<script>alert(2)<,script>",
        "@SUM(1+1)*cmd|' ,C calc'!A0",
        "محمد الأمين",
        "王小明",
        "\u202egpj.exe",
        "Alex Kim",
        "alex kim",
        "Äöü ß",
    )
)
ENTRIES = (*SHAPES, *BROKEN, *NAMES)
