"""Configurations, data and traces are not changed after they are made, and choices are given by name."""

import importlib
from dataclasses import fields, is_dataclass
from pathlib import Path

import s2s_course

PACKAGE = Path(s2s_course.__file__).parent
PARTS = ("data", "decoding", "evaluation", "exercises/engine", "models", "text", "trace")
IS_FILLED_STEP_BY_STEP = {"data.grammar.clauses.Clause"}
MADE_BY_THE_THOUSAND = {  # a dictionary for each would take more memory than the rest of it
    "data.pairs.SentencePair", "data.grammar.sentence_sampler.Sentence", "data.grammar.clauses.Clause",
    "data.grammar.noun_phrases.NounPhrase", "data.grammar.plan.Plan",
}  # fmt: skip


def dataclasses_of(parts: tuple[str, ...]) -> dict[str, type]:
    """By module and name."""
    found = {}
    for path in sorted(file for part in parts for file in (PACKAGE / part).rglob("*.py")):
        if "@dataclass" in path.read_text(encoding="utf-8"):
            name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            module = importlib.import_module(f"s2s_course.{name}")
            found |= {
                f"{name}.{kind.__name__}": kind
                for kind in vars(module).values()
                if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
            }
    return found


KINDS = dataclasses_of(PARTS)


def test_what_is_made_is_not_changed():
    assert len(KINDS) > 40
    changeable = {name for name, kind in KINDS.items() if not kind.__dataclass_params__.frozen}
    assert changeable == IS_FILLED_STEP_BY_STEP


def test_choices_are_given_by_name():
    configs = {name: kind for name, kind in KINDS.items() if name.endswith("Config")}
    assert len(configs) >= 10
    assert [name for name, kind in configs.items() if not all(field.kw_only for field in fields(kind))] == []


def test_what_there_are_thousands_of_is_small():
    assert [name for name in MADE_BY_THE_THOUSAND if "__slots__" not in vars(KINDS[name])] == []
