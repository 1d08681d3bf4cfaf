"""What is asked about answers is an identity of its own: it changes neither weights nor what answers are kept under."""

from __future__ import annotations

from domains.endpoints import EndpointSpec
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


def rewording(**changes):
    who = EndpointSpec(url="http://a/v1", model="m").model_copy(update=changes)
    return ASKED.model_copy(
        update={
            "evaluation": EVALUATION.model_copy(
                update={"inquiries": ("reasoning", "paraphrase"), "inquiry_items": 3, "paraphraser": who}
            )
        }
    )


def test_a_paraphraser_changes_no_other_task_and_says_who_it_is():
    (reasoning, paraphrase), (old, *_) = inquiries(rewording(), "copy"), inquiries(ASKED, "copy")[1:]
    assert inquiries(ASKED, "copy")[0].key == reasoning.key
    assert (paraphrase.kind, paraphrase.final, paraphrase.items) == ("paraphrase", "So ", 3)
    assert inquiries(rewording(), "other") == ()
    assert "paraphraser" not in old.model_dump(mode="json")

    def key(**changes):
        return inquiries(rewording(**changes), "copy")[1].key

    elsewhere = {"url": "http://b/v1", "key_env": "KEY", "concurrency": 9, "timeout": 1.0, "patience": 2.0}
    assert len({key(), key(model="n"), key(url="http://b/v1"), key(max_tokens=9), key(temperature=None)}) == 5
    assert key(key_env="KEY", concurrency=9) == key()
    assert key(weights="w", **elsewhere) == key(weights="w")
    assert rewording(key_env="KEY", patience=1.0).id == rewording().id != rewording(model="n").id
    assert rewording().base_id == PLAIN.base_id
