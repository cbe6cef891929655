"""What the checker says about answers that go wrong in ways no exercise foresees."""

import math
import re
import sys
import time
from dataclasses import replace

import pytest
import torch

from s2s_course.exercises import check
from s2s_course.exercises.chapter_01.teacher_forcing import teacher_forcing
from s2s_course.exercises.chapter_04.masked_cross_entropy import loss_per_token
from s2s_course.exercises.chapter_05.masked_softmax import masked_softmax
from s2s_course.exercises.chapter_10.span_corruption import span_corruption
from s2s_course.exercises.engine import attempt, checker
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.misconception import mistake
from s2s_course.exercises.engine.outcome import run
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import Result
from s2s_course.masks import causal_mask


def told(exercise_id: str, function: object) -> Result:
    """The verdict, after the checks that every failed verdict must stand."""
    result, again = check(exercise_id, function), check(exercise_id, function)
    assert result.status == "failed" and result.misconception is None
    assert repr(result) == repr(again) and result._repr_html_() == again._repr_html_()
    assert not re.search(r"0x[0-9a-f]{4}|s2s_course|site-packages|/tests/|Traceback", repr(result))
    return result


def replaced(output: int, change):
    """The right answer to 1.1 with one output changed."""

    def answer(targets, pad_index, bos_index, eos_index):
        outputs = list(teacher_forcing(targets, pad_index, bos_index, eos_index))
        outputs[output] = change(outputs[output])
        return tuple(outputs)

    return answer


def scaled(change):
    """The right answer to 4.1, changed."""
    return lambda logits, tgt_out, tgt_mask: change(loss_per_token(logits, tgt_out, tgt_mask))


@pytest.mark.parametrize(
    "answer, fault, words",
    [
        (lambda a, b, c, d: None, "type", "returned None. Did you forget `return`?"),
        (
            lambda a, b, c, d: torch.zeros(2),
            "type",
            "must return 3 tensors: tgt_in, tgt_out, tgt_mask. It re",
        ),
        (lambda a, b, c, d: (torch.zeros(2),) * 2, "type", "It returned 2."),
        (
            replaced(0, torch.Tensor.numpy),
            "type",
            "is a ndarray. `torch.as_tensor(…)` makes one; no gradient",
        ),
        (replaced(0, lambda x: tuple(x)), "type", "yours is a tuple. `torch.stack(…)` makes one of tensors"),
        (replaced(1, torch.Tensor.tolist), "type", "tgt_out must be a tensor, but yours is a list."),
        (replaced(2, lambda mask: None), "type", "tgt_mask must be a tensor, but yours is a NoneType."),
        (replaced(0, torch.Tensor.to_sparse), "type", "not a sparse or nested one"),
        (replaced(0, lambda x: x.T), "shape", "tgt_in has the shape (5, 2), but must have (2, 5)"),
        (replaced(0, torch.Tensor.int), "dtype", "tgt_in is of dtype int32, but must be int64."),
        (replaced(2, torch.Tensor.float), "dtype", "tgt_mask is of dtype float32, but must be bool."),
        (replaced(1, lambda x: x.to("meta")), "device", "tgt_out is on the device meta"),
        (replaced(1, lambda x: x + 1), "value", "tgt_out has wrong values."),
        (
            replaced(2, lambda mask: mask ^ (torch.arange(mask.shape[1]) == 1)),
            "mask",
            "True at 0 places that must be False, and False at 2 places that must be True",
        ),
    ],
)
def test_outputs_of_the_wrong_kind(answer, fault, words):
    result = told("1.1", answer)
    assert result.fault == fault and words in result.message


def unscaled_gradient(loss):
    return loss.detach() + 2 * (loss - loss.detach())


def nan_gradient(loss):
    return loss + (loss.detach() - loss).sqrt()


