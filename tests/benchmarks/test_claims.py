"""The ten claims on runs whose truth is known; and nothing is claimed beyond what was recorded."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.claims.changes import GAP, reference, score
from benchmarks.claims.model import compared, corrected, judged
from benchmarks.claims.rows import artefacts, calibration, claims, entropies, over_hard, reasoning_gain, specialised
from benchmarks.claims.table import as_json, details, table
from experiments.analysis.scores import RunScores
from experiments.nodes.health import RolloutGroups
from tests.support.claims import FIRST, SECOND, STORIES, planted, row, with_groups, with_reference
from tests.support.cliffs import Truth


@pytest.fixture(scope="module")
def sound() -> RunScores:
    return planted({})


def test_of_sound_models_nothing_is_shown(sound):
    found = claims(sound)
    assert len(found) == 10
    assert {one.outcome for one in found} <= {"not shown", "not testable"}
    assert calibration(sound).outcome == "not shown"
    assert artefacts(sound).why == "no score surely fell, so there is no cliff to explain"


def test_overconfidence_off_the_trained_domain_is_found_and_nowhere_else():
    found = calibration(planted({(FIRST, SECOND): Truth(boast=0.3)}))
    assert found.outcome == "shown"
    assert row(found, f"probe-sums on sort: {GAP}").finding == "as expected"
    assert row(found, f"probe-sums on sort: {GAP}").change.value == pytest.approx(0.27, abs=0.06)
    assert row(found, f"probe-stories on sort: {GAP}").finding == "undecided"
    # A domain's own stage is no part of the claim, and creative answers are not right or wrong.
    assert not any("probe-sums on sums" in one.what or "on stories" in one.what for one in found.comparisons)


def test_too_little_confidence_is_a_loss_too():
    found = calibration(planted({(FIRST, SECOND): Truth(boast=-0.3)}))
    assert row(found, f"probe-sums on sort: {GAP}").change.value == pytest.approx(0.27, abs=0.06)


def test_a_claim_that_holds_here_and_not_there_is_not_shown():
    rng = np.random.default_rng(0)
    up, down = (compared(name, 1, rng.normal(mean, 0.1, (5, 40))) for name, mean in (("up", 0.5), ("down", -0.5)))
    assert judged("x", [up], "any").outcome == "shown"
    found = judged("x", [up, down], "any")
    assert found.outcome == "not shown"
    assert found.why.startswith("1 of 2 comparisons surely as claimed, 1 surely the contrary, 0 undecided; surest: ")


def test_entropy_takes_every_domain_to_move_as_declared():
    as_declared = {
        (FIRST, FIRST): Truth(entropy=0.6),
        (SECOND, SECOND): Truth(entropy=0.7),
        (STORIES, STORIES): Truth(entropy=1.4),
    }
    assert entropies(planted(as_declared)).outcome == "shown"
    narrowing = {**as_declared, (STORIES, STORIES): Truth(entropy=0.8)}
    found = entropies(planted(narrowing))
    assert found.outcome == "not shown"
    assert row(found, "probe-stories on stories (creative)").finding == "contrary"


def test_a_fall_by_form_alone_is_an_artefact_and_one_of_ability_is_not():
    both = artefacts(planted({(FIRST, SECOND): Truth(form=0.4), (STORIES, FIRST): Truth(ability=0.3)}))
    assert both.outcome == "shown"
    assert both.why.endswith(", format artifact")
    assert both.why.startswith("1 of 2 sure falls is of form or metric alone: probe-sums on sort: score -0.")
    real = artefacts(planted({(STORIES, FIRST): Truth(ability=0.3)}))
    assert real.outcome == "not shown"
    assert real.why.endswith(", real drop")
    assert real.why.startswith("0 of 1 sure falls are of form or metric alone: probe-stories on sums: score -0.")


def test_a_fall_beside_likelier_references_is_an_artefact():
    found = artefacts(with_reference(planted({(STORIES, FIRST): Truth(ability=0.3)}), "probe-stories", FIRST, 0.2))
    assert found.outcome == "shown"
    assert found.why.startswith("1 of 1 sure falls is of form or metric alone: probe-stories on sums: score -0.")


def test_over_specialised_is_a_sure_gain_with_a_sure_loss_elsewhere():
    gain = {(FIRST, FIRST): Truth(ability=0.85)}
    assert specialised(planted(gain)).outcome == "not shown"
    found = specialised(planted({**gain, (FIRST, SECOND): Truth(ability=0.3)}))
    assert found.outcome == "shown"
    assert found.why.startswith("1 of 1 stages that surely raised their own domain surely lowered another: ")
    assert "probe-sums on sums: score +0." in found.why and "probe-sums on sort: score -0." in found.why
    # A loss by a stage that gained nothing is damage, but no specialisation.
    assert specialised(planted({(STORIES, SECOND): Truth(ability=0.3)})).outcome == "not shown"


def test_two_seeds_show_nothing_however_large_the_effect():
    found = claims(planted({(FIRST, SECOND): Truth(ability=0.1, boast=0.3)}, seeds=(0, 1)))
    assert {one.outcome for one in found} == {"not testable"}
    assert "2 of the 3 seeds that a claim takes" in found[0].why
    # The numbers stand there all the same.
    assert row(found[9], "probe-sums on sort").change.value < -0.3
    assert all(one.p is None for claim in found for one in claim.comparisons)
    assert row(found[9], "probe-sums on sort").finding == "too few seeds"


def test_what_is_not_finished_is_missing_and_named():
    scores = planted({})
    done = {id_: one for id_, one in scores.inputs.records.items() if one.path in ((), (FIRST,))}
    found = claims(RunScores(replace(scores.inputs, records=done)))
    assert row(found[4], "probe-stories on stories").finding == "missing"
    assert "could not be made" in found[0].why
    assert row(found[0], "probe-stories on sort").change.missing == "no seed finished both"
    none = claims(RunScores(replace(scores.inputs, records={})))
    assert {one.outcome for one in none} == {"not testable"}


def test_reasoning_is_not_testable_and_its_half_is_told():
    scores = planted({(FIRST, FIRST): Truth(ability=0.85)})
    training = scores.inputs.schedules[0].stages[0].training.model_copy(update={"method": "sft"})
    arms = tuple(
        arm.model_copy(update={"stages": (arm.stages[0].model_copy(update={"training": training}),)})
        for arm in scores.inputs.schedules
    )
    found = reasoning_gain([RunScores(replace(scores.inputs, schedules=arms))])
    assert found.outcome == "not testable"
    assert found.why.endswith("1 of 3 stages by SFT surely raised their own domain's score")


def test_over_hard_stages_are_those_whose_groups_are_mostly_wrong():
    harmful = planted({(FIRST, SECOND): Truth(ability=0.3)})
    some = over_hard(with_groups(harmful, "probe-sums", RolloutGroups(count=10, wrong=4, right=1, alike=0)))
    assert some.outcome == "not testable"
    assert some.why == (
        "no stage had mostly hopeless prompts; groups all of whose answers were wrong: probe-sums 20 of 50"
    )
    most = over_hard(with_groups(harmful, "probe-sums", RolloutGroups(count=10, wrong=9, right=0, alike=0)))
    assert most.outcome == "shown"
    assert {one.what for one in most.comparisons} == {"probe-sums on sort: score", "probe-sums on stories: score"}
    harmless = with_groups(planted({}), "probe-sums", RolloutGroups(count=10, wrong=9, right=0, alike=0))
    assert over_hard(harmless).outcome == "not shown"
    # The stage that did harm is another one.
    other = over_hard(with_groups(harmful, "probe-stories", RolloutGroups(count=10, wrong=9, right=0, alike=0)))
    assert other.outcome == "not shown"


def test_an_over_hard_stage_is_held_against_the_model_that_it_started_from():
    lost = {("sort", STORIES): Truth(ability=0.3), ("sort-sums", STORIES): Truth(ability=0.3)}
    hopeless = RolloutGroups(count=10, wrong=9, right=0, alike=0)
    scores = with_groups(planted(lost, further=["sort-sums"]), "probe-sort-sums", hopeless)
    found = over_hard(scores)
    # Lost before it, by the stage on sorting.
    assert found.outcome == "not shown"
    lost |= {("sort-sums", SECOND): Truth(ability=0.3)}
    worse = over_hard(with_groups(planted(lost, further=["sort-sums"]), "probe-sort-sums", hopeless))
    assert worse.outcome == "shown"
    assert row(worse, "probe-sort-sums, stage 2 (sums) on sort").finding == "as expected"
    assert row(worse, "probe-sort-sums, stage 2 (sums) on stories").finding == "undecided"


def test_p_is_corrected_over_the_comparisons_that_have_one():
    rng = np.random.default_rng(0)
    changes = [rng.normal(0.1, 0.1, (5, 40)), rng.normal(0.0, 0.1, (5, 40))]
    found = corrected([*(compared(f"{at}", 1, one) for at, one in enumerate(changes)), compared("none", 1, "not kept")])
    assert found[0].p is not None and found[0].p_adjusted == pytest.approx(2 * found[0].p)
    assert (found[2].p, found[2].p_adjusted, found[2].finding) == (None, None, "missing")
    assert found[2].change.missing == "not kept"
    # No change in any cell is no evidence, whatever its variance.
    assert compared("same", 1, np.zeros((5, 40))).p == 1.0


def test_all_of_them_is_not_met_while_one_is_missing():
    sure = compared("sure", 1, np.random.default_rng(0).normal(0.5, 0.1, (5, 40)))
    assert judged("x", [sure], "all").outcome == "shown"
    assert judged("x", [sure, compared("none", 1, "not kept")], "all").outcome == "not shown"
    assert judged("x", [compared("none", 1, "not kept")], "any").outcome == "not testable"


def test_score_counts_the_luck_of_the_one_draw_of_the_base(sound):
    """The cliff report's p, not that of the bare change."""
    from experiments.analysis.cliffs.contrast import p_of
    from experiments.analysis.cliffs.moments import Moment, changes, pair

    moments = Moment("probe-sums", 1), Moment("base", 0)
    change = changes(sound, SECOND, *moments)
    assert score(sound, "probe-sums", SECOND, -1, "x").p == p_of(change, pair(sound, SECOND, *moments))


