"""Identity: what decides a number is in it, what does not is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from curricula.schema import Curriculum, Evaluation, Lora, PretrainedModel, Resources, ScratchModel
from curricula.stage import Stage, Training
from domains.example import SPLITS
from domains.frozen import fingerprint
from experiments.measures.suite import suite_of
from experiments.nodes.setup import Setup, make_setup
from experiments.nodes.setup import _identity as rewards_identity
from experiments.nodes.tree import base_node, child_node

WRITTEN = {
    "name": "two",
    "model": {"type": "scratch", "hidden_size": 32, "layers": 1, "heads": 2},
    "domains": {
        name: {
            "kind": "structured",
            "source": {"type": "file", "path": "items.jsonl"},
            "rewards": [{"type": "exact"}],
        }
        for name in ("sums", "words")
    },
}
VERSIONS = {name: {split: f"{name}-{split}" for split in SPLITS} for name in ("sums", "words")}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def setup_of(**changes: object) -> Setup:
    return make_setup(TypeAdapter(Curriculum).validate_python({**WRITTEN, **changes}), VERSIONS)


def reordered(value):
    """The same value, every mapping written in the opposite order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_fingerprints_are_blind_to_key_order(value):
    assert fingerprint(reordered(value)) == fingerprint(value)


@given(JSON)
def test_fingerprints_survive_the_way_through_a_file(value):
    assert fingerprint(json.loads(json.dumps(value))) == fingerprint(value)


@given(JSON, JSON)
def test_different_values_have_different_fingerprints(one, other):
    if canonical(one) != canonical(other):
        assert fingerprint(one) != fingerprint(other)


def canonical(value):
    """Equality as fingerprints mean it: 1.0 is 1, but True is not 1 and keys have no order."""
    if isinstance(value, dict):
        return ("map", tuple(sorted((key, canonical(item)) for key, item in value.items())))
    if isinstance(value, list):
        return ("list", tuple(canonical(item) for item in value))
    number = isinstance(value, float | int) and not isinstance(value, bool)
    return ("number" if number else type(value).__name__, repr(int(value) if number and value == int(value) else value))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: "a"}, {"a": {1, 2}}, object()])
def test_what_has_no_stable_form_is_refused(value):
    with pytest.raises((TypeError, ValueError), match="fingerprint: "):
        fingerprint(value)


def test_the_order_of_the_yaml_does_not_count():
    assert make_setup(Curriculum.model_validate(reordered(WRITTEN)), VERSIONS).id == setup_of().id


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "renamed"},
        {"description": "words"},
        {"resources": {"cpus": 8, "gpus": 1, "retries": 0}},
        {"resources": {"processes": 2}},
        {"seeds": [5]},
        {"schedule": {"order": "entropy"}},
        {"baselines": {"random_orders": 0}},
        {"domains": {name: {**spec, "weight": 3} for name, spec in WRITTEN["domains"].items()}},
        {
            "domains": {
                name: {**spec, "source": {"type": "file", "path": "/elsewhere/items.jsonl"}}
                for name, spec in WRITTEN["domains"].items()
            }
        },
    ],
)
def test_what_decides_no_score_is_not_in_the_identity(changes):
    assert setup_of(**changes).id == setup_of().id


@pytest.mark.parametrize(
    "changes",
    [
        {"model": {**WRITTEN["model"], "layers": 2}},
        {"evaluation": {"test": 151}},
        {"domains": {name: {**spec, "max_tokens": 17} for name, spec in WRITTEN["domains"].items()}},
        {"domains": {name: {**spec, "kind": "creative"} for name, spec in WRITTEN["domains"].items()}},
    ],
)
def test_what_decides_scores_is_in_the_identity(changes):
    assert setup_of(**changes).id != setup_of().id


def test_other_data_are_another_setup():
    curriculum = Curriculum.model_validate(WRITTEN)
    assert make_setup(curriculum, {**VERSIONS, "sums": dict.fromkeys(SPLITS, "cc")}).id != setup_of().id


def test_a_setup_comes_back_from_its_json():
    assert Setup.model_validate_json(setup_of().model_dump_json()).id == setup_of().id


def test_resources_are_nowhere_in_a_setup():
    assert not set(Resources.model_fields) & set(Setup.model_fields)
    assert isinstance(setup_of().model, ScratchModel)


def test_a_pretrained_model_is_its_weights_not_its_place():
    def setup(place, weights):
        model = PretrainedModel(type="pretrained", id=place)
        return Setup(model=model, domains={}, evaluation=Evaluation(), weights=weights).id

    assert setup("/here", "abc") == setup("/there", "abc")
    assert setup("/here", "abc") != setup("/here", "abd")
    assert setup("one/model", None) != setup("other/model", None)


def test_the_order_of_the_metrics_and_the_size_of_a_batch_do_not_count():
    one = setup_of(evaluation={"metrics": ["nll", "kl"], "batch": 1})
    other = setup_of(evaluation={"metrics": ["kl", "nll"], "batch": 64})
    assert one.id == other.id
    assert suite_of(one).id == suite_of(other).id


SUMS = Stage(mixture={"sums": 1.0}, training=Training(steps=5))
SFT = Stage(mixture={"sums": 1.0}, training=Training(steps=5, method="sft"))
COLD = {**WRITTEN["model"], "warmup": {"steps": 0}}