@pytest.mark.parametrize(
    "answer, fault, words",
    [
        (scaled(torch.Tensor.item), "type", "Leave out `.item()` or `float()`. A number carries no gradient"),
        (scaled(torch.Tensor.detach), "detached", "no gradient flows back from your answer"),
        (torch.no_grad()(loss_per_token), "detached", "`torch.no_grad()`"),
        (
            scaled(unscaled_gradient),
            "gradient",
            "values are right, but the gradient with respect to logits is",
        ),
        (scaled(nan_gradient), "gradient", "the gradient with respect to logits is not"),
        (scaled(lambda loss: loss.unsqueeze(0)), "shape", "loss has the shape (1,), but must have ()"),
        (scaled(torch.Tensor.double), "dtype", "loss is of dtype float64, but must be float32."),
        (scaled(lambda loss: loss * float("nan")), "nan", "loss is NaN"),
        (
            scaled(lambda loss: (loss,)),
            "type",
            "returned a tuple, but must return the tensor alone. Is there a",
        ),
        (scaled(lambda loss: loss / 0), "nan", "loss is infinity"),
        (scaled(lambda loss: loss * 1.001), "value", "loss has wrong values."),
    ],
)
def test_losses_of_the_wrong_kind(answer, fault, words):
    result = told("4.1", answer)
    assert result.fault == fault and words in result.message


def test_a_gradient_is_missed_although_the_outputs_sum_to_a_constant():
    """Each row of a softmax sums to 1, so the gradient of a plain sum of the outputs would be 0 as well."""

    def cut_off(scores, src_mask):
        return masked_softmax(scores, src_mask).detach() + 0 * scores

    result = told("5.2", cut_off)
    assert result.fault == "gradient" and "no gradient reaches scores" in result.message


def test_a_known_mistake_is_named_although_the_answer_is_detached_too():
    wrong = scaled(lambda loss: -loss.detach())
    assert check("4.1", wrong).misconception == "minus sign forgotten"


def test_a_failing_input_is_shown_with_both_outputs():
    result = told("4.1", scaled(lambda loss: loss + loss.sigmoid()))
    yours = float(re.search(r"loss, yours +=\s+(\S+)", repr(result))[1])
    wanted = float(re.search(r"loss, expected =\s+(\S+)", repr(result))[1])
    assert yours == pytest.approx(wanted + 1 / (1 + math.exp(-wanted)), abs=2e-4)
    assert "logits = [[[" in repr(result) and "tgt_mask = [[ True, " in repr(result)


def test_changing_an_input_in_place_is_told():
    def zeroes_the_padding(logits, tgt_out, tgt_mask):
        loss = loss_per_token(logits, tgt_out, tgt_mask)
        logits[~tgt_mask] = 7.0
        return loss

    def appends_eos(targets, pad_index, bos_index, eos_index):
        answer = teacher_forcing(targets, pad_index, bos_index, eos_index)
        targets[0].append(eos_index)
        return answer

    for exercise_id, answer, name in (("4.1", zeroes_the_padding, "logits"), ("1.1", appends_eos, "targets")):
        result = told(exercise_id, answer)
        assert result.fault == "modified" and f"changes its input {name} in place" in result.message


def test_an_answer_that_has_used_up_its_gradient_is_told():
    def steps_itself(logits, tgt_out, tgt_mask):
        loss = loss_per_token(logits, tgt_out, tgt_mask)
        loss.backward()
        return loss

    result = told("4.1", steps_itself)
    assert result.fault == "gradient" and "backward through the graph a second time" in result.message


def cell(source: str, name: str = "answer"):
    """A function as a notebook defines it, in a file of its own that has no source on disk."""
    namespace = {"torch": torch}
    exec(compile(source, "/tmp/ipykernel_1/2.py", "exec"), namespace)
    return namespace[name]


def test_a_crash_names_the_line_of_the_learner():
    def answer(logits, tgt_out, tgt_mask):
        rows = [1, 2]
        return rows[9]

    line = answer.__code__.co_firstlineno + 2
    result = told("4.1", answer)
    assert result.fault == "crash"
    assert f"in line {line}: `return rows[9]`. IndexError: list index out of range" in result.message


def test_a_crash_inside_torch_is_placed_at_the_line_that_called_it():
    answer = cell(
        "def answer(logits, tgt_out, tgt_mask):\n"
        "    f = torch.nn.functional\n"
        "    return f.cross_entropy(logits, tgt_out)\n"
    )
    result = told("4.1", answer)
    assert "stopped with an error in line 3. RuntimeError: " in result.message


def test_a_crash_inside_the_course_is_placed_at_the_line_that_called_it():
    def answer(logits, tgt_out, tgt_mask):
        return causal_mask(0)

    line = answer.__code__.co_firstlineno + 1
    assert f"in line {line}: `return causal_mask(0)`. ValueError: length" in told("4.1", answer).message


