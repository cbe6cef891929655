"""Drawings of the book: SVG made by code, in one visual language, for wide and for narrow columns.

``drawing("lstm-cell")`` gives one; in a notebook it shows itself. ``language`` holds the colors and forms,
nearly every other file one drawing. ``python -m s2s_course.drawings`` writes a page with all of them.
"""

from s2s_course.drawings.registry import drawing

__all__ = ["drawing"]
