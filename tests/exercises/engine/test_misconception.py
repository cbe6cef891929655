"""Wrong code and its message, as a file of an exercise joins them."""

from s2s_course.exercises.engine.misconception import Misconception, mistake, mistakes_in


@mistake("doubled", "You double it.")
def doubled(number):
    return 2 * number


@doubled.variant
def added_to_itself(number):
    return number + number


@mistake("negative", "You change the sign.")
def negative(number):
    return -number


def test_a_mistake_keeps_the_code_and_says_the_message():
    assert (doubled.name, doubled.message) == ("doubled", "You double it.")
    assert doubled.wrong(3) == doubled(3) == 6


def test_a_variant_belongs_to_its_mistake_alone_and_stays_a_function():
    assert doubled.variants == [added_to_itself] and negative.variants == []
    assert not isinstance(added_to_itself, Misconception) and added_to_itself(3) == 6


def test_a_function_that_is_shown_stays_as_it_is():
    def shown(number):
        return number + 1

    assert mistake("one more", "You add 1.")(shown).wrong is shown


def test_mistakes_are_those_of_the_module_in_their_order_there():
    assert mistakes_in(globals()) == (doubled, negative)
    assert mistakes_in({"b": negative, "x": 5, "f": added_to_itself, "a": doubled}) == (negative, doubled)
