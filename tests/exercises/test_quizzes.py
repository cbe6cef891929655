"""The quizzes of the chapters. What their texts say in numbers is computed here, with torch and autograd."""

import importlib
import itertools
import math

import pytest
import torch
from torch import nn

from s2s_course.exercises import quiz
from s2s_course.exercises.quizzes import QUIZZES, chapter_02, chapter_03
from s2s_course.widgets import Quiz
from s2s_course.widgets.quiz import Choice, Question

ALL = [question for questions in QUIZZES.values() for question in questions]


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def place_of_right(question: Question) -> int:
    [place] = [place for place, choice in enumerate(question.choices) if choice.right]
    return place


def right(question: Question) -> Choice:
    return question.choices[place_of_right(question)]


def find(question: Question, start: str) -> Choice:
    """The one choice that begins so."""
    [choice] = [choice for choice in question.choices if choice.text.startswith(start)]
    return choice


class TestEveryQuiz:
    def test_the_chapters_of_the_widget_are_those_that_have_a_quiz(self):
        assert Quiz.chapters == tuple(QUIZZES)

    @pytest.mark.parametrize("chapter", range(2, 11))
    def test_it_holds_its_chapter_s_questions(self, chapter):
        module = importlib.import_module(f"s2s_course.exercises.quizzes.chapter_{chapter:02d}")
        widget = quiz(chapter)
        assert widget.title == f"Quiz on chapter {chapter}"
        assert [question["text"] for question in widget.questions] == [q.text for q in module.QUESTIONS]
        assert repr(widget) == repr(quiz(chapter))
        assert 5 <= len(widget.questions) <= 6

    @pytest.mark.parametrize("chapter", [1, 0, -2, 99])
    def test_a_chapter_without_quiz_is_refused(self, chapter):
        with pytest.raises(
            ValueError, match=f"^chapter must be one of 2, 3, 4, 5, 6, 7, 8, 9, 10, got {chapter}$"
        ):
            quiz(chapter)

    @pytest.mark.parametrize("questions", QUIZZES.values(), ids=QUIZZES)
    def test_neither_place_nor_length_gives_the_right_answer_away(self, questions):
        places = [place_of_right(question) for question in questions]
        assert len(set(places)) >= 3
        assert all(one != next_one for one, next_one in itertools.pairwise(places))
        longest = [max(len(choice.text) for choice in q.choices) == len(right(q).text) for q in questions]
        assert sum(longest) <= len(questions) / 2

    @pytest.mark.parametrize("question", ALL, ids=lambda question: question.text[:30])
    def test_texts_are_whole_sentences_and_short(self, question):
        assert len(question.text) <= 300
        assert question.text.endswith("?")
        for choice in question.choices:
            assert len(choice.text) <= 110 and 30 <= len(choice.why) <= 260
            assert choice.why.endswith((".", ")")) and "  " not in choice.text + choice.why
            for text in (choice.text, choice.why, question.text):
                assert "'" not in text and "-" not in text, "typographic signs"


def rnn(inputs, hidden, W, U, b):
    """States h₁ … hₛ of h = tanh(W x + U h′ + b); ``U`` is one matrix for each step."""
    states = []
    for x, u in zip(inputs, U, strict=True):
        hidden = torch.tanh(W @ x + u @ hidden + b)
        states.append(hidden)
    return states


def make_rnn(steps, E=3, H=5):
    shapes = (steps, E), (H,), (H, E), (H, H), (H,)
    return [torch.randn(shape, dtype=torch.float64) / 2 for shape in shapes]


def jacobian(hidden, U):
    return torch.diag(1 - hidden**2) @ U


