"""Attempts as JSON: what is read can be judged, whatever was sent."""

import copy
import json
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.exercises.engine.attempt import Attempt, Question, attempt
from s2s_course.exercises.engine.outcome import Fault, Outcome, out_of_time
from s2s_course.grading.wire import WireError
from s2s_course.grading.wire_attempt import (
    MOST_BYTES,
    decode_attempt,
    decode_question,
    encode_attempt,
    encode_question,
)

QUESTION = Question("5.1", "double", ("x", "names"), "def double(x, names): ...", False)
INPUTS = [(torch.ones(2), ["a"]), (torch.zeros(3), ["b"])]


def double(x, names):
    print("seen")
    names.append("more")
    return 2 * x


def reply(function=double) -> bytes:
    return encode_attempt(attempt(QUESTION, function, copy.deepcopy(INPUTS), seconds=2.0))


def changed(change) -> bytes:
    document = json.loads(reply())
    change(document)
    return json.dumps(document).encode()


def test_a_question_arrives():
    assert decode_question(json.loads(json.dumps(encode_question(QUESTION)))) == QUESTION


def test_an_attempt_arrives_as_it_is():
    here, there = (
        attempt(QUESTION, double, copy.deepcopy(INPUTS), seconds=2.0),
        decode_attempt(reply(), INPUTS),
    )
    assert there.fault is None and len(there.outcomes) == 2
    for mine, theirs in zip(here.outcomes, there.outcomes, strict=True):
        assert torch.equal(mine.output, theirs.output)
        assert torch.equal(mine.gradients[0], theirs.gradients[0]) and theirs.gradients[1] is None
        assert (theirs.connected, theirs.modified, theirs.modified_lists) == (True, (1,), (1,))
        assert theirs.printed == mine.printed == "seen"
        assert theirs.fault is None and theirs.backward_fault is None and theirs.seconds >= 0


def test_faults_arrive():
    def crash(x, names):
        raise RuntimeError("no \x1b[31m such \ud800 thing")

    fault = decode_attempt(reply(crash), INPUTS).outcomes[1].fault
    assert fault.kind == "crash" and "no \ufffd[31m such \ufffd thing" in fault.message
    assert decode_attempt(reply(lambda x: x), INPUTS).fault.kind == "arguments"
    assert (
        decode_attempt(encode_attempt(Attempt((out_of_time("", 1.0),))), INPUTS).outcomes[0].fault.kind
        == "time"
    )
    assert decode_attempt(encode_attempt(Attempt()), INPUTS).unattempted
    detached = Outcome(output=torch.ones(1), gradients=(None, None), backward_fault=Fault("gradient", "none"))
    arrived = decode_attempt(encode_attempt(Attempt((detached, detached))), INPUTS)
    assert arrived.outcomes[0].backward_fault == Fault("gradient", "none")


def test_what_is_too_large_is_a_fault_of_the_answer():
    found = decode_attempt(reply(lambda x, names: torch.zeros(300, 300)), INPUTS)
    assert {outcome.fault.kind for outcome in found.outcomes} == {"size"}
    assert "too large to be compared" in found.outcomes[0].fault.message


def test_a_reply_has_room_for_the_first_answers_where_all_are_too_large_together():
    outcome = Outcome(output=torch.zeros(50_000, dtype=torch.float64))
    found = encode_attempt(Attempt((outcome,) * 100))
    assert len(found) < MOST_BYTES
    kinds = [outcome.fault and outcome.fault.kind for outcome in decode_attempt(found, [()] * 100).outcomes]
    assert kinds[0] is None and kinds[-1] == "size"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("fault"), "a fault and outcomes"),
        (lambda d: d["outcomes"].pop(), "must have 2 outcomes, got 1"),
        (lambda d: d["outcomes"].append(d["outcomes"][0]), "at most 2 outcomes, got 3"),
        (lambda d: d.update(fault={"kind": "passed", "message": ""}), "a fault must be one of"),
        (lambda d: d["outcomes"][0].update(more=1), "an outcome lacks something, or has too much"),
        (lambda d: d["outcomes"][0].update(connected=1), "an outcome lacks something"),
        (lambda d: d["outcomes"][0].update(seconds=-1), "seconds must lie"),
        (lambda d: d["outcomes"][0].update(seconds=math.nan), "seconds must lie"),
        (lambda d: d["outcomes"][0].update(printed=None), "a text must be a string"),
        (
            lambda d: d["outcomes"][0].update(fault={"kind": "value", "message": ""}),
            "must be one of unattempted",
        ),
        (
            lambda d: d["outcomes"][0].update(backward_fault={"kind": "time", "message": ""}),
            "one of gradient",
        ),
        (lambda d: d["outcomes"][0].update(modified=[2]), "numbers of inputs"),
        (lambda d: d["outcomes"][0].update(modified=["0"]), "numbers of inputs"),
        (lambda d: d["outcomes"][0].update(modified_lists=[-1]), "numbers of inputs"),
        (lambda d: d["outcomes"][0]["gradients"].pop(), "there must be 2 gradients, got 1"),
        (lambda d: d["outcomes"][0]["gradients"].reverse(), "shape and dtype of its input"),
        (lambda d: d["outcomes"][1]["gradients"].__setitem__(0, 1.5), "shape and dtype of its input"),
        (
            lambda d: d["outcomes"][1].update(gradients=d["outcomes"][0]["gradients"]),
            "shape and dtype of its input",
        ),
        (
            lambda d: d["outcomes"][0].update(output={"tensor": "float32", "shape": [10**9], "data": ""}),
            "at most",
        ),
    ],
)
def test_what_could_not_be_judged_is_refused(change, message):
    with pytest.raises(WireError) as caught:
        decode_attempt(changed(change), INPUTS)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "sent",
    [b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"x" * (MOST_BYTES + 1), b'{"fault": null}'],
)
def test_what_is_no_reply_is_refused(sent):
    with pytest.raises(WireError, match="a reply must"):
        decode_attempt(sent, INPUTS)


@given(st.data())
def test_whatever_stands_in_a_reply_nothing_but_a_wire_error_is_raised(data):
    values = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.just([])
        | st.just({})
    )

    def change(document):
        place = data.draw(st.sampled_from([document, document["outcomes"], *document["outcomes"]]))
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        place[key] = data.draw(values | st.lists(values, max_size=3))

    try:
        decode_attempt(changed(change), INPUTS)
    except WireError as error:
        assert str(error)