@pytest.mark.parametrize(
    "body, words",
    [
        ("return answer(logits, tgt_out, tgt_mask)", "calls itself without end in line 2 (RecursionError)"),
        ("raise SystemExit", "ends Python in line 2"),
        (
            "raise NotImplementedError('the backend lacks this')",
            "NotImplementedError: the backend lacks this",
        ),
        ("raise ValueError", "stopped with an error in line 2. ValueError"),
        ("raise OSError('no file /home/someone/data/x.txt')", "OSError: no file x.txt"),
        ("raise ValueError(object())", "ValueError: <object object>"),
        ("raise ValueError('long ' * 1000)", "long long  …"),
        ("return open('/nowhere/at/all')", "FileNotFoundError: [Errno 2] No such file or directory: 'all'"),
    ],
)
def test_other_crashes(body, words):
    result = told("4.1", cell(f"def answer(logits, tgt_out, tgt_mask):\n    {body}\n"))
    assert result.fault == "crash" and words in result.message and len(result.message) < 500


def test_the_empty_cell_counts_as_unattempted_only_where_nothing_was_attempted():
    def gives_up_on_empty_sentences(targets, pad_index, bos_index, eos_index):
        if [] in targets:
            raise NotImplementedError
        return teacher_forcing(targets, pad_index, bos_index, eos_index)

    result = check("1.1", gives_up_on_empty_sentences)
    assert result.status == "failed" and "NotImplementedError" in result.message


@pytest.mark.parametrize(
    "body", ["pass", "try:\n        1 / 0\n      except Exception:\n        pass", "print('x')"]
)
def test_an_endless_loop_is_ended(body):
    answer = cell(f"def answer(logits, tgt_out, tgt_mask):\n    while True:\n      {body}\n")
    result = diagnose(find_exercise("4.1"), answer, seconds=0.1)
    assert (result.status, result.fault) == ("failed", "time")
    assert "still running" in result.message and "endless loop" in result.message
    assert len(repr(result)) < 5000