class TestChapter2:
    def test_six_terms_and_none_from_a_later_step(self):
        inputs, hidden, W, U, b = make_rnn(3)
        copies = [U.clone().requires_grad_() for _ in range(3)]
        losses = [state.square().sum() for state in rnn(inputs, hidden, W, copies, b)]
        terms = [
            torch.autograd.grad(loss, copies, retain_graph=True, allow_unused=True, materialize_grads=True)
            for loss in losses
        ]
        present = [[bool(term.abs().sum() > 0) for term in row] for row in terms]
        assert present == [[True, False, False], [True, True, False], [True, True, True]]
        shared = U.clone().requires_grad_()
        total = sum(state.square().sum() for state in rnn(inputs, hidden, W, [shared] * 3, b))
        [gradient] = torch.autograd.grad(total, shared)
        assert torch.allclose(gradient, sum(term for row in terms for term in row), atol=1e-12)
        assert right(chapter_02.SUM_OVER_PATHS).text.startswith(
            f"{sum(map(sum, present))}, one for each loss"
        )

    def test_the_term_of_a_loss_and_a_step_passes_as_many_jacobians_as_lie_between(self):
        inputs, hidden, W, U, b = make_rnn(3)
        copies = [U.clone().requires_grad_() for _ in range(3)]
        states = rnn(inputs, hidden, W, copies, b)
        back = torch.autograd.grad(states[2].sum(), states[0], retain_graph=True)[0]
        by_hand = torch.ones(5, dtype=torch.float64) @ jacobian(states[2], U) @ jacobian(states[1], U)
        assert torch.allclose(back, by_hand, atol=1e-12)
        assert "multiplied by t − s Jacobians" in right(chapter_02.SUM_OVER_PATHS).why

    def test_with_a_largest_singular_value_of_0_9_at_most_0_5_percent_are_left(self):
        inputs, first, W, U, b = make_rnn(50)
        U = 0.9 * U / torch.linalg.matrix_norm(U, 2)
        states = rnn(inputs / 100, first.requires_grad_(), W, [U] * 50, b * 0)
        left = torch.linalg.matrix_norm(
            torch.stack([torch.autograd.grad(h, first, retain_graph=True)[0] for h in states[-1]]), 2
        )
        assert left <= 0.9**50 < 0.01
        assert f"0.9⁵⁰ ≈ {0.9**50:.3f}" in right(chapter_02.JACOBIANS).why
        assert "less than 1 %" in right(chapter_02.JACOBIANS).text

    def test_a_largest_singular_value_above_1_does_not_make_a_gradient_explode(self):
        choice = find(chapter_02.JACOBIANS, "With 1.1")
        assert f"1.1⁵⁰ ≈ {1.1**50:.0f}" in choice.why and 1.1**50 > 100
        assert f"1 − 0.9² = {1 - 0.9**2:.2f}" in choice.why
        U = torch.diag(torch.tensor([1.1, 0.5]))
        saturated = torch.tensor([0.9, 0.9])
        product = torch.linalg.matrix_power(jacobian(saturated, U), 50)
        assert torch.linalg.matrix_norm(product, 2) < 1e-30

    def test_it_can_explode_although_the_states_are_bounded(self):
        first = torch.full((2,), 1e-30, dtype=torch.float64, requires_grad=True)
        U = 1.5 * torch.eye(2, dtype=torch.float64)
        states = rnn(torch.zeros(50, 1), first, torch.zeros(2, 1), [U] * 50, torch.zeros(2))
        [gradient] = torch.autograd.grad(states[-1].sum(), first)
        assert states[-1].abs().max() <= 1 and gradient.norm() > 1e8

    def test_tanh_is_steepest_at_0_with_slope_1(self):
        x = torch.arange(-4.0, 4.1, 0.5, requires_grad=True)
        assert x[8] == 0
        [slope] = torch.autograd.grad(torch.tanh(x).sum(), x)
        assert slope.argmax() == 8 and slope[8] == 1

    def test_an_orthogonal_matrix_keeps_lengths_and_not_units_and_tanh_still_shrinks(self):
        matrix = nn.init.orthogonal_(torch.empty(16, 16, dtype=torch.float64))
        assert torch.allclose(torch.linalg.svdvals(matrix), torch.ones(16, dtype=torch.float64))
        vector = torch.randn(16, dtype=torch.float64)
        assert (matrix @ vector).norm() == pytest.approx(vector.norm())
        assert (matrix - torch.eye(16)).abs().max() > 0.5
        product = torch.linalg.matrix_power(jacobian(torch.full((16,), 0.5, dtype=torch.float64), matrix), 50)
        assert torch.linalg.matrix_norm(product, 2) <= 0.75**50 * 1.001
        other = matrix.clone().requires_grad_()
        torch.tanh(other @ vector).sum().backward()
        updated = other.detach() - 0.1 * other.grad
        assert (torch.linalg.svdvals(updated) - 1).abs().max() > 1e-3, "the first update leaves orthogonality"

    def test_clipping_by_norm_divides_by_40_and_leaves_small_gradients_alone(self):
        weights = [nn.Parameter(torch.zeros(3, 2)), nn.Parameter(torch.zeros(4))]
        for norm in (40, 0.01):
            for weight in weights:
                weight.grad = torch.randn(weight.shape)
            length = math.sqrt(sum(float(weight.grad.square().sum()) for weight in weights))
            before = [weight.grad * norm / length for weight in weights]
            for weight, gradient in zip(weights, before, strict=True):
                weight.grad = gradient.clone()
            nn.utils.clip_grad_norm_(weights, 1.0)
            for weight, gradient in zip(weights, before, strict=True):
                assert torch.allclose(weight.grad, gradient / max(norm, 1), rtol=1e-4)
        assert right(chapter_02.CLIPPING).text == "All its numbers are divided by 40."

    @pytest.mark.parametrize(("loss_step", "first_reached"), [(50, 41), (41, 41), (60, 41), (20, 1)])
    def test_truncation_cuts_the_gradient_at_fixed_places_and_keeps_the_state(self, loss_step, first_reached):
        inputs, hidden, W, U, b = make_rnn(60)
        W = W * 2

        def run(inputs):
            state = hidden
            for step, x in enumerate(inputs[:loss_step], start=1):
                state = state.detach() if step in (21, 41) else state
                state = torch.tanh(W @ x + U @ state + b)
            return state

        leaf = inputs.clone().requires_grad_()
        [gradient] = torch.autograd.grad(run(leaf).sum(), leaf)
        reached = [step for step in range(1, 61) if gradient[step - 1].abs().sum() > 0]
        assert reached == list(range(first_reached, loss_step + 1))
        changed = inputs.clone()
        changed[max(first_reached - 2, 0)] += 1  # the last token before the cut
        assert not torch.equal(run(changed), run(inputs))
        if loss_step == 50:
            assert "reaches steps 41 to 50" in right(chapter_02.TRUNCATION).text
            twenty = find(chapter_02.TRUNCATION, "Its gradient reaches 20")
            assert "meets one after 10 steps" in twenty.why and len(reached) == 10


