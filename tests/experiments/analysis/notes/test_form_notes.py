"""Answers in another form are told from wrong ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.analysis.assembly import build_report
from experiments.analysis.notes.form_notes import form_notes, out_of_form, unparsed
from experiments.analysis.scores import BASE, RunScores
from tests.support.report import make_inputs


def in_another_form(share: float):
    """A run whose joint arm's last models answer out of form on sorting in that share of cases; the base in 2 %."""
    inputs = make_inputs()
    ends = {inputs.chains["joint", seed][-1] for seed in inputs.curriculum.seeds}

    def changed(record):
        value = share if record.node in ends else 0.02
        test = {name: score.model_copy(update={"unparsed": value}) for name, score in record.scores["test"].items()}
        test = {**record.scores["test"], "sort": test["sort"]}
        return record.model_copy(update={"scores": {**record.scores, "test": test}})

    return replace(inputs, records={node: changed(record) for node, record in inputs.records.items()})


def test_what_is_out_of_form_is_named_with_the_base():
    inputs = in_another_form(0.4)
    scores = RunScores(inputs)
    assert unparsed(scores, "joint", "sort") == pytest.approx(0.4)
    assert unparsed(scores, BASE, "sort") == pytest.approx(0.02)
    assert unparsed(scores, "joint", "sums") is None
    (note,) = out_of_form(scores, ["joint"])
    assert note == (
        "sort: the reward found nothing to mark in many test answers (base model: 2 %): joint 40 %. "
        "That is another form, rather than a wrong answer."
    )
    report = build_report(inputs)
    assert note in report.data_notes
    assert {row.unparsed for row in report.matrix if (row.domain, row.split) == ("sort", "test")} == {0.02, 0.4}


def test_little_is_not_named():
    assert out_of_form(RunScores(in_another_form(0.06)), ["joint"]) == ()


def test_a_domain_is_named_once_however_many_arms_are_out_of_form(monkeypatch):
    """A sentence an arm was fifteen sentences."""
    shares = {"base": 0.0, "a": 0.1, "b": 0.65, "c": 0.2, "d": 0.3, "e": 0.15, "f": 0.07, "g": 0.01}
    monkeypatch.setattr(
        "experiments.analysis.notes.form_notes.unparsed",
        lambda scores, arm, domain: shares[arm] if domain == "sort" else None,
    )
    (note,) = out_of_form(RunScores(make_inputs()), list("abcdefg"))
    assert "(base model: 0 %): b 65 %, d 30 %, c 20 %, e 15 % and 2 more at least 7 %." in note


def counted(cost: dict[str, int], answers: dict[str, int]) -> tuple[tuple[str, ...], int, int]:
    """Notes of a run whose joint arm's last nodes left these counts; how many nodes and how many answers on sort."""
    inputs = make_inputs()
    assert form_notes(RunScores(inputs), "joint") == ()
    ends = {inputs.chains["joint", seed][-1] for seed in inputs.curriculum.seeds}

    def changed(record):
        test = {**record.scores["test"], "sort": record.scores["test"]["sort"].model_copy(update=answers)}
        both = {"cost": record.cost.model_copy(update={"rollouts": 1000, **cost})}
        return record.model_copy(update={**both, "scores": {**record.scores, "test": test}})

    records = {node: changed(record) if node in ends else record for node, record in inputs.records.items()}
    last = [records[node].scores["test"]["sort"] for node in ends]
    items = sum(len(score.details.scores) if score.details else len(score.items) for score in last)
    return form_notes(RunScores(replace(inputs, records=records)), "joint"), len(ends), items


def test_what_a_limit_stopped_is_counted_and_named():
    (note,), count, items = counted({"stopped": 3}, {"stopped": 2})
    assert note.startswith(
        f"A reward's limit struck on {3 * count} of {1000 * count:,} rollouts (0 %) and {2 * count} of {items} test "
        "answers on sort ("
    )
    assert note.endswith(" %); they scored 0.")


@pytest.mark.parametrize(("many", "matters"), [(30, False), (300, True)])
def test_what_a_judge_said_that_cannot_be_read_is_counted_and_a_large_share_is_said_to_matter(many, matters):
    (note,), count, _ = counted({"unread": many}, {})
    assert note.startswith(f"A judge's verdict could not be read on {many * count} of {1000 * count:,} rollouts (")
    assert ("That share matters: the judge is too weak" in note) == matters


def test_unread_answers_in_evaluation_are_counted_by_domain():
    (note,), count, items = counted({}, {"unread": 1})
    assert note.startswith(f"A judge's verdict could not be read on {count} of {items} test answers on sort (")


@pytest.mark.parametrize(("many", "matters"), [(30, False), (300, True)])
def test_what_a_reward_left_to_the_others_is_counted(many, matters):
    (note,), count, _ = counted({"abstained": many}, {})
    assert note.startswith(f"A reward gave None on {many * count} of {1000 * count:,} rollouts ({many // 10} %); ")
    assert ("That share matters" in note) == matters
