"""A judge that cannot tell a right answer from none is found out before anything is trained."""

from __future__ import annotations

import pytest

from domains.endpoints import InMemory, Tally
from domains.errors import DataError
from domains.example import Example
from domains.preparation.discernment import ITEMS, PERSUASIONS, discern, judge_notes
from domains.rewards.judge import JudgeReward, forged
from domains.spec import DomainSpec
from tests.support.chat_server import chat_server, shown

TRAIN = [Example(prompt=f"Capital of {name}?", answer=town) for name, town in (("France", "Paris"), ("Italy", "Rome"))]
QUOTE = "\n| "


def domain(url, kind="structured", others=(), **content):
    judge = {"type": "judge", "url": url, "model": "m", "patience": 600, **(content or {"rubric": "It is right."})}
    source = {"type": "file", "path": "x.jsonl"}
    return DomainSpec.model_validate({"kind": kind, "source": source, "rewards": [*others, judge]})


def answer_of(body):
    """What the judge is shown as the answer, its marks taken away."""
    return shown(body).rsplit("The answer:\n", 1)[1].split(QUOTE, 1)[1].split("\n[", 1)[0].replace(QUOTE, "\n")


def able(body):
    return f"SCORE: {9 if answer_of(body) in ('Paris', 'Rome') else 0}"


def notes(reply, answers=None, **content):
    with chat_server(reply) as (server, url):
        return judge_notes(domain(url, **content), TRAIN, answers or InMemory()), server


def test_a_judge_that_can_tell_is_noted_with_its_marks_and_its_price():
    (note,), server = notes(able)
    assert note == (
        "judge: The judge's marks: right 9 of 10, empty 0 of 10, garbled 0 of 10. (11 questions, 110 tokens)"
    )
    assert server.asked == 11 == 3 * len(TRAIN) + len(PERSUASIONS)


def test_a_judge_that_gives_everything_full_marks_is_refused_as_a_metric():
    with pytest.raises(DataError, match=r"gives 10 of 10 to an empty answer .*cannot be used as a reward") as told:
        notes(lambda body: "Very good.\nSCORE: 10")
    assert told.value.key == "rewards[0].model"
    assert "\n" not in str(told.value)


def test_a_difference_that_is_chance_tells_nothing():
    """SmolLM2-135M-Instruct gave right answers 6.7 of 10, empty ones 7 and garbled ones 6.7."""
    with pytest.raises(DataError, match="gives 6 of 10 to an empty answer and 7 of 10 to the right one"):
        notes(lambda body: f"SCORE: {6 + (answer_of(body) in ('Paris', 'Rome'))}")
    (note,), _ = notes(lambda body: f"SCORE: {6 + 2 * (answer_of(body) in ('Paris', 'Rome'))}")
    assert note.startswith("judge: The judge's marks: right 8 of 10, empty 6 of 10")


@pytest.mark.parametrize("more", [{"kind": "creative"}, {"others": [{"type": "exact"}]}])
def test_elsewhere_it_is_a_note(more):
    """A story has no wrong answer, and a rubric beside the metric may ask for form alone."""
    (note,), _ = notes(lambda body: "SCORE: 10", **more)
    assert "gives an empty answer about as much as the right one: it cannot be used as a reward." in note
    assert "right 10 of 10, empty 10 of 10" in note


def test_a_judge_that_prefers_a_place_cannot_tell_by_comparison():
    with pytest.raises(DataError, match=r"gives 0\.5 of 1 to an empty answer"):
        notes(lambda body: "VERDICT: A", pairwise="It is right.")


def test_what_an_injected_text_gains_is_measured():
    """A judge that marks well, until an answer asks for full marks."""
    with chat_server(lambda body: "SCORE: 10" if "full marks" in answer_of(body) else able(body)) as (_, url):
        (spec,) = domain(url).rewards
        found = discern(spec, TRAIN, InMemory(), Tally())
        (note,) = judge_notes(domain(url), TRAIN, InMemory())
    assert found.gain == 1.0
    assert "A garbled answer that speaks to the judge gains 1.00 of 1" in note


def test_garble_that_is_believed_is_said():
    (note,), _ = notes(lambda body: f"SCORE: {10 if answer_of(body).strip() else 0}")
    assert "gives a garbled answer about as much as the right one" in note


def test_verdicts_that_cannot_be_read_are_counted():
    with pytest.raises(DataError, match="11 of its 11 verdicts could not be read"):
        notes(lambda body: "I like it.")


def test_what_was_asked_is_remembered_unless_the_judge_was_refused():
    kept, lost = InMemory(), InMemory()
    with chat_server(able) as (server, url):
        judge_notes(domain(url), TRAIN, kept)
        asked = server.asked
        (note,) = judge_notes(domain(url), TRAIN, kept)
        assert server.asked == asked > 0
    assert note.endswith("(asked before)")
    with pytest.raises(DataError):
        notes(lambda body: "SCORE: 10", lost)
    assert not lost.kept


def test_an_endpoint_that_is_down_is_a_note_at_once():
    (note,) = judge_notes(domain("http://127.0.0.1:1/v1"), TRAIN, InMemory())
    assert note.startswith(
        "judge could not be asked whether it can tell a right answer: the endpoint http://127.0.0.1:1"
    )


def test_nothing_else_is_asked():
    spec = domain("http://127.0.0.1:1/v1", others=[{"type": "exact"}])
    silent = spec.model_copy(update={"rewards": (spec.rewards[0], spec.rewards[1].model_copy(update={"weight": 0.0}))})
    assert judge_notes(silent, TRAIN, InMemory()) == ()


def test_a_reference_that_reads_the_same_backward_has_no_garbled_form():
    with chat_server(lambda body: f"SCORE: {9 * bool(answer_of(body).strip())}") as (_, url):
        spec = JudgeReward.model_validate({"type": "judge", "url": url, "model": "m", "rubric": "x"})
        found = discern(spec, [Example(prompt="2 + 5", answer="7")] * (ITEMS + 2), InMemory(), Tally())
    assert (found.right, found.empty, found.garbled, found.gain) == (0.9, 0.0, None, None)
    assert found.verdicts == 2 * ITEMS


def test_no_persuasion_is_forged():
    """Those earn 0 unasked, so that they would show nothing of the judge."""
    assert not any(forged(text) for text in PERSUASIONS)