def compute_for(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_the_time_is_for_all_calls_together_and_slow_is_not_endless(monkeypatch):
    monkeypatch.setattr(checker, "_TIMES_OURS", 0)
    calls = []

    def slow(logits, tgt_out, tgt_mask):
        calls.append(1)
        compute_for(0.3)
        return loss_per_token(logits, tgt_out, tgt_mask)

    result = diagnose(find_exercise("4.1"), slow, seconds=1.0)
    assert result.fault == "time" and "its time was up. It has no endless loop" in result.message
    assert 3 <= len(calls) <= 4


def test_waiting_is_no_computing():
    """Another program may have the processor: that does not make an answer slow."""

    def waits(logits, tgt_out, tgt_mask):
        time.sleep(0.05)
        return loss_per_token(logits, tgt_out, tgt_mask)

    assert diagnose(find_exercise("4.1"), waits, seconds=0.2).passed


def test_each_call_gets_what_the_calls_before_it_have_left_of_the_time(monkeypatch):
    limits = []

    def run_in_two_seconds(function, inputs, *, seconds=None):
        limits.append(seconds)
        return replace(run(function, inputs), seconds=2.0)

    monkeypatch.setattr(attempt, "run", run_in_two_seconds)
    assert check("4.1", loss_per_token).passed
    assert limits == [checker.SECONDS - 2 * i for i in range(len(limits))] and len(limits) >= 12


def test_an_answer_with_plain_loops_has_time_enough():
    """The table of exercise 8.3, number by number."""

    def alibi_bias(length, num_heads):
        bias = torch.zeros(num_heads, length, length)
        for h in range(num_heads):
            for t in range(length):
                for s in range(length):
                    bias[h, t, s] = -(2 ** (-8 * (h + 1) / num_heads)) * abs(t - s)
        return bias

    assert check("8.3", alibi_bias).passed


def test_an_interrupt_by_the_user_is_no_wrong_answer():
    def answer(logits, tgt_out, tgt_mask):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("4.1", answer)


@pytest.mark.parametrize(
    "function, words",
    [
        (
            lambda logits, tgt_out: 0,
            "3 arguments, `(logits, tgt_out, tgt_mask)`, but it takes `(logits, tgt_out)`",
        ),
        (lambda a, b, c, d: 0, "but it takes `(a, b, c, d)`"),
        (lambda: 0, "but it takes `()`"),
        (
            lambda a, b, c, *, d: 0,
            "but it takes `(a, b, c, *, d)`. What stands behind the `*` can be given by",
        ),
        (lambda logits, *, tgt_out, tgt_mask: 0, "takes `(logits, *, tgt_out, tgt_mask)`"),
        (torch.tensor(1.0), 'got a Tensor. Write `check("4.1", loss_per_token)`'),
        (None, "needs the function itself, but got a NoneType"),
        ("loss_per_token", "got a str"),
    ],
)
def test_what_cannot_be_called_with_the_inputs(function, words):
    result = told("4.1", function)
    assert result.fault == "arguments" and words in result.message


def test_extra_arguments_with_defaults_are_allowed():
    assert check("4.1", lambda a, b, c, reduction="mean": loss_per_token(a, b, c)).passed


def test_a_compiled_function_without_a_signature_is_tried():
    assert check("4.1", max).fault == "crash"


def test_printing_is_shown_once_and_cut(capsys):
    def answer(logits, tgt_out, tgt_mask):
        print("shapes", tuple(logits.shape))
        print("y" * 100_000)
        return loss_per_token(logits, tgt_out, tgt_mask)

    result = check("4.1", answer)
    assert result.passed and capsys.readouterr().out == ""
    assert result.printed.startswith("shapes (2, 3, 4)\nyyy") and "more characters" in result.printed
    assert repr(result).count("shapes") == 1 and len(repr(result)) < 2000


def test_an_answer_that_draws_random_numbers_is_judged_alike_and_leaves_the_generator_alone():
    before = torch.random.get_rng_state()
    told("4.1", scaled(lambda loss: loss + torch.rand(())))
    assert torch.equal(before, torch.random.get_rng_state())


def test_gradients_are_compared_even_where_the_notebook_switched_them_off():
    with torch.no_grad():
        assert "its gradient are right" in check("4.1", loss_per_token).message
        assert told("4.1", scaled(torch.Tensor.detach)).fault == "detached"


def test_hints_are_shown_on_demand_and_point_further():
    first, second, third = find_exercise("4.1").hints
    for status, answer in (
        ("failed", scaled(torch.neg)),
        ("unattempted", cell("def answer(a, b, c):\n    raise NotImplementedError")),
    ):
        shown = [check("4.1", answer, hint=hint) for hint in range(4)]
        assert [r.hints for r in shown] == [(), (first,), (first, second), (first, second, third)]
        assert all(result.status == status for result in shown)
        assert first not in repr(shown[0]) and second not in repr(shown[1])
        assert first in repr(shown[1]) and second in repr(shown[2]) and third not in repr(shown[2])
        assert third in repr(shown[3])
    assert "hint=1" in repr(check("4.1", scaled(torch.neg)))
    assert "hint=2" in repr(check("4.1", scaled(torch.neg), hint=1))
    assert "hint=3" in repr(check("4.1", scaled(torch.neg), hint=2))
    assert "folded cell" in repr(check("4.1", scaled(torch.neg), hint=3))


@pytest.mark.parametrize("body", ["...", "pass", '"""only a docstring"""', "return ..."])
def test_an_answer_of_nothing_is_unattempted(body):
    result = check("4.1", cell(f"def answer(logits, tgt_out, tgt_mask):\n    {body}"))
    assert result.status == "unattempted" and "Its gradient is compared too." in result.message


def test_an_answer_that_computes_and_returns_nothing_is_attempted():
    answer = cell("def answer(logits, tgt_out, tgt_mask):\n    loss = logits.sum()")
    assert "returned None. Did you forget `return`?" in told("4.1", answer).message


def test_a_list_that_is_used_up_is_told_how_to_keep_it():
    def pops(tokens, spans, sentinels):
        result = span_corruption(tokens, spans, sentinels)
        sentinels.pop(0)
        return result

    message = told("10.3", pops).message
    assert "changes its input sentinels in place" in message and "`list(sentinels)`" in message
    assert "underscore" not in message


def test_weights_copied_into_a_module_are_told_that_no_gradient_reaches_them():
    def by_module(inputs, hidden, W, U, b):
        rnn = torch.nn.RNNCell(W.shape[1], W.shape[0])
        rnn.load_state_dict({"weight_ih": W, "weight_hh": U, "bias_ih": b, "bias_hh": 0 * b})
        return rnn(inputs, hidden)

    result = told("2.1", by_module)
    assert result.fault == "gradient" and "no gradient reaches W and U and b" in result.message
    assert all(cut in result.message for cut in ("`.data`", "`nn.Parameter(…)`", "`load_state_dict`"))

    def by_functional_call(inputs, hidden, W, U, b):
        rnn = torch.nn.RNNCell(W.shape[1], W.shape[0])
        weights = {"weight_ih": W, "weight_hh": U, "bias_ih": b, "bias_hh": 0 * b}
        return torch.func.functional_call(rnn, weights, (inputs, hidden))

    assert check("2.1", by_functional_call).passed


def test_a_crash_shows_the_shapes_of_the_arguments():
    def answer(inputs, hidden, W, U, b):
        return inputs @ W

    result = told("2.1", answer)
    assert "shapes: inputs (2, 3), hidden (2, 2), W (2, 3), U (2, 2), b (2,)" in result.details


def test_a_large_result_is_shown_around_its_first_fault():
    def answer(length, num_heads):
        bias = find_exercise("8.3").reference(length, num_heads).clone()
        bias[-1, -1, 0] += 7.0
        return bias

    result = told("8.3", answer)
    assert re.search(r"bias\[\d+, \d+:\d+, \d+:\d+\], yours    = \[\[", result.details)
    assert "numbers are wrong, the first at [" in result.message


def test_an_answer_that_crashes_on_some_inputs_is_still_recognized_by_the_others():
    """W and U of exercise 5.1 can only be exchanged where both states are of one size."""

    def exchanged(query, memory, W, U, v):
        return torch.tanh((query @ U.T)[:, None] + memory @ W.T) @ v

    result = check("5.1", exchanged)
    assert result.misconception == "W and U exchanged" and "scores, yours" in result.details


@pytest.mark.parametrize("hint", [4, -1])
def test_a_hint_that_there_is_not(hint):
    with pytest.raises(ValueError, match=f"hint must be 0, 1, 2 or 3, got {hint}"):
        check("4.1", loss_per_token, hint=hint)


def test_trace_functions_of_debuggers_survive_an_endless_loop():
    def tracer(frame, event, argument):
        return None

    before = sys.gettrace()  # of a measurement of coverage
    sys.settrace(tracer)
    try:
        diagnose(find_exercise("4.1"), cell("def answer(a, b, c):\n    while True: pass"), seconds=0.05)
        kept = sys.gettrace()
    finally:
        sys.settrace(before)
    assert kept is tracer


def test_random_answers_do_not_depend_on_what_was_drawn_before():
    answer = scaled(lambda loss: loss + torch.rand(()))
    first = repr(check("4.1", answer))
    torch.rand(3)
    assert repr(check("4.1", answer)) == first


def test_a_crash_in_a_helper_is_placed_in_the_helper():
    def helper(rows):
        return rows["no"]

    def answer(logits, tgt_out, tgt_mask):
        return helper({})

    line = helper.__code__.co_firstlineno + 1
    assert f"in line {line}: `return rows[\"no\"]`. KeyError: 'no'" in told("4.1", answer).message


def spoils_its_input(logits, tgt_out, tgt_mask):
    loss = loss_per_token(logits, tgt_out, tgt_mask)
    tgt_out.zero_()
    return loss


def is_detached(logits, tgt_out, tgt_mask):
    return loss_per_token(logits, tgt_out, tgt_mask).detach()


def test_misconceptions_may_lie_in_the_gradient_or_in_a_changed_input_alone():
    misconceptions = (
        mistake("spoils", "You spoil it.")(spoils_its_input),
        mistake("detached", "You detach it.")(is_detached),
    )
    exercise = replace(find_exercise("4.1"), misconceptions=misconceptions)
    for misconception in misconceptions:
        result = diagnose(exercise, misconception.wrong)
        assert (result.misconception, result.message) == (misconception.name, misconception.message)


def test_the_first_of_two_equal_misconceptions_decides():
    names = ["b", "a"]
    mistakes = tuple(mistake(name, name)(scaled_by_two) for name in names)
    exercise = replace(find_exercise("4.1"), misconceptions=mistakes)
    assert diagnose(exercise, scaled(lambda loss: loss + loss)).misconception == "b"


def scaled_by_two(logits, tgt_out, tgt_mask):
    return 2 * loss_per_token(logits, tgt_out, tgt_mask)
