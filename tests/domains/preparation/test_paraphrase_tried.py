"""A paraphraser is tried before anything trains: what it says is a note, and never stops a run."""

from __future__ import annotations

import pytest

from domains.endpoints import EndpointSpec, InMemory
from domains.example import Example
from domains.preparation.paraphrase_tried import paraphraser_note
from tests.support.chat_server import chat_server
from tests.support.paraphraser import honest, parrots

FINAL = "The answer is "
TRAIN = [Example(prompt="?", answer=f"{at} + 13 = {at + 13}.\n{FINAL}{at + 13}.") for at in range(20, 30)]


def note(reply, train=TRAIN, answers=None):
    with chat_server(reply) as (server, url):
        spec = EndpointSpec(url=url, model="m")
        return paraphraser_note(spec, FINAL, train, InMemory() if answers is None else answers), server


def test_one_that_can_is_noted_with_its_price():
    told, server = note(honest)
    assert told == "the paraphraser: 3 of 3 paraphrases could be used. (3 questions, 30 tokens)"
    assert server.asked == 3


@pytest.mark.parametrize(("reply", "kept"), [(honest, 3), (parrots, 0)])
def test_its_answers_are_kept_once_one_can_be_used(reply, kept):
    answers = InMemory()
    told, _ = note(reply, answers=answers)
    assert len(answers.kept) == kept
    assert told.startswith(f"the paraphraser: {kept} of 3 paraphrases could be used.")
    assert ("take a stronger model" in told) == (not kept)


def test_one_that_does_not_answer_is_a_note_of_one_line():
    told = paraphraser_note(EndpointSpec(url="http://127.0.0.1:1/v1", model="m"), FINAL, TRAIN, InMemory())
    assert told.startswith("the paraphraser could not be asked for a paraphrase: the endpoint http://127.0.0.1:1/v1")
    assert not told.endswith("..")
    assert "\n" not in told


def test_without_reference_answers_that_reason_nobody_is_asked():
    told, server = note(honest, [Example(prompt="?", answer=f"{FINAL}5.")])
    assert told.startswith("the paraphraser was not tried")
    assert server.asked == 0
