"""Whatever a user types and the machine refuses: one line on standard error, exit code 2, no traceback.

Bad values are tried for every option that there is, so that a new option is tried too. What is no matter of a
single value is listed by hand.
"""

import importlib
import io
import json
import math
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.cli.app import COMMANDS, GROUPS
from s2s_course.cli.errors import UsageError, check_values, line_of
from s2s_course.cli.output import print_json
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.data.source import CorpusError
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.training.checkpoint import CheckpointError, save_checkpoint

ROOT = Path(__file__).parent.parent
PAIRS = [SentencePair("a cat .", "un chat .")] * 4
CORPUS = ParallelCorpus("grammar", "en", "fr", {"train": PAIRS, "validation": PAIRS, "test": PAIRS})
LONE = "caf\udce9"  # as Python reads the bytes of "café" in Latin-1

BAD = {
    "int": ["", "abc", "1.5", "1e3", "nan", "inf", "²", LONE, str(2**63), str(-(2**63) - 1), "9" * 5_000],
    "float": ["", "abc", "nan", "NaN", "inf", "-inf", "1e999", "1,5", LONE],
    "str": [LONE, "\udfff"],
}


@pytest.fixture(autouse=True)
def small_corpus(monkeypatch):
    for name in ("train", "translate"):
        module = importlib.import_module(f"s2s_course.cli.{name}")
        monkeypatch.setattr(module, "load_corpus", lambda *names: CORPUS)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A model without attention that has learned nothing."""
    return made(tmp_path_factory, "gru", embed_size=8, hidden_size=8)


@pytest.fixture(scope="module")
def attending(tmp_path_factory):
    """A Transformer of its usual sizes, which writes one word for ever."""
    return made(tmp_path_factory, "transformer")


def made(tmp_path_factory, name, **choices):
    codecs = CORPUS.codecs()
    translator = Translator.build(name, *codecs, seed=0, **choices)
    with torch.no_grad():
        translator.model.to_logits.bias[5] = 999.0
    return save_checkpoint(translator, tmp_path_factory.mktemp(name), notes={"data": "grammar"})


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments):
    """The line that is said of ``arguments``, which are refused."""
    result = invoke(*arguments)
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.fullmatch(r"s2s: [^\n]+\n", result.stderr), result.stderr
    assert result.stderr.rstrip("\n").isprintable()
    return result.stderr


def click_command(typed):
    """The command as typer sees it."""
    command = typer.main.get_command(app)
    context = command.make_context("s2s", typed.split(), resilient_parsing=False)
    for word in typed.split():
        _, command, _ = command.resolve_command(context, [word])
    return command


def kind_of(parameter):
    """int, float, str, bool or Path, whatever typer calls it."""
    annotation = parameter.type_descriptor.annotation
    return getattr(annotation, "__name__", str(annotation))


def options():
    for typed in COMMANDS:
        for parameter in click_command(typed).params:
            if parameter.param_type_name == "option" and kind_of(parameter) in BAD:
                yield typed, parameter.opts[0], kind_of(parameter)


# What each command needs, so that a bad option is all that is wrong.
NEEDED = {
    "train": ["--steps", "1", "--out", "{tmp}/out"],
    "translate": ["{checkpoint}", "a cat ."],
    "evaluate": ["{checkpoint}"],
}


def needed(typed, tmp_path, checkpoint):
    return [each.format(tmp=tmp_path, checkpoint=checkpoint) for each in NEEDED.get(typed, [])]
