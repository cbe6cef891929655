"""What is known of one call of an answer."""

from s2s_course.exercises.engine.outcome import run


def test_what_an_answer_printed_is_kept_whether_it_returns_or_crashes():
    def returns(number):
        print("before")
        return number + 1

    def crashes(number):
        print("before")
        raise LookupError("no such number")

    returned, crashed = run(returns, (1,)), run(crashes, (1,))
    assert returned.output == 2 and returned.fault is None and returned.printed == "before"
    assert crashed.fault.kind == "crash" and crashed.printed == "before"
    assert 0 <= crashed.seconds < 5
