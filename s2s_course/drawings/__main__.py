"""``python -m s2s_course.drawings [FOLDER]`` writes a page with all drawings, light and dark, for looking."""

import sys
from pathlib import Path

from s2s_course.drawings.gallery import gallery
from s2s_course.drawings.registry import drawing, names


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0] if arguments else "_build")
    folder.mkdir(parents=True, exist_ok=True)
    for theme, file in (("light", "drawings.html"), ("dark", "drawings-dark.html")):
        path = folder / file
        path.write_text(gallery([drawing(name) for name in names()], theme), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
