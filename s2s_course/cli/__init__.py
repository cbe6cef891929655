"""The command line ``s2s``: train, translate, evaluate, and list what the course has."""

from s2s_course.cli import catalog, train, translate  # noqa: F401  (their commands join the application)
from s2s_course.cli.app import app


def main() -> None:
    app()
