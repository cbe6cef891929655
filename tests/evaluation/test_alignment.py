import numpy as np
import pytest

from s2s_course.evaluation.alignment import alignment_error_rate, links_of


def test_a_perfect_alignment_has_no_error_and_a_wrong_one_nothing_else():
    gold = [{(0, 0), (1, 1)}, {(0, 1)}]
    assert alignment_error_rate(gold, gold) == 0
    assert alignment_error_rate([{(0, 1)}, {(1, 1)}], gold) == 1


def test_links_are_counted_over_all_sentences_together():
    # |A ∩ G| = 1 + 3, |A| = 2 + 3, |G| = 1 + 4
    predicted = [[(0, 0), (1, 0)], [(0, 0), (1, 1), (2, 2)]]
    gold = [((0, 0),), ((0, 0), (1, 1), (2, 2), (3, 3))]
    assert alignment_error_rate(predicted, gold) == pytest.approx(1 - 2 * 4 / 10)


def test_missing_and_superfluous_links_cost_the_same():
    gold = [{(0, 0), (1, 1), (2, 2)}]
    missing = alignment_error_rate([{(0, 0), (1, 1)}], gold)
    superfluous = alignment_error_rate(gold, [{(0, 0), (1, 1)}])
    assert missing == superfluous == pytest.approx(1 - 4 / 5)


def test_a_link_is_a_pair_and_not_its_mirror_image():
    assert alignment_error_rate([{(0, 1)}], [{(1, 0)}]) == 1


def test_each_word_is_linked_to_the_word_it_attends_to_most():
    weights = np.array(
        [
            [0.1, 0.7, 0.1, 0.1],
            [0.6, 0.2, 0.1, 0.1],
            [0.1, 0.1, 0.2, 0.6],  # attends to <eos>
            [0.9, 0.1, 0.0, 0.0],  # is <eos>
        ]
    )
    assert links_of(weights) == {(1, 0), (0, 1)}


@pytest.mark.parametrize(
    ("predicted", "gold", "message"),
    [
        ([], [], "gold must hold the links of at least one sentence, got none"),
        ([set()], [set(), set()], "predicted must be as many as gold, got 1 and 2"),
        ([set()], [set()], "predicted and gold must hold at least one link between them, got none"),
    ],
)
def test_bad_input_is_refused(predicted, gold, message):
    with pytest.raises(ValueError, match=message):
        alignment_error_rate(predicted, gold)


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"weights must have shape \(T, S\) .*, got \(2, 3, 4\)"):
        links_of(np.zeros((2, 3, 4)))
