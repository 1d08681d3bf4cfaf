"""What is asked about answers is an identity of its own: it changes neither weights nor what answers are kept under."""

from __future__ import annotations

from experiments.measures.examination import can_ask, examination, inquiries, inquiry_key
from experiments.measures.suite import suite_of
from experiments.nodes.setup import Setup
from tests.support.models import DOMAIN, EVALUATION, TINY

REASONS = DOMAIN.model_copy(update={"final": "So ", "calculator": "marked"})
PLAIN = Setup(model=TINY, domains={"copy": DOMAIN, "other": DOMAIN}, evaluation=EVALUATION)
ASKED = PLAIN.model_copy(
    update={
        "domains": {"copy": REASONS, "other": DOMAIN},
        "evaluation": EVALUATION.model_copy(
            update={"inquiries": ("calculator", "confidence", "reasoning"), "inquiry_items": 3}
        ),
    }
)


def test_answers_and_weights_stay_what_they_are():
    assert ASKED.base_id == PLAIN.base_id
    for name in PLAIN.domains:
        assert examination(ASKED, name, "full").id == examination(PLAIN, name, "full").id
    old = {task.key for task in suite_of(PLAIN).tasks}
    assert old < {task.key for task in suite_of(ASKED).tasks}


def test_reasoning_is_asked_on_test_where_a_domain_has_a_final():
    found = [(task.kind, task.domain, task.split, task.items) for task in inquiries(ASKED, "copy")]
    assert found == [(kind, "copy", "test", 3) for kind in ("reasoning", "confidence", "calculator")]
    assert inquiries(ASKED, "copy")[-1].calculator == "marked"
    assert [task.kind for task in inquiries(ASKED, "other")] == ["confidence"]
    assert [task.kind for task in inquiries(ASKED, "copy") if can_ask(task, "prompt")] == ["confidence"]
    assert inquiries(PLAIN, "copy") == ()


def test_a_key_is_of_these_answers_this_reader_and_this_final():
    (task, *_), marking = inquiries(ASKED, "copy"), suite_of(ASKED).marking["copy"]
    other = task.model_copy(update={"final": "Thus "})
    keys = [
        inquiry_key(task, marking, "reader", ["a"]),
        inquiry_key(task, marking, "reader", ["b"]),
        inquiry_key(task, marking, None, ["a"]),
        inquiry_key(other, marking, "reader", ["a"]),
    ]
    assert len(set(keys)) == 4
    assert inquiry_key(task, marking, "reader", ["a"]) == keys[0]
