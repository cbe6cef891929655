"""A book of three pages to test the widgets, the static host and the Sphinx extension with.

It stands for the course: the same configuration, pages in a sub-folder, mathematics, our widgets with their
stored state, and stock ipywidgets, which need a kernel. ``python tiny_book.py FOLDER`` writes and builds it.
"""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from s2s_course.chapters import stabilize

CONFIG = """
title: A tiny book
execute:
  execute_notebooks: "off"
repository:
  url: https://github.com/example/example
  branch: main
launch_buttons:
  colab_url: https://colab.research.google.com
html:
  use_repository_button: true
sphinx:
  extra_extensions: [s2s_course.sphinx_ext]
"""

TOC = """
format: jb-book
root: index
chapters:
  - file: chapters/mathematics
  - file: chapters/widgets
"""

INDEX = "# A tiny book\n\nNothing but words, and a link to [mathematics](chapters/mathematics.md).\n"

MATHEMATICS = r"""# Mathematics

The state $h_t$ follows from the state before it:

$$h_t = \tanh(W h_{t-1} + U x_t + b), \qquad \mathbb{R}^{d} \ni h_t$$
"""

# The notebook's first cell; the tests run it too, to compare what the page shows with the arrays themselves.
DATA = """
import numpy as np

def states(steps, units, shift):
    step, unit = np.mgrid[0:steps, 0:units]
    return np.tanh(1.6 * np.sin(0.9 * step + 0.37 * unit + shift) * np.cos(0.11 * unit * (1 + step / 7)))

SRC = ["the", "black", "cat", "sleeps", ".", "<eos>"]
TGT = ["le", "chat", "noir", "dort", ".", "<eos>"]
ENCODER, DECODER = states(6, 48, 0.0), states(6, 48, 2.0)

LONG_SRC = [f"word{i}" for i in range(24)]
LONG_TGT = [f"mot{i}" for i in range(30)]
LONG_ENCODER, LONG_DECODER = states(24, 64, 1.0), states(30, 64, 3.0)
"""

CELLS = (
    "# Widgets",
    DATA,
    # Two views that move together: time both ways, the unit only from the first to the second.
    """
from ipywidgets import HBox, HTML, IntSlider, Output, VBox, jsdlink, jslink
from s2s_course.widgets import HiddenStates

first = HiddenStates.from_arrays(
    encoder_states=ENCODER, decoder_states=DECODER, src_tokens=SRC, tgt_tokens=TGT,
    title="A short sentence", step=7, unit=17,
)
second = HiddenStates.from_arrays(
    encoder_states=LONG_ENCODER, decoder_states=LONG_DECODER, src_tokens=LONG_SRC, tgt_tokens=LONG_TGT,
    title="A long sentence",
)
both_ways, one_way = jslink((first, "step"), (second, "step")), jsdlink((first, "unit"), (second, "unit"))
first
""",
    "second",
    "VBox([HTML('<b>in a box</b>'), HBox([HTML('side'), HTML('by side')])])",
    "IntSlider(value=3, description='layers')",
    # Not printed within `with output`: nbclient then answers while it listens, and sometimes hears no more.
    """
output = Output()
output.append_stdout("printed inside\\n")
output
""",
    """
from tqdm.notebook import tqdm
for _ in tqdm(range(4), desc="training"):
    pass
""",
)


def write(folder: Path) -> None:
    """The sources of the book, the notebook executed and stored as chapters are."""
    chapters = folder / "chapters"
    chapters.mkdir(parents=True)
    (folder / "_config.yml").write_text(CONFIG)
    (folder / "_toc.yml").write_text(TOC)
    (folder / "index.md").write_text(INDEX)
    (chapters / "mathematics.md").write_text(MATHEMATICS)
    heading, *code = CELLS
    cells = [nbformat.v4.new_markdown_cell(heading), *map(nbformat.v4.new_code_cell, code)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", store_widget_state=True).execute()
    stabilize(notebook, "widgets")
    nbformat.write(notebook, chapters / "widgets.ipynb")


def build(folder: Path) -> Path:
    """Build the book in ``folder`` as the Makefile does; return the site's folder or raise RuntimeError."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [program, "build", ".", "-W", "-n", "--keep-going"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode:
        output = re.sub(r"\x1b\[[\d;]*m", "", run.stdout + run.stderr)  # without colors
        raise RuntimeError(f"jupyter-book build failed in {folder}:\n{output[-4000:]}")
    return folder / "_build" / "html"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write(target)
    build(target)
