"""Projects at a tiny scale: sentences are learned by heart, so seconds show what two minutes show."""

import json
from dataclasses import replace

import pytest
import torch

from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus
from s2s_course.exercises import run_project
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.projects import run
from s2s_course.exercises.projects.heads_with_cache import heads_with_cache
from s2s_course.exercises.projects.project import Parts, Scale
from s2s_course.exercises.projects.run import MEASURED, PROJECTS, attempt, attempted
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.registry import build_model, model_config

NUMBERS = pytest.mark.parametrize("number", PROJECTS)
TINY = Scale(max_length=6, width=32, steps=150, minutes=1.0, learning_rate=1e-2, bleu=80.0)


@pytest.fixture(scope="module")
def by_heart() -> ParallelCorpus:
    """Forty short sentences, which are asked for again."""
    pairs = grammar_corpus(
        train=40, validation=0, test=0, longer=0, compositional=0, max_length=TINY.max_length
    )["train"]
    return ParallelCorpus("by heart", "en", "fr", {"train": pairs, "test": pairs})


def tiny(number):
    return replace(PROJECTS[number], scale=TINY)


def written(project) -> dict:
    """All functions as a learner could have written them."""
    functions = {}
    for piece in project.pieces:
        namespace = {"torch": torch}
        exec(piece.solution, namespace)
        functions[piece.function_name] = namespace[piece.solution_name]
    return functions


@NUMBERS
def test_right_functions_pass_and_are_named(number, by_heart):
    project = tiny(number)
    result = attempt(project, written(project), by_heart)
    assert result.passed and result.bleu >= 80, repr(result)
    assert repr(result).startswith(f"Project {number}, {project.title}: passed.")
    first = project.pieces[0].function_name
    assert f"{first}: yours" in result.details and "ours, as" not in result.details


def forgets(inputs, hidden, W, U, b_input, b_hidden):
    return torch.tanh((inputs @ W.T + b_input)[:, : hidden.shape[1]])


def says_nothing(context, queries, W_c):
    return torch.tanh(0 * torch.cat([context, queries], dim=-1) @ W_c.T)


def sees_itself_alone(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads):
    """Right in training, where there is no cache, and wrong when the model writes."""
    _, keys, values = heads_with_cache(x, past_keys, past_values, W_q, W_k, W_v, W_o, num_heads)
    return values[:, :, -1].flatten(1) @ W_o.T, keys, values


WRONG = [
    (1, "gru_step", forgets),
    (2, "attentional_vector", says_nothing),
    (3, "heads_with_cache", sees_itself_alone),
]


@pytest.mark.parametrize("number, name, wrong", WRONG)
def test_wrong_functions_are_noticed_by_what_the_model_writes(number, name, wrong, by_heart):
    result = attempt(tiny(number), {name: wrong}, by_heart)
    assert (result.status, result.fault) == ("failed", "bleu"), repr(result)
    assert result.effort and result.bleu < TINY.bleu and "80 is asked for" in result.message


@NUMBERS
def test_what_is_missing_is_ours_and_is_said(number, by_heart):
    project = tiny(number)
    one = project.pieces[0].function_name
    project = replace(project, scale=replace(TINY, steps=2))
    result = attempt(project, {one: written(project)[one]}, by_heart)
    lines = result.details.splitlines()
    assert f"{one}: yours" in lines and len(lines) == len(project.pieces)
    assert all(": ours, as yours is not written yet" in line or ": not needed" in line for line in lines[1:])
    assert f"{lines[1]}" in repr(result)


def test_the_cell_is_an_lstm_where_only_that_is_written(by_heart):
    project = tiny(1)
    right = written(project)
    result = attempt(project, {name: right[name] for name in ("lstm_step", "set_forget_bias")}, by_heart)
    assert result.passed, repr(result)
    assert result.details.splitlines() == [
        "gru_step: not needed",
        "lstm_step: yours",
        "set_forget_bias: yours",
    ]
    both = attempt(replace(project, scale=replace(TINY, steps=1)), right, by_heart)
    assert "lstm_step: yours, but this model has no place for it" in both.details


@NUMBERS
def test_ours_in_its_place_is_the_course_s_own_model(number):
    """With our functions the assembled model computes what the model of the course computes."""
    project = PROJECTS[number]
    torch.manual_seed(3)
    model, _ = project.assemble(Parts(project.pieces, {}), 11, 13, 16)
    name = {1: "gru", 2: "luong-concat", 3: "transformer"}[number]
    choices = {
        1: {"embed_size": 16, "hidden_size": 16, "context": "every_step"},
        2: {"embed_size": 16, "hidden_size": 16},
        3: {"d_model": 16, "num_heads": 4, "d_ff": 32, "num_layers": 2, "dropout": 0.0, "tied": False},
    }[number]
    config = model_config(name, src_vocab_size=11, tgt_vocab_size=13, **choices)
    course = build_model(name, config, seed=3)  # draws the same weights in the same order
    src = torch.tensor([[5, 6, 7, 2], [8, 2, 0, 0]])
    tgt_in = torch.tensor([[1, 9, 10], [1, 11, 0]])
    real = tgt_in != 0
    with torch.no_grad():
        mine, theirs = model(src, tgt_in, src != 0), course(src, tgt_in, src != 0)
        torch.testing.assert_close(mine[real], theirs[real], rtol=1e-4, atol=1e-5)
        model.eval()
        state = model.init_state(src, src != 0)
        for t in range(3):
            logits, state = model.step(tgt_in[:, t], state)
            torch.testing.assert_close(logits[real[:, t]], theirs[:, t][real[:, t]], rtol=1e-4, atol=1e-5)
            state = state.select(torch.tensor([0, 1]))
    assert isinstance(model, AttentionalEncoderDecoder) == (number == 2)


