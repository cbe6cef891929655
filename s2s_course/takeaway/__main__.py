"""``make pdf``, ``make epub``, ``make zip``: ``python -m s2s_course.takeaway [--site FOLDER] KIND ...``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from s2s_course.chapters import ROOT
from s2s_course.takeaway.contents import read_contents
from s2s_course.takeaway.pdf import make_pdf
from s2s_course.takeaway.problem import TakeawayError


def main(arguments: Sequence[str]) -> None:
    site = ROOT / "_build/html"
    try:
        print(make_pdf(site, read_contents(ROOT), site / "s2s-course.pdf"))
    except TakeawayError as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main(sys.argv[1:])