class TestChapter3:
    def test_the_cell_counts_past_1_and_is_carried_unchanged_and_hidden(self):
        """On torch's own LSTM, with biases that open and close the gates."""
        cell = nn.LSTMCell(2, 1).double()
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter.zero_()
            cell.bias_ih[:] = torch.tensor([-40.0, 40.0, 40.0, -40.0])  # i, f, g, o
            cell.weight_ih[0, 0] = 80.0  # the first input opens i, the second o
            cell.weight_ih[3, 1] = 80.0
        state = torch.zeros(1, 1).double(), torch.zeros(1, 1).double()
        for step in range(105):
            state = cell(torch.tensor([[float(step < 5), 0.0]]).double(), state)
        hidden, memory = (one.item() for one in state)
        assert memory == pytest.approx(5) and hidden == pytest.approx(0, abs=1e-12)
        assert right(chapter_03.CONVEYOR).text == f"c = {memory:.0f} and h = {hidden:.0f}"
        shown, _ = cell(torch.tensor([[0.0, 1.0]]).double(), state)
        assert f"tanh(5) ≈ {shown.item():.4f}" in right(chapter_03.CONVEYOR).why
        assert f"h = {math.tanh(5):.4f}" in find(chapter_03.CONVEYOR, "c = 5 and h = 0.").text

    def test_the_gru_interpolates(self):
        """On torch's own GRU: r = 0, z = 0.9, n = −0.5, h′ = 0.5, and a big weight that r = 0 must hide."""
        cell = nn.GRUCell(1, 1).double()
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter.zero_()
            cell.bias_ih[:] = torch.tensor([-60.0, math.log(9), math.atanh(-0.5)])  # r, z, n
            cell.weight_hh[2] = 7.0
        new = cell(torch.zeros(1, 1).double(), torch.full((1, 1), 0.5).double()).item()
        assert right(chapter_03.GRU_STEP).text == f"{new:.2f}"
        z, n, old = 0.9, -0.5, 0.5
        mistakes = [z * n + (1 - z) * old, (1 - z) * n, None, z * old]
        for choice, mistake in zip(chapter_03.GRU_STEP.choices, mistakes, strict=True):
            assert mistake is None or choice.text == f"{mistake:.2f}".replace("-", "−")

    @pytest.mark.parametrize(("inputs", "hidden"), [(1, 1), (7, 13), (128, 64)])
    def test_a_gru_has_three_quarters_of_the_parameters(self, inputs, hidden):
        rnn, gru, lstm = (
            sum(parameter.numel() for parameter in network(inputs, hidden).parameters())
            for network in (nn.RNN, nn.GRU, nn.LSTM)
        )
        assert 4 * gru == 3 * lstm and lstm == 4 * rnn
        assert right(chapter_03.PARAMETERS).text == "Three quarters"

    def test_what_a_forget_bias_keeps(self):
        gate = torch.sigmoid(torch.tensor(1.0, dtype=torch.float64)).item()
        assert f"σ(1) ≈ {gate:.2f}" in chapter_03.FORGET_BIAS.text
        choice = right(chapter_03.FORGET_BIAS)
        assert choice.text == f"About {gate**10:.0%}".replace("%", " %")
        assert f"0.73¹⁰ ≈ {0.73**10:.2f}" in choice.why and f"{gate**10:.2f}" == "0.04"
        assert 2 < math.log(0.5) / math.log(gate) < 2.5 and "little more than two steps" in choice.why
        needed = 0.5**0.1
        assert f"f must be {needed:.2f}, a bias of about {math.log(needed / (1 - needed)):.1f}" in choice.why
        everything = find(chapter_03.FORGET_BIAS, "All of it")
        assert f"a bias of 5 gives about {1 / (1 + math.exp(-5)):.3f}" in everything.why
        zero = find(chapter_03.FORGET_BIAS, "About 0.1 %")
        assert f"{0.5**10:.1%}" == "0.1%" and f"about {gate**10 / 0.5**10:.0f} times" in zero.why

    def test_the_gradient_along_the_cell_falls_by_the_forget_gate_and_fits_the_curve(self):
        """On torch's own LSTM whose gates depend on nothing but their biases."""
        falls = {}
        for gate in (0.98, 0.73):
            cell = nn.LSTMCell(1, 1).double()
            with torch.no_grad():
                for parameter in cell.parameters():
                    parameter.zero_()
                cell.bias_ih[1] = math.log(gate / (1 - gate))
            memories = [torch.ones(1, 1).double().requires_grad_()]
            hidden = torch.zeros(1, 1).double()
            for _ in range(40):
                hidden, memory = cell(torch.zeros(1, 1).double(), (hidden, memories[-1]))
                memories.append(memory)
            gradients = torch.autograd.grad(memories[-1].sum(), memories)
            falls[gate] = [float(gradients[40 - lag]) for lag in (0, 20, 40)]
        text = chapter_03.GRADIENT_CURVE.text
        start, middle, end = falls[0.98]
        assert f"reads {start:.0f} at k = 0, {middle:.2f} at k = 20 and {end:.2f} at k = 40" in text
        for ratio, steps in [(0.67, 20), (0.45, 40), (0.45 / 0.67, 20)]:
            assert f"a factor of {ratio ** (1 / steps):.2f}" in right(chapter_03.GRADIENT_CURVE).why
        closing = find(chapter_03.GRADIENT_CURVE, "An LSTM whose forget gates are still")
        assert f"0.73²⁰ ≈ {falls[0.73][1]:.3f}" in closing.why
        small = find(chapter_03.GRADIENT_CURVE, "A plain RNN whose U has 0.8")
        assert f"at most {0.8**20:.3f} is left" in small.why and 0.8**20 < 0.67
        growing = find(chapter_03.GRADIENT_CURVE, "A plain RNN whose gradient grows by 2 %")
        assert f"1.02⁴⁰ ≈ {1.02**40:.1f}" in growing.why

    def test_a_bidirectional_output_has_read_the_next_token_and_the_forward_half_has_not(self):
        network = nn.LSTM(3, 4, bidirectional=True, batch_first=True)
        tokens = torch.randn(1, 6, 3)
        changed = tokens.clone()
        changed[0, 3] += 1
        before, after = network(tokens)[0][0], network(changed)[0][0]
        assert before.shape == (6, 8), "one output for each token"
        assert torch.equal(before[2, :4], after[2, :4]) and not torch.equal(before[2, 4:], after[2, 4:])
        assert not torch.equal(before[0, 4:], after[0, 4:])
        assert right(chapter_03.DIRECTIONS).text.startswith("Finding the part of speech")