def test_nothing_is_trained_for_a_wrong_function_and_its_mistake_is_named(monkeypatch):
    monkeypatch.setattr(run, "train", None)
    [mistake] = [m for m in find_exercise("3.2").misconceptions if "z" in m.name][:1] or [
        find_exercise("3.2").misconceptions[0]
    ]

    def gru_step(inputs, hidden, W, U, b_input, b_hidden):
        return mistake.wrong(inputs, hidden, W, U, b_input, b_hidden)

    result = run_project(1, gru_step)
    assert result.status == "failed" and result.misconception == mistake.name
    assert result.message == f"gru_step is not right yet, so nothing was trained. {mistake.message}"


@NUMBERS
def test_nothing_is_trained_where_nothing_is_written(number, monkeypatch):
    monkeypatch.setattr(run, "train", None)
    empty = []
    for piece in PROJECTS[number].pieces:
        namespace = {"torch": torch}
        exec(piece.template, namespace)
        empty.append(namespace[piece.function_name])
    others = [
        piece.reference for piece in PROJECTS[number].pieces
        if piece.function_name not in PROJECTS[number].core
    ]  # fmt: skip
    assert len(others) == 1
    for result in (run_project(number), run_project(number, *empty), run_project(number, *others)):
        assert result.status == "unattempted" and "unattempted" in repr(result)
        assert all(piece.function_name in result.next_step for piece in PROJECTS[number].pieces)


@NUMBERS
def test_hints_are_shown_to_the_functions_that_only_the_project_has(number):
    own = [piece for piece in PROJECTS[number].pieces if piece.id.startswith("P")]
    assert run_project(number).hints == ()
    for hint in (1, 2, 3):
        shown = run_project(number, hint=hint).hints
        assert shown == tuple(f"{p.function_name}: {text}" for p in own for text in p.hints[:hint])


def test_the_way_to_a_hint_is_told_with_the_fault():
    def attend_with_mask(scores, memory, src_mask):
        return memory.mean(dim=1)

    def concat_scores(queries, memory, W, v):
        return queries

    assert run_project(2, attend_with_mask).next_step == "For hints run `run_project(2, …, hint=1)`."
    assert run_project(2, concat_scores).next_step == 'For hints run `check("6.3", concat_scores, hint=1)`.'


def test_what_no_project_knows_is_refused():
    with pytest.raises(ValueError, match=r"^hint must be 0, 1, 2 or 3, got 4$"):
        run_project(1, hint=4)
    with pytest.raises(ValueError, match=r"^number must be one of 1, 2, 3, got 4$"):
        run_project(4)
    with pytest.raises(ValueError, match=r"^functions of project 1 must be gru_step, .*, got cosine_similar"):
        run_project(1, torch.cosine_similarity)


def test_what_a_function_prints_in_training_is_kept_short(by_heart, capsys):
    def gru_step(inputs, hidden, W, U, b_input, b_hidden):
        print("shapes", tuple(inputs.shape))
        return find_exercise("3.2").reference(inputs, hidden, W, U, b_input, b_hidden)

    short = replace(tiny(1), scale=replace(TINY, steps=10))
    result = attempt(short, {"gru_step": gru_step}, by_heart)
    assert capsys.readouterr().out == "" and len(repr(result)) < 3000
    assert result.printed.startswith("shapes (") and "more characters" in result.printed


def test_a_crash_in_training_is_told_with_the_learner_s_line(by_heart):
    def gru_step(inputs, hidden, W, U, b_input, b_hidden):
        assert len(inputs) < 5, "a small batch"
        return hidden

    result = attempt(tiny(1), {"gru_step": gru_step}, by_heart)
    assert (result.status, result.fault) == ("failed", "crash")
    assert "Training broke off." in result.message and "AssertionError: a small batch" in result.message


def test_numbers_that_are_not_finite_end_training_with_a_sentence(by_heart):
    def gru_step(inputs, hidden, W, U, b_input, b_hidden):
        return (inputs @ W.T)[:, : hidden.shape[1]] / 0 * hidden

    result = attempt(tiny(1), {"gru_step": gru_step}, by_heart)
    assert (result.status, result.fault) == ("failed", "nan")
    assert "the gradient is not finite at step 1" in result.message


@NUMBERS
def test_the_bleu_asked_for_lies_well_below_ours_and_well_above_a_wrong_one(number):
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))[str(number)]
    asked = PROJECTS[number].scale.bleu
    assert measured["wrong"] + 10 <= asked <= measured["ours"] - 10
    assert measured["seconds"] <= 120
    for shown in (run_project(number).message, run.stored(PROJECTS[number])):
        assert f"{measured['ours']:.1f}" in shown and f"{measured['wrong']:.1f}" in shown


def test_a_written_function_is_found_by_its_name():
    project = PROJECTS[3]
    right = find_exercise("8.1").reference
    assert attempted(project, (right,)) == {"sinusoids": right}
