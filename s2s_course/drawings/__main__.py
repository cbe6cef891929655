"""``python -m s2s_course.drawings`` writes a page with all drawings, light and dark, for looking.

``python -m s2s_course.drawings store [CHAPTER.ipynb …]`` renews their stored outputs in the chapters.
"""

import sys
from pathlib import Path

from s2s_course.drawings.gallery import gallery
from s2s_course.drawings.registry import drawing, names
from s2s_course.drawings.stored import renew
from s2s_course.stored_chapters import renew_all

ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["store"]:
        renew_all(renew, map(Path, arguments[1:]))
    elif arguments:
        sys.exit("usage: python -m s2s_course.drawings [store [CHAPTER.ipynb ...]]")
    else:
        folder = ROOT / "_build"
        folder.mkdir(exist_ok=True)
        for theme, name in (("light", "drawings.html"), ("dark", "drawings-dark.html")):
            (folder / name).write_text(gallery([drawing(n) for n in names()], theme), encoding="utf-8")
            print(folder / name)


if __name__ == "__main__":
    main(sys.argv[1:])