def weights_of(setup: Setup, stage: Stage = SUMS) -> str:
    """What decides the weights of one stage from the base."""
    return child_node(setup, base_node(setup), stage, 0).id


def with_domain(name: str, versions=VERSIONS, **changes: object) -> Setup:
    """The setup with a domain changed or added."""
    domains = {**WRITTEN["domains"], name: {**WRITTEN["domains"]["sums"], **changes}}
    written = {**WRITTEN, "model": COLD, "domains": domains}
    return make_setup(Curriculum.model_validate(written), versions)


PINNED = {
    "base": "1dab92d0474c",
    "stage": "2e1b71f07123",
    "suite": "52be4f0bc326",
    "pretrained": "4e8f4da8a1f9",
    "guarded": "55762fb85b86",
}
"""Beginnings of ids: a small curriculum's base model, one stage of it by GRPO, and what is measured; a base that is
given, with LoRA; and a stage with all guards."""
GUARDS = {"pass_rate": {}, "kl": {"budget": 1.0}, "entropy": {"floor": 0.1}, "sweet_spot": {}}


def test_nothing_trains_or_measures_again_unasked():
    setup = setup_of()
    base = base_node(setup)
    found = {"base": base.id, "stage": child_node(setup, base, SUMS, 0).id, "suite": suite_of(setup).id}
    given = PretrainedModel(type="pretrained", id="/here", lora=Lora())
    found["pretrained"] = Setup(model=given, domains={}, evaluation=Evaluation(), weights="abc").base_id
    guarded = Training.model_validate({"steps": 5, "guards": GUARDS})
    found["guarded"] = child_node(setup, base, Stage(mixture={"sums": 1.0}, training=guarded), 0).id
    assert {name: each[:12] for name, each in found.items()} == PINNED, (
        "The identity of base models, stages or measurements has changed: what lies in every user's store is not found "
        "any more, and the same curriculum trains (base, stage) or asks the models (suite) all over again. If you only "
        "added a key whose default changes nothing, give it `exclude_if` for that default. Rewrite PINNED only where "
        "the same curriculum now gives other weights or scores, as after a higher VERSION of a reward or a higher "
        "FORMAT, and say so in CHANGELOG.md."
    )


MEASURED_ONLY = {
    "more test items": {"evaluation": {"test": 300}},
    "another metric": {"evaluation": {"metrics": ["nll"]}},
    "more samples": {"evaluation": {"decoding": {"samples": 8}}},
    "a domain's own decoding": {"evaluation": {"decoding": {"samples": 4, "temperature": 0.5}}},
    "another batch": {"evaluation": {"batch": 7}},
}


@pytest.mark.parametrize("changes", MEASURED_ONLY.values(), ids=MEASURED_ONLY)
def test_evaluation_is_no_part_of_a_nodes_identity(changes):
    assert weights_of(setup_of(**changes)) == weights_of(setup_of())


def test_held_out_data_decide_measurements_and_training_data_weights():
    curriculum = Curriculum.model_validate(WRITTEN)
    tested = make_setup(curriculum, {**VERSIONS, "sums": {**VERSIONS["sums"], "test": "more"}})
    taught = make_setup(curriculum, {**VERSIONS, "sums": {**VERSIONS["sums"], "train": "more"}})
    assert weights_of(tested) == weights_of(setup_of())
    assert suite_of(tested).id != suite_of(setup_of()).id
    assert weights_of(taught) != weights_of(setup_of())


def test_another_domain_trains_nothing_again_where_no_warm_up_mixes_it_in():
    versions = {**VERSIONS, "more": VERSIONS["sums"]}
    assert weights_of(with_domain("more", versions)) == weights_of(with_domain("sums"))
    assert suite_of(with_domain("more", versions)).id != suite_of(with_domain("sums")).id
    warm = Curriculum.model_validate({**WRITTEN, "domains": {**WRITTEN["domains"], "more": WRITTEN["domains"]["sums"]}})
    assert weights_of(make_setup(warm, versions)) != weights_of(setup_of())


def test_rewards_decide_what_they_reinforce_and_what_they_mark():
    other = [{"type": "exact", "case": False}]
    assert weights_of(with_domain("sums", rewards=other)) != weights_of(with_domain("sums"))
    assert weights_of(with_domain("sums", rewards=other), SFT) == weights_of(with_domain("sums"), SFT)
    assert weights_of(with_domain("words", rewards=other)) == weights_of(with_domain("sums"))
    assert suite_of(with_domain("words", rewards=other)).id != suite_of(with_domain("sums")).id


def test_the_version_of_a_rewards_code_counts(monkeypatch):
    before, marked = weights_of(setup_of()), suite_of(setup_of()).id
    monkeypatch.setattr("experiments.nodes.setup.reward_identity", lambda spec: [spec.model_dump(), "version 2"])
    rewards_identity.cache_clear()
    try:
        assert weights_of(setup_of()) != before
        assert suite_of(setup_of()).id != marked
    finally:
        monkeypatch.undo()
        rewards_identity.cache_clear()


def test_other_marks_are_no_other_questions():
    def keys(setup):
        return {task.key for task in suite_of(setup).tasks}

    assert keys(with_domain("sums", rewards=[{"type": "exact", "case": False}])) == keys(with_domain("sums"))
    assert keys(with_domain("sums", max_tokens=17)) != keys(with_domain("sums"))
