"""Sequence-to-sequence learning, from the plain RNN to the Transformer.

Read the package from the bottom up: text, data, layers, models, training, decoding, evaluation, trace,
claims, widgets, exercises, notebook. Imports point only downwards (tests/test_layering.py).
"""

__version__ = "0.1.0"