def test_references_are_read_in_bits_per_byte(sound):
    base = np.array(sound.record("base", 0).scores["test"][SECOND].details.reference_nll)
    one_bit_a_byte = with_reference(sound, "probe-sums", SECOND, 5 * np.log(2))
    found = reference(one_bit_a_byte, "probe-sums", SECOND, "x")
    assert found.change.value == pytest.approx(1 - base.mean() / np.log(2) / 5)
    assert found.items == 120


def test_table_and_json_hold_every_claim_and_comparison(sound):
    found = claims(sound)
    assert table(found).count("\n| ") == 10
    assert details(found).count("\n| ") == sum(len(one.comparisons) for one in found)
    rows = json.loads(json.dumps(as_json(found)))
    assert [one["claim"] for one in rows] == [one.name for one in found]
    first = rows[4]["comparisons"][0]
    assert first["expected"] == "down" and first["seeds"] == 5 and len(first["change"]) == 3


def test_the_picture_has_a_panel_a_claim_and_a_row_a_comparison(sound):
    from benchmarks.claims.plot import draw

    found = as_json(claims(sound))
    figure = draw(found, [1, 5])
    first, second = figure.axes
    assert first.get_title(loc="right").startswith("1. specialisation loses calibration: ")
    assert len(first.get_yticks()) == sum(one["change"] is not None for one in found[0]["comparisons"])
    assert len(second.get_yticks()) == 3


def test_probes_and_joint_training_are_arms_of_what_is_read_from_a_store(tmp_path):
    from benchmarks.claims.inputs import inputs_of
    from experiments.run.job import open_job
    from experiments.store import Store
    from tests.support.tiny import tiny

    job = open_job(tiny(), Store.open(str(tmp_path)))
    found = inputs_of(job)
    names = [arm.name for arm in found.schedules]
    # Before the probes are finished there is no plan, and so no main arm.
    assert names == [*(f"probe-{name}" for name in job.curriculum.domains), "joint"]
    assert {len(ids) for ids in found.readings.values()} == {2}
    assert {one.outcome for one in claims(RunScores(found))} == {"not testable"}


def test_a_store_that_is_none_is_one_line(tmp_path, capsys):
    from benchmarks.claims.__main__ import main
    from tests.support.commands import TINY

    with pytest.raises(SystemExit) as ended:
        main([str(TINY), "--store", str(tmp_path / "nowhere")])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1 and "there is no store here" in said
