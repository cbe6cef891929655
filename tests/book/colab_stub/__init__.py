"""Stands for Colab's own module ``google.colab``, with what widgets and the setup cell look for."""

from . import output  # noqa: F401
