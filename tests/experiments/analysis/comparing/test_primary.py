"""Which pair a run is for, and that a name that is none of its arms is refused before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from experiments.analysis.comparing.primary import check_primary, comparable, primary_pair
from experiments.run.job import prepare_data
from tests.support.curriculum_text import changed, write
from tests.support.scheduler import make_curriculum

EXPLICIT = {"composition": "explicit", "stages": [{"mixture": {"sums": 1, "sort": 1}}]}


def named(arm, baseline, **changes):
    return make_curriculum(comparison={"primary": {"arm": arm, "baseline": baseline}}, **changes)


@pytest.mark.parametrize(
    ("curriculum", "pair"),
    [
        (make_curriculum(), ("bwt-sequential", "joint")),
        (make_curriculum(schedule=EXPLICIT), ("explicit", "joint")),
        (make_curriculum(baselines={"joint": False}), None),
        (named("joint-probes", "random"), ("joint-probes", "random")),
    ],
)
def test_the_pair_is_the_schedule_against_plain_joint_or_what_is_written(curriculum, pair):
    assert primary_pair(curriculum) == pair


def test_the_base_and_the_mean_of_random_orders_may_be_named():
    assert {"base", "random"} <= set(comparable(make_curriculum()))
    assert "random" not in comparable(make_curriculum(baselines={"random_orders": 0}))
    assert "random" not in comparable(make_curriculum(schedule=EXPLICIT))
    check_primary(named("bwt-cumulative", "base"))


@pytest.mark.parametrize(
    ("curriculum", "words"),
    [
        (named("bwt-sequentiel", "joint"), r"comparison\.primary\.arm: .*'bwt-sequentiel'\. Did you mean 'bwt-seq"),
        (named("bwt-sequential", "mine"), r"comparison\.primary\.baseline: .*'mine'\. Its arms are: base, bwt-cumul"),
        (named("bwt-sequential", "joint", baselines={"joint": False}), r"baseline: no arm of this run has this name"),
        (named("bwt-sequential", "random", baselines={"random_orders": 0}), r"baseline: no arm of this run has"),
    ],
)
def test_what_is_no_arm_is_refused(curriculum, words):
    with pytest.raises(CurriculumError, match=words):
        check_primary(curriculum)


def test_the_refusal_names_file_and_line_before_data_are_read(tmp_path: Path):
    text = changed("seeds: [0, 1]", "comparison:\n  primary:\n    arm: bwt-sequential\n    baseline: jiont")
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as refused:
        prepare_data(load_curriculum(file), file)
    assert str(refused.value) == (
        f"{file}:23: comparison.primary.baseline: no arm of this run has this name, got 'jiont'. Did you mean 'joint'?"
    )
